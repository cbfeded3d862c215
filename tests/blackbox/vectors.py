"""Makes `vectors.json`: examples of all that the protocol's page describes, as this program makes them.

    python -m tests.blackbox.vectors
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any
from unittest import mock

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from spake2 import SPAKE2_A, SPAKE2_B

from lanchat.core import content, encoded_log, file_frames, frames
from lanchat.core.address import fingerprint_text, room_code, room_link
from lanchat.core.file_manifest import CHUNK, Manifest, ManifestFile
from lanchat.core.keeping import Keeping, Pass, reign_digest
from lanchat.core.keeping_frames import GivenCode
from lanchat.core.limits import Limits
from lanchat.core.listing import key_fingerprint
from lanchat.core.model import START, Card, DeviceId, Entry, EntryId, LogEntry, MemberKey, RoomId, digest, next_head
from lanchat.core.profile import Avatar, Profile, encode_profile
from lanchat.network.discovery import datagrams
from lanchat.network.discovery.interface import RoomDescription
from lanchat.trust import guest_channel, pake
from lanchat.trust.identity import Identity, badge
from lanchat.trust.pake import Binding
from lanchat.trust.passphrase import derive, normalise
from lanchat.trust.sealing import SealingKey
from lanchat.trust.signing import make_card

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
        "sealed": _sealed(ana, key_a, ben, key_b),
        "files": _files(),
        "passphrase": [
            {"typed": one, "normalised": normalise(one), "secret": derive(one, ROOM)} for one in PASSPHRASES
        ],
        "entering": _entering(ana, key_a, key_b),
        "keeping": _keeping(ana, key_a, ben, key_b),
        "guest": _guest(ana, key_a, ben, key_b),
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
                    rooms=[RoomDescription(room_id=ROOM, title="Kitchen", fingerprint=key_fingerprint(key_b),
                                           port=29747, passphrase=True, people=3, host="Ben")],
                )
            ),
            "closed": datagrams.encode(
                datagrams.Goodbye(nonce=b"12345678", room_id=ROOM, fingerprint=key_fingerprint(key_b))
            ),
        },
    }


def _card(ana: Ed25519PrivateKey, key: MemberKey) -> dict[str, Any]:
    profile = encode_profile(Profile(sealing_key=seed("sealing"), status="back at two", avatar=Avatar(2, 5)))
    unsigned = Card(key, "Ana Ü", 7, b"", profile)
    signature = ana.sign(unsigned.signed_digest())
    return {"key": key, "nick": "Ana Ü", "revision": 7, "digest": unsigned.signed_digest(), "signature": signature,
            "profile": profile}  # fmt: skip


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
        if number == 4:
            entry = msgspec.structs.replace(entry, body=b"", erased=hashlib.sha256(entry.body).digest())
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
                frames.Present([card], [key_a], True, False, [frames.StateMark(key_b, "busy")]),
                frames.Who([key_a]), frames.Cards([card]), frames.Rename(card), frames.Available("away"),
                frames.Typing(), frames.Typists([key_a], True),
                frames.Read(4), frames.SeenBy([frames.ReadMark(key_b, 4)]), frames.OwnRead(4, True),
                frames.Holding(29_750, [seed("root")]), frames.FindSources(seed("root")),
                frames.Sources(seed("root"), [frames.FileSource(key_b, "192.0.2.7", 29_750)], "has"),
                frames.Wanted([seed("root")]),
                frames.Earlier(5, 200), frames.Ping(),
                frames.Pong(), frames.Bye(),
            )
        },
    }


def _files() -> dict[str, Any]:
    """Two files in three chunks: the first chunk of the second file begins in the middle of a chunk."""
    stream = bytes(range(256)) * 2_500
    sizes = {"a folder/one.bin": 100_000, "a folder/two.txt": len(stream) - 100_000}
    chunks = [stream[start : start + CHUNK] for start in range(0, len(stream), CHUNK)]
    hashes = [hashlib.sha256(chunk).digest() for chunk in chunks]
    manifest = Manifest([ManifestFile(path, size) for path, size in sizes.items()], b"".join(hashes))
    spoken = [
        file_frames.GetManifest(manifest.root), file_frames.ManifestFollows(len(manifest.content)),
        file_frames.GetChunks(manifest.root, 1, 2), file_frames.ChunkFollows(2, len(chunks[2])),
        file_frames.Missing(manifest.root, 1), file_frames.Give(manifest.root), frames.Ping(), frames.Bye(),
    ]  # fmt: skip
    return {
        "files": sizes,
        "hashes": hashes,
        "manifest": manifest.content,
        "root": manifest.root,
        "frames": {type(frame).__name__.lower(): frames.encode(frame) for frame in spoken},
    }


def _sealed(ana: Ed25519PrivateKey, key_a: MemberKey, ben: Ed25519PrivateKey, key_b: MemberKey) -> dict[str, Any]:
    """Sealing takes new random bytes each time, so the body is what was sealed once and still opens."""
    keys = [
        SealingKey.of(Identity(key, b"", DeviceId(bytes(8)), private, FILE))
        for key, private in ((key_a, ana), (key_b, ben))
    ]
    entry_id, payload = EntryId(seed("sealed")[:16]), content.encode(content.Text("only for Ben"))
    kept = json.loads(FILE.read_text("utf-8")).get("sealed")
    body = bytes.fromhex(kept["body"]["hex"]) if kept else b""
    entry = Entry(entry_id, key_a, bytes(8), 1, content.Sealed.kind, None, body, 0, b"")
    if any(key.unseal(ROOM, entry) != payload for key in keys):
        body = keys[0].seal(ROOM, entry_id, key_b, keys[1].public, payload).body
    return {"room_id": ROOM, "entry_id": entry_id, "author": key_a, "recipient": key_b, "body": body,
            "sealing_keys": [key.public for key in keys], "payload": list(payload)}  # fmt: skip


def _keeping(ana: Ed25519PrivateKey, key_a: MemberKey, ben: Ed25519PrivateKey, key_b: MemberKey) -> dict[str, Any]:
    """Ana's room, which Ben keeps open."""
    unsigned = Pass(ROOM, key_b, 0, 1, True, key_a, b"")
    one = msgspec.structs.replace(unsigned, signature=ana.sign(unsigned.signed_digest()))
    payload = content.encode(Keeping(3 * 2**40 + 2**20 + 5, 4, seed("head"), (one,), ana.sign(reign_digest(ROOM, 3))))
    said = Entry(seed("keeps")[:16], key_b, seed("device")[:8], 0, *payload, 1_700_000_000_000, b"")
    keeps = msgspec.structs.replace(said, signature=ben.sign(said.signed_digest(ROOM)))
    card = Card(key_a, "Ana", 1, bytes(64))
    heir = frames.Heir(key_b, "192.0.2.7", 29_750)
    spoken = [
        frames.Hello(1, seed("host nonce"), ROOM, "Kitchen", True, key_a, keeps),
        frames.Auth(card, seed("client nonce"), seed("device")[:8], bytes(64), passes=(one,)),
        frames.PassesGiven((one,)), frames.Able(29_750), frames.Heirs([heir]), frames.Moved(heir), frames.TakeBack(),
        frames.GuestCodesGiven(
            [GivenCode(seed("code")[:16], 60_000, [key_a], 5), GivenCode(seed("old")[:16], None, [], 0)]),
    ]  # fmt: skip
    return {
        "room_id": ROOM,
        "pass": list(msgspec.structs.astuple(one)),
        "pass_digest": one.signed_digest(),
        "entry": list(msgspec.structs.astuple(keeps)),
        "digest": keeps.signed_digest(ROOM),
        "frames": {type(frame).__name__.lower(): frames.encode(frame) for frame in spoken},
    }


def _guest(ana: Ed25519PrivateKey, key_a: MemberKey, ben: Ed25519PrivateKey, key_b: MemberKey) -> dict[str, Any]:
    """Ben comes into Ana's room with a browser; the one random choice of each side is made before."""
    host, guest = (Identity(*one, FILE) for one in (
        (key_a, b"", DeviceId(bytes(8)), ana), (key_b, b"", DeviceId(seed("phone")[:8]), ben)
    ))  # fmt: skip
    code = guest_channel.GuestCode(seed("code")[:16])
    card = make_card(guest, "Ben", 1, encode_profile(Profile(guest=True)))
    ephemeral = {name: X25519PrivateKey.from_private_bytes(seed(f"{name} ephemeral")) for name in ("host", "guest")}
    made_before = mock.Mock(generate=mock.Mock(side_effect=list(ephemeral.values())))
    with mock.patch.object(guest_channel, "X25519PrivateKey", made_before):
        with mock.patch("secrets.token_bytes", return_value=seed("host nonce")):
            host_side = guest_channel.HostSide(host, ROOM, "Kitchen")
        guest_side = guest_channel.GuestSide(code, key_fingerprint(key_a), guest, card)
        hello, question = host_side.hello(), f"192.168.1.5:29750/ws?{'9f' * 16}"
        answer = guest_side.received(hello)
    host_side.received(answer, lambda _code_id: code)
    assert host_side.channel is not None
    assert guest_side.channel is not None
    return {
        "secret": code.secret,
        "fragment": code.fragment(key_a),
        "ephemeral": {name: key.private_bytes_raw() for name, key in ephemeral.items()},
        "hello": hello,
        "question": question,
        "answered": host_side.hello(question),
        "answer": answer,
        "card": list(msgspec.structs.astuple(card)),
        "device_id": guest.device_id,
        "boxes": [host_side.channel.seal(data) for data in (b"", b"entered")],
        "opened": [b"", b"entered"],
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
