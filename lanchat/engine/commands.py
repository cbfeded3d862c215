"""Commands: what a face asks of the Engine, imperative. Small frozen values; `Engine.do` takes any of them.

Every room is named by its room_id once it is known; before that by what the person gave (`where`).
"""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct

from lanchat.core.attention import Sharing
from lanchat.core.keeping import Keepers
from lanchat.core.model import EntryId, MemberKey, RoomId
from lanchat.core.profile import Avatar
from lanchat.engine.guest_interface import CheckGuestAccess as CheckGuestAccess
from lanchat.engine.guest_interface import ChooseGuestNetwork as ChooseGuestNetwork
from lanchat.engine.guest_interface import GuestCommand as GuestCommand
from lanchat.engine.guest_interface import InvitationTime as InvitationTime
from lanchat.engine.guest_interface import InviteGuests as InviteGuests
from lanchat.engine.guest_interface import SetInvitationTime as SetInvitationTime
from lanchat.engine.guest_interface import WithdrawGuests as WithdrawGuests
from lanchat.engine.keeping_commands import BringBack as BringBack
from lanchat.engine.keeping_commands import GiveRole as GiveRole
from lanchat.engine.keeping_commands import HandOver as HandOver
from lanchat.engine.keeping_commands import KeepingCommand as KeepingCommand
from lanchat.engine.keeping_commands import KeepOpen as KeepOpen
from lanchat.engine.keeping_commands import SetKeepers as SetKeepers
from lanchat.engine.keeping_commands import SetKeepRooms as SetKeepRooms
from lanchat.engine.keeping_commands import TakeBackRoom as TakeBackRoom
from lanchat.storage.settings import FileSettings

#: The most entries that may wait to be written, so that a face that sends a whole file does not fill the memory.
SAYS_WAITING = 1_000


class Browse(Struct, frozen=True):
    """Keep looking for rooms (the list is on screen), or only rarely (`on` False). `again`: search anew now."""

    on: bool = True
    again: bool = False


class OpenRoom(Struct, frozen=True):
    """Open a room here. With `room_id`: the same room as before. Answer: Hosting, or NotHosting."""

    title: str
    passphrase: str | None = None
    make_passphrase: bool = False  #: make up four words; Hosting tells them
    port: int | None = None  #: None: the well-known one, or any when that is taken; a number: that or NotHosting
    room_id: RoomId | None = None
    posts_per_second: float | None = None  #: per member; None: the default
    burst: int | None = None
    members: int | None = None
    keepers: Keepers | None = None  #: who may keep it open when we do not; None: as before, at first anyone
    connections_per_address: int | None = None  #: lifts the caps on new connections; benches and labs only

    def __repr__(self) -> str:
        return _without_passphrase(self)


class Join(Struct, frozen=True):
    """Join a room: `where` is a room_id, an address[:port], a room code or a lanchat:// link.

    Answer: ConnectionChanged, and PassphraseNeeded, KeyChanged or NotFound where it stops. Joining again after
    those with the missing piece goes on. `accept_key` is the badge of the new host key as KeyChanged showed it.
    """

    where: str
    passphrase: str | None = None
    accept_key: str | None = None

    def __repr__(self) -> str:
        return _without_passphrase(self)


class Leave(Struct, frozen=True):
    """Leave a room. One that is open here stays open on another's computer, where anybody may and can keep it: `heir`
    where that is given and can. Answer: Left."""

    room_id: RoomId
    heir: MemberKey | None = None
    closed: bool = False  #: it closes for everybody


class Say(Struct, frozen=True):
    """Write an entry. Answer: EntryWritten at once (in the Outbox, on disk), then EntryStateChanged; or NotWritten.

    Each is answered once, unless it comes after Quit. A face that has more to say than a person types keeps fewer than
    SAYS_WAITING without an answer, and waits for EntryWritten; what is more than that is answered by NotWritten.
    """

    room_id: RoomId
    text: str
    ref: str = ""  #: chosen by the face; EntryWritten or NotWritten repeats it
    reply_to: EntryId | None = None  #: the message that it answers


class Edit(Struct, frozen=True):
    """Let a message of mine say this. Answer, as of all commands that change a message: ChangeWritten at once, then
    EntryStateChanged, and MessagesChanged once the host has taken it; or ChangeNotWritten and Problem."""

    room_id: RoomId
    message_id: EntryId
    text: str
    ref: str = ""  #: chosen by the face; ChangeWritten or ChangeNotWritten repeats it


class Delete(Struct, frozen=True):
    """Delete a message of mine, or as the host any. Answer: MessagesChanged, or Problem."""

    room_id: RoomId
    message_id: EntryId
    ref: str = ""  #: chosen by the face; ChangeWritten or ChangeNotWritten repeats it


class React(Struct, frozen=True):
    """React to a message with an emoji, or (`on` False) take that back. Answer: MessagesChanged, or Problem."""

    room_id: RoomId
    message_id: EntryId
    emoji: str
    on: bool = True
    ref: str = ""  #: chosen by the face; ChangeWritten or ChangeNotWritten repeats it


class PinMessage(Struct, frozen=True):
    """Host: pin a message, or (`on` False) let it go. Answer: MessagesChanged, or Problem."""

    room_id: RoomId
    message_id: EntryId
    on: bool = True
    ref: str = ""  #: chosen by the face; ChangeWritten or ChangeNotWritten repeats it


class Bookmark(Struct, frozen=True):
    """Find a message again, or (`on` False) no more. Only this computer knows. Answer: BookmarksChanged, or Problem."""

    room_id: RoomId
    message_id: EntryId
    on: bool = True


class SetTopic(Struct, frozen=True):
    """Host: say what the room is about; "" takes that away. Answer: TopicChanged, or Problem."""

    room_id: RoomId
    topic: str
    ref: str = ""  #: chosen by the face; ChangeWritten or ChangeNotWritten repeats it


class Retry(Struct, frozen=True):
    """Write an entry that was not sent once more. Answer: EntryWritten with `instead_of`, or NOT_SENT again."""

    room_id: RoomId
    entry_id: EntryId


class Discard(Struct, frozen=True):
    """Give up an entry that was not sent, or one that could not be brought back. Answer: Discarded."""

    room_id: RoomId
    entry_id: EntryId


class MarkRead(Struct, frozen=True):
    """The person has had on the screen what was said up to `seq`; goes back only by MarkUnread. On disk a
    little later, at the latest with Quit. No answer; the others in the room hear of it, if the person shares that
    (Share), and in a room of ours the authors get their second tick by it."""

    room_id: RoomId
    seq: int
    by_person: bool = True  #: False: a program took it, which counts for everything but what the others hear


class MarkUnread(Struct, frozen=True):
    """The person wants to come back to what was said from `seq` on: it is unread again, until MarkRead. On disk as
    MarkRead is. No answer; the second ticks of its authors stay, since it was seen."""

    room_id: RoomId
    seq: int


class FetchEarlier(Struct, frozen=True):
    """Get a page of what came before the oldest entry we hold. Answer: MessagesAdded(older=True), maybe empty;
    one for all that are given before it comes."""

    room_id: RoomId


class ChangeProfile(Struct, frozen=True):
    """Be called so, and say this of oneself, from now on; None: as before. Answer: ProfileChanged."""

    nick: str | None = None
    status: str | None = None  #: "": none
    avatar: Avatar | None = None


class Share(Struct, frozen=True):
    """Let others know this from now on; it is kept. Answer: SharingChanged."""

    sharing: Sharing


class Attend(Struct, frozen=True):
    """Whether the person uses this computer (`idle`), and wants to be left alone (`busy`); None: as before. Neither is
    kept. Answer: AvailabilityChanged, when that changes it."""

    busy: bool | None = None
    idle: bool | None = None


class SendFiles(Struct, frozen=True):
    """Offer files and folders, which stay where they are, as one message. Answer: FilePreparing while they are read,
    then EntryWritten; or FilesRefused, and nothing was sent."""

    room_id: RoomId
    paths: tuple[str, ...]
    caption: str = ""
    reply_to: EntryId | None = None  #: the message that it answers
    ref: str = ""  #: chosen by the face; FilePreparing, EntryWritten and FilesRefused repeat it
    shrink: bool = False  #: send large pictures smaller


class GetFile(Struct, frozen=True):
    """Get what a message offers, go on after a pause, or try again what failed. Answer: FileChanged."""

    room_id: RoomId
    message_id: EntryId
    folder: str = ""  #: where it goes this time; "": the room's folder in that of FileSettings


class PauseFile(Struct, frozen=True):
    """Stop getting it until GetFile; what came is kept. Answer: FileChanged."""

    room_id: RoomId
    message_id: EntryId


class CancelFile(Struct, frozen=True):
    """Stop getting it, and remove what came; or, while it is prepared (`ref` of SendFiles), do not send it.
    Answer: FileChanged, or FilesRefused without a problem."""

    room_id: RoomId
    message_id: EntryId | None = None
    ref: str = ""


class ListFiles(Struct, frozen=True):
    """Say what is in what a message offers, without getting it. Answer: FilesListed."""

    room_id: RoomId
    message_id: EntryId


class SetFiles(Struct, frozen=True):
    """What the person chose about files. It is kept. Answer: FileSettingsChanged."""

    files: FileSettings


class TellTyping(Struct, frozen=True):
    """The person is writing in this room. To be given at every change of a text that is not empty; no answer."""

    room_id: RoomId


class Remove(Struct, frozen=True):
    """Host: send a member away. It may come back."""

    room_id: RoomId
    member: MemberKey


class Ban(Struct, frozen=True):
    """Host: send a member away for good, or (`on` False) let it come again. Answer: Banned."""

    room_id: RoomId
    member: MemberKey
    on: bool = True


class Forget(Struct, frozen=True):
    """Leave a room, and delete all that is kept of it here. Answer: Left and Forgotten; or Problem."""

    room_id: RoomId


class Introduce(Struct, frozen=True):
    """What two people compare to be sure of each other; about oneself too. Answer: Introduced."""

    member: MemberKey


class Verify(Struct, frozen=True):
    """The person has compared the keys, and they are right; or (`yes` False) takes that back. Answer: Verified."""

    member: MemberKey
    yes: bool = True


class CheckUp(Struct, frozen=True):
    """Run the doctor. Answer: CheckedUp. `address`: also say what is wrong with reaching that address."""

    address: str | None = None


class Quit(Struct, frozen=True):
    """Leave all rooms politely, close the store, end the thread. Answer: Stopped, the last event.

    It is not queued: nothing that was asked before is waited for, except that what was said (Say, Retry) or decided
    (Discard, MarkRead, MarkUnread, Rename, Ban, Verify) is put on disk.
    """


#: About files that a message offers.
FileChange: TypeAlias = GetFile | PauseFile | CancelFile
#: About files.
FileCommand: TypeAlias = SendFiles | FileChange | ListFiles

#: Changes a message or the topic.
MessageChange: TypeAlias = Edit | Delete | React | PinMessage | Bookmark | SetTopic

Command: TypeAlias = (
    Browse | OpenRoom | Join | Leave | Say | Edit | Delete | React | PinMessage | SetTopic | Bookmark | Retry | Discard
    | MarkRead | MarkUnread | FetchEarlier | ChangeProfile | Share | Attend | TellTyping | Remove | Ban | Forget
    | Introduce | Verify | CheckUp | FileCommand | SetFiles | KeepingCommand | SetKeepRooms | GuestCommand | Quit
)  # fmt: skip


def _without_passphrase(command: OpenRoom | Join) -> str:
    """For logs, as any other value is shown there."""
    names = (name for name in command.__struct_fields__ if name != "passphrase")
    return f"{type(command).__name__}({', '.join(f'{name}={getattr(command, name)!r}' for name in names)})"
