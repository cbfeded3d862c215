"""Passphrases: how they are made, normalised and turned into a secret, and how often one may be tried."""

from __future__ import annotations

import math
import pickle
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanchat.core import limits
from lanchat.core.model import RoomId
from lanchat.trust.passphrase import (
    WORDS,
    PassphraseLimiter,
    TooManyAttempts,
    UnfitPassphrase,
    check_own,
    derive,
    generate,
    normalise,
)

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


AT_ONCE = limits.PASSPHRASE_AT_ONCE
(EACH, EACH_WINDOW), (ROOM, ROOM_WINDOW) = limits.PASSPHRASE_PER_ADDRESS, limits.PASSPHRASE_PER_ROOM


def guess(guard: PassphraseLimiter, now: float, address: str, right: bool | None = False) -> bool:
    return guard.end(guard.start(now, address), right)


def wait_for(guard: PassphraseLimiter, now: float, address: str) -> float:
    with pytest.raises(TooManyAttempts) as caught:
        guard.start(now, address)
    return caught.value.wait


def test_few_are_computed_at_once() -> None:
    guard = PassphraseLimiter()
    running = [guard.start(0.0, f"10.0.0.{number}") for number in range(AT_ONCE)]
    assert 0 < wait_for(guard, 0.0, "10.0.0.99") <= 5
    guard.end(running[0], None)
    guard.start(0.0, "10.0.0.99")


def test_who_never_finishes_a_try_keeps_nobody_out_for_long() -> None:
    guard = PassphraseLimiter()
    for number in range(AT_ONCE):
        guard.start(0.0, f"10.0.0.{number}")
    guard.start(wait_for(guard, 0.0, "10.0.0.99"), "10.0.0.99")


def test_an_address_guesses_so_often_and_then_waits() -> None:
    guard = PassphraseLimiter()
    for second in range(EACH):
        guess(guard, float(second), "10.0.0.1")
    assert wait_for(guard, float(EACH), "10.0.0.1") == pytest.approx(EACH_WINDOW - EACH)
    guess(guard, float(EACH), "10.0.0.2")  # others need not wait
    guess(guard, EACH_WINDOW, "10.0.0.1")  # the first guess is forgotten
    assert wait_for(guard, EACH_WINDOW, "10.0.0.1") == pytest.approx(1.0)  # and only that one


def test_all_addresses_together_guess_so_often_and_then_wait() -> None:
    guard = PassphraseLimiter()
    for number in range(ROOM):
        guess(guard, 0.5 * number, f"10.0.0.{number}")
    assert wait_for(guard, 20.0, "10.0.1.1") == pytest.approx(ROOM_WINDOW - 20)
    guess(guard, ROOM_WINDOW, "10.0.1.1")


def test_breaking_off_is_a_guess_too() -> None:
    guard = PassphraseLimiter()
    for _ in range(EACH):
        guess(guard, 0.0, "10.0.0.1", right=None)
    wait_for(guard, 0.0, "10.0.0.1")


def test_a_crowd_that_knows_the_passphrase_is_not_held_up() -> None:
    guard = PassphraseLimiter()
    for number in range(1000):
        assert not guess(guard, 0.01 * number, f"10.0.0.{number % 3}", right=True)


def test_the_host_is_told_of_many_wrong_ones_but_not_of_each() -> None:
    guard = PassphraseLimiter()
    told = [number for number in range(1, 101) if guess(guard, 1000.0 * number, "10.0.0.1")]
    assert told == [limits.PASSPHRASE_ALARM * times for times in (1, 2, 4, 8)]


def test_old_guesses_take_no_memory() -> None:
    guard = PassphraseLimiter()
    for number in range(2000):
        guess(guard, ROOM_WINDOW * number, f"10.0.{number // 200}.{number % 200}")
    assert len(pickle.dumps(guard)) < 1000


def test_who_breaks_off_raises_no_alarm() -> None:
    guard = PassphraseLimiter()
    assert not any(guess(guard, 1000.0 * number, "10.0.0.1", right=None) for number in range(100))


def test_one_machine_cannot_pass_for_many_by_ipv6() -> None:
    guard = PassphraseLimiter()
    for number in range(EACH):
        guess(guard, 0.0, f"fd00:1:2:3::{number:x}%eth0")
    wait_for(guard, 0.0, "fd00:1:2:3:ffff::1")
    guess(guard, 0.0, "fd00:1:2:4::1")


@given(st.lists(st.tuples(st.floats(0, 30), st.integers(0, 2000), st.sampled_from([True, False, None])), max_size=300))
def test_no_crowd_gets_past_the_limits_or_into_memory(tries: list[tuple[float, int, bool | None]]) -> None:
    guard, now = PassphraseLimiter(), 0.0
    granted: list[tuple[float, int]] = []
    waits: list[float] = []
    for pause, number, right in tries:
        now += pause
        try:
            guess(guard, now, f"fd00:0:0:{number:x}::1", right)
        except TooManyAttempts as busy:
            waits.append(busy.wait)
        else:
            granted += [(now, number)] if not right else []
    assert all(0 < wait <= ROOM_WINDOW for wait in waits)
    for at, number in granted:
        lately = [other for when, other in granted if at - ROOM_WINDOW < when <= at]
        assert len(lately) <= ROOM
        assert lately.count(number) <= EACH
    assert len(pickle.dumps(guard)) < 5000
