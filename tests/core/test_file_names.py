"""Names of files from anybody: 20,000 of them, and all are valid, harmless and confined on every system."""

from __future__ import annotations

import random
import re
import time
import tracemalloc
import unicodedata
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lanchat.core.file_names import clean_name, clean_paths, numbered, same_key, split_ending

_PIECES = [
    "..",
    ".",
    "/",
    "\\",
    "//",
    "\\\\",
    "C:",
    "\\\\?\\",
    "\\\\server\\share",
    "~",
    "$HOME",
    "%TEMP%",
    "con",
    "CON",
    "NUL",
    "aux.h",
    "com1",
    "COM\u00b9.txt",
    "LPT9",
    "conin$",
    "CLOCK$",
    ":",
    ":stream",
    "::$DATA",
    "?",
    "*",
    "<",
    ">",
    "|",
    '"',
    "\0",
    "\n",
    "\r",
    "\t",
    "\x1b[31m",
    "\x7f",
    "\x85",
    " ",
    "  ",
    "\u00a0",
    "\u3000",
    "\u202e",
    "\u2066",
    "\u200f",
    "\u200b",
    "\ufeff",
    "\u00ad",
    "\u2028",
    "\u2029",
    "\u115f",
    "\u3164",
    "\u2800",
    "\U000e0041",
    "\ud800",
    "\udfff",
    "\ufffe",
    "\U0001ffff",
    "e\u0301",
    "é",
    "\u0301" * 50,
    "ß",
    "SS",
    "\u017f",
    "İ",
    "ﬁ",
    "Å",
    "Å",
    "日本語",
    "\U0001f469\u200d\U0001f4bb",
    "x" * 300,
    "é" * 200,
    "\U0001f600" * 80,
    ".txt",
    ".tar.gz",
    ".exe",
    ".",
    "...",
    ". .",
    "a",
    "b",
    "report",
    "photo.jpg",
    "desktop.ini",
    ".git",
    ".lanchat-parts",
    ".LANCHAT",
    "-rf",
    "--",
    "'",
    "`id`",
    "$(id)",
    ";",
    "&",
    "\uff0f",
    "\uff0e\uff0e",
    "\u2024\u2024",
    "\u2215",
]
_DEVICES = {"con", "prn", "aux", "nul", "conin$", "conout$"} | {
    f"{name}{digit}" for name in ("com", "lpt") for digit in "0123456789\u00b9\u00b2\u00b3"
}
_TURNING = ("RLO", "LRO", "RLE", "LRE", "PDF", "RLI", "LRI", "FSI", "PDI")


def clean_path(path: str) -> str:
    return clean_paths([path])[0]



def valid(name: str, most: int = 255) -> None:
    """Raises AssertionError unless Windows, macOS and Linux take this name as it is, and it shows what it is."""
    assert name == unicodedata.normalize("NFC", name)
    assert 1 <= len(name.encode()) <= most
    assert not re.search(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f]', name)
    assert name[-1] not in " ."
    assert name[0] != " "
    assert name.partition(".")[0].rstrip(" ").lower() not in _DEVICES
    assert not name.lower().startswith(".lanchat")
    for character in name:
        assert unicodedata.category(character) not in ("Cc", "Cs", "Zl", "Zp")
        assert unicodedata.bidirectional(character) not in _TURNING
    assert not PureWindowsPath(name).drive


def confined(path: str) -> None:
    for part in path.split("/"):
        valid(part)
    assert not PurePosixPath(path).is_absolute()
    assert len(path.encode()) <= 1_015
    assert path.count("/") < 30


def generated(count: int) -> list[str]:
    chance = random.Random(11)
    return ["".join(chance.choices(_PIECES, k=chance.randrange(0, 9))) for _ in range(count)]


def test_twenty_thousand_names() -> None:
    names = generated(20_000)
    for name in names:
        valid(clean_name(name), 240)  # so that a number fits, too
        assert clean_name(clean_name(name)) == clean_name(name)
    cleaned = clean_paths(names)
    for path in cleaned:
        confined(path)
    keys = [same_key(path) for path in cleaned]
    assert len(set(keys)) == len(keys)
    folders = {"/".join(path.split("/")[:length]) for path in cleaned for length in range(1, path.count("/") + 1)}
    assert not {same_key(folder) for folder in folders} & set(keys), "no file has the name of a folder"


@settings(max_examples=400)
@given(st.text(max_size=60))
def test_any_name(name: str) -> None:
    valid(clean_name(name))
    confined(clean_path(name))
    assert clean_name(clean_name(name)) == clean_name(name)
    assert clean_path(clean_path(name)) == clean_path(name)


@settings(max_examples=200)
@given(
    st.lists(st.sampled_from(["a", "A", "a/b", "a (2)", "A/B", "a.txt", "A.TXT", "b/", "../a", "ß", "ss", "é", "é"]))
)
def test_names_differ_on_every_system(names: list[str]) -> None:
    cleaned = clean_paths(names)
    assert len({same_key(path) for path in cleaned}) == len(names)
    assert clean_paths(cleaned) == cleaned


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("report.pdf", "report.pdf"),
        ("Ελλάδα 日本.txt", "Ελλάδα 日本.txt"),
        ("../../etc/passwd", ".._.._etc_passwd"),
        ("con", "_con"),
        ("Com7.tar.gz", "_Com7.tar.gz"),
        ("console.log", "console.log"),
        ("what?.txt", "what_.txt"),
        ("ends with a dot.", "ends with a dot"),
        ("photo\u202egnp.exe", "photognp.exe"),
        ("  two  spaces .txt ", "two spaces .txt"),
        ("", "file"),
        ("...", "file"),
        ("\u200b\u2800", "file"),
        (".gitignore", ".gitignore"),
        (".lanchat-parts", "_.lanchat-parts"),
        ("x" * 300 + ".jpeg", "x" * 235 + ".jpeg"),
        ("x." + "y" * 300, "x." + "y" * 238),
    ],
)
def test_names(name: str, clean: str) -> None:
    assert clean_name(name) == clean


@pytest.mark.parametrize(
    ("path", "clean"),
    [
        ("a/b/c.txt", "a/b/c.txt"),
        ("/etc/passwd", "etc/passwd"),
        ("../../x", "x"),
        ("a/../../x", "a/x"),
        ("C:\\Windows\\system.ini", "C_/Windows/system.ini"),
        ("\\\\server\\share\\x", "server/share/x"),
        ("a//./b", "a/b"),
        ("", "file"),
        ("/", "file"),
        ("/".join(["d"] * 100), "d"),
    ],
)
def test_paths(path: str, clean: str) -> None:
    assert clean_path(path) == clean


def test_a_number_stands_before_the_ending() -> None:
    assert next(numbered("trip/photo.jpg")) == "trip/photo (2).jpg"
    assert next(numbered("data.tar.gz")) == "data (2).tar.gz"
    assert next(numbered(".bashrc")) == ".bashrc (2)"
    assert split_ending("v1.2") == ("v1", ".2")
    assert split_ending(".tar.gz") == (".tar", ".gz")
    assert [name for name, _ in zip(numbered("a"), range(3), strict=False)] == ["a (2)", "a (3)", "a (4)"]


@pytest.mark.parametrize("part", ["a", "/", "a/", "\u200b", "e\u0301", "\ufdfa", ".", " ", "con/", "\ud800"])
def test_a_path_of_millions_of_characters(part: str) -> None:
    began = time.thread_time()
    confined(clean_path(part * 3_000_000))
    valid(clean_name(part * 3_000_000 + ".txt"))
    assert time.thread_time() - began < 1


def test_many_deep_paths_take_little_memory() -> None:
    paths = ["/".join(f"{number:04}"[at % 4] * 10 for at in range(28)) + f"/{number}" for number in range(20_000)]
    tracemalloc.start()
    began = time.thread_time()
    assert len(set(clean_paths(paths))) == 20_000
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 40_000_000
    assert time.thread_time() - began < 20


def test_fifty_thousand_files_of_one_name_are_told_apart_soon() -> None:
    began = time.thread_time()
    cleaned = clean_paths(["same.txt"] * 25_000 + [f"same ({number}).txt" for number in range(2, 25_002)])
    assert len(set(cleaned)) == 50_000
    assert time.thread_time() - began < 10
