"""Private messages: sealed for two members of a room, and opened by either of them. Any thread.

Each message has a content key of its own. HPKE (RFC 9180, base mode) seals that key twice, for the recipient and for
the author; ChaCha20-Poly1305 seals the message under it. All three are bound to the room, the entry, its author and the
recipient, so that nothing opens anywhere else. Who wrote it, the signature of the entry says.

What is sealed is a Payload, so that all kinds of content can be private. It is padded to steps of 256 bytes: of its
length others see no more than that.

The sealing key of a member is derived from their identity: it comes back with it, and there is no other file to lose.
Whoever gets the identity can open all of its private messages, also old ones.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from lanchat.core.content import Payload, Sealed, decode, encode
from lanchat.core.model import Entry, EntryId, MemberKey, RoomId, digest
from lanchat.trust.identity import Identity

#: The most bytes that a private text may have: so many fit into the body of an entry of the longest text.
TEXT_BYTES: Final = 15_600

_HPKE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
_STEP = 256
_LENGTH = struct.Struct(">H")
_NONCE = bytes(12)  # each content key seals one message only
_read_payload = msgspec.msgpack.Decoder(Payload).decode


class CannotSeal(ValueError):
    """Nothing can be sealed for this member: the key in their card is none, or it is oneself."""


@dataclass(frozen=True, slots=True, eq=False)
class SealingKey:
    """With what a member opens what is sealed for them."""

    member: MemberKey
    public: bytes  #: X25519, 32 bytes; in the member's card
    _private: X25519PrivateKey = field(repr=False)

    @classmethod
    def of(cls, identity: Identity) -> SealingKey:
        private = X25519PrivateKey.from_private_bytes(identity.derive("sealing key"))
        return cls(identity.key, private.public_key().public_bytes_raw(), private)

    def seal(
        self, room_id: RoomId, entry_id: EntryId, recipient: MemberKey, their_key: bytes, payload: Payload
    ) -> Payload:
        """`payload`, to be said in the entry `entry_id`, sealed for `recipient`, whose card has `their_key`, and for
        its author. Raises CannotSeal."""
        if recipient == self.member:
            raise CannotSeal("a private message to oneself")
        bound = _binding(room_id, entry_id, self.member, recipient)
        key = ChaCha20Poly1305.generate_key()
        packed = msgspec.msgpack.encode(payload)
        plain = _LENGTH.pack(len(packed)) + packed
        plain += bytes(-len(plain) % _STEP)
        try:
            their_public = X25519PublicKey.from_public_bytes(their_key)
            for_them = _HPKE.encrypt(key, their_public, _for_reader(bound, recipient))
        except ValueError as error:  # not 32 bytes, or a point of small order
            raise CannotSeal("no key to seal for") from error
        for_us = _HPKE.encrypt(key, self._private.public_key(), _for_reader(bound, self.member))
        return encode(Sealed(recipient, for_them, for_us, ChaCha20Poly1305(key).encrypt(_NONCE, plain, bound)))

    def unseal(self, room_id: RoomId, entry: Entry) -> Payload | None:
        """What was sealed in an entry whose signature is right; None when it was not sealed there by its author for
        this member, or was damaged."""
        sealed = decode(entry.kind, entry.body)
        if not isinstance(sealed, Sealed) or sealed.recipient == entry.author:
            return None
        if self.member not in (entry.author, sealed.recipient):
            return None
        key_box = sealed.for_author if self.member == entry.author else sealed.for_recipient
        bound = _binding(room_id, EntryId(entry.entry_id), MemberKey(entry.author), MemberKey(sealed.recipient))
        try:
            key = _HPKE.decrypt(key_box, self._private, _for_reader(bound, self.member))
            plain = ChaCha20Poly1305(key).decrypt(_NONCE, sealed.box, bound)
            (length,) = _LENGTH.unpack_from(plain)
            return _read_payload(plain[_LENGTH.size : _LENGTH.size + length])
        except (InvalidTag, ValueError, struct.error, msgspec.DecodeError, RecursionError):  # or it is nonsense
            return None


def _binding(room_id: RoomId, entry_id: EntryId, author: MemberKey, recipient: MemberKey) -> bytes:
    return digest("sealed", room_id.encode(), entry_id, author, recipient)


def _for_reader(bound: bytes, reader: MemberKey) -> bytes:
    """The `info` of HPKE: the content key is sealed for this reader of that message."""
    return digest("sealed key", bound, reader)
