"""How getting in can fail, as the Host and as the Client see it.

The text of these errors is plain words of our own: nothing the other side wrote, no key, no secret; safe to log.
"""

from __future__ import annotations

from dataclasses import dataclass

from lanchat.core.codes import CloseCode, close_words
from lanchat.core.frames import Refused
from lanchat.core.model import MemberKey, RoomId
from lanchat.core.translate import _


class Refusal(Exception):
    """Host: this client does not get in. Send `frame()` and close the Connection. `wait` in seconds."""

    def __init__(self, code: CloseCode, wait: float = 0.0) -> None:
        super().__init__(code)
        self.code = code
        self.wait = wait

    def frame(self) -> Refused:
        return Refused(self.code, max(0, round(self.wait * 1000)))


class NotIn(Exception):
    """Client: we are not in. Close the Connection."""

    def __str__(self) -> str:
        return _("The host did not let you in.")


@dataclass(eq=False)
class HostKeyChanged(NotIn):
    """The room's host is not the one we know. Nothing was sent."""

    known: MemberKey
    new: MemberKey
    room_id: RoomId
    title: str = ""

    def __str__(self) -> str:
        return _("The host of this room has another key than the one known here.")


@dataclass(eq=False)
class OtherRoomHere(NotIn):
    """Where a room that we know was, another one answers. Nothing was sent."""

    known_room: RoomId
    room_id: RoomId
    new: MemberKey  #: the key of the host that answers
    title: str

    def __str__(self) -> str:
        return _("Another room answers at this address than the one known here.")


class WrongHost(NotIn):
    """Not the host that the link, the code or the Listing names."""

    def __str__(self) -> str:
        return _("Somebody else answers at this address.")


class WrongRoom(NotIn):
    """The right address, perhaps the right host, but another room."""

    def __str__(self) -> str:
        return _("Another room answers at this address.")


class HostUnproven(NotIn):
    """The host let us in without knowing the passphrase: somebody pretends to be this room."""

    def __str__(self) -> str:
        return _("This host does not know the room's passphrase: it only pretends to be this room.")


class Downgrade(NotIn):
    """The host says that the room has no passphrase, and we know it to have one."""

    def __str__(self) -> str:
        return _(
            "This host says the room has no passphrase, but it has one: perhaps somebody pretends to be this room."
        )


class HostMisbehaved(NotIn):
    """The host sent a frame that has no place there."""

    def __str__(self) -> str:
        return _("The host sent something that lanchat does not understand.")


@dataclass(eq=False)
class OtherVersion(NotIn):
    """The host speaks another version of the protocol."""

    version: int
    older: bool  #: the host's program is older than this one

    def __str__(self) -> str:
        if self.older:
            return _("The host runs an older lanchat that this one cannot talk to: it needs an update.")
        return _("The host runs a newer lanchat than this one: update lanchat here.")


@dataclass(eq=False)
class PassphraseRequired(NotIn):
    """`wait`: too many were tried lately, and for so many seconds none is looked at."""

    room_id: RoomId
    title: str
    wait: float = 0.0

    def __str__(self) -> str:
        return _("This room needs a passphrase.")


@dataclass(eq=False)
class WrongPassphrase(NotIn):
    """`wait`: seconds before another try makes sense."""

    room_id: RoomId
    title: str
    wait: float

    def __str__(self) -> str:
        return _("That is not the room's passphrase.")


@dataclass(eq=False)
class RefusedByHost(NotIn):
    """`code`: as the host gave it; see `codes.CloseCode`. `wait` in seconds."""

    code: str
    wait: float

    def __str__(self) -> str:
        return close_words(self.code, self.wait) or super().__str__()
