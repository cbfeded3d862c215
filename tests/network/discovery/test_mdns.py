"""What is read from mDNS records of strangers."""

from __future__ import annotations

import pytest

from lanchat.core.address import fingerprint_text
from lanchat.core.model import RoomId
from lanchat.network.discovery.interface import RoomDescription
from lanchat.network.discovery.mdns import TYPE, instance, properties, read_record, room_of

NAME = RoomId("abcdefghijklmnop")
GOOD: dict[str, str | None] = {"v": "1", "n": "Kitchen", "fp": fingerprint_text(bytes(16)), "pw": "1", "b": "0a1b2c"}


def test_a_record_of_ours_is_read() -> None:
    expected = RoomDescription(
        room_id=NAME, title="Kitchen", fingerprint=bytes(16), port=29747, passphrase=True, boot_id="0a1b2c"
    )
    assert read_record(NAME, 29747, GOOD) == expected


@pytest.mark.parametrize(
    ("name", "port", "changed"),
    [
        (NAME, None, {}),
        (NAME, 0, {}),
        (NAME, 65536, {}),
        (NAME, 1, {"fp": None}),
        (NAME, 1, {"fp": "x"}),
        (NAME, 1, {"fp": "!" * 22}),
        (NAME, 1, {"n": "x" * 81}),
        (NAME, 1, {"b": "x" * 17}),
    ],
)
def test_anything_else_is_not(name: RoomId, port: int | None, changed: dict[str, str | None]) -> None:
    assert read_record(name, port, {**GOOD, **changed}) is None


def test_a_record_is_named_after_its_room() -> None:
    assert room_of(instance(NAME)) == NAME


@pytest.mark.parametrize(
    "name", ["", TYPE, f"Kitchen.{TYPE}", f"{NAME.upper()}.{TYPE}", f"{NAME}a.{TYPE}", f"\0{NAME}.{TYPE}", f"{NAME}.x."]
)
def test_a_record_with_another_name_is_not_ours(name: str) -> None:
    assert room_of(name) is None


def test_a_record_tells_nothing_of_its_host() -> None:
    room = RoomDescription(room_id=NAME, title="Kitchen", fingerprint=bytes(16), port=29747, people=7, host="Ana")
    said = properties(room)
    assert said.keys() == {"v", "n", "fp", "pw", "b", "app"}
    assert "Ana" not in "".join(said.values())
