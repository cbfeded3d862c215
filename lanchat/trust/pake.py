"""Proving a passphrase without showing it: SPAKE2 (RFC 9382) on both sides, behind strict checks.

A proof is worth nothing anywhere else: it covers the Binding of its connection, as a member's signature does.

Whoever does not know the passphrase gets one guess for each run and nothing to test guesses on later. The arithmetic is
plain Python (7 ms on the Host) and its time depends on the secret, so the driver answers after a fixed time.
One object is one run, used by one thread at a time.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from lanchat.core.model import DeviceId, MemberKey, RoomId, digest

if TYPE_CHECKING:
    from spake2 import SPAKE2_A, SPAKE2_B

MESSAGE_BYTES = 33  # the side's letter and one encoded point
_FIELD = 2**255 - 19
_CLIENT, _HOST = b"A", b"B"

Step = TypeVar("Step")


@dataclass(frozen=True, slots=True)
class Binding:
    """One Connection, one room, one member. Both sides build it from what they saw; a relay makes them differ."""

    certificate_fingerprint: bytes  #: of the certificate TLS was made with: 32 bytes
    host_nonce: bytes
    client_nonce: bytes
    room_id: RoomId
    member: MemberKey
    device_id: DeviceId

    def to_sign(self) -> bytes:
        """What a member signs to enter."""
        return digest("client-auth", *self._parts())

    def transcript(self, client_message: bytes, host_message: bytes) -> bytes:
        """What the passphrase proofs cover: all of this and both PAKE messages."""
        return digest("pake", *self._parts(), client_message, host_message)

    def _parts(self) -> tuple[bytes, ...]:
        return (
            self.certificate_fingerprint,
            self.host_nonce,
            self.client_nonce,
            self.room_id.encode(),
            self.member,
            self.device_id,
        )


class BadPake(ValueError):
    """The other side's message is not one that an honest program sends."""


class PakeHost:
    """The Host's side of one run: `answer`, then `check`."""

    def __init__(self, secret: bytes, binding: Binding) -> None:
        from spake2 import SPAKE2_B  # 40 ms, and most rooms have no passphrase

        self._binding = binding
        self._side: SPAKE2_B | None = SPAKE2_B(secret, idA=binding.member, idB=binding.certificate_fingerprint)
        self._proofs: tuple[bytes, bytes] | None = None

    def answer(self, message: bytes) -> bytes:
        """Our message to the client's. Slow. Raises BadPake."""
        side, self._side = _once(self._side), None
        ours = bytes(side.start())
        key = _finish(side, message, _CLIENT)
        self._proofs = proofs(key, self._binding.transcript(message, ours))
        return ours

    def check(self, proof: bytes) -> bytes | None:
        """Our own proof when the client's is right; None: it does not know the passphrase."""
        (theirs, ours), self._proofs = _once(self._proofs), None
        return ours if hmac.compare_digest(proof, theirs) else None


class PakeClient:
    """The Client's side of one run: send `message`, then `confirm`, then `check`."""

    def __init__(self, secret: bytes, binding: Binding) -> None:
        from spake2 import SPAKE2_A

        self._binding = binding
        self._side: SPAKE2_A | None = SPAKE2_A(secret, idA=binding.member, idB=binding.certificate_fingerprint)
        self._expected: bytes | None = None
        self.message = bytes(self._side.start())

    def confirm(self, message: bytes) -> bytes:
        """Our proof, given the host's message. Slow. Raises BadPake."""
        side, self._side = _once(self._side), None
        key = _finish(side, message, _HOST)
        ours, self._expected = proofs(key, self._binding.transcript(self.message, message))
        return ours

    def check(self, proof: bytes) -> bool:
        """Whether the host knows the passphrase too."""
        expected, self._expected = _once(self._expected), None
        return hmac.compare_digest(proof, expected)


def _finish(side: SPAKE2_A | SPAKE2_B, message: bytes, sender: bytes) -> bytes:
    from spake2 import SPAKEError
    from spake2.ed25519_basic import NotOnCurve

    if len(message) != MESSAGE_BYTES or message[:1] != sender:
        raise BadPake("not a message of the other side")
    # spake2 takes the neutral point when it is written in an unusual way, and reduces what is not below the field's
    # size. 1 and -1 are the two points whose sign may be written either way, both worthless; others it checks itself.
    if not 1 < int.from_bytes(message[1:], "little") & (2**255 - 1) < _FIELD - 1:
        raise BadPake("not a point, or not written as one is")
    try:
        return bytes(side.finish(message))
    except (SPAKEError, NotOnCurve, ValueError) as error:
        raise BadPake("not a point of the group, or our own message sent back") from error


def proofs(key: bytes, transcript: bytes) -> tuple[bytes, bytes]:
    """The client's and the host's proof of having the same key."""
    keys = HKDF(SHA256(), length=64, salt=transcript, info=b"lanchat/1 confirm").derive(key)
    return hmac.digest(keys[:32], b"client", "sha256"), hmac.digest(keys[32:], b"host", "sha256")


def _once(step: Step | None) -> Step:
    if step is None:
        raise RuntimeError("a step of a PAKE run was taken twice or too early")
    return step
