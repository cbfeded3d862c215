"""kill -9 of who gives a file and of who gets it, at any moment: it is whole or not there, and in the end it is."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path

import pytest

from tests.ports import free_port

from .programs import Machine, Piped

SIZE = 6_000_000
RATE = 6_000_000  # bytes a second, so that there is something to interrupt
FILES = {"film.bin": SIZE, "photos/a.bin": 300_000, "photos/deep/b.bin": 1, "photos/empty": 0, "notes.txt": 90_000}


@pytest.mark.parametrize("kills", [2, pytest.param(50, marks=pytest.mark.long)])
def test_kill_9_of_either_side(machine: Machine, tmp_path: Path, kills: int) -> None:
    chance, port, to = random.Random(kills), str(free_port()), tmp_path / "to"
    contents = {name: random.Random(name).randbytes(size) for name, size in FILES.items()}
    offered = tmp_path / "offered"
    for name, content in contents.items():
        (offered / name).parent.mkdir(parents=True, exist_ok=True)
        (offered / name).write_bytes(content)
    host = opens(machine, port)
    sent = machine.run("ben", "send", "Kitchen", "--nick", "Ben", "--file", *map(str, offered.iterdir()))
    assert sent.returncode == 0, sent.stderr
    slow(machine, "li")
    came = 0
    for kill in range(kills):
        li = machine.pipe("li", "files", "Kitchen", "--get", "all", "--to", str(to), "--json")
        if chance.random() < 0.9:
            li.expects('"state":')
        time.sleep(chance.random() * SIZE / RATE)
        if kill % 2:
            host.process.kill()
            host.process.wait()
            host = opens(machine, port)
        else:
            li.process.kill()
        li.ends()
        for folder in to.iterdir() if to.exists() else ():
            if not folder.name.startswith("."):
                assert whole(folder) == contents, "it is whole, since it has its name"
                came += 1
        if came:  # once more from the beginning
            came = 0
            machine.folder("li").rename(tmp_path / f"li {kill}")
            to.rename(tmp_path / f"to {kill}")
            slow(machine, "li")
    last = machine.run("li", "files", "Kitchen", "--get", "all", "--to", str(to))
    assert last.returncode == 0, last.stderr
    assert whole(Path(last.stdout.strip())) == contents
    assert len(list(to.iterdir())) == 1, "nothing else is left"


def opens(machine: Machine, port: str) -> Piped:
    ana = machine.pipe("ana", "host", "Kitchen", "--nick", "Ana", "--port", port)
    ana.expects("Kitchen is open")
    return ana


def slow(machine: Machine, who: str) -> None:
    """A new lanchat, which has been in the room, and gets files not too fast."""
    machine.has_been_in(who, "Kitchen")
    path = machine.folder(who) / "settings.json"
    settings = json.loads(path.read_text("utf-8"))
    settings.setdefault("files", {})["bytes_per_second"] = RATE
    path.write_text(json.dumps(settings), "utf-8")


def whole(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
