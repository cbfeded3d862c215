"""Commands: what a face asks of the Engine, imperative. Small frozen values; `Engine.do` takes any of them.

Every room is named by its room_id once it is known; before that by what the person gave (`where`).
"""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct

from lanchat.core.model import EntryId, MemberKey, RoomId

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
    """Leave a room, or stop hosting it. Answer: Left."""

    room_id: RoomId


class Say(Struct, frozen=True):
    """Write an entry. Answer: EntryWritten at once (in the Outbox, on disk), then EntryStateChanged; or NotWritten.

    Each is answered once, unless it comes after Quit. A face that has more to say than a person types keeps fewer than
    SAYS_WAITING without an answer, and waits for EntryWritten; what is more than that is answered by NotWritten.
    """

    room_id: RoomId
    text: str
    ref: str = ""  #: chosen by the face; EntryWritten or NotWritten repeats it


class Retry(Struct, frozen=True):
    """Write an entry that was not sent once more. Answer: EntryWritten with `instead_of`, or NOT_SENT again."""

    room_id: RoomId
    entry_id: EntryId


class Discard(Struct, frozen=True):
    """Give up an entry that was not sent. Answer: Discarded."""

    room_id: RoomId
    entry_id: EntryId


class MarkRead(Struct, frozen=True):
    """The person has had on the screen what was said up to `seq`; never goes back. On disk a little later, at the
    latest with Quit. No answer; in a room of ours the authors get their second tick by it."""

    room_id: RoomId
    seq: int


class FetchEarlier(Struct, frozen=True):
    """Get a page of what came before the oldest entry we hold. Answer: MessagesAdded(older=True), maybe empty."""

    room_id: RoomId


class ChangeNick(Struct, frozen=True):
    """Be called so from now on. Answer: Renamed."""

    nick: str


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
    (Discard, MarkRead, Rename, Ban, Verify) is put on disk.
    """


Command: TypeAlias = (
    Browse | OpenRoom | Join | Leave | Say | Retry | Discard | MarkRead | FetchEarlier | ChangeNick | Remove | Ban
    | Forget | Introduce | Verify | CheckUp | Quit
)  # fmt: skip


def _without_passphrase(command: OpenRoom | Join) -> str:
    """For logs, as any other value is shown there."""
    names = (name for name in command.__struct_fields__ if name != "passphrase")
    return f"{type(command).__name__}({', '.join(f'{name}={getattr(command, name)!r}' for name in names)})"
