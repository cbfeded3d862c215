"""A conversation as it is written down, for people and for programs; driven by a stand-in for the Engine."""

from __future__ import annotations

import io
import json
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from json import dumps, loads
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from lanchat.__main__ import main
from lanchat.core.content import Text, UnknownMessage
from lanchat.core.message import Message, Quote, Reaction
from lanchat.core.model import Availability, Card, EntryId, PrivateThread
from lanchat.core.profile import Profile, encode_profile
from lanchat.engine.commands import (
    ChangeProfile,
    Command,
    Delete,
    Edit,
    FetchEarlier,
    GiveRole,
    HandOver,
    InviteGuests,
    Join,
    MarkRead,
    PinMessage,
    React,
    Remove,
    Retry,
    Say,
    SetTopic,
)
from lanchat.engine.events import (
    CardsCame,
    ChangeNotWritten,
    ChangeWritten,
    ConnectionState,
    EntryState,
    EntryStateChanged,
    EntryWritten,
    Event,
    Hosting,
    MessagesAdded,
    MessagesChanged,
    NotWritten,
    Problem,
    ProfileChanged,
    RosterChanged,
    SeenChanged,
    Stopped,
    TopicChanged,
    TypingChanged,
    WaysIn,
)
from lanchat.engine.mailbox import Mailbox
from lanchat.storage.store import Store
from lanchat.terminal import console, conversation
from lanchat.terminal.console import LeaveRequested, Typed
from lanchat.terminal.conversation import TerminalConversation
from lanchat.terminal.json_input import parse_input
from lanchat.terminal.output import PeopleColumn, Screen
from lanchat.terminal.own_messages import SendStatus
from lanchat.terminal.slash_commands import SlashCommands
from lanchat.terminal.stdin_reader import AHEAD, InputSource
from lanchat.terminal.transcript import TextTranscript
from terminal.stand_in import (
    ANA,
    BEN,
    CARDS,
    LI,
    ROOM,
    StandIn,
    connected,
    console_on,
    entry_id,
    here,
    reconnecting,
    said,
    stopped,
)

LEAVE: Any = LeaveRequested()  # as a signal puts it among the events


@contextmanager
def stdin_of(text: str) -> Iterator[None]:
    """Standard input is a pipe with these lines, and then it ends; or, for none, /dev/null."""
    before = os.dup(0)
    if not text:
        with open(os.devnull, "rb") as nothing:
            os.dup2(nothing.fileno(), 0)
        try:
            yield
        finally:
            os.dup2(before, 0)
            os.close(before)
        return
    reading, writing = os.pipe()
    os.dup2(reading, 0)
    os.close(reading)

    def write() -> None:
        with suppress(OSError), open(writing, "wb") as pipe:
            pipe.write(text.encode())

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield
    finally:
        os.dup2(before, 0)  # nobody reads what is left
        os.close(before)
        writer.join()


def _named(event: Event, ref: str) -> Event:
    return replace(event, ref=ref) if isinstance(event, EntryWritten | NotWritten) else event


class Joined:
    """`lanchat join` in a pipe, in a room where these things happen."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> None:
        self._folder = folder
        self._capsys = capsys
        self._patch = patch
        self.said: list[str] = []
        self.fate: Callable[[int, str], Iterable[Event]] = self.taken
        self.changed: Callable[[Command], Iterable[Event]] = lambda command: []
        self.err = ""

    def __call__(
        self, *happens: Event, lines: str = "", json: bool = False, first: Event | None = None, wait: float = 0.0
    ) -> tuple[int, list[str]]:
        """The exit code, and what was written on stdout. Without `lines` somebody ends it after all this."""

        def answer(command: Command) -> Iterable[Event]:
            match command:
                case Join():
                    return [first or connected(), *happens, *([] if lines else [LEAVE])]
                case Say(text=text, ref=ref):
                    self.said.append(text)
                    return [_named(event, ref) for event in self.fate(len(self.said), text)]
            return self.changed(command)

        Store.open(self._folder).close()
        self._patch.setattr(console, "Engine", lambda folder, nick: StandIn(answer))
        options = [*(["--json"] if json else []), *(["--wait", str(wait)] if wait else [])]
        with stdin_of(lines):
            code = main(["join", ROOM, "--data-dir", str(self._folder), *options])
        out, self.err = self._capsys.readouterr()
        lines_out = out.splitlines()
        if json:
            assert loads(lines_out.pop(0)) == {"type": "looking", "wanted": ROOM}
        return code, lines_out

    def taken(self, number: int, text: str) -> Iterable[Event]:
        entry = entry_id(number)
        return [
            EntryWritten(ROOM, entry, text, 0),
            said(BEN, text, seq=number),
            EntryStateChanged(ROOM, (entry,), EntryState.TAKEN),
        ]

    def not_sent(self, number: int, text: str) -> Iterable[Event]:
        entry = entry_id(number)
        return [
            EntryWritten(ROOM, entry, text, 0),
            EntryStateChanged(ROOM, (entry,), EntryState.NOT_SENT, "the host refuses links"),
        ]

    def no_disk(self, number: int, text: str) -> Iterable[Event]:
        return [NotWritten(ROOM, text, "The disk is full.")]

    def kept(self, number: int, text: str) -> Iterable[Event]:
        return [EntryWritten(ROOM, entry_id(number), text, 0), reconnecting(), LEAVE]


@pytest.fixture
def joined(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Joined:
    return Joined(tmp_path, capsys, monkeypatch)


def without_clock(lines: Iterable[str]) -> list[str]:
    return [line[7:] if line[2:3] == ":" else line for line in lines]


# --- for people ------------------------------------------------------------------------------------------------------
def test_a_conversation_is_written_down_in_order(joined: Joined) -> None:
    code, lines = joined(here(ANA, BEN), said(ANA, "hello", "Ben?"), here(LI, first=False), said(LI, "hi", seq=3))
    assert code == 0
    assert without_clock(lines) == [
        "·     Encrypted · Ana hosts",
        "·     Here: Ana and you.",
        "— Friday, 20 November 2026 —",
        "Ana   hello",
        "Ana   Ben?",
        "·     Li joined.",
        "Li    hi",
    ]


def test_a_lost_connection_is_told_once_and_so_is_its_return(joined: Joined) -> None:
    gone = RosterChanged(ROOM, (), (CARDS[ANA],), 1)
    again = reconnecting("nobody answers")
    _, lines = joined(here(ANA, BEN), reconnecting(), again, connected(), here(ANA, BEN), gone)
    assert without_clock(lines)[2:] == [
        "·     Reconnecting… the connection broke",
        "·     Connected again.",
        "·     Ana left.",
    ]


def test_a_host_that_was_away_from_the_start_is_told_as_the_first_connection(joined: Joined) -> None:
    _, lines = joined(connected(), here(ANA, BEN), first=reconnecting("nothing answers there"))
    assert without_clock(lines) == [
        "·     Reconnecting… nothing answers there",
        "·     Encrypted · Ana hosts",
        "·     Here: Ana and you.",
    ]


def test_the_past_waits_for_the_names_of_those_who_wrote_it(joined: Joined) -> None:
    stranger = Card(bytes([9]) * 32, "Zoë", 1, bytes(64))
    _, lines = joined(said(stranger.key, "long ago", backlog=True), CardsCame(ROOM, (stranger,)))
    assert without_clock(lines)[-1] == "Zoë   long ago"


def test_an_entry_of_a_later_lanchat_is_mentioned(joined: Joined) -> None:
    _, lines = joined(here(ANA, BEN), said(ANA, "👍", kind="reaction"))
    assert without_clock(lines)[-1] == "·     Ana did something that this lanchat is too old to show."


def test_of_what_only_changes_another_entry_and_of_an_empty_text_nothing_is_shown(joined: Joined) -> None:
    _, before = joined(here(ANA, BEN), said(ANA, "hello"))
    _, lines = joined(
        here(ANA, BEN), said(ANA, "hello"), said(ANA, "👍", seq=2, kind="+reaction"), said(ANA, "\u200b", seq=3)
    )
    assert without_clock(lines) == without_clock(before)


def test_nothing_that_peers_write_reaches_the_terminal_as_a_command(joined: Joined) -> None:
    evil = "\x1b]0;owned\x07\x1b[2J\x9b31mred\r\u202eback\x00\x08\n\x1b[Aup\x7f"
    card = Card(LI, evil, 1, bytes(64))
    happens: list[Event] = [
        RosterChanged(ROOM, (card,), (), 2, True), said(LI, evil), reconnecting(evil), ProfileChanged(evil), connected()
    ]  # fmt: skip
    for as_json in (False, True):
        _, lines = joined(*happens, json=as_json)
        text = "\n".join(lines) + joined.err
        assert not [character for character in text if ord(character) < 32 and character != "\n"]
        assert not {"\x7f", "\x9b", "\u202e"} & set(text)


def test_when_the_host_ends_it_the_reason_is_told(joined: Joined) -> None:
    code, _ = joined(here(ANA, BEN), stopped("the host sent you away"))
    assert code == 4
    assert joined.err == "The host sent you away.\n"


def test_when_the_engine_stops_by_itself_that_is_a_failure(joined: Joined) -> None:
    code, _ = joined(Stopped("The disk is gone."))
    assert code == 1
    assert joined.err == "The disk is gone.\n"


# --- in a pipe -------------------------------------------------------------------------------------------------------
def test_a_pipe_is_done_when_the_host_has_it_all(joined: Joined) -> None:
    code, lines = joined(here(ANA, BEN), lines="one\n\n  two\r\n\nthree")
    assert code == 0
    assert joined.said == ["one", "  two", "three"]
    assert without_clock(lines)[-3:] == ["Ben   one", "Ben     two", "Ben   three"]


def test_a_line_that_the_host_refuses_is_told_and_fails(joined: Joined) -> None:
    joined.fate = joined.not_sent
    code, _ = joined(lines="http://example.org\n")
    assert code == 1
    assert joined.err == "Not sent: “http://example.org” The host refuses links.\n"


def test_a_line_that_could_not_be_kept_fails(joined: Joined) -> None:
    joined.fate = joined.no_disk
    code, _ = joined(lines="hello\n")
    assert code == 1
    assert joined.err == "Not sent: “hello” The disk is full.\n"


def test_a_line_that_is_too_long_is_told_and_the_rest_goes_on(joined: Joined) -> None:
    code, _ = joined(here(BEN), lines="x" * 5000 + "\nshort\n")
    assert code == 1
    assert joined.said == ["short"]
    assert joined.err.startswith("Not sent: “xxx")
    assert "Too long: 5000 characters" in joined.err


@pytest.mark.parametrize("line", ["\u200b", "x" * 5000])
def test_a_pipe_of_which_nothing_can_be_said_ends(joined: Joined, line: str) -> None:
    code, _ = joined(lines=f"{line}\n")
    assert code == 1
    assert joined.said == []
    assert "Not sent: " in joined.err


def test_leaving_with_something_unsent_says_that_it_is_kept(joined: Joined) -> None:
    joined.fate = joined.kept
    code, _ = joined(lines="hello\n")
    assert code == 1
    assert "1 message is not with the host yet" in joined.err


@pytest.mark.parametrize("held", [Problem("The disk is full.", ROOM, holds=True), reconnecting("the disk is full")])
def test_why_a_program_s_text_waits_is_told_with_it(joined: Joined, held: Event) -> None:
    joined.fate = lambda number, text: [EntryWritten(ROOM, entry_id(number), text, 0), held]
    code, lines = joined(lines="hello\n", wait=0.1, json=True)
    waiting = json.loads(lines[-1])
    assert code == 1
    assert (waiting["state"], waiting["problem"].lower().rstrip(".")) == ("waiting", "the disk is full")
    assert joined.err.endswith(
        "The disk is full.\n1 message is not with the host yet. It is kept, and goes with the next join or send.\n"
    )


def test_what_held_a_host_is_over_when_it_takes_something(joined: Joined) -> None:
    def fate(number: int, text: str) -> Iterable[Event]:
        if number == 1:
            return [Problem("The disk is full.", ROOM, holds=True), *joined.taken(number, text)]
        return [EntryWritten(ROOM, entry_id(number), text, 0)]

    joined.fate = fate
    _, lines = joined(here(BEN), lines="one\ntwo\n", wait=0.1, json=True)
    assert json.loads(lines[-1])["problem"] == ""
    assert joined.err.startswith("The host takes nothing.\n")


def test_a_host_that_goes_is_waited_for_as_long_as_was_asked_and_what_was_taken_is_kept(joined: Joined) -> None:
    joined.fate = lambda number, text: [EntryWritten(ROOM, entry_id(number), text, 0), reconnecting()]
    code, _ = joined(lines="hello\n", wait=0.1)
    assert code == 1
    assert joined.err == (
        "The connection broke.\n"
        "1 message is not with the host yet. It is kept, and goes with the next join or send.\n"
    )


def test_a_host_that_takes_nothing_is_given_up_too(joined: Joined) -> None:
    joined.fate = lambda number, text: [EntryWritten(ROOM, entry_id(number), text, 0)]
    code, _ = joined(lines="hello\n", wait=0.1)
    assert code == 1
    assert joined.err.startswith("The host takes nothing.\n1 message is not with the host yet.")


def test_who_only_listens_waits_for_a_host_no_longer_than_was_asked(joined: Joined) -> None:
    code, _ = joined(reconnecting("the room is full"), lines="\n", wait=0.1)
    assert code == 3
    assert joined.err == "The room is full.\n"


def test_a_pipe_for_a_host_that_is_away_is_not_read(joined: Joined) -> None:
    code, _ = joined(first=reconnecting(), lines="hello\n", wait=0.1)
    assert code == 3
    assert joined.said == []
    assert joined.err.startswith("The connection broke. Nothing was sent.\n")
    assert "Nothing of the input was taken, and nothing of it is sent later." in joined.err


def test_a_pipe_is_read_only_as_fast_as_its_lines_are_taken(joined: Joined, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl+C comes when the disk has taken none of them yet: what was not asked for is counted."""
    monkeypatch.setattr(conversation, "ANSWER_SECONDS", 0.1)
    joined.fate = lambda number, text: [LEAVE] if number == AHEAD else []
    code, _ = joined(lines="x\n" * 20_000)
    assert code == 1
    assert len(joined.said) == AHEAD
    assert "19800 more lines of the input had come. They were not taken, and are not sent." in joined.err


def test_a_host_is_told_how_others_come_in_from_a_new_address(joined: Joined) -> None:
    _, lines = joined(WaysIn(ROOM, "K7F3Q-2MXA9-DTB", "lanchat://10.9.0.2:29747/x"), WaysIn(ROOM, "", ""))
    shown = "\n".join(lines)
    assert "  Code  K7F3Q-2MXA9-DTB\n  Link  lanchat://10.9.0.2:29747/x\n" in shown
    assert "on no network now" in shown
    _, lines = joined(WaysIn(ROOM, "K7F3Q-2MXA9-DTB", "lanchat://x"), json=True)
    assert loads(lines[-1]) == {"type": "ways_in", "room": ROOM, "code": "K7F3Q-2MXA9-DTB", "link": "lanchat://x"}


# --- for programs ----------------------------------------------------------------------------------------------------
def test_json_has_an_object_for_everything_that_happens(joined: Joined) -> None:
    code, lines = joined(
        here(ANA, BEN), said(ANA, "before", backlog=True), here(LI, first=False), said(LI, "hi\nthere", seq=2),
        RosterChanged(ROOM, (Card(LI, "Lily", 2, bytes(64)),), (), 3), RosterChanged(ROOM, (), (CARDS[LI],), 2),
        Problem("Odd."), json=True,
    )  # fmt: skip
    objects = [json.loads(line) for line in lines]
    assert code == 0
    assert [one["type"] for one in objects] == [
        "connection", "joined", "entry", "joined", "entry", "renamed", "left", "problem"
    ]  # fmt: skip
    assert objects[0] == {
        "type": "connection", "room": ROOM, "title": "Kitchen", "state": "connected", "host": "Ana",
        "badge": "abcd-efgh", "problem": "",
    }  # fmt: skip
    assert objects[1] == {"type": "joined", "room": ROOM, "from": ANA.hex(), "nick": "Ana", "live": False}
    assert (objects[2]["text"], objects[2]["live"]) == ("before", False)
    assert objects[4] == {
        "type": "entry", "room": ROOM, "seq": 2, "id": entry_id(2).hex(), "ref": "", "from": LI.hex(), "nick": "Li",
        "kind": "text", "text": "hi\nthere", "sent_at": objects[4]["sent_at"], "mine": False, "live": True,
        "mentions_me": False, "reply_to": "", "edited_at": 0, "deleted": False, "deleted_by": "", "pinned": False,
        "reactions": {},
    }  # fmt: skip
    assert (objects[5]["before"], objects[5]["nick"]) == ("Li", "Lily")
    assert objects[7] == {"type": "problem", "room": "", "text": "Odd."}


def test_json_tells_who_writes_who_has_read_and_who_is_away(joined: Joined) -> None:
    tea = encode_profile(Profile(status="tea"))
    _, lines = joined(
        here(ANA, BEN), RosterChanged(ROOM, (), (), 2, states=((ANA, Availability.AWAY),)),
        RosterChanged(ROOM, (Card(ANA, "Ana", 2, bytes(64), tea),), (), 2),
        RosterChanged(ROOM, (), (), 2, states=((ANA, Availability.HERE),)),
        TypingChanged(ROOM, (ANA,), more=True), TypingChanged(ROOM, ()), SeenChanged(ROOM, ((ANA, 7),)), json=True,
    )  # fmt: skip
    ana = {"from": ANA.hex(), "nick": "Ana"}
    assert [json.loads(line) for line in lines[2:]] == [
        {"type": "presence", "room": ROOM, **ana, "state": "away", "status": ""},
        {"type": "presence", "room": ROOM, **ana, "state": "away", "status": "tea"},
        {"type": "presence", "room": ROOM, **ana, "state": "here", "status": "tea"},
        {"type": "typing", "room": ROOM, "who": [ana], "more": True},
        {"type": "typing", "room": ROOM, "who": [], "more": False},
        {"type": "seen", "room": ROOM, **ana, "seq": 7},
    ]


def test_json_has_an_object_for_every_message_whatever_its_kind(joined: Joined) -> None:
    _, lines = joined(
        here(ANA, BEN), said(ANA, "hi"), said(ANA, "?", seq=2, kind="poll"), said(ANA, "👍", seq=3, kind="+reaction"),
        said(ANA, "\u200b", seq=4), json=True,
    )  # fmt: skip
    entries = [one for one in map(json.loads, lines) if one["type"] == "entry"]
    assert [(one["seq"], one["kind"], one["text"]) for one in entries] == [
        (1, "text", "hi"), (2, "poll", "")
    ]  # fmt: skip


def test_json_tells_how_far_what_i_said_is(joined: Joined) -> None:
    _, lines = joined(here(ANA, BEN), lines="hello\n", json=True)
    written, entry, sent = (json.loads(line) for line in lines[-3:])
    assert (written["type"], written["text"]) == ("written", "hello")
    assert (entry["type"], entry["mine"], entry["id"]) == ("entry", True, written["id"])
    assert sent == {"type": "sent", "room": ROOM, "id": written["id"], "ref": "", "state": "taken", "problem": ""}


def of_ben(text: str = "tea?", **more: Any) -> Message:
    """Ben's message, as it is now."""
    return replace(said(BEN, "tea?").messages[0], content=Text(text), **more)


def test_json_tells_what_becomes_of_messages(joined: Joined) -> None:
    answer = replace(said(ANA, "yes", seq=2).messages[0], reply_to=entry_id(1))
    _code, lines = joined(
        here(ANA, BEN),
        said(BEN, "tea?"),
        MessagesAdded(ROOM, (answer,), 1, 2),
        MessagesChanged(ROOM, (of_ben("coffee?", edited_at=7, pinned=True, reactions=(Reaction("👍", (ANA, BEN)),)),)),
        MessagesChanged(ROOM, (of_ben("", deleted=True, deleted_by=ANA),)),
        TopicChanged(ROOM, "Breaks"),
        json=True,
    )
    entry, reply, changed, deleted, topic = list(map(loads, lines))[2:]
    assert (entry["reply_to"], entry["edited_at"], entry["deleted"], entry["pinned"]) == ("", 0, False, False)
    assert entry["reactions"] == {}
    assert reply["reply_to"] == entry["id"]
    assert changed["type"] == deleted["type"] == "changed"
    assert "live" not in changed
    assert {name: changed[name] for name in ("id", "text", "edited_at", "pinned", "reactions")} == {
        "id": entry["id"], "text": "coffee?", "edited_at": 7, "pinned": True,
        "reactions": {"👍": [ANA.hex(), BEN.hex()]},
    }  # fmt: skip
    assert (deleted["text"], deleted["deleted"], deleted["deleted_by"]) == ("", True, ANA.hex())
    assert topic == {"type": "topic", "room": ROOM, "text": "Breaks"}


ID = entry_id(7).hex()


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ({"text": "yes", "reply_to": ID}, Say(ROOM, "yes", "r", entry_id(7))),
        ({"text": "/me waves"}, Say(ROOM, "/me waves", "r")),
        ({"edit": ID, "text": "coffee?"}, Edit(ROOM, entry_id(7), "coffee?", "r")),
        ({"delete": ID}, Delete(ROOM, entry_id(7), "r")),
        ({"react": ID, "emoji": "👍"}, React(ROOM, entry_id(7), "👍", True, "r")),
        ({"react": ID, "emoji": "👍", "on": False}, React(ROOM, entry_id(7), "👍", False, "r")),
        ({"pin": ID, "on": False}, PinMessage(ROOM, entry_id(7), False, "r")),
        ({"topic": "Breaks"}, SetTopic(ROOM, "Breaks", "r")),
    ],
)
def test_a_program_changes_what_was_said(line: dict[str, object], command: Command) -> None:
    asked = parse_input(dumps({**line, "ref": "r"}))
    assert asked.problem == ""
    made = asked.change(ROOM) if asked.change else Say(ROOM, asked.text, asked.ref, asked.reply_to)
    assert made == command


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ({"edit": "7", "text": "x"}, "The “edit” of a line is no id of a message."),
        ({"edit": ID}, "The “text” of a line is missing, or is no string."),
        ({"delete": None}, "The “delete” of a line is no id of a message."),
        ({"react": ID}, "The “emoji” of a line is missing, or is no string."),
        ({"react": ID, "emoji": "👍", "on": 1}, "The “on” of a line is neither true nor false."),
        ({"topic": 1}, "The “topic” of a line is no string."),
        ({"text": "x", "reply_to": "Ben"}, "The “reply_to” of a line is no id of a message."),
        ({"text": "x", "reply_to": ["a"]}, "The “reply_to” of a line is no id of a message."),
    ],
)
def test_an_odd_change_is_refused_in_words(line: dict[str, object], problem: str) -> None:
    assert parse_input(dumps({**line, "ref": "r"})).problem == problem


VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just(ID) | st.lists(st.text(max_size=2))
NAMES = st.sampled_from(["text", "ref", "reply_to", "edit", "delete", "react", "emoji", "pin", "on", "topic", "type"])


@given(st.dictionaries(NAMES, VALUES, max_size=6))
def test_any_object_asks_for_something_or_is_refused_in_words(line: dict[str, object]) -> None:
    asked = parse_input(dumps(line))
    assert asked.problem or asked.text.strip()
    if asked.change is not None:
        assert asked.change(ROOM).room_id == ROOM


def test_every_change_is_answered_by_the_program_s_own_name(joined: Joined) -> None:
    def fate(command: Command) -> Iterable[Event]:
        match command:
            case Edit(ref=ref):
                yield ChangeWritten(ROOM, entry_id(8), ref)
                yield EntryStateChanged(ROOM, (entry_id(8),), EntryState.TAKEN)
                yield EntryStateChanged(ROOM, (entry_id(8),), EntryState.DELIVERED)
            case Delete(ref=ref):
                yield ChangeWritten(ROOM, entry_id(9), ref)
                yield EntryStateChanged(ROOM, (entry_id(9),), EntryState.NOT_SENT, "Only who wrote it may do that.")
            case React(ref=ref):
                yield ChangeNotWritten(ROOM, "That is not an emoji.", ref)

    joined.changed = fate
    lines = [{"edit": ID, "text": "x", "ref": "a"}, {"delete": ID, "ref": "b"}, {"react": ID, "emoji": "x", "ref": "c"}]
    code, out = joined(here(ANA, BEN), lines="".join(f"{dumps(line)}\n" for line in lines), json=True)
    told = [(line["ref"], line["type"], line.get("state")) for line in told_of(out)]
    assert [one[1:] for one in told if one[0] == "a"] == [
        ("written", None), ("sent", "taken"), ("sent", "delivered"),
    ]  # fmt: skip
    assert [one[1:] for one in told if one[0] == "b"] == [("written", None), ("sent", "not sent")]
    assert [one[1:] for one in told if one[0] == "c"] == [("sent", "not sent")]
    assert code == 1


def told_of(lines: Iterable[str]) -> list[dict[str, Any]]:
    """What JSON says about what was to be said."""
    return [one for one in map(json.loads, lines) if one["type"] in ("written", "sent")]


def test_what_a_program_asked_for_is_named_by_it_in_every_line_about_it(joined: Joined) -> None:
    _, lines = joined(here(ANA, BEN), lines='{"text": "two\\nlines", "ref": "\u200bjob 1"}\n', json=True)
    assert joined.said == ["two\nlines"]
    written, entry, sent = (json.loads(line) for line in lines[-3:])
    assert [one["ref"] for one in (written, entry, sent)] == ["\u200bjob 1"] * 3
    assert written["id"] == entry["id"] == sent["id"] != ""


def test_what_a_program_cannot_have_said_is_given_back_with_its_name(joined: Joined) -> None:
    joined.fate = joined.no_disk
    code, lines = joined(lines='{"text": "hello", "ref": "a"}\nplain\n', json=True)
    assert code == 1
    assert [(one["state"], one["ref"], one["text"], one["id"]) for one in told_of(lines)] == [
        ("not sent", "a", "hello", ""), ("not sent", "", "plain", "")
    ]  # fmt: skip
    joined.fate = joined.not_sent
    code, lines = joined(lines='{"text": "http://example.org", "ref": "b"}\n', json=True)
    written, refused = told_of(lines)
    assert code == 1
    assert (refused["state"], refused["ref"], refused["text"]) == ("not sent", "b", "http://example.org")
    assert refused["id"] == written["id"]


@pytest.mark.parametrize(
    ("line", "ref", "text"),
    [
        ("{not json", "", "{not json"),
        ('{"ref": "a"}', "a", '{"ref": "a"}'),
        ('{"text": ["x"], "ref": "a"}', "a", '{"text": ["x"], "ref": "a"}'),
        ('{"text": "x", "ref": 5}', "", "x"),
        ('{"text": "x", "ref": "' + "r" * 201 + '"}', "", "x"),
        ('{"text": "\\ud800", "ref": "a"}', "", '{"text": "\\ud800", "ref": "a"}'),
        ('{"text": "", "ref": "a"}', "a", ""),
        ('{"text": "\\u0000", "ref": "a"}', "a", "\0"),
        ('{"text": "' + "x" * 1_000_000 + '", "ref": "a"}', "a", "x" * 1_000_000),
        ('{"a":' * 50_000, "", '{"a":' * 50_000),
    ],
    ids=lambda value: value[:20],
)
def test_odd_lines_of_a_program_are_refused_and_given_back(joined: Joined, line: str, ref: str, text: str) -> None:
    code, lines = joined(here(BEN), lines=f"{line}\n[1, 2]\n", json=True)
    assert code == 1
    assert joined.said == ["[1, 2]"]  # what does not begin with { is said as it is
    refused = next(one for one in told_of(lines) if one["state"] == "not sent")
    assert (refused["ref"], refused["text"], bool(refused["problem"])) == (ref, text, True)


def test_the_mark_that_some_shells_begin_their_output_with_belongs_to_no_text(joined: Joined) -> None:
    joined(here(BEN), lines='\ufeff{"text": "hello"}\n', json=True)
    assert joined.said == ["hello"]


def test_what_waits_at_the_end_is_told_to_a_program(joined: Joined) -> None:
    joined.fate = joined.kept
    code, lines = joined(lines='{"text": "hello", "ref": "a"}\n', json=True)
    written, waiting = told_of(lines)
    assert code == 1
    assert (waiting["state"], waiting["ref"], waiting["id"]) == ("waiting", "a", written["id"])


def test_whoever_ends_it_hears_first_what_became_of_the_last_texts(joined: Joined) -> None:
    joined.fate = lambda number, text: [LEAVE, NotWritten(ROOM, text, "The disk is full.")]
    code, _ = joined(lines="hello\n")
    assert code == 1
    assert joined.err == "Not sent: “hello” The disk is full.\n"


def test_an_answer_that_comes_just_with_a_signal_is_heard(joined: Joined, monkeypatch: pytest.MonkeyPatch) -> None:
    joined.fate = lambda number, text: [NotWritten(ROOM, text, "The disk is full.")]
    get = Mailbox.get

    def interrupted_get(mailbox: Mailbox[Event], block: bool = True, timeout: float | None = None) -> Event:
        event = get(mailbox, block, timeout)
        if isinstance(event, NotWritten):
            signal.raise_signal(signal.SIGTERM)
        return event

    monkeypatch.setattr(Mailbox, "get", interrupted_get)
    code, _ = joined(lines="hello\n")
    assert code == 1
    assert joined.err == "Not sent: “hello” The disk is full.\n"


# --- at a terminal ---------------------------------------------------------------------------------------------------
class Fingers(InputSource):
    """Stands in for the Editor: shows what would be shown around the line."""

    def __init__(self) -> None:
        self.status = SendStatus()
        self.words: list[str] = []
        self.rings = 0
        self.typists: list[str] = []

    def show_typists(self, words: str) -> None:
        self.typists.append(words)

    def ring(self) -> None:
        self.rings += 1

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def show(self, status: SendStatus) -> None:
        self.status = status

    def set_completions(self, words: Iterable[str]) -> None:
        self.words = list(words)


class AtTerminal:
    """Ben hosts or has joined, and types; everything that happens is there before."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.fingers = Fingers()
        self.submitted: list[Command] = []
        self.written = ""
        self.on_disk: dict[EntryId, Message] = {}  #: messages that are there in a newer version

    def __call__(
        self, *happens: Event | Typed, hosting: bool = False, invites: InviteGuests | None = None
    ) -> list[str]:
        engine = StandIn(lambda command: [])
        written = io.StringIO()
        with console_on(engine, self._folder) as console:
            for one in (*happens, LEAVE):
                engine.events.put(one)  # type: ignore[arg-type]
            transcript = TextTranscript(Screen(written), PeopleColumn(BEN, {BEN: "Ben"}), brief=True)
            transcript.find = lambda _room_id, message_id: self.on_disk.get(message_id)
            slash = SlashCommands(console, ROOM, transcript)
            talk = TerminalConversation(console, ROOM, transcript, self.fingers, slash, invites=invites)
            mine = replace(connected(), state=ConnectionState.HOSTING, host=None)
            talk.run(mine if hosting else connected(), hosting)
            self.submitted = [command for command in engine.submitted]
        self.written = written.getvalue()
        return without_clock(self.written.splitlines())


@pytest.fixture
def at_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AtTerminal:
    monkeypatch.setattr(conversation, "ANSWER_SECONDS", 0.1)  # nothing answers what is typed
    return AtTerminal(tmp_path)


def test_who_is_away_and_what_they_say_is_said_by_who(at_terminal: AtTerminal) -> None:
    status = encode_profile(Profile(status="back at two"))
    changed = RosterChanged(ROOM, (Card(ANA, "Ana", 2, bytes(64), status),), (), 3, states=((LI, Availability.BUSY),))
    lines = at_terminal(here(ANA, LI, BEN), changed, Typed("/who"))
    assert lines[-1].endswith("3 here: Ana (back at two, hosts this room), Li (busy), Ben (you).")


MIA = Card(LI, "Mia", 1, bytes(64), encode_profile(Profile(guest=True)))


def test_guests_are_marked_where_they_come_and_talk_and_by_who(at_terminal: AtTerminal) -> None:
    came, left = RosterChanged(ROOM, (MIA,), (), 3), RosterChanged(ROOM, (), (MIA,), 2)
    said_so = said(LI, "hello", "/me waves")
    lines = at_terminal(here(ANA, BEN), came, said_so, Typed("/who"), left)
    assert lines[2] == "·     Mia (guest) joined."
    assert lines[4:] == [
        "Mia (guest)  hello",
        "*            Mia (guest) waves",
        "·            2 here: Ana (hosts this room), Ben (you).",
        "·            1 guest, with a browser: Mia.",
        "·            Mia (guest) left.",
    ]


def test_a_long_nick_does_not_hide_that_it_is_a_guests(at_terminal: AtTerminal) -> None:
    long = Card(LI, "Maximiliane Charlotte", 1, bytes(64), encode_profile(Profile(guest=True)))
    lines = at_terminal(RosterChanged(ROOM, (long, CARDS[BEN]), (), 2, first=True), said(LI, "hello"))
    assert lines[-1] == "Maximil… (guest)  hello"


@pytest.mark.parametrize("typed", ["/msg Mia hello", "/keeper Mia", "/coowner Mia", "/handover Mia"])
def test_guests_take_no_part_in_what_needs_a_program(at_terminal: AtTerminal, typed: str) -> None:
    hosts = Hosting(ROOM, "Kitchen", 29747, "", "", None)
    lines = at_terminal(hosts, here(ANA, BEN), RosterChanged(ROOM, (MIA,), (), 3), Typed(typed), hosting=True)
    assert "Mia is a guest" in lines[-1]
    assert not [one for one in at_terminal.submitted if isinstance(one, Say | GiveRole | HandOver)]


def test_json_says_who_is_a_guest(joined: Joined) -> None:
    _, lines = joined(here(ANA, BEN), RosterChanged(ROOM, (MIA,), (), 3), said(LI, "hello"), json=True)
    told = [one for one in map(json.loads, lines) if one.get("from")]
    assert [(one["type"], one["nick"], one.get("guest")) for one in told] == [
        ("joined", "Ana", None), ("joined", "Mia", True), ("entry", "Mia", True)
    ]  # fmt: skip


def test_who_writes_stands_beside_the_line_and_what_is_read_is_seen_by_the_person(at_terminal: AtTerminal) -> None:
    writing = [TypingChanged(ROOM, members) for members in ((ANA,), (), (LI, ANA))]
    at_terminal(here(ANA, LI, BEN), *writing, said(ANA, "hi"))
    assert at_terminal.fingers.typists == ["", "Ana is writing…", "", "Li and Ana are writing…"]
    assert MarkRead(ROOM, 1) in at_terminal.submitted


def test_what_a_program_reads_is_seen_by_nobody(joined: Joined) -> None:
    asked: list[Command] = []

    def heard(command: Command) -> list[Event]:
        asked.append(command)
        return []

    joined.changed = heard
    joined(here(ANA, BEN), said(ANA, "hi"), json=True)
    assert MarkRead(ROOM, 1, by_person=False) in asked


def test_names_and_commands_are_offered_for_completion(at_terminal: AtTerminal) -> None:
    at_terminal(here(ANA, LI, BEN))
    assert at_terminal.fingers.words[:2] == ["@Ana", "@Li"]
    assert "/who" in at_terminal.fingers.words
    assert "/remove" not in at_terminal.fingers.words
    at_terminal(here(ANA, BEN), hosting=True)
    assert "/remove" in at_terminal.fingers.words


def test_who_is_mentioned_hears_it_and_sees_it_and_everyone_is_named_by_the_host_only(at_terminal: AtTerminal) -> None:
    at_terminal(
        here(ANA, LI, BEN), said(LI, "@ben, tea?"), said(LI, "@everyone", seq=2), said(ANA, "@Everyone out", seq=3),
        said(BEN, "@Ben", seq=4), said(ANA, "@ben was here", seq=5, backlog=True),
    )  # fmt: skip
    shown = [line[5:].split()[0] for line in at_terminal.written.splitlines()[-5:]]
    assert shown == ["@Li", "Li", "@Ana", "Ben", "@Ana"]
    assert at_terminal.fingers.rings == 2


def test_only_the_host_is_offered_everyone(at_terminal: AtTerminal) -> None:
    at_terminal(here(ANA, BEN))
    assert "@everyone" not in at_terminal.fingers.words
    at_terminal(Hosting(ROOM, "Kitchen", 29747, "", "", None), here(ANA, BEN), hosting=True)
    assert "@everyone" in at_terminal.fingers.words


def test_slash_words_do_what_they_say(at_terminal: AtTerminal) -> None:
    lines = at_terminal(
        here(ANA, BEN), Typed("/who"), Typed("/nick Benjamin"), Typed("/earlier"), Typed("/search tea"),
        Typed("/nonsense"), Typed("/usr/bin is a path"),
    )  # fmt: skip
    assert lines[2:] == [
        "·     2 here: Ana (hosts this room), Ben (you).",
        "·     Nothing found.",
        "·     There is no /nonsense. The same line once more sends it as a message; /help lists the commands.",
        "The disk was not done with 1 message; `lanchat history` shows whether it was sent.",
    ]
    assert at_terminal.submitted[:3] == [ChangeProfile("Benjamin"), FetchEarlier(ROOM), Say(ROOM, "/usr/bin is a path")]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("/who is coming?", "/who is coming?"), ("//who", "/who"), ("//shrug", "/shrug"), ("//a/b", "//a/b"),
        ("/2026-11-01 was a Sunday", "/2026-11-01 was a Sunday"), ("/me waves", "/me waves"),
        ("//me is how one waves", " /me is how one waves"),
    ],
)  # fmt: skip
def test_what_only_looks_like_a_command_is_said(at_terminal: AtTerminal, typed: str, said: str) -> None:
    at_terminal(here(ANA, BEN), Typed(typed))
    assert at_terminal.submitted[0] == Say(ROOM, said)


def test_a_filter_that_cannot_be_understood_is_said(at_terminal: AtTerminal) -> None:
    lines = at_terminal(here(ANA, BEN), Typed("/search has:soup"), Typed("/search"), Typed("/search from:me"))
    assert lines[2:] == [
        "·     has: takes file, picture, link or pin.",
        "·     Say which: /search WORDS",
        "·     Nothing found.",
    ]


def test_an_unknown_command_is_sent_when_it_is_entered_once_more(at_terminal: AtTerminal) -> None:
    at_terminal(here(ANA, BEN), Typed("/shrug"), Typed("/nope"), Typed("/shrug"), Typed("/shrug"))
    assert [command for command in at_terminal.submitted if isinstance(command, Say)] == [Say(ROOM, "/shrug")]


def test_a_status_is_said_of_oneself(at_terminal: AtTerminal) -> None:
    at_terminal(here(ANA, BEN), Typed("/status out for lunch"), Typed("/status"))
    assert at_terminal.submitted[:2] == [ChangeProfile(status="out for lunch"), ChangeProfile(status="")]


def test_what_somebody_does_is_a_line_of_its_own_kind(at_terminal: AtTerminal) -> None:
    lines = at_terminal(here(ANA, BEN), said(ANA, "/me waves\nand smiles", "/media is full", seq=1))
    assert lines[-3:] == ["*     Ana waves", "             and smiles", "Ana   /media is full"]


def test_help_lists_what_this_person_can_do_here(at_terminal: AtTerminal) -> None:
    assert not any("/remove" in line for line in at_terminal(here(BEN), Typed("/help")))
    lines = at_terminal(here(BEN), Typed("/help"), hosting=True)
    assert sum(line.split()[:2] == ["/remove", "NAME"] for line in lines) == 1
    assert not any("/mute" in line for line in lines), "of the window"


def test_a_host_sends_people_away_by_name(at_terminal: AtTerminal) -> None:
    lines = at_terminal(here(ANA, LI, BEN), Typed("/remove @li"), Typed("/remove Zoë"), hosting=True)
    assert at_terminal.submitted[0] == Remove(ROOM, LI)
    assert lines[-1] == "·     Nobody of that name is here."


def test_a_pasted_text_of_many_lines_is_one_message(at_terminal: AtTerminal) -> None:
    at_terminal(here(ANA, BEN), Typed("one\ntwo"), Typed("   "))
    assert [command for command in at_terminal.submitted if isinstance(command, Say)] == [Say(ROOM, "one\ntwo")]


def test_what_is_shown_counts_as_read(at_terminal: AtTerminal) -> None:
    older = replace(said(ANA, "old", seq=1), older=True)
    at_terminal(here(ANA, BEN), said(ANA, "two", "three", seq=2), older)
    assert [command for command in at_terminal.submitted if isinstance(command, MarkRead)] == [MarkRead(ROOM, 3)]


# --- what becomes of messages ----------------------------------------------------------------------------------------
def test_an_answer_has_a_line_over_it_with_what_it_answers(at_terminal: AtTerminal) -> None:
    quote = Quote(entry_id(1), ANA, 1, "is the kettle **on**?\nI hope so")
    page = said(BEN, "yes", "no", "perhaps", seq=2).messages
    answers = (
        replace(page[0], reply_to=entry_id(1), quote=quote),
        replace(page[1], reply_to=entry_id(1), quote=replace(quote, text="", deleted=True)),
        replace(page[2], reply_to=entry_id(9)),
    )
    lines = at_terminal(here(ANA, BEN), MessagesAdded(ROOM, answers, 1, 4))
    assert [line.strip() for line in lines[-6:]] == [
        "┌ Ana: is the kettle on?…", "Ben   yes",
        "┌ Ana: a deleted message", "Ben   no",
        "┌ an answer to a message that is not here", "Ben   perhaps",
    ]  # fmt: skip


def test_files_that_were_deleted_before_one_came_are_a_deleted_message(at_terminal: AtTerminal) -> None:
    erased = replace(said(ANA, "x").messages[0], content=UnknownMessage("file"), deleted=True, deleted_by=ANA)
    lines = at_terminal(here(ANA, BEN), MessagesAdded(ROOM, (erased,), 0, 1))
    assert "Ana" in lines[-1]
    assert "deleted" in lines[-1]
    assert "too old" not in lines[-1]


def test_what_changes_is_told_in_a_line_and_a_deleted_text_never_again(at_terminal: AtTerminal) -> None:
    ben = of_ben("tea at nien?")
    edited = replace(ben, content=Text("tea at nine?"), edited_at=1)
    liked = replace(edited, reactions=(Reaction("👍", (ANA, LI)),))
    pinned = replace(liked, reactions=(Reaction("👍", (LI,)),), pinned=True)
    gone = of_ben("", deleted=True, deleted_by=ANA)
    lines = at_terminal(
        here(ANA, LI, BEN), MessagesAdded(ROOM, (ben,), 0, 1),
        *(MessagesChanged(ROOM, (now,)) for now in (edited, liked, pinned, gone, gone)),
        TopicChanged(ROOM, "Breaks"), TopicChanged(ROOM, ""),
    )  # fmt: skip
    at = lines[-1]
    assert lines[-7:] == [
        "·     Ben edited “tea at nien?”: tea at nine?",
        "·     Ana, Li reacted 👍 to “tea at nine?”",
        "·     Pinned: “tea at nine?” by Ben",
        "·     Ana took back 👍 from “tea at nine?”",
        lines[-3],
        "·     Topic: Breaks",
        at,
    ]
    assert lines[-3].startswith("·     Ana deleted a message of Ben of ")
    assert at == "·     The room has no topic any more."


def test_a_change_of_the_past_has_no_time_and_mine_is_told_as_mine(at_terminal: AtTerminal) -> None:
    first, mine = said(ANA, "tea?", seq=1), said(BEN, "yes", seq=3)
    pinned = replace(first.messages[0], pinned=True)
    gone = replace(mine.messages[0], content=Text(""), deleted=True, deleted_by=BEN)
    at_terminal(
        here(ANA, BEN), first, reconnecting(), connected(fetched=1), MessagesAdded(ROOM, (), 1, 2),
        MessagesChanged(ROOM, (pinned,)), mine, MessagesChanged(ROOM, (gone,)),
    )  # fmt: skip
    (past,) = [line for line in at_terminal.written.splitlines() if "Pinned" in line]
    (now,) = [line for line in at_terminal.written.splitlines() if "You deleted a message." in line]
    assert past.startswith("     ")
    assert now[:2].isdigit()


def test_what_was_missed_is_shown_as_it_became_and_older_edits_are_no_news(at_terminal: AtTerminal) -> None:
    missed = said(ANA, "tea at nien?", seq=2, backlog=True)
    edited = replace(missed.messages[0], content=Text("tea at nine?"), edited_at=1)
    later = replace(edited, content=Text("tea at ten?"), edited_at=2)
    at_terminal.on_disk[edited.message_id] = edited
    thread = PrivateThread(ROOM, ANA).thread_id
    lines = at_terminal(
        here(ANA, BEN), said(BEN, "hi"), reconnecting(), connected(fetched=3), missed,
        MessagesAdded(ROOM, (), 2, 3, backlog=True), replace(said(ANA, "psst", seq=3, backlog=True), room_id=thread),
        MessagesAdded(ROOM, (), 3, 4, backlog=True), MessagesChanged(ROOM, (edited,)), MessagesChanged(ROOM, (later,)),
    )  # fmt: skip
    assert [line.strip() for line in lines[-4:]] == [
        "Ana   tea at nine?", "(edited)", "·     [private] Ana: psst", "·     Ana edited “tea at nine?”: tea at ten?",
    ]  # fmt: skip


def test_what_came_before_the_connection_broke_again_is_shown(at_terminal: AtTerminal) -> None:
    missed = said(ANA, "tea?", seq=2, backlog=True)
    lines = at_terminal(here(ANA, BEN), said(BEN, "hi"), reconnecting(), connected(fetched=9), missed, reconnecting())
    assert lines[-2:] == ["Ana   tea?", "·     Reconnecting… the connection broke"]


def test_of_a_message_that_was_not_shown_no_change_is_told(at_terminal: AtTerminal) -> None:
    lines = at_terminal(here(ANA, BEN), MessagesChanged(ROOM, (of_ben(edited_at=1),)))
    assert lines == at_terminal(here(ANA, BEN))


def test_the_past_is_shown_as_it_is_now(at_terminal: AtTerminal) -> None:
    page = (
        of_ben("tea?", edited_at=1, pinned=True, reactions=(Reaction("👍", (ANA, LI)), Reaction("🎂", (ANA,)))),
        replace(said(ANA, "x", seq=2).messages[0], content=Text(""), deleted=True, deleted_by=BEN),
    )  # fmt: skip
    lines = at_terminal(here(ANA, BEN), MessagesAdded(ROOM, page, 0, 2))
    assert [line.strip() for line in lines[-4:]] == [
        "Ben   tea?", "(edited, pinned)", "👍 2  🎂 1", "Ana   deleted by Ben",
    ]  # fmt: skip


def test_commands_are_about_the_last_message_or_one_with_a_number(at_terminal: AtTerminal) -> None:
    lines = at_terminal(
        here(ANA, LI, BEN), said(ANA, "tea?", seq=1), said(BEN, "helo", seq=2), said(LI, "cake!", seq=3),
        Typed("/reply yes, please"), Typed("/edit hello"), Typed("/react +1"), Typed("/delete"),
        Typed("/reply #3 now"), Typed("/numbers"), Typed("/reply #3 now"), Typed("/react #1 🎂"), Typed("/delete #1"),
        Typed("/delete it"), Typed("/edit #2"), Typed("/pin"), Typed("/topic"), Typed("/topic Breaks"),
    )  # fmt: skip
    changes = [one for one in at_terminal.submitted if not isinstance(one, MarkRead)]
    assert changes == [
        Say(ROOM, "yes, please", reply_to=entry_id(3)), Edit(ROOM, entry_id(2), "hello"),
        React(ROOM, entry_id(3), "👍"), Delete(ROOM, entry_id(2)),
        Say(ROOM, "now", reply_to=entry_id(1)), React(ROOM, entry_id(3), "🎂"), Delete(ROOM, entry_id(3)),
    ]  # fmt: skip
    assert [line.strip() for line in lines if line.strip().startswith("#")] == [
        "#3  Ana: tea?", "#2  Ben: helo", "#1  Li: cake!",
    ]  # fmt: skip
    notices = [line.removeprefix("·     ") for line in lines if line.startswith("·")]
    assert notices[-6:] == [
        "There is no message #3; /numbers shows them.",
        "Only a number such as #3 may stand there.",
        "Something is missing after the number.",
        "Only who founded this room can do that.",
        "The room has no topic.",
        "Only who founded this room can do that.",
    ]


def test_a_host_pins_and_sets_the_topic(at_terminal: AtTerminal) -> None:
    at_terminal(
        here(ANA, BEN), said(ANA, "tea?", seq=1), Typed("/pin"),
        MessagesChanged(ROOM, (replace(said(ANA, "tea?").messages[0], pinned=True),)), Typed("/pin"),
        Typed("/topic Breaks"), Typed("/topic -"), hosting=True,
    )  # fmt: skip
    assert [one for one in at_terminal.submitted if isinstance(one, PinMessage | SetTopic)] == [
        PinMessage(ROOM, entry_id(1)), PinMessage(ROOM, entry_id(1), False), SetTopic(ROOM, "Breaks"),
        SetTopic(ROOM, ""),
    ]  # fmt: skip


def test_what_was_not_sent_can_be_tried_again(at_terminal: AtTerminal) -> None:
    one, two = entry_id(1), entry_id(2)
    at_terminal(
        Typed("hello"), EntryWritten(ROOM, one, "hello", 0), EntryStateChanged(ROOM, (one,), EntryState.NOT_SENT, "no"),
        Typed("/retry"), EntryWritten(ROOM, two, "hello", 0, one), EntryStateChanged(ROOM, (two,), EntryState.TAKEN),
    )  # fmt: skip
    assert at_terminal.submitted[:2] == [Say(ROOM, "hello"), Retry(ROOM, one)]
    assert at_terminal.fingers.status == SendStatus(mark="✓")


def test_of_very_many_missed_entries_only_the_last_are_shown(at_terminal: AtTerminal) -> None:
    texts = [f"line {n}" for n in range(600)]
    runs = [said(ANA, *texts[at : at + 200], seq=at + 1, backlog=True) for at in (0, 200, 400)]
    lines = at_terminal(here(ANA, BEN), reconnecting(), connected(fetched=600), *runs, said(ANA, "now", seq=601))
    assert lines[3:6] == [
        "·     Connected again.",
        "·     600 messages came; these are the last 100. `lanchat history` has all.",
        "— Friday, 20 November 2026 —",
    ]
    assert lines[6:] == [*(f"Ana   {text}" for text in texts[-100:]), "Ana   now"]


def test_what_was_said_earlier_stands_under_its_own_day(at_terminal: AtTerminal) -> None:
    older = replace(said(ANA, "old", seq=1), older=True)
    nothing = MessagesAdded.of(ROOM, (), older=True)
    lines = at_terminal(here(ANA, BEN), said(ANA, "new", seq=2), older, said(ANA, "newer", seq=3), nothing)
    day = "— Friday, 20 November 2026 —"
    assert lines[2:-1] == [day, "Ana   new", day, "Ana   old", day, "Ana   newer"]
    assert lines[-1] == "·     There are no earlier messages."
