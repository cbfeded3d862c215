"""A member with a pass, or a co-owner who was banned, begins epochs without end. Whatever they begin, and whoever
follows them, the owner opens the room above it, and everybody comes back, also who was never there.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from engine.people import People, Person

from lanchat.core import encoded_log, frames
from lanchat.core.epoch import SHARED_TURNS, has_next, reign, turn
from lanchat.core.keeping import Keeping, Rank, epoch_in
from lanchat.core.model import Head, MemberKey, RoomId
from lanchat.engine import commands, events
from lanchat.engine.events import ConnectionState
from lanchat.storage import data_folder
from lanchat.storage.open_database import open_for_reading
from lanchat.storage.records import Records
from lanchat.trust.identity import Identity, load_or_create
from lanchat.trust.passes import make_keeping, make_pass
from survival.aside import aside
from survival.evil import Guest
from survival.false_keeper import EPOCH, FalseKeeper

SECONDS = 30.0  # at the most, until something happens
LAST_REIGN = 8_191
LAST_SHARED = SHARED_TURNS - 1 << 20


class Climber(FalseKeeper):
    """Leads all who come as high as they let themselves be led. `led`: these believed all of it, or hung up."""

    def __init__(
        self, me: Identity, room_id: RoomId, owner: Identity, rank: Rank, epochs: Sequence[int],
        *, epoch: int = EPOCH, in_passing: bool = False,
    ) -> None:  # fmt: skip
        passes = (make_pass(owner, room_id, me.key, rank, 0),)
        super().__init__(me, room_id, owner.key, passes, self._lead, epoch)
        self._epochs = epochs
        self._in_passing = in_passing  # the entries say so, but the Log stays in the epoch that it is in
        self._led: set[MemberKey] = set()
        self._changed = threading.Condition()

    async def _lead(self, guest: Guest) -> None:
        try:
            await guest.let_in()
            await guest.until(frames.Resume)
            guest.send(self.welcome())
            head, seq = bytes(32), 0
            for epoch in self._epochs:
                said = make_keeping(self.me, self.door.room_id, Keeping(epoch, seq, head, self.passes))
                run = self.placed([said], seq, Head(head), self.epoch if self._in_passing else epoch)
                guest.send(encoded_log.pack(run))
                head, seq = run[-1].head, run[-1].seq
            while (await guest.until(frames.Have)).seq < seq:
                pass
        finally:
            if guest.key:
                self._note(guest.key)

    def _note(self, key: MemberKey) -> None:
        with self._changed:
            self._led.add(key)
            self._changed.notify_all()

    def has_led(self, *people: Person) -> None:
        wanted = {one.me for one in people}
        with self._changed:
            assert self._changed.wait_for(lambda: wanted <= self._led, SECONDS)


def epoch_at(person: Person) -> int:
    """As their disk has it."""
    with closing(open_for_reading(person.folder / data_folder.DATABASE, 5.0)) as database:
        assert person.room_id is not None
        record = Records(database).room(person.room_id)
    assert record is not None
    return epoch_in(record.keeps)


@pytest.fixture
def kitchen(tmp_path: Path) -> Iterator[tuple[People, Person, Person, Person]]:
    people = People(tmp_path)
    ana, ben, cem = (people.person(nick) for nick in ("Ana", "Ben", "Cem"))
    ana.hosts("Kitchen")
    for one in (ben, cem):
        one.joins("Kitchen")
    yield people, ana, ben, cem
    people.leave()


def climber(owner: Person, member: Person, epochs: Sequence[int], rank: Rank = Rank.MEMBER, **how: Any) -> Climber:
    """What this member, who quits, does with a changed program."""
    member.quits()
    assert owner.room_id is not None
    return Climber(load_or_create(member.folder), owner.room_id, load_or_create(owner.folder), rank, epochs, **how)


def both_quit_at(epoch: int, *led: Person) -> None:
    """On their disks is this epoch, and no higher one."""
    for one in led:
        one.until(lambda one=one: epoch_at(one) >= epoch)  # type: ignore[misc]
    for one in led:
        one.quits()
        assert epoch_at(one) == epoch


def all_come_back(people: People, ana: Person, ben: Person) -> None:
    """Ana opens the room again. Ben, who was led, and Dan, who was never there, are in it."""
    ana.starts()
    ana.hosts("", room_id=ana.room_id)
    ben.starts()
    ben.joins("Kitchen")
    dan = people.person("Dan")
    dan.joins("Kitchen")
    for one in (ben, dan, ana):
        one.says(f"{one.nick} is back")
    for one in (ben, dan, ana):
        one.sees("Ben is back", "Dan is back", "Ana is back")
    assert epoch_at(ana) == epoch_at(ben) == epoch_at(dan)


@pytest.mark.parametrize("rank", [Rank.MEMBER, Rank.CO_OWNER])
@pytest.mark.parametrize(
    ("epochs", "held"),
    [
        ([*((one << 40) + 1 for one in range(60, LAST_REIGN, 60)), (1 << 53) - 1], EPOCH),
        ([(1 << 40) + 1], EPOCH),
        ([(1 << 40) - 1], EPOCH),
        ([EPOCH + (1 << 20), LAST_SHARED], LAST_SHARED),
    ],
    ids=["all reigns", "the next reign", "the owner's turns", "all turns that are theirs"],
)
def test_the_owner_whom_it_leads_comes_above(
    kitchen: tuple[People, Person, Person, Person], epochs: Sequence[int], held: int, rank: Rank
) -> None:
    people, ana, ben, cem = kitchen
    evil = climber(ana, cem, epochs, rank)
    with aside(evil.announced(people)):
        evil.has_led(ana, ben)
        both_quit_at(held, ben, ana)
    all_come_back(people, ana, ben)
    assert reign(epoch_at(ana)) == (held == LAST_SHARED), "the owner begins one only where members have no turn left"


def test_what_is_said_of_other_epochs_in_the_log_counts_for_nothing(
    kitchen: tuple[People, Person, Person, Person],
) -> None:
    people, ana, ben, cem = kitchen
    evil = climber(ana, cem, [(1 << 53) - 1, (1 << 40) - 1], in_passing=True)
    with aside(evil.announced(people)):
        evil.has_led(ana, ben)
        both_quit_at(EPOCH, ben, ana)
    all_come_back(people, ana, ben)


def test_a_member_who_finds_no_turn_is_told_so(kitchen: tuple[People, Person, Person, Person]) -> None:
    people, ana, ben, cem = kitchen
    assert ben.me is not None
    ana.do(commands.GiveRole(ana.room_id, ben.me, "keeper"))
    ben.hears(events.RoleGiven)
    evil = climber(ana, cem, [LAST_SHARED])
    with aside(evil.announced(people)):
        for one in (ben, ana):
            one.until(lambda one=one: epoch_at(one) == LAST_SHARED)  # type: ignore[misc]
        ana.quits()
    ben.do(commands.KeepOpen(ben.room_id))
    assert "only its owner" in ben.hears(events.Problem).what
    assert epoch_at(ben) == LAST_SHARED
    ben.quits()
    all_come_back(people, ana, ben)
    ana.quits()
    ben.do(commands.KeepOpen(ben.room_id))  # where that does not happen by itself
    ben.is_(ConnectionState.HOSTING)
    eve = people.person("Eve")
    eve.joins("Kitchen")
    assert reign(epoch_at(eve)) == 1, "members keep the room open in a reign that its owner began"


def test_a_co_owner_who_was_banned_is_outdone_once(kitchen: tuple[People, Person, Person, Person]) -> None:
    """They take the last turn that may be theirs; above the owner's answer there is none."""
    people, ana, ben, cem = kitchen
    assert cem.me is not None
    ana.do(commands.GiveRole(ana.room_id, cem.me, "coowner"))
    cem.hears(events.RoleGiven)
    evil = climber(ana, cem, (), Rank.CO_OWNER, epoch=LAST_SHARED)
    ana.do(commands.Ban(ana.room_id, cem.me))
    ben.hears(events.Banned, member=cem.me)
    with aside(evil.announced(people)):
        ben.until(lambda: epoch_at(ben) > LAST_SHARED)
        assert not has_next(epoch_at(ben), owner=False)
        ben.says("here we are")
        ana.sees("here we are")
    assert not evil.heard
    assert (reign(epoch_at(ana)), turn(epoch_at(ana))) == (0, SHARED_TURNS)
