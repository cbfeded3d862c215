"""Names of files that came from a peer, made valid and harmless on every system. Pure, any thread.

Cleaning twice gives the same as cleaning once. What is cleaned: characters and names that Windows reserves, dots and
spaces at the end (Windows drops them), control, bidirectional and invisible characters (they disguise an ending:
"exe.jpg" written from right to left), paths that lead out of their folder, and lengths. Windows' rules:
https://learn.microsoft.com/windows/win32/fileio/naming-a-file
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import count
from typing import Final

from lanchat.core.text import INVISIBLE, JOINERS, TAGS, few_marks, shows_nothing

NAME_BYTES: Final = 255 - 15  #: UTF-8; file systems take 255, and " (9999)" must fit
PATH_BYTES: Final = 1_000  #: UTF-8 of a whole path in an offer
DEPTH: Final = 30  #: folders in each other
_NAMELESS = "file"
_ENDING_BYTES = 32  # a longer "ending" is no ending
_CHARACTERS_MOST = 4_000  # that are looked at: a peer may send millions

_NEVER = re.compile(
    f"[\x00-\x1f\x7f-\x9f{INVISIBLE}{TAGS}\ud800-\udfff\ufdd0-\ufdef"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
    + "]"
)
_SEPARATOR = re.compile(r"[/\\]")
_RESERVED = re.compile(r'[<>:"/\\|?*]')
_SPACE = re.compile(r"\s+")
_JOINER = re.compile(f"[{JOINERS}]")
_DEVICE = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3])\s*(?:\.|\Z)", re.I)
_PLAIN = re.compile(r"[A-Za-z0-9_-](?:[ .]?[A-Za-z0-9_()+,&'@=-])*\Z")
_OURS = ".lanchat"  # folders of lanchat's own begin so


def clean_name(name: str) -> str:
    """The name of a file or folder, without folders before it; never empty."""
    if len(name) <= NAME_BYTES and _PLAIN.match(name) and not _DEVICE.match(name):  # most names: five times faster
        return name
    if len(name) > _CHARACTERS_MOST:
        name = name[: _CHARACTERS_MOST // 2] + name[-_ENDING_BYTES:]
    name = few_marks(unicodedata.normalize("NFC", few_marks(_NEVER.sub("", name))))
    name = _SPACE.sub(" ", _RESERVED.sub("_", name))
    name = _cut(_trimmed(name), NAME_BYTES)
    if not name.strip(".") or shows_nothing(name):
        return _NAMELESS
    if _DEVICE.match(name) or name.casefold().startswith(_OURS):
        name = _cut(f"_{name}", NAME_BYTES)
    return name


def _clean_path(path: str, known: dict[str, str]) -> str:
    """A relative path whose parts are clean, separated by "/"; it never leads out of the folder it is put in.
    `known`: names of folders that were cleaned before."""
    parts = [part for part in _SEPARATOR.split(path[-_CHARACTERS_MOST:]) if part.strip(" .")] or [_NAMELESS]
    for folder in parts[:-1]:
        if folder not in known:
            known[folder] = clean_name(folder)
    names = [*map(known.__getitem__, parts[:-1]), clean_name(parts[-1])]
    if len(names) > DEPTH or len("/".join(names).encode()) > PATH_BYTES:
        names = names[-1:]
    return "/".join(names)


def clean_paths(paths: Sequence[str]) -> tuple[str, ...]:
    """The same for all files of an offer; the results differ from each other on every system, and no file has the name
    of a folder. The same paths give the same results everywhere."""
    known: dict[str, str] = {}
    each = {path: _clean_path(path, known) for path in dict.fromkeys(paths)}  # once: a peer may repeat a costly one
    cleaned = [each[path] for path in paths]
    keys = sorted({same_key(path) for path in each.values()})
    taken: set[str] = set()
    others: dict[str, Iterator[str]] = {}  # that go on where the last one ended: many may have the same name
    found = []
    for path in cleaned:
        key, free = same_key(path), path
        while (tried := same_key(free)) in taken or _has_inside(tried, keys):
            free = next(others.setdefault(key, numbered(path)))
        taken.add(tried)
        found.append(free)
    return tuple(found)


def numbered(path: str) -> Iterator[str]:
    """The name or path with " (2)", " (3)", ... before its ending."""
    folder, slash, last = path.rpartition("/")
    stem, ending = split_ending(last)
    return (f"{folder}{slash}{stem} ({number}){ending}" for number in count(2))


def split_ending(name: str) -> tuple[str, str]:
    """A name without its ending, and the ending with its dot: ("photo", ".jpg"), ("data", ".tar.gz"), (".rc", "")."""
    stem, dot, ending = name.rpartition(".")
    if not stem.strip(".") or not ending or len(ending.encode()) > _ENDING_BYTES:
        return name, ""
    if stem.lower().endswith(".tar") and stem[:-4].strip("."):
        return stem[:-4], name[len(stem) - 4 :]
    return stem, f"{dot}{ending}"


def same_key(path: str) -> str:
    """Two paths with the same key are the same file on some system: they ignore case, forms and joiners."""
    if path.isascii():
        return path.lower()
    return _JOINER.sub("", unicodedata.normalize("NFD", unicodedata.normalize("NFD", path).casefold()))


def _has_inside(folder: str, keys: Sequence[str]) -> bool:
    """Whether one of the keys, which are sorted, is of something in this folder."""
    at = bisect_left(keys, f"{folder}/")
    return at < len(keys) and keys[at].startswith(f"{folder}/")


def _trimmed(name: str) -> str:
    """Without spaces before it, and spaces and dots after it."""
    return name.lstrip(" ").rstrip(" .")


def _cut(name: str, most: int) -> str:
    """At most so many bytes of UTF-8; the ending stays."""
    if len(name.encode()) <= most:
        return name
    stem, ending = split_ending(name)
    room = most - len(ending.encode())
    return _trimmed(stem.encode()[:room].decode("utf-8", "ignore")) + ending
