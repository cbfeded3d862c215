"""Commands: what a face asks of the Engine, imperative. Small frozen values; `Engine.do` takes any of them.

Every room is named by its room_id once it is known; before that by what the person gave (`where`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from lanchat.core.model import EntryId, MemberKey, RoomId


@dataclass(frozen=True, slots=True)
class Look:
    """Keep looking for rooms (the list is on screen), or only rarely (`on` False). `again`: search anew now."""

    on: bool = True
    again: bool = False


@dataclass(frozen=True, slots=True)
class Host:
    """Open a room here. With `room_id`: the same room as before. Answer: Hosting, or NotHosting."""

    title: str
    passphrase: str | None = field(default=None, repr=False)
    make_passphrase: bool = False  #: make up four words; Hosting tells them
    port: int | None = None  #: None: the well-known one, or any when that is taken; a number: that or NotHosting
    room_id: RoomId | None = None
    posts_per_second: float | None = None  #: per member; None: the default
    burst: int | None = None
    members: int | None = None
    connections_per_address: int | None = None  #: lifts the caps on new connections; benches and labs only


@dataclass(frozen=True, slots=True)
class Join:
    """Join a room: `where` is a room_id, an address[:port], a room code or a lanchat:// link.

    Answer: ConnectionChanged, and PassphraseNeeded, KeyChanged or NotFound where it stops. Joining again after
    those with the missing piece goes on. `accept_key` is the badge of the new host key as KeyChanged showed it.
    """

    where: str
    passphrase: str | None = field(default=None, repr=False)
    accept_key: str | None = None


@dataclass(frozen=True, slots=True)
class Leave:
    """Leave a room, or stop hosting it. Answer: Left."""

    room_id: RoomId


@dataclass(frozen=True, slots=True)
class Say:
    """Write an entry. Answer: EntryWritten at once (in the Outbox, on disk), then EntryStateChanged; or NotWritten."""

    room_id: RoomId
    text: str


@dataclass(frozen=True, slots=True)
class Retry:
    """Write an entry that was not sent once more. Answer: EntryWritten with `instead_of`, or NOT_SENT again."""

    room_id: RoomId
    entry_id: EntryId


@dataclass(frozen=True, slots=True)
class Discard:
    """Give up an entry that was not sent. Answer: Discarded."""

    room_id: RoomId
    entry_id: EntryId


@dataclass(frozen=True, slots=True)
class MarkRead:
    """The person has read up to `seq`; never goes back. On disk a little later, at the latest with Quit. No answer."""

    room_id: RoomId
    seq: int


@dataclass(frozen=True, slots=True)
class FetchEarlier:
    """Get a page of what came before the oldest entry we hold. Answer: EntriesAdded(older=True), maybe empty."""

    room_id: RoomId


@dataclass(frozen=True, slots=True)
class Rename:
    """Be called so from now on. Answer: Renamed."""

    nick: str


@dataclass(frozen=True, slots=True)
class Remove:
    """Host: send a member away. It may come back."""

    room_id: RoomId
    member: MemberKey


@dataclass(frozen=True, slots=True)
class Ban:
    """Host: send a member away for good, or (`on` False) let it come again. Answer: Banned."""

    room_id: RoomId
    member: MemberKey
    on: bool = True


@dataclass(frozen=True, slots=True)
class Forget:
    """Leave a room, and delete all that is kept of it here. Answer: Left and Forgotten; or Problem."""

    room_id: RoomId


@dataclass(frozen=True, slots=True)
class Introduce:
    """What two people compare to be sure of each other; about oneself too. Answer: Introduced."""

    member: MemberKey


@dataclass(frozen=True, slots=True)
class Verify:
    """The person compared, and it is so; or (`yes` False) takes that back. Answer: Verified."""

    member: MemberKey
    yes: bool = True


@dataclass(frozen=True, slots=True)
class CheckUp:
    """Run the doctor. Answer: CheckedUp. `address`: also say what is wrong with reaching that address."""

    address: str | None = None


@dataclass(frozen=True, slots=True)
class Quit:
    """Leave all rooms politely, close the store, end the thread. Answer: Stopped, the last event."""


Command: TypeAlias = (
    Look | Host | Join | Leave | Say | Retry | Discard | MarkRead | FetchEarlier | Rename | Remove | Ban | Forget
    | Introduce | Verify | CheckUp | Quit
)  # fmt: skip
