"""A long history on disk: how fast its newest page, any page and a search come."""

from __future__ import annotations

import itertools
import random
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from lanchat.core.model import MemberKey
from lanchat.storage.reader import Reader
from tests.bench import million
from tests.bench.table import Row, ms

T = TypeVar("T")

_PAGE = 100
_ASKED = 200  # of each kind: enough for a 95th percentile
_NOBODY = MemberKey(bytes(32))


def measure(folder: Path, entries: int) -> Iterator[Row]:
    """Rows for a room of `entries` entries, made in `folder`."""
    million.build(folder, entries)
    of = f"{entries:,} entries: "
    opened = _times(_newest_page_on_opening, itertools.repeat(folder, 20))
    yield _row(of + "newest page, opening the database", 20, "", opened)
    reader = Reader.open(folder)
    chance = random.Random(3)
    befores = [chance.randrange(_PAGE, entries) for _ in range(_ASKED)]
    pages = _times(lambda seq: reader.before(million.ROOM, seq, _PAGE), befores)
    yield _row(of + f"any page of {_PAGE}", 1, "", pages)
    unread = _times(lambda _: reader.unread(million.ROOM, _NOBODY), range(_ASKED))
    yield _row(of + "how much is unread", 5, "", unread)
    yield _row(of + "who wrote", 10, "", _times(lambda most: reader.authors(million.ROOM, most), range(1, _ASKED)))
    for kind, queries in _queries(entries).items():
        taken = _times(lambda query: reader.search(query, million.ROOM), queries)
        yield _row(of + f"search, {kind}", 20, "≤ 5 ms", taken)
    reader.close()


def _newest_page_on_opening(folder: Path) -> None:
    reader = Reader.open(folder)
    assert len(reader.newest(million.ROOM, _PAGE)) == _PAGE
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
    }


def _times(work: Callable[[T], object], things: Iterable[T]) -> list[float]:
    """Milliseconds of each call."""
    taken = []
    for thing in things:
        began = time.perf_counter()
        work(thing)
        taken.append(1000 * (time.perf_counter() - began))
    return taken


def _row(what: str, most: float, aim: str, taken: list[float]) -> Row:
    median, p95, worst = statistics.median(taken), statistics.quantiles(taken, n=20)[-1], max(taken)
    shown = f"{ms(median)}, p95 {ms(p95)}, worst {ms(worst)}"
    numbers = {"median_ms": median, "p95_ms": p95, "worst_ms": worst}
    return Row(what, f"p95 ≤ {most:g} ms", aim, shown, ok=p95 <= most, numbers=numbers)
