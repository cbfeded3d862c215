"""What the guests' page writes, lanchat reads, and the other way round: digests, entries, cards, frames."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lanchat.core import limits
from lanchat.core.content import Deletion, ReactionChange, Text, encode
from lanchat.core.encoded_log import pack
from lanchat.core.frames import Ping, Post, Read, Resume, Who, decode_from_client
from lanchat.core.frames import encode as encode_frame
from lanchat.core.model import START, Card, Entry, EntryId, LogEntry, RoomId, digest, next_head
from lanchat.core.profile import decode_profile
from lanchat.trust.signing import make_entry, new_entry_id, verify_card, verify_entry
from tests.identities import new_identity
from tests.web.modules import PageError, PageModules

KITCHEN = RoomId("kitchenkitchen22")
NOW = 1_764_000_000_123
TEXTS = ["", "hi", "😀👩🏽‍❤️‍💋‍👨🏻", "x" * 4_000, "😀" * 4_000, "é\u0301\u202e\0", "\ufeffz"]
several = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
ana = new_identity()


@several
@given(st.text(st.characters(codec="utf-8"), max_size=20), st.lists(st.binary(max_size=100), max_size=5))
def test_digests_are_the_same(page: PageModules, label: str, parts: list[bytes]) -> None:
    assert page.call("wire", "digest", label, *parts) == digest(label, *parts)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("target", [None, EntryId(bytes(range(16)))])
def test_an_entry_of_the_page_is_byte_for_byte_one_of_ours(
    page: PageModules, text: str, target: EntryId | None
) -> None:
    me = page.call("wire", "newIdentity")
    payload = page.call("wire", "textPayload", text, target)
    made = page.call("wire", "makeEntry", me, KITCHEN, 7, payload, NOW)
    entry = msgspec.convert(made, Entry)
    assert verify_entry(entry, KITCHEN)
    assert not verify_entry(entry, RoomId("gardengardengard"))
    assert (entry.author, entry.device_id, entry.counter, entry.sent_at) == (me["key"], me["deviceId"], 7, NOW)
    assert (entry.kind, entry.target, entry.body) == encode(Text(text), target)
    posted = page.call("frames", "encodeFrame", {"t": "post", "entries": [made], "again": False, "carried": False})
    assert posted == encode_frame(Post([entry]))


@pytest.mark.parametrize("counter", [1, 127, 128, 255, 256, 65_535, 65_536, 2**32 - 1, 2**32, 2**53 - 1])
@pytest.mark.parametrize("sent_at", [0, -1, -33, -(2**40), 2**32, NOW])
def test_numbers_of_all_sizes_are_signed_and_written_alike(page: PageModules, counter: int, sent_at: int) -> None:
    me = page.call("wire", "newIdentity")
    payload = page.call("wire", "textPayload", "hi")
    made = page.call("wire", "makeEntry", me, KITCHEN, counter, payload, sent_at)
    entry = msgspec.convert(made, Entry)
    assert verify_entry(entry, KITCHEN)
    assert page.call("frames", "encodeFrame", {"t": "post", "entries": [made], "again": True, "carried": False}) == (
        encode_frame(Post([entry], again=True))
    )


def test_annotations_of_the_page_are_ours(page: PageModules) -> None:
    me, target = page.call("wire", "newIdentity"), new_entry_id()
    for content in (Deletion(), ReactionChange("👍🏽", True)):
        payload = encode(content, target)
        made = page.call("wire", "makeEntry", me, KITCHEN, 1, payload._asdict(), NOW)
        entry = msgspec.convert(made, Entry)
        assert verify_entry(entry, KITCHEN)
        assert (entry.kind, entry.target, entry.body) == payload


@pytest.mark.parametrize("nick", ["Mia", "Łukasz 😀", "ä" * 32])
@pytest.mark.parametrize("revision", [1, 2**32, NOW])
def test_a_card_of_the_page_is_a_guests(page: PageModules, nick: str, revision: int) -> None:
    me = page.call("wire", "newIdentity")
    card = msgspec.convert(page.call("wire", "makeCard", me, nick, revision), Card)
    assert verify_card(card)
    assert (card.key, card.nick, card.revision) == (me["key"], nick, revision)
    assert decode_profile(card.profile).guest


def test_an_identity_comes_back_from_what_is_kept_of_it(page: PageModules) -> None:
    me = page.call("wire", "newIdentity")
    assert page.call("wire", "identityOf", me["secretKey"], me["deviceId"]) == me


def test_frames_of_the_page_are_read_as_what_they_are(page: PageModules) -> None:
    frames = [
        ({"t": "resume", "epoch": 0, "last": 0, "head": START, "marks": [], "keeps": None}, Resume(0, 0, START)),
        ({"t": "ping"}, Ping()),
        ({"t": "read", "seq": 70_000}, Read(70_000)),
        ({"t": "who", "keys": [ana.key]}, Who([ana.key])),
    ]
    for said, frame in frames:
        made = page.call("frames", "encodeFrame", said)
        assert made == encode_frame(frame)
        assert decode_from_client(made[4:]) == frame


# --- from the host ---------------------------------------------------------------------------------------------------
def a_run(texts: list[str], first: int) -> list[LogEntry]:
    run, head = [], START
    for place, text in enumerate(texts):
        author = ana if place % 2 else new_identity()
        target = run[-1].entry.entry_id if run else None
        entry = make_entry(author, KITCHEN, place + 1, encode(Text(text), target), NOW + place)
        head = next_head(head, KITCHEN, 1, first + place, NOW + 1_000, entry)
        run.append(LogEntry(entry, 1, first + place, NOW + 1_000, head))
    return run


def test_the_page_reads_a_run_of_the_log(page: PageModules) -> None:
    run = a_run(TEXTS[:4] + TEXTS[5:], first=70_000)
    splitter = page.call("frames", "Splitter")
    (frame,) = splitter.call("feed", encode_frame(pack(run)))
    assert (frame["t"], frame["epoch"], frame["head"]) == ("entries", 1, run[-1].head)
    rows = page.call("wire", "readEntries", frame)
    assert len(rows) == len(run)
    for row, item in zip(rows, run, strict=True):
        entry = item.entry
        assert (row["seq"], row["receivedAt"], row["isErased"]) == (item.seq, item.received_at, False)
        assert (row["id"], row["author"], row["deviceId"]) == (entry.entry_id, entry.author, entry.device_id)
        assert (row["counter"], row["kind"], row["target"]) == (entry.counter, entry.kind, entry.target)
        assert (row["body"], row["sentAt"]) == (entry.body, entry.sent_at)


def test_an_erased_row_says_so(page: PageModules) -> None:
    (item,) = a_run(["a secret"], first=1)
    erased = msgspec.structs.replace(item.entry, body=b"", erased=bytes(32))
    run = [msgspec.structs.replace(item, entry=erased)]
    (frame,) = page.call("frames", "Splitter").call("feed", encode_frame(pack(run)))
    (row,) = page.call("wire", "readEntries", frame)
    assert (row["body"], row["isErased"]) == (b"", True)


@several
@given(st.lists(st.integers(1, 200), max_size=6))
def test_frames_are_found_wherever_the_stream_is_cut(page: PageModules, cuts: list[int]) -> None:
    stream = encode_frame(Ping()) + encode_frame(pack(a_run(["hi", "there"], 1))) + encode_frame(Read(3))
    splitter = page.call("frames", "Splitter")
    found = []
    for cut in [*cuts, len(stream)]:
        found += splitter.call("feed", stream[:cut])
        stream = stream[cut:]
    assert [frame["t"] for frame in found] == ["ping", "entries", "read"]


@pytest.mark.parametrize(
    "bytes_sent",
    [bytes(4), (limits.FRAME + 1).to_bytes(4, "big"), b"\0\0\0\1\xc1", b"\0\0\0\1\xc0", b"\0\0\0\1\x80", b"\0\0\0\1\7"],
)
def test_what_is_no_frame_is_an_error(page: PageModules, bytes_sent: bytes) -> None:
    with pytest.raises(PageError, match="BadFrame"):
        page.call("frames", "Splitter").call("feed", bytes_sent)


def test_a_frame_of_the_longest_length_is_read(page: PageModules) -> None:
    body = msgspec.msgpack.encode({"t": "later", "pad": bytes(limits.FRAME - 20)})
    body = msgspec.msgpack.encode({"t": "later", "pad": bytes(2 * limits.FRAME - 20 - len(body))})
    assert len(body) == limits.FRAME
    (frame,) = page.call("frames", "Splitter").call("feed", len(body).to_bytes(4, "big") + body)
    assert frame["t"] == "later"


def test_rows_that_are_none_are_an_error(page: PageModules) -> None:
    (frame,) = page.call("frames", "Splitter").call("feed", encode_frame(pack(a_run(["hi"], 1))))
    (row,) = frame["rows"]
    for place, wrong in ((0, 1), (1, b"short"), (3, 7), (4, b""), (5, "text"), (6, None), (7, "1")):
        changed = [*row[:place], wrong, *row[place + 1 :]]
        with pytest.raises(PageError, match="BadFrame"):
            page.call("wire", "readEntries", {**frame, "rows": [changed]})
    for changes in ({"rows": None}, {"rows": [7]}, {"writers": {}}, {"writers": [[]]}, {"first": "1"}):
        with pytest.raises(PageError, match="BadFrame"):
            page.call("wire", "readEntries", {**frame, **changes})
