"""Whatever the two sides have to say, each frame of it fits what the other side takes, and arrives.

A Guest of the Kitchen takes no frame that is longer than a client does.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from disks import ROOM, HostDisk, sign
from hypothesis import given, settings
from hypothesis import strategies as st
from kitchen import Guest, Kitchen, card

from lanchat.core import encoded_log, frames, host_actions
from lanchat.core.client import Client
from lanchat.core.client_actions import Send
from lanchat.core.content import encode as encode_content
from lanchat.core.encoded_log import cut_page, encode_blocks
from lanchat.core.frames import FromClient, FromHost, Splitter, decode_from_client, decode_from_host, encode
from lanchat.core.keeping import PASSES_MOST, Keeping, Pass
from lanchat.core.keeping_frames import GivenCode
from lanchat.core.limits import (
    ASKED_AT_ONCE,
    FRAME,
    FRAME_BEFORE_MEMBER,
    GUEST_CODES,
    GUEST_KEYS,
    HEIRS_MOST,
    HOLDING_MOST,
    MARKS_MOST,
    PAGE_ENTRIES,
    SEEN_KEPT,
    SOURCES_MOST,
    TYPING_NAMED,
    Limits,
)
from lanchat.core.model import PROFILE_BYTES, START, Card, Entry, EntryId, LogEntry, MemberKey
from lanchat.core.posting import Outbox

WIDE = "\U0001f373"  # four bytes: nothing takes more
MOST = 2**53
LAST = 2**39
LONGEST = Limits(posts_per_second=1e6, burst=1_000_000, text_characters=10_000, text_lines=10_000, members=50_000)

_numbers = itertools.count(1)


def widest_card(number: int = 0) -> Card:
    """As large as one is taken."""
    return Card(number.to_bytes(32, "big"), WIDE * 64, MOST, b"s" * 64, b"p" * PROFILE_BYTES)


def entry(length: int, character: str = WIDE, *, writer: int = 0) -> Entry:
    entry_id = EntryId(next(_numbers).to_bytes(16, "big"))
    author, on = writer.to_bytes(32, "big"), writer.to_bytes(8, "big")
    counter = 2**52 + next(_numbers)  # as wide as any, and counting up
    body = (character * length).encode()
    return Entry(entry_id, author, on, counter, "k" * 16, bytes(16), body, MOST, sign(entry_id))


def fits(data: bytes, decode: Callable[[bytes], object], limit: int = FRAME) -> list[object]:
    """What arrives of encoded frames; Splitter and decoder raise for what does not."""
    splitter = Splitter(limit)
    arrived = [decode(body) for body in splitter.feed(data)]
    assert len(splitter) == 0
    assert None not in arrived
    return arrived


_lengths = st.lists(st.sampled_from([1, 80, 1_000, 4_000, 10_000]), min_size=1, max_size=60)


@given(_lengths, st.sampled_from(["x", "ä", WIDE]))
@settings(max_examples=20)
def test_entries_and_pages(lengths: list[int], character: str) -> None:
    log = HostDisk()
    log.append([entry(length, character, writer=number) for number, length in enumerate(lengths)], -MOST)
    run = [LogEntry(one.entry, MOST, LAST - len(lengths) + at, -MOST, one.head) for at, one in enumerate(log.entries)]
    arrived = [frame for block in encode_blocks(run) for frame in fits(block.data, decode_from_host)]
    assert sum(len(frame.rows) for frame in arrived if isinstance(frame, frames.Entries)) == len(run)
    for decode in (decode_from_host, decode_from_client):
        (page,) = fits(encode(cut_page(LAST, run, START)), decode)
        assert isinstance(page, frames.Page)
        assert len(page.entries.rows) >= 1


@given(st.integers(0, PAGE_ENTRIES))
@settings(max_examples=20)
def test_a_page_of_many_small_entries(count: int) -> None:
    log = HostDisk()
    log.append([entry(1, "x", writer=number) for number in range(count)], -MOST)
    fits(encode(cut_page(count + 1, log.entries, START)), decode_from_host)


@given(st.integers(1, 5_000))
@settings(max_examples=8)
def test_what_is_known_already(count: int) -> None:
    """A device that posts all of a long history again, in as many frames as it likes."""
    kitchen = Kitchen(LONGEST)
    ana = Guest(kitchen, "ana").comes()
    said = ana.posts(*["x"] * min(count, 200))
    kitchen.slow = True  # while the first of it is looked up, the rest gathers
    again = list(itertools.islice(itertools.cycle(said), count))
    for start in range(0, count, 300):
        ana.sends(frames.Post(again[start : start + 300]))
    while any(isinstance(action, host_actions.Append) for action in kitchen.asked):
        kitchen.asked = [action for action in kitchen.asked if not isinstance(action, host_actions.Append)]
        kitchen.disk_answers()
        kitchen.settle()
    assert sum(len(frame.entry_ids) for frame in ana.got(frames.Known)) == count


@given(st.integers(1, 400))
@settings(max_examples=10)
def test_who_is_here(count: int) -> None:
    """Many people with the longest nicks come, go away, are met by somebody who comes later, and leave."""
    kitchen = Kitchen(LONGEST)
    early = Guest(kitchen, "early").comes()
    crowd = [Guest(kitchen, f"g{number}") for number in range(count)]
    for number, guest in enumerate(crowd, 1):
        guest.card = widest_card(number)
        guest.comes()
    kitchen.wait(0.2)
    for guest in crowd:
        guest.sends(frames.Available("away"))
    kitchen.wait(0.2)
    late = Guest(kitchen, "late").comes()
    kitchen.wait(2)
    for guest in crowd:
        guest.goes()
    kitchen.wait(0.2)
    for guest in (early, late):
        present = guest.got(frames.Present)
        assert {one.key for frame in present for one in frame.joined} >= {guest.card.key for guest in crowd}
        assert {key for frame in present for key in frame.left} == {guest.card.key for guest in crowd}
        assert {mark.member for frame in present for mark in frame.states} == {guest.card.key for guest in crowd}


@given(st.integers(1, ASKED_AT_ONCE))
@settings(max_examples=10)
def test_cards_that_were_asked_for(count: int) -> None:
    kitchen = Kitchen()
    ana = Guest(kitchen, "ana").comes()
    cards = [widest_card(number) for number in range(count)]
    kitchen.host.received(ana.id, frames.Who([one.key for one in cards]), kitchen.now)
    (asked,) = (action for action in kitchen.host.actions() if isinstance(action, host_actions.ReadCards))
    assert list(asked.keys) == [one.key for one in cards]
    kitchen.host.cards_read(ana.id, cards)
    kitchen.settle()
    assert ana.got(frames.Cards) == [frames.Cards(cards)]


CHAIN = tuple(Pass(ROOM, b"k" * 32, 1, MOST, True, b"i" * 32, b"s" * 64) for _ in range(PASSES_MOST))
OPENING = Keeping(MOST, LAST, START, CHAIN, b"s" * 64)
KEEPS = Entry(b"e" * 16, b"k" * 32, b"d" * 8, 0, *encode_content(OPENING), MOST, b"s" * 64)
HEIR = frames.Heir(b"k" * 32, "a" * 64, 65535, CHAIN)
SMALL_FROM_HOST: list[FromHost] = [
    frames.Pake(b"B" + b"p" * 32),
    frames.Entered(b"p" * 32),
    frames.Refused("a" * 16, MOST),
    frames.Hello(MOST, b"n" * 32, ROOM, WIDE * 40, True, b"o" * 32, KEEPS),
]
SMALL_FROM_HOST_IN: list[FromHost] = [
    frames.Welcome(MOST, LAST, START, LAST, LONGEST, widest_card()),
    frames.Rejected(b"i" * 16, "a" * 16),
    frames.SlowDown(MOST, "a" * 16),
    frames.Delivered(LAST, LAST), frames.Typists([b"k" * 32] * TYPING_NAMED, True),
    frames.SeenBy([frames.ReadMark(b"k" * 32, LAST)] * SEEN_KEPT), frames.OwnRead(LAST, True),
    frames.Earlier(LAST, MOST), frames.Ping(), frames.Pong(), frames.Bye(True),
    frames.GuestCodesGiven([GivenCode(b"s" * 16, MOST, [b"k" * 32] * GUEST_KEYS, MOST)] * GUEST_CODES),
    frames.PassesGiven(CHAIN), frames.Heirs([HEIR] * HEIRS_MOST), frames.Moved(HEIR),
    frames.Sources(b"r" * 32, [frames.FileSource(b"k" * 32, ":" * 64, 65_535)] * SOURCES_MOST, "a" * 16),
    frames.Wanted([b"r" * 32] * HOLDING_MOST),
]  # fmt: skip
OF_ANY_SIZE = {frames.Entries, frames.Page, frames.Known, frames.Present, frames.Cards}  # the tests above
SMALL_FROM_CLIENT: list[FromClient] = [
    frames.Auth(widest_card(), b"n" * 32, b"d" * 8, b"s" * 64, b"A" + b"p" * 32, b"r" * 16, CHAIN),
    frames.Confirm(b"p" * 32),
]
SMALL_FROM_CLIENT_IN: list[FromClient] = [
    frames.Resume(MOST, LAST, START, [frames.LogMark(LAST, START)] * MARKS_MOST, KEEPS),
    frames.Able(65535), frames.TakeBack(), frames.Earlier(LAST, MOST), frames.Have(LAST, LAST),
    frames.Who([b"k" * 32] * ASKED_AT_ONCE), frames.Rename(widest_card()), frames.Available("a" * 16), frames.Typing(),
    frames.Holding(65_535, [b"r" * 32] * HOLDING_MOST), frames.FindSources(b"r" * 32),
    frames.Read(LAST), frames.OwnRead(LAST, True), frames.Ping(), frames.Pong(), frames.Bye(),
]  # fmt: skip


def test_every_other_frame_at_its_largest() -> None:
    for made, decode, limit in (
        (SMALL_FROM_HOST, decode_from_host, FRAME_BEFORE_MEMBER),
        (SMALL_FROM_HOST_IN, decode_from_host, FRAME),
        (SMALL_FROM_CLIENT, decode_from_client, FRAME_BEFORE_MEMBER),
        (SMALL_FROM_CLIENT_IN, decode_from_client, FRAME),
    ):
        for frame in made:
            assert fits(encode(frame), decode, limit) == [frame]
    tried = {type(frame) for frame in SMALL_FROM_HOST + SMALL_FROM_HOST_IN} | OF_ANY_SIZE
    assert tried == set(FromHost.__args__), "a frame of a host that no test here makes"
    tried_of_clients = {type(frame) for frame in SMALL_FROM_CLIENT + SMALL_FROM_CLIENT_IN}
    tried_of_clients |= {frames.Post, frames.Page}
    assert tried_of_clients == set(FromClient.__args__), "a frame of a client that no test here makes"


@given(_lengths, st.sampled_from(["x", WIDE]))
@settings(max_examples=20)
def test_posts(lengths: list[int], character: str) -> None:
    mine = [entry(length, character) for length in lengths]
    outbox = Outbox(mine)
    outbox.open(LONGEST.posts_per_second, LONGEST.burst, 0.0)
    arrived = [frame for post in outbox.due(1.0) for frame in fits(encode(post), decode_from_client)]
    assert [one for frame in arrived if isinstance(frame, frames.Post) for one in frame.entries] == mine


@given(st.integers(1, 1_000))
@settings(max_examples=10)
def test_whose_keys_are_these(authors: int) -> None:
    """A client that comes into a room where nobody it knows has written."""
    log = HostDisk()
    log.append([entry(1, "x", writer=number) for number in range(authors)], 0)
    client = Client(ROOM, None, [], MemberKey(card("ana").key))
    client.connected(0.0)
    client.received(frames.Welcome(1, 0, START, authors, LONGEST, card("host")), 0.0)
    for start in range(0, authors, 100):
        client.received(encoded_log.pack(log.entries[start : start + 100]), 0.0)
    asked: set[bytes] = set()
    while sent := [action.data for action in client.actions() if isinstance(action, Send)]:
        for frame in (frame for data in sent for frame in fits(data, decode_from_client)):
            if isinstance(frame, frames.Who):
                asked.update(frame.keys)
                client.received(frames.Cards([]), 0.0)
    assert len(asked) == authors


def test_nobodys_words_travel_but_texts_titles_and_nicks() -> None:
    """Why a host refuses or waits is a code: it is said in the language of whoever reads it."""
    strings = {
        f"{kind.__name__}.{name}"
        for kind in (*FromHost.__args__, *FromClient.__args__, Card, Entry, frames.Row)
        for name, typed in kind.__annotations__.items()
        if "str" in str(typed) or "Text" in str(typed) or "Code" in str(typed)
    }
    codes = {"Refused.code", "Rejected.code", "SlowDown.code", "Available.state", "Sources.host"}
    codes.add("GuestCodesGiven.codes")  # secrets of another kind of code: bytes
    assert strings - codes == {
        "Hello.room_id", "Hello.title", "Card.nick", "Entry.kind", "Row.kind"
    }  # fmt: skip
    for words in ("go to evil.example", "Enough!", "x" * 17, "", "full\n"):
        for frame in (frames.Refused(words), frames.Rejected(b"i" * 16, words), frames.SlowDown(1, words)):
            with pytest.raises(frames.BadFrame):
                decode_from_host(encode(frame)[4:])

