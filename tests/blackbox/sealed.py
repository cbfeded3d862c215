"""Private messages, opened as the protocol's page and RFC 9180 say. Imports nothing of lanchat."""

from __future__ import annotations

import hmac
import struct
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from tests.blackbox import msgpack
from tests.blackbox.page import digest, hkdf

_KEM = b"KEM\0\x20"  # DHKEM(X25519, HKDF-SHA256)
_HPKE = b"HPKE\0\x20\0\1\0\3"  # with HKDF-SHA256 and ChaCha20-Poly1305


def sealing_private(seed: bytes) -> bytes:
    return hkdf(seed, b"", b"lanchat/1 sealing key", 32)


def opened(private: bytes, reader: bytes, room_id: str, entry_id: bytes, author: bytes, body: bytes) -> list[Any]:
    """kind, target and body of what is sealed. Raises InvalidTag."""
    recipient, for_recipient, for_author, box = msgpack.unpack(body)
    bound = digest("sealed", room_id.encode(), entry_id, author, recipient)
    copy = for_recipient if reader == recipient else for_author
    key = _hpke_open(private, copy, digest("sealed key", bound, reader))
    plain = ChaCha20Poly1305(key).decrypt(bytes(12), box, bound)
    assert not len(plain) % 256
    (length,) = struct.unpack_from(">H", plain)
    assert not any(plain[2 + length :])
    return msgpack.unpack(plain[2 : 2 + length])  # type: ignore[no-any-return]


def _hpke_open(private: bytes, sealed: bytes, info: bytes) -> bytes:
    """RFC 9180, base mode, one message."""
    key = X25519PrivateKey.from_private_bytes(private)
    enc, ciphertext = sealed[:32], sealed[32:]
    shared = key.exchange(X25519PublicKey.from_public_bytes(enc))
    of_both = enc + key.public_key().public_bytes_raw()
    secret = _expand(_KEM, _extract(_KEM, b"", b"eae_prk", shared), b"shared_secret", of_both, 32)
    context = b"\0" + _extract(_HPKE, b"", b"psk_id_hash", b"") + _extract(_HPKE, b"", b"info_hash", info)
    secret = _extract(_HPKE, secret, b"secret", b"")
    nonce = _expand(_HPKE, secret, b"base_nonce", context, 12)
    return ChaCha20Poly1305(_expand(_HPKE, secret, b"key", context, 32)).decrypt(nonce, ciphertext, b"")


def _extract(suite: bytes, salt: bytes, label: bytes, ikm: bytes) -> bytes:
    return hmac.digest(salt or bytes(32), b"HPKE-v1" + suite + label + ikm, "sha256")


def _expand(suite: bytes, key: bytes, label: bytes, info: bytes, length: int) -> bytes:
    labelled = struct.pack(">H", length) + b"HPKE-v1" + suite + label + info
    return hmac.digest(key, labelled + b"\1", "sha256")[:length]
