"""A room whose owner is away: whom its members let keep it open, and who gets in there without being asked again."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from msgspec.structs import replace
from tls_pair import EPOCH, GARDEN, KITCHEN, Outcome, Room, TlsPair, new_client, run_handshake, without

from lanchat.core.frames import Auth, Hello, Refused
from lanchat.core.keeping import Keeping, Passes, Rank, keeping_in
from lanchat.core.listing import key_fingerprint
from lanchat.core.model import MemberKey
from lanchat.trust import passphrase
from lanchat.trust.handshake import Expected, HostHandshake, Pin
from lanchat.trust.identity import Identity
from lanchat.trust.join_errors import (
    Downgrade,
    HostKeyChanged,
    JoinError,
    KeeperNotEntitled,
    PassphraseRequired,
    Refusal,
    RefusedByHost,
    WrongHost,
    WrongPassphrase,
)
from lanchat.trust.passes import make_keeping, make_pass
from tests.identities import new_identity

WORDS, OTHER_WORDS = "apple-banjo-comet-dune", "other-words-than-those"
SECRET, OTHER_SECRET = passphrase.derive(WORDS, KITCHEN), passphrase.derive(OTHER_WORDS, KITCHEN)
ana, ben, cem, mallory = (new_identity() for _ in range(4))


def chain(*people: Identity, generation: int = 0, room: Any = KITCHEN) -> Passes:
    """The first owns the room and names the second, who names the third, and so on."""
    return tuple(make_pass(issuer, room, to.key, Rank.MEMBER, generation) for issuer, to in pairwise(people))


BENS, BENS_PROTECTED = chain(ana, ben), chain(ana, ben, generation=1)


def kept_by(who: Identity, passes: Passes = BENS, **parts: Any) -> Room:
    """Ana's kitchen, which somebody else keeps open."""
    return Room(host=who, owner=ana, passes=passes, **parts)


def protected_by(who: Identity, passes: Passes = BENS_PROTECTED, **parts: Any) -> Room:
    """The same, with a passphrase."""
    return kept_by(who, passes, **{"secret": SECRET, "generation": 1, **parts})


def cem_enters(room: Room, pin: Pin | None = None, typed: str | None = None, **expected: Any) -> Outcome:
    """Cem at the door; nothing may have been said to a host who is not the right one."""
    link = TlsPair(room.host)
    pins = {KITCHEN: pin} if pin is not None else {}
    ending = run_handshake(
        link, HostHandshake(room.policy()), new_client(link, cem, typed, Expected(**expected), pins, "Cem")
    )
    if isinstance(ending.stopped, HostKeyChanged | WrongHost):
        assert link.client.sent == []
    return ending


MALLORYS = TlsPair(mallory)
MALLORYS_HELLO = HostHandshake(Room(host=mallory).policy()).hello()
ANAS = Pin(ana.key, passphrase=False)  #: what Cem knows of the kitchen
PROTECTED = Pin(ana.key, passphrase=True, secret=SECRET, passes=chain(ana, cem, generation=1), generation=1)


def test_who_shows_the_owners_passes_is_let_host_in_silence() -> None:
    assert cem_enters(kept_by(ben), ANAS) == Outcome()
    assert cem_enters(kept_by(ben, chain(ana, cem, mallory, ben)), ANAS) == Outcome()


def test_the_owner_needs_to_show_nothing() -> None:
    assert cem_enters(Room(host=ana), ANAS) == Outcome()
    assert cem_enters(Room(host=ana, owner=ana), ANAS) == Outcome()
    assert cem_enters(Room(host=ana, owner=mallory), ANAS) == Outcome(), "we know whose room it is"


class Saying(Room):
    """A host that says in its hello what the test wants."""

    def __init__(self, who: Identity, **changes: Any) -> None:
        super().__init__(host=who, owner=ana, passes=chain(ana, who))
        self.changes = changes

    def hello(self) -> Hello:
        return replace(HostHandshake(self.policy()).hello(), **self.changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"keeps": None},
        {"owner": b""},
        {"owner": mallory.key},
        {"owner": b"x"},
        {"keeps": kept_by(ben).keeps()},
        {"keeps": kept_by(mallory, ()).keeps()},
        {"keeps": kept_by(mallory, chain(ana, ben)).keeps()},
        {"keeps": kept_by(mallory, chain(mallory, mallory)).keeps()},
        {"keeps": kept_by(mallory, chain(ana, mallory, room=GARDEN)).keeps()},
        {"keeps": replace(kept_by(mallory, chain(ana, mallory)).keeps(), signature=bytes(64))},
    ],
    ids=[
        "nothing", "owns it itself", "it is another's room", "owner is no key", "somebody else's entry", "no passes",
        "somebody else's passes", "passes of its own", "of another room", "not signed",
    ],
)  # fmt: skip
def test_anybody_else_is_a_changed_key_and_hears_nothing(changes: dict[str, object]) -> None:
    told = Saying(mallory, **changes).hello()
    pin = Pin(ana.key, passphrase=False, passes=chain(ana, cem))
    with pytest.raises(HostKeyChanged) as changed:
        new_client(TlsPair(mallory), cem, pins={KITCHEN: pin}).received(told)
    assert (changed.value.known, changed.value.new) == (ana.key, mallory.key)


def test_no_owner_and_no_entry_of_others_together_make_somebody_a_host() -> None:
    """Every word about the owner with every entry that Mallory may have seen or made."""
    pin = Pin(ana.key, passphrase=False)
    owners = [b"", ana.key, ben.key, mallory.key, bytes([1]) + bytes(31), bytes(31), b"x" * 32]
    chains = [(), BENS, chain(ben, mallory), chain(mallory, mallory), chain(ana, ben, mallory)[1:], BENS[:1] * 8]
    said = [Keeping(EPOCH, 0, bytes(32), one) for one in chains]
    entries = [make_keeping(who, KITCHEN, one) for one in said for who in (ben, mallory)]
    for owner in owners:
        for keeps in [None, *entries, *(replace(entry, author=mallory.key) for entry in entries)]:
            client = new_client(MALLORYS, cem, pins={KITCHEN: pin})
            with pytest.raises(HostKeyChanged):
                client.received(replace(MALLORYS_HELLO, owner=owner, keeps=keeps))


def test_what_is_true_of_them_is_enough() -> None:
    """The same host, when it says what it is."""
    client = new_client(TlsPair(mallory), cem, pins={KITCHEN: ANAS})
    assert client.received(Saying(mallory).hello())


def test_who_was_banned_or_has_an_older_passphrase_is_no_host_any_more() -> None:
    banned = Pin(ana.key, passphrase=False, highest_rank=without({ben.key}))
    for passes, host in ((chain(ana, ben), ben), (chain(ana, ben, mallory), mallory)):
        ending = cem_enters(kept_by(host, passes), banned)
        assert isinstance(ending.stopped, KeeperNotEntitled)
        assert "not allowed" in str(ending.stopped)
    ending = cem_enters(protected_by(ben), Pin(ana.key, passphrase=True, secret=SECRET, generation=2))
    assert isinstance(ending.stopped, KeeperNotEntitled)


def test_an_epoch_that_cannot_be_is_not_followed() -> None:
    link = TlsPair(ben)
    keeps = make_keeping(ben, KITCHEN, Keeping(2**52, 0, bytes(32), BENS))
    hello = replace(HostHandshake(kept_by(ben).policy()).hello(), keeps=keeps)
    for pins in ({KITCHEN: ANAS}, {}):
        with pytest.raises(KeeperNotEntitled) as stopped:
            new_client(link, cem, pins=pins).received(hello)
        assert stopped.value.keeps is None, "nobody follows it"


def test_only_the_owner_gives_a_room_a_passphrase() -> None:
    ending = cem_enters(kept_by(ben, secret=OTHER_SECRET), ANAS)
    assert isinstance(ending.stopped, KeeperNotEntitled)


# --- a first meeting
def test_a_first_meeting_with_a_keeper_is_one_with_the_owner() -> None:
    room = kept_by(ben)
    link = TlsPair(ben)
    client = new_client(link, cem)
    assert run_handshake(link, HostHandshake(room.policy()), client) == Outcome()
    assert (client.owner, client.host_key, client.pinned) == (ana.key, ben.key, False)
    assert client.keeps is not None
    assert keeping_in(client.keeps) == Keeping(EPOCH, 0, bytes(32), room.passes)


@pytest.mark.parametrize("named", [ana, ben], ids=["owner", "keeper"])
@pytest.mark.parametrize("length", [2, 16])
def test_a_code_or_link_may_name_the_owner_or_who_keeps_the_room(named: Identity, length: int) -> None:
    assert cem_enters(kept_by(ben), fingerprint=key_fingerprint(named.key)[:length]) == Outcome()


@pytest.mark.parametrize(
    "room", [kept_by(mallory), kept_by(mallory, ()), kept_by(mallory, chain(ben, mallory))], ids=["another's", "", "x"]
)
def test_nobody_says_that_a_room_is_somebody_elses_without_passes(room: Room) -> None:
    for fingerprint in (None, key_fingerprint(ana.key), key_fingerprint(mallory.key)):
        assert isinstance(cem_enters(room, fingerprint=fingerprint).stopped, WrongHost)


def test_a_keeper_of_another_room_than_the_link_names_is_somebody_else() -> None:
    assert isinstance(cem_enters(kept_by(ben), fingerprint=key_fingerprint(mallory.key)).stopped, WrongHost)


# --- passphrases
def test_a_pass_opens_the_door_instead_of_the_passphrase() -> None:
    """The owner is back, and never saw Cem, whom Ben let in meanwhile."""
    room = Room(host=ana, secret=SECRET, generation=1)
    pin = room.pin(secret=SECRET, passes=chain(ana, ben, cem, generation=1), keeper=ben.key)
    link = TlsPair(ana)
    host = HostHandshake(room.policy())
    assert run_handshake(link, host, new_client(link, cem, pins={KITCHEN: pin})) == Outcome()
    assert host.entitled
    (auth,) = link.client.sent
    assert isinstance(auth, Auth)
    assert auth.pake == b"", "it is the owner, who has proved it with the key"


@pytest.mark.parametrize(
    "passes",
    [(), chain(ana, ben, generation=1), chain(ana, cem), chain(mallory, cem, generation=1)],
    ids=["none", "somebody else's", "of no passphrase", "not the owner's"],
)
def test_passes_that_entitle_nobody_open_no_door(passes: Passes) -> None:
    room = Room(host=ana, secret=SECRET, generation=1)
    ending = cem_enters(room, room.pin(passes=passes))
    assert isinstance(ending.stopped, PassphraseRequired)
    assert ending.refusal is not None
    assert ending.refusal.code == "passphrase"


def test_a_banned_members_pass_opens_no_door() -> None:
    room = Room(host=ana, banned={cem.key})
    assert isinstance(cem_enters(room, room.pin(passes=chain(ana, cem))).stopped, RefusedByHost)


def test_a_pass_does_not_save_the_signature() -> None:
    """Mallory saw Cem's pass."""
    room = Room(host=ana, secret=SECRET, generation=1)
    host = HostHandshake(room.policy())
    (auth,) = new_client(TlsPair(ana), mallory, pins={KITCHEN: room.pin(passes=PROTECTED.passes)}).received(
        host.hello()
    )
    with pytest.raises(Refusal) as refused:
        host.received(auth)
    assert refused.value.code == "passphrase"
    assert not host.entitled


def test_the_kept_passphrase_is_proved_to_another_keeper_by_itself() -> None:
    link = TlsPair(ben)
    host = HostHandshake(protected_by(ben).policy())
    client = new_client(link, cem, pins={KITCHEN: PROTECTED})
    assert run_handshake(link, host, client) == Outcome()
    assert host.entitled, "so that it does not count as a guess"
    assert any(isinstance(frame, Auth) and frame.pake for frame in link.client.sent)
    assert client.secret == SECRET


def test_to_the_keeper_of_last_time_nothing_is_proved_again() -> None:
    link = TlsPair(ben)
    pin = Pin(ana.key, True, SECRET, PROTECTED.passes, generation=1, keeper=ben.key)
    client = new_client(link, cem, pins={KITCHEN: pin})
    assert run_handshake(link, HostHandshake(protected_by(ben).policy()), client) == Outcome()
    assert not any(isinstance(frame, Auth) and frame.pake for frame in link.client.sent)
    assert client.secret is None, "nothing new to keep"


def test_what_was_typed_is_kept_once_the_host_has_proved_it() -> None:
    link = TlsPair(ben)
    client = new_client(link, cem, WORDS)
    assert run_handshake(link, HostHandshake(protected_by(ben).policy()), client) == Outcome()
    assert client.secret == SECRET
    link = TlsPair(ben)
    client = new_client(link, cem, OTHER_WORDS)
    assert isinstance(run_handshake(link, HostHandshake(protected_by(ben).policy()), client).stopped, WrongPassphrase)
    assert client.secret is None


def test_a_kept_passphrase_that_is_not_right_any_more_is_asked_for_and_not_blamed_on_the_person() -> None:
    ending = cem_enters(protected_by(ben, secret=OTHER_SECRET), PROTECTED)
    assert isinstance(ending.stopped, PassphraseRequired)
    assert ending.refusal is not None
    assert ending.refusal.code == "wrong"
    assert cem_enters(protected_by(ben, secret=OTHER_SECRET), PROTECTED, OTHER_WORDS) == Outcome()


def test_who_does_not_know_the_passphrase_asks_before_saying_a_word_to_another_keeper() -> None:
    link = TlsPair(ben)
    pin = Pin(ana.key, passphrase=True, passes=PROTECTED.passes, generation=1)
    client = new_client(link, cem, pins={KITCHEN: pin})
    ending = run_handshake(link, HostHandshake(protected_by(ben).policy()), client)
    assert isinstance(ending.stopped, PassphraseRequired)
    assert link.client.sent == []


def test_a_busy_host_is_waited_for_where_nobody_typed_anything() -> None:
    for typed, error in ((None, RefusedByHost), (WORDS, PassphraseRequired)):
        client = new_client(TlsPair(ben), cem, typed, pins={KITCHEN: PROTECTED})
        client.received(HostHandshake(protected_by(ben).policy()).hello())
        with pytest.raises(error) as stopped:
            client.received(Refused("busy", 3_000))
        assert stopped.value.wait == 3.0  # type: ignore[attr-defined]


def test_a_keeper_does_not_open_a_protected_room_to_everybody() -> None:
    assert isinstance(cem_enters(protected_by(ben, secret=None), PROTECTED).stopped, Downgrade)


def test_a_keeper_that_does_not_know_the_passphrase_learns_nothing() -> None:
    link = TlsPair(ben)
    client = new_client(link, cem, pins={KITCHEN: PROTECTED})
    host = HostHandshake(protected_by(ben, secret=b"a guess" * 4).policy())
    assert isinstance(run_handshake(link, host, client).stopped, JoinError)
    assert not client.entered
    assert client.secret is None


# --- programs of before
def test_a_host_that_knows_nothing_of_owners_and_a_client_that_knows_nothing_of_passes_still_meet() -> None:
    room = Room(host=ana)
    hello = replace(HostHandshake(room.policy()).hello(), owner=b"", keeps=None)
    client = new_client(TlsPair(ana), cem, pins={KITCHEN: ANAS})
    (auth,) = client.received(hello)
    assert isinstance(auth, Auth)
    assert (client.owner, client.keeps, auth.passes) == (MemberKey(ana.key), None, ())


def test_no_pin_shows_the_secret() -> None:
    assert repr(SECRET)[2:-1] not in repr(PROTECTED)
