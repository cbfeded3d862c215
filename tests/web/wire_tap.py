"""WireTap: what somebody sees who listens on the switch of a lab, as on an open Wi-Fi."""

from __future__ import annotations

import socket
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lan.lanlab import Lab


_ALL_PROTOCOLS = 3  # ETH_P_ALL of <linux/if_ether.h>
_ETHERNET, _TCP = 14, 6
_ENOUGH_BYTES = 64_000_000  # the system keeps what came until `streams` is asked


class WireTap:
    def __init__(self, lab: Lab, host: str) -> None:
        """At the port of the switch in which the cable of `host` is. It listens from now on."""
        self._socket = lab.call("switch", lambda: self._open(host))

    @staticmethod
    def _open(device: str) -> socket.socket:
        made = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_ALL_PROTOCOLS))
        made.setsockopt(socket.SOL_SOCKET, 33, _ENOUGH_BYTES)  # SO_RCVBUFFORCE
        made.bind((device, 0))
        made.setblocking(False)
        return made

    def close(self) -> None:
        self._socket.close()

    def heard(self) -> tuple[bytes, list[bytes]]:
        """All frames so far, one after another; and the bytes of each direction of each TCP connection."""
        frames, streams = [], defaultdict(bytearray)
        while True:
            try:
                frame = self._socket.recv(1 << 17)
            except BlockingIOError:
                return b"".join(frames), [bytes(stream) for stream in streams.values()]
            frames.append(frame)
            packet = frame[_ETHERNET:]
            if frame[12:14] != b"\x08\x00" or packet[9] != _TCP:
                continue
            tcp = packet[(packet[0] & 15) * 4 : int.from_bytes(packet[2:4], "big")]
            streams[packet[12:20] + tcp[:4]] += tcp[(tcp[12] >> 4) * 4 :]


def unmasked(stream: bytes) -> bytes:
    """What a browser sent into a WebSocket (RFC 6455, section 5): it masks that, which hides it from nobody."""
    _request, _, data = stream.partition(b"\r\n\r\n")
    found, at = bytearray(), 0
    while at + 2 <= len(data):
        length, at = data[at + 1] & 127, at + 2
        if length > 125:
            size = 2 if length == 126 else 8
            length, at = int.from_bytes(data[at : at + size], "big"), at + size
        mask, at = data[at : at + 4], at + 4
        found += bytes(byte ^ mask[place % 4] for place, byte in enumerate(data[at : at + length]))
        at += length
    return bytes(found)
