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
from lanchat.core.host_actions import SessionId
from lanchat.core.keeping import PASSES_MOST, Passes, Rank
from lanchat.core.model import MemberKey
from lanchat.core.standing import Standing
from lanchat.engine import events
from lanchat.engine.active_room import ActiveRoom
from lanchat.engine.known_rooms import KnownRooms
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
        known: KnownRooms,
        context: ssl.SSLContext,
        give_back: Callable[[Heir], None],
        renew_role: Callable[[MemberKey], None],
        spawn: Spawn,
    ) -> None:
        """`context`: of a client. `give_back`: to a member of a higher rank. `renew_role`: of a member whose pass is
        of an older passphrase."""
        self._host = host
        self._room = room
        self.record = record
        self._identity = identity
        self._known = known
        self._renew_role = renew_role
        self._named: set[MemberKey] = set()  # by us, a co-owner
        self._context = context
        self._give_back = give_back
        self._spawn = spawn
        self._owner = record.owner or identity.key
        self._shown: dict[MemberKey, Passes] = {}  # as they came in
        self._reaching: set[asyncio.Task[None]] = set()

    def is_entitled(self, key: MemberKey, passes: Passes) -> bool:
        """Whether this member, with these passes, may keep the room open, too."""
        entitled = self._rank_by(key, passes) is not None
        if entitled:
            self._shown[key] = passes
        return entitled

    def _rank_by(self, key: MemberKey, passes: Passes) -> Rank | None:
        """What these passes make of this member by now."""
        record = self.record
        limit = self._known.standing(record.room_id).highest_rank
        return rank_of(key, self._owner, record.room_id, passes, record.generation, limit)

    def do(self, action: HeirAction) -> None:
        match action:
            case act.Entitle(session_id, key):
                self._entitle(session_id, key)
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

    def _entitle(self, session_id: SessionId, key: MemberKey) -> None:
        """Let this member keep the room open, if it may, and give it the passes that it lacks for that."""
        record, host = self.record, self._host
        standing = self._known.standing(record.room_id)
        if key == self._owner:
            host.entitled(session_id, (), Rank.OWNER)
            return
        if standing.highest_rank(key) is None or (record.keepers == "nobody" and self._is_owner):
            host.heirs.not_entitled(session_id)
            return
        shown = self._shown.get(key, ())
        if self._outdated(shown):
            shown = ()
        rank = self._rank_by(key, shown)
        passes_on = rank is not None and shown[-1].passes_on
        by_role = standing.role_pass(key)
        if by_role is not None and self._outdated((by_role,)):
            by_role = None
        if by_role is not None and by_role.generation >= record.generation and (rank is None or by_role.rank > rank):
            rank, shown = Rank(by_role.rank), (by_role,)
        elif by_role is not None and by_role.generation < record.generation and self._is_owner:
            self._renew_role(key)  # who comes in has proved to know the new passphrase
        given = None if passes_on and rank is Rank.MEMBER else self._chain_for(key)
        if given is not None:
            host.entitled(session_id, given, rank or Rank.MEMBER, new=True)
        elif rank is not None:
            host.entitled(session_id, shown, rank)
        else:
            host.heirs.not_entitled(session_id)

    def _outdated(self, passes: Passes) -> bool:
        """Whether they are of a time when anybody might keep the room open, and only whom we name may now."""
        named = self.record.keepers == "named" and self._is_owner and bool(passes)
        return named and passes[-1].passes_on and passes[-1].rank == Rank.MEMBER

    def _chain_for(self, key: MemberKey) -> Passes | None:
        """A new chain for this member; None: it gets none of us."""
        record, identity = self.record, self._identity
        if self._known.rank(record.room_id) is None:  # we were banned, or who let us keep the room open was
            return None
        own: Passes = () if self._is_owner else record.passes
        may_give = record.keepers == "anyone" if self._is_owner else bool(own) and own[-1].passes_on
        if not may_give and key in self._named:
            own = self._known.passes(record.room_id)
            may_give = bool(own) and own[-1].passes_on
        if not may_give or len(own) >= PASSES_MOST:
            return None
        generation, in_turn = own[0].generation if own else record.generation, key not in self._named
        return (*own, make_pass(identity, record.room_id, key, Rank.MEMBER, generation, passes_on=in_turn))

    def name(self, key: MemberKey) -> bool:
        """We, a co-owner, give this member a pass, as soon as it is here. False: we may not."""
        own = self._known.passes(self.record.room_id)
        may = bool(own) and own[-1].passes_on and self._known.rank(self.record.room_id) == Rank.CO_OWNER
        if may:
            self._named.add(key)
            self.ask_again({key})
        return may

    def ask_again(self, keys: Container[MemberKey] | None = None) -> None:
        """What these members may do is not what it was; None: all."""
        self._host.heirs.ask_again(keys)

    def standing_changed(self, before: Standing, now: Standing) -> None:
        """Judge anew at once who may keep the room open: a ban, or a role that was taken back, ends all passes that
        hang on that member."""
        changed = {key for key in {**before.bans, **now.bans} if (key in before.bans) != (key in now.bans)}
        changed |= {key for key in {**before.roles, **now.roles} if before.roles.get(key) != now.roles.get(key)}
        if changed:
            for session_id, key in self._host.heirs.hanging_on(changed):
                self._entitle(session_id, key)

    async def _reach(self, action: act.Reach) -> None:
        """Try whether the program of this member would let others in there."""
        address = numeric(action.address)
        yes = address is not None and await stands_by((address, action.port), self._context, action.key)
        self._host.heirs.reached(action.session, action.port, yes)

    @property
    def _is_owner(self) -> bool:
        return self._owner == self._identity.key
