"""Outbox: my entries not yet seen in the Log, as a Client holds them. The lasting copy is on disk."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from lanchat.core.limits import PAGE_BYTES
from lanchat.core.model import Entry, EntryId

_ENTRY_BYTES = 170  # the most an Entry takes besides kind and body


class Outbox:
    """In counter order: first those under way to the Host, then those that wait."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._under_way: OrderedDict[EntryId, Entry] = OrderedDict()
        self._waiting: OrderedDict[EntryId, Entry] = OrderedDict()
        for entry in entries:
            self.add(entry)

    def __len__(self) -> int:
        return len(self._under_way) + len(self._waiting)

    @property
    def under_way(self) -> int:
        return len(self._under_way)

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def add(self, entry: Entry) -> None:
        self._waiting[EntryId(entry.entry_id)] = entry

    def take(self, most: int) -> list[Entry]:
        """The next `most` that wait, as far as one frame holds them; they are under way now."""
        taken: list[Entry] = []
        size = 0
        while self._waiting and len(taken) < most:
            entry_id, entry = next(iter(self._waiting.items()))
            size += _ENTRY_BYTES + len(entry.kind.encode()) + len(entry.body.encode())
            if taken and size > PAGE_BYTES:
                break
            del self._waiting[entry_id]
            self._under_way[entry_id] = entry
            taken.append(entry)
        return taken

    def remove(self, entry_id: EntryId) -> bool:
        """It is in the Log, or never will be. False: it was not here."""
        return any(part.pop(entry_id, None) is not None for part in (self._under_way, self._waiting))

    def rewind(self) -> None:
        """Nothing is under way any more: everything waits again, from the start."""
        self._under_way.update(self._waiting)
        self._waiting, self._under_way = self._under_way, OrderedDict()
