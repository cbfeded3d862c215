"""Checking: many signatures at once, on as many cores as there are. Checking one lets other threads run meanwhile."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence

from lanchat.core.model import Entry, RoomId
from lanchat.trust.signing import verify_entry

#: Fewer than this are checked at once, here: 70 microseconds each, and a thread would cost more.
_FEW = 4
_THREADS = min(os.cpu_count() or 1, 4)


async def all_signed(entries: Sequence[Entry], room_id: RoomId) -> list[bool]:
    """For each entry, whether its author signed it for this room."""
    if len(entries) <= _FEW:
        return _signed(entries, room_id)
    size = -(-len(entries) // _THREADS)
    shares = [entries[start : start + size] for start in range(0, len(entries), size)]
    answers = await asyncio.gather(*(asyncio.to_thread(_signed, share, room_id) for share in shares))
    return [good for answer in answers for good in answer]


def _signed(entries: Sequence[Entry], room_id: RoomId) -> list[bool]:
    return [verify_entry(entry, room_id) for entry in entries]
