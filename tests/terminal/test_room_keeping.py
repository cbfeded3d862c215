"""The room outlives its host: what a terminal says of it, to people and to programs, and what is typed about it."""

from __future__ import annotations

import io
import time
from contextlib import closing
from json import loads
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from lanchat.core.content import encode
from lanchat.core.keeping import Pass, Rank, RoleChange
from lanchat.core.model import Entry, MemberKey
from lanchat.engine.commands import BringBack, Command, HandOver, Join, OpenRoom, TakeBackRoom
from lanchat.engine.events import (
    BroughtBack,
    ConnectionState,
    Event,
    HeirsChanged,
    KeeperChanged,
    KeptElsewhere,
    MessagesAdded,
    RebaseAsked,
    Rebased,
    RosterChanged,
)
from lanchat.storage.records import RoomRecord
from lanchat.storage.store import Store
from lanchat.terminal.arguments import parse
from lanchat.terminal.console import LeaveRequested, Typed
from lanchat.terminal.conversation import TerminalConversation
from lanchat.terminal.join_room import enter
from lanchat.terminal.json_input import parse_input
from lanchat.terminal.json_lines import JsonLines
from lanchat.terminal.output import PeopleColumn, Screen
from lanchat.terminal.room_commands import open_room, open_room_command
from terminal.stand_in import (
    ANA,
    BEN,
    CARDS,
    LI,
    NOON,
    ROOM,
    StandIn,
    connected,
    console_on,
    entry_id,
    here,
    reconnecting,
    said,
)
from terminal.test_conversation import AtTerminal, Fingers
from terminal.test_conversation import at_terminal as at_terminal


def kept_by(keeper: MemberKey) -> KeeperChanged:
    return KeeperChanged(ROOM, keeper, keeper == BEN)


def again(came: MessagesAdded, *seqs: int) -> MessagesAdded:
    return replace(came, again=frozenset(map(entry_id, seqs)))


# --- for people ------------------------------------------------------------------------------------------------------
def test_one_line_says_who_keeps_the_room_open(at_terminal: AtTerminal) -> None:
    lines = at_terminal(here(ANA, LI, BEN), kept_by(LI), kept_by(BEN))
    assert lines[-2].endswith("Li keeps the room open now.")
    assert lines[-1].endswith("You keep the room open now.")


def test_who_goes_on_at_another_keeper_has_not_left(at_terminal: AtTerminal) -> None:
    """In the hands of Ben the room begins without anybody, until they are back."""
    empty = RosterChanged(ROOM, (CARDS[BEN],), (CARDS[ANA], CARDS[LI]), 1)
    lines = at_terminal(here(ANA, LI, BEN), kept_by(BEN), empty, here(LI, first=False))
    assert not any("left." in line or "joined." in line for line in lines)


def test_only_messages_are_counted_as_missed(at_terminal: AtTerminal) -> None:
    keeps = MessagesAdded(ROOM, (), 1, 2, backlog=True)
    lines = at_terminal(here(ANA, BEN), said(ANA, "tea?"), reconnecting(), connected(fetched=1), keeps)
    assert lines[-1].endswith("Connected again.")
    tea, yes = said(ANA, "tea?"), said(ANA, "yes", seq=3, backlog=True)
    lines = at_terminal(here(ANA, BEN), tea, reconnecting(), connected(fetched=2), keeps, yes)
    assert any(line.endswith("1 message while you were away.") for line in lines)


def test_a_wifi_that_comes_and_goes_shows_three_lines(at_terminal: AtTerminal) -> None:
    lines = at_terminal(here(ANA, LI, BEN), *[kept_by(keeper) for keeper in (LI, BEN) * 20])
    assert sum("the room open now." in line for line in lines) == 3


def test_what_comes_again_is_not_said_twice(at_terminal: AtTerminal) -> None:
    lines = at_terminal(
        here(ANA, BEN), said(ANA, "one", "two"), Rebased(ROOM, 1, base=1),
        again(said(ANA, "elsewhere", "two", seq=2), 3), BroughtBack(ROOM, 0, 0),
    )  # fmt: skip
    assert sum(line.endswith("two") for line in lines) == 1
    assert any(line.endswith("elsewhere") for line in lines)
    assert any(line.endswith("1 message is being brought back.") for line in lines)


def test_what_could_not_be_brought_back_is_told_once(at_terminal: AtTerminal) -> None:
    lines = at_terminal(here(ANA, BEN), BroughtBack(ROOM, 1, 2), BroughtBack(ROOM, 0, 2), Typed("/aside"))
    assert sum("2 messages could not be brought back; /aside shows them." in line for line in lines) == 1
    assert lines[-1].endswith("Everything was brought back."), "the disk of this test has none"


def test_who_keeps_it_hands_it_over(at_terminal: AtTerminal) -> None:
    at_terminal(here(ANA, LI, BEN), Typed("/handover"), Typed("/handover @li"), hosting=True)
    assert [one for one in at_terminal.submitted if isinstance(one, HandOver)] == [HandOver(ROOM), HandOver(ROOM, LI)]


def test_nobody_else_can_hand_it_over_or_take_it_back(at_terminal: AtTerminal) -> None:
    lines = at_terminal(here(ANA, BEN), Typed("/handover Ana"), Typed("/takeback"))
    assert any(line.endswith("Only the one on whose computer this room is open can do that.") for line in lines)
    assert "Only who founded this room, or a co-owner, can take it back" in " ".join(lines[-2:])
    assert not [one for one in at_terminal.submitted if isinstance(one, HandOver | TakeBackRoom)]


def test_the_owner_takes_it_back(at_terminal: AtTerminal) -> None:
    mine = replace(connected(), owner=BEN)
    lines = at_terminal(
        mine, KeptElsewhere(ROOM, ANA), kept_by(ANA), here(ANA, BEN), Typed("/who"), Typed("/takeback")
    )
    assert not any("the room open now." in line for line in lines), "the line about it said so"
    assert any("Ana (keeps the room open), Ben (you)" in line for line in lines)
    assert any("Ana keeps this room of yours open. /takeback" in line for line in lines)
    assert TakeBackRoom(ROOM) in at_terminal.submitted


def test_who_says_who_keeps_it_when_i_leave(at_terminal: AtTerminal) -> None:
    lines = at_terminal(here(ANA, LI, BEN), Typed("/who"), HeirsChanged(ROOM, (LI, ANA)), Typed("/who"), hosting=True)
    assert any(line.endswith("the room closes: nobody here can keep it open.") for line in lines)
    assert lines[-1].endswith("When you leave, Li keeps the room open.")


def test_a_person_is_asked_before_much_is_brought_back(at_terminal: AtTerminal) -> None:
    lines = at_terminal(here(ANA, BEN), RebaseAsked(ROOM, ANA, 2_314))
    assert any("The room as Ana keeps it lacks 2,314 messages that you have: /bringback" in line for line in lines)
    assert BringBack(ROOM, True) not in at_terminal.submitted
    at_terminal(here(ANA, BEN), RebaseAsked(ROOM, ANA, 2_314), Typed("/bringback"))
    assert BringBack(ROOM, True) in at_terminal.submitted


# --- for programs ----------------------------------------------------------------------------------------------------
class Program:
    """Ben's program hears what happens."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.engine = StandIn(lambda command: [])

    def __call__(self, *happens: Event) -> list[dict[str, Any]]:
        out = io.StringIO()
        with console_on(self.engine, self._folder) as console:
            for one in (*happens, LeaveRequested()):
                self.engine.events.put(one)  # type: ignore[arg-type]
            writer = JsonLines(Screen(out), PeopleColumn(BEN, {BEN: "Ben"}))
            TerminalConversation(console, ROOM, writer, Fingers(), parse=parse_input).run(connected(), False)
        return [loads(line) for line in out.getvalue().splitlines()]


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path)


def test_programs_are_told_in_objects(program: Program) -> None:
    told = program(
        here(ANA, LI, BEN), kept_by(LI), HeirsChanged(ROOM, (ANA,)), Rebased(ROOM, 3, base=7), BroughtBack(ROOM, 2, 1)
    )
    assert told[-4:] == [
        {"type": "keeper", "room": ROOM, "from": LI.hex(), "nick": "Li", "mine": False},
        {"type": "heirs", "room": ROOM, "who": [{"from": ANA.hex(), "nick": "Ana"}]},
        {"type": "rebased", "room": ROOM, "after": 7, "count": 3},
        {"type": "brought_back", "room": ROOM, "left": 2, "set_aside": 1},
    ]


def test_a_program_hands_the_room_over_and_takes_it_back(program: Program) -> None:
    asked = ['{"hand_over": ""}', '{"hand_over": "li"}', f'{{"hand_over": "{ANA.hex()}"}}', '{"take_back": true}']
    mine = replace(connected(), state=ConnectionState.HOSTING, host=None)
    program(here(ANA, LI, BEN), mine, *map(Typed, asked[:3]))
    assert [one for one in program.engine.submitted if isinstance(one, HandOver)] == [
        HandOver(ROOM), HandOver(ROOM, LI), HandOver(ROOM, ANA)
    ]  # fmt: skip
    program(replace(connected(), owner=BEN), KeptElsewhere(ROOM, ANA), Typed(asked[3]))
    assert TakeBackRoom(ROOM) in program.engine.submitted


def test_a_program_of_a_co_owner_takes_the_room_back_from_a_member_and_not_from_its_owner(
    program: Program, tmp_path: Path
) -> None:
    with closing(Store.open(tmp_path)) as store:
        store.put_room(RoomRecord(ROOM, "Kitchen", ANA, hosted=True))
        change = RoleChange(BEN, Rank.CO_OWNER, Pass(ROOM, BEN, Rank.CO_OWNER, 0, True, ANA, bytes(64)))
        says = Entry(entry_id(1), ANA, bytes(8), 1, change.kind, None, encode(change).body, NOON, bytes(64))
        store.log(ROOM).append([says], NOON)
    take = Typed('{"take_back": true}')
    told = program(here(ANA, LI, BEN), replace(connected(), owner=ANA), take)
    assert "Only who founded this room, or a co-owner" in told[-1]["text"]
    program(here(ANA, LI, BEN), replace(connected(), host=CARDS[LI], owner=ANA), take)
    assert program.engine.submitted.count(TakeBackRoom(ROOM)) == 1


@pytest.mark.parametrize("line", ['{"hand_over": 3}', '{"take_back": "now"}', '{"hand_over": "Ana"}'])
def test_a_program_is_told_what_cannot_be_done(program: Program, line: str) -> None:
    told = program(here(ANA, BEN), Typed(line))
    assert told[-1]["type"] in ("problem", "sent")
    assert told[-1].get("text") or told[-1]["problem"]
    assert not [one for one in program.engine.submitted if isinstance(one, HandOver | TakeBackRoom)]


def test_a_program_asks_what_could_not_be_brought_back(program: Program) -> None:
    told = program(here(ANA, BEN), Typed('{"aside": true}'))
    assert told[-1] == {"type": "aside", "room": ROOM, "messages": []}, "the disk of this test has none"


def test_a_program_does_not_get_a_message_twice(program: Program) -> None:
    told = program(here(ANA, BEN), said(ANA, "one"), Rebased(ROOM, 1, base=0), again(said(ANA, "new", "one", seq=1), 2))
    assert [(one["type"], one["seq"]) for one in told if "seq" in one] == [("entry", 1), ("entry", 1), ("moved", 2)]


def test_what_a_program_has_is_brought_back_without_asking(program: Program) -> None:
    told = program(here(ANA, BEN), RebaseAsked(ROOM, ANA, 2_314))
    assert told[-1] == {"type": "bringing_back", "room": ROOM, "from": ANA.hex(), "nick": "Ana", "count": 2_314}
    assert BringBack(ROOM, True) in program.engine.submitted


def test_a_command_that_only_sends_does_not_wait_for_an_answer_that_nobody_gives(tmp_path: Path) -> None:
    def answer(command: Command) -> list[Event]:
        match command:
            case Join():
                return [reconnecting("It waits for your answer."), RebaseAsked(ROOM, ANA, 2_314)]
            case BringBack():
                return [connected()]
            case _:
                return []

    with console_on(StandIn(answer), tmp_path) as console:
        assert enter(console, Join(ROOM), until=time.monotonic() + 5, must_connect=True) == connected()


# --- opening a room --------------------------------------------------------------------------------------------------
def test_who_keeps_it_open_is_said_on_the_command_line() -> None:
    assert open_room_command(parse(["host", "Kitchen", "--keepers", "nobody"])).keepers == "nobody"
    assert open_room_command(parse(["host", "Kitchen"])).keepers is None
    assert parse(["join", "Kitchen", "--keep-rooms", "off"]).keep_rooms == "off"
    with pytest.raises(SystemExit):
        parse(["host", "Kitchen", "--keepers", "Ana"])


def test_a_room_of_mine_that_somebody_keeps_open_is_joined(tmp_path: Path) -> None:
    """The conversation begins with who keeps it open, so that the person and programs are told."""
    elsewhere, inside = KeptElsewhere(ROOM, ANA), replace(connected(), owner=BEN)
    engine = StandIn(lambda command: [elsewhere, inside] if isinstance(command, OpenRoom) else [])
    with console_on(engine, tmp_path) as console:
        assert open_room(console, OpenRoom("Kitchen")) == elsewhere
        assert console.next_event(0.0) == inside


