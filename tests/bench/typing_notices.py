"""What it costs a host that everybody in its room writes all the time: its state machine, without TLS and disk."""

from __future__ import annotations

import time
from collections.abc import Iterator

from lanchat.core import frames
from lanchat.core.host import Host
from lanchat.core.host_actions import Broadcast, SessionId
from lanchat.core.limits import TYPING_MEMBERS, TYPING_SAID_SECONDS, Limits
from lanchat.core.model import START, Card, DeviceId, LogEnd, RoomId
from tests.bench.setting import Setting
from tests.bench.table import Row

_SECONDS = 60
_TICK = 0.1
_MOST_PERCENT = 1.0


def measure(setting: Setting) -> Iterator[Row]:
    for members in (TYPING_MEMBERS, 1_000):
        idle, _ = _cpu(members, typing=False)
        busy, writes = _cpu(members, typing=True)
        percent = 100 * max(0.0, busy - idle) / _SECONDS
        what = f"{members:,} members who all write all the time: CPU of the host for typing notices"
        shown = f"{percent:.2f} %, {writes / _SECONDS:.0f} writes/s to members"
        numbers = {"CPU percent": percent, "writes/s": writes / _SECONDS}
        yield Row(what, f"≤ {_MOST_PERCENT:.0f} %", "", shown, ok=percent <= _MOST_PERCENT, numbers=numbers)


def _cpu(members: int, *, typing: bool) -> tuple[float, int]:
    """CPU seconds of a minute, and how many writes to members it asks for. Also those write who should not say so."""
    host = Host(RoomId("abcdefgh22345677"), LogEnd(), _card(0), Limits(members=members))
    sessions = [SessionId(number) for number in range(1, members + 1)]
    now = 0.0
    for session in sessions:
        host.entered(session, _card(session), DeviceId(session.to_bytes(8, "big")), now)
        host.received(session, frames.Resume(0, 0, START), now)
    host.tick(now + _TICK)
    host.actions()
    said = frames.encode(frames.Typing())[4:]
    every = round(TYPING_SAID_SECONDS / _TICK)
    began, writes = time.process_time(), 0
    for step in range(round(_SECONDS / _TICK)):
        now += _TICK
        for session in sessions if typing else ():
            if (session + step) % every == 0 and (frame := frames.decode_from_client(said)) is not None:
                host.received(session, frame, now)
        host.tick(now)
        told = [action for action in host.actions() if isinstance(action, Broadcast) and action.passing]
        writes += sum(len(action.sessions) for action in told)
    return time.process_time() - began, writes


def _card(number: int) -> Card:
    return Card(number.to_bytes(32, "big"), f"member {number}", 1, bytes(64))
