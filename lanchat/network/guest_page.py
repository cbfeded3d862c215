"""The files of the page for phones (`lanchat/guest_page`), as the GuestServer sends them.

Its words in other languages than English are `words-xx.json` there, which `packaging/catalogues.py` makes of the
catalogues. The page fetches one of them when it opens.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Collection
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
    "/file_worker.js": "file_worker.js",
    "/vendor.js": "vendor.js",
}
#: Comments of the scripts, a tenth of what would be sent: those that are lines of their own, and those after code.
_COMMENT = re.compile(r"^ */\*\*(?:(?!\*/).)*\*/$|(?:^ *| +)// [^\n]*$", re.MULTILINE | re.DOTALL)
_BLANK = re.compile(r"\n\s+")
#: Strings and regular expressions are kept; elsewhere the space and the line ends around signs go, a twentieth of what
#: would be sent. Our scripts write a division with a space on both sides and a semicolon after each statement, and no
#: template holds another.
_SPACE = re.compile(
    r"""('(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|/(?![*/ ])(?:\\.|\[(?:\\.|[^\]\n])*\]|[^/\\\n])+/)"""
    r"""|\s?([{}(),;=?:&|<>!*]+)\s?"""
)
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
    main, modules = _bundle("main.js", ())
    attach, _ = _bundle("attach.js", modules)  # loaded when somebody is in, whom it is not to delay
    worker, _ = _bundle("file_worker.js", ())  # runs beside the page, and shares nothing with it
    contents |= {"/main.js": main.encode(), "/attach.js": attach.encode(), "/file_worker.js": worker.encode()}
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


def _bundle(first: str, in_main: Collection[str]) -> tuple[str, Collection[str]]:
    """One script of a module and all that it imports but vendor.js and what is in main.js; and which modules these are.

    A phone asks for each file on a connection of its own, and finds out what a module imports only when it has it.
    Each module becomes a function, so that what it does not export stays its own; those after it know what it exports.
    """
    imports: dict[str, set[str]] = {}
    modules: list[str] = []
    parts: list[str] = []
    exported: list[str] = []

    def add(name: str) -> None:
        script = _script(name)
        for names, imported in _IMPORT.findall(script):
            if imported == _VENDOR or imported in in_main:
                source = _VENDOR if imported == _VENDOR else "main.js"
                imports.setdefault(source, set()).update(names.split(", "))
            elif imported not in modules:
                add(imported)
        modules.append(name)
        own = [name for _what, name in _EXPORT.findall(script)]
        body = _EXPORT.sub(r"\1", _IMPORT.sub("", script)).strip()
        if own:
            exported.extend(own)
            body = f"const {{ {', '.join(own)} }} = (() => {{\n{body}\nreturn {{ {', '.join(own)} }};\n}})();"
        parts.append(body)

    add(first)
    assert len(set(exported)) == len(exported), "two modules of the page export the same name"
    head = [f"import {{ {', '.join(sorted(names))} }} from './{source}';" for source, names in sorted(imports.items())]
    script = "\n".join([*head, *parts, f"export {{ {', '.join(exported)} }};\n"])
    return _SPACE.sub(lambda found: found[1] or found[2], script), modules


def _script(name: str) -> str:
    """Without comments, blank lines and indentation: no text of the scripts goes over several lines."""
    return _BLANK.sub("\n", _COMMENT.sub("", (FOLDER / name).read_text("utf-8")))


def _page_file(path: str, content: bytes) -> PageFile:
    kind = _PATHS.get(path, path).rpartition(".")[2]
    return PageFile(_TYPES[kind], gzip.compress(content, mtime=0))
