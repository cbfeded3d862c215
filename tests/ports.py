"""Ports for tests: neither a lanchat that runs on this machine, nor another test, nor the system gives them away.

The port of a socket that was closed is no such port: the system may give it to the next connection of anybody.
"""

from __future__ import annotations

import secrets
import socket
from contextlib import ExitStack

#: Below what systems give away by themselves: Linux from 32768 on, the others from 49152 on.
_FIRST, _LAST = 20_000, 32_000
_AT_ONCE = 4  # of which three are used, as by a lanchat; so that what two tests have never overlaps in part


def free_port() -> int:
    """The first of three in a row that nothing has, by TCP and by UDP."""
    while True:
        port = _FIRST + secrets.randbelow((_LAST - _FIRST) // _AT_ONCE) * _AT_ONCE
        if all(map(_is_free, range(port, port + 3))):
            return port


def _is_free(port: int) -> bool:
    with ExitStack() as probes:
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            try:
                probes.enter_context(socket.socket(socket.AF_INET, kind)).bind(("", port))
            except OSError:
                return False
    return True
