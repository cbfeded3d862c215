"""A bad cable between two devices of the lab: `lossy.py DEVICE DEVICE LOSS`. Frames get lost, both ways."""

from __future__ import annotations

import contextlib
import random
import select
import socket
import sys

ALL_FRAMES = 3
OUTGOING = 4


def relay(names: list[str], loss: float) -> None:
    ends = []
    for name in names:
        end = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ALL_FRAMES))
        end.bind((name, 0))
        ends.append(end)
    other = {ends[0]: ends[1], ends[1]: ends[0]}
    print("ready", flush=True)
    while True:
        for end in select.select(ends, [], [])[0]:
            with contextlib.suppress(OSError):  # a device that is down for a moment
                frame, address = end.recvfrom(65535)
                if address[2] != OUTGOING and random.random() >= loss:
                    other[end].send(frame)


relay(sys.argv[1:3], float(sys.argv[3]))
