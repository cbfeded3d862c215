"""Whatever bytes come, a frame comes out, or BadFrame."""

from __future__ import annotations

import struct
from typing import Any

import msgspec
import pytest
from disks import ROOM, HostDisk
from hypothesis import example, given
from hypothesis import strategies as st
from kitchen import card, device, entry

from lanchat.core import frames
from lanchat.core.encoded_log import encode_blocks, pack, unpack
from lanchat.core.frames import BadFrame, Frame, Splitter, decode_from_client, decode_from_host, encode
from lanchat.core.limits import FRAME, Limits
from lanchat.core.model import START, LogEntry

ANA = card("ana")
SAID = entry(ANA, device("pc"), 1, "hello 👋")

FROM_CLIENT: list[frames.FromClient] = [
    frames.Auth(ANA, b"n" * 32, b"d" * 8, b"s" * 64, b"pake"),
    frames.Confirm(b"p" * 32),
    frames.Resume(1, 5, START),
    frames.Earlier(5, 10),
    frames.Post([SAID], again=True),
    frames.Have(5, 2),
    frames.Who([b"k" * 32]),
    frames.Rename(ANA),
    frames.Holding(29_750, [b"r" * 32]),
    frames.FindSources(b"r" * 32),
    frames.Ping(),
    frames.Pong(),
    frames.Bye(),
]


def a_run(texts: list[str]) -> list[LogEntry]:
    log = HostDisk()
    log.append([entry(ANA, device("pc"), number, text) for number, text in enumerate(texts, 1)], 5_000)
    return log.entries


FROM_HOST: list[frames.FromHost] = [
    frames.Hello(1, b"n" * 32, ROOM, "Kitchen", True),
    frames.Pake(b"pake"),
    frames.Entered(b"proof"),
    frames.Refused("full", 1_000),
    frames.Welcome(1, 5, START, 9, Limits(), ANA),
    pack(a_run(["hello", "again"])),
    frames.Page(pack(a_run(["hello"])), START),
    frames.Known([b"i" * 16], [3]),
    frames.Rejected(b"i" * 16, "long"),
    frames.SlowDown(1_000, "disk"),
    frames.Delivered(5, 2),
    frames.Present([ANA], [b"k" * 32], all=True, more=True),
    frames.Cards([ANA]),
    frames.Sources(b"r" * 32, [frames.FileSource(b"k" * 32, "10.0.0.7", 29_750)]),
    frames.Wanted([b"r" * 32]),
    frames.Ping(),
    frames.Pong(),
    frames.Bye(),
]


def either_way(body: bytes) -> None:
    """Both sides read `body`; the only way not to like it is BadFrame."""
    for decode in (decode_from_client, decode_from_host):
        try:
            frame = decode(body)
        except BadFrame:
            continue
        assert frame is None or isinstance(frame, Frame)


@pytest.mark.parametrize("frame", FROM_CLIENT, ids=lambda frame: type(frame).__name__)
def test_what_a_client_says_arrives(frame: frames.FromClient) -> None:
    assert decode_from_client(encode(frame)[4:]) == frame


@pytest.mark.parametrize("frame", FROM_HOST, ids=lambda frame: type(frame).__name__)
def test_what_a_host_says_arrives(frame: frames.FromHost) -> None:
    assert decode_from_host(encode(frame)[4:]) == frame


@given(st.binary(max_size=400))
@example(b"")
@example(b"\x91" * 100_000)  # arrays in arrays in arrays
@example(b"\x81\xa1t" * 100_000)
@example(b"\xdf\xff\xff\xff\xff")  # a map of four thousand million
@example(b"\x81\xa1t\xa3\xed\xa0\x80")  # half a surrogate pair
def test_any_bytes(body: bytes) -> None:
    either_way(body)


@given(st.data())
def test_frames_damaged_on_the_way(data: st.DataObject) -> None:
    body = bytearray(encode(data.draw(st.sampled_from(FROM_CLIENT + FROM_HOST)))[4:])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(body) - 1))
        body[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
        if not body:
            return
    either_way(bytes(body))


_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats()
    | st.text(max_size=20) | st.binary(max_size=70),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)  # fmt: skip
_tags = st.sampled_from([frame.__struct_config__.tag for frame in FROM_CLIENT + FROM_HOST])


@given(st.data(), _tags)
def test_frames_with_fields_of_any_kind(data: st.DataObject, tag: str) -> None:
    """NaN, huge numbers, maps for bytes: what a program that hates us might send."""
    kind = next(type(frame) for frame in FROM_CLIENT + FROM_HOST if frame.__struct_config__.tag == tag)
    fields: dict[str, Any] = {name: data.draw(_values) for name in kind.__struct_fields__}
    either_way(msgspec.msgpack.encode({"t": tag, **fields}))


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -1, 0, 10**7])
def test_a_pace_that_is_none_is_refused(number: float) -> None:
    limits = msgspec.to_builtins(Limits()) | {"posts_per_second": number}
    welcome = {"epoch": 1, "base": 0, "base_head": b"h" * 32, "last": 0, "limits": limits, "host": ["x"]}
    with pytest.raises(BadFrame):
        decode_from_host(msgspec.msgpack.encode({"t": "welcome", **welcome}))


def test_frames_of_later_programs_are_passed_over() -> None:
    assert decode_from_client(msgspec.msgpack.encode({"t": "dancing", "who": 5})) is None
    assert decode_from_client(msgspec.msgpack.encode({"t": "ping", "new": "field"})) == frames.Ping()


def test_the_words_of_an_error_never_quote_what_was_sent() -> None:
    with pytest.raises(BadFrame) as caught:
        decode_from_host(msgspec.msgpack.encode({"t": "refused", "code": "my secret"}))
    assert "secret" not in str(caught.value)


# --- the Splitter ----------------------------------------------------------------------------------------------------
@given(st.lists(st.sampled_from(FROM_CLIENT), max_size=8), st.data())
def test_a_stream_cut_anywhere_gives_the_same_frames(spoken: list[frames.FromClient], data: st.DataObject) -> None:
    stream = b"".join(map(encode, spoken))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=12)))
    splitter = Splitter(FRAME)
    heard = [
        decode_from_client(body)
        for start, stop in zip([0, *cuts], [*cuts, len(stream)], strict=True)
        for body in splitter.feed(stream[start:stop])
    ]
    assert heard == spoken
    assert len(splitter) == 0


@pytest.mark.parametrize("length", [0, 101, 2**32 - 1])
def test_a_length_out_of_bounds_is_refused_before_the_frame_is_there(length: int) -> None:
    with pytest.raises(BadFrame):
        list(Splitter(100).feed(struct.pack(">I", length)))


def test_a_splitter_keeps_no_more_than_one_frame() -> None:
    splitter = Splitter(100)
    assert list(splitter.feed(struct.pack(">I", 100) + b"x" * 99)) == []
    assert len(splitter) == 103


# --- runs of the Log -------------------------------------------------------------------------------------------------
@given(st.lists(st.text(max_size=50), min_size=1, max_size=8))
def test_a_run_packed_and_unpacked_is_the_same(texts: list[str]) -> None:
    run = a_run(texts)
    frame = decode_from_host(encode(pack(run))[4:])
    assert isinstance(frame, frames.Entries)
    assert unpack(frame, ROOM, START) == run


def test_a_run_does_not_fit_another_room_or_another_past() -> None:
    frame = pack(a_run(["hello"]))
    for room_id, head in (("anotherroomaaaaa", START), (ROOM, b"x" * 32)):
        with pytest.raises(BadFrame):
            unpack(frame, room_id, head)  # type: ignore[arg-type]


@given(st.lists(st.integers(0, 16_000), min_size=1, max_size=30))
def test_blocks_fit_frames_and_leave_nothing_out(lengths: list[int]) -> None:
    run = a_run(["x" * length for length in lengths])
    head, got = START, []
    for block in encode_blocks(run):
        (body,) = Splitter(FRAME).feed(block.data)
        frame = decode_from_host(body)
        assert isinstance(frame, frames.Entries)
        got += unpack(frame, ROOM, head)
        head = block.head
        assert (block.last, block.head) == (got[-1].seq, got[-1].head)
    assert got == run
