"""Commands about who keeps a room open. Faces import them from `engine.commands`."""

from __future__ import annotations

from msgspec import Struct

from lanchat.core.keeping import Keepers, Role
from lanchat.core.model import MemberKey, RoomId


class KeepingCommand(Struct, frozen=True):
    """About who keeps a room open, and what comes along."""

    room_id: RoomId


class HandOver(KeepingCommand, frozen=True):
    """Let this member keep the room open that is open here, and stay in it; None: the first who can. Answer:
    KeeperChanged, or Problem, and it stays open here."""

    member: MemberKey | None = None


class TakeBackRoom(KeepingCommand, frozen=True):
    """Keep a room of ours open here again, which somebody else keeps open. Answer: KeeperChanged, or Problem."""


class KeepOpen(KeepingCommand, frozen=True):
    """Open a room of others here that is away, as this computer was given the right to. Answer: KeeperChanged, or
    Problem."""


class SetKeepers(KeepingCommand, frozen=True):
    """Who may keep a room of ours open when we do not. It is kept. Answer: KeepersChanged, or Problem."""

    keepers: Keepers


class GiveRole(KeepingCommand, frozen=True):
    """In a room of ours: make this member a co-owner; let them keep it open, where not everybody may; or ("member")
    take that back. A co-owner who keeps the room open lets somebody else keep it open, too. Answer: RoleGiven, or
    Problem."""

    member: MemberKey
    role: Role


class SetKeepRooms(Struct, frozen=True):
    """Whether this computer may keep rooms open for others. It is kept. Answer: KeepRoomsChanged, or Problem."""

    on: bool


class BringBack(KeepingCommand, frozen=True):
    """Answers RebaseAsked. `yes`: our messages are brought into the keeper's copy; else we leave the room. Answer:
    Rebased, or Left."""

    yes: bool
