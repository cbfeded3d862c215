"""Ringing: tell the lanchat that is running already to show itself. For a face that starts, on its main thread."""

from __future__ import annotations

import hmac
import socket
import time
from pathlib import Path

from lanchat.storage import bell

_SECONDS = 1.0  # one that hangs for longer is no help


def ring(folder: Path, wish: str = "") -> bool:
    """Ring the lanchat that uses this data folder, with what it is to show (see events.Rung). False: none answers.

    Takes a few ms, at most a second.
    """
    found = bell.find(folder)
    if found is None:
        return False
    until = time.monotonic() + _SECONDS
    try:
        with socket.create_connection(("127.0.0.1", found.port), timeout=_SECONDS) as line:
            line.sendall(f"{found.call} {' '.join(wish.split())}\n".encode(errors="replace"))
            return hmac.compare_digest(_hear(line, until), found.answer.encode())
    except OSError:
        return False


def _hear(line: socket.socket, until: float) -> bytes:
    """One line, without its end. Raises TimeoutError."""
    heard = b""
    while not heard.endswith(b"\n") and len(heard) < 100:
        line.settimeout(max(0.001, until - time.monotonic()))
        piece = line.recv(100)
        if not piece:
            return b""
        heard += piece
    return heard.rstrip(b"\n")
