"""What our DNS-SD records say, and what is read from those of others. Pure.

Public to everybody on the network: nothing personal, and nothing that changes often, for each change is sent to all.
"""

from __future__ import annotations

import re

import msgspec

from lanchat import __version__
from lanchat.core.address import NotAnAddress, fingerprint_text, parse_fingerprint
from lanchat.core.limits import PROTOCOL_VERSION
from lanchat.core.model import RoomId
from lanchat.network.discovery.model import Advert
from lanchat.network.discovery.questions import OpenRoom

TYPE = "_lanchat._tcp.local."
TITLE_BYTES = 60
_INSTANCE = re.compile(r"([a-z2-7]{16})\." + re.escape(TYPE))


def instance(room_id: RoomId) -> str:
    """The record's name: opaque, so it collides with nothing and tells nothing."""
    return f"{room_id}.{TYPE}"


def room_of(name: str) -> RoomId | None:
    """The room a record is about; None when its name is not one of ours."""
    found = _INSTANCE.fullmatch(name)
    return RoomId(found[1]) if found else None


def properties(advert: Advert, boot_id: str) -> dict[str, str]:
    return {
        "v": str(PROTOCOL_VERSION),
        "n": advert.title.encode()[:TITLE_BYTES].decode(errors="ignore"),
        "fp": fingerprint_text(advert.fingerprint),
        "pw": str(int(advert.passphrase)),
        "b": boot_id,
        "app": __version__,
    }


def read_record(room_id: RoomId, port: int | None, properties: dict[str, str | None]) -> OpenRoom | None:
    """What a record says, checked for form; None when it is not one of ours."""
    try:
        return msgspec.convert(
            {
                "id": room_id,
                "n": properties.get("n") or "",
                "fp": parse_fingerprint(properties.get("fp") or ""),
                "p": port,
                "pw": properties.get("pw") == "1",
                "b": properties.get("b") or "",
                "app": properties.get("app") or "",
            },
            OpenRoom,
        )
    except (NotAnAddress, msgspec.ValidationError):
        return None


def same_records(one: Advert, other: Advert) -> bool:
    """Whether the records say the same: how many people are there is not in them, so it costs no multicast."""
    return (one.title, one.fingerprint, one.passphrase, one.port) == (
        other.title, other.fingerprint, other.passphrase, other.port,
    )  # fmt: skip
