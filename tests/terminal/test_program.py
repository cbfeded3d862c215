"""The real program, in processes of its own, at real terminals and in real pipes; on 127.0.0.1 alone."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from lanchat.core.limits import TITLE_CHARACTERS
from lanchat.storage.reader import Reader
from terminal.programs import PATIENCE_SECONDS, Machine, Terminal

CTRL_C, CTRL_D, ENTER, ALT_ENTER, TAB = "\x03", "\x04", "\r", "\x1b\r", "\t"


def hosting(machine: Machine, *more: str) -> Terminal:
    ana = machine.terminal("ana", "host", "Kitchen", "--nick", "Ana", *more)
    ana.expects("Ctrl+C leaves it.")
    return ana


def test_a_host_that_cannot_type_is_not_told_to(machine: Machine) -> None:
    ana = machine.reads_file("ana", Path(os.devnull), "host", "Kitchen", "--nick", "Ana")
    invitation = ana.expects("Nobody else is here yet.")
    assert "Your badge" in invitation
    assert "What you type" not in invitation


def test_two_people_talk(machine: Machine) -> None:
    ana = hosting(machine)
    ben = machine.terminal("ben", "join", "kitchen", "--nick", "Ben")
    ben.expects("Encrypted · first meeting with Ana (")
    ben.expects("Here: Ana and you.")
    ana.expects("Ben joined.")
    ben.types("is the kettle on, @a")
    ben.expects("@Ana")
    ben.types(TAB + ENTER)
    ana.expects("Ben   is the kettle on, @Ana")
    ana.types("yes" + ALT_ENTER + "and two cups" + ENTER)
    ben.expects("Ana   yes\n             and two cups")
    ana.expects("✓")  # on Ben's disk, too; drawn at once, or beside the first when that was on the screen already
    ana.expects("✓")
    ben.types("\x1b[200~pasted\nlines\x1b[201~" + ENTER)
    for person in (ana, ben):
        person.expects("Ben   pasted\n             lines")
    ben.types("/who" + ENTER)
    ben.expects("2 here: Ana (hosts this room), Ben (you).")
    ben.types("/me waves" + ENTER)
    ana.expects("*     Ben waves")
    ben.types("/shrug" + ENTER)
    ben.expects("There is no /shrug.")
    ben.types("/shrug" + ENTER)
    for person in (ana, ben):
        person.expects("Ben   /shrug")
    ben.types(CTRL_C)
    assert ben.ends() == 0
    ana.expects("Ben left.")
    ana.types(CTRL_D)
    assert ana.ends() == 0


def test_a_passphrase_is_asked_for_and_never_shown(machine: Machine) -> None:
    ana = machine.terminal("ana", "host", "Safe", "--passphrase")
    ana.expects("Passphrase  ")
    passphrase = ana.expects("\n")
    ben = machine.terminal("ben", "join", "safe")
    ben.expects("Passphrase for Safe: ")
    ben.types("not-these-four-words" + ENTER)
    ben.expects("That is not the passphrase of Safe.")
    ben.expects("Passphrase for Safe: ")
    ben.types(passphrase + ENTER)
    ben.expects("Encrypted · first meeting")
    ben.types("/quit" + ENTER)
    assert ben.ends() == 0
    assert passphrase not in ben.seen()
    assert "not-these-four-words" not in ben.seen()
    cleo = machine.terminal("cleo", "join", "safe")
    cleo.expects("Passphrase for Safe: ")
    assert cleo.is_interrupted() == 1


def test_what_is_written_while_the_host_is_away_waits_and_then_goes(machine: Machine) -> None:
    ana = hosting(machine)
    ben = machine.terminal("ben", "join", "Kitchen", "--nick", "Ben")
    ben.expects("Here: Ana and you.")
    ana.signal(signal.SIGKILL)
    ana.ends()
    ben.expects("Reconnecting…")
    ben.types("are you there?" + ENTER)
    ben.expects("… are you there?")
    again = hosting(machine)
    again.expects("Ben   are you there?")
    ben.expects("Connected again.")
    ben.expects("Ben   are you there?")
    ben.types(CTRL_D)
    assert ben.ends() == 0
    again.signal(signal.SIGTERM)
    assert again.ends() == 0


def test_a_closed_terminal_closes_the_room(machine: Machine) -> None:
    ana = hosting(machine)
    ben = machine.terminal("ben", "join", "Kitchen")
    ben.expects("Here: Ana and you.")
    ana.hangs_up()
    ben.expects("Reconnecting… the host closed the room")
    assert ana.process.wait(PATIENCE_SECONDS) == 0


def test_a_closed_terminal_leaves_no_traceback_in_a_log(machine: Machine) -> None:
    ana = machine.pipe("ana", "host", "Kitchen", "--nick", "Ana")
    ana.expects("Kitchen is open")
    ben = machine.terminal("ben", "join", "Kitchen", errors=subprocess.PIPE)
    ben.expects("Here: Ana and you.")
    for number in range(200):
        ana.types(str(number))
        if number == 100:
            ben.hangs_up()
    assert ben.process.wait(PATIENCE_SECONDS) in (0, 1)
    assert "Traceback" not in ben.complaints()


def test_who_looks_for_a_moment_only_is_not_told_that_there_is_no_network(machine: Machine) -> None:
    assert machine.run("ben", "rooms", "--wait", "0").stderr == "No room was found in so short a time.\n"


def test_stdin_may_begin_with_the_passphrase(machine: Machine) -> None:
    if not os.path.exists("/dev/stdin"):
        pytest.skip("this system has no name for stdin")
    machine.folder("said").write_text("not these four words\nthe first line\n", "utf-8")
    arguments = ("host", "Safe", "--nick", "Ana", "--passphrase-file", "/dev/stdin")
    for ana in (machine.reads_file("ana", machine.folder("said"), *arguments), machine.pipe("cleo", *arguments)):
        if ana.process.stdin:
            ana.types("not these four words", "the first line")
        ana.expects("Ana   the first line")
        ana.signal(signal.SIGTERM)
        assert ana.ends() == 0
        assert "these four" not in ana.seen()


def test_a_passphrase_file_without_an_end_is_refused(machine: Machine) -> None:
    if not os.path.exists("/dev/zero"):
        pytest.skip("this system has no file without an end")
    refused = machine.run("ana", "host", "Safe", "--passphrase-file", "/dev/zero")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("A passphrase needs")


def test_a_host_that_is_ended_while_it_says_much_has_all_that_was_taken_in_its_room(machine: Machine) -> None:
    machine.folder("lines").write_text("".join(f"{number}\n" for number in range(20_000)), "utf-8")
    ana = machine.reads_file("ana", machine.folder("lines"), "host", "Kitchen", "--nick", "Ana")
    ana.expects("Ana   500\n")
    ana.signal(signal.SIGINT)
    assert ana.ends() == 1  # some of the input was not taken
    assert "not with the host" not in ana.complaints()


def test_who_is_sent_away_is_told_how_much_of_the_input_was_not_taken(machine: Machine) -> None:
    ana = hosting(machine)
    machine.folder("lines").write_text("".join(f"{number}\n" for number in range(20_000)), "utf-8")
    ben = machine.reads_file("ben", machine.folder("lines"), "join", "Kitchen", "--nick", "Ben", "--json")
    ana.expects("Ben   20\n")
    ana.types("/remove Ben" + ENTER)
    assert ben.ends() == 4
    complaints = ben.complaints()
    not_taken = int(re.search(r"(\d+) more lines of the input had come", complaints)[1])  # type: ignore[index]
    said = [json.loads(line) for line in ben.seen().splitlines()]
    written = {one["id"] for one in said if one["type"] == "written"}
    refused = [one for one in said if one["type"] == "sent" and one["state"] == "not sent" and one["id"] not in written]
    assert not_taken + len(written) + len(refused) == 20_000
    assert complaints.endswith("The host sent you away.\n")


def test_a_bot_reads_and_writes_json(machine: Machine) -> None:
    ana = hosting(machine)
    bot = machine.pipe("bot", "join", "Kitchen", "--nick", "Bot", "--json")
    ana.expects("Bot joined.")
    ana.types("ping" + ENTER)
    bot.expects('"text":"ping"')
    bot.types("pong")
    ana.expects("Bot   pong")
    bot.ends_input()
    assert bot.ends() == 0
    assert {json.loads(line)["type"] for line in bot.seen().splitlines()} >= {"connection", "joined", "entry", "sent"}


def test_a_person_and_a_bot_answer_edit_react_pin_and_delete(machine: Machine) -> None:
    ana = hosting(machine)
    bot = machine.pipe("bot", "join", "Kitchen", "--nick", "Bot", "--json")
    ana.expects("Bot joined.")

    def told(kind: str, **fields: object) -> dict[str, Any]:
        """The first object of this kind with these fields."""
        while True:
            for line in map(json.loads, bot.seen().rpartition("\n")[0].splitlines()):
                if line["type"] == kind and all(line.get(name) == value for name, value in fields.items()):
                    return dict(line)
            bot.expects("\n")

    ana.types("tea?" + ENTER)
    tea = told("entry", text="tea?")["id"]
    bot.types(json.dumps({"text": "yes", "reply_to": tea, "ref": "1"}), json.dumps({"react": tea, "emoji": "👍"}))
    ana.expects("┌ Ana: tea?")
    ana.expects("Bot   yes")
    ana.expects("Bot reacted 👍 to “tea?”")
    bot.types(json.dumps({"edit": told("written", ref="1")["id"], "text": "yes, please", "ref": "2"}))
    ana.expects("Bot edited “yes”: yes, please")
    assert told("sent", ref="2")["state"] == "taken"
    ana.types("/edit coffee?" + ENTER + "/pin" + ENTER + "/topic Breaks" + ENTER)
    ana.expects("Ana edited “tea?”: coffee?")
    assert told("changed", text="coffee?")["reactions"] == {"👍": [told("entry", text="yes")["from"]]}
    assert told("changed", text="yes, please", pinned=True)
    assert told("topic")["text"] == "Breaks"
    bot.types(json.dumps({"delete": tea, "ref": "3"}))
    assert "Only who wrote it" in told("sent", ref="3", state="not sent")["problem"]
    ana.types("/delete" + ENTER)
    ana.expects("You deleted a message.")
    assert told("changed", id=tea, deleted=True)["text"] == ""
    ana.types("/earlier" + ENTER + "/search yes" + ENTER)
    ana.expects("┌ Ana: a deleted message")
    ana.expects("(edited, pinned)")
    bot.ends_input()
    assert bot.ends() == 1, "one change was refused"


def test_who_comes_later_sees_what_became_of_a_message_and_is_told_of_later_edits_only(machine: Machine) -> None:
    ana = hosting(machine)
    ana.types("tea?" + ENTER)
    ana.expects("Ana   tea?")
    for number in (1, 2):
        ana.types(f"/edit coffee {number}?" + ENTER)
        ana.expects(f": coffee {number}?")
    ben = machine.terminal("ben", "join", "Kitchen", "--nick", "Ben")
    assert "tea?" not in ben.expects("Ana   coffee 2?")
    ben.expects("(edited)")
    ana.expects("Ben joined.")
    ana.types("/edit water?" + ENTER)
    assert "edited" not in ben.expects("Ana edited “coffee 2?”: water?")


def test_a_pipe_that_says_nothing_listens_until_it_is_ended(machine: Machine) -> None:
    host = machine.pipe("ana", "host", "Kitchen", "--nick", "Ana", "--json")
    room = json.loads(host.expects("\n"))
    assert (room["type"], room["title"]) == ("hosting", "Kitchen")
    ear = machine.pipe("ben", "join", room["link"], "--nick", "Ben")
    ear.ends_input()
    ear.expects("Here: Ana and you.")
    host.types("over the pipe")
    ear.expects("Ana   over the pipe")
    ear.signal(signal.SIGTERM)
    assert ear.ends() == 0
    host.signal(signal.SIGTERM)
    assert host.ends() == 0


def test_a_host_shows_a_code_for_phones_at_a_terminal(machine: Machine) -> None:
    ana = machine.terminal("ana", "host", "Kitchen", "--guests", "--nick", "Ana")
    ana.expects("/#")
    ana.expects("It lets phones in until")
    ana.types("/invite off" + ENTER)
    ana.expects("The code for phones is withdrawn")


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_without_a_terminal_the_code_for_phones_goes_into_a_file_or_it_is_refused(
    machine: Machine, tmp_path: Path, words: tuple[str, ...]
) -> None:
    refused = machine.run("ana", "host", "Kitchen", "--nick", "Ana", "--guests", *words)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "--guests-file" in refused.stderr
    file, links = tmp_path / "link", []
    for _time in range(2):  # the second time it is still the same code
        host = machine.pipe("ana", "host", "Kitchen", "--nick", "Ana", "--guests-file", str(file), *words)
        host.expects('"type":"guests"' if words else "Phones may come in now, with a code.")
        links.append(file.read_text("utf-8"))
        assert file.stat().st_mode & 0o077 == 0
        host.signal(signal.SIGTERM)
        assert host.ends() == 0
        assert links[0].strip().partition("#")[2] not in host.seen()
    assert links[0].partition("#")[2] == links[1].partition("#")[2]


def test_a_report_for_a_host_that_is_away_ends_in_time_and_says_that_it_is_not_kept(machine: Machine) -> None:
    host = machine.pipe("ana", "host", "Kitchen", "--nick", "Ana", "--json")
    host.expects("\n")
    assert machine.run("ben", "join", "Kitchen", "--wait", "20", stdin="yesterday\n").returncode == 0
    host.signal(signal.SIGTERM)
    host.ends()
    done = machine.run("ben", "join", "Kitchen", "--wait", "1", stdin="today\n")
    assert done.returncode == 3
    why, what_became = done.stderr.splitlines()
    assert why in (  # the second where the system answered within that second that nobody listens there
        "The host does not answer, and nothing was sent.",
        "The computer answers, but no room is open there. Nothing was sent.",
    )
    assert what_became == "Nothing of the input was taken, and nothing of it is sent later."
    with closing(Reader.open(machine.folder("ben"))) as reader:
        (room,) = reader.rooms()
        assert reader.outbox(room.room_id) == []


def test_a_program_is_told_at_once_that_the_host_is_away(machine: Machine) -> None:
    host = machine.pipe("ana", "host", "Kitchen", "--nick", "Ana", "--json")
    host.expects("\n")
    assert machine.run("ben", "join", "Kitchen", stdin="hello\n").returncode == 0
    host.signal(signal.SIGTERM)
    host.ends()
    bot = machine.pipe("ben", "join", "Kitchen", "--json")
    assert json.loads(bot.expects("\n")) == {"type": "looking", "wanted": "Kitchen"}
    away = json.loads(bot.expects("\n"))
    assert (away["type"], away["state"], away["title"]) == ("connection", "reconnecting", "Kitchen")
    assert away["problem"] == "the room is not here now; its host is waited for"


def test_a_title_that_is_too_long_is_cut_and_that_is_said(machine: Machine) -> None:
    host = machine.pipe("ana", "host", "x" * 500, "--json")
    assert json.loads(host.expects("\n"))["title"] == "x" * TITLE_CHARACTERS
    host.signal(signal.SIGTERM)
    assert host.ends() == 0
    assert host.complaints() == f"The title is too long, and is cut after {TITLE_CHARACTERS} characters.\n"


def test_when_nobody_reads_any_more_it_ends_quietly(machine: Machine) -> None:
    host = machine.pipe("ana", "host", "Kitchen", "--json")
    link = json.loads(host.expects("\n"))["link"]
    ear = machine.pipe("ben", "join", link, "--json")
    ear.expects('"live":false')
    ear.closes_output()
    host.types("hello?")
    assert ear.process.wait(PATIENCE_SECONDS) == 0
    assert ear.complaints() == ""


def test_the_lobby_lists_rooms_and_a_number_joins(machine: Machine) -> None:
    hosting(machine)
    ben = machine.terminal("ben")
    ben.expects("Looking for rooms…")
    ben.expects("1  Kitchen                   Ana               1 here")
    ben.types("7" + ENTER)
    ben.expects("There is no room 7.")
    ben.types("1" + ENTER)
    ben.expects("first meeting with Ana")
    ben.types(CTRL_D)
    assert ben.ends() == 0
    cleo = machine.terminal("cleo")
    cleo.expects("1  Kitchen")
    cleo.types("h Garage" + ENTER)
    cleo.expects("Garage is open.")
    cleo.types(CTRL_C)
    assert cleo.ends() == 0


def test_ctrl_c_ends_at_once_while_very_many_lines_come(machine: Machine) -> None:
    hosting(machine)
    lines = "".join(f"{number}\n" for number in range(1, 20_001))
    (machine.folder("lines")).write_text(lines, "utf-8")
    ben = machine.reads_file("ben", machine.folder("lines"), "join", "Kitchen", "--nick", "Ben", "--json")
    ben.expects('"state":"taken"')
    asked = time.monotonic()
    ben.signal(signal.SIGINT)
    assert ben.ends() == 1
    assert time.monotonic() - asked < PATIENCE_SECONDS / 2
    written = [json.loads(line)["text"] for line in ben.seen().splitlines() if '"type":"written"' in line]
    complaints = ben.complaints()
    told = ("more lines? of the input", "messages? (?:is|are) not with the host yet", "messages?; `lanchat history`")
    found = [re.search(rf"(\d+) {words}", complaints) for words in told]
    not_taken, waiting, unsure = (int(one[1]) if one else 0 for one in found)
    with closing(Reader.open(machine.folder("ben"))) as reader:
        (room,) = reader.rooms()
        outbox = [pending.text for pending in reader.outbox(room.room_id)]
        said = [item.text for item in reader.newest(room.room_id, 20_000)]
    kept = list(dict.fromkeys(said + outbox))  # one that is being confirmed is in both
    assert kept == [str(number) for number in range(1, len(kept) + 1)]
    assert set(written) <= set(kept)
    assert len(kept) + not_taken == 20_000, complaints
    assert waiting + unsure >= len(set(outbox) - set(said)), complaints


def test_who_reads_slowly_reads_all_that_was_to_be_told_at_ctrl_c(machine: Machine) -> None:
    hosting(machine)
    lines = "".join(f"{number} {'x' * 990}\n" for number in range(1, 1_001))
    (machine.folder("lines")).write_text(lines, "utf-8")
    ben = machine.reads_file("ben", machine.folder("lines"), "join", "Kitchen", "--nick", "Ben", "--json")
    ben.fills_pipe()
    ben.signal(signal.SIGINT)
    ben.reads_slowly()
    assert ben.process.wait(PATIENCE_SECONDS) == 1
    told = [json.loads(line) for line in ben.seen().splitlines()]
    states = {line["id"]: line["state"] for line in told if line["type"] == "sent"}
    written = [line["id"] for line in told if line["type"] == "written"]
    assert ben.complaints().startswith(f"{1_000 - len(written)} more lines of the input had come.")
    assert {states.get(entry) for entry in written} <= {"waiting", "taken", "delivered"}


def test_ctrl_c_ends_what_waits_for_a_reader_that_does_not_read(machine: Machine) -> None:
    host = machine.pipe("ana", "host", "Kitchen", "--nick", "Ana", "--json")
    host.expects("\n")
    host.types(*("x" * 3_999 for _ in range(30)))
    for _ in range(30):
        host.expects('"state":"taken"')
    ben = machine.pipe("ben", "join", "Kitchen", "--nick", "Ben")
    ben.fills_pipe()
    ben.signal(signal.SIGINT)
    assert ben.process.wait(PATIENCE_SECONDS) in (0, 1)
    assert ben.complaints() == ""
