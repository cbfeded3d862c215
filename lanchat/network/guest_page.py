"""The files of the page for phones (`lanchat/guest_page`), as the GuestServer sends them."""

from __future__ import annotations

import gzip
from functools import cache
from importlib.resources import files

from lanchat.network.guest_server import PageFile

#: What is served, by path: nothing else of that folder is.
_PATHS = {
    "/": "index.html",
    "/style.css": "style.css",
    "/main.js": "main.js",
    "/client.js": "client.js",
    "/connection.js": "connection.js",
    "/dom.js": "dom.js",
    "/ends.js": "ends.js",
    "/entrance.js": "entrance.js",
    "/log_view.js": "log_view.js",
    "/message_view.js": "message_view.js",
    "/room_view.js": "room_view.js",
    "/store.js": "store.js",
    "/talk.js": "talk.js",
    "/words.js": "words.js",
    "/wire.js": "wire.js",
    "/channel.js": "channel.js",
    "/vendor.js": "vendor.js",
}
_TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
}


@cache
def page_files() -> dict[str, PageFile]:
    """All files by path, compressed once: they do not change while lanchat runs. Raises OSError."""
    folder = files("lanchat") / "guest_page"
    return {path: _page_file(name, (folder / name).read_bytes()) for path, name in _PATHS.items()}


def _page_file(name: str, content: bytes) -> PageFile:
    return PageFile(_TYPES[name.rpartition(".")[2]], gzip.compress(content, mtime=0))
