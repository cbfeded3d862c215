"""The errors of a failed handshake, for the host and for the client. Any thread.

Their texts hold nothing the other side wrote, no key and no secret: they are safe to show and to log.
"""

from __future__ import annotations

from dataclasses import dataclass

from lanchat.core.codes import CloseCode, close_words
from lanchat.core.frames import Refused
from lanchat.core.model import Entry, MemberKey, RoomId
from lanchat.core.translate import _


class Refusal(Exception):
    """Host: this client is not admitted. Send `frame()` and close the Connection. `wait` in seconds."""

    def __init__(self, code: CloseCode, wait: float = 0.0) -> None:
        super().__init__(code)
        self.code = code
        self.wait = wait

    def frame(self) -> Refused:
        return Refused(self.code, max(0, round(self.wait * 1000)))


class JoinError(Exception):
    """Client: not admitted. Close the Connection."""

    def __str__(self) -> str:
        return _("The host did not let you in.")


@dataclass(eq=False)
class HostKeyChanged(JoinError):
    """The host of a known room has another key than the pinned one. Nothing was sent."""

    known: MemberKey
    new: MemberKey
    room_id: RoomId
    title: str = ""

    def __str__(self) -> str:
        return _("The host of this room has another key than the one known here.")


@dataclass(eq=False)
class OtherRoomHere(JoinError):
    """At the address of a known room another one answers. Nothing was sent."""

    known_room: RoomId
    room_id: RoomId
    new: MemberKey  #: the key of the host that answers
    title: str

    def __str__(self) -> str:
        return _("Another room answers at this address than the one known here.")


class WrongHost(JoinError):
    """The host's key is not the one that the link, the code or the Listing names, nor the keeper of that one's room."""

    def __str__(self) -> str:
        return _("Somebody else answers at this address.")


@dataclass(eq=False)
class KeeperNotEntitled(WrongHost):
    """The host was entitled to keep the room open once, and is not any more: banned, or of an older passphrase; or it
    began an epoch that is not its to begin. There may be another host. Nothing was sent. `keeps`: of its epoch, which
    others may follow; None: nobody will."""

    keeps: Entry | None = None

    def __str__(self) -> str:
        return _("Who has this room open at the moment is not allowed to keep it open any more.")


class WrongRoom(JoinError):
    """The host answers, perhaps the right one, but for another room."""

    def __str__(self) -> str:
        return _("Another room answers at this address.")


class NotWanted(JoinError):
    """The host is none of those that are looked for. Nothing was sent."""


class HostUnproven(JoinError):
    """The host admitted us without proving the passphrase: somebody impersonates the room."""

    def __str__(self) -> str:
        return _("This host does not know the room's passphrase: it only pretends to be this room.")


class Downgrade(JoinError):
    """The host says that the room has no passphrase, but it is known to have one."""

    def __str__(self) -> str:
        return _(
            "This host says the room has no passphrase, but it has one: perhaps somebody pretends to be this room."
        )


class HostMisbehaved(JoinError):
    """The host sent a frame that is not allowed at this step."""

    def __str__(self) -> str:
        return _("The host sent something that lanchat does not understand.")


@dataclass(eq=False)
class OtherVersion(JoinError):
    """The host speaks another version of the protocol."""

    version: int
    older: bool  #: the host's program is older than this one

    def __str__(self) -> str:
        if self.older:
            return _("The host runs an older lanchat that this one cannot talk to: it needs an update.")
        return _("The host runs a newer lanchat than this one: update lanchat here.")


@dataclass(eq=False)
class PassphraseRequired(JoinError):
    """`wait`: seconds until the host accepts attempts again, where there were too many."""

    room_id: RoomId
    title: str
    wait: float = 0.0

    def __str__(self) -> str:
        return _("This room needs a passphrase.")


@dataclass(eq=False)
class WrongPassphrase(JoinError):
    """`wait`: seconds until the host accepts another attempt."""

    room_id: RoomId
    title: str
    wait: float

    def __str__(self) -> str:
        return _("That is not the room's passphrase.")


@dataclass(eq=False)
class RefusedByHost(JoinError):
    """`code`: as the host sent it, see `codes.CloseCode`. `wait` in seconds. `keeps`: what the host proved before that
    it may keep the room open; None: nothing, or it founded the room."""

    code: str
    wait: float
    keeps: Entry | None = None

    def __str__(self) -> str:
        return close_words(self.code, self.wait) or super().__str__()
