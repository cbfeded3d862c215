"""The files of the page for phones (`lanchat/guest_page`), as the GuestServer sends them.

Its words in other languages than English are `words-xx.json` there, which `packaging/catalogues.py` makes of the
catalogues. The page fetches one of them when it opens.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Mapping
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
    "/hash_worker.js": "hash_worker.js",
    "/vendor.js": "vendor.js",
}
#: Loaded when somebody is in, whom they are not to delay.
_LATER = {"/attach.js"}
#: Comments of the scripts, a tenth of what would be sent: those that are lines of their own, and those after code.
_COMMENT = re.compile(r"^ */\*\*(?:(?!\*/).)*\*/$|(?:^ *| +)// [^\n]*$", re.MULTILINE | re.DOTALL)
_BLANK = re.compile(r"\n\s+")
#: Of the style: comments, and the space around signs; another tenth.
_STYLE_SPACE = re.compile(r"/\*.*?\*/\s*|\s*([{};,])\s*|(?<=:) ", re.DOTALL)
#: The only forms in which the modules import and export, see `_bundle`.
_IMPORT = re.compile(r"^import \{ ([\w, ]+) \} from '\./(\w+\.js)';$", re.MULTILINE)
_EXPORT = re.compile(r"^export ((?:async )?(?:function|class|const) (\w+))", re.MULTILINE)
_VENDOR = "vendor.js"
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
    modules: dict[str, None] = {}
    contents["/main.js"] = _bundle("main.js", modules).encode()
    for path in _LATER:
        contents[path] = _later(_script(_PATHS[path]), modules).encode()
    contents["/hash_worker.js"] = _script("hash_worker.js").encode()
    contents["/style.css"] = _STYLE_SPACE.sub(r"\1", contents["/style.css"].decode()).encode()
    words = {
        found[1]: file.read_bytes() for file in FOLDER.iterdir() if (found := _WORDS.fullmatch(file.name)) is not None
    }
    contents["/"] = _BLANK.sub("\n", _in_all_languages(contents["/"].decode(), words)).encode()
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


def _bundle(first: str, modules: dict[str, None]) -> str:
    """One script of a module and all that it imports but vendor.js, whose names are put into `modules`.

    A phone asks for each file on a connection of its own, and finds out what a module imports only when it has it.
    Each module becomes a function, so that what it does not export stays its own; those after it know what it exports.
    """
    vendor: set[str] = set()
    parts: list[str] = []
    exported: list[str] = []

    def add(name: str) -> None:
        script = _script(name)
        for names, imported in _IMPORT.findall(script):
            if imported == _VENDOR:
                vendor.update(names.split(", "))
            elif imported not in modules:
                add(imported)
        modules[name] = None
        own = [name for _what, name in _EXPORT.findall(script)]
        body = _EXPORT.sub(r"\1", _IMPORT.sub("", script)).strip()
        if own:
            exported.extend(own)
            body = f"const {{ {', '.join(own)} }} = (() => {{\n{body}\nreturn {{ {', '.join(own)} }};\n}})();"
        parts.append(body)

    add(first)
    assert len(set(exported)) == len(exported), "two modules of the page export the same name"
    imports = f"import {{ {', '.join(sorted(vendor))} }} from './{_VENDOR}';"
    return "\n".join([imports, *parts, f"export {{ {', '.join(exported)} }};\n"])


def _later(script: str, modules: Mapping[str, None]) -> str:
    """A module that is loaded later has what is in the bundle from there."""
    return _IMPORT.sub(lambda found: found[0].replace(found[2], "main.js") if found[2] in modules else found[0], script)


def _script(name: str) -> str:
    """Without comments, blank lines and indentation: no text of the scripts goes over several lines."""
    return _BLANK.sub("\n", _COMMENT.sub("", (FOLDER / name).read_text("utf-8")))


def _page_file(path: str, content: bytes) -> PageFile:
    kind = _PATHS.get(path, path).rpartition(".")[2]
    return PageFile(_TYPES[kind], gzip.compress(content, mtime=0))
