"""No order of commands ends lanchat, loses an answer, or leaves a room that cannot be used."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.people import LEAVING_SECONDS, People, Person
from lanchat.core.model import EntryId, MemberKey, RoomId
from lanchat.engine import commands, events
from lanchat.engine.commands import Command
from lanchat.engine.events import ConnectionState

TITLE = "Kitchen"
UNLIMITED = {"connections_per_address": 10_000, "posts_per_second": 1e6, "burst": 10_000}

#: What the two of them may do, in any order; `address` and the others are filled in once they are known.
BEN = ["join address", "join link", "join room", "leave", "forget", "say", "say more", "earlier", "read", "retry",
       "discard", "rename", "host own", "leave own", "forget own", "say own", "ban own", "introduce",
       "look"]  # fmt: skip
ANA = ["ana closes", "ana opens", "ana says", "ana removes", "ana bans", "ana forgives"]
NOBODY = MemberKey(bytes(32))
PAUSES = ["a turn", "a moment"]


@contextmanager
def a_network() -> Iterator[People]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        people = People(Path(folder))
        try:
            yield people
        finally:
            people.leave()


class Play:
    """Ana's room, Ben, and what Ben was answered."""

    def __init__(self, people: People) -> None:
        self.ana, self.ben = people.person("Ana"), people.person("Ben")
        self.room = self.ana.hosts(TITLE, **UNLIMITED)
        self.where = {"address": f"127.0.0.1:{self.room.port}", "link": self.room.link, "room": self.room.room_id}
        self.own = self.ben.hosts("Garden").room_id
        self.said = 0

    def does(self, step: str) -> None:
        """One step, without waiting for what becomes of it."""
        match step.split():
            case ["join", way]:
                self.ben.do(commands.Join(self.where[way]))
            case ["a", "turn"]:
                self.ben.hears_nothing()
            case ["a", "moment"]:
                time.sleep(0.03)  # long enough for a Join to be somewhere on its way: where, is the point
            case ["ana", *_]:
                self.ana.do(self._ana(step))
            case _:
                self.ben.do(self._ben(step))

    def _ana(self, step: str) -> Command:
        room_id, ben = self.room.room_id, self.ben.me
        return {
            "ana closes": commands.Leave(room_id),
            "ana opens": commands.OpenRoom(TITLE, port=self.room.port, room_id=room_id, **UNLIMITED),
            "ana says": commands.Say(room_id, "hello"),
            "ana removes": commands.Remove(room_id, ben),
            "ana bans": commands.Ban(room_id, ben),
            "ana forgives": commands.Ban(room_id, ben, False),
        }[step]

    def _ben(self, step: str) -> Command:
        room_id = self.room.room_id
        own = self.own
        if step.startswith("say"):
            self.said += 1
        makes: dict[str, Callable[[], Command]] = {
            "leave": lambda: commands.Leave(room_id),
            "forget": lambda: commands.Forget(room_id),
            "say": lambda: commands.Say(room_id, "hello"),
            "say more": lambda: commands.Say(room_id, "hello again"),
            "say own": lambda: commands.Say(own, "hello, nobody"),
            "earlier": lambda: commands.FetchEarlier(room_id),
            "read": lambda: commands.MarkRead(room_id, 1),
            "retry": lambda: commands.Retry(room_id, EntryId(bytes(16))),
            "discard": lambda: commands.Discard(room_id, EntryId(bytes(16))),
            "rename": lambda: commands.ChangeProfile("Benny"),
            "host own": lambda: commands.OpenRoom("Garden", port=0),
            "leave own": lambda: commands.Leave(own),
            "forget own": lambda: commands.Forget(own),
            "ban own": lambda: commands.Ban(own, self.ana.me),
            "introduce": lambda: commands.Introduce(self.ana.me),
            "look": lambda: commands.Browse(again=True),
        }
        return makes[step]()

    def every_text_was_answered(self) -> None:
        """By EntryWritten or NotWritten, and only once."""
        for room_id in [self.room.room_id, self.own]:
            self.goes_out_of(room_id)
        answers = [event for event in self.ben.unheard if isinstance(event, events.EntryWritten | events.NotWritten)]
        assert len(answers) == self.said

    def goes_out_of(self, room_id: RoomId) -> None:
        """What was asked before is over then."""
        self.said += 1
        self.ben.do(commands.Leave(room_id))
        self.ben.do(commands.Say(room_id, last := f"the last words, {self.said}"))
        self.ben.until(lambda: any(getattr(event, "text", "") == last for event in self.ben.unheard))

    def gets_in(self, where: str) -> None:
        """Whatever an earlier Join still has to say."""
        self.ben.unheard.clear()
        self.ben.do(commands.Join(where))
        self.ben.hears(events.ConnectionChanged, where=where, state=ConnectionState.CONNECTED)

    def the_room_can_be_used(self) -> None:
        self.ana.do(commands.Ban(self.room.room_id, self.ben.me, False))
        self.ana.do(commands.Leave(self.room.room_id))
        self.ana.do(commands.Ban(self.room.room_id, NOBODY))
        self.ana.hears(events.Banned, member=NOBODY)  # so all that was asked of the room before is done
        self.ana.unheard.clear()
        self.ana.hosts(TITLE, port=self.room.port, room_id=self.room.room_id, **UNLIMITED)
        for where in self.where.values():
            self.gets_in(where)
            self.goes_out_of(self.room.room_id)
        self.gets_in(self.where["room"])
        self.ben.room_id = self.room.room_id
        self.ben.says("we can still talk")
        self.ana.sees("we can still talk")


@pytest.mark.parametrize("long", [False, pytest.param(True, marks=pytest.mark.long)])
def test_any_order_of_commands(long: bool) -> None:
    @settings(
        max_examples=300 if long else 12, deadline=None, database=None, derandomize=not long,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.lists(st.sampled_from(BEN * 2 + ANA + PAUSES * 3), min_size=5, max_size=40))
    def plays(steps: list[str]) -> None:
        with a_network() as people:
            play = Play(people)
            for step in steps:
                play.does(step)
            play.every_text_was_answered()
            play.the_room_can_be_used()
            for person in (play.ben, play.ana):
                assert person.quits().problem is None

    plays()


@pytest.mark.parametrize("way", ["address", "link", "room"])
@pytest.mark.parametrize("moments", range(4))
def test_a_room_is_forgotten_while_a_join_of_it_is_on_its_way(people: People, way: str, moments: int) -> None:
    play = Play(people)
    play.does("join room")
    play.ben.hears(events.ConnectionChanged, state=ConnectionState.CONNECTED)
    play.does("leave")
    play.ben.hears(events.Left)
    play.does(f"join {way}")
    time.sleep(moments * 0.004)
    play.does("forget")
    play.does("say")
    assert play.ben.hears(events.Forgotten)
    assert "not in that room" in play.ben.hears(events.NotWritten).problem
    assert [record.title for record in play.ben.reads(lambda reader: reader.rooms())] == ["Garden"]
    play.the_room_can_be_used()


def test_a_join_right_after_leaving_leads_back_in(people: People) -> None:
    play = Play(people)
    play.does("join room")
    play.ben.hears(events.ConnectionChanged, state=ConnectionState.CONNECTED)
    for _ in range(3):
        play.does("leave")
        play.does("join room")
        play.ben.hears(events.Left)
        play.ben.hears(events.ConnectionChanged, state=ConnectionState.CONNECTED)
    play.does("leave")
    play.does("join room")
    play.does("leave")
    play.does("join room")
    play.ben.hears(events.ConnectionChanged, state=ConnectionState.CONNECTED)


def test_two_ways_into_one_room_at_once(people: People) -> None:
    """Each is answered, and neither throws the other out."""
    play = Play(people)
    for way in play.where:
        play.does(f"join {way}")
    for where in play.where.values():
        assert play.ben.hears(events.ConnectionChanged, where=where).state is ConnectionState.CONNECTED
    play.does("say")
    play.ana.sees("hello")
    assert not [event for event in play.ben.unheard if getattr(event, "state", None) is ConnectionState.STOPPED]


def test_a_member_that_sleeps_keeps_no_other_room_waiting(people: People) -> None:
    """Closing a room says goodbye to its members, which takes a second when one of them does not listen."""
    ana, ben = people.person("Ana"), people.person("Ben")
    cellar = ana.hosts("Cellar").room_id
    ben.joins("Cellar")
    kitchen = ana.hosts("Kitchen").room_id
    with ben.frozen():
        ana.do(commands.Leave(cellar))
        ana.do(commands.Say(kitchen, "meanwhile"))
        ana.do(commands.ChangeProfile("Anna"))
        ana.sees("meanwhile")
        ana.hears(events.ProfileChanged)
        assert not [event for event in ana.unheard if isinstance(event, events.Left)]
    ana.hears(events.Left, room_id=cellar)


def test_a_slow_disk_keeps_nobody_waiting_for_a_new_name(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    from lanchat.storage import settings as kept

    ana, ben = people.person("Ana"), people.person("Ben")
    ana.hosts(TITLE)
    ben.joins(TITLE)
    writes, goes_on, save = threading.Event(), threading.Event(), kept.save

    def slow(*what: object) -> None:
        writes.set()
        goes_on.wait(LEAVING_SECONDS)
        save(*what)

    monkeypatch.setattr(kept, "save", slow)
    ana.do(commands.ChangeProfile("Anna"))
    assert writes.wait(LEAVING_SECONDS)
    ben.says("are you there?")
    ana.sees("are you there?")
    goes_on.set()
    ana.hears(events.ProfileChanged)
    ben.sees_here("Anna", "Ben")


def pours(person: Person, count: int) -> list[str]:
    texts = [str(number) for number in range(count)]
    for text in texts:
        person.do(commands.Say(person.room_id, text))
    return texts


@pytest.mark.parametrize("hosts", [True, False])
def test_quit_overtakes_what_is_poured_in_and_keeps_what_was_taken(people: People, hosts: bool) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.hosts(TITLE, **UNLIMITED)
    ben.joins(TITLE)
    talker = ana if hosts else ben
    texts = pours(talker, 20_000)  # one at a time they took 31 s on an idle machine
    assert talker.quits(4 * LEAVING_SECONDS).problem is None
    taken = [event.text for event in talker.unheard if isinstance(event, events.EntryWritten)]
    given_back = [event.text for event in talker.unheard if isinstance(event, events.NotWritten)]
    assert sorted([*taken, *given_back]) == sorted(texts)
    assert [*[item.text for item in talker.kept()], *talker.waiting()] == taken
    assert len(taken) >= commands.SAYS_WAITING


def test_who_waits_for_answers_pours_in_as_much_as_they_like(people: People) -> None:
    ana = people.person("Ana")
    ana.hosts(TITLE)
    under_way, texts = 0, [str(number) for number in range(3 * commands.SAYS_WAITING)]
    for text in texts:
        ana.do(commands.Say(ana.room_id, text))
        under_way += 1
        if under_way == commands.SAYS_WAITING:
            ana.hears(events.EntryWritten)
            under_way -= 1
    ana.reads_as(*texts)
    assert not [event for event in ana.unheard if isinstance(event, events.NotWritten)]


def test_nothing_to_say_is_said_so(people: People) -> None:
    ana = people.person("Ana")
    ana.hosts(TITLE)
    for nothing in ("", " \n", "\u200b"):
        ana.do(commands.Say(ana.room_id, nothing))
        assert ana.hears(events.NotWritten, text=nothing).problem == "There is nothing to send."
