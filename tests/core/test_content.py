"""What an entry says: which a host takes, and what of them a person sees."""

from __future__ import annotations

import hashlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kitchen import Guest, Kitchen, card, device, entry
from msgspec import structs

from lanchat.core import frames
from lanchat.core.codes import CloseCode, HoldCode, RejectCode, close_words, hold_words, rejection_words
from lanchat.core.content import Text, UnknownAnnotation, UnknownMessage, decode, encode, fault_of, is_reaction
from lanchat.core.encoded_log import pack, unpack
from lanchat.core.limits import Limits
from lanchat.core.message import message_of
from lanchat.core.model import START, LogEntry, next_head
from lanchat.core.text import clean_text, shows_nothing

NOTHING_TO_SEE = [
    "", " \n\t ", "\u200b", "\u200b\u200c\u200d\u2060\ufeff", "\u200e\u200f\u202a\u202e\u2066\u2069", "\u00ad",
    "\u034f", "\u115f\u1160\u3164\uffa0", "\u2800 \u2800", "\u180e", "\ufe0f\ufe00", "\U000e0041\U000e007f",
    "\U000e0100", "\x00\x1b\x7f\x85", "\ufff9\ufffb\ufff0", "\ufdd0\U0001ffff", "\u0301\u0301", "\u2028\u2029",
    "\U0001d159\U0001d173",
]  # fmt: skip
ENGLAND = "\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
KINDS = [("text", True), ("picture", True), ("+reaction", True), ("a" * 16, True), ("+" + "a" * 15, True), ("", False),
         ("+", False), ("Text", False), ("te xt", False), ("text\n", False), ("++a", False), ("a+", False),
         ("tëxt", False), ("a" * 17, False), ("+" + "a" * 16, False), ("text2", False)]  # fmt: skip


def is_seen(made: frames.Entry) -> bool:
    return message_of(LogEntry(made, 1, 1, 0, START)) is not None


def said(text: str, kind: str = "text") -> frames.Entry:
    return entry(card("ana"), device("pc"), 1, text, kind)


@pytest.mark.parametrize("text", NOTHING_TO_SEE, ids=ascii)
def test_a_text_of_which_nothing_would_be_seen_is_no_entry(text: str) -> None:
    kitchen = Kitchen()
    ana = Guest(kitchen, "ana").comes()
    (nothing,) = ana.posts(text)
    assert ana.got(frames.Rejected) == [frames.Rejected(nothing.entry_id, "empty")]
    assert kitchen.texts == []
    assert not is_seen(nothing)  # should another host have taken it


@pytest.mark.parametrize("text", ["a", "\u200bن", "👍\ufe0f", "\u2800⠁", "…", "\U0001fae9", "\ue000"], ids=ascii)
def test_a_text_of_which_something_is_seen_is_one(text: str) -> None:
    assert fault_of(said(text), Limits()) is None
    assert is_seen(said(text))


@given(st.text(max_size=20))
def test_nothing_is_seen_exactly_where_nothing_is_left_once_cleaned(text: str) -> None:
    assert shows_nothing(text) == (clean_text(text) == "")


@pytest.mark.parametrize(("kind", "fits"), KINDS)
def test_the_name_of_a_kind_tells_its_class(kind: str, fits: bool) -> None:
    made = said("?", kind)
    assert (fault_of(made, Limits()) is None) == fits
    if fits and kind != "text":
        assert decode(kind, b"?") == (UnknownAnnotation(kind) if kind[0] == "+" else UnknownMessage(kind))
        assert is_seen(made) == (kind[0] != "+")


def test_only_a_text_needs_words() -> None:
    assert fault_of(said("", "+deletion"), Limits()) is None
    assert fault_of(said("", "picture"), Limits()) is None
    assert fault_of(said("x" * 16_001, "picture"), Limits()) is RejectCode.LONG


def test_a_text_is_its_words_in_utf_8() -> None:
    text = Text("two\nlines 👋")
    assert encode(text) == ("text", None, "two\nlines 👋".encode())
    assert decode("text", encode(text).body) == text


def test_a_text_that_is_not_utf_8_is_not_taken_and_not_shown() -> None:
    kitchen = Kitchen()
    ana = Guest(kitchen, "ana").comes()
    broken = structs.replace(said("x"), author=ana.card.key, body=b"caf\xe9")
    assert fault_of(broken, Limits()) is RejectCode.ENCODING
    ana.sends(frames.Post([broken]))
    assert ana.got(frames.Rejected) == [frames.Rejected(broken.entry_id, "encoding")]
    assert not is_seen(broken)  # should another host have taken it


@given(st.binary(max_size=20), st.sampled_from(["text", "picture", "+reaction"]))
def test_whatever_is_in_an_entry_it_can_be_read(body: bytes, kind: str) -> None:
    is_seen(structs.replace(said("x", kind), body=body))


@pytest.mark.parametrize("kind", ["text", "+sealed", "+edit", "+topic", "+react", "+ban", "+later"])
def test_arrays_in_arrays_are_no_content(kind: str) -> None:
    """MessagePack of any depth: decoding it raises RecursionError."""
    parts = [b"\xc4\x20" + bytes(32), *[b"\xc4\x50" + bytes(80)] * 2, b"\xc4\x01x"]
    for body in (b"\x91" * 14_000, b"\x95" + b"".join(parts) + b"\x91" * 14_000 + b"\xc0"):
        entry = structs.replace(said("x", kind), body=body)
        assert decode(kind, body) is not None
        assert fault_of(entry, Limits()) is not None or kind in ("+sealed", "+later")


@pytest.mark.parametrize("emoji", ["👍", "🇮🇩", "❤️", "©️", "1️⃣", "👩🏻‍❤️‍💋‍👨🏿", "🏴" + ENGLAND, "☺", "→", "‼️"])
def test_an_emoji_is_a_reaction(emoji: str) -> None:
    assert is_reaction(emoji)


@pytest.mark.parametrize(
    "text",
    ["", "lol", "a", "1", "555-1234", "/", "<", "...", "!", "👍 ", "👍\u202e", "\u202e👍", "👍\u2066", "👍\u200b",
     "👍\u00ad", "👍\u200d", "\u2800", "👍\n", "👍" * 11, "👍\U000e0041", "!" + "\u0301" * 19, "👍" + "\u0301" * 9,
     "\ud800", "\ufe0f"],
)  # fmt: skip
def test_what_is_no_emoji_is_no_reaction(text: str) -> None:
    assert not is_reaction(text)


def test_many_marks_cost_no_time() -> None:
    """Normalising a long row of marks takes time by its square."""
    began = time.process_time()
    for _ in range(20):
        assert decode("+topic", ("\u0301\u0323" * 4_000).encode()) == UnknownAnnotation("+topic")
        assert clean_text("a" + "\u0301\u0323" * 2_000)
    assert time.process_time() - began < 1


def test_an_entry_whose_body_was_erased_proves_itself_and_shows_that_it_was_deleted() -> None:
    whole = said("to be erased")
    erased = structs.replace(whole, body=b"", erased=hashlib.sha256(whole.body).digest())
    assert erased.signed_digest("r") == whole.signed_digest("r")
    shown = message_of(LogEntry(erased, 1, 1, 0, START))
    assert shown is not None
    assert (shown.deleted, shown.text) == (True, "")
    run = [LogEntry(erased, 1, 1, 0, next_head(START, "r", 1, 1, 0, whole))]
    assert unpack(pack(run), "r", START) == run


def test_a_body_that_is_there_is_what_was_signed() -> None:
    other = structs.replace(said("another text"), erased=hashlib.sha256(b"what was signed").digest())
    assert other.signed_digest("r") == structs.replace(other, erased=None).signed_digest("r")


def test_every_code_has_words_and_a_code_of_a_later_host_is_never_shown() -> None:
    # what these lead to is told
    silent = {CloseCode.PASSPHRASE, CloseCode.WRONG, CloseCode.SELF, CloseCode.STRANGER}
    silent |= {CloseCode.STANDBY, CloseCode.ENDED, CloseCode.NICK}  # two are for browsers
    assert {code for code in CloseCode if not close_words(code)} == silent
    words = [rejection_words(code) for code in RejectCode]
    assert words.count(rejection_words("later")) == 4  # of what no honest client sends
    assert len({hold_words(code) for code in HoldCode}) == len(HoldCode)
    assert "later" not in close_words("later") + rejection_words("later") + hold_words("later")
