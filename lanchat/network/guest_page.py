"""The files of the page for phones (`lanchat/guest_page`), as the GuestServer sends them.

Its words in other languages than English are `words-xx.json` there, which `packaging/catalogues.py` makes of the
catalogues. The page fetches one of them when it opens.
"""

from __future__ import annotations

import gzip
import json
import re
from functools import cache
from html import escape
from importlib.resources import files

from lanchat.network.guest_server import PageFile

FOLDER = files("lanchat") / "guest_page"

#: What is served, by path: nothing else of that folder is, but the words.
_PATHS = {
    "/": "index.html",
    "/style.css": "style.css",
    "/main.js": "main.js",
    "/attach.js": "attach.js",
    "/client.js": "client.js",
    "/connection.js": "connection.js",
    "/dom.js": "dom.js",
    "/ends.js": "ends.js",
    "/entrance.js": "entrance.js",
    "/file_view.js": "file_view.js",
    "/files.js": "files.js",
    "/hash_worker.js": "hash_worker.js",
    "/log_view.js": "log_view.js",
    "/message_view.js": "message_view.js",
    "/moving.js": "moving.js",
    "/outbox.js": "outbox.js",
    "/room_view.js": "room_view.js",
    "/store.js": "store.js",
    "/talk.js": "talk.js",
    "/words.js": "words.js",
    "/wire.js": "wire.js",
    "/channel.js": "channel.js",
    "/vendor.js": "vendor.js",
}
#: Comments of the scripts, a tenth of what would be sent: those that are lines of their own, and those after code.
_COMMENT = re.compile(r"^ */\*\*(?:(?!\*/).)*\*/$|(?:^ *| +)// [^\n]*$", re.MULTILINE | re.DOTALL)
_WORDS = re.compile(r"words-([a-z]{2,3})\.json")
_TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
}
#: In index.html: where the page looks which languages there are, and what a browser without JavaScript shows.
_LANGUAGES = 'data-languages=""'
_NO_SCRIPT = re.compile(r"<noscript><p>(.*?)</p>")


@cache
def page_files() -> dict[str, PageFile]:
    """All files by path, compressed once: they do not change while lanchat runs. Raises OSError."""
    contents = {path: (FOLDER / name).read_bytes() for path, name in _PATHS.items()}
    words = {
        found[1]: file.read_bytes() for file in FOLDER.iterdir() if (found := _WORDS.fullmatch(file.name)) is not None
    }
    contents["/"] = _in_all_languages(contents["/"].decode(), words).encode()
    contents |= {f"/words-{language}.json": content for language, content in words.items()}
    return {path: _page_file(path, content) for path, content in contents.items()}


def _in_all_languages(page: str, words: dict[str, bytes]) -> str:
    """The page itself, saying which languages it has words of, and in all of them what it says without them."""
    page = page.replace(_LANGUAGES, f'data-languages="{" ".join(sorted(words))}"')
    english = _NO_SCRIPT.search(page)
    assert english is not None, "index.html says nothing to browsers without JavaScript"
    translated = {language: json.loads(content).get(english[1]) for language, content in sorted(words.items())}
    more = [f'<p lang="{language}">{escape(said)}</p>' for language, said in translated.items() if said]
    return page.replace(english[0], english[0] + "".join(more))


def _page_file(path: str, content: bytes) -> PageFile:
    kind = _PATHS.get(path, path).rpartition(".")[2]
    if kind == "js":
        content = _without_comments(content.decode()).encode()
    return PageFile(_TYPES[kind], gzip.compress(content, mtime=0))


def _without_comments(script: str) -> str:
    """Every line keeps its number, which errors in the browser's console name."""
    return _COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), script)
