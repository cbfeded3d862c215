"""GuestCodes: the codes with which phones come into a room that is open here, who came in with each, and how both are
kept on the disk. Engine's loop.

Only the newest code lets newcomers in, and only until it ends. With the others those come back who came in with them,
until all codes are withdrawn: a phone that was locked over night is the same guest.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable, Sequence

from msgspec import Struct, field

from lanchat.core import dates, limits
from lanchat.core.keeping_frames import GivenCode
from lanchat.core.model import MemberKey, RoomId
from lanchat.engine.disk import Disk
from lanchat.engine.guest_interface import GuestArrival, InvitationTime
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
    made_at: int  #: ms; or when its time was changed last
    ends_at: int | None  #: ms; None: when it is withdrawn
    used_at: int  #: ms
    keys: dict[MemberKey, int | None] = field(default_factory=dict)  #: see GuestCodeRecord

    def is_over(self) -> bool:
        """Whether it lets nobody new in. While the computer sleeps, timers stand still on some systems."""
        return self.ends_at is not None and now_ms() >= self.ends_at

    @property
    def lasts(self) -> InvitationTime:
        """How long it was to last."""
        if self.ends_at is None:
            return InvitationTime.UNTIL_WITHDRAWN
        half_hour = self.ends_at - self.made_at == round(limits.GUEST_INVITED_SECONDS * 1000)
        return InvitationTime.HALF_HOUR if half_hour else InvitationTime.TODAY


class GuestCodes:
    def __init__(
        self, room_id: RoomId, kept: Iterable[GuestCodeRecord], port: int, disk: Disk,
        trouble: Callable[[str], None], changed: Callable[[Callable[[], list[GivenCode]]], None], spawn: Spawn,
    ) -> None:  # fmt: skip
        """`kept`: what is on the disk, the oldest first. `port`: where the page was last; 0: nowhere. `trouble`: the
        disk fails, in plain words. `changed`: heirs are to be told; it gets what tells what they are told."""
        self.port = port
        self._room_id = room_id
        self._disk = disk
        self._trouble = trouble
        self._changed = changed
        self._queue = SerialQueue(spawn)
        self._due = False  # what has changed is going to be written
        now = now_ms()
        kept = list(kept)
        found = [one for record in kept if (one := _usable(record, now)) is not None]
        self._by_id = {one.code.code_id: one for one in found}  # the newest last
        for one in found[:-1]:
            one.ends_at = _ENDED
        if found:
            changed(self._for_heirs)
        if len(found) < len(kept):  # what was unused for long is dropped from the disk, too
            self._keep_soon()

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

    def add(self, lasts: InvitationTime) -> None:
        """Make a new one, which lets newcomers in for so long."""
        self.end_newest()
        now = _to_second(now_ms())
        made = Invitation(GuestCode.new(), now, _end_of(lasts, now), now)
        if len(self._by_id) >= limits.GUEST_CODES:
            del self._by_id[min(self._by_id, key=lambda code_id: self._by_id[code_id].used_at)]
        self._by_id[made.code.code_id] = made
        self._keep_soon()

    def set_time(self, lasts: InvitationTime) -> None:
        """Let the newest one last so long from now on. Nothing happens where there is none."""
        if (newest := self.newest) is not None:
            newest.made_at = _to_second(now_ms())
            newest.ends_at = _end_of(lasts, newest.made_at)
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
        self._changed(self._for_heirs)
        await self._queue.put(self._keep, lasting=True)

    def came(self, invitation: Invitation, key: MemberKey) -> None:
        """Somebody is in with this one."""
        invitation.keys.setdefault(key, now_ms())
        invitation.used_at = now_ms()
        self._keep_soon()

    def remove(self, key: MemberKey) -> bool:
        """The guest with this key is let in with none of the present codes any more. False: nobody with this
        key came in."""
        came = any(one.keys.get(key) is not None for one in self._by_id.values())
        if came:
            for one in self._by_id.values():
                one.keys[key] = None
            self._keep_soon()
        return came

    def arrivals(self, here: Collection[MemberKey]) -> tuple[GuestArrival, ...]:
        """Who came in with the newest one, and who is `here` with an earlier one, in this order."""
        newest = self.newest
        return tuple(
            GuestArrival(key, came_at, key in here, one is newest)
            for one in self._by_id.values() for key, came_at in one.keys.items()
            if came_at is not None and (one is newest or key in here)
        )  # fmt: skip

    def served_at(self, port: int) -> None:
        """The page is at this port."""
        if port != self.port:
            self.port = port
            self._keep_soon()

    def _for_heirs(self) -> list[GivenCode]:
        """What those get who may keep the room open next. By durations: clocks differ."""
        now = now_ms()
        return [
            GivenCode(
                one.code.secret,
                None if one.ends_at is None else max(0, one.ends_at - now),
                [key for key, came_at in one.keys.items() if came_at is not None],
                max(0, now - one.used_at),
            )
            for one in self._by_id.values()
        ]

    # --- the disk
    def _keep_soon(self) -> None:
        """Once for all that changes before it is written. Heirs hear of it, too."""
        self._changed(self._for_heirs)
        if not self._due:
            self._due = True
            self._queue.put(self._keep, lasting=True)

    async def _keep(self) -> None:
        self._due = False
        records = [
            GuestCodeRecord(one.code.secret, one.made_at, one.ends_at, one.used_at, dict(one.keys))
            for one in self._by_id.values()
        ]
        try:
            await self._disk.run(Store.put_guest_codes, self._room_id, records, self.port)
        except StorageProblem as problem:
            self._trouble(str(problem))

    async def close(self) -> None:
        """When this returns, everything is on the disk."""
        await self._queue.finish()


def inherited(codes: Sequence[GivenCode], given_at: int, now: int) -> list[GuestCodeRecord]:
    """What this computer, an heir, keeps of the codes that the room's host gave it then. Both times: ms. They let
    newcomers in for half an hour at the most: who keeps the room open for a moment is not to leave a door open for
    good. So each is a code of half an hour here, and one that was one ends when it did, however often the room changes
    hands: by whole seconds, the time on the way is rounded away."""
    most = round(limits.GUEST_INVITED_SECONDS * 1000)
    records = []
    for one in codes:
        ends_at = given_at if one.left_ms == 0 else now + most
        if one.left_ms:
            ends_at = min(_to_second(given_at + one.left_ms), ends_at)
        used_at = min(given_at - one.unused_ms, now)
        records.append(
            GuestCodeRecord(one.secret, ends_at - most, ends_at, used_at, {MemberKey(key): 0 for key in one.keys})
        )
    return records


def _to_second(ms: int) -> int:
    return round(ms / 1000) * 1000


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
    return Invitation(GuestCode(record.secret), record.made_at, ends_at, used_at, dict(record.keys))


def _end_of(lasts: InvitationTime, now: int) -> int | None:
    """When a code that lasts so long from now on (ms) ends: ms; None: never."""
    match lasts:
        case InvitationTime.HALF_HOUR:
            return now + round(limits.GUEST_INVITED_SECONDS * 1000)
        case InvitationTime.TODAY:
            here = dates.moment(now)
            tomorrow = here.date() + datetime.timedelta(days=1)
            return round(datetime.datetime.combine(tomorrow, datetime.time(), here.tzinfo).timestamp() * 1000)
        case InvitationTime.UNTIL_WITHDRAWN:
            return None
