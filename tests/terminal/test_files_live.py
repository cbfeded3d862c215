"""Files between real programs: sent, kept by the host, got after the sender left, stopped and resumed."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path

import pytest

from lanchat.storage import data_folder

from .programs import Machine, Piped

PIECE = 256 * 1024


def made(path: Path, size: int) -> Path:
    """A file of this size that nothing compresses."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(random.Random(size).randbytes(size))
    return path


def contents(folder: Path) -> dict[Path, bytes]:
    """What is in a folder; without the marks of Windows that it came from the network, which Wine lists as files."""
    files = (path for path in folder.rglob("*") if path.is_file() and ":" not in path.name)
    return {path.relative_to(folder): path.read_bytes() for path in files}


def hosts(machine: Machine, *options: str) -> Piped:
    ana = machine.pipe("ana", "host", "Kitchen", "--nick", "Ana", *options)
    ana.expects("Kitchen is open")
    return ana


def knows(machine: Machine, *people: str) -> None:
    """They have been in the room."""
    for who in people:
        machine.has_been_in(who, "Kitchen")


def test_a_file_is_had_after_its_sender_left(machine: Machine, tmp_path: Path) -> None:
    ana = hosts(machine)
    knows(machine, "li")
    plan = made(tmp_path / "plan.bin", 3 * PIECE + 1)
    sent = machine.run("ben", "send", "Kitchen", "--nick", "Ben", "--file", str(plan), "--caption", "as it was in May")
    assert (sent.returncode, sent.stdout) == (0, ""), sent.stderr
    ana.expects("Ben sent plan.bin, 786 kB")
    ana.expects("as it was in May")
    first = machine.run("li", "files", "Kitchen", "--get", "all", "--to", str(tmp_path / "li"))
    assert first.returncode == 0, first.stderr
    got = Path(first.stdout.strip())
    assert got.parent == tmp_path / "li"
    assert got.read_bytes() == plan.read_bytes()
    listed = machine.run("li", "files", "Kitchen").stdout.split()
    assert listed[1:2] + listed[-2:] == ["Ben", "here", "plan.bin"]
    again = machine.run("li", "files", "Kitchen", "--get", listed[0], "--to", str(tmp_path / "li"))
    assert (again.returncode, again.stdout.strip()) == (0, str(got)), "what is here is not got twice"
    ana.ends_input()


def test_who_never_was_in_the_room_lists_its_files_and_gets_them(machine: Machine, tmp_path: Path) -> None:
    hosts(machine)
    plan = made(tmp_path / "plan.bin", 1_000)
    assert machine.run("ben", "send", "Kitchen", "--nick", "Ben", "--file", str(plan)).returncode == 0
    got = machine.run("mia", "files", "Kitchen", "--nick", "Mia", "--get", "all", "--to", str(tmp_path / "mia"))
    assert (got.returncode, got.stdout) == (0, f"{tmp_path / 'mia' / 'plan.bin'}\n"), got.stderr
    listed = machine.run("li", "files", "Kitchen")
    assert listed.returncode == 0, listed.stderr
    assert (listed.stdout.split()[1], listed.stdout.split()[-1]) == ("Ben", "plan.bin")


def test_a_folder_is_one_message_and_arrives_as_it_was(machine: Machine, tmp_path: Path) -> None:
    hosts(machine)
    knows(machine, "li")
    for name, size in (("a.txt", 0), ("deep/er/b.bin", PIECE + 7), ("deep/c.bin", 3)):
        made(tmp_path / "photos" / name, size)
    assert machine.run("ben", "send", "Kitchen", "--file", str(tmp_path / "photos")).returncode == 0
    got = machine.run("li", "files", "Kitchen", "--get", "all", "--to", str(tmp_path / "li"))
    assert got.returncode == 0, got.stderr
    folder = Path(got.stdout.strip())
    assert folder == tmp_path / "li" / "photos"
    assert contents(folder) == contents(tmp_path / "photos")


def test_what_the_host_does_not_keep_is_said_plainly(machine: Machine, tmp_path: Path) -> None:
    hosts(machine, "--store", "100kB")
    sent = machine.run("ben", "send", "Kitchen", "--file", str(made(tmp_path / "large.bin", 2 * PIECE)))
    assert sent.returncode == 1
    assert "large.bin: The room's host keeps no copy of it" in sent.stderr


def test_a_slow_host_is_waited_for_while_something_moves(machine: Machine, tmp_path: Path) -> None:
    machine.folder("ana").mkdir()
    settings = {"files": {"bytes_per_second": PIECE}}
    (machine.folder("ana") / data_folder.SETTINGS).write_text(json.dumps(settings), "utf-8")
    hosts(machine)
    film = made(tmp_path / "film.bin", 6 * PIECE)
    ben = machine.pipe("ben", "send", "Kitchen", "--file", str(film), "--wait", "4")
    started = time.monotonic()
    assert ben.ends() == 0
    assert time.monotonic() - started > 4, "longer than anybody waits for nothing"


def test_what_was_begun_goes_on_where_it_stopped(machine: Machine, tmp_path: Path) -> None:
    hosts(machine)
    knows(machine, "li")
    film = made(tmp_path / "film.bin", 400 * PIECE)
    assert machine.run("ben", "send", "Kitchen", "--file", str(film)).returncode == 0
    to = tmp_path / "li"
    li = machine.pipe("li", "files", "Kitchen", "--get", "all", "--json", "--to", str(to))
    li.expects('"state":"coming"')
    li.process.kill()
    li.ends()
    assert not (to / "film.bin").exists(), "half a file has no name of its own"
    listed = machine.run("li", "files", "Kitchen", "--json").stdout
    assert json.loads(listed)["state"] in ("paused", "offered")
    again = machine.run("li", "files", "Kitchen", "--get", "all", "--to", str(to))
    assert again.returncode == 0, again.stderr
    assert (to / "film.bin").read_bytes() == film.read_bytes()


def test_programs_send_and_get_files(machine: Machine, tmp_path: Path) -> None:
    hosts(machine)
    plan = made(tmp_path / "plan.bin", 2 * PIECE)
    ben = machine.pipe("ben", "join", "Kitchen", "--json")
    li = machine.pipe("li", "join", "Kitchen", "--json")
    ben.expects('"connected"')
    li.expects('"connected"')
    ben.types(json.dumps({"files": [str(plan)], "text": "page 3", "ref": "one"}))
    li.expects('"kind":"file"')
    entry = json.loads('{"kind":"file"' + li.expects("\n"))
    assert (entry["text"], entry["file"]["name"], entry["file"]["size"]) == ("page 3", "plan.bin", 2 * PIECE)
    ben.expects('"host_has":true')
    ben.ends_input()
    assert ben.ends() == 0
    li.types(json.dumps({"get": _id_of(li), "folder": str(tmp_path / "li")}))
    li.expects('"state":"here"')
    path = json.loads("{" + li.expects("\n").lstrip(","))["path"]
    assert Path(path) == tmp_path / "li" / "plan.bin"
    assert Path(path).read_bytes() == plan.read_bytes()
    li.ends_input()
    assert li.ends() == 0


def _id_of(program: Piped) -> str:
    lines = [json.loads(line) for line in program.seen().splitlines() if line.endswith("}")]
    return next(str(line["id"]) for line in lines if line.get("kind") == "file")


@pytest.mark.parametrize("typed", ["/file {path}\r"])
def test_people_send_and_get_files_at_a_terminal(machine: Machine, tmp_path: Path, typed: str) -> None:
    home = tmp_path / "home"
    home.mkdir()
    plan = made(tmp_path / "my plan.bin", PIECE)
    ana = machine.terminal("ana", "host", "Kitchen", "--nick", "Ana", HOME=str(home))
    ana.expects("Ctrl+C leaves it")
    ben = machine.terminal("ben", "join", "Kitchen", "--nick", "Ben", HOME=str(home))
    ben.expects("Here: Ana and you.")
    ana.expects("Ben joined")
    ana.types(typed.format(path=plan))
    ben.expects("Ana sent my plan.bin, 262 kB  /get ")
    ben.types("/get\r")
    ben.expects("my plan.bin is here:")
    ben.expects("my plan.bin\n")
    got = [path for path in home.rglob("my plan.bin") if path.is_file()]
    assert [path.read_bytes() for path in got] == [plan.read_bytes()]
    ben.types("/files\r")
    ben.expects("here")
    assert ben.is_interrupted() == 0
    assert ana.is_interrupted() == 0


def test_files_of_two_people_are_for_these_two(machine: Machine, tmp_path: Path) -> None:
    hosts(machine)
    plan = made(tmp_path / "plan.bin", PIECE + 1)
    ben = machine.pipe("ben", "join", "Kitchen", "--json", "--nick", "Ben")
    li = machine.pipe("li", "join", "Kitchen", "--json", "--nick", "Li")
    ben.expects('"nick":"Li"')
    li.expects('"connected"')
    ben.types(json.dumps({"type": "say_privately", "to": "Li", "files": [str(plan)], "text": "for you", "ref": "one"}))
    li.expects('"type":"private"')
    li.expects("\n")
    private = json.loads(next(line for line in li.seen().splitlines() if '"private"' in line))
    assert (private["text"], private["file"]["name"], private["with_nick"]) == ("for you", "plan.bin", "Ben")
    li.types(json.dumps({"get": private["id"], "folder": str(tmp_path / "li")}))
    li.expects('"state":"here"')
    assert (tmp_path / "li" / "plan.bin").read_bytes() == plan.read_bytes()
    for program in (li, ben):
        program.ends_input()
        assert program.ends() == 0, program.seen()
    assert machine.run("li", "files", "Kitchen").stdout == ""
    assert machine.run("li", "files", "Kitchen", "--private", "Ben").stdout.split()[-2:] == ["here", "plan.bin"]
    again = machine.run("li", "files", "Kitchen", "--private", "Ben", "--get", str(private["seq"]))
    assert (again.returncode, again.stdout.strip()) == (0, str(tmp_path / "li" / "plan.bin")), again.stderr


def test_what_is_in_a_folder_is_seen_before_it_is_got(machine: Machine, tmp_path: Path) -> None:
    ana = hosts(machine)
    knows(machine, "li")
    for name, size in (("a.txt", 5), ("deep/b.bin", PIECE + 7)):
        made(tmp_path / "photos" / name, size)
    assert machine.run("ben", "send", "Kitchen", "--nick", "Ben", "--file", str(tmp_path / "photos")).returncode == 0
    assert machine.run("li", "send", "Kitchen", "thanks").returncode == 0  # and hears of the photos
    number = machine.run("li", "files", "Kitchen").stdout.split()[0]
    listed = machine.run("li", "files", "Kitchen", "--list", number)
    assert listed.returncode == 0, listed.stderr
    assert sorted(line.split() for line in listed.stdout.splitlines()) == [
        ["262", "kB", "deep/b.bin"], ["5", "bytes", "a.txt"]
    ]  # fmt: skip
    assert machine.run("li", "files", "Kitchen").stdout.split()[-3:] == ["photos,", "2", "files"], "it is not got"
    facts = machine.run("li", "files", "Kitchen", "--list", number, "--json").stdout.splitlines()
    sizes = {json.loads(line)["name"]: json.loads(line)["size"] for line in facts}
    assert sizes == {"a.txt": 5, "deep/b.bin": PIECE + 7}
    wrong = machine.run("li", "files", "Kitchen", "--list", "9999")
    assert (wrong.returncode, wrong.stdout) == (3, "")
    ana.ends_input()


def test_the_host_takes_files_of_its_own_room_from_its_own_computer(machine: Machine, tmp_path: Path) -> None:
    ana = machine.terminal("ana", "host", "Kitchen", "--nick", "Ana")
    ana.expects("Ctrl+C leaves it")
    plan, mine = made(tmp_path / "plan.bin", PIECE + 1), made(tmp_path / "mine.bin", 9)
    assert machine.run("ben", "send", "Kitchen", "--nick", "Ben", "--file", str(plan)).returncode == 0
    ana.types(f"/file {mine}\r")
    ana.expects("Ana sent mine.bin")
    assert ana.is_interrupted() == 0
    first, second = (line.split()[0] for line in machine.run("ana", "files", "Kitchen").stdout.splitlines())
    got = machine.run("ana", "files", "Kitchen", "--get", first, "--to", str(tmp_path / "ana"))
    assert (got.returncode, got.stdout) == (0, f"{tmp_path / 'ana' / 'plan.bin'}\n"), got.stderr
    assert (tmp_path / "ana" / "plan.bin").read_bytes() == plan.read_bytes()
    own = machine.run("ana", "files", "Kitchen", "--get", second)
    assert (own.returncode, own.stdout) == (0, f"{mine}\n"), "it lies where it was sent from"
    listed = machine.run("ana", "files", "Kitchen", "--list", first)
    assert (listed.returncode, listed.stdout.split()) == (0, ["262", "kB", "plan.bin"]), listed.stderr


def test_the_host_is_told_how_to_get_what_is_not_on_its_computer(machine: Machine, tmp_path: Path) -> None:
    ana = machine.terminal("ana", "host", "Kitchen", "--nick", "Ana", "--store", "100kB")
    ana.expects("Ctrl+C leaves it")
    plan = made(tmp_path / "plan.bin", PIECE)
    assert machine.run("ben", "send", "Kitchen", "--nick", "Ben", "--file", str(plan)).returncode == 1
    assert ana.is_interrupted() == 0
    got = machine.run("ana", "files", "Kitchen", "--get", "all")
    assert (got.returncode, got.stdout) == (3, "")
    assert "Not on this computer: plan.bin. Open the room with lanchat host" in got.stderr


def test_a_file_is_sent_to_one_person(machine: Machine, tmp_path: Path) -> None:
    hosts(machine)
    plan = made(tmp_path / "plan.bin", 2 * PIECE)
    li = machine.pipe("li", "join", "Kitchen", "--json", "--nick", "Li")
    li.expects('"connected"')
    ben = machine.pipe(
        "ben", "send", "Kitchen", "--nick", "Ben", "--private", "Li", "--file", str(plan), "--caption", "for you"
    )
    li.expects('"type":"private"')
    li.expects("\n")
    private = json.loads(next(line for line in li.seen().splitlines() if '"private"' in line))
    assert (private["text"], private["file"]["name"], private["with_nick"]) == ("for you", "plan.bin", "Ben")
    assert ben.process.poll() is None, "Li has not got it, and nobody but Ben can give it"
    li.types(json.dumps({"get": private["id"], "folder": str(tmp_path / "li")}))
    li.expects('"state":"here"')
    assert (tmp_path / "li" / "plan.bin").read_bytes() == plan.read_bytes()
    assert ben.ends() == 0, ben.seen()
    assert machine.run("ben", "send", "Kitchen", "--private", "Li", "and a word").returncode == 0
    li.expects("and a word")
    li.ends_input()
    assert machine.run("ana", "files", "Kitchen", "--private", "Li").stdout == ""


def test_who_did_not_take_a_private_file_is_named(machine: Machine, tmp_path: Path) -> None:
    hosts(machine)
    knows(machine, "li")
    plan = made(tmp_path / "plan.bin", 9)
    sent = machine.run("ben", "send", "Kitchen", "--private", "Li", "--file", str(plan), "--wait", "8")
    assert sent.returncode == 1
    assert "but Li has not got all of plan.bin yet" in sent.stderr
    nobody = machine.run("ben", "send", "Kitchen", "--private", "Zoë", "--file", str(plan))
    assert (nobody.returncode, nobody.stdout) == (3, "")
    assert "Nobody of that name is here." in nobody.stderr
