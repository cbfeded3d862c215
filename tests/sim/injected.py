"""What of the product is replaced while a history runs, and why. Everything else is the code that people run."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import patch

from lanchat.core import encoded_log, limits, sessions
from lanchat.core.limits import Limits
from lanchat.core.model import DeviceId, MemberKey
from lanchat.engine import (
    client_driver,
    follower_role,
    host_driver,
    host_role,
    kept_room,
    opening_turn,
    room_disk,
    standby,
)
from lanchat.storage import records, room_log
from lanchat.storage.targets import Targets
from lanchat.trust import handshake, passes, signing
from lanchat.trust.handshake import HostPolicy
from lanchat.trust.identity import Identity

LIMITS = Limits(posts_per_second=5, burst=3, text_characters=8, newcomer_entries=2)

#: Histories are short: with small bounds they still meet every edge.
_SMALL: list[tuple[Any, str, int]] = [
    (encoded_log, "BLOCK_ENTRIES", 3),
    (sessions, "TAIL_BYTES", 1_500),
    (limits, "PAGE_ENTRIES", 5),
    (room_disk, "READ_ENTRIES", 7),
    (room_disk, "_TAIL_MOST_MS", 2**60),  # clocks are wrong, and nobody is there to be asked
    (kept_room, "READ_ENTRIES", 7),
    (host_driver, "_CHUNK_BYTES", 700),
    (host_driver, "_FEW", 1),
    (client_driver, "_TOGETHER", 3),
    (client_driver, "_MOST_WORK", 2),
]


class _Closed:
    """Instead of the Listener: no socket is opened, members come by `World.meet`."""

    port = limits.PORT

    def __init__(self, *_arguments: object) -> None: ...

    def open(self, ports: list[int]) -> None: ...

    def change_hands(self, _owner: object, policy: HostPolicy, _limiter: object) -> None:
        self.policy = policy

    async def close(self) -> None: ...


class Signer:
    """Instead of an Ed25519 key: a signature is a hash, which takes a hundredth of the time. Trust is tested
    elsewhere; that signatures are asked for, and of the right bytes, is tested here, too."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def sign(self, data: bytes) -> bytes:
        return hashlib.blake2b(data, key=self._key).digest()

    def private_bytes_raw(self) -> bytes:
        return self._key


def identity(name: str, device: str) -> Identity:
    key = name.encode().ljust(32, b".")
    device_id = DeviceId(device.encode().ljust(8, b"-"))
    return Identity(MemberKey(key), key, device_id, cast(Any, Signer(key)), Path("nowhere"))


def _is_signed(key: bytes, signature: bytes, data: bytes) -> bool:
    return signature == Signer(key).sign(data)


class _Lenient(Targets):
    """Of a host that takes all annotations."""

    def fault(self, change: Any, author: bytes, entry_id: bytes | None) -> None:
        return None


@contextmanager
def injected(
    random: Random, wall_clock: Callable[[], int], token_bytes: Callable[[int], bytes], lenient: bool
) -> Iterator[None]:
    """`wall_clock`: in nanoseconds, as right or wrong as clocks are. `token_bytes`: for new ids. `lenient`: a host that
    is not honest takes annotations whatever they do."""
    with ExitStack() as stack:
        for owner, name, value in [
            *_SMALL,
            (standby, "Listener", _Closed),
            (standby, "host_context", lambda identity: None),
            (host_role, "_limits", lambda command: LIMITS),
            (signing, "is_signed", _is_signed),
            (passes, "is_signed", _is_signed),
            (handshake, "is_signed", _is_signed),
            (handshake, "key_of_certificate", MemberKey),
            (secrets, "token_bytes", token_bytes),
            (secrets, "randbits", random.getrandbits),
            (records, "time", SimpleNamespace(time_ns=wall_clock)),
            (passes, "time", SimpleNamespace(time_ns=wall_clock)),
            (follower_role, "random", random),
            (opening_turn, "random", random),
            (room_disk, "random", random),
            *([(room_log, "Targets", _Lenient)] if lenient else []),
        ]:
            stack.enter_context(patch.object(owner, name, value))
        yield
