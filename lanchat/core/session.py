"""What a Host remembers of each Member and of each connected Client."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lanchat.core.host_actions import SessionId
from lanchat.core.model import Card, DeviceId, Head, MemberKey
from lanchat.core.pace import Bucket, SlowedDown

if TYPE_CHECKING:
    from lanchat.core.tail import Block


@dataclass(slots=True, eq=False)
class Member:
    """A Member who is here, or was and whose Bucket is not full again: leaving and coming back wins nothing."""

    card: Card
    bucket: Bucket
    sessions: list[Session] = field(default_factory=list)

    @property
    def key(self) -> MemberKey:
        return MemberKey(self.card.key)


@dataclass(slots=True, eq=False)
class Session:
    """One connected Client."""

    id: SessionId
    member: Member
    device_id: DeviceId
    since: float
    heard: float
    frames: Bucket
    resuming: tuple[int, Head | None] | None = None  #: the seq and head it says it has (no head: any), being checked
    live: bool = False  #: it was welcomed: Log and presence go to it
    cursor: int = 0
    reading: bool = False  #: a run after the cursor is being read from disk
    read: deque[Block] = field(default_factory=deque)  #: such a run, not yet asked for
    paging: bool = False  #: a page is being read for it
    asking: bool = False  #: cards are being read for it
    waiting: int = 0  #: its posts not yet in the Log
    slowed: SlowedDown = field(default_factory=SlowedDown)
    own_last: int = 0  #: the last entry of its Member
    delivered: int = 0  #: what it was told others have of these
