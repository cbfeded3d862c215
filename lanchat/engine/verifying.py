"""Verifying: which members the person has compared keys with, and what there is to compare. Engine's loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from lanchat.core.model import MemberKey
from lanchat.engine import events
from lanchat.engine.disk import Disk
from lanchat.trust.identity import badge, key_words, pair_numbers


class Verifying:
    def __init__(
        self, me: MemberKey, disk: Disk, verified: Iterable[MemberKey], tell: Callable[[events.Event], None]
    ) -> None:
        self._me = me
        self._disk = disk
        self._verified = set(verified)
        self._tell = tell

    def __contains__(self, member: MemberKey) -> bool:
        """Whether the person compared keys with this member."""
        return member in self._verified

    async def introduce(self, member: MemberKey) -> None:
        """Raises StorageProblem."""
        cards = await self._disk.look_up(lambda store: store.cards([member]))
        words, numbers = await asyncio.to_thread(self._to_compare, member)
        nick = cards[0].nick if cards else ""
        self._tell(events.Introduced(member, nick, words, badge(member), numbers, member in self._verified))

    async def verify(self, member: MemberKey, yes: bool) -> None:
        """On disk first. Raises StorageProblem."""
        await self._disk.run(lambda store: store.set_verified(member, yes))
        if yes:
            self._verified.add(member)
        else:
            self._verified.discard(member)
        self._tell(events.Verified(member, yes))

    def _to_compare(self, member: MemberKey) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The member's words, and the numbers of the two of us. On any thread."""
        return key_words(member), pair_numbers(self._me, member) if member != self._me else ()
