"""Passphrases: the ones we make up, the ones people type, and the secret behind them."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanchat.core.model import RoomId
from lanchat.trust.passphrase import UnfitPassphrase, check_own, derive, generate, normalise
from lanchat.trust.wordlist import WORDS

#: Checked against hashlib: scrypt(b"apple-banjo-comet-dune", salt=digest("passphrase", room_id), n=2**14, r=8, p=1).
SECRET_OF_VERSION_1 = bytes.fromhex("c56be80e5aedb265d291e87f5fffd90bb8d70d53a3abea06b9c1ec2170383b89")
KITCHEN, GARDEN = RoomId("kitchenkitchen22"), RoomId("gardengardengard")


def test_a_made_up_passphrase_is_four_words_of_the_list() -> None:
    words = generate().split("-")
    assert len(words) == 4
    assert set(words) <= set(WORDS)
    assert len({generate() for _ in range(50)}) == 50


def test_a_made_up_passphrase_has_forty_bits() -> None:
    assert len(WORDS) == len(set(WORDS)) == 1024
    assert 4 * math.log2(len(WORDS)) == 40


def test_words_are_short_and_plain() -> None:
    assert all(word.isascii() and word.isalpha() and word.islower() and 4 <= len(word) <= 6 for word in WORDS)


def test_no_slip_of_one_letter_makes_another_word() -> None:
    for word in WORDS:
        places = range(len(word))
        left_out = {word[:place] + word[place + 1 :] for place in places}
        swapped = {word[:place] + word[place + 1 : place + 2] + word[place] + word[place + 2 :] for place in places}
        assert not (left_out | swapped - {word}) & set(WORDS), word
    mistyped = [word[:place] + "?" + word[place + 1 :] for word in WORDS for place in range(len(word))]
    assert len(mistyped) == len(set(mistyped))


def test_no_word_begins_another() -> None:
    assert list(WORDS) == sorted(WORDS)
    assert not any(later.startswith(word) for word, later in pairwise(WORDS))


@pytest.mark.parametrize(
    "typed",
    [
        "apple-banjo-comet-dune",
        "Apple Banjo COMET dune",
        "  apple\u2011banjo\u2014comet\u00a0dune\n",
        "apple_banjo - comet\tdune",
        "apple-ban\u200bjo-comet-dune",
        "\U0001d400pple-banjo-comet-dune",  # a capital that only NFKC makes one
        "\uff41pple-banjo-comet-dune",
    ],
)
def test_how_it_is_typed_does_not_matter(typed: str) -> None:
    assert normalise(typed) == "apple-banjo-comet-dune"


@given(st.text())
def test_typing_the_normal_form_gives_the_same(typed: str) -> None:
    assert normalise(normalise(typed)) == normalise(typed)


def test_accents_are_the_same_however_they_are_encoded() -> None:
    assert normalise("Cre\u0301me br\u00fbl\u00e9e") == normalise("cr\u00e9me bru\u0302le\u0301e")


@pytest.mark.parametrize("typed", ["", "   ", "12345", "- - - - - -", "\u200b" * 9, "x" * 101])
def test_a_passphrase_of_ones_own_must_fit(typed: str) -> None:
    with pytest.raises(UnfitPassphrase, match="passphrase"):
        check_own(typed)


@pytest.mark.parametrize("typed", ["123456", "sesame", "\u5f00\u95e8\u5427\u829d\u9ebb\u95e8", "calf-otter-olive-sun"])
def test_a_passphrase_of_ones_own_may_be_simple(typed: str) -> None:
    check_own(typed)


def test_the_secret_depends_on_the_words_and_the_room_alone() -> None:
    secret = derive("apple-banjo-comet-dune", KITCHEN)
    assert len(secret) == 32
    assert secret == derive("Apple Banjo Comet Dune", KITCHEN)
    assert secret != derive("apple-banjo-comet-dune", GARDEN)
    assert secret != derive("apple-banjo-comet-dove", KITCHEN)


def test_the_secret_stays_the_same_in_every_version() -> None:
    """Hosts keep secrets and clients derive them anew, perhaps with another lanchat."""
    assert derive("apple-banjo-comet-dune", KITCHEN) == SECRET_OF_VERSION_1
