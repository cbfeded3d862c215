"""Frames: the messages of the protocol on the wire, and their bytes.

A Frame is a 4-byte big-endian length and one MessagePack map with the type's name under "t". Decoding is strict and
typed. Unknown types and unknown fields are ignored, so old and new programs can talk.

Before a client is in (see `trust.handshake`):   hello -> auth [-> pake -> confirm] -> entered
After:                                           resume -> welcome, entries…
"""

from __future__ import annotations

import struct
from typing import Annotated, TypeAlias, TypeVar

import msgspec

from lanchat.core import limits
from lanchat.core.codes import Code
from lanchat.core.entering_frames import Auth as Auth
from lanchat.core.entering_frames import Confirm as Confirm
from lanchat.core.entering_frames import Entered as Entered
from lanchat.core.entering_frames import Hello as Hello
from lanchat.core.entering_frames import Pake as Pake
from lanchat.core.entering_frames import Refused as Refused
from lanchat.core.framing import BadFrame as BadFrame
from lanchat.core.framing import Frame as Frame
from lanchat.core.framing import Misbehaved as Misbehaved
from lanchat.core.framing import Splitter as Splitter
from lanchat.core.keeping_frames import Able as Able
from lanchat.core.keeping_frames import GuestCodesGiven as GuestCodesGiven
from lanchat.core.keeping_frames import Heir as Heir
from lanchat.core.keeping_frames import Heirs as Heirs
from lanchat.core.keeping_frames import Moved as Moved
from lanchat.core.keeping_frames import PassesGiven as PassesGiven
from lanchat.core.keeping_frames import TakeBack as TakeBack
from lanchat.core.model import (
    Bytes8,
    Bytes16,
    Bytes32,
    Bytes64,
    Card,
    Count,
    Delay,
    Entry,
    Milliseconds,
    PortNumber,
    Seq,
    ShortText,
)

T = TypeVar("T")


# --- the Log ---------------------------------------------------------------------------------------------------------
class LogMark(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The chain head after `seq`."""

    seq: Seq
    head: Bytes32


class Resume(Frame, frozen=True):
    """Client: what it has. Epoch 0: nothing, it is a newcomer.

    `marks`: the heads at its end, close together, at ever larger distances before that, and at its base; the host goes
    on after the last one that is in its Log, too. `keeps`: the newest `+keeps` entry, which proves the epoch.
    """

    epoch: Count
    last: Seq
    head: Bytes32
    marks: Annotated[list[LogMark], msgspec.Meta(max_length=limits.MARKS_MOST)] = msgspec.field(default_factory=list)
    keeps: Entry | None = None


class Welcome(Frame, frozen=True):
    """Host: entries from base+1 follow. The roster follows in `present` frames.

    `base` before the client's last entry: what the client has after it is not in this Log.
    """

    epoch: Count
    base: Seq
    base_head: Bytes32
    last: Seq
    limits: limits.Limits
    host: Card
    keeps: Entry | None = None  #: the `+keeps` entry of this epoch


class Writer(msgspec.Struct, frozen=True, array_like=True):
    author: Bytes32
    device_id: Bytes8


class Row(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A LogEntry on the wire. What the entries of a run share is sent once, in `Entries` (see `encoded_log`)."""

    writer: Count  # index into Entries.writers
    entry_id: Bytes16
    counter: Count
    kind: ShortText
    target: Bytes16 | None
    body: bytes
    sent_at: Milliseconds
    delay: Delay  # received_at - sent_at
    signature: Bytes64
    erased: Bytes32 | None = None


class Entries(Frame, frozen=True):
    """Host: a run of the Log, in order, starting at `first`. `head` is the chain head after the last row."""

    epoch: Count
    first: Seq
    writers: list[Writer]
    rows: list[Row]
    head: Bytes32


class Earlier(Frame, frozen=True):
    """Either: asks for a page of entries before `before` (exclusive). A host asks for what its disk lost."""

    before: Seq
    limit: Count = limits.PAGE_ENTRIES


class Page(Frame, frozen=True):
    """Either: the answer to `earlier`. `base_head` is the chain head before the first row; no rows: nothing earlier."""

    entries: Entries
    base_head: Bytes32


class Post(Frame, frozen=True):
    """Client: new entries from its Outbox, oldest first. `again`: from the Outbox's start, after a `slow_down`.

    `carried`: entries of anybody instead, which a Log that gave way had; in its order.
    """

    entries: list[Entry]
    again: bool = False
    carried: bool = False


class Known(Frame, frozen=True):
    """Host: these were in the Log already, at these numbers."""

    entry_ids: list[Bytes16]
    seqs: list[Seq]


class Rejected(Frame, frozen=True):
    """Host: this one will never be taken, and why (see `codes.RejectCode`)."""

    entry_id: Bytes16
    code: Code


class SlowDown(Frame, frozen=True, tag="slow_down"):
    """Host: nothing more was taken from you; send your Outbox again, from its start, after this long.

    `code`: a `codes.HoldCode` when nobody's entries are taken, and why.
    """

    retry_ms: Count
    code: Code | None = None


class Have(Frame, frozen=True):
    """Client: the entries after `base` up to `seq` are on my disk."""

    seq: Seq
    base: Seq = 0


class Delivered(Frame, frozen=True):
    """Host: your entries after `base` up to `seq` are on at least one other member's disk."""

    seq: Seq
    base: Seq


# --- who is here -----------------------------------------------------------------------------------------------------
class StateMark(msgspec.Struct, frozen=True, array_like=True, gc=False):
    member: Bytes32
    state: Code


class Present(Frame, frozen=True):
    """Host: who came and who left since the last such frame.

    `all`: the whole roster begins anew with this frame, and goes on in the next ones while `more` is set.
    `states`: whose Availability has changed, and to what; who comes is "here".
    """

    joined: list[Card] = msgspec.field(default_factory=list)
    left: list[Bytes32] = msgspec.field(default_factory=list)
    all: bool = False
    more: bool = False
    states: list[StateMark] = msgspec.field(default_factory=list)


class Who(Frame, frozen=True):
    """Client: asks for the cards of these members."""

    keys: list[Bytes32]


class Cards(Frame, frozen=True):
    """Host: the cards it has of those asked for."""

    cards: list[Card]


class Rename(Frame, frozen=True):
    """Client: my new card."""

    card: Card


class Available(Frame, frozen=True):
    """Client: my Availability. A new connection is "here"."""

    state: Code


class Typing(Frame, frozen=True):
    """Client: I am writing."""


class Typists(Frame, frozen=True):
    """Host: these said `typing` since the last such frame. `more`: and others, whom it does not name."""

    keys: Annotated[list[Bytes32], msgspec.Meta(max_length=limits.TYPING_NAMED)]
    more: bool = False


class Read(Frame, frozen=True):
    """Client: I have read the entries up to `seq`."""

    seq: Seq


class ReadMark(msgspec.Struct, frozen=True, array_like=True, gc=False):
    reader: Bytes32
    seq: Seq


class SeenBy(Frame, frozen=True, tag="seen"):
    """Host: how far these have read."""

    marks: list[ReadMark]


class OwnRead(Frame, frozen=True, tag="own_read"):
    """Client: the last-read line of my person is after `seq`, for their other devices. Host: another device says so."""

    seq: Seq
    back: bool = False  #: it went back there: what follows is unread again


# --- where files are -------------------------------------------------------------------------------------------------
class Holding(Frame, frozen=True):
    """Client: I have the files of these roots, and listen for who wants them on this port; 0: I do not listen. What was
    said before does not count any more."""

    port: PortNumber
    roots: Annotated[list[Bytes32], msgspec.Meta(max_length=limits.HOLDING_MOST)]


class FindSources(Frame, frozen=True, tag="find_sources"):
    """Client: who has these files?"""

    root: Bytes32


class FileSource(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A member who has files, and where they listen."""

    key: Bytes32
    address: Annotated[str, msgspec.Meta(max_length=64)]
    port: PortNumber


class Sources(Frame, frozen=True):
    """Host: these have the files. Also unasked, to who asked before, when that has changed."""

    root: Bytes32
    sources: Annotated[list[FileSource], msgspec.Meta(max_length=limits.SOURCES_MOST)]
    host: Code | None = None  #: "has": the host has all of it; "wants"; "none": it keeps no copy


class Wanted(Frame, frozen=True):
    """Host: connect and give me the files of these roots, which you hold."""

    roots: Annotated[list[Bytes32], msgspec.Meta(max_length=limits.HOLDING_MOST)]


# --- life ------------------------------------------------------------------------------------------------------------
class Ping(Frame, frozen=True):
    pass


class Pong(Frame, frozen=True):
    pass


class Bye(Frame, frozen=True):
    """Client: I leave on purpose. Host: the room closes; `closed`: nobody is to open it but its owner."""

    closed: bool = False


FromClient: TypeAlias = (
    Auth | Confirm | Resume | Earlier | Page | Post | Have | Who | Rename | Available | Typing | Read | OwnRead
    | Holding | FindSources | Able | TakeBack | Ping | Pong | Bye
)  # fmt: skip
#: Those only in the room, after `welcome`.
InRoom: TypeAlias = (
    Entries | Earlier | Page | Known | Rejected | SlowDown | Delivered | Present | Cards | Typists | SeenBy | OwnRead
    | Sources | Wanted | PassesGiven | Heirs | Moved
    | GuestCodesGiven
)  # fmt: skip
FromHost: TypeAlias = Hello | Pake | Entered | Refused | Welcome | InRoom | Ping | Pong | Bye

_encoder = msgspec.msgpack.Encoder()
_from_client: msgspec.msgpack.Decoder[FromClient] = msgspec.msgpack.Decoder(FromClient)
_from_host: msgspec.msgpack.Decoder[FromHost] = msgspec.msgpack.Decoder(FromHost)


class _Tag(msgspec.Struct):
    t: str


_tag = msgspec.msgpack.Decoder(_Tag)
_known: dict[object, set[str]] = {
    decoder: {kind.__struct_config__.tag for kind in union.__args__}
    for decoder, union in ((_from_client, FromClient), (_from_host, FromHost))
}


def encode(frame: Frame) -> bytes:
    """A frame's bytes, length first."""
    body = _encoder.encode(frame)
    return struct.pack(">I", len(body)) + body


def decode_from_client(body: bytes) -> FromClient | None:
    """One frame without its length; None for a type this program does not know. Raises BadFrame."""
    return _decode(_from_client, body)


def decode_from_host(body: bytes) -> FromHost | None:
    """One frame without its length; None for a type this program does not know. Raises BadFrame."""
    return _decode(_from_host, body)


def _decode(decoder: msgspec.msgpack.Decoder[T], body: bytes) -> T | None:
    try:
        return decoder.decode(body)
    except (ValueError, RecursionError) as error:  # msgspec's own errors are ValueErrors
        try:
            tag = _tag.decode(body).t
        except (ValueError, RecursionError):
            raise BadFrame(f"not a frame: {type(error).__name__}") from error
        if tag in _known[decoder]:
            # msgspec names the field and the type it expected, never the value: safe to log
            raise BadFrame(f"bad {tag} frame: {error}"[:200]) from error
        return None
