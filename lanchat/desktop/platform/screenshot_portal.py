"""The screenshot portal of Wayland desktops: the desktop lets the person choose what is in the picture. Any thread.

https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.Screenshot.html, and for the way in which
the answer comes, doc-org.freedesktop.portal.Request.html. The Bus is one of its own, so that nothing is left on the
other one of a question that nobody answered.
"""

from __future__ import annotations

import queue
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from lanchat.desktop.platform.session_bus import Bus, BusConnection, NoAnswer, Service

_NAME, _PATH = "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop"
_SCREENSHOT = Service(_NAME, _PATH, "org.freedesktop.portal.Screenshot")
_DONE, _GIVEN_UP = 0, 1  # of Response; anything else: it failed


class PortalRefused(Exception):
    """There is no such portal, or it gave no picture."""


def ask_for_region(seconds: float) -> Path | None:
    """The file with the picture that the person chose, which may take them `seconds`. None: they gave up. Raises
    PortalRefused."""
    bus = Bus()
    answers: queue.SimpleQueue[tuple[int, str]] = queue.SimpleQueue()
    bus.do(lambda connection: _ask(connection, answers))
    try:
        code, uri = answers.get(timeout=seconds)
    except queue.Empty:
        return None
    finally:
        bus.close()
    parts = urlsplit(uri)
    if code == _GIVEN_UP:
        return None
    if code != _DONE or parts.scheme != "file":
        raise PortalRefused
    return Path(unquote(parts.path))


def _ask(connection: BusConnection, answers: queue.SimpleQueue[tuple[int, str]]) -> None:
    token = f"lanchat_{secrets.token_hex(8)}"
    sender = connection.unique_name.removeprefix(":").replace(".", "_")
    request = Service(_NAME, f"{_PATH}/request/{sender}/{token}", "org.freedesktop.portal.Request")

    def answered(code: int, results: dict[str, tuple[str, Any]]) -> None:
        uri = results.get("uri", ("s", ""))[1]
        answers.put((code, uri if isinstance(uri, str) else ""))

    try:
        connection.subscribe(request, "Response", answered)  # before the question: the answer may come at once
        options = {"handle_token": ("s", token), "interactive": ("b", True), "modal": ("b", True)}
        connection.ask(_SCREENSHOT, "Screenshot", "sa{sv}", "", options)
    except NoAnswer:
        answers.put((-1, ""))
