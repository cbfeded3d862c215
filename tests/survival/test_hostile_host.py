"""A host that lies: its client says so in plain words, keeps nothing of it, and goes on."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from engine.people import People, Person

from lanchat.core import encoded_log, frames, limits
from lanchat.core.model import START, Entry, LogEntry
from lanchat.engine import events
from lanchat.engine.commands import FetchEarlier, Join
from lanchat.engine.events import ConnectionState
from lanchat.trust.handshake import HostHandshake
from lanchat.trust.signing import make_card
from survival.aside import aside
from survival.evil import ROOM, EvilHost, Guest, Script
from survival.raw import framed, tagged
from tests.identities import new_identity


@pytest.fixture
def ana(tmp_path: Path) -> Iterator[Person]:
    people = People(tmp_path)
    yield people.person("Ana")
    people.leave()


def _comes_to(evil: EvilHost, ana: Person) -> None:
    ana.do(Join(f"127.0.0.1:{evil.port}"))


# --- lies ------------------------------------------------------------------------------------------------------------
LIES: list[Script] = []


def _lie(script: Script) -> Script:
    LIES.append(script)
    return script


@_lie
async def broken_chain(ana: Guest) -> None:
    await ana.welcome(3)
    ana.send(msgspec.structs.replace(ana.host.entries(3), head=bytes(32)))


@_lie
async def forged_signature(ana: Guest) -> None:
    await ana.welcome(1)
    said = msgspec.structs.replace(ana.host.entry("I owe you nothing"), body=b"I owe you everything")
    ana.send(encoded_log.pack(ana.host.run([said])))


@_lie
async def words_of_somebody_else(ana: Guest) -> None:
    await ana.welcome(1)
    said = msgspec.structs.replace(ana.host.entry(), author=new_identity().key)
    ana.send(encoded_log.pack(ana.host.run([said])))


@_lie
async def words_of_the_client_itself(ana: Guest) -> None:
    await ana.welcome(1)
    said = msgspec.structs.replace(ana.host.entry("I owe you everything"), author=ana.key)
    ana.send(encoded_log.pack(ana.host.run([said])))


@_lie
async def a_gap(ana: Guest) -> None:
    await ana.welcome(9)
    ana.send(encoded_log.pack(ana.host.run([ana.host.entry()], after=5)))


@_lie
async def the_same_twice(ana: Guest) -> None:
    await ana.welcome(2)
    said = ana.host.entry()
    ana.send(encoded_log.pack(ana.host.run([said, said])))


@_lie
async def one_id_for_two(ana: Guest) -> None:
    await ana.welcome(2)
    ana.send(encoded_log.pack(ana.host.run([ana.host.entry_with_id(bytes(16)) for _ in range(2)])))


@_lie
async def another_epoch(ana: Guest) -> None:
    await ana.welcome(3)
    ana.send(msgspec.structs.replace(ana.host.entries(3), epoch=7))


@_lie
async def nobody_wrote_it(ana: Guest) -> None:
    await ana.welcome(3)
    ana.send(msgspec.structs.replace(ana.host.entries(3), writers=[]))


@_lie
async def entries_of_nothing(ana: Guest) -> None:
    await ana.welcome(3)
    ana.send(msgspec.structs.replace(ana.host.entries(3), rows=[]))


@_lie
async def a_page_nobody_asked_for(ana: Guest) -> None:
    await ana.welcome(3)
    ana.send(frames.Page(ana.host.entries(3), START))


@_lie
async def entries_before_the_welcome(ana: Guest) -> None:
    await ana.let_in()
    ana.send(ana.host.entries(3))


@_lie
async def a_welcome_that_cannot_be(ana: Guest) -> None:
    await ana.let_in()
    ana.send(frames.Welcome(0, 5, START, 2, limits.Limits(), ana.host.card))


@_lie
async def a_welcome_beyond_all_bounds(ana: Guest) -> None:
    await ana.let_in()
    ana.send_bytes(tagged("welcome", epoch=1, base=2**50, base_head=START, last=2**50,
                          limits=limits.Limits(), host=ana.host.card))  # fmt: skip


@_lie
async def two_welcomes(ana: Guest) -> None:
    await ana.welcome()
    ana.send(frames.Welcome(1, 0, START, 0, limits.Limits(), ana.host.card))


@_lie
async def the_card_of_another_host(ana: Guest) -> None:
    await ana.let_in()
    ana.send(frames.Welcome(1, 0, START, 0, limits.Limits(), make_card(new_identity(), "Ana", 1)))


@_lie
async def a_card_nobody_signed(ana: Guest) -> None:
    await ana.welcome()
    ana.send(frames.Present([msgspec.structs.replace(ana.host.card, nick="Ana")], all=True))


@_lie
async def hello_again(ana: Guest) -> None:
    await ana.welcome()
    ana.send(HostHandshake(ana.host.door).hello())


@_lie
async def known_without_numbers(ana: Guest) -> None:
    await ana.welcome()
    ana.send(frames.Known([bytes(16)], []))


@_lie
async def a_frame_of_4_gib(ana: Guest) -> None:
    await ana.welcome()
    ana.send_bytes(b"\xff\xff\xff\xff")


@_lie
async def a_deep_frame(ana: Guest) -> None:
    await ana.welcome()
    ana.send_bytes(framed(b"\x91" * 60_000))


@_lie
async def more_people_than_fit(ana: Guest) -> None:
    await ana.welcome()
    for number in range(1_000):
        here = [msgspec.structs.replace(ana.host.card, key=os.urandom(32)) for _ in range(250)]
        ana.send(frames.Present(here, all=number == 0, more=True))
        await ana.drain()


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.__name__)
def test_a_lie_ends_the_connection_and_nothing_of_it_is_kept(ana: Person, lie: Script) -> None:
    with aside(EvilHost(lie).open()) as evil:
        _comes_to(evil, ana)
        problem = ana.hears(events.ConnectionChanged, state=ConnectionState.RECONNECTING).problem
        assert problem == "what the host sent does not fit together"
        ana.room_id = ROOM
        assert not ana.texts
        assert not ana.kept()
        assert not ana.roster
        assert len(evil.visits) == 1


def test_what_came_before_a_lie_stays(ana: Person) -> None:
    async def good_then_bad(guest: Guest) -> None:
        await guest.welcome(3)
        run = guest.host.run([guest.host.entry("good"), guest.host.entry("too")])
        guest.send(encoded_log.pack(run))
        bad = msgspec.structs.replace(guest.host.entry(), body=b"bad")
        guest.send(encoded_log.pack(guest.host.run([bad], after=2, head=run[-1].head)))

    with aside(EvilHost(good_then_bad).open()) as evil:
        _comes_to(evil, ana)
        ana.hears(events.ConnectionChanged, state=ConnectionState.RECONNECTING)
        ana.room_id = ROOM
        assert ana.texts == ["good", "too"]
        assert len(ana.kept()) == 2


def _of_another_past(host: EvilHost, page: list[LogEntry]) -> frames.Page:
    return frames.Page(encoded_log.pack(host.run([host.entry("another"), host.entry("past")])), START)


def _with_another_beginning(host: EvilHost, page: list[LogEntry]) -> frames.Page:
    return frames.Page(encoded_log.pack(page), b"x" * 32)


def _too_short(host: EvilHost, page: list[LogEntry]) -> frames.Page:
    return frames.Page(encoded_log.pack(page[:-1]), START)


PageLie = Callable[[EvilHost, list[LogEntry]], frames.Page]


Forgery = Callable[[Guest, Entry], Entry]


def _comes_and_looks_back(ana: Person, lie: PageLie, forged: Forgery = lambda guest, entry: entry) -> None:
    """`forged`: what is made of the first entry of the past after it was signed; the chain of heads fits to that."""

    async def look_back(guest: Guest) -> None:
        past = guest.host.run([forged(guest, guest.host.entry("yesterday")), guest.host.entry("today")])
        await guest.welcome(last=3, base=2, base_head=past[-1].head)
        guest.send(encoded_log.pack(guest.host.run([guest.host.entry("now")], 2, past[-1].head)))
        await guest.until(frames.Earlier)
        guest.send(lie(guest.host, past))

    with aside(EvilHost(look_back).open()) as evil:
        _comes_to(evil, ana)
        ana.room_id = ROOM
        ana.sees("now")
        ana.do(FetchEarlier(ROOM))
        ana.is_(ConnectionState.RECONNECTING)
        assert ana.room.problem == "what the host sent does not fit together"
        assert ana.texts == ["now"]
        assert len(ana.kept()) == 1


@pytest.mark.parametrize("lie", [_of_another_past, _with_another_beginning, _too_short])
def test_a_lie_about_the_past_is_found_out(ana: Person, lie: PageLie) -> None:
    _comes_and_looks_back(ana, lie)


@pytest.mark.parametrize(
    "forged",
    [
        lambda guest, entry: msgspec.structs.replace(entry, body=b"I owe everybody everything"),
        lambda guest, entry: msgspec.structs.replace(entry, author=new_identity().key),
        lambda guest, entry: msgspec.structs.replace(entry, author=guest.key),
    ],
    ids=["other words", "somebody else's", "mine"],
)
def test_a_forged_past_is_found_out_though_its_chain_fits(ana: Person, forged: Forgery) -> None:
    _comes_and_looks_back(ana, lambda host, page: frames.Page(encoded_log.pack(page), START), forged)


async def _never_stops(guest: Guest) -> None:
    while True:
        guest.send(*100 * [frames.Ping()])
        await guest.drain()


async def _is_something_else(guest: Guest) -> None:
    guest.send_bytes(b"HTTP/1.1 400 Bad Request\r\n\r\n")


@pytest.mark.parametrize(
    ("script", "problem"),
    [
        (_never_stops, "The host sent something that lanchat does not understand."),
        (_is_something_else, "what answers there does not speak this version of lanchat"),
    ],
)
def test_whoever_answers_without_manners_is_left(ana: Person, script: Script, problem: str) -> None:
    with aside(EvilHost(script).open()) as evil:
        _comes_to(evil, ana)
        assert ana.hears(events.NotFound).problem == problem
        assert len(evil.visits) == 1


@pytest.mark.long
def test_a_host_that_lies_is_not_pressed(ana: Person) -> None:
    with aside(EvilHost(broken_chain).open()) as evil:
        _comes_to(evil, ana)
        ana.until(lambda: len(evil.visits) == 2, seconds=12)
        assert evil.visits[1] - evil.visits[0] > 8


def test_a_host_that_hangs_up_is_tried_less_and_less(ana: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "RECONNECT_FIRST_SECONDS", 0.2)

    async def hang_up(guest: Guest) -> None:
        await guest.welcome()
        guest.send(frames.Bye())

    with aside(EvilHost(hang_up).open()) as evil:
        _comes_to(evil, ana)
        ana.room_id = ROOM
        ana.is_(ConnectionState.RECONNECTING)
        ana.until(lambda: len(evil.visits) == 3)
        first, second, third = evil.visits
        assert second - first > 0.1
        assert third - second > 0.2
