"""A room of many files on disk: how fast they are counted, and any page of them comes."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

from lanchat.core.content import encode
from lanchat.core.file_offer import FileOffer
from lanchat.core.log import Outcome
from lanchat.core.model import LogEntry, RoomId
from lanchat.storage.offers import OfferFilter, OfferKind
from lanchat.storage.reader import Reader
from lanchat.storage.records import RoomRecord
from lanchat.storage.store import Store
from lanchat.trust.signing import make_entry
from tests.bench.history import row, times
from tests.bench.setting import Setting
from tests.bench.table import Row
from tests.identities import new_identity

_ROOM = RoomId("filesfilesfilesf")
_OFFERS, _PAGE, _AT_ONCE, _ASKED = 10_000, 60, 250, 60
_PREVIEW = 1_500  # bytes, of every second one


def measure(setting: Setting) -> Iterator[Row]:
    folder = setting.new_folder()
    _offer_all(folder)
    reader = Reader.open(folder)
    of, chance = f"{_OFFERS:,} files offered: ", random.Random(5)
    yield row(of + "counted by kind", 300, "", times(lambda _: reader.offer_counts(_ROOM), range(20)))
    some = [reader.offers(_ROOM, order="oldest", limit=200)[-1], *reader.offers(_ROOM, limit=200)]
    after = [chance.choice(some) for _ in range(_ASKED)]
    pages = times(lambda one: reader.offers(_ROOM, limit=_PAGE, after=one), after)
    yield row(of + f"any page of {_PAGE}", 20, "", pages)
    rare = OfferFilter((OfferKind.DOCUMENT,))
    yield row(of + "the page of a kind of which there are few", 200, "",
              times(lambda _: reader.offers(_ROOM, rare, limit=_PAGE), range(20)))  # fmt: skip
    named = [OfferFilter(words=f"{chance.randrange(_OFFERS)}") for _ in range(20)]
    yield row(of + "searched by name", 200, "", times(lambda wanted: reader.offers(_ROOM, wanted, limit=_PAGE), named))
    largest = times(lambda _: reader.offers(_ROOM, order="largest", limit=_PAGE), range(20))
    yield row(of + "the largest", 250, "", largest)
    reader.close()


def _offer_all(folder: Path) -> None:
    store, author = Store.open(folder), new_identity()
    store.put_room(RoomRecord(_ROOM, "Files", hosted=True))
    chance = random.Random(4)
    began = round(time.time() * 1000)
    for first in range(0, _OFFERS, _AT_ONCE):
        entries = [
            make_entry(author, _ROOM, number + 1, encode(_offer(chance, number)), began + number)
            for number in range(first, first + _AT_ONCE)
        ]
        outcomes: list[Outcome] = store.log(_ROOM).append(entries, began + first)
        assert all(isinstance(outcome, LogEntry) for outcome in outcomes)
    store.close()


def _offer(chance: random.Random, number: int) -> FileOffer:
    root, size = chance.randbytes(32), chance.randrange(1, 10_000_000)
    if number % 2:
        return FileOffer(f"picture {number}.jpg", size, 1, root, 100, "image/jpeg", 1600, 900, bytes(_PREVIEW))
    return FileOffer(f"plan {number}.{'pdf' if number % 400 == 0 else 'zip'}", size, 1, root, 100)
