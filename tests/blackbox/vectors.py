"""Makes `vectors.json`: examples of all that the protocol's page describes, as this program makes them.

    python -m tests.blackbox.vectors
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from spake2 import SPAKE2_A, SPAKE2_B

from lanchat.core import content, encoded_log, frames
from lanchat.core.address import fingerprint_text, room_code, room_link
from lanchat.core.limits import Limits
from lanchat.core.listing import key_fingerprint
from lanchat.core.model import START, Card, Entry, EntryId, LogEntry, MemberKey, RoomId, digest, next_head
from lanchat.network.discovery import datagrams
from lanchat.trust import pake
from lanchat.trust.identity import badge
from lanchat.trust.pake import Binding
from lanchat.trust.passphrase import derive, normalise

FILE = Path(__file__).with_name("vectors.json")
ROOM = RoomId("abcdefgh22345677")
PASSPHRASES = ["Six ripe_PEARS", "straße — Ⅳ\u00ad", "  correct\u00a0horse\tbattery  "]
TEXTS = ["hello", "two\nlines 👋", "", "日本語"]


def seed(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


def made() -> dict[str, Any]:
    ana, ben = (Ed25519PrivateKey.from_private_bytes(seed(name)) for name in ("ana", "ben"))
    key_a, key_b = (MemberKey(one.public_key().public_bytes_raw()) for one in (ana, ben))
    return {
        "keys": {name: {"private": seed(name), "public": key} for name, key in (("ana", key_a), ("ben", key_b))},
        "digest": [
            {"label": label, "parts": parts, "digest": digest(label, *parts)}
            for label, parts in (("badge", [key_a]), ("x", []), ("x", [b"", b"ab"]), ("x", [b"a", b"b"]))
        ],
        "card": _card(ana, key_a),
        "log": _log(ana, key_a, ben, key_b),
        "passphrase": [
            {"typed": one, "normalised": normalise(one), "secret": derive(one, ROOM)} for one in PASSPHRASES
        ],
        "entering": _entering(ana, key_a, key_b),
        "found": {
            "key": key_b, "fingerprint": key_fingerprint(key_b), "text": fingerprint_text(key_fingerprint(key_b)),
            "ipv4": "192.168.1.42", "code": room_code("192.168.1.42", key_fingerprint(key_b)), "badge": badge(key_b),
            "link": room_link(["192.168.1.42", "2001:db8::7"], 29747, ROOM, key_fingerprint(key_b)),
        },
        "datagrams": {
            "question": datagrams.encode(datagrams.Question(nonce=b"12345678", about=[ROOM], pass_on=True)),
            "answer": datagrams.encode(
                datagrams.Answer(
                    nonce=b"12345678",
                    rooms=[datagrams.RoomDescription(room_id=ROOM, title="Kitchen", fingerprint=key_fingerprint(key_b),
                                              port=29747, passphrase=True, people=3, host="Ben")],
                )
            ),
            "closed": datagrams.encode(datagrams.Goodbye(nonce=b"12345678", room_id=ROOM)),
        },
    }


def _card(ana: Ed25519PrivateKey, key: MemberKey) -> dict[str, Any]:
    unsigned = Card(key, "Ana Ü", 7, b"")
    signature = ana.sign(unsigned.signed_digest())
    return {"key": key, "nick": "Ana Ü", "revision": 7, "digest": unsigned.signed_digest(), "signature": signature}


def _log(ana: Ed25519PrivateKey, key_a: MemberKey, ben: Ed25519PrivateKey, key_b: MemberKey) -> dict[str, Any]:
    head, run = START, list[LogEntry]()
    for number, text in enumerate(TEXTS, 1):
        who, key = (ana, key_a) if number % 2 else (ben, key_b)
        reaction = content.Payload("+reaction", EntryId(seed(TEXTS[0])[:16]), b"\xff\0")
        payload = content.encode(content.Text(text)) if text else reaction
        sent_at, received_at = 1_700_000_000_000 + number, 1_700_000_000_000 - 5 * number
        unsigned = Entry(seed(text)[:16], key, seed("device")[:8], number, *payload, sent_at, b"")
        entry = msgspec.structs.replace(unsigned, signature=who.sign(unsigned.signed_digest(ROOM)))
        head = next_head(head, ROOM, 3, number, received_at, entry)
        run.append(LogEntry(entry, 3, number, received_at, head))
    card = Card(key_b, "Ben", 1, bytes(64))
    return {
        "room_id": ROOM,
        "epoch": 3,
        "entries": [
            {"entry": list(msgspec.structs.astuple(one.entry)), "seq": one.seq, "received_at": one.received_at,
             "digest": one.entry.signed_digest(ROOM), "head": one.head}
            for one in run
        ],
        "frames": {
            type(frame).__name__.lower(): frames.encode(frame)
            for frame in (
                encoded_log.pack(run), frames.Page(encoded_log.pack(run), START),
                frames.Post([one.entry for one in run[:1]], True),
                frames.Resume(3, 4, head), frames.Welcome(3, 0, START, 4, Limits(), card), frames.Have(4, 0),
                frames.Known([run[0].entry.entry_id], [1]), frames.Rejected(run[0].entry.entry_id, "long"),
                frames.SlowDown(5_000, "disk_full"), frames.Delivered(4, 0),
                frames.Present([card], [key_a], True, False),
                frames.Who([key_a]), frames.Cards([card]), frames.Rename(card), frames.Earlier(5, 200), frames.Ping(),
                frames.Pong(), frames.Bye(),
            )
        },
    }


def _entering(ana: Ed25519PrivateKey, key_a: MemberKey, key_b: MemberKey) -> dict[str, Any]:
    device, certificate = seed("device")[:8], seed("certificate")
    binding = Binding(certificate, seed("host nonce"), seed("client nonce"), ROOM, key_a, device)  # type: ignore[arg-type]
    secret = derive(PASSPHRASES[0], ROOM)
    x, y = (seed(name) + seed(f"{name} again") for name in ("x", "y"))
    client = SPAKE2_A(secret, idA=key_a, idB=certificate, entropy_f=lambda count: x)
    host = SPAKE2_B(secret, idA=key_a, idB=certificate, entropy_f=lambda count: y)
    ours, theirs = bytes(client.start()), bytes(host.start())
    shared = bytes(client.finish(theirs))
    assert shared == bytes(host.finish(ours))
    proofs = pake.proofs(shared, binding.transcript(ours, theirs))
    card = Card(key_a, "Ana", 1, ana.sign(Card(key_a, "Ana", 1, b"").signed_digest()))
    signature = ana.sign(binding.to_sign())
    spoken = [
        frames.Hello(1, seed("host nonce"), ROOM, "Kitchen", True),
        frames.Auth(card, seed("client nonce"), device, signature, ours),
        frames.Pake(theirs),
        frames.Confirm(proofs[0]),
        frames.Entered(proofs[1]),
        frames.Refused("busy", 30_000),
    ]
    return {
        "binding": [certificate, seed("host nonce"), seed("client nonce"), ROOM.encode(), key_a, device],
        "digest": binding.to_sign(),
        "signature": signature,
        "secret": secret,
        "x": x,
        "pake": ours,
        "message": theirs,
        "client_proof": proofs[0],
        "host_proof": proofs[1],
        "frames": {type(frame).__name__.lower(): frames.encode(frame) for frame in spoken},
    }


def _hexadecimal(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"hex": value.hex()}
    if isinstance(value, dict):
        return {name: _hexadecimal(one) for name, one in value.items()}
    return [_hexadecimal(one) for one in value] if isinstance(value, list | tuple) else value


def text() -> str:
    """What `vectors.json` holds."""
    return msgspec.json.format(msgspec.json.encode(_hexadecimal(made())), indent=1).decode() + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
