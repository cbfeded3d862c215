"""HostSuccession: what a host does so that somebody keeps the room open after it: it gives passes to members, tries
whether others would get in at them, and says goodbye. It does what the core.Host asks about heirs. Engine's loop."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Container
from typing import TypeAlias, assert_never

from lanchat.core import host_actions as act
from lanchat.core.address import numeric
from lanchat.core.frames import Heir
from lanchat.core.host import Host
from lanchat.core.keeping import PASSES_MOST, Passes, Rank
from lanchat.core.model import MemberKey
from lanchat.engine import events
from lanchat.engine.active_room import ActiveRoom
from lanchat.engine.tasks import Spawn
from lanchat.network.dialer import stands_by
from lanchat.storage.records import RoomRecord
from lanchat.trust.identity import Identity
from lanchat.trust.passes import make_pass, rank_of

#: The actions of a Host that concern heirs.
HeirAction: TypeAlias = act.Entitle | act.Reach | act.HeirsFound | act.GiveBack


class HostSuccession:
    def __init__(
        self,
        host: Host,
        room: ActiveRoom,
        record: RoomRecord,
        identity: Identity,
        banned: Container[MemberKey],
        context: ssl.SSLContext,
        give_back: Callable[[Heir], None],
        spawn: Spawn,
    ) -> None:
        """`banned`: as it is at any time. `context`: of a client. `give_back`: to a member of a higher rank."""
        self._host = host
        self._room = room
        self.record = record
        self._identity = identity
        self._banned = banned
        self._context = context
        self._give_back = give_back
        self._spawn = spawn
        self._owner = record.owner or identity.key
        self._shown: dict[MemberKey, tuple[Rank, bool]] = {}  # by passes: what they may do, and whether pass it on
        self._reaching: set[asyncio.Task[None]] = set()

    def is_entitled(self, key: MemberKey, passes: Passes) -> bool:
        """Whether this member, with these passes, may keep the room open, too."""
        record = self.record
        rank = rank_of(key, self._owner, record.room_id, passes, record.generation, self._banned.__contains__)
        if rank is not None:
            self._shown[key] = rank, not passes or passes[-1].passes_on
        return rank is not None

    def do(self, action: HeirAction) -> None:
        match action:
            case act.Entitle(session_id, key):
                if (given := self._passes_for(key)) is not None:
                    self._host.entitled(session_id, *given)
            case act.Reach():
                task = self._spawn(self._reach(action))
                self._reaching.add(task)
                task.add_done_callback(self._reaching.discard)
            case act.HeirsFound(heirs):
                keys = tuple(MemberKey(heir.key) for heir in heirs)
                self._room.tell(events.HeirsChanged(self._room.room_id, keys))
            case act.GiveBack(session_id):
                if (heir := self._host.heirs.heir(session_id)) is not None:
                    self._give_back(heir)
            case _:
                assert_never(action)

    def stop(self) -> None:
        """Try nobody any more."""
        for task in self._reaching:
            task.cancel()

    def heir(self, member: MemberKey | None = None) -> Heir | None:
        """Who can keep the room open next: this member; None: whoever comes first."""
        heirs = self._host.heirs
        return next(iter(heirs.heirs), None) if member is None else heirs.heir_of(member)

    def usual_goodbye(self) -> tuple[Heir | None, bool]:
        """Who opens the room when we leave, and whether nobody is to."""
        if self.record.keepers == "nobody" and self._is_owner:
            return None, True
        return self.heir(), False

    def _passes_for(self, key: MemberKey) -> tuple[Passes, Rank] | None:
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

    async def _reach(self, action: act.Reach) -> None:
        """Try whether the program of this member would let others in there."""
        address = numeric(action.address)
        yes = address is not None and await stands_by((address, action.port), self._context, action.key)
        self._host.heirs.reached(action.session, action.port, yes)

    @property
    def _is_owner(self) -> bool:
        return self._owner == self._identity.key
