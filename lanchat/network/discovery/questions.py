"""Our own question and its answer: one UDP datagram each. Pure.

A question is padded to QUESTION_BYTES and an answer is never longer, so nobody can use a host to make a flood of a
trickle. The answer repeats the question's nonce: it cannot be made up without having seen a question of ours.

One socket among several on a machine gets what was sent to it alone, so such a question says `pass_on`: its receiver
repeats it, on this machine only, with the asker's address in `asker`, and each program answers for its own rooms.
"""

from __future__ import annotations

import struct
from collections import OrderedDict
from collections.abc import Sequence
from typing import Annotated, TypeAlias

import msgspec

from lanchat.core.model import Bytes8, Bytes16, Count

MAGIC = b"lanchat\x01"
QUESTION_BYTES = 512  # with headers well below any link's limit; fits five ordinary rooms
DATAGRAM_BYTES = 2048
ABOUT_ROOMS = 4  # what fits one answer

Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]
RoomIdText = Annotated[str, msgspec.Meta(pattern=r"\A[a-z2-7]{16}\Z")]
Short = Annotated[str, msgspec.Meta(max_length=16)]


class Asker(msgspec.Struct, frozen=True, array_like=True):
    """Who wants the answer to a question passed on, and the boot_id of who passed it on."""

    #: Only a numeric one is answered: what looks like a name would be looked up.
    address: Annotated[str, msgspec.Meta(max_length=64, pattern=r"\A[0-9a-f:.]+(%[0-9]+)?\Z")]
    port: Port
    passed_by: Short


class Question(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="t", tag="q"):
    """Which rooms are open there? `about`: these first."""

    nonce: Bytes8 = msgspec.field(name="q")
    about: Annotated[list[RoomIdText], msgspec.Meta(max_length=ABOUT_ROOMS)] = []
    pass_on: bool = False
    asker: Asker | None = None


class OpenRoom(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A room as its host describes it; the field names are those of the mDNS record."""

    room_id: RoomIdText = msgspec.field(name="id")
    title: Annotated[str, msgspec.Meta(max_length=80)] = msgspec.field(name="n")
    fingerprint: Bytes16 = msgspec.field(name="fp")
    port: Port = msgspec.field(name="p")
    passphrase: bool = msgspec.field(name="pw", default=False)
    boot_id: Short = msgspec.field(name="b", default="")
    people: Count | None = msgspec.field(name="m", default=None)
    host: Annotated[str, msgspec.Meta(max_length=64)] = msgspec.field(name="h", default="")
    app: Short = ""


class Answer(msgspec.Struct, frozen=True, kw_only=True, tag_field="t", tag="a"):
    nonce: Bytes8 = msgspec.field(name="q")
    rooms: Annotated[list[OpenRoom], msgspec.Meta(max_length=32)] = msgspec.field(name="r")


class Closed(msgspec.Struct, frozen=True, kw_only=True, tag_field="t", tag="c"):
    """To those who asked lately: this room closes. A hint; they ask once more."""

    nonce: Bytes8 = msgspec.field(name="q")
    room_id: RoomIdText = msgspec.field(name="id")


Datagram: TypeAlias = Question | Answer | Closed

_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[Datagram] = msgspec.msgpack.Decoder(Datagram)


def encode(datagram: Datagram) -> bytes:
    """The datagram's bytes; a question is padded."""
    body = _encoder.encode(datagram)
    made = MAGIC + struct.pack(">H", len(body)) + body
    return made.ljust(QUESTION_BYTES, b"\0") if isinstance(datagram, Question) else made


def decode(data: bytes) -> Datagram | None:
    """None for whatever is not exactly one of ours: anybody may send anything to a UDP port."""
    start = len(MAGIC) + 2
    if not data.startswith(MAGIC) or not start <= len(data) <= DATAGRAM_BYTES:
        return None
    (length,) = struct.unpack_from(">H", data, len(MAGIC))
    try:
        datagram = _decoder.decode(data[start : start + length])
    except (ValueError, RecursionError):  # msgspec's own errors are ValueErrors
        return None
    if isinstance(datagram, Question) and len(data) < QUESTION_BYTES:
        return None
    return datagram


def answer(question: Question, rooms: Sequence[OpenRoom], turn: int) -> bytes | None:
    """The answer: the rooms asked about, then others as far as they fit; from another one each `turn`."""
    about = [room for room in rooms if room.room_id in question.about]
    others = [room for room in rooms if room.room_id not in question.about]
    if others:
        turn %= len(others)
        others = others[turn:] + others[:turn]
    chosen: list[OpenRoom] = []
    data = None
    for room in about + others:
        longer = encode(Answer(nonce=question.nonce, rooms=[*chosen, room]))
        if len(longer) > QUESTION_BYTES:
            break
        chosen.append(room)
        data = longer
    return data


class Patience:
    """How many questions each asker, and all together, may have answered: token buckets."""

    EACH = (200.0, 400.0)  # per second, at once: a client that finds a hundred of our rooms asks for them in an instant
    TOGETHER = (1000.0, 2000.0)
    ASKERS = 1024

    def __init__(self) -> None:
        self._all = (self.TOGETHER[1], 0.0)
        self._each: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allows(self, asker: str, now: float) -> bool:
        """Whether to answer `asker` now; counts as an answer."""
        mine, ours = self._each.pop(asker, (self.EACH[1], now)), self._all
        mine, one = _take(mine, self.EACH, now)
        ours, all_ = _take(ours, self.TOGETHER, now)
        self._each[asker] = mine
        if len(self._each) > self.ASKERS:
            self._each.popitem(last=False)
        if one and all_:
            self._all = ours
        return one and all_


def _take(bucket: tuple[float, float], size: tuple[float, float], now: float) -> tuple[tuple[float, float], bool]:
    (tokens, since), (rate, most) = bucket, size
    tokens = min(most, tokens + (now - since) * rate)
    return ((tokens - 1, now), True) if tokens >= 1 else ((tokens, now), False)
