"""Private messages at terminals and in pipes: typed, shown, and written by and for programs."""

from __future__ import annotations

import io
import json
import time
from typing import Any

import pytest

from lanchat.core.content import Sealed, Text, UnknownMessage
from lanchat.core.message import Message
from lanchat.core.model import Card, EntryId, MemberKey, PrivateThread
from lanchat.core.nicks import Nicks, People, tag
from lanchat.core.profile import Profile, encode_profile
from lanchat.core.rights import Rights
from lanchat.core.slash_table import SlashCall, parse
from lanchat.core.standing import Standing
from lanchat.engine.commands import Say
from lanchat.engine.events import MessagesAdded
from lanchat.engine.slash_actions import SlashOutcome, SlashRoom, addressed_to, outcome_of
from lanchat.terminal.json_input import parse_input
from lanchat.terminal.json_lines import JsonLines
from lanchat.terminal.output import PeopleColumn, Screen
from lanchat.terminal.transcript import TextTranscript
from terminal.programs import Machine
from terminal.stand_in import ANA, BEN, CARDS, LI, NOON, ROOM

ENTER, CTRL_C = "\r", "\x03"
NICKS = {key: card.nick for key, card in CARDS.items()}
WITH_ANA, WITH_LI = PrivateThread(ROOM, ANA), PrivateThread(ROOM, LI)


# --- real programs ---------------------------------------------------------------------------------------------------
def test_three_are_in_a_room_and_two_of_them_talk_privately(machine: Machine) -> None:
    ana = machine.terminal("ana", "host", "Kitchen", "--nick", "Ana")
    ana.expects("Ctrl+C leaves it.")
    ben = machine.terminal("ben", "join", "Kitchen", "--nick", "Ben")
    ben.expects("Here: Ana and you.")
    cleo = machine.pipe("cleo", "join", "Kitchen", "--nick", "Cleo Maria")
    ben.expects("Cleo Maria joined.")
    ben.types("/msg cleo maria the cake is in the fridge" + ENTER)
    ben.expects("[private to Cleo Maria] the cake is in the fridge")
    cleo.expects("[private] Ben: the cake is in the fridge")
    ana.types("where is the cake?" + ENTER)
    for person in (ben, cleo):
        person.expects("where is the cake?")
    assert "fridge" not in ana.seen()
    ben.types("/msg Nobody hello" + ENTER)
    ben.expects("Nobody of that name was ever here.")
    ben.types("/msg Ana" + ENTER)
    ben.expects("Say what: /msg Ana TEXT")
    ben.types(CTRL_C)
    assert ben.ends() == 0


def test_a_program_writes_and_gets_them(machine: Machine) -> None:
    ana = machine.terminal("ana", "host", "Kitchen", "--nick", "Ana")
    ana.expects("Ctrl+C leaves it.")
    bot = machine.pipe("bot", "join", "Kitchen", "--nick", "Bot", "--json", "--wait", "20")
    ana.expects("Bot joined.")
    ana.types("/msg Bot how are you?" + ENTER)
    bot.expects("how are you?")
    bot.types(json.dumps({"type": "say_privately", "to": "Ana", "text": "fine, thank you", "ref": "7"}))
    ana.expects("[private] Bot: fine, thank you")
    bot.expects('"state":"taken"')
    bot.types(json.dumps({"type": "say_privately", "to": "Nobody", "text": "lost", "ref": "8"}))
    bot.expects("Nobody of that name")
    lines = [json.loads(line) for line in bot.seen().splitlines() if line.startswith("{")]
    private = [line for line in lines if line["type"] == "private"]
    assert [(line["nick"], line["with_nick"], line["text"], line["mine"]) for line in private] == [
        ("Ana", "Ana", "how are you?", False),
        ("Bot", "Ana", "fine, thank you", True),
    ]
    assert private[1]["ref"] == "7"
    assert private[0]["with"] == private[0]["from"]
    states = [(line["state"], line.get("with")) for line in lines if line["type"] == "sent" and line["ref"] == "7"]
    assert states[0] == ("taken", private[0]["from"])
    assert not [line for line in lines if line["type"] == "entry"]


def test_what_was_said_privately_is_there_the_next_time_and_in_history(machine: Machine) -> None:
    ana = machine.terminal("ana", "host", "Kitchen", "--nick", "Ana")
    ana.expects("Ctrl+C leaves it.")
    ben = machine.terminal("ben", "join", "Kitchen", "--nick", "Ben")
    ben.expects("Here: Ana and you.")
    for line in ("first plum", "/msg Ana second plum", "third plum"):
        ben.types(line + ENTER)
        ana.expects(line.removeprefix("/msg Ana "))
    ana.types("goodbye" + ENTER)
    ben.expects("goodbye")  # so all that Ben said before is back, too
    ben.types("/quit" + ENTER)
    assert ben.ends() == 0
    ben = machine.terminal("ben", "join", "Kitchen")
    ben.expects("Here: Ana and you.")
    replay = ben.seen()
    places = [replay.index(words) for words in ("first plum", "[private to Ana] second plum", "third plum")]
    assert places == sorted(places)
    ben.types(CTRL_C)
    assert ben.ends() == 0
    history = ("history", "Kitchen")
    for words, expected in (
        ((), ["first", "third"]),
        (("--search", "plum"), ["first", "second", "third"]),
        (("--search", "plum", "--limit", "2"), ["second", "third"]),
        (("--private", "ana"), ["second"]),
        (("--private", "Ana", "--search", "plum"), ["second"]),
        (("--private", "Nobody"), []),
    ):
        program = machine.pipe("ben", *history, *words)
        assert program.ends() == (0 if expected else 3)
        said = program.seen()
        assert [one for one in ("first", "second", "third") if one in said] == expected, words
        assert ("[private to Ana] second" in said) == ("second" in expected and "--private" not in words)


# --- what is shown ---------------------------------------------------------------------------------------------------
def said(author: MemberKey, text: str, seq: int = 1) -> Message:
    return Message(EntryId(bytes([seq]) * 16), author, seq, NOON, NOON, Text(text))


def shown(*messages: Message, older: bool = False) -> str:
    out = io.StringIO()
    transcript = TextTranscript(Screen(out), PeopleColumn(BEN, NICKS))
    transcript.write_event(MessagesAdded(WITH_ANA.thread_id, messages, 0, len(messages), older))
    return out.getvalue()


def test_no_text_can_look_like_a_private_message() -> None:
    """Each line of one stands behind the dot of notices; that of a text in the room, never."""
    lines = shown(said(ANA, "one\n12:00  Li     two"), said(BEN, "yes", 2)).splitlines()
    assert lines[0].endswith("·     [private] Ana: one")
    assert lines[1] == " " * lines[0].index("[") + "12:00  Li     two"
    assert lines[2].endswith("·     [private to Ana] yes")


@pytest.mark.parametrize("nick", ["*", "\u00b7", "\u2022"])
def test_no_nick_makes_a_message_look_like_an_action_or_a_notice(nick: str) -> None:
    out = io.StringIO()
    TextTranscript(Screen(out), PeopleColumn(BEN, {**NICKS, LI: nick})).next([said(LI, "[private] Ana: meet me at 8")])
    assert out.getvalue().splitlines()[-1].split()[1:] == ["someone", *["[private]", "Ana:", "meet", "me", "at", "8"]]


def test_one_that_cannot_be_opened_is_a_quiet_line() -> None:
    closed = Message(EntryId(bytes(16)), ANA, 1, NOON, NOON, UnknownMessage(Sealed.kind))
    assert "A message from Ana cannot be opened here." in shown(closed)
    newer = Message(EntryId(bytes(16)), ANA, 1, NOON, NOON, UnknownMessage("poll"))
    assert "Ana did something that this lanchat is too old to show." in shown(newer)


def test_nothing_of_older_pages_is_printed() -> None:
    assert shown(said(ANA, "long ago"), older=True) == ""


def test_json_says_whom_it_is_with() -> None:
    out = io.StringIO()
    writer = JsonLines(Screen(out), PeopleColumn(BEN, NICKS))
    writer.write_event(MessagesAdded(WITH_ANA.thread_id, (said(ANA, "hi"),), 0, 1))
    told = json.loads(out.getvalue())
    assert (told["type"], told["room"], told["with"], told["text"]) == ("private", ROOM, ANA.hex(), "hi")


# --- whom it is for --------------------------------------------------------------------------------------------------
def outcome(line: str, *here: MemberKey) -> SlashOutcome:
    people = People(BEN, Nicks(NICKS))
    people.changed([CARDS[key] for key in here], [], whole=True)
    return outcome_in(line, people)


def outcome_in(line: str, people: People) -> SlashOutcome:
    call = parse(line, window=False)
    assert isinstance(call, SlashCall)
    found = outcome_of(call, SlashRoom(ROOM, people, Rights(BEN, Standing(ANA), ANA)))
    assert found is not None
    return found


@pytest.mark.parametrize("line", ["/msg Ana hi  there", "/msg @ana hi  there"])
@pytest.mark.parametrize("here", [(ANA, BEN, LI), (BEN,)], ids=["here", "away"])
def test_one_who_is_away_is_written_to_as_well(line: str, here: tuple[MemberKey, ...]) -> None:
    assert outcome(line, *here).commands == [Say(WITH_ANA.thread_id, "hi  there")]


@pytest.mark.parametrize("twin", ["Ana", "ana", "\u0410n\u0430"], ids=["same", "case", "Cyrillic"])
@pytest.mark.parametrize("here", [(LI,), (ANA, LI)], ids=["away", "here"])
def test_who_takes_the_name_of_another_gets_nothing_that_was_meant_for_them(
    twin: str, here: tuple[MemberKey, ...]
) -> None:
    people = People(BEN, Nicks({**NICKS, LI: twin}))
    people.changed([Card(key, people.nicks.nick(key), 1, b"") for key in here], [], whole=True)
    one, other = f"Ana ({tag(ANA)})", f"{twin} ({tag(LI)})"
    assert outcome_in("/msg Ana hi", people).problem == f"Which one: {one}, {other}?"
    assert outcome_in("/msg Ana", people).problem == f"Which one: {one}, {other}?"
    assert outcome_in(f"/msg {one} hi", people).commands == [Say(WITH_ANA.thread_id, "hi")]
    assert outcome_in(f"/msg @{other.lower()} hi", people).commands == [Say(WITH_LI.thread_id, "hi")]
    assert outcome_in(f"/msg {one}", people).problem == f"Say what: /msg {one} TEXT"
    asked = addressed_to("Ana", ROOM, people)
    assert isinstance(asked, SlashOutcome)
    assert asked.problem == f"Which one? Name one of these keys: {ANA.hex()}, {LI.hex()}"
    assert addressed_to(one, ROOM, people) == WITH_ANA.thread_id
    assert addressed_to(LI.hex(), ROOM, people) == WITH_LI.thread_id
    people.nicks.describe(LI, encode_profile(Profile(guest=True)))
    for name in (other, LI.hex()):
        refused = addressed_to(name, ROOM, people)
        assert isinstance(refused, SlashOutcome)
        assert "is a guest" in refused.problem


def test_who_puts_a_word_behind_the_name_of_another_gets_nothing_that_was_meant_for_them() -> None:
    people = People(BEN, Nicks({**NICKS, LI: "Ana my"}))
    one, other = f"Ana ({tag(ANA)})", f"Ana my ({tag(LI)})"
    assert outcome_in("/msg Ana my password is x", people).problem == f"Which one: {other}, {one}?"
    assert outcome_in(f"/msg {one} my password is x", people).commands == [Say(WITH_ANA.thread_id, "my password is x")]
    assert outcome_in(f"/msg {other} hi", people).commands == [Say(WITH_LI.thread_id, "hi")]
    assert outcome_in("/msg Ana your cake", people).commands == [Say(WITH_ANA.thread_id, "your cake")]


def test_a_name_that_pretends_to_be_told_apart_gets_nothing_that_was_meant_for_another() -> None:
    people = People(BEN, Nicks({**NICKS, LI: f"Ana ({tag(ANA)})"}))
    assert outcome_in(f"/msg Ana ({tag(ANA)}) hi", people).commands == [Say(WITH_ANA.thread_id, "hi")]


def test_nobody_writes_to_themselves() -> None:
    assert outcome("/msg Ben hi", BEN).problem


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ({"type": "say_privately", "text": "hi"}, "“to”"),
        ({"type": "say_privately", "to": 7, "text": "hi"}, "“to”"),
        ({"type": "say_privately", "to": " ", "text": "hi"}, "“to”"),
        ({"type": "say_privately", "to": "Ana"}, "“text”"),
        ({"type": "say_privately", "to": "Ana", "text": " "}, "nothing to send"),
    ],
)
def test_what_a_program_writes_wrongly_is_said(line: dict[str, Any], problem: str) -> None:
    assert problem in parse_input(json.dumps(line)).problem


def test_a_key_is_a_name_too() -> None:
    meant = parse_input(json.dumps({"type": "say_privately", "to": ANA.hex(), "text": "hi"}))
    assert addressed_to(meant.to, ROOM, People(BEN, Nicks({}))) == WITH_ANA.thread_id
    assert not meant.problem


def test_a_name_of_many_words_takes_no_time() -> None:
    began = time.process_time()
    assert outcome("/msg " + "x " * 1_900 + "y").problem
    assert time.process_time() - began < 2.0
