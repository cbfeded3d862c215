"""What is said of offered files, whatever their authors say of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from lanchat.core.file_offer import FileOffer
from lanchat.core.file_words import described_offer, offer_facts, offer_line, offer_words, sent_words, shown_file_name

PLAN = FileOffer("plan.pdf", 2_345_000, 1, bytes(32), 100, "application/pdf", caption="look at\npage 3")


@pytest.mark.parametrize(
    ("offer", "words"),
    [
        (PLAN, "plan.pdf, 2.3 MB"),
        (replace(PLAN, name="photos", count=12, media=""), "photos, 12 files, 2.3 MB"),
        (replace(PLAN, name="3 files", count=3, media=""), "3 files, 2.3 MB"),
        (replace(PLAN, media="audio/ogg", seconds=72), "voice message, 1:12"),
        (replace(PLAN, media="audio/ogg"), "plan.pdf, 2.3 MB"),
        (replace(PLAN, name="exe.\u202efdp", size=1), "exe.fdp, 1 byte"),
        (replace(PLAN, name="\u200b"), "(no name), 2.3 MB"),
    ],
)
def test_what_is_offered(offer: FileOffer, words: str) -> None:
    assert offer_words(offer) == words


def test_who_sent_it_and_what_is_said_beside_it() -> None:
    assert sent_words("Ana", PLAN) == "Ana sent plan.pdf, 2.3 MB"
    assert offer_line("Ana", PLAN) == "Ana sent plan.pdf, 2.3 MB: look at page 3"
    assert offer_line("Ana", replace(PLAN, caption=""), mine=True) == "You sent plan.pdf, 2.3 MB"
    assert described_offer(PLAN) == "plan.pdf, 2.3 MB: look at page 3"


def test_programs_get_numbers_and_no_key() -> None:
    facts = offer_facts(replace(PLAN, key=b"k" * 32))
    assert (facts["name"], facts["size"], facts["count"], facts["root"]) == ("plan.pdf", 2_345_000, 1, "00" * 32)
    assert "key" not in facts


@given(st.text(min_size=1, max_size=255), st.text(max_size=300), st.integers(0, 2**63 - 1))
def test_whatever_it_is_called_it_is_one_line_without_controls(name: str, caption: str, size: int) -> None:
    offer = replace(PLAN, name=name, caption=caption, size=size)
    for words in (offer_line("Ana", offer), described_offer(offer)):
        assert words.isprintable() or not {"\n", "\r", "\x1b", "\u202e", "\0"} & set(words)
    assert shown_file_name(offer).strip()
