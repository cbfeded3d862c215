"""A host of somebody else's room that shows what an honest keeper would, with passes of a test's choice."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from engine.people import People

from lanchat.core import frames, limits
from lanchat.core.keeping import Keeping, Passes
from lanchat.core.listing import key_fingerprint
from lanchat.core.model import START, Entry, Head, LogEntry, MemberKey, RoomId, next_head
from lanchat.network.discovery.interface import RoomDescription
from lanchat.trust.handshake import HostHandshake, HostPolicy
from lanchat.trust.identity import Identity, certificate_fingerprint
from lanchat.trust.passes import make_keeping
from lanchat.trust.signing import make_card
from survival.evil import EvilHost, Guest, Script

EPOCH = 900 << 20  # higher than an honest room of a test ever was


async def only_hello(guest: Guest) -> None:
    guest.send(HostHandshake(guest.host.door).hello())


class FalseKeeper(EvilHost):
    """Says of itself what an honest keeper would, and shows these passes."""

    def __init__(
        self, me: Identity, room_id: RoomId, owner: MemberKey, passes: Passes, script: Script = only_hello,
        epoch: int = EPOCH,
    ) -> None:  # fmt: skip
        super().__init__(script)
        self.epoch = epoch
        self.passes = passes
        self.keeps = make_keeping(me, room_id, Keeping(epoch, 0, bytes(32), passes))
        self.before: list[Entry] = []  #: what was said in the room before
        self.me = me
        self.card = make_card(me, "Cem", 1)
        self.door = HostPolicy(
            room_id, "Kitchen", certificate_fingerprint(me.certificate), None, lambda _: True, lambda _: False, me.key,
            owner=owner, keeps=lambda: self.keeps,
        )  # fmt: skip

    def welcome(self, base: int = 0, base_head: Head = START, last: int = 0) -> frames.Welcome:
        return frames.Welcome(self.epoch, base, base_head, last, limits.Limits(), self.card, self.keeps)

    def placed(
        self, entries: Iterable[Entry], after: int = 0, head: Head = START, epoch: int | None = None
    ) -> list[LogEntry]:
        """These entries in its Log, with a chain that fits."""
        made = []
        for seq, entry in enumerate(entries, after + 1):
            head = next_head(head, self.door.room_id, epoch or self.epoch, seq, entry.sent_at, entry)
            made.append(LogEntry(entry, epoch or self.epoch, seq, entry.sent_at, head))
        return made

    @asynccontextmanager
    async def announced(self, people: People) -> AsyncIterator[FalseKeeper]:
        """Seen by everybody as the room's newest host."""
        async with self.open():
            announcing, owner = people.lan.node(), self.door.owner
            assert owner is not None
            await announcing.start(lambda _: None)
            announcing.advertise(
                RoomDescription(
                    room_id=self.door.room_id, title="Kitchen", fingerprint=key_fingerprint(self.me.key),
                    owner=key_fingerprint(owner), epoch=self.epoch, port=self.port, host="Ana",
                )
            )  # fmt: skip
            yield self
            await announcing.stop()
