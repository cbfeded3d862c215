"""The vectors are what this program makes, and what the client written from the page makes of them."""

from __future__ import annotations

import base64
import hashlib
import json
from contextlib import suppress
from typing import Any, get_args

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from lanchat.core import file_frames, frames
from lanchat.network.discovery import datagrams
from tests.blackbox import file_client, msgpack, page, sealed, vectors


def _bytes(value: Any) -> Any:
    if isinstance(value, dict):
        return bytes.fromhex(value["hex"]) if value.keys() == {"hex"} else {k: _bytes(v) for k, v in value.items()}
    return [_bytes(one) for one in value] if isinstance(value, list) else value


@pytest.fixture(scope="module")
def kept() -> Any:
    return _bytes(json.loads(vectors.FILE.read_text("utf-8")))


def test_they_are_what_this_program_makes() -> None:
    """Else the wire has changed: mend the page, then `python -m tests.blackbox.vectors`."""
    assert vectors.FILE.read_text("utf-8") == vectors.text()


def test_digests_cards_and_keys(kept: Any) -> None:
    for one in kept["keys"].values():
        private = Ed25519PrivateKey.from_private_bytes(one["private"])
        assert private.public_key().public_bytes_raw() == one["public"]
    for one in kept["digest"]:
        assert page.digest(one["label"], *one["parts"]) == one["digest"]
    card = kept["card"]
    assert page.card_digest(card["key"], card["nick"], card["revision"], card["profile"]) == card["digest"]
    assert page.is_signed(card["key"], card["signature"], card["digest"])


def test_the_log(kept: Any) -> None:
    log, head = kept["log"], page.START
    for one in log["entries"]:
        assert page.entry_digest(log["room_id"], one["entry"]) == one["digest"]
        assert page.is_signed(one["entry"][1], one["entry"][8], one["digest"])
        head = page.next_head(head, log["room_id"], log["epoch"], one["seq"], one["received_at"], one["entry"])
        assert head == one["head"]
    frame = msgpack.unpack(log["frames"]["entries"][4:])
    run = page.unpack_run(frame)
    assert run == [(one["seq"], one["received_at"], one["entry"]) for one in log["entries"]]
    assert (frame["epoch"], frame["head"]) == (log["epoch"], head)


def test_private_messages(kept: Any) -> None:
    told = kept["sealed"]
    for name, reader, public in zip(
        ("ana", "ben"), (told["author"], told["recipient"]), told["sealing_keys"], strict=True
    ):
        private = sealed.sealing_private(kept["keys"][name]["private"])
        assert X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw() == public
        place = (told["room_id"], told["entry_id"], told["author"])
        assert sealed.opened(private, reader, *place, told["body"]) == told["payload"]


def test_files(kept: Any) -> None:
    told = kept["files"]
    manifest = file_client.read_manifest(told["manifest"], told["root"])
    assert manifest.files == [[path, size] for path, size in told["files"].items()]
    assert manifest.hashes == told["hashes"]
    assert [manifest.size_of(index) for index in range(3)] == [262_144, 262_144, 640_000 - 2 * 262_144]
    for data in told["frames"].values():
        again = msgpack.pack(msgpack.unpack(data[4:]))
        meant = []
        for decode in (file_frames.decode_from_puller, file_frames.decode_from_holder):
            with suppress(frames.BadFrame):
                meant.append(decode(data[4:]))
                assert decode(again) == meant[-1]
        assert meant
    known = {kind.__name__.lower() for kind in (*get_args(file_frames.FromPuller), *get_args(file_frames.FromHolder))}
    assert {*told["frames"], "refused"} == known


def test_getting_in(kept: Any) -> None:
    for one in kept["passphrase"]:
        assert page.normalise(one["typed"]) == one["normalised"]
        assert page.secret_of(one["typed"], kept["log"]["room_id"]) == one["secret"]
    entering = kept["entering"]
    binding = tuple(entering["binding"])
    assert page.auth_digest(binding) == entering["digest"]
    assert page.is_signed(binding[4], entering["signature"], entering["digest"])
    client = page.Spake2Client(entering["secret"], binding, int.from_bytes(entering["x"], "big"))
    assert client.message == entering["pake"]
    assert client.proofs(entering["message"]) == (entering["client_proof"], entering["host_proof"])


def test_who_keeps_a_room_open(kept: Any) -> None:
    told = kept["keeping"]
    one, entry, room_id = told["pass"], told["entry"], told["room_id"]
    ana, ben = (kept["keys"][name]["public"] for name in ("ana", "ben"))
    assert page.pass_digest(one) == told["pass_digest"]
    assert page.entry_digest(room_id, entry) == told["digest"]
    assert page.is_signed(ben, entry[8], told["digest"])
    epoch, base, base_head, passes, reign_signature = msgpack.unpack(entry[6])
    assert (epoch, base, len(base_head), passes) == (3 * 2**40 + 2**20 + 5, 4, 32, [one])
    assert page.is_signed(ana, reign_signature, page.reign_digest(room_id, epoch))
    assert page.chain_is_right(passes, ana, ben, room_id)
    assert not page.chain_is_right(passes, ben, ana, room_id)
    hello = msgpack.unpack(told["frames"]["hello"][4:])
    assert (hello["owner"], hello["keeps"]) == (ana, entry)
    assert msgpack.unpack(told["frames"]["auth"][4:])["passes"] == [one]


def test_being_found(kept: Any) -> None:
    found = kept["found"]
    ipv4 = bytes(map(int, found["ipv4"].split(".")))
    assert page.room_code(ipv4, found["key"]) == found["code"]
    assert page.badge(found["key"]) == found["badge"]
    assert found["link"].endswith(f"#{found['text']}")
    for data in kept["datagrams"].values():
        body = data[10 : 10 + int.from_bytes(data[8:10], "big")]
        packed = msgpack.pack(msgpack.unpack(body))
        again = data[:8] + len(packed).to_bytes(2, "big") + packed
        assert datagrams.decode(again.ljust(512, b"\0")) == datagrams.decode(data)


def test_frames_packed_by_another_program_are_the_same_frames(kept: Any) -> None:
    for data in (data for part in ("log", "entering", "keeping") for data in kept[part]["frames"].values()):
        assert int.from_bytes(data[:4], "big") == len(data) - 4
        again = msgpack.pack(msgpack.unpack(data[4:]))
        meant = _meant(data[4:])
        assert meant != (None, None)
        assert _meant(again) == meant


def _meant(body: bytes) -> tuple[frames.FromClient | None, frames.FromHost | None]:
    """As a host reads it, and as a client does."""
    return frames.decode_from_client(body), frames.decode_from_host(body)


def test_every_frame_has_its_vector(kept: Any) -> None:
    there = {*kept["log"]["frames"], *kept["entering"]["frames"], *kept["keeping"]["frames"]}
    known = {kind.__name__.lower() for union in (frames.FromClient, frames.FromHost) for kind in union.__args__}
    assert there == known


def test_the_channel_of_guests(kept: Any) -> None:
    told = kept["guest"]
    hello = msgpack.unpack(told["hello"])
    for said, asked in ((hello, []), (msgpack.unpack(told["answered"]), [told["question"].encode()])):
        parts = (said["key"], said["eph"], said["nonce"], said["room"].encode(), *asked)
        assert page.is_signed(said["key"], said["sig"], page.digest("guest-hello", *parts))
    fingerprint = hashlib.sha256(hello["key"]).digest()[:16]
    assert base64.urlsafe_b64decode(told["fragment"] + "=") == told["secret"] + fingerprint
    private = X25519PrivateKey.from_private_bytes(told["ephemeral"]["guest"])
    bound, to_host, to_guest = page.guest_keys(told["secret"], hello, private)
    own = private.public_key().public_bytes_raw()
    assert told["answer"][:40] == page.digest("guest-code", told["secret"])[:8] + own
    auth = msgpack.unpack(page.open_box(to_host, 0, told["answer"][40:]))
    assert (auth["card"], auth["device_id"]) == (told["card"], told["device_id"])
    assert page.is_signed(auth["card"][0], auth["signature"], page.digest("guest-auth", bound))
    assert msgpack.unpack(auth["card"][4]) == {"g": True}
    assert [page.open_box(to_guest, number, box) for number, box in enumerate(told["boxes"])] == told["opened"]
