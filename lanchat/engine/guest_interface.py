"""What a face asks about guests, and what it is told: people who are in a room with the browser of their phone.

Faces import Commands from `engine.commands` and Events from `engine.events`.
"""

from __future__ import annotations

import enum

from msgspec import Struct

from lanchat.core.model import RoomId


class InvitationTime(enum.Enum):
    """How long a code lets newcomers in."""

    HALF_HOUR = "half_hour"
    TODAY = "today"  #: until midnight, by this computer's clock
    UNTIL_WITHDRAWN = "until_withdrawn"


class GuestCommand(Struct, frozen=True):
    """About the guests of a room that is open here."""

    room_id: RoomId


class InviteGuests(GuestCommand, frozen=True):
    """Make a new code with which phones come in. Earlier ones let nobody new in any more; who came in with them stays.
    Answer: GuestsInvited, or Problem."""

    lasts: InvitationTime = InvitationTime.HALF_HOUR


class WithdrawGuests(GuestCommand, frozen=True):
    """End all codes, and send away everybody who came in with one. Answer: GuestInvitationEnded."""


class GuestEvent(Struct, frozen=True):
    """About the guests of a room that is open here."""

    room_id: RoomId


class GuestsInvited(GuestEvent, frozen=True):
    """Phones come in with this link, which is to be shown as a QR code. Told again whenever any of it changes."""

    link: str  #: it has the code in it: for people's eyes, never for a log
    ends_at: int | None  #: Unix epoch, ms; None: when it is withdrawn
    came: int  #: guests who are here now
    most: int  #: guests at once

    def __repr__(self) -> str:
        """For logs and failing tests: without the link."""
        return f"GuestsInvited({self.room_id!r}, ends_at={self.ends_at}, came={self.came}, most={self.most})"


class GuestInvitationEnded(GuestEvent, frozen=True):
    """No code lets anybody new in any more. `withdrawn`: who was here with one was sent away."""

    withdrawn: bool
