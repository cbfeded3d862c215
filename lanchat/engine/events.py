"""Events: what the Engine tells a face, in the past tense. Small frozen values in one Mailbox.

Those that core itself originates are in `core.client_actions`.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from typing import TypeAlias

from msgspec import Struct

from lanchat.core.attention import Sharing
from lanchat.core.client_actions import CardsCame as CardsCame
from lanchat.core.client_actions import EntryState as EntryState
from lanchat.core.client_actions import EntryStateChanged as EntryStateChanged
from lanchat.core.client_actions import ReadElsewhere as ReadElsewhere
from lanchat.core.client_actions import RosterChanged as RosterChanged
from lanchat.core.client_actions import SeenChanged as SeenChanged
from lanchat.core.client_actions import TypingChanged as TypingChanged
from lanchat.core.file_offer import FileOffer
from lanchat.core.listing import Finding, Listing
from lanchat.core.message import Message, messages_of
from lanchat.core.model import Availability, Card, EntryId, LogEntry, MemberKey, RoomId
from lanchat.core.profile import EMPTY, Profile
from lanchat.engine.file_events import FileChanged as FileChanged
from lanchat.engine.file_events import FilePreparing as FilePreparing
from lanchat.engine.file_events import FileSettingsChanged as FileSettingsChanged
from lanchat.engine.file_events import FilesKnown as FilesKnown
from lanchat.engine.file_events import FilesListed as FilesListed
from lanchat.engine.file_events import FilesRefused as FilesRefused
from lanchat.engine.file_events import FileState as FileState
from lanchat.engine.file_events import ListedFile as ListedFile
from lanchat.engine.guest_interface import GuestArrival as GuestArrival
from lanchat.engine.guest_interface import GuestEvent as GuestEvent
from lanchat.engine.guest_interface import GuestInvitationEnded as GuestInvitationEnded
from lanchat.engine.guest_interface import GuestNetwork as GuestNetwork
from lanchat.engine.guest_interface import GuestsCame as GuestsCame
from lanchat.engine.guest_interface import GuestsInvited as GuestsInvited
from lanchat.engine.keeping_events import BroughtBack as BroughtBack
from lanchat.engine.keeping_events import HeirsChanged as HeirsChanged
from lanchat.engine.keeping_events import KeeperChanged as KeeperChanged
from lanchat.engine.keeping_events import KeepersChanged as KeepersChanged
from lanchat.engine.keeping_events import KeepingEvent as KeepingEvent
from lanchat.engine.keeping_events import KeepRoomsChanged as KeepRoomsChanged
from lanchat.engine.keeping_events import KeptElsewhere as KeptElsewhere
from lanchat.engine.keeping_events import RebaseAsked as RebaseAsked
from lanchat.engine.keeping_events import Rebased as Rebased
from lanchat.engine.keeping_events import RoleGiven as RoleGiven
from lanchat.engine.keeping_events import StandingChanged as StandingChanged
from lanchat.storage.settings import FileSettings


class ConnectionState(enum.Enum):
    """Where we stand with a room's host."""

    CONNECTING = "connecting"
    CONNECTED = "connected"
    RECONNECTING = "reconnecting"
    HOSTING = "hosting"
    STOPPED = "stopped"  #: nothing more is tried until the person does something


class Started(Struct, frozen=True):
    """The Engine runs."""

    me: MemberKey
    nick: str
    first_run: bool
    profile: Profile = EMPTY
    sharing: Sharing = Sharing()
    files: FileSettings = FileSettings()
    keep_rooms: bool = True  #: this computer may keep rooms open for others


class Stopped(Struct, frozen=True):
    """The last event. `problem` is None after Quit, else what went wrong, in plain words."""

    problem: str | None = None


class RoomFound(Struct, frozen=True):
    """A room is on the network, or what is known of it changed (same listing.room_id and owner). Of several computers
    that keep it open, the one is told that keeps the newest epoch."""

    listing: Listing


class RoomGone(Struct, frozen=True):
    """Nobody keeps the room open any more, as far as we see."""

    listing: Listing


#: A face waits no longer than this for LookedAround, which may come late on a poor network.
LOOK_SECONDS = 6.0


class LookedAround(Struct, frozen=True):
    """The first burst of questions is over: an empty list now means something. `where`: interfaces and addresses.

    Comes again when these have changed.
    """

    where: tuple[str, ...]


class Hosting(Struct, frozen=True):
    """The room is open."""

    room_id: RoomId
    title: str
    port: int
    code: str  #: room code to speak; "" when there is no IPv4 address to put in it
    link: str
    passphrase: str | None
    badge: str = ""  #: of my own key: what those who join see


class WaysIn(Struct, frozen=True):
    """Our addresses have changed, and with them the code and the link of a room that is open here."""

    room_id: RoomId
    code: str  #: "" as in Hosting
    link: str  #: "" while this computer has no address that others can reach


class NotHosting(Struct, frozen=True):
    """The room could not be opened, or had to close."""

    title: str
    problem: str


class NotFound(Struct, frozen=True):
    """Join: nothing answers there. `refused`: somebody is there and says no."""

    where: str
    problem: str
    refused: bool = False


class PassphraseNeeded(Struct, frozen=True):
    """Join: the room wants a passphrase (`wrong`: the one given is not it). `wait`: seconds before trying again."""

    where: str
    room_id: RoomId
    title: str
    wrong: bool = False
    wait: float = 0.0


class KeyChanged(Struct, frozen=True):
    """Join: the host of this room is not the one we knew. Nothing was sent. `accept_key=new_badge` goes on.

    With `known_title`: this room is not the one that was at this address. That one's host has `known_badge`.
    """

    where: str
    room_id: RoomId
    title: str
    known_badge: str
    new_badge: str
    verified: bool = False  #: the known one was verified in person
    known_title: str = ""


class ConnectionChanged(Struct, frozen=True):
    room_id: RoomId
    title: str
    state: ConnectionState
    host: Card | None = None
    badge: str = ""  #: of the host's key, for people to compare
    first_meeting: bool = False
    problem: str = ""  #: for RECONNECTING and STOPPED: why, in plain words
    where: str = ""  #: what Join was given, so that the face knows which Join this answers
    fetched: int = 0  #: CONNECTED: how many entries the host holds past ours (they follow)
    owner: MemberKey | None = None  #: who founded the room; None: its host


class MessagesAdded(Struct, frozen=True):
    """Entries came into our replica and are on disk: those after `after` up to `last`, all of them.

    `messages`: what people see of them, in order; none, where they are annotations.
    """

    room_id: RoomId
    messages: tuple[Message, ...]
    after: int  #: seq
    last: int  #: seq; the same as `after`: nothing came
    older: bool = False  #: before what we had
    backlog: bool = False  #: part of what we missed, not live
    again: frozenset[EntryId] = frozenset()  #: those that were read here before the keeper changed: no news

    @classmethod
    def of(
        cls, room_id: RoomId, run: Sequence[LogEntry], messages: tuple[Message, ...] | None = None, *,
        older: bool = False, backlog: bool = False, again: frozenset[EntryId] = frozenset(),
    ) -> MessagesAdded:  # fmt: skip
        """`run`: contiguous, in order. Empty: nothing came. `messages`: what people see of it, with what annotations
        made of it; None: there are no annotations."""
        after, last = (run[0].seq - 1, run[-1].seq) if run else (0, 0)
        return cls(room_id, messages_of(run) if messages is None else messages, after, last, older, backlog, again)


class MessagesChanged(Struct, frozen=True):
    """Messages that were told of before are now like this: edited, deleted, reacted to, or pinned. In no order."""

    room_id: RoomId
    messages: tuple[Message, ...]


class BookmarksChanged(Struct, frozen=True):
    """A message is bookmarked now, or is not any more."""

    room_id: RoomId
    message_id: EntryId
    on: bool


class TopicChanged(Struct, frozen=True):
    """What the room is about; "" for nothing."""

    room_id: RoomId
    topic: str


class Recovered(Struct, frozen=True):
    """Entries that were lost to damage are on disk again, somewhere before the newest. Contiguous, in order."""

    room_id: RoomId
    messages: tuple[Message, ...]


class EntryWritten(Struct, frozen=True):
    """My entry is in the Outbox."""

    room_id: RoomId
    entry_id: EntryId
    text: str  #: of an offer of files: their name, and the caption in a line of its own
    sent_at: int
    instead_of: EntryId | None = None  #: the entry that was not sent before, which this one replaces
    ref: str = ""  #: as in Say
    reply_to: EntryId | None = None  #: as in Say
    offer: FileOffer | None = None  #: the files that it offers, if it does


class ChangeWritten(Struct, frozen=True):
    """My change of a message or of the topic is in the Outbox. EntryStateChanged tells what becomes of it."""

    room_id: RoomId
    entry_id: EntryId
    ref: str = ""  #: as in Edit


class ChangeNotWritten(Struct, frozen=True):
    """My change of a message or of the topic could not be kept; a Problem tells the person, too."""

    room_id: RoomId
    problem: str
    ref: str = ""  #: as in Edit


class NotWritten(Struct, frozen=True):
    """What I wrote could not be kept and was not sent: `text` is as it was given, for the face to put back."""

    room_id: RoomId
    text: str
    problem: str
    ref: str = ""  #: as in Say
    reply_to: EntryId | None = None  #: as in Say


class Discarded(Struct, frozen=True):
    """My entry that was not sent is gone."""

    room_id: RoomId
    entry_id: EntryId


class Left(Struct, frozen=True):
    room_id: RoomId


class Forgotten(Struct, frozen=True):
    """Nothing of this room is kept here any more."""

    room_id: RoomId


class EarlierDelivered(Struct, frozen=True):
    """Of what I wrote before this start, the entries after `base` up to `seq` are on another member's disk, or were
    seen by the person who hosts."""

    room_id: RoomId
    base: int
    seq: int


class Banned(Struct, frozen=True):
    """Whether a member may come into a room has changed."""

    room_id: RoomId
    member: MemberKey
    on: bool


class Introduced(Struct, frozen=True):
    """What is there to compare with this member, face to face or by telephone."""

    member: MemberKey
    nick: str  #: "" while unknown
    words: tuple[str, ...]  #: six, the same on every screen
    badge: str
    numbers: tuple[str, ...]  #: six groups of five digits, the same on both our screens; () for myself
    verified: bool


class Verified(Struct, frozen=True):
    """Whether this member is one whom the person has verified has changed."""

    member: MemberKey
    yes: bool


class Rung(Struct, frozen=True):
    """Another start of lanchat on this data folder wants this one to show itself. May come before Started."""

    wish: str  #: a lanchat:// link to fill in, `join ROOM` or `host TITLE`, or ""


class ProfileChanged(Struct, frozen=True):
    """My card says this now."""

    nick: str
    profile: Profile = EMPTY


class SharingChanged(Struct, frozen=True):
    """What others may know of me."""

    sharing: Sharing


class AvailabilityChanged(Struct, frozen=True):
    """What others see of me, in all rooms."""

    availability: Availability


class Problem(Struct, frozen=True):
    """Something is wrong that the person should know: what happened, what is safe, what to do next."""

    what: str
    room_id: RoomId | None = None
    holds: bool = False  #: because of it the room's host takes nothing for now


class CheckedUp(Struct, frozen=True):
    findings: tuple[Finding, ...]


Event: TypeAlias = (
    Started | Stopped | RoomFound | RoomGone | LookedAround | Hosting | WaysIn | NotHosting | NotFound
    | PassphraseNeeded | KeyChanged | ConnectionChanged | MessagesAdded | MessagesChanged | BookmarksChanged
    | TopicChanged | Recovered | EntryWritten | NotWritten | ChangeWritten | ChangeNotWritten | Discarded
    | EntryStateChanged | EarlierDelivered | RosterChanged | CardsCame | Left | Forgotten | Banned | Introduced
    | Verified | Rung
    | ProfileChanged | SharingChanged | AvailabilityChanged | TypingChanged | SeenChanged | ReadElsewhere
    | FileChanged | FilePreparing | FilesRefused | FilesKnown | FilesListed | FileSettingsChanged
    | KeeperChanged | KeptElsewhere | HeirsChanged | KeepersChanged | RoleGiven | RebaseAsked | Rebased | BroughtBack
    | StandingChanged | KeepRoomsChanged | GuestsInvited | GuestsCame | GuestInvitationEnded | Problem | CheckedUp
)  # fmt: skip

Tell: TypeAlias = Callable[[Event], None]  #: whoever is told what happens
