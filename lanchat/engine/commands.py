"""Commands: what a face asks of the Engine, imperative. Small frozen values; `Engine.do` takes any of them.

Every room is named by its room_id once it is known; before that by what the person gave (`where`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from lanchat.core.model import MemberKey, RoomId


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
    """Write an entry. Answer: EntryWritten at once (in the Outbox, on disk), then EntryStateChanged."""

    room_id: RoomId
    text: str


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
class CheckUp:
    """Run the doctor. Answer: CheckedUp. `address`: also say what is wrong with reaching that address."""

    address: str | None = None


@dataclass(frozen=True, slots=True)
class Quit:
    """Leave all rooms politely, close the store, end the thread. Answer: Stopped, the last event."""


Command: TypeAlias = Look | Host | Join | Leave | Say | FetchEarlier | Rename | Remove | CheckUp | Quit
