"""HostSuccession: what a host does so that somebody keeps the room open after it: it gives passes to members, tries
whether others would get in at them, and says goodbye. Engine's loop."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Container, Sequence

from lanchat.core.address import numeric
from lanchat.core.frames import Heir
from lanchat.core.keeping import PASSES_MOST, Passes, Rank
from lanchat.core.model import MemberKey
from lanchat.engine import events
from lanchat.engine.active_room import ActiveRoom
from lanchat.network.dialer import stands_by
from lanchat.storage.records import RoomRecord
from lanchat.trust.identity import Identity
from lanchat.trust.passes import make_pass, rank_of


class HostSuccession:
    def __init__(
        self,
        room: ActiveRoom,
        record: RoomRecord,
        identity: Identity,
        banned: Container[MemberKey],
        context: ssl.SSLContext,
        give_back: Callable[[Heir], None],
    ) -> None:
        """`banned`: as it is at any time. `context`: of a client. `give_back`: to a member of a higher rank."""
        self._room = room
        self.record = record
        self._identity = identity
        self._banned = banned
        self._context = context
        self._give_back = give_back
        self._owner = record.owner or identity.key
        self._shown: dict[MemberKey, tuple[Rank, bool]] = {}  # by passes: what they may do, and whether pass it on

    def is_entitled(self, key: MemberKey, passes: Passes) -> bool:
        """Whether this member, with these passes, may keep the room open, too."""
        record = self.record
        rank = rank_of(key, self._owner, record.room_id, passes, record.generation, self._banned.__contains__)
        if rank is not None:
            self._shown[key] = rank, not passes or passes[-1].passes_on
        return rank is not None

    def passes_for(self, key: MemberKey) -> tuple[Passes, Rank] | None:
        """What is given to this member, so that it may keep the room open: no passes, where it has them. None: it may
        not."""
        record = self.record
        if key in self._banned or (record.keepers == "nobody" and self._is_owner):
            return None
        rank, passes_on = (Rank.OWNER, True) if key == self._owner else self._shown.get(key, (None, False))
        own = () if self._is_owner else record.passes
        may_give = (own[-1].passes_on if own else record.keepers == "anyone") and len(own) < PASSES_MOST
        if passes_on or not may_give:
            return ((), rank) if rank is not None else None
        one = make_pass(self._identity, record.room_id, key, Rank.MEMBER, record.generation)
        return (*own, one), rank or Rank.MEMBER

    async def reach(self, key: MemberKey, address: str, port: int) -> bool:
        """Whether the program of this member would let others in there."""
        place = numeric(address)
        return place is not None and await stands_by((place, port), self._context, key)

    def heirs_changed(self, heirs: Sequence[Heir]) -> None:
        """These may keep the room open next, the first first."""
        keys = tuple(MemberKey(heir.key) for heir in heirs)
        self._room.tell(events.HeirsChanged(self._room.room_id, keys))

    def asked_back(self, heir: Heir) -> None:
        """A member of a higher rank wants to keep the room open."""
        self._give_back(heir)

    def usual_goodbye(self, heir: Heir | None) -> tuple[Heir | None, bool]:
        """Who opens the room when we leave, and whether nobody is to. `heir`: who comes first."""
        if self.record.keepers == "nobody" and self._is_owner:
            return None, True
        return heir, False

    @property
    def _is_owner(self) -> bool:
        return self._owner == self._identity.key
