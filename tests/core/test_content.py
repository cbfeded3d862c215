"""What an entry says: which a host takes, and what of them a person sees."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kitchen import Guest, Kitchen, card, device, entry
from msgspec import structs

from lanchat.core import frames
from lanchat.core.codes import CloseCode, HoldCode, RejectCode, close_words, hold_words, rejection_words
from lanchat.core.content import Text, UnknownAnnotation, UnknownMessage, decode, encode, fault_of
from lanchat.core.limits import Limits
from lanchat.core.message import message_of
from lanchat.core.model import START, LogEntry
from lanchat.core.text import clean_text, shows_nothing

NOTHING_TO_SEE = [
    "", " \n\t ", "\u200b", "\u200b\u200c\u200d\u2060\ufeff", "\u200e\u200f\u202a\u202e\u2066\u2069", "\u00ad",
    "\u034f", "\u115f\u1160\u3164\uffa0", "\u2800 \u2800", "\u180e", "\ufe0f\ufe00", "\U000e0041\U000e007f",
    "\U000e0100", "\x00\x1b\x7f\x85", "\ufff9\ufffb\ufff0", "\ufdd0\U0001ffff", "\u0301\u0301", "\u2028\u2029",
    "\U0001d159\U0001d173",
]  # fmt: skip
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


def test_every_code_has_words_and_a_code_of_a_later_host_is_never_shown() -> None:
    silent = {CloseCode.PASSPHRASE, CloseCode.WRONG, CloseCode.TWIN, CloseCode.SELF}  # what these lead to is told
    assert {code for code in CloseCode if not close_words(code)} == silent
    words = [rejection_words(code) for code in RejectCode]
    assert words.count(rejection_words("later")) == 2  # no honest client sends a kind without a name, or no UTF-8
    assert len({hold_words(code) for code in HoldCode}) == len(HoldCode)
    assert "later" not in close_words("later") + rejection_words("later") + hold_words("later")
