"""What each command says and how it ends, with everybody on a network in memory."""

from __future__ import annotations

import io
import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from engine.people import People

from lanchat.__main__ import main
from lanchat.core.nicks import tag
from lanchat.engine.check_up import why_unread
from lanchat.engine.events import EntryState
from lanchat.storage.records import RoomRecord
from lanchat.storage.store import Store
from terminal.conftest import CommandLine
from terminal.test_conversation import stdin_of
from tests.small_disk import small_disk

NOTHING_TO_SEE = ["", " \n ", "\u200b", "\u200e\u2066\u2069", "\u00ad\ufeff", "\u3164\u2800", "\U000e0041\ufe0f"]

LIGHT = """
import sys
from lanchat.__main__ import main
try:
    main(["--version"])
except SystemExit as end:
    assert end.code == 0
heavy = {"msgspec", "asyncio", "cryptography", "prompt_toolkit", "zeroconf", "sqlite3", "wcwidth"}
sys.exit(", ".join(heavy & sys.modules.keys()) or 0)
"""


# --- the words of the command line -----------------------------------------------------------------------------------
def test_the_version_is_told_without_loading_what_is_heavy() -> None:
    done = subprocess.run([sys.executable, "-c", LIGHT], capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("lanchat ")


@pytest.mark.parametrize(
    "words",
    [["nonsense"], ["host"], ["host", "K", "--port", "0"], ["rooms", "--wait", "-1"], ["rooms", "--wait", "nan"],
     ["history", "K", "--limit", "x"], ["history", "K", "--export", "pdf", "f"],
     ["host", "K", "--passphrase", "--passphrase-file", "f"]],
)  # fmt: skip
def test_words_that_make_no_sense_end_with_2(words: list[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(words)
    assert end.value.code == 2


def test_without_a_terminal_it_names_the_commands(lanchat: CommandLine) -> None:
    code, out, err = lanchat("ben")
    assert (code, out) == (2, "")
    assert "lanchat rooms" in err


# --- rooms -----------------------------------------------------------------------------------------------------------
def test_rooms_are_listed_with_host_and_people(people: People, lanchat: CommandLine) -> None:
    people.person("Ana").hosts("Kitchen")
    people.person("Li").hosts("Garage", passphrase="open sesame")
    code, out, err = lanchat("ben", "rooms")
    assert (code, err) == (0, "")
    assert "Kitchen                   Ana               " in out
    assert "Garage                    Li                1 here · passphrase\n" in out


def test_no_rooms_is_an_answer_too(lanchat: CommandLine) -> None:
    code, out, err = lanchat("ben", "rooms")
    assert (code, out) == (0, "")
    assert "No room here now" in err


def test_rooms_as_json(people: People, lanchat: CommandLine) -> None:
    hosting = people.person("Ana").hosts("Kitchen")
    _, out, _ = lanchat("ben", "rooms", "--json")
    (room,) = map(json.loads, out.splitlines())
    assert room == {
        "type": "room", "room": hosting.room_id, "title": "Kitchen", "host": "Ana", "people": 1, "passphrase": False,
        "known": False, "here": True, "address": "127.0.0.1", "port": hosting.port,
        "owner": hosting.link.partition("#")[2], "epoch": room["epoch"],
    }  # fmt: skip
    assert room["epoch"] > 0


def test_a_room_that_looks_like_one_i_know_is_told_apart_also_when_that_one_is_not_here(
    people: People, lanchat: CommandLine
) -> None:
    ana = people.person("Ana")
    of_ana = ana.hosts("Boss")
    lanchat("ben", "send", "Boss", "hi")
    ana.quits()
    of_eve = people.person("Eve").hosts("B\u043ess")
    _, out, _ = lanchat("ben", "rooms")
    assert f"B\u043ess                      Eve               {of_eve.room_id}\n" in out
    assert f"Boss                      not here now      {of_ana.room_id}\n" in out


def test_rooms_i_know_are_listed_when_they_are_not_here(people: People, lanchat: CommandLine) -> None:
    ana = people.person("Ana")
    ana.hosts("Kitchen")
    lanchat("ben", "send", "Kitchen", "hi")
    ana.quits()
    _, out, _ = lanchat("ben", "rooms")
    assert out == "Not here now: Kitchen\n"
    _, out, _ = lanchat("ben", "rooms", "--json")
    room = json.loads(out)
    assert (room["title"], room["known"], room["here"]) == ("Kitchen", True, False)


# --- send ------------------------------------------------------------------------------------------------------------
def test_what_was_sent_is_with_the_host(people: People, lanchat: CommandLine) -> None:
    ana = people.person("Ana")
    ana.hosts("Kitchen")
    assert lanchat("ben", "send", "kitchen", "dinner", "is", "ready") == (0, "", "Sent to Kitchen, hosted by Ana.\n")
    ana.sees("dinner is ready")
    assert [item.text for item in ana.kept()] == ["dinner is ready"]


def test_what_was_sent_has_the_nick_that_was_given_and_keeps_it(people: People, lanchat: CommandLine) -> None:
    ana = people.person("Ana")
    ana.hosts("Kitchen")
    lanchat("ben", "send", "Kitchen", "hi", "--nick", "Ben")
    lanchat("ben", "send", "Kitchen", "hi again")
    ana.sees("hi again")
    assert set(ana.reads(lambda reader: reader.nicks()).values()) == {"Ana", "Ben"}


@pytest.mark.parametrize("where", ["code", "link", "address", "id"])
def test_a_room_is_found_by_whatever_names_it(people: People, lanchat: CommandLine, where: str) -> None:
    ana = people.person("Ana")
    hosting = ana.hosts("Kitchen")
    named = {"code": hosting.code, "link": hosting.link, "address": f"127.0.0.1:{hosting.port}", "id": hosting.room_id}
    code, _, err = lanchat("ben", "send", named[where], "hi")
    assert (code, err) == (0, "Sent to Kitchen, hosted by Ana.\n")
    ana.sees("hi")


def test_a_room_that_is_not_there_ends_with_3_and_names_those_that_are(people: People, lanchat: CommandLine) -> None:
    people.person("Ana").hosts("Kitchen")
    assert lanchat("ben", "send", "Chicken", "hi") == (
        3, "", "There is no room called Chicken here. There are: Kitchen.\n"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("named", "told"),
    [("lanchat://foo", "That link is not complete"), ("K7F3Q-2MXA9-DTC", "That room code has a typing mistake")],
)
def test_a_mistyped_place_is_told_as_such(people: People, lanchat: CommandLine, named: str, told: str) -> None:
    code, _, err = lanchat("ben", "send", named, "hi")
    assert code == 3
    assert told in err


def test_when_nobody_answers_nothing_is_kept_to_be_sent(people: People, lanchat: CommandLine) -> None:
    ana = people.person("Ana")
    ana.hosts("Kitchen")
    lanchat("ben", "send", "Kitchen", "hi")
    ana.quits()
    code, _, err = lanchat("ben", "send", "Kitchen", "still there?", "--wait", "0.5")
    assert code == 3
    assert "no room is open there. Nothing was sent." in err
    ana.starts()
    ana.hosts("Kitchen")
    lanchat("ben", "send", "Kitchen", "hello again")
    ana.sees("hello again")
    assert "still there?" not in ana.texts


@pytest.mark.parametrize("command", ["send", "join"])
def test_why_the_host_takes_nothing_is_told(
    people: People, lanchat: CommandLine, tmp_path: Path, command: str
) -> None:
    text = "x" * 3_000
    with small_disk(tmp_path / "disk") as disk:
        ana = people.person("Ana", disk.folder / "ana")
        ana.hosts("Kitchen")
        disk.fills_up()
        with stdin_of(text):
            code, _, err = lanchat("ben", command, "Kitchen", "--wait", "1", *([text] if command == "send" else []))
        ana.quits()
    assert code == 1
    why, rest = "The host takes nothing new at the moment: its disk is full", err.split("\n", 1)[1]
    assert err.startswith(f"{why}\n")  # at once, for it may be waited long
    assert rest.startswith(f"{why}.")
    assert "kept" in rest


@pytest.mark.parametrize(("text", "code"), [(" ", 2), ("x" * 4001, 1), ("\n".join("x" * 201), 1)])
def test_what_cannot_be_one_message_is_not_sent(people: People, lanchat: CommandLine, text: str, code: int) -> None:
    people.person("Ana").hosts("Kitchen")
    assert lanchat("ben", "send", "Kitchen", text)[0] == code


@pytest.mark.parametrize("text", NOTHING_TO_SEE, ids=ascii)
@pytest.mark.parametrize("piped", [False, True], ids=["argument", "pipe"])
def test_where_nothing_would_be_seen_there_is_nothing_to_send(
    lanchat: CommandLine, monkeypatch: pytest.MonkeyPatch, text: str, piped: bool
) -> None:
    """Found out before anybody is looked for."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode()), "utf-8"))
    said = [] if piped else [text]
    assert lanchat("ben", "send", "Kitchen", *said) == (2, "", "There is nothing to send.\n")


# --- two rooms with one title ----------------------------------------------------------------------------------------
def test_two_rooms_with_one_title_are_told_apart(people: People, lanchat: CommandLine) -> None:
    ana, li = people.person("Ana"), people.person("Li")
    of_ana, of_li = ana.hosts("Kitchen"), li.hosts("kitchen")
    code, _, err = lanchat("ben", "send", "Kitchen", "hi")
    assert code == 3
    assert f"{of_ana.room_id}   hosted by Ana, new to you" in err
    assert f"{of_li.room_id}   hosted by Li, new to you" in err
    assert lanchat("ben", "send", of_li.room_id, "hi")[0] == 0
    li.sees("hi")
    _, out, _ = lanchat("ben", "rooms")
    assert f"kitchen                   Li                {of_li.room_id}" in out


def test_the_one_i_know_is_meant_when_it_is_here(people: People, lanchat: CommandLine) -> None:
    ana, eve = people.person("Ana"), people.person("Eve")
    ana.hosts("Kitchen")
    lanchat("ben", "send", "Kitchen", "hi")
    eve.hosts("Kitchen")
    assert lanchat("ben", "send", "Kitchen", "still you?")[0] == 0
    ana.sees("still you?")


def test_another_room_never_stands_in_for_one_i_know(people: People, lanchat: CommandLine) -> None:
    ana, eve = people.person("Ana"), people.person("Eve")
    ana.hosts("Kitchen")
    lanchat("ben", "send", "Kitchen", "hi")
    ana.quits()
    eve.hosts("Kitchen")
    code, _, err = lanchat("ben", "send", "Kitchen", "a secret")
    assert code == 3
    assert "not here now" in err
    assert "hosted by Eve, new to you" in err
    assert not eve.kept()


@pytest.mark.parametrize("nick", ["Ana", "\u0410na"], ids=["the same", "Cyrillic"])
def test_a_host_who_bears_the_name_of_one_i_know_is_told_apart(
    people: People, lanchat: CommandLine, nick: str
) -> None:
    ana = people.person("Ana")
    ana.hosts("Kitchen")
    lanchat("ben", "send", "Kitchen", "hi")
    other = people.person(nick, people.folder / "eve")
    of_other, more_of_other = other.hosts("Kitchen"), other.hosts("Garden")
    assert other.me is not None
    marked = f"{nick} ({tag(other.me)})"
    _, out, _ = lanchat("ben", "rooms")
    assert f"Garden                    {marked} " in out
    assert "Kitchen                   Ana               " in out
    _, out, _ = lanchat("ben", "rooms", "--json")
    hosts = {room["room"]: room["host"] for room in map(json.loads, out.splitlines())}
    assert hosts == {ana.room_id: "Ana", of_other.room_id: marked, more_of_other.room_id: marked}
    ana.quits()
    _, _, err = lanchat("ben", "send", "Kitchen", "a secret")
    assert f"hosted by {marked}, new to you" in err
    assert lanchat("ben", "send", "Garden", "hello")[2] == f"Sent to Garden, hosted by {marked}.\n"
    with stdin_of("hello again"):
        _, out, _ = lanchat("ben", "join", "Garden")
    assert f"Encrypted · {marked} hosts" in out
    with stdin_of("and again"):
        _, out, _ = lanchat("ben", "join", "Garden", "--json")
    assert next(one["host"] for one in map(json.loads, out.splitlines()) if one["type"] == "connection") == marked


# --- the door --------------------------------------------------------------------------------------------------------
def test_a_passphrase_comes_from_a_file_or_it_is_refused(
    people: People, lanchat: CommandLine, tmp_path: Path
) -> None:
    ana = people.person("Ana")
    ana.hosts("Safe", passphrase="open sesame")
    code, _, err = lanchat("ben", "send", "Safe", "hi")
    assert code == 4
    assert "--passphrase-file" in err
    file = tmp_path / "passphrase"
    file.write_text("close sesame\n", "utf-8")
    assert lanchat("ben", "send", "Safe", "hi", "--passphrase-file", str(file))[0] == 4
    file.write_text("", "utf-8")
    assert lanchat("ben", "send", "Safe", "hi", "--passphrase-file", str(file))[0] == 1
    assert not ana.kept()
    file.write_text("Open  Sesame\n", "utf-8")
    assert lanchat("ben", "send", "Safe", "hi", "--passphrase-file", str(file))[0] == 0
    assert lanchat("ben", "send", "Safe", "known now")[0] == 0


def test_a_changed_host_key_stops_until_its_badge_is_given(people: People, lanchat: CommandLine) -> None:
    ana = people.person("Ana")
    before = ana.hosts("Kitchen")
    lanchat("ben", "send", "Kitchen", "hi")
    ana.quits()

    other = people.folder / "elsewhere"  # the same room, on another computer of Ana's
    other.mkdir()
    with closing(Store.open(ana.folder)) as here, closing(Store.open(other)) as store:
        store.put_room(RoomRecord(before.room_id, "Kitchen", hosted=True))
        store.log(before.room_id).apply(here.log(before.room_id).after(0, 10))
    again = people.person("Ana", other)
    now = again.hosts("Kitchen")
    assert now.room_id == before.room_id

    code, _, err = lanchat("ben", "send", "Kitchen", "a secret")
    assert code == 4
    assert before.badge in err
    assert f"--accept-new-key {now.badge}" in err
    assert lanchat("ben", "send", "Kitchen", "a secret", "--accept-new-key", before.badge)[0] == 4
    assert [item.text for item in again.kept()] == ["hi"]
    assert lanchat("ben", "send", "Kitchen", "it is you", "--accept-new-key", now.badge)[0] == 0
    again.sees("it is you")


def test_a_host_put_back_to_an_older_copy_gets_back_what_was_said_since(people: People, lanchat: CommandLine) -> None:
    ana = people.person("Ana")
    room_id = ana.hosts("Kitchen").room_id
    assert lanchat("ben", "send", "Kitchen", "one")[0] == 0
    ana.quits()
    with ana.put_back_to():
        ana.starts()
        ana.hosts("Kitchen", room_id=room_id)
        assert lanchat("ben", "send", "Kitchen", "two")[0] == 0
        ana.quits()
    ana.starts()
    ana.hosts("Kitchen", room_id=room_id)
    assert lanchat("ben", "send", "Kitchen", "three")[0] == 0
    ana.sees("three")
    assert [message.text for message in ana.kept()] == ["one", "two", "three"]


def test_another_room_at_an_address_stops_until_its_badge_is_given(people: People, lanchat: CommandLine) -> None:
    ana, eve = people.person("Ana"), people.person("Eve")
    before = ana.hosts("Salaries")
    where = f"127.0.0.1:{before.port}"
    assert lanchat("ben", "send", where, "hi")[0] == 0
    ana.quits()
    now = eve.hosts("Garden", port=before.port)
    for command in (["send", where, "a secret"], ["join", where]):
        code, _, err = lanchat("ben", *command)
        assert code == 4
        assert before.badge in err
        assert "Salaries" in err
        assert "Garden" in err
        assert f"lanchat join {where} --accept-new-key {now.badge}" in err
    assert not eve.kept()
    assert lanchat("ben", "send", where, "hello Eve", "--accept-new-key", now.badge)[0] == 0
    eve.sees("hello Eve")


def test_a_room_cannot_open_on_a_port_that_is_taken(people: People, lanchat: CommandLine) -> None:
    port = people.person("Ana").hosts("Kitchen").port
    code, out, err = lanchat("ben", "host", "Garage", "--port", str(port))
    assert (code, out) == (1, "")
    assert str(port) in err


def test_a_room_without_a_title_is_not_opened(lanchat: CommandLine) -> None:
    assert lanchat("ben", "host", " \u202e ")[0] == 2


def test_my_own_room_is_not_joined_but_opened(people: People, lanchat: CommandLine) -> None:
    ana = people.person("Ana")
    ana.hosts("Kitchen")
    ana.quits()
    code, _, err = lanchat("Ana", "send", "Kitchen", "hi")
    assert code == 3
    assert "lanchat host opens it" in err


def test_one_lanchat_in_a_data_folder(people: People, lanchat: CommandLine) -> None:
    ana = people.person("Ana")
    code, _, err = lanchat("Ana", "rooms")
    assert code == 1
    assert "Another lanchat is using this data folder" in err
    assert f"Data folder: {ana.folder}" in err


# --- history ---------------------------------------------------------------------------------------------------------
def test_history_is_read_searched_and_exported_also_while_the_room_is_open(
    people: People, lanchat: CommandLine, tmp_path: Path
) -> None:
    ana = people.person("Ana")
    ana.hosts("Kitchen")
    ana.says("The kettle is on.", "Two cups,\nplease.")
    ana.sees_state("Two cups,\nplease.", EntryState.TAKEN)
    code, out, _ = lanchat("Ana", "history", "kitchen")
    day, first, second, third = out.splitlines()
    assert code == 0
    assert day.startswith("— ")
    assert first[5:] == "  Ana   The kettle is on."
    assert second[5:] == "  Ana   Two cups,"
    assert third == "             please."
    assert "kettle" not in lanchat("Ana", "history", "Kitchen", "--limit", "1")[1]
    assert "kettle" in lanchat("Ana", "history", "Kitchen", "--search", "KETT")[1]
    assert lanchat("Ana", "history", "Kitchen", "--search", "teapot")[0] == 3
    assert "kettle" in lanchat("Ana", "history", "Kitchen", "--search", "kett after:yesterday")[1]
    assert lanchat("Ana", "history", "Kitchen", "--search", "kett before:yesterday")[0] == 3
    assert lanchat("Ana", "history", "Kitchen", "--search", "kett before:soon")[0] == 2
    file = tmp_path / "kitchen.txt"
    assert lanchat("Ana", "history", "Kitchen", "--export", "txt", str(file))[0] == 0
    assert "The kettle is on." in file.read_text("utf-8")
    assert lanchat("Ana", "history", "Kitchen", "--export", "txt", str(file))[0] == 1


def test_history_of_nothing_is_not_found(people: People, lanchat: CommandLine) -> None:
    assert lanchat("ben", "history", "Kitchen")[0] == 3
    ana = people.person("Ana")
    assert lanchat("Ana", "history", "Kitchen")[0] == 3
    ana.hosts("Kitchen")
    assert lanchat("Ana", "history", "Kitchen") == (0, "", "Nothing was said here yet.\n")


def test_very_long_history_comes_whole(people: People, lanchat: CommandLine) -> None:
    ana = people.person("Ana")
    ana.hosts("Kitchen")
    texts = [f"line {number}" for number in range(510)]
    ana.says(*texts)
    ana.sees_state(texts[-1], EntryState.TAKEN)
    _, out, err = lanchat("Ana", "history", "Kitchen", "--limit", "0")
    assert [line[13:] for line in out.splitlines()[1:]] == texts
    assert err == ""
    _, out, err = lanchat("Ana", "history", "Kitchen")  # in a pipe, a person may take a part for the whole
    assert [line[13:] for line in out.splitlines()[1:]] == texts[-100:]
    assert err == "The newest 100 of 510; --limit 0 shows everything.\n"


def test_history_and_doctor_drop_nothing_of_a_log_that_waits_to_be_mended(
    people: People, lanchat: CommandLine
) -> None:
    ana, killed = people.person("Ana"), people.folder / "Killed"
    ana.hosts("Kitchen")
    for text in ("one", "two", "three"):
        ana.says(text)
        ana.sees_state(text, EntryState.TAKEN)
    killed.mkdir()
    log = bytearray((ana.folder / "lanchat.db-wal").read_bytes())
    log[32 + 24 + 100] ^= 1  # in the first page of it
    (killed / "lanchat.db").write_bytes((ana.folder / "lanchat.db").read_bytes())
    (killed / "lanchat.db-wal").write_bytes(log)
    code, _out, err = lanchat("Killed", "history", "Kitchen")
    assert (code, "damaged" in err) == (1, True)
    assert "damaged" in why_unread(killed)
    assert (killed / "lanchat.db-wal").read_bytes() == log


def test_history_comes_whole_also_where_something_between_was_lost(people: People, lanchat: CommandLine) -> None:
    ana = people.person("Ana")
    ana.hosts("Kitchen")
    texts = [f"line {number}" for number in range(1, 301)]
    ana.says(*texts)
    ana.sees_state(texts[-1], EntryState.TAKEN)
    ana.quits()
    with closing(sqlite3.connect(ana.folder / "lanchat.db")) as database, database:  # the first entry says who hosts
        database.execute("UPDATE entries SET epoch = 0")  # as after damage: nothing follows on the one before
        database.execute("DELETE FROM entries WHERE id & 0xffff BETWEEN 102 AND 251")
        database.execute("UPDATE rooms SET base = 301")  # and nothing is in the unbroken range at the end
    left = texts[:100] + texts[250:]
    assert [line[13:] for line in lanchat("Ana", "history", "Kitchen", "--limit", "0")[1].splitlines()[1:]] == left
    assert [line[13:] for line in lanchat("Ana", "history", "Kitchen")[1].splitlines()[1:]] == left[-100:]


# --- checks ----------------------------------------------------------------------------------------------------------
def test_the_selftest_hosts_finds_joins_talks_and_searches(people: People, lanchat: CommandLine) -> None:
    code, out, err = lanchat("nobody", "--selftest")
    assert (code, err) == (0, "")
    assert [line.split()[1] for line in out.splitlines()[:-1]] == ["host", "find", "join", "talk", "search"]
    assert out.endswith("Everything works.\n")


def test_a_link_where_no_window_can_be_names_the_command_for_it(lanchat: CommandLine) -> None:
    link = "lanchat://192.0.2.7:29747/abcdefghijklmnop#AAAAAAAAAAAAAAAAAAAAAA"
    code, out, err = lanchat("ben", link)
    assert (code, out) == (2, "")
    assert f"lanchat join {link}" in err


def test_a_made_up_passphrase_gets_into_no_log(lanchat: CommandLine) -> None:
    for more in ([], ["--json"]):
        code, out, err = lanchat("ana", "host", "Safe", "--passphrase", *more)
        assert (code, out) == (2, "")
        assert "--passphrase-file" in err


@pytest.mark.parametrize("command", [("rooms",), ("send", "Kitchen", "hello"), ("join", "Kitchen")])
def test_every_command_tells_that_the_database_had_to_be_mended(
    lanchat: CommandLine, people: People, command: tuple[str, ...]
) -> None:
    folder = people.folder / "Ben"
    folder.mkdir()
    (folder / "lanchat.db").write_bytes(b"this is no database" * 1_000)
    assert "The database was damaged." in lanchat("Ben", *command)[2]


@pytest.mark.parametrize("command", [["join"], ["send"], ["history"]])
def test_a_room_without_a_name_is_no_room(lanchat: CommandLine, command: list[str]) -> None:
    lanchat("ben", "rooms", "--wait", "0")
    code, _, err = lanchat("ben", *command, "\u200b", *(["hello"] if command == ["send"] else []))
    assert code == 2
    assert "Say which room" in err
