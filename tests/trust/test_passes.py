"""Who may keep a room open: only the owner, and to whom a whole chain of passes leads from the owner."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tls_pair import without

from lanchat.core import epoch
from lanchat.core.content import Payload, Text, encode
from lanchat.core.keeping import PASSES_MOST, Keeping, Pass, Passes, Rank
from lanchat.core.model import Entry, MemberKey, RoomId
from lanchat.trust.identity import Identity
from lanchat.trust.passes import check_keeping, make_keeping, make_pass, rank_of, sign_reign
from lanchat.trust.signing import make_entry
from tests.identities import new_identity

KITCHEN, GARDEN = RoomId("kitchenkitchen22"), RoomId("gardengardengard")
ana, ben, cem, dora = (new_identity() for _ in range(4))
EPOCH = epoch.next_epoch(0, 5)


def chain(*people: Identity, room: RoomId = KITCHEN, generation: int = 0, rank: Rank = Rank.MEMBER) -> Passes:
    """The first owns the room and names the second, with this rank; the second names the third, and so on."""
    return tuple(
        make_pass(issuer, room, to.key, rank if issuer is people[0] else Rank.MEMBER, generation)
        for issuer, to in pairwise(people)
    )


def rank_in_kitchen(who: Identity, passes: Passes, generation: int = 0, *banned: Identity) -> Rank | None:
    keys = {one.key for one in banned}
    return rank_of(who.key, ana.key, KITCHEN, passes, generation, without(keys))


def said_by(who: Identity, passes: Passes, number: int = EPOCH, signature: bytes = b"") -> Entry:
    return make_keeping(who, KITCHEN, Keeping(number, 3, bytes(32), passes, signature))


def test_the_owner_needs_no_pass_and_cannot_be_banned() -> None:
    assert rank_in_kitchen(ana, ()) is Rank.OWNER
    assert rank_in_kitchen(ana, (), 7, ana) is Rank.OWNER


def test_who_shows_a_whole_chain_is_entitled() -> None:
    assert rank_in_kitchen(ben, chain(ana, ben)) is Rank.MEMBER
    assert rank_in_kitchen(dora, chain(ana, ben, cem, dora)) is Rank.MEMBER
    assert rank_in_kitchen(ben, chain(ana, ben, rank=Rank.CO_OWNER)) is Rank.CO_OWNER
    assert rank_in_kitchen(cem, chain(ana, ben, cem, rank=Rank.CO_OWNER)) is Rank.MEMBER


def test_a_chain_has_at_most_eight_passes() -> None:
    people = [new_identity() for _ in range(PASSES_MOST + 1)]
    assert rank_in_kitchen(people[7], chain(ana, *people[:8])) is Rank.MEMBER
    assert rank_in_kitchen(people[8], chain(ana, *people)) is None


@pytest.mark.parametrize(
    "passes",
    [
        (),
        chain(ana, cem),
        chain(ana, ben, cem),
        chain(ben, ben),
        chain(cem, ben),
        chain(ana, ben, room=GARDEN),
        chain(ana, cem) + chain(dora, ben),
        chain(ana, cem, ben)[1:],
        chain(ana, cem, ben)[::-1],
        chain(ana, cem) + chain(cem, ben, rank=Rank.CO_OWNER),
        chain(ana, cem, rank=Rank.CO_OWNER) + chain(cem, ben, rank=Rank.CO_OWNER),
        chain(ana, cem, generation=1) + chain(cem, ben, generation=2),
        chain(ana, cem) + chain(cem, ben, room=GARDEN),
    ],
    ids=[
        "none", "somebody else's", "ends at somebody else", "signed by himself", "another's room", "another room",
        "a link is missing", "without the owner's", "order swapped", "a member makes a co-owner",
        "a co-owner makes a co-owner", "two generations", "the second of another room",
    ],
)  # fmt: skip
def test_nothing_less_than_a_whole_chain_entitles(passes: Passes) -> None:
    assert rank_in_kitchen(ben, passes) is None


def test_a_pass_that_may_not_be_passed_on_is_the_last_of_its_chain() -> None:
    alone = (make_pass(ana, KITCHEN, ben.key, Rank.MEMBER, 0, passes_on=False),)
    assert rank_in_kitchen(ben, alone) is Rank.MEMBER
    assert rank_in_kitchen(cem, alone + chain(ben, cem)) is None
    middle = make_pass(cem, KITCHEN, ben.key, Rank.MEMBER, 0, passes_on=False)
    assert rank_in_kitchen(dora, (*chain(ana, cem), middle, *chain(ben, dora))) is None


@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize(
    "change",
    [
        {"room_id": GARDEN},
        {"key": dora.key},
        {"rank": 1},
        {"generation": 2},
        {"passes_on": False},
        {"issuer": dora.key},
        {"signature": bytes(64)},
        {"signature": b""},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_pass_changed_anywhere_entitles_nobody(place: int, change: dict[str, object]) -> None:
    passes = list(chain(ana, cem, ben))
    passes[place] = replace(passes[place], **change)
    assert rank_in_kitchen(ben, tuple(passes)) is None


def test_nobody_signs_in_the_name_of_the_owner() -> None:
    forged = make_pass(ben, KITCHEN, ben.key, Rank.MEMBER, 0)
    assert rank_in_kitchen(ben, (replace(forged, issuer=ana.key),)) is None


def test_a_key_that_anybody_can_sign_for_owns_no_room() -> None:
    everybodys = MemberKey(bytes([1]) + bytes(31))
    nobodys = Pass(KITCHEN, ben.key, 0, 0, True, everybodys, bytes([1]) + bytes(63))
    assert rank_of(ben.key, everybodys, KITCHEN, (nobodys,)) is None


def test_a_new_passphrase_voids_the_passes_before() -> None:
    assert rank_in_kitchen(cem, chain(ana, ben, cem, generation=4), 5) is None
    assert rank_in_kitchen(cem, chain(ana, ben, cem, generation=5), 5) is Rank.MEMBER
    assert rank_in_kitchen(cem, chain(ana, ben, cem, generation=6), 5) is Rank.MEMBER, "not known here yet"


@pytest.mark.parametrize("banned", [ben, cem, dora], ids=["first", "middle", "last"])
def test_a_ban_of_anybody_in_the_chain_voids_it(banned: Identity) -> None:
    assert rank_in_kitchen(dora, chain(ana, ben, cem, dora), 0, banned) is None


def test_a_pass_makes_no_more_of_who_shows_it_than_the_owner_does_now() -> None:
    as_member = {ben.key: Rank.MEMBER}
    passes = chain(ana, ben, rank=Rank.CO_OWNER)
    assert rank_of(ben.key, ana.key, KITCHEN, passes, 0, as_member.get) is Rank.MEMBER
    assert rank_of(ben.key, ana.key, KITCHEN, passes, 0, {}.get) is None
    assert rank_of(cem.key, ana.key, KITCHEN, chain(ana, ben, cem), 0, {cem.key: Rank.CO_OWNER}.get) is None
    both = {ben.key: Rank.MEMBER, cem.key: Rank.CO_OWNER}
    assert rank_of(cem.key, ana.key, KITCHEN, chain(ana, ben, cem), 0, both.get) is Rank.MEMBER


@given(st.binary(max_size=300), st.lists(st.binary(max_size=64), max_size=9))
def test_random_bytes_entitle_nobody(signature: bytes, keys: list[bytes]) -> None:
    passes = tuple(Pass(KITCHEN, key, 0, 0, True, ana.key, signature) for key in keys)
    assert rank_in_kitchen(ben, passes) is None
    assert rank_in_kitchen(ben, (Pass(KITCHEN, ben.key, 0, 0, True, ana.key, signature),)) is None


# --- the entry that opens an epoch


@pytest.mark.parametrize(("who", "passes"), [(ana, ()), (cem, chain(ana, ben, cem))], ids=["owner", "member"])
def test_who_is_entitled_opens_an_epoch(who: Identity, passes: Passes) -> None:
    entry = said_by(who, passes)
    assert (entry.counter, entry.target, entry.kind) == (0, None, "+keeps")
    assert check_keeping(entry, KITCHEN, ana.key) == Keeping(EPOCH, 3, bytes(32), passes)


def test_two_openings_are_two_entries() -> None:
    assert said_by(ana, ()).entry_id != said_by(ana, ()).entry_id


@pytest.mark.parametrize(
    "entry",
    [
        said_by(ben, ()),
        said_by(ben, chain(ana, ben, cem)),
        said_by(ben, chain(ana, ben, room=GARDEN)),
        replace(said_by(ben, chain(ana, ben)), author=ana.key),
        replace(said_by(ana, ()), signature=bytes(64)),
        replace(said_by(ana, ()), body=msgspec.msgpack.encode(Keeping(EPOCH + 1, 3, bytes(32)))),
        make_keeping(ana, GARDEN, Keeping(EPOCH, 3, bytes(32))),
        said_by(ana, (), 2**53),
        make_entry(ana, KITCHEN, 1, encode(Keeping(EPOCH, 3, bytes(32))), 0),
        make_entry(ana, KITCHEN, 0, Payload("+keeps", None, b""), 0),
        make_entry(ana, KITCHEN, 0, encode(Text("mine")), 0),
    ],
    ids=[
        "no passes", "somebody else's", "of another room", "not by its author", "not signed", "changed",
        "for another room", "nonsense", "of a device's own", "empty", "a text",
    ],
)  # fmt: skip
def test_no_other_entry_opens_an_epoch(entry: Entry) -> None:
    assert check_keeping(entry, KITCHEN, ana.key) is None


def test_only_the_owner_begins_a_reign() -> None:
    """Members keep the room open in it as soon as they have seen the owner's signature of its number."""
    member, co_owner = (ben, chain(ana, ben)), (ben, chain(ana, ben, rank=Rank.CO_OWNER))
    for who, passes in (member, co_owner):
        for number in (1, 8_191):
            epoch_of_it = (number << 40) + 7
            others = [b"", bytes(64), sign_reign(who, KITCHEN, epoch_of_it), sign_reign(ana, GARDEN, epoch_of_it)]
            others.append(sign_reign(ana, KITCHEN, (number + 1) << 40))
            for signature in others:
                assert check_keeping(said_by(who, passes, epoch_of_it, signature), KITCHEN, ana.key) is None
            signature = sign_reign(ana, KITCHEN, epoch_of_it)
            assert check_keeping(said_by(who, passes, epoch_of_it, signature), KITCHEN, ana.key) is not None
            assert check_keeping(said_by(ana, (), epoch_of_it), KITCHEN, ana.key) is not None


@pytest.mark.parametrize("number", [0, 3, 8_191])
def test_the_upper_half_of_the_turns_is_the_owner_s(number: int) -> None:
    first = (number << 40) + (epoch.SHARED_TURNS << 20)
    for at, counts in ((first - 1, True), (first, False), (((number + 1) << 40) - 1, False)):
        entry = said_by(ben, chain(ana, ben, rank=Rank.CO_OWNER), at, sign_reign(ana, KITCHEN, at))
        assert (check_keeping(entry, KITCHEN, ana.key) is not None) is counts
        assert check_keeping(said_by(ana, (), at), KITCHEN, ana.key) is not None


def test_who_was_banned_and_who_knows_an_old_passphrase_opens_none() -> None:
    entry = said_by(cem, chain(ana, ben, cem))
    assert check_keeping(entry, KITCHEN, ana.key, 1) is None
    assert check_keeping(entry, KITCHEN, ana.key, 0, without({ben.key})) is None
    assert check_keeping(entry, KITCHEN, ana.key) is not None


@given(st.binary(max_size=600))
def test_random_bytes_open_no_epoch(body: bytes) -> None:
    entry = make_entry(ana, KITCHEN, 0, Payload("+keeps", None, body), 0)
    told = check_keeping(entry, KITCHEN, ana.key)
    assert told is None or msgspec.msgpack.decode(body, type=Keeping) == told
