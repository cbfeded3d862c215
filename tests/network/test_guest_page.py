"""The files of the page for phones: what is served, how much that is, and in which languages."""

from __future__ import annotations

import gzip
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import lanchat
from lanchat.network import guest_page
from lanchat.network.guest_page import page_files
from lanchat.network.guest_server import PageFile
from lanchat.storage.languages import LANGUAGES

PAGE = Path(lanchat.__file__).parent / "guest_page"
NO_SCRIPT = "This page needs JavaScript, which this browser does not run."


@pytest.fixture
def spoken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, PageFile]]:
    """The page with words in two languages, of which one has all."""
    folder = tmp_path / "guest_page"
    shutil.copytree(PAGE, folder)
    for file in folder.glob("words-*.json"):
        file.unlink()
    (folder / "words-id.json").write_text(json.dumps({NO_SCRIPT: "Perlu <JavaScript>.", "Send": "Kirim"}), "utf-8")
    (folder / "words-fil.json").write_text(json.dumps({"Send": "Ipadala"}), "utf-8")
    monkeypatch.setattr(guest_page, "FOLDER", folder)
    page_files.cache_clear()
    yield page_files()
    page_files.cache_clear()


def text(file: PageFile) -> str:
    return gzip.decompress(file.body).decode()


def test_it_is_light_even_on_a_poor_wifi() -> None:
    files = page_files()
    words = {path: len(file.body) for path, file in files.items() if path.startswith("/words-")}
    later = {"/attach.js", "/hash_worker.js"}  # once somebody is in, whom they are not to delay
    all_else = sum(len(file.body) for path, file in files.items() if path not in words and path not in later)
    assert all_else + max(words.values()) <= 60_000, "a phone gets the words of one language"


def test_scripts_are_served_without_comments_and_else_line_by_line_as_they_are() -> None:
    files = page_files()
    for path in (path for path in files if path.endswith(".js") and path != "/vendor.js"):
        source, served = (PAGE / path[1:]).read_text("utf-8").split("\n"), text(files[path]).split("\n")
        assert len(source) == len(served), path
        inside = False
        for line, sent in zip(source, served, strict=True):
            inside = inside or line.lstrip().startswith("/**")
            assert sent == ("" if inside else line.split("// ")[0].rstrip(" ")), path
            inside = inside and not line.endswith("*/")
    licence = (PAGE / "vendor.js").read_text("utf-8")
    assert text(files["/vendor.js"]) == licence


def test_all_that_it_imports_is_served_and_nothing_that_is_no_part_of_it() -> None:
    files = page_files()
    imported = {name for path in PAGE.glob("*.js") for name in re.findall(r" from '\./(.*?)'", path.read_text("utf-8"))}
    assert {f"/{name}" for name in imported} <= files.keys()
    assert {Path(path).suffix for path in files} == {"", ".js", ".css", ".json"}


def test_there_are_words_of_every_language_of_lanchat() -> None:
    words = {path for path in page_files() if path.startswith("/words-")}
    assert words == {f"/words-{language}.json" for language in LANGUAGES if language != "en"}
    for path in words:
        assert page_files()[path].content_type == "application/json"
        assert json.loads(text(page_files()[path]))


def test_the_page_names_its_languages(spoken: dict[str, PageFile]) -> None:
    assert '<html lang="en" data-languages="fil id">' in text(spoken["/"])
    assert json.loads(text(spoken["/words-fil.json"])) == {"Send": "Ipadala"}


def test_a_browser_without_javascript_says_so_in_every_language(spoken: dict[str, PageFile]) -> None:
    said = f'<noscript><p>{NO_SCRIPT}</p><p lang="id">Perlu &lt;JavaScript&gt;.</p></noscript>'
    assert said in text(spoken["/"])
