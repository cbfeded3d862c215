"""Events about who keeps a room open, and what comes along. Faces import them from `engine.events`."""

from __future__ import annotations

from msgspec import Struct

from lanchat.core.keeping import Keepers, Role
from lanchat.core.model import EntryId, MemberKey, RoomId
from lanchat.core.standing import Standing


class KeepingEvent(Struct, frozen=True):
    """About who keeps a room open, and what comes along."""

    room_id: RoomId


class KeeperChanged(KeepingEvent, frozen=True):
    """From now on this member keeps the room open. `mine`: on this computer, which then tells ConnectionChanged too."""

    keeper: MemberKey
    mine: bool


class KeptElsewhere(KeepingEvent, frozen=True):
    """A room of ours that was to open here is open at somebody else's: we joined it, and may TakeBackRoom."""

    keeper: MemberKey


class HeirsChanged(KeepingEvent, frozen=True):
    """Of a room that we keep open: who can keep it open when we leave, the first first; at first nobody."""

    heirs: tuple[MemberKey, ...]


class KeepersChanged(KeepingEvent, frozen=True):
    """Who may keep a room of ours open when we do not is another from now on."""

    keepers: Keepers


class RoleGiven(KeepingEvent, frozen=True):
    """The owner of the room, `by`, gave this member a role, or ("member") took it back."""

    member: MemberKey
    role: Role
    by: MemberKey


class StandingChanged(KeepingEvent, frozen=True):
    """Who may not come into the room, and who has which role in it, is so from now on. What changed is told of by
    Banned and RoleGiven, which come before it; not where another Log became ours."""

    standing: Standing


class RebaseAsked(KeepingEvent, frozen=True):
    """The keeper's copy of the room lacks `count` messages that we have: BringBack says whether they are brought there.
    Until then nothing is sent or received."""

    keeper: MemberKey
    count: int


class Rebased(KeepingEvent, frozen=True):
    """The keeper's copy of the room became ours, and `count` entries that only ours had wait to be brought into it.

    The conversation is another after `base` and must be read again; what waits is told of by BroughtBack.
    """

    count: int
    base: int  #: seq
    carried: frozenset[EntryId] = frozenset()  #: those entries, which were told of and come again


class BroughtBack(KeepingEvent, frozen=True):
    """Of what Rebased told of: `left` entries still wait, and `set_aside` could not be brought back. Those are kept
    here until Discard."""

    left: int
    set_aside: int


class KeepRoomsChanged(Struct, frozen=True):
    """Whether this computer may keep rooms open for others."""

    on: bool
