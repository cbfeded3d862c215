"""What a face asks about guests, and what it is told: people who are in a room with the browser of their phone.

Faces import Commands from `engine.commands` and Events from `engine.events`.
"""

from __future__ import annotations

import enum
from typing import Literal

from msgspec import Struct

from lanchat.core.listing import Finding
from lanchat.core.model import MemberKey, RoomId


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
    renew: bool = True  #: False: a code that lets newcomers in stays, and is told again


class SetInvitationTime(GuestCommand, frozen=True):
    """From now on the newest code lets newcomers in for this long. Answer: GuestsInvited; nothing without a code."""

    lasts: InvitationTime


class ChooseGuestNetwork(GuestCommand, frozen=True):
    """Let the link lead to this address of this computer, one of `GuestsInvited.networks`. Answer: GuestsInvited."""

    address: str


class CheckGuestAccess(GuestCommand, frozen=True):
    """See once more whether something keeps phones out. Answer: GuestsInvited, where that has changed."""


class WithdrawGuests(GuestCommand, frozen=True):
    """End all codes, and send away everybody who came in with one. Answer: GuestInvitationEnded."""


class GuestEvent(Struct, frozen=True):
    """About the guests of a room that is open here."""

    room_id: RoomId


class GuestNetwork(Struct, frozen=True):
    """A network through which phones may come in."""

    address: str  #: this computer's in it, numeric
    name: str = ""  #: of the adapter, as the system calls it; "" where it is not known
    kind: Literal["wifi", "vpn", ""] = ""  #: "": a cable, or not known


class GuestArrival(Struct, frozen=True):
    """Who came in with a code."""

    member: MemberKey
    since: int  #: Unix epoch, ms: when they came with it for the first time
    here: bool
    newest: bool  #: with the code that lets newcomers in now


class GuestsInvited(GuestEvent, frozen=True):
    """Phones come in with this link, which is to be shown as a QR code. Told again whenever any of it changes."""

    link: str  #: it has the code in it: for people's eyes, never for a log. "": no network here that a phone can be in
    ends_at: int | None  #: Unix epoch, ms; None: when it is withdrawn
    here: int  #: guests who are here now
    most: int  #: guests at once
    began_at: int = 0  #: Unix epoch, ms: when its time began to run
    lasts: InvitationTime = InvitationTime.HALF_HOUR
    networks: tuple[GuestNetwork, ...] = ()  #: the best first; the link leads to one of them
    obstacles: tuple[Finding, ...] = ()  #: what may keep phones out, as far as this computer can tell by itself

    def __repr__(self) -> str:
        """For logs and failing tests: without the link."""
        return f"GuestsInvited({self.room_id!r}, ends_at={self.ends_at}, here={self.here}, most={self.most})"


class GuestsCame(GuestEvent, frozen=True):
    """Everybody who came in with the newest code, and who is here with an earlier one. Told whenever that changes."""

    guests: tuple[GuestArrival, ...]  #: in the order in which they came


class GuestInvitationEnded(GuestEvent, frozen=True):
    """No code lets anybody new in any more. `withdrawn`: who was here with one was sent away."""

    withdrawn: bool
