"""A long history on disk: how fast its newest page, any page and a search come."""

from __future__ import annotations

import itertools
import random
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from lanchat.core.model import MemberKey
from lanchat.storage.reader import Reader
from tests.bench import million
from tests.bench.table import Row, ms

T = TypeVar("T")

NEWEST = 100  #: messages of a page
_ASKED = 200  # of each kind: enough for a 95th percentile
_NOBODY = MemberKey(bytes(32))


def measure(folder: Path, entries: int) -> Iterator[Row]:
    """Rows for a room of `entries` entries, made in `folder`."""
    million.build(folder, entries)
    of = f"{entries:,} entries: "
    opened = times(newest_page_on_opening, itertools.repeat(folder, 20))
    yield row(of + "newest page, opening the database", 20, "", opened)
    reader = Reader.open(folder)
    chance = random.Random(3)
    befores = [chance.randrange(NEWEST, entries) for _ in range(_ASKED)]
    pages = times(lambda seq: reader.before(million.ROOM, seq, NEWEST), befores)
    yield row(of + f"any page of {NEWEST}", 1, "", pages)
    unread = times(lambda _: reader.unread(million.ROOM, _NOBODY), range(_ASKED))
    yield row(of + "how much is unread", 5, "", unread)
    yield row(of + "who wrote", 10, "", times(lambda most: reader.authors(million.ROOM, most), range(1, _ASKED)))
    for kind, queries in _queries(entries).items():
        taken = times(lambda query: reader.search(query, million.ROOM), queries)
        yield row(of + f"search, {kind}", 20, "≤ 5 ms", taken)
    reader.close()


def newest_page_on_opening(folder: Path) -> None:
    reader = Reader.open(folder)
    assert len(reader.newest(million.ROOM, NEWEST)) == NEWEST
    reader.close()


def _queries(entries: int) -> dict[str, list[str]]:
    """Words that occur, the frequent ones as often as they do."""
    chance = random.Random(4)
    words = [word for text in itertools.islice(million.texts(), min(entries, 20_000)) for word in text.split()]
    plain = [word for word in words if word.isascii() and word.isalpha()]
    cjk = [word for word in words if "\u3040" <= word[0] <= "\u9fff"]
    long = [word for word in plain if len(word) > 3]
    return {
        "a word": chance.sample(plain, _ASKED),
        "a prefix": [word[: chance.randint(2, 3)] for word in chance.sample(long, _ASKED)],
        "CJK": [word[:2] for word in chance.sample(cjk, _ASKED)],
        "two words": [" ".join(chance.sample(plain, 2)) for _ in range(_ASKED)],
        "filters": [filtered(chance, chance.choice(plain), entries) for _ in range(_ASKED)],
    }


def filtered(chance: random.Random, word: str, entries: int) -> str:
    """Up to three filters, with a word or without one."""
    day = datetime.fromtimestamp(million.START / 1000 + chance.randrange(entries) * 20, UTC).date()
    filters = [f'from:"Member {chance.randint(1, 60)}"', "has:link", "has:pin", f"before:{day}", f"after:{day}"]
    return " ".join([*chance.sample(filters, chance.randint(1, 3)), *([word] if chance.random() < 0.5 else [])])


def times(work: Callable[[T], object], things: Iterable[T]) -> list[float]:
    """Milliseconds of each call."""
    taken = []
    for thing in things:
        began = time.perf_counter()
        work(thing)
        taken.append(1000 * (time.perf_counter() - began))
    return taken


def row(what: str, most: float, aim: str, taken: list[float]) -> Row:
    median, p95, worst = statistics.median(taken), statistics.quantiles(taken, n=20)[-1], max(taken)
    shown = f"{ms(median)}, p95 {ms(p95)}, worst {ms(worst)}"
    numbers = {"median_ms": median, "p95_ms": p95, "worst_ms": worst}
    return Row(what, f"p95 ≤ {most:g} ms", aim, shown, ok=p95 <= most, numbers=numbers)
