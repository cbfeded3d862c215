"""Bytes that are no frames of this protocol, or frames at the wrong time."""

from __future__ import annotations

import struct

import msgspec

from lanchat.core import frames, limits
from lanchat.core.frames import encode
from lanchat.core.model import START
from survival.raw import framed, tagged

_NOBODY = b"\0" * 32
_SURROGATE = b"\xed\xa0\x80"  # half of a pair, as UTF-8 would have it

#: Whoever sends these is thrown out at once, whether it is a member or not.
_BAD: dict[str, bytes] = {
    "a frame of no length": struct.pack(">I", 0),
    "a frame of 4 GiB": b"\xff\xff\xff\xff",
    "garbage": framed(b"\xc1" * 300),
    "nothing that ends": framed(b"\xdd\xff\xff\xff\xff"),
    "a map of four billion": framed(b"\xdf\xff\xff\xff\xff\xa1t\xa4ping"),
    "a text of 4 GiB": framed(b"\x81\xa1t\xdb\xff\xff\xff\xff"),
    "a list": framed(msgspec.msgpack.encode(["ping"])),
    "a number": framed(b"\x07"),
    "nil": framed(b"\xc0"),
    "no type": framed(msgspec.msgpack.encode({"seq": 1})),
    "a type that is a number": framed(msgspec.msgpack.encode({"t": 7})),
    "a type that is a list": framed(msgspec.msgpack.encode({"t": ["ping"]})),
    "half a surrogate as type": framed(b"\x81\xa1t\xa3" + _SURROGATE),
    "more after the end": framed(msgspec.msgpack.encode({"t": "resume", "epoch": 0, "last": 0, "head": START}) + b"\0"),
    "nested 3,900 deep": framed(b"\x91" * 3_900),
    "an extension": framed(b"\xc9\x00\x00\x00\x04\x05abcd"),
    "wrong types": tagged("resume", epoch="one", last=None, head=[]),
    "a number that is not one": tagged("resume", epoch=float("nan"), last=0, head=START),
    "a number below nothing": tagged("resume", epoch=-1, last=0, head=START),
    "a number beyond all bounds": tagged("resume", epoch=2**63, last=0, head=START),
    "too short a head": tagged("resume", epoch=1, last=0, head=b"short"),
}

BAD_AS_STRANGER: dict[str, bytes] = {
    **_BAD,
    "longer than a stranger may": struct.pack(">I", limits.FRAME_BEFORE_MEMBER + 1),
    "resume before auth": encode(frames.Resume(0, 0, START)),
    "a post before auth": encode(frames.Post([])),
    "a confirmation of nothing": encode(frames.Confirm(_NOBODY)),
    "a ping before auth": encode(frames.Ping()),
    "auth with half of everything": tagged("auth", card=["key"], nonce=b"", device_id=b"", signature=b""),
    "auth signed by nobody": tagged(
        "auth", card=[_NOBODY, "Nobody", 1, bytes(64)], nonce=_NOBODY, device_id=bytes(8), signature=bytes(64)
    ),
}

#: A frame we know, with a field we do not, nested 10,000 deep: Python 3.14 can read that, older ones cannot.
DEEP_PING = framed(b"\x82\xa1t\xa4ping\xa1x" + b"\x91" * 10_000 + b"\xc0")

BAD_AS_MEMBER: dict[str, bytes] = {
    **_BAD,
    "longer than a member may": struct.pack(">I", limits.FRAME + 1),
    "nested 60,000 deep": framed(b"\x91" * 60_000),
    "half a surrogate as text": tagged("rename", card=[_NOBODY, "@@@", 1, bytes(64)]).replace(b"@@@", _SURROGATE),
    "a host's frame, badly": tagged("have", seq=[1]),
    "it is in already": tagged(
        "auth", card=[_NOBODY, "Nobody", 1, bytes(64)], nonce=_NOBODY, device_id=bytes(8), signature=bytes(64)
    ),
    "resume twice": encode(frames.Resume(0, 0, START)),
    "a confirmation": encode(frames.Confirm(_NOBODY)),
    "a post of nothing": encode(frames.Post([])),
    "more than there is": encode(frames.Have(2**39)),
    "a page beyond all bounds": tagged("earlier", before=2**41),
    "cards of nobody": encode(frames.Who([])),
    "cards of too many": encode(frames.Who([_NOBODY] * 151)),
    "two pages at once": 2 * encode(frames.Earlier(1)),
    "somebody else's name": tagged("rename", card=[_NOBODY, "Nobody", 1, bytes(64)]),
}
