"""Questions that a Linux desktop puts to the person for a program, in a dialog of its own: its portals. No Tk thread.

https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.Request.html says how the answer comes.
Each question has a connection of its own, so that nothing is left of one that nobody answered.
"""

from __future__ import annotations

import secrets
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import unquote_to_bytes, urlsplit

from lanchat.desktop.platform.session_bus import Service, open_bus

DONE: Final = 0  #: the person answered
GIVEN_UP: Final = 1  #: they closed the dialog; any other code: it failed
_NAME, _PATH = "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop"
_DAY = 86_400.0  # seconds: longer than anybody looks at a dialog


def ask_portal(
    portal: str, method: str, words: Sequence[str], options: Mapping[str, tuple[str, object]], seconds: float = _DAY
) -> tuple[int, dict[str, Any]]:
    """Ask `org.freedesktop.portal.PORTAL`: the code of the answer, and its results. After `seconds` they have given up.
    `words`: the arguments before the options, which are variants: (signature, value). Raises NoAnswer."""
    service = Service(_NAME, _PATH, f"org.freedesktop.portal.{portal}")
    token = f"lanchat_{secrets.token_hex(8)}"
    answers: list[tuple[int, dict[str, Any]]] = []

    def answered(code: int, results: Mapping[str, tuple[str, Any]]) -> None:
        answers.append((code, {name: value for name, (_signature, value) in results.items()}))

    with open_bus() as connection:
        properties = Service(_NAME, _PATH, "org.freedesktop.DBus.Properties")
        connection.ask(properties, "Get", "ss", service.interface, "version")  # starts the portal, or there is none
        sender = connection.unique_name.removeprefix(":").replace(".", "_")
        request = Service(_NAME, f"{_PATH}/request/{sender}/{token}", "org.freedesktop.portal.Request")
        connection.subscribe(request, "Response", answered)  # before the question: the answer may come at once
        connection.ask(service, method, "s" * len(words) + "a{sv}", *words, {**options, "handle_token": ("s", token)})
        until = time.monotonic() + seconds
        while not answers and (left := until - time.monotonic()) > 0:
            connection.receive(left)
    return answers[0] if answers else (GIVEN_UP, {})


def paths_of(uris: Sequence[str]) -> list[str]:
    """The paths of those that are files on this computer."""
    paths = []
    for uri in uris:
        try:
            parts = urlsplit(uri)
        except ValueError:  # such as "file://["
            continue
        if parts.scheme == "file" and parts.netloc in ("", "localhost") and parts.path:
            path = unquote_to_bytes(parts.path).decode(sys.getfilesystemencoding(), "surrogateescape")
            paths.append(path[1:] if sys.platform == "win32" else path)
    return [path for path in paths if "\0" not in path]
