"""The files of the page for phones: what is served, how much that is, and in which languages."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import lanchat
from lanchat.network import guest_page
from lanchat.network.guest_page import page_files
from lanchat.network.guest_server import PageFile
from lanchat.storage.languages import LANGUAGES

NODE = shutil.which("node")
PAGE = Path(lanchat.__file__).parent / "guest_page"
#: Newer than the browsers that packaging/vendor_page/build.sh names: Safari 15, Chrome 89 and Firefox 90, of 2021.
NEWER_SCRIPT = re.compile(
    r"\.(?:at|findLast|findLastIndex|toSorted|toReversed|toSpliced|checkVisibility|hasIndices)\(|\(\?<[=!]|\bstatic \{"
    r"|\b(?:Object\.(?:hasOwn|groupBy)|structuredClone|AbortSignal\.timeout|Promise\.withResolvers|randomUUID)\("
)
NEWER_STYLE = re.compile(r"color-mix\(|light-dark\(|@container|@layer|[{;] ?(?P<name>[a-z-]+): [^;}]*\b\d+[dsl]v[hw]\b")
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
    later = {"/attach.js", "/file_worker.js"}  # once somebody is in, whom they are not to delay
    all_else = sum(len(file.body) for path, file in files.items() if path not in words and path not in later)
    assert all_else + max(words.values()) <= 60_000, "a phone gets the words of one language"


def test_what_a_phone_waits_for_comes_in_three_files_of_which_the_page_names_each() -> None:
    files = page_files()
    named = set(re.findall(r'(?:src|href)="([a-z_]+\.\w+)"', text(files["/"])))
    assert named == {"style.css", "vendor.js", "main.js"}
    assert set(re.findall(r"from '\./(.*?)'", text(files["/main.js"]))) == {"vendor.js"}


def test_the_page_has_every_module_once_and_no_word_of_their_comments() -> None:
    files = page_files()
    scripts = {path: text(file) for path, file in files.items() if path.endswith(".js")}
    assert scripts.pop("/vendor.js") == (PAGE / "vendor.js").read_text("utf-8"), "with its licence"
    worker = scripts.pop("/file_worker.js")  # shares nothing with the page
    served = "\n".join(scripts.values())
    for path in PAGE.glob("*.js"):
        source = path.read_text("utf-8")
        for name in re.findall(r"^export (?:async )?(?:function|class|const) (\w+)", source, re.MULTILINE):
            assert len(re.findall(rf"\b(?:function|class|const) {name}\b", served)) == 1, name
        for comment in re.findall(r"^ *(?:/\*\*|\*|//) (.+?)(?: \*/)?$", source, re.MULTILINE):
            assert comment not in served + worker


def test_modules_import_and_export_as_the_one_that_puts_them_together_reads_it() -> None:
    for path in PAGE.glob("*.js"):
        if path.name == "vendor.js":
            continue
        for line in path.read_text("utf-8").split("\n"):
            if line.startswith("import"):
                assert re.fullmatch(r"import \{ [\w, ]+ \} from '\./\w+\.js';", line), f"{path.name}: {line}"
            if line.startswith("export"):
                assert re.match(r"export (async function|function|class|const) \w+", line), f"{path.name}: {line}"
            assert line.count("`") % 2 == 0, f"{path.name}: a text over several lines loses its indentation: {line}"
            assert not re.search(r"\$\{[^}`]*`", line), f"{path.name}: its inner text may lose its spaces: {line}"


def test_old_browsers_have_all_that_the_page_uses() -> None:
    for path in PAGE.glob("*.js"):
        if path.name != "vendor.js":
            assert not NEWER_SCRIPT.findall(path.read_text("utf-8")), path.name
    style = (PAGE / "style.css").read_text("utf-8")
    for newer in NEWER_STYLE.finditer(style):  # a length may be newer where the same in an older unit stands before it
        name = newer["name"]
        assert name, newer[0]
        assert re.search(rf"[{{;] ?{name}: \d+v[hw]$", style[: newer.start()]), newer[0]


@pytest.mark.skipif(NODE is None, reason="Node is not installed")
def test_what_is_served_is_javascript(tmp_path: Path) -> None:
    for path, file in page_files().items():
        if path.endswith(".js"):
            script = tmp_path / f"{path[1:]}".replace(".js", ".mjs")
            script.write_bytes(gzip.decompress(file.body))
            subprocess.run([str(NODE), "--check", script], check=True)


def test_all_that_scripts_import_is_served_and_nothing_that_is_no_part_of_it() -> None:
    files = page_files()
    scripts = [text(file) for path, file in files.items() if path.endswith(".js")]
    imported = {name for script in scripts for name in re.findall(r"(?:from |import\()'\./(.*?)'", script)}
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
