"""People whose keys are always the same, and rooms in which something was said before a window opens."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from pathlib import Path
from unittest import mock

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lanchat.core.content import Text, encode
from lanchat.core.model import RoomId
from lanchat.storage.records import RoomRecord
from lanchat.storage.store import Store
from lanchat.trust.identity import Identity, load_or_create
from lanchat.trust.signing import make_card, make_entry

MINUTE_MS = 60_000


def known_person(folder: Path, nick: str) -> Identity:
    """Whose key is made of the nick, in a data folder of their own; before their lanchat starts."""
    key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(nick.encode()).digest())
    with mock.patch.object(Ed25519PrivateKey, "generate", return_value=key):
        return load_or_create(folder)


def room_of(
    folder: Path, host: str, title: str, said: Sequence[tuple[str, str]], *, others: Path, minutes_apart: float = 2
) -> RoomId:
    """A room in the data folder of `host`, where all this was said until a while ago: (nick, text).

    `others`: where the data folders of the others are. `minutes_apart` 0: all at once, which is quick for many.
    """
    mine = known_person(folder, host)
    people = {nick: known_person(others / nick, nick) for nick, _text in said if nick != host} | {host: mine}
    room_id = RoomId("".join(chr(97 + byte % 26) for byte in hashlib.sha256(title.encode()).digest()[:16]))
    now = time.time_ns() // 1_000_000
    began = now - round((len(said) + 5) * minutes_apart * MINUTE_MS)
    store = Store.open(folder)
    store.put_room(RoomRecord(room_id, title, mine.key, hosted=True, read_seq=len(said)))
    store.put_cards([make_card(one, nick, 0) for nick, one in people.items()])
    entries = [
        make_entry(people[nick], room_id, count, encode(Text(text)), began + round(count * minutes_apart * MINUTE_MS))
        for count, (nick, text) in enumerate(said, 1)
    ]
    for run in [[entry] for entry in entries] if minutes_apart else [entries]:
        store.log(room_id).append(run, run[-1].sent_at)
    store.close()
    return room_id
