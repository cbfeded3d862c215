"""OpeningTurn: when it is our turn to open a room whose keeper is gone, by what that keeper said. Engine's loop."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterable

from msgspec.structs import replace

from lanchat.core.address import Numeric, can_be_beside, numeric
from lanchat.core.client_actions import Disconnect, HeirsNamed, HostMoved
from lanchat.core.frames import Heir
from lanchat.core.model import MemberKey
from lanchat.core.succession import Ended, Inheritance
from lanchat.engine.tasks import set_within
from lanchat.network.dialer import Address

_SETTLING_SECONDS = 3.0  # whoever has the room open is found by then, and lets us in
_HEARSAY_SECONDS = 12.0  # the most that announcements put it off: anybody on the network may make them
_HANDING_OVER_SECONDS = 10.0  # whom the last keeper named has the room open by then, or somebody else has


class OpeningTurn:
    def __init__(self, me: MemberKey, may_keep: Callable[[Heir], bool] = lambda heir: True) -> None:
        """`may_keep`: whether another heir may keep the room open, by what is known here: whom the keeper names may
        have passes that hang on somebody who is banned, and would open a room into which nobody comes."""
        self._loop = asyncio.get_running_loop()
        self._inheritance = Inheritance(me=me)
        self._others_may_keep = may_keep
        self._moved: Heir | None = None
        self._at: frozenset[str] = frozenset()  # our addresses while we were in
        self._how: Ended | None = None  # how we lost the keeper; None: we are in, or never were
        self._lost_at = 0.0
        self._due: float | None = None  # when to open the room
        self._latest = 0.0  # to when announcements may put that off
        self._changed = asyncio.Event()

    def may(self, port: int, entitled: bool) -> None:
        """Whether we have what entitles us, and where we would let others in; 0: we may not. That may change, or be
        known, only after the keeper is lost."""
        before, self._inheritance = self._inheritance, replace(self._inheritance, port=port, entitled=entitled)
        if self._how is not None and self._inheritance != before:
            self._begin()

    def hear(self, told: HeirsNamed | HostMoved, keeper: Numeric | None = None) -> None:
        """What the keeper says. `keeper`: where it is; None: this is our own word."""
        if isinstance(told, HeirsNamed):
            self._inheritance = replace(self._inheritance, heirs=told.heirs)
        elif keeper is None or (_is_beside(told.heir, keeper) and self._may_keep(told.heir)):
            self._moved = told.heir
            self._inheritance = self._inheritance.moved_to(told.heir)

    def _may_keep(self, heir: Heir) -> bool:
        """Whether we ourselves may is no question of what the keeper names."""
        return heir.key == self._inheritance.me or self._others_may_keep(heir)

    @property
    def heirs(self) -> list[MemberKey]:
        """Who may open the room next, as the last keeper said."""
        return [MemberKey(heir.key) for heir in self._inheritance.heirs]

    @property
    def moved_to(self) -> Heir | None:
        """Whom the keeper that we lost named, while they may be about to open the room."""
        return self._moved if self.changing else None

    @property
    def place(self) -> list[Address]:
        """Where that is: one address, or none."""
        heir = self.moved_to
        address = numeric(heir.address) if heir is not None else None
        return [(address, heir.port)] if heir is not None and address is not None else []

    @property
    def changing(self) -> bool:
        """Whether we lost the keeper so lately that somebody may be about to open the room."""
        return self._how is None or self._loop.time() < self._lost_at + _HANDING_OVER_SECONDS

    @property
    def coming(self) -> bool:
        """Whether we shall open the room when nobody else does."""
        return self._due is not None

    @property
    def come(self) -> bool:
        """Whether the room is to be opened now, and not looked for any more."""
        return self._due is not None and self._due <= self._loop.time()

    def entered(self, own_addresses: Iterable[str]) -> None:
        """We are in. `own_addresses`: those of this computer."""
        self._how = self._due = self._moved = None
        self._at = frozenset(own_addresses)

    def lost(self, ended: Disconnect) -> None:
        """The connection to the keeper is over."""
        if self._moved is not None:
            self._how = Ended.MOVED
        elif ended.code == "closed":
            self._how = Ended.CLOSED
        else:
            self._how = Ended.SILENT if ended.code == "gone" else Ended.RESET
        self._begin()

    def keeper_answers(self) -> None:
        """It is there after all, and does not let us in now: it is lost only when that ends."""
        if self._how not in (None, Ended.CLOSED):
            self._how, self._moved = Ended.RESET, None
            self._begin()

    def keeper_may_not(self, own_addresses: Iterable[str]) -> None:
        """The host that was found may not keep the room open: the room counts as lost, also where we were not in since
        the start."""
        self._at = self._at or frozenset(own_addresses)
        if self._how is None:
            self._how = Ended.RESET
            self._begin()

    def put_off(self, hearsay: bool = False) -> None:
        """Something else is to be tried first: our network has changed, or (`hearsay`) somebody says that they have the
        room open."""
        if self._due is not None:
            later = self._loop.time() + _SETTLING_SECONDS
            self._due = max(self._due, min(later, self._latest) if hearsay else later)

    def _begin(self) -> None:
        assert self._how is not None
        right = replace(self._inheritance, heirs=tuple(filter(self._may_keep, self._inheritance.heirs)))
        seconds, self._lost_at = right.seconds(self._how, random.random()), self._loop.time()
        self._due = None if seconds is None else self._lost_at + seconds
        self._latest = (self._due or 0.0) + _HEARSAY_SECONDS
        self._changed.set()

    async def comes(self, own_addresses: Callable[[], Iterable[str]]) -> None:
        """Wait until the room is to be opened, and this computer is where it was when we were in: one that was carried
        away opens nothing elsewhere."""
        while True:
            self._changed.clear()
            left = None if self._due is None else self._due - self._loop.time()
            if left is not None and left <= 0:
                if self._at.intersection(own_addresses()):
                    return
                left = _SETTLING_SECONDS
            await set_within(self._changed, left)


def _is_beside(heir: Heir, keeper: Numeric) -> bool:
    """Whether the keeper can have seen the heir there; else it wants us to knock at somebody's."""
    there = numeric(heir.address)
    return there is not None and can_be_beside(there, keeper)
