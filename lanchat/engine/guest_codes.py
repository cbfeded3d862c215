"""GuestCodes: the codes with which phones come into a room that is open here, who came in with each, and how both are
kept on the disk. Engine's loop.

Only the newest code lets newcomers in, and only until it ends. With the others those come back who came in with them,
until all codes are withdrawn: a phone that was locked over night is the same guest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import Struct, field

from lanchat.core import limits
from lanchat.core.model import MemberKey, RoomId
from lanchat.engine.disk import Disk
from lanchat.engine.tasks import SerialQueue, Spawn
from lanchat.storage.errors import StorageProblem
from lanchat.storage.guest_code_rows import GuestCodeRecord
from lanchat.storage.records import now_ms
from lanchat.storage.store import Store
from lanchat.trust.guest_channel import SECRET_BYTES, GuestCode

_CLOCK_MS = 3_600_000  # a code that was made so much later than now was made while the clock was wrong, or before it is
_ENDED = 0  # ms: it has ended, whatever the clock says


class Invitation(Struct, eq=False):
    """A code, and who came in with it."""

    code: GuestCode
    made_at: int  #: ms
    ends_at: int | None  #: ms; None: when it is withdrawn
    used_at: int  #: ms
    keys: set[MemberKey] = field(default_factory=set)

    def is_over(self) -> bool:
        """Whether it lets nobody new in. While the computer sleeps, timers stand still on some systems."""
        return self.ends_at is not None and now_ms() >= self.ends_at


class GuestCodes:
    def __init__(
        self, room_id: RoomId, kept: Iterable[GuestCodeRecord], port: int, disk: Disk,
        trouble: Callable[[str], None], spawn: Spawn,
    ) -> None:  # fmt: skip
        """`kept`: what is on the disk, the oldest first. `port`: where the page was last; 0: nowhere. `trouble`: the
        disk fails, in plain words."""
        self.port = port
        self._room_id = room_id
        self._disk = disk
        self._trouble = trouble
        self._queue = SerialQueue(spawn)
        self._due = False  # what has changed is going to be written
        now = now_ms()
        found = [one for record in kept if (one := _usable(record, now)) is not None]
        self._by_id = {one.code.code_id: one for one in found}  # the newest last
        for one in found[:-1]:
            one.ends_at = _ENDED

    def __len__(self) -> int:
        return len(self._by_id)

    def find(self, code_id: bytes) -> Invitation | None:
        """The one with this id, with which somebody may come in or came in."""
        return self._by_id.get(code_id)

    @property
    def newest(self) -> Invitation | None:
        """The one that lets newcomers in; None: there is none."""
        newest = next(reversed(self._by_id.values()), None)
        return newest if newest is not None and newest.ends_at != _ENDED else None

    def add(self, ends_at: int | None) -> None:
        """Make a new one, which lets newcomers in until `ends_at` (ms; None: until it is withdrawn)."""
        self.end_newest()
        now = now_ms()
        made = Invitation(GuestCode.new(), now, ends_at, now)
        if len(self._by_id) >= limits.GUEST_CODES:
            del self._by_id[min(self._by_id, key=lambda code_id: self._by_id[code_id].used_at)]
        self._by_id[made.code.code_id] = made
        self._keep_soon()

    def end_newest(self) -> bool:
        """Who has the newest code and did not come in yet has come too late. False: there is none."""
        newest = self.newest
        if newest is None:
            return False
        newest.ends_at = _ENDED
        if not newest.keys:
            del self._by_id[newest.code.code_id]
        self._keep_soon()
        return True

    async def withdraw(self) -> None:
        """End all of them, for whoever came in with one, too. When this returns, that is on the disk."""
        self._by_id.clear()
        await self._queue.put(self._keep, lasting=True)

    def came(self, invitation: Invitation, key: MemberKey) -> None:
        """Somebody is in with this one."""
        invitation.keys.add(key)
        invitation.used_at = now_ms()
        self._keep_soon()

    def served_at(self, port: int) -> None:
        """The page is at this port."""
        if port != self.port:
            self.port = port
            self._keep_soon()

    # --- the disk
    def _keep_soon(self) -> None:
        """Once for all that changes before it is written."""
        if not self._due:
            self._due = True
            self._queue.put(self._keep, lasting=True)

    async def _keep(self) -> None:
        self._due = False
        records = [
            GuestCodeRecord(one.code.secret, one.made_at, one.ends_at, one.used_at, frozenset(one.keys))
            for one in self._by_id.values()
        ]
        try:
            await self._disk.run(Store.put_guest_codes, self._room_id, records, self.port)
        except StorageProblem as problem:
            self._trouble(str(problem))

    async def close(self) -> None:
        """When this returns, everything is on the disk."""
        await self._queue.finish()


def _usable(record: GuestCodeRecord, now: int) -> Invitation | None:
    """What a code on the disk is good for; None: for nothing. Where the clock was put back, nobody knows how long ago
    it was made, and it lets nobody new in."""
    if len(record.secret) != SECRET_BYTES:  # damage
        return None
    used_at = min(record.used_at, now)
    over = record.made_at > now + _CLOCK_MS or (record.ends_at is not None and record.ends_at <= now)
    if (over and not record.keys) or now - used_at >= limits.GUEST_UNUSED_SECONDS * 1000:
        return None
    ends_at = _ENDED if over else record.ends_at
    return Invitation(GuestCode(record.secret), record.made_at, ends_at, used_at, set(record.keys))
