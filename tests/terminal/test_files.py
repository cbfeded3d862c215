"""Offered files as they are written down, and what people and programs can do with them; without bytes."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from msgspec.structs import replace

from lanchat.__main__ import main
from lanchat.core.content import encode
from lanchat.core.file_offer import FileOffer
from lanchat.core.model import Card, EntryId, RoomId
from lanchat.engine.commands import CancelFile, Command, GetFile, Join, PauseFile, SendFiles, SetFiles
from lanchat.engine.events import (
    EntryState,
    EntryStateChanged,
    EntryWritten,
    Event,
    FileChanged,
    FilePreparing,
    FilesKnown,
    FilesRefused,
    FileState,
    Hosting,
)
from lanchat.storage.file_records import FileRecord
from lanchat.storage.records import RoomRecord
from lanchat.storage.store import Store
from lanchat.terminal import console, conversation
from lanchat.terminal.console import LeaveRequested, Typed
from lanchat.terminal.conversation import TerminalConversation
from lanchat.terminal.json_input import parse_input
from lanchat.terminal.json_lines import JsonLines
from lanchat.terminal.output import PeopleColumn, Screen
from lanchat.terminal.own_messages import SendStatus
from lanchat.terminal.slash_commands import SlashCommands
from lanchat.terminal.stdin_reader import InputSource
from lanchat.terminal.transcript import ConversationWriter, TextTranscript
from lanchat.trust.signing import make_entry
from terminal.conftest import CommandLine
from terminal.stand_in import ANA, BEN, ROOM, StandIn, connected, console_on, entry_id, here, offered, said
from terminal.test_conversation import stdin_of
from tests.identities import new_identity

PLAN = FileOffer("plan.pdf", 2_345_000, 1, b"r" * 32, 100, "application/pdf", caption="look at **page 3**, @Ben")
PHOTOS = FileOffer("photos", 34_000_000, 12, b"p" * 32, 100)
LEAVE = LeaveRequested()


@dataclass
class Keys(InputSource):
    """What a person at a terminal sees around the edited line."""

    seen: list[SendStatus] = field(default_factory=list)

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def show(self, status: SendStatus) -> None:
        self.seen.append(status)


class Kitchen:
    """Ben at a terminal in a room whose log is on his disk: he types, and things happen."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.keys = Keys()
        self.submitted: list[Command] = []
        self.answer: Callable[[Command], Iterable[Event]] = lambda command: []
        self.ids: list[EntryId] = []

    def keeps(self, *offers: FileOffer) -> None:
        """These were offered here before, by Zoë; their messages have the numbers from 1 on."""
        zoe = new_identity()
        with_store = Store.open(self.folder)
        with_store.put_room(RoomRecord(ROOM, "Kitchen"))
        with_store.put_cards([Card(zoe.key, "Zoë", 1, b"s" * 64)])
        for offer in offers:
            entry = make_entry(zoe, ROOM, len(self.ids) + 1, encode(offer), 1_795_176_000_000)
            self.ids.append(EntryId(entry.entry_id))
            with_store.log(ROOM).append([entry], 1_795_176_000_000)
        with_store.close()

    def __call__(
        self, *happens: Event | Typed, writer: type[ConversationWriter] = TextTranscript, hosting: bool = False
    ) -> list[str]:
        engine = StandIn(lambda command: self.answer(command))
        written = io.StringIO()
        with console_on(engine, self.folder) as terminal:
            for one in (*happens, LEAVE):
                engine.events.put(one)  # type: ignore[arg-type]
            transcript = writer(Screen(written), PeopleColumn(BEN, {**terminal.reader.nicks(), BEN: "Ben"}))
            slash = None
            if isinstance(transcript, TextTranscript):
                transcript.gets = True
                slash = SlashCommands(terminal, ROOM, transcript)
            TerminalConversation(terminal, ROOM, transcript, self.keys, slash).run(connected(), hosting)
            self.submitted = engine.submitted
        return [line[7:] if line[2:3] == ":" else line for line in written.getvalue().splitlines()]

    def asked(self, *kinds: type[Command]) -> list[Command]:
        return [one for one in self.submitted if isinstance(one, kinds)]


@pytest.fixture
def kitchen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kitchen:
    monkeypatch.setattr(conversation, "ANSWER_SECONDS", 0.1)  # nothing answers what is typed
    return Kitchen(tmp_path)


# --- for people ------------------------------------------------------------------------------------------------------
def test_an_offer_is_a_line_that_no_text_can_imitate_and_what_is_said_beside_it_stands_below(kitchen: Kitchen) -> None:
    lines = kitchen(here(ANA, BEN), offered(ANA, PLAN, seq=41), said(ANA, "· Ana sent plan.pdf, 2.3 MB", seq=42))
    assert lines[-3:] == [
        "·     Ana sent plan.pdf, 2.3 MB  /get 41",
        "Ana   look at **page 3**, @Ben",
        "Ana   · Ana sent plan.pdf, 2.3 MB",
    ]


def test_my_own_file_is_not_one_to_get(kitchen: Kitchen) -> None:
    lines = kitchen(here(ANA, BEN), offered(BEN, replace(PLAN, caption="")))
    assert lines[-1] == "·     Ben sent plan.pdf, 2.3 MB"


def test_a_name_that_deceives_is_shown_without_what_deceives(kitchen: Kitchen) -> None:
    lines = kitchen(here(ANA, BEN), offered(ANA, replace(PLAN, name="\u202efdp.\x1b[2Jexe", caption="")))
    assert lines[-1] == "·     Ana sent fdp.[2Jexe, 2.3 MB  /get 1"


def test_files_are_sent_by_their_paths(kitchen: Kitchen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.pdf", "my plan.pdf"):
        (tmp_path / name).write_bytes(b"x")
    lines = kitchen(Typed("/file a.pdf 'my plan.pdf'"), Typed("/file my plan.pdf"), Typed("/file b.pdf"))
    both = (str(tmp_path / "a.pdf"), str(tmp_path / "my plan.pdf"))
    assert kitchen.asked(SendFiles) == [SendFiles(ROOM, both), SendFiles(ROOM, both[1:])]
    assert lines[-2].endswith(f"There is no file {tmp_path / 'b.pdf'}.")


def test_what_is_under_way_stands_above_the_line_and_its_end_is_told_once(kitchen: Kitchen, tmp_path: Path) -> None:
    kitchen.keeps(PLAN)
    (message_id,) = kitchen.ids
    coming = FileChanged(ROOM, message_id, FileState.COMING, 1_200_000, 2_345_000, 1_000_000)
    path = str(tmp_path / "plan.pdf")
    done = FileChanged(ROOM, message_id, FileState.HERE, 2_345_000, 2_345_000, path=path)
    lines = kitchen(here(ANA, BEN), Typed("/get 1"), coming, done, done)
    assert kitchen.asked(GetFile) == [GetFile(ROOM, message_id)]
    assert ("plan.pdf: 1.2 of 2.3 MB, 1 MB/s, 2 s left",) in [one.files for one in kitchen.keys.seen]
    assert kitchen.keys.seen[-1].files == ()
    assert lines[2:] == ["·     plan.pdf is here:", f"  {path}"]


def test_pictures_that_come_by_themselves_are_not_told_of(kitchen: Kitchen) -> None:
    kitchen.keeps(PLAN)
    lines = kitchen(here(ANA, BEN), FileChanged(ROOM, kitchen.ids[0], FileState.HERE, 1, 1, path="x"))
    assert len(lines) == 2


@pytest.mark.parametrize(
    ("state", "problem", "words"),
    [
        (FileState.FAILED, "the disk is full", "plan.pdf is not here. The disk is full. /get 1 tries again."),
        (FileState.UNAVAILABLE, "", "plan.pdf is not here yet. Nobody here has it. It will come as soon as somebody "
                                    "has it."),
    ],
)  # fmt: skip
def test_a_file_that_does_not_come_is_told_with_the_reason(
    kitchen: Kitchen, state: FileState, problem: str, words: str
) -> None:
    kitchen.keeps(PLAN)
    lines = kitchen(here(ANA, BEN), Typed("/get"), FileChanged(ROOM, kitchen.ids[0], state, problem=problem))
    assert lines[2:] == [f"·     {words}"]


def test_the_last_files_are_listed_with_their_numbers_and_states(kitchen: Kitchen) -> None:
    kitchen.keeps(PLAN, PHOTOS)
    known = FilesKnown(ROOM, (FileChanged(ROOM, kitchen.ids[1], FileState.COMING, 17_000_000, 34_000_000),))
    lines = kitchen(here(ANA, BEN), known, Typed("/files"), Typed("/get 7"), Typed("/get x"))
    assert [line.split() for line in lines[2:4]] == [
        ["1", "Zoë", "20", "November", "2026", lines[2].split()[5], "2.3", "MB", "plan.pdf"],
        ["2", "Zoë", "20", "November", "2026", lines[2].split()[5], "34", "MB", "50", "%", "photos,", "12", "files"],
    ]
    assert lines[2].index("plan.pdf") == lines[3].index("photos")
    assert [line[6:] for line in lines[4:]] == [
        f"There is no file with the number {number}; /files shows them." for number in "7x"
    ]


def test_without_a_number_the_newest_that_is_not_here_is_got(kitchen: Kitchen) -> None:
    kitchen.keeps(PLAN, PHOTOS)
    known = FilesKnown(ROOM, (FileChanged(ROOM, kitchen.ids[1], FileState.HERE),))
    kitchen(here(ANA, BEN), known, Typed("/get"))
    assert kitchen.asked(GetFile) == [GetFile(ROOM, kitchen.ids[0])]


def test_what_is_sent_is_told_of_when_nothing_was_sent_or_the_host_keeps_no_copy(kitchen: Kitchen) -> None:
    reading = FilePreparing(ROOM, "", "plan.pdf", 1_000_000, 2_345_000)
    mine = EntryWritten(ROOM, entry_id(1), PLAN.words, 0, offer=PLAN)
    alone = FileChanged(ROOM, entry_id(1), FileState.MINE, problem="its store is full")
    lines = kitchen(here(ANA, BEN), reading, FilesRefused(ROOM, "", "plan.pdf cannot be read"), mine, alone)
    assert ("Reading plan.pdf: 1 of 2.3 MB",) in [one.files for one in kitchen.keys.seen]
    assert lines[2] == "Not sent. Plan.pdf cannot be read."
    assert lines[3] == "·     plan.pdf: Its store is full."


def test_an_edit_is_of_a_text_and_not_of_files(kitchen: Kitchen) -> None:
    lines = kitchen(here(ANA, BEN), offered(BEN, PLAN), Typed("/edit better"))
    assert lines[-1].endswith("There is no such message here.")


# --- for programs ----------------------------------------------------------------------------------------------------
def test_programs_read_of_files_what_there_is_to_know(kitchen: Kitchen) -> None:
    lines = kitchen(
        here(ANA, BEN), offered(ANA, PLAN, seq=41), FilePreparing(ROOM, "r", "a", 1, 2), FilesRefused(ROOM, "r", ""),
        FileChanged(ROOM, entry_id(41), FileState.COMING, 5, 9, 2), writer=JsonLines,
    )  # fmt: skip
    told = [json.loads(line) for line in lines if line.startswith("{")]
    entry, preparing, refused, coming = told[-4:]
    assert (entry["type"], entry["kind"], entry["text"]) == ("entry", "file", PLAN.caption)
    assert (entry["file"]["name"], entry["file"]["size"], entry["mentions_me"]) == ("plan.pdf", 2_345_000, True)
    assert preparing == {"type": "preparing", "room": ROOM, "ref": "r", "name": "a", "done": 1, "size": 2}
    assert (refused["ref"], refused["state"], refused["problem"]) == ("r", "not sent", "cancelled")
    assert coming == {
        "type": "file", "room": ROOM, "id": entry_id(41).hex(), "state": "coming", "done": 5, "size": 9, "rate": 2,
        "problem": "", "path": "", "shared": 0, "given": 0, "host_has": False,
    }  # fmt: skip


def test_programs_send_files_and_get_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.pdf").write_bytes(b"x")
    one = "0" * 31 + "1"
    given = parse_input(f'{{"files": ["a.pdf"], "text": "page 3", "ref": "r", "reply_to": "{one}"}}')
    assert (given.files, given.text, given.ref, given.reply_to) == (
        (str(tmp_path / "a.pdf"),), "page 3", "r", entry_id(1)
    )  # fmt: skip
    assert given.problem == ""
    for name, kind in (("get", GetFile), ("pause", PauseFile), ("cancel", CancelFile)):
        asked = parse_input(f'{{"{name}": "{one}"}}')
        assert asked.file_change is not None
        assert asked.file_change(ROOM) == kind(ROOM, entry_id(1))


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('{"files": "a.pdf"}', "no list of paths"), ('{"files": []}', "no list of paths"),
        ('{"files": [1]}', "no list of paths"), ('{"files": ["nowhere"]}', "There is no file"),
        ('{"files": ["x"], "text": 1}', "no string"), ('{"files": ["\\u0000"]}', "There is no file"),
        ('{"get": "1"}', "no id of a message"),
        (json.dumps({"files": ["x"], "text": "x" * 1_001}), "Too long: 1001 characters; a caption"),
    ],
)  # fmt: skip
def test_what_programs_get_wrong_is_said(line: str, problem: str) -> None:
    assert problem in parse_input(line).problem


class InPipe:
    """`lanchat` with its input from a pipe; the stand-in answers what it asks."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> None:
        self._folder, self._capsys, self._patch = folder, capsys, patch

    def __call__(
        self, answer: Callable[[Command], Iterable[Event]], *words: str, lines: str = ""
    ) -> tuple[int, str, str]:
        Store.open(self._folder).close()

        def answered(command: Command) -> Iterable[Event]:
            return [connected()] if isinstance(command, Join) else answer(command)

        self._patch.setattr(console, "Engine", lambda folder, nick: StandIn(answered))
        with stdin_of(lines):
            code = main([*words, "--data-dir", str(self._folder)])
        return code, *self._capsys.readouterr()


@pytest.fixture
def in_pipe(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> InPipe:
    return InPipe(tmp_path / "data", capsys, monkeypatch)


def written(*after: Event) -> list[Event]:
    taken = EntryStateChanged(ROOM, (entry_id(1),), EntryState.TAKEN)
    return [EntryWritten(ROOM, entry_id(1), PLAN.words, 0, ref="files", offer=PLAN), taken, *after]


def mine(host_has: bool = False, problem: str = "") -> FileChanged:
    return FileChanged(ROOM, entry_id(1), FileState.MINE, host_has=host_has, problem=problem)


@pytest.mark.parametrize(
    ("events", "code", "words"),
    [
        (written(mine(), mine(host_has=True)), 0, ""),
        (written(mine(problem="it is larger than its store")), 1,
         "plan.pdf: It is larger than its store."),
        ([FilesRefused(ROOM, "files", "a link leads in a circle")], 1, "Not sent. A link leads in a circle."),
        (written(), 1, "The message was sent, but the host has not got all of plan.pdf yet."),
        ([], 1, "Nothing was sent."),
        ([EntryWritten(ROOM, entry_id(1), PLAN.words, 0, ref="files", offer=PLAN)], 1, "has not confirmed it yet"),
    ],
)  # fmt: skip
def test_send_succeeds_when_the_host_has_the_files(
    in_pipe: InPipe, tmp_path: Path, events: list[Event], code: int, words: str
) -> None:
    (tmp_path / "plan.pdf").write_bytes(b"x")
    asked: list[Command] = []

    def answer(command: Command) -> Iterable[Event]:
        asked.append(command)
        return events if isinstance(command, SendFiles) else []

    path = str(tmp_path / "plan.pdf")
    ended, out, err = in_pipe(answer, "send", ROOM, "--wait", "0.1", "--file", path, "--caption", "page", "3")
    assert (ended, out) == (code, "")
    assert words in err
    assert SendFiles(ROOM, (path,), "page 3", ref="files") in asked


def test_a_file_that_is_not_there_is_not_sent(in_pipe: InPipe) -> None:
    code, _, err = in_pipe(lambda command: [], "send", ROOM, "--file", "nowhere.pdf")
    assert (code, "There is no file nowhere.pdf." in err) == (2, True)


def test_a_pipe_waits_until_the_host_has_what_was_sent(in_pipe: InPipe, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x")
    line = json.dumps({"files": [str(tmp_path / "a")], "ref": "files"}) + "\n"
    for last, code in ((mine(host_has=True), 0), (mine(problem="full"), 1)):

        def answer(command: Command, last: Event = last) -> Iterable[Event]:
            return written(mine(), last) if isinstance(command, SendFiles) else []

        ended, out, _ = in_pipe(answer, "join", ROOM, "--json", "--wait", "5", lines=line)
        assert ended == code
        types = [json.loads(told)["type"] for told in out.splitlines()]
        assert types == ["looking", "connection", "written", "sent", "file", "file"]


def test_a_host_keeps_as_much_as_it_says(in_pipe: InPipe) -> None:
    asked: list[Command] = []

    def answer(command: Command) -> Iterable[Event]:
        asked.append(command)
        return [Hosting(ROOM, "Kitchen", 1, "", "", None), LEAVE] if type(command).__name__ == "OpenRoom" else []  # type: ignore[list-item]

    code, _, _ = in_pipe(answer, "host", "Kitchen", "--store", "5GB")
    assert code == 0
    assert [one.files.store_bytes for one in asked if isinstance(one, SetFiles)] == [5_000_000_000]


# --- lanchat files ---------------------------------------------------------------------------------------------------
def in_folder(folder: Path) -> list[EntryId]:
    kitchen = Kitchen(folder)
    kitchen.keeps(PLAN, replace(PHOTOS, caption="of May"))
    return kitchen.ids


def test_the_list_of_a_room_needs_no_connection(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ids = in_folder(tmp_path)
    (tmp_path / "plan.pdf").write_bytes(b"x")
    store = Store.open(tmp_path)
    kept = {PLAN: ("here", 2_345_000), PHOTOS: ("paused", 8_500_000)}
    for (offer, (standing, done)), message_id in zip(kept.items(), ids, strict=True):
        records = store.files
        records.put_manifest(offer.root, b"manifest")
        records.put(FileRecord(offer.root, standing, tmp_path / offer.name, offer.size, done=done))  # type: ignore[arg-type]
        records.link(RoomId(ROOM), message_id, offer.root)
    store.close()
    assert main(["files", "kitchen", "--data-dir", str(tmp_path)]) == 0
    plan, photos = capsys.readouterr().out.splitlines()
    assert plan.split()[-2:] == ["here", "plan.pdf"]
    assert photos.split()[-5:] == ["25", "%", "photos,", "12", "files"]
    assert main(["files", "kitchen", "--json", "--data-dir", str(tmp_path)]) == 0
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["seq"], first["state"], first["path"]) == (1, "here", str(tmp_path / "plan.pdf"))
    assert (second["state"], second["done"], second["text"], second["file"]["count"]) == (
        "paused",
        8_500_000,
        "of May",
        12,
    )
    assert main(["files", "kitchen", "--limit", "1", "--data-dir", str(tmp_path)]) == 0
    assert "photos" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("room", "words"), [("Attic", "There is no room called Attic"), ("Kitchen", "Nobody on the network has that room")]
)
def test_what_is_not_there_cannot_be_got(lanchat: CommandLine, tmp_path: Path, room: str, words: str) -> None:
    in_folder(tmp_path / "Ben")
    code, _, problem = lanchat("Ben", "files", room, "--get", "9", "--wait", "1")
    assert code == 3
    assert words in problem


@pytest.mark.parametrize(
    ("state", "problem", "code", "out", "words"),
    [
        (FileState.HERE, "", 0, "/there/plan.pdf\n/there/plan.pdf\n", ""),
        (FileState.FAILED, "the disk is full", 1, "", "plan.pdf is not here. The disk is full."),
        (FileState.UNAVAILABLE, "", 3, "", "Nobody here has it: plan.pdf, photos. What was received is kept"),
        (FileState.COMING, "", 3, "", "Nothing more arrives: plan.pdf, photos."),
    ],
)
def test_files_are_got_or_it_is_said_why_not(
    in_pipe: InPipe, tmp_path: Path, state: FileState, problem: str, code: int, out: str, words: str
) -> None:
    in_folder(tmp_path / "data")
    asked: list[GetFile] = []

    def answer(command: Command) -> Iterable[Event]:
        if isinstance(command, GetFile):
            asked.append(command)
            return [FileChanged(ROOM, command.message_id, state, 1, 2, path="/there/plan.pdf", problem=problem)]
        return []

    got = in_pipe(answer, "files", "Kitchen", "--get", "all", "--to", str(tmp_path / "to"), "--wait", "0.1")
    assert got[:2] == (code, out)
    assert words in got[2]
    assert [one.folder for one in asked] == [str(tmp_path / "to")] * 2


def test_a_number_that_no_file_has_is_said(in_pipe: InPipe, tmp_path: Path) -> None:
    in_folder(tmp_path / "data")
    code, _, err = in_pipe(lambda command: [], "files", "Kitchen", "--get", "9", "--wait", "0.1")
    assert (code, "There is no file with the number 9" in err) == (3, True)


def test_programs_read_how_far_files_are(in_pipe: InPipe, tmp_path: Path) -> None:
    ids = in_folder(tmp_path / "data")

    def answer(command: Command) -> Iterable[Event]:
        if not isinstance(command, GetFile):
            return []
        return [FileChanged(ROOM, command.message_id, state, 1, 2) for state in (FileState.COMING, FileState.HERE)]

    code, out, err = in_pipe(answer, "files", "Kitchen", "--get", "1", "--json")
    told = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (0, "")
    assert [(one["type"], one["id"], one["state"]) for one in told] == [
        ("file", ids[0].hex(), "coming"), ("file", ids[0].hex(), "here")
    ]  # fmt: skip
