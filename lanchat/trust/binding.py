"""What every proof in the handshake is bound to, so that it is worth nothing anywhere else."""

from __future__ import annotations

from dataclasses import dataclass

from lanchat.core.model import DeviceId, MemberKey, RoomId, digest


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
