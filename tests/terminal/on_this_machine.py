"""`lanchat` as it is, but kept to 127.0.0.1: `python on_this_machine.py PORT …` finds rooms by that UDP port only."""

from __future__ import annotations

import os
import sys
from functools import partial

from lanchat.__main__ import program
from lanchat.core import limits
from lanchat.engine.engine import Engine
from lanchat.network.discovery import schedule
from lanchat.network.discovery.lan import LanDiscovery
from lanchat.terminal import console


def take_terminal() -> None:
    """As the first in a session, opening the terminal makes it ours: then Ctrl+C is a signal, and /dev/tty is there."""
    if sys.platform != "win32" and os.isatty(0):
        os.close(os.open(os.ttyname(0), os.O_RDWR))


if __name__ == "__main__":
    take_terminal()
    port = int(sys.argv[1])
    limits.PORTS = (port, port + 1, port + 2)  # type: ignore[misc]  # else another test's room is found where ours was
    schedule.BURST = tuple((at / 2, step) for at, step in schedule.BURST)  # no packet is lost here
    discovery = partial(LanDiscovery, port, only=("127.0.0.1",))
    console.Engine = partial(Engine, discovery=discovery)
    del sys.argv[1]
    program()
