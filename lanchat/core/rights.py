"""Rights: what a member may do in a room now, besides what everybody may, and why not, in words. Pure.

Window, terminal and Engine ask here, before anything is said in the Log. Which entries of the Log count decides
`core.standing`, and this module asks that one, so that both agree.
"""

from __future__ import annotations

import enum

from lanchat.core.content import BanChange
from lanchat.core.keeping import Rank, Role, RoleChange
from lanchat.core.model import MemberKey
from lanchat.core.standing import Standing
from lanchat.core.translate import _


class Right(enum.Enum):
    """Something that not everybody may do."""

    PIN_AND_TOPIC = enum.auto()  #: pin messages, and say what the room is about
    RUN_ROOM = enum.auto()  #: send somebody away, let phones in, hand the room over
    TAKE_BACK = enum.auto()  #: keep the room open again, which somebody else keeps open
    NAME_KEEPERS = enum.auto()  #: let somebody keep the room open
    NAME_CO_OWNERS = enum.auto()


class Rights:
    """What one member may do."""

    def __init__(self, me: MemberKey, standing: Standing, keeper: MemberKey | None) -> None:
        """`keeper`: who has the room open; None: nobody, as far as it is known here."""
        self.standing = standing
        self._me = me
        self._keeper = keeper
        self.rank = standing.rank(me)  #: of this member

    @property
    def keeps(self) -> bool:
        """Whether the room is open at this member's."""
        return self._keeper == self._me

    def fault(self, right: Right) -> str:
        """Why this member may not do that now; "": they may."""
        owns = self.rank is Rank.OWNER
        match right:
            case Right.PIN_AND_TOPIC:
                return "" if owns else _("Only who founded this room can do that.")
            case Right.RUN_ROOM:
                return "" if self.keeps else _("Only the one on whose computer this room is open can do that.")
            case Right.TAKE_BACK if self.keeps:
                return _("You keep it open already.")
            case Right.TAKE_BACK:
                above = self._keeper is None or self.rank > self.standing.rank(self._keeper)
                if self.rank is not Rank.MEMBER and above:
                    return ""
                return _(
                    "Only who founded this room, or a co-owner, can take it back from somebody else who keeps it open."
                )
            case Right.NAME_KEEPERS:
                if owns or (self.rank is Rank.CO_OWNER and self.keeps):
                    return ""
                return _(
                    "Only who founded this room says who may keep it open; so does a co-owner while they keep it open."
                )
            case Right.NAME_CO_OWNERS:
                return "" if owns else _("Only who founded this room can decide that.")

    def has(self, right: Right) -> bool:
        return not self.fault(right)

    def ban_fault(self, member: MemberKey, *, on: bool) -> str:
        """Why this member may not ban that one, or (`on` False) let them come again; "": they may."""
        if member == self._me:
            return _("You cannot ban yourself.")
        if self.standing.fault(BanChange(member, on), self._me) is None:
            return ""
        if self.rank is Rank.MEMBER:
            return _("Only who founded this room, or a co-owner, can ban somebody or let them come again.")
        if member == self.standing.owner:
            return _("Nobody can ban who founded this room.")
        if on:
            return _("Only who founded this room can ban a co-owner.")
        return _("Who founded this room has banned them, and only they can let them come again.")

    def role_fault(self, member: MemberKey, role: Role) -> str:
        """Why this member may not give that one a role; "": they may."""
        if member == self._me:
            return _("You cannot give yourself a role.")
        if self.standing.fault(RoleChange(member, Rank.MEMBER), self._me) is None:
            return ""
        return self.fault(Right.NAME_KEEPERS if role == "keeper" else Right.NAME_CO_OWNERS)
