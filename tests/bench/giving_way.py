"""A Log that gives way to another of its room: how long nobody can write or read on, and how soon what it had is in the
other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing

from lanchat.core.model import Entry, LogEntry
from lanchat.storage.room_log import RoomLog
from lanchat.storage.store import Store
from tests.bench import million
from tests.bench.history import row, times
from tests.bench.setting import Setting
from tests.bench.table import Row

_ENTRIES, _TAIL, _AT_ONCE = 20_000, 10_000, 500
_TIMES = 8


def measure(setting: Setting) -> Iterator[Row]:
    folder = setting.new_folder()
    million.build(folder, _ENTRIES)
    with closing(Store.open(folder)) as store:
        log = store.log(million.ROOM)
        took: list[float] = []
        back: list[float] = []
        for _ in range(_TIMES):
            took += times(_give_way, [log])
            back += times(lambda some: _bring_back(log, some), _in_batches(log.carried.waiting()))
            while not store.settle():
                pass
    of = f"a Log of {_ENTRIES:,} gives way: "
    yield row(of + f"{_TAIL:,} entries leave it, with their words in the index", 300, "", took)
    yield row(of + f"{_AT_ONCE} of them come back", 50, "", back)


def _give_way(log: RoomLog) -> None:
    end = log.end()
    head = log.head_at(_ENTRIES - _TAIL)
    assert head is not None
    log.rebase(end.epoch + 1, _ENTRIES - _TAIL, head)


def _in_batches(entries: Sequence[Entry]) -> list[Sequence[Entry]]:
    return [entries[start : start + _AT_ONCE] for start in range(0, len(entries), _AT_ONCE)]


def _bring_back(log: RoomLog, entries: Sequence[Entry]) -> None:
    outcomes = log.append(entries, million.START, {entry.entry_id for entry in entries})
    assert all(isinstance(outcome, LogEntry) for outcome in outcomes)
