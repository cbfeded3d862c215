"""The digests and proofs of the protocol, written from `lanchat/core/protocol.md`. Imports nothing of lanchat."""

from __future__ import annotations

import hashlib
import hmac
import struct
import unicodedata
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

START = bytes(32)  #: the head of an empty Log


def digest(label: str, *parts: bytes) -> bytes:
    return hashlib.sha256(
        b"lanchat/1 " + label.encode() + b"".join(struct.pack(">I", len(part)) + part for part in parts)
    ).digest()


def is_signed(key: bytes, signature: bytes, data: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


# --- cards and the Log -----------------------------------------------------------------------------------------------
def card_digest(key: bytes, nick: str, revision: int, profile: bytes = b"") -> bytes:
    return digest("card", key, nick.encode(), struct.pack(">Q", revision), *([profile] if profile else []))


def entry_digest(room_id: str, entry: list[Any]) -> bytes:
    entry_id, author, device_id, counter, kind, target, body, sent_at, _signature, erased = entry
    of_body = hashlib.sha256(body).digest() if body or erased is None else erased
    return digest(
        "entry", room_id.encode(), author, device_id, struct.pack(">Q", counter), entry_id, kind.encode(),
        of_body, struct.pack(">q", sent_at), *([] if target is None else [target]),
    )  # fmt: skip


def next_head(head: bytes, room_id: str, epoch: int, seq: int, received_at: int, entry: list[Any]) -> bytes:
    place = struct.pack(">QQq", epoch, seq, received_at)
    return hashlib.sha256(head + place + entry_digest(room_id, entry) + entry[8]).digest()


def unpack_run(frame: dict[str, Any]) -> list[tuple[int, int, list[Any]]]:
    """The entries of an `entries` frame: (seq, received_at, Entry)."""
    run = []
    for index, row in enumerate(frame["rows"]):
        writer, entry_id, counter, kind, target, body, sent_at, delay, signature, erased = (*row, None)[:10]
        author, device_id = frame["writers"][writer][:2]
        entry = [entry_id, author, device_id, counter, kind, target, body, sent_at, signature, erased]
        run.append((frame["first"] + index, sent_at + delay, entry))
    return run


# --- getting in ------------------------------------------------------------------------------------------------------
def auth_digest(binding: tuple[bytes, ...]) -> bytes:
    return digest("client-auth", *binding)


def pass_digest(one: list[Any]) -> bytes:
    room_id, key, rank, generation, passes_on, issuer = one[:6]
    return digest("pass", room_id.encode(), key, struct.pack(">BQB", rank, generation, passes_on), issuer)


def reign_digest(room_id: str, epoch: int) -> bytes:
    return digest("reign", room_id.encode(), struct.pack(">Q", epoch >> 40))


def chain_is_right(passes: list[list[Any]], owner: bytes, key: bytes, room_id: str) -> bool:
    """Whether these passes lead from the owner to this key. Nobody is banned here, and no generation too old."""
    issuer = owner
    if not all(one[4] for one in passes[:-1]):
        return False
    for one in passes:
        right = one[0] == room_id and one[3] == passes[0][3] and one[5] == issuer and (one[2] == 0 or issuer == owner)
        if not right or not is_signed(issuer, one[6], pass_digest(one)):
            return False
        issuer = one[1]
    return 1 <= len(passes) <= 8 and issuer == key


def normalise(passphrase: str) -> str:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", passphrase).casefold())
    kept = ""
    for character in folded:
        category = unicodedata.category(character)
        if category == "Pd" or category[0] == "Z" or character in "\t\r\n_":
            kept += " "
        elif category not in ("Cc", "Cf"):
            kept += character
    return "-".join(kept.split())


def secret_of(passphrase: str, room_id: str) -> bytes:
    salt = digest("passphrase", room_id.encode())
    return hashlib.scrypt(normalise(passphrase).encode(), salt=salt, n=2**14, r=8, p=1, maxmem=2**26, dklen=32)


def hkdf(ikm: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    key, block, made = hmac.digest(salt or bytes(32), ikm, "sha256"), b"", b""
    while len(made) < length:
        block = hmac.digest(key, block + info + bytes([len(made) // 32 + 1]), "sha256")
        made += block
    return made[:length]


class Point(NamedTuple):
    x: int
    y: int

    def __add__(self, other: Point) -> Point:  # type: ignore[override]
        product = _D * self.x * other.x * self.y * other.y % _Q
        x = (self.x * other.y + other.x * self.y) * pow(1 + product, -1, _Q)
        y = (self.y * other.y + self.x * other.x) * pow(1 - product, -1, _Q)
        return Point(x % _Q, y % _Q)

    def times(self, number: int) -> Point:
        result, double = Point(0, 1), self
        while number:
            result = result + double if number & 1 else result
            double, number = double + double, number >> 1
        return result

    def encoded(self) -> bytes:
        return (self.y | (self.x & 1) << 255).to_bytes(32, "little")


_Q = 2**255 - 19
_ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _Q) % _Q


def point(data: bytes) -> Point:
    """Raises ValueError for what is no proper point of the group."""
    number = int.from_bytes(data, "little")
    y, odd = number & (2**255 - 1), number >> 255
    if len(data) != 32 or not 1 < y < _Q - 1:
        raise ValueError("not a point as it is written")
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _Q) % _Q
    x = pow(square, (_Q + 3) // 8, _Q)
    if (x * x - square) % _Q:
        x = x * pow(2, (_Q - 1) // 4, _Q) % _Q
    if (x * x - square) % _Q:
        raise ValueError("not on the curve")
    found = Point(x if x & 1 == odd else _Q - x, y)
    if found.times(_ORDER) != Point(0, 1):
        raise ValueError("not of the group")
    return found


G = point((4 * pow(5, -1, _Q) % _Q).to_bytes(32, "little"))
M = point(bytes.fromhex("15cfd18e385952982b6a8f8c7854963b58e34388c8e6dae891db756481a02312"))
N = point(bytes.fromhex("f04f2e7eb734b2a8f8b472eaf9c3c632576ac64aea650b496a8a20ff00e583c3"))


class Spake2Client:
    """Side A. `x`: random."""

    def __init__(self, secret: bytes, binding: tuple[bytes, ...], x: int) -> None:
        self._secret = secret
        self._binding = binding
        self._x = x % _ORDER
        self._w = int.from_bytes(hkdf(secret, b"", b"SPAKE2 pw", 48), "big") % _ORDER
        self._point = (G.times(self._x) + M.times(self._w)).encoded()
        self.message = b"A" + self._point

    def proofs(self, message: bytes) -> tuple[bytes, bytes]:
        """Mine, and the one that the host must give."""
        if message[:1] != b"B" or message[1:] == self._point:
            raise ValueError("not the other side's")
        shared = (point(message[1:]) + N.times(_ORDER - self._w)).times(self._x).encoded()
        certificate, _host_nonce, _client_nonce, _room_id, member, _device_id = self._binding
        hashed = (hashlib.sha256(part).digest() for part in (self._secret, member, certificate))
        key = hashlib.sha256(b"".join(hashed) + self._point + message[1:] + shared).digest()
        keys = hkdf(key, digest("pake", *self._binding, self.message, message), b"lanchat/1 confirm", 64)
        return hmac.digest(keys[:32], b"client", "sha256"), hmac.digest(keys[32:], b"host", "sha256")


# --- being found -----------------------------------------------------------------------------------------------------
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def base32(number: int, letters: int) -> str:
    return "".join(_LETTERS[number >> 5 * place & 31] for place in reversed(range(letters)))


def room_code(ipv4: bytes, key: bytes) -> str:
    number = int.from_bytes(ipv4 + hashlib.sha256(key).digest()[:4], "big")
    letters = base32(number << 1 | number.bit_count() & 1, 13)
    return f"{letters[:5]}-{letters[5:10]}-{letters[10:]}"


def badge(key: bytes) -> str:
    letters = base32(int.from_bytes(digest("badge", key)[:10], "big"), 16).lower()
    return "-".join(letters[start : start + 4] for start in range(0, 16, 4))


# --- guests ----------------------------------------------------------------------------------------------------------
def guest_keys(secret: bytes, hello: dict[str, Any], private: X25519PrivateKey) -> tuple[bytes, bytes, bytes]:
    """What both sides agree on, and the keys of guest -> host and host -> guest."""
    code_id, own = digest("guest-code", secret)[:8], private.public_key().public_bytes_raw()
    bound = digest("guest-channel", hello["key"], hello["eph"], hello["nonce"], hello["room"].encode(), code_id, own)
    shared = private.exchange(X25519PublicKey.from_public_bytes(hello["eph"]))
    keys = HKDF(SHA256(), 64, secret, bound).derive(shared)
    return bound, keys[:32], keys[32:]


def open_box(key: bytes, number: int, box: bytes) -> bytes:
    return ChaCha20Poly1305(key).decrypt(bytes(4) + struct.pack(">Q", number), box, None)
