"""The passphrase proof: SPAKE2 (RFC 9382) for both sides, with strict checks of the messages.

A proof is valid on one connection only: it covers that connection's Binding, as a member's signature does. Who does not
know the passphrase gets one guess for each run, and nothing to test guesses on offline.

The arithmetic is plain Python (7 ms on the host) and its time depends on the secret: the driver answers after a fixed
time. One object is one run, used by one thread at a time.
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
    """One Connection, one room, one member. Each side builds it from what it saw; a relay makes the two differ."""

    certificate_fingerprint: bytes  #: of the host's TLS certificate: 32 bytes
    host_nonce: bytes
    client_nonce: bytes
    room_id: RoomId
    member: MemberKey
    device_id: DeviceId

    def to_sign(self) -> bytes:
        """The digest that a member signs to enter."""
        return self._digest("client-auth")

    def transcript(self, client_message: bytes, host_message: bytes) -> bytes:
        """The digest that the passphrase proofs cover: the binding and both PAKE messages."""
        return self._digest("pake", client_message, host_message)

    def _digest(self, label: str, *more: bytes) -> bytes:
        connection = self.certificate_fingerprint, self.host_nonce, self.client_nonce
        return digest(label, *connection, self.room_id.encode(), self.member, self.device_id, *more)


class BadPake(ValueError):
    """The other side's message is not one that a correct program sends."""


class PakeHost:
    """The host's side of one run: `answer`, then `check`."""

    def __init__(self, secret: bytes, binding: Binding) -> None:
        from spake2 import SPAKE2_B  # 40 ms, and most rooms have no passphrase

        self._binding = binding
        self._side: SPAKE2_B | None = SPAKE2_B(secret, idA=binding.member, idB=binding.certificate_fingerprint)
        self._proofs: tuple[bytes, bytes] | None = None

    def answer(self, message: bytes) -> bytes:
        """The host's message, in answer to the client's. Slow. Raises BadPake."""
        side, self._side = _take_once(self._side), None
        ours = bytes(side.start())
        key = _finish(side, message, _CLIENT)
        self._proofs = proofs(key, self._binding.transcript(message, ours))
        return ours

    def check(self, proof: bytes) -> bytes | None:
        """The host's proof when the client's is right; None: the client does not know the passphrase."""
        (theirs, ours), self._proofs = _take_once(self._proofs), None
        return ours if hmac.compare_digest(proof, theirs) else None


class PakeClient:
    """The client's side of one run: send `message`, then `confirm`, then `check`."""

    def __init__(self, secret: bytes, binding: Binding) -> None:
        from spake2 import SPAKE2_A

        self._binding = binding
        self._side: SPAKE2_A | None = SPAKE2_A(secret, idA=binding.member, idB=binding.certificate_fingerprint)
        self._expected: bytes | None = None
        self.message = bytes(self._side.start())

    def confirm(self, message: bytes) -> bytes:
        """The client's proof, given the host's message. Slow. Raises BadPake."""
        side, self._side = _take_once(self._side), None
        key = _finish(side, message, _HOST)
        ours, self._expected = proofs(key, self._binding.transcript(self.message, message))
        return ours

    def check(self, proof: bytes) -> bool:
        """Whether the host knows the passphrase too."""
        expected, self._expected = _take_once(self._expected), None
        return hmac.compare_digest(proof, expected)


def _finish(side: SPAKE2_A | SPAKE2_B, message: bytes, sender: bytes) -> bytes:
    from spake2 import SPAKEError
    from spake2.ed25519_basic import NotOnCurve

    if len(message) != MESSAGE_BYTES or message[:1] != sender:
        raise BadPake("not a message of the other side")
    # The library spake2 accepts non-canonical encodings: of the neutral point, and of y not below the field's size. The
    # points with y = 1 and y = -1 have either sign bit, and are of small order. All others it checks itself.
    if not 1 < int.from_bytes(message[1:], "little") & (2**255 - 1) < _FIELD - 1:
        raise BadPake("not a point, or not in its canonical encoding")
    try:
        return bytes(side.finish(message))
    except (SPAKEError, NotOnCurve, ValueError) as error:
        raise BadPake("not a point of the group, or our own message sent back") from error


def proofs(key: bytes, transcript: bytes) -> tuple[bytes, bytes]:
    """The client's and the host's proof of having derived the same key."""
    keys = HKDF(SHA256(), length=64, salt=transcript, info=b"lanchat/1 confirm").derive(key)
    return hmac.digest(keys[:32], b"client", "sha256"), hmac.digest(keys[32:], b"host", "sha256")


def _take_once(step: Step | None) -> Step:
    if step is None:
        raise RuntimeError("a step of a PAKE run was taken twice or too early")
    return step
