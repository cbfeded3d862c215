"""HeirDriver: does what a core.Host asks about the members who may keep the room open next. Engine's loop."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol, TypeAlias, assert_never

from lanchat.core import host_actions as act
from lanchat.core.frames import Heir
from lanchat.core.host import Host
from lanchat.core.keeping import Passes, Rank
from lanchat.core.model import MemberKey

HeirAction: TypeAlias = act.Entitle | act.Reach | act.HeirsFound | act.GiveBack


class HeirOwner(Protocol):
    """Who decides about those who may keep the room open next."""

    def passes_for(self, key: MemberKey) -> tuple[Passes, Rank] | None:
        """What is given to this member, so that it may keep the room open: no passes, where it has them. None: it may
        not."""

    async def reach(self, key: MemberKey, address: str, port: int) -> bool:
        """Whether the program of this member lets others in there."""

    def heirs_changed(self, heirs: Sequence[Heir]) -> None:
        """These may keep the room open next, the first first."""

    def asked_back(self, heir: Heir) -> None:
        """A member of a higher rank wants to keep the room open."""


class HeirDriver:
    def __init__(self, host: Host, owner: HeirOwner, group: asyncio.TaskGroup) -> None:
        self._host = host
        self._owner = owner
        self._group = group
        self._reaching: set[asyncio.Task[None]] = set()

    def do(self, action: HeirAction) -> None:
        match action:
            case act.Entitle(session_id, key):
                if (given := self._owner.passes_for(key)) is not None:
                    self._host.entitled(session_id, *given)
            case act.Reach():
                task = self._group.create_task(self._reach(action))
                self._reaching.add(task)
                task.add_done_callback(self._reaching.discard)
            case act.HeirsFound(heirs):
                self._owner.heirs_changed(heirs)
            case act.GiveBack(session_id):
                if (heir := self._host.heirs.heir(session_id)) is not None:
                    self._owner.asked_back(heir)
            case _:
                assert_never(action)

    async def _reach(self, action: act.Reach) -> None:
        yes = await self._owner.reach(action.key, action.address, action.port)
        self._host.heirs.reached(action.session, action.port, yes)

    def stop(self) -> None:
        """Nobody is tried any more."""
        for task in self._reaching:
            task.cancel()
