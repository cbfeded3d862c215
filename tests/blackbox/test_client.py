"""A client written from the page alone talks with the real program."""

from __future__ import annotations

import ast
import hashlib
import json
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.blackbox import client as module
from tests.blackbox import file_client, msgpack, page
from tests.blackbox.client import Client, Refused

HERE = Path(__file__).parent


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Any]:
    from tests.terminal.programs import Machine

    with Machine(tmp_path) as made:
        yield made


class Host:
    """`lanchat host` in a process of its own."""

    def __init__(self, machine: Any, *arguments: str) -> None:
        self._program = machine.pipe("ana", "host", "Kitchen", "--nick", "Ana", "--json", *arguments)
        self._program.expects('{"type":"hosting",')
        told: dict[str, Any] = json.loads("{" + self._program.expects("\n"))
        self.room_id, self.port, self.badge = told["room"], told["port"], told["badge"]

    def says(self, *lines: str) -> None:
        """Until all of it is on its disk."""
        self._program.types(*lines)
        self._program.expects(f'"kind":"text","text":"{lines[-1]}"')

    def hears(self, text: str) -> None:
        self._program.expects(text)


@pytest.fixture
def ben() -> Iterator[Client]:
    ben = Client("Ben")
    yield ben
    ben.cut()


def test_it_imports_nothing_of_lanchat() -> None:
    for path in (page.__file__, msgpack.__file__, module.__file__, file_client.__file__):
        for node in ast.walk(ast.parse(Path(path).read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not [name for name in names if name.split(".")[0] == "lanchat"]


def test_an_open_room_from_the_door_to_the_goodbye(machine: Any, ben: Client) -> None:
    host = Host(machine)
    host.says(*(f"line {number}" for number in range(1, 431)))
    ben.connect(host.port)
    assert (ben.room_id, ben.title) == (host.room_id, "Kitchen")
    assert ben.host_key is not None
    assert page.badge(ben.host_key) == host.badge
    assert sorted(ben.here.values()) == ["Ana", "Ben"]
    assert ben.replica.texts[-1] == "line 430"
    assert 0 < ben.replica.base < 300, "a newcomer is given about the last 200"
    while ben.replica.base:
        assert ben.page_back()
    assert not ben.page_back(), "nothing is earlier"
    assert ben.replica.texts == [f"line {number}" for number in range(1, 431)]
    ben.say("hello from a page 👋")
    host.hears("hello from a page")
    ben.ping()
    assert ben.ask_who(ben.host_key, b"\1" * 32) == {ben.host_key: "Ana"}
    ben.rename("Benjamin")
    host.hears('"nick":"Benjamin"')
    ben.leave()
    host.hears('{"type":"left"')


def test_what_people_let_each_other_know(machine: Any, ben: Client) -> None:
    host = Host(machine)
    li = Client("Li")
    ben.connect(host.port)
    li.connect(host.port)
    ben.say("hello")
    li.tell("typing")
    assert ben.answer("typists") == {"t": "typists", "keys": [li.me], "more": False}
    host.hears('"type":"typing"')
    li.tell("available", state="busy")
    host.hears('"state":"busy"')
    li.until(lambda: "hello" in li.replica.texts)
    li.tell("read", seq=li.replica.last)
    assert ben.answer("seen") == {"t": "seen", "marks": [[li.me, li.replica.last]]}
    host.hears('"type":"seen"')
    li.leave()


def test_it_resumes_after_a_cut_and_nothing_is_said_twice(machine: Any, ben: Client) -> None:
    host = Host(machine)
    host.says("one")
    ben.connect(host.port)
    again = ben.entry("two")
    ben.post(again)
    ben.until(lambda: ben.replica.texts == ["one", "two"])
    ben.cut()
    host.says("three", "four")
    ben.connect(host.port)
    assert ben.replica.texts == ["one", "two", "three", "four"]
    ben.post(again)  # as if its echo had been lost
    known = ben.answer("known")
    assert (known["entry_ids"], known["seqs"]) == ([again[0]], [3])
    assert ben.replica.base == 0


def test_what_one_says_is_delivered_to_another(machine: Any, ben: Client) -> None:
    host = Host(machine)
    li = Client("Li")
    ben.connect(host.port)
    li.connect(host.port)
    try:
        ben.say("to both of you")
        li.until(lambda: li.replica.texts == ["to both of you"])
        ben.until(lambda: ben.delivered == 1)
        assert li.replica.head == ben.replica.head
    finally:
        li.leave()


def test_a_room_with_a_passphrase(machine: Any) -> None:
    file = machine.folder("passphrase")
    file.write_text("Six ripe_PEARS", encoding="utf-8")
    host = Host(machine, "--passphrase-file", str(file))
    stranger, wrong, right = Client("Eve"), Client("Eve", "six ripe apples"), Client("Ben", "six  ripe-pears")
    try:
        for who, code in ((stranger, "passphrase"), (wrong, "wrong")):
            with pytest.raises(Refused) as refused:
                who.connect(host.port)
            assert refused.value.code == code
        right.connect(host.port)
        right.say("let in")
        host.hears("let in")
        right.cut()
        right.connect(host.port, proves=False)  # the host knows it now
        assert right.replica.texts == ["let in"]
    finally:
        for who in (stranger, wrong, right):
            who.cut()


@pytest.mark.parametrize(
    ("body", "kind", "code"),
    [("\u200b\u2060 ", "text", "empty"), ("x" * 4_001, "text", "long"), ("\n".join(["x"] * 201), "text", "lines"),
     (b"caf\xe9", "text", "encoding"), ("x", "Text", "kind"), ("x", "++a", "kind"), ("x" * 16_001, "poll", "long")],
    ids=["empty", "long", "lines", "encoding", "kind", "two signs", "long of any kind"],
)  # fmt: skip
def test_what_a_host_never_takes(machine: Any, ben: Client, body: str | bytes, kind: str, code: str) -> None:
    host = Host(machine)
    ben.connect(host.port)
    entry = ben.entry(body, kind)
    ben.post(entry)
    rejected = ben.answer("rejected")
    assert (rejected["entry_id"], rejected["code"]) == (entry[0], code)


def test_kinds_of_a_later_program_are_kept_and_passed_on(machine: Any, ben: Client) -> None:
    """Ben's program knows more kinds than the host's, which has a line for messages alone; another later one gets all
    of it as it was signed."""
    host, kim = Host(machine), Client("Kim")
    ben.connect(host.port)
    try:
        said = ben.say("tea?")
        said = [said, ben.say(b"\xff\x00", "+reaction", said[0]), ben.say("?", "poll", said[0]), ben.say("so?")]
        host.hears('"kind":"text","text":"tea?"')
        host.hears('"seq":4,')
        host.hears('"kind":"poll","text":""')
        host.hears('"seq":5,')
        kim.connect(host.port)
        kim.until(lambda: kim.replica.entries[1:] == said)  # the first says that Ana keeps the room open
    finally:
        kim.cut()


def test_an_entry_signed_by_nobody_ends_the_connection(machine: Any, ben: Client) -> None:
    host = Host(machine)
    ben.connect(host.port)
    entry = ben.entry("not mine")
    ben.post([*entry[:6], b"changed", *entry[7:]])
    with pytest.raises(Refused) as refused:
        ben.answer("rejected")
    assert refused.value.code == "forged"


def test_a_new_entry_whose_body_was_erased_ends_the_connection(machine: Any, ben: Client) -> None:
    host = Host(machine)
    ben.connect(host.port)
    entry = ben.entry("not to be seen")
    ben.post([*entry[:6], b"", *entry[7:9], hashlib.sha256(entry[6]).digest()])
    with pytest.raises(Refused) as refused:
        ben.answer("rejected")
    assert refused.value.code == "frame"


def test_too_many_at_once_are_slowed_down_and_come_again_in_order(machine: Any, ben: Client) -> None:
    host = Host(machine)
    ben.connect(host.port)
    mine = [ben.entry(f"mine {number}") for number in range(1, ben.limits["burst"] + 3)]
    ben.post(*mine)
    wait = ben.answer("slow_down")["retry_ms"] / 1000
    ben.until(lambda: len(ben.replica.texts) == ben.limits["burst"])
    time.sleep(wait + 0.2)  # so long as the protocol says
    ben.starts_again()
    ben.post(*mine[ben.limits["burst"] :])
    ben.until(lambda: len(ben.replica.texts) == len(mine))
    assert ben.replica.texts == [one[6].decode() for one in mine]


def test_a_question_is_answered_as_the_page_says(machine: Any) -> None:
    host = Host(machine)
    magic, nonce = bytes.fromhex("6c616e6368617401"), b"12345678"
    body = msgpack.pack({"t": "q", "q": nonce, "about": [host.room_id]})
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        asker.settimeout(1)
        found = b""
        for _ in range(10):
            asker.sendto((magic + len(body).to_bytes(2, "big") + body).ljust(512, b"\0"), ("127.0.0.1", host.port))
            with suppress(TimeoutError):
                found = asker.recv(2048)
                break
    assert found.startswith(magic)
    answer = msgpack.unpack(found[10 : 10 + int.from_bytes(found[8:10], "big")])
    assert (answer["t"], answer["q"]) == ("a", nonce)
    (room,) = answer["r"]
    assert (room["id"], room["n"], room["p"], room["h"]) == (host.room_id, "Kitchen", host.port, "Ana")
    assert len(room["fp"]) == 16
    assert len(found) <= 512
