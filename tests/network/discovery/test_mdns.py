"""What is read from mDNS records of strangers."""

from __future__ import annotations

import pytest

from lanchat.core.address import fingerprint_text
from lanchat.core.model import RoomId
from lanchat.network.discovery.interface import RoomDescription
from lanchat.network.discovery.mdns import TYPE, instance, parse_instance, properties, read_record

ROOM = RoomId("abcdefghijklmnop")
ANA, BEN = bytes(range(16)), b"\xff" * 16  # fingerprints
HOST = f"{ROOM}-aaaqeayeaudaocajbifqydiob4"
GOOD: dict[str, str | None] = {"v": "1", "n": "Kitchen", "fp": fingerprint_text(ANA), "pw": "1", "b": "0a1b2c"}
OLD = RoomDescription(room_id=ROOM, title="Kitchen", fingerprint=ANA, port=29747, passphrase=True, boot_id="0a1b2c")
KEPT = RoomDescription(room_id=ROOM, title="Kitchen", fingerprint=ANA, owner=BEN, epoch=3 << 40, port=29747)


def test_a_record_of_ours_is_read() -> None:
    assert read_record(instance(*KEPT.key), 29747, dict(properties(KEPT))) == KEPT


@pytest.mark.parametrize("name", [ROOM, HOST])
def test_a_record_of_an_older_program_is_read(name: str) -> None:
    """It names no owner and no epoch, and perhaps no host."""
    assert read_record(f"{name}.{TYPE}", 29747, GOOD) == OLD


def test_a_host_that_is_the_owner_is_not_said_twice() -> None:
    room = RoomDescription(room_id=ROOM, title="Kitchen", fingerprint=ANA, owner=ANA, port=29747)
    assert "o" not in properties(room)


@pytest.mark.parametrize(
    ("port", "changed"),
    [
        (None, {}),
        (0, {}),
        (65536, {}),
        (1, {"fp": None}),
        (1, {"fp": "x"}),
        (1, {"fp": "!" * 22}),
        (1, {"fp": fingerprint_text(BEN)}),  # the name is another host's
        (1, {"o": "x"}),
        (1, {"e": "-1"}),
        (1, {"e": "1e9"}),
        (1, {"e": "\u0661"}),  # a digit, but not one of ours
        (1, {"e": str(2**53 + 1)}),
        (1, {"e": "9" * 5_000}),
        (1, {"n": "x" * 81}),
        (1, {"b": "x" * 17}),
    ],
)
def test_anything_else_is_not(port: int | None, changed: dict[str, str | None]) -> None:
    assert read_record(f"{HOST}.{TYPE}", port, {**GOOD, **changed}) is None


def test_a_record_is_named_after_its_room_and_host() -> None:
    assert instance(ROOM, ANA) == f"{HOST}.{TYPE}"
    for host in (ANA, BEN):
        assert parse_instance(instance(ROOM, host)) == (ROOM, host)
        assert len(instance(ROOM, host).partition(".")[0]) <= 63  # RFC 6763, section 7.2


def test_older_programs_named_it_after_its_room_only() -> None:
    assert parse_instance(f"{ROOM}.{TYPE}") == (ROOM, None)


@pytest.mark.parametrize(
    "name",
    [
        "", TYPE, f"Kitchen.{TYPE}", f"{ROOM.upper()}.{TYPE}", f"{ROOM}a.{TYPE}", f"\0{ROOM}.{TYPE}", f"{ROOM}.x.",
        f"{ROOM}-.{TYPE}", f"{HOST}a.{TYPE}", f"{HOST[:-1]}.{TYPE}", f"{HOST.upper()}.{TYPE}", f"{HOST}-{HOST}.{TYPE}",
        f"{HOST[:-1]}5.{TYPE}",  # the same fingerprint, and bits that mean nothing
    ],
)  # fmt: skip
def test_a_record_with_another_name_is_not_ours(name: str) -> None:
    assert parse_instance(name) is None


def test_a_record_tells_nothing_of_its_host() -> None:
    room = RoomDescription(room_id=ROOM, title="Kitchen", fingerprint=ANA, port=29747, people=7, host="Ana")
    said = properties(room)
    assert said.keys() == {"v", "n", "fp", "pw", "b", "app", "e"}
    assert "Ana" not in "".join(said.values())
