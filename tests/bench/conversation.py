"""A room in which people react and edit: how fast its pages and a search come, and what that costs its host."""

from __future__ import annotations

import itertools
import random
import sys
from collections.abc import Iterator

from lanchat.storage.reader import Reader
from tests.bench import million
from tests.bench.generator import Generator, Report
from tests.bench.history import NEWEST, filtered, newest_page_on_opening, row, times
from tests.bench.setting import Setting
from tests.bench.table import Row

_MESSAGES = 100_000
_ASKED = 200
_CHANGES = 15  # of 100 entries: 10 reactions, 5 edits
_MEMBERS = 4
_POSTS_A_SECOND = 14_000  # more than a host takes from a generator in Python
_ROUNDS = 3  # of both kinds in turn; the best of each counts, as others use the machine, too


def measure(setting: Setting) -> Iterator[Row]:
    yield from _history(setting)
    texts, mixed = [], []
    for _ in range(_ROUNDS):
        texts.append(_load(setting, 0))
        mixed.append(_load(setting, _CHANGES))
    yield _cost(texts, mixed)


def _history(setting: Setting) -> Iterator[Row]:
    folder = setting.new_folder()
    million.build(folder, _MESSAGES, changes=True)
    of = f"{_MESSAGES:,} messages, 10 % with reactions, 5 % edited: "
    yield row(of + "newest page, opening the database", 50, "", times(newest_page_on_opening, [folder] * 40))
    reader = Reader.open(folder)
    chance = random.Random(3)
    befores = [chance.randrange(NEWEST, _MESSAGES) for _ in range(_ASKED)]
    pages = times(lambda seq: reader.before(million.ROOM, seq, NEWEST), befores)
    yield row(of + "a page while scrolling", 8, "", pages)
    words = [word for text in itertools.islice(million.texts(), 2_000) for word in text.split() if word.isalpha()]
    queries = [filtered(chance, chance.choice(words), _MESSAGES) for _ in range(_ASKED)]
    yield row(of + "search with filters", 20, "", times(lambda query: reader.search(query, million.ROOM), queries))
    reader.close()


def _load(setting: Setting, changes: int) -> Report:
    generator = Generator([sys.executable, "-m", "tests.bench.slow_load"])
    signed = int(_POSTS_A_SECOND * (setting.warm_up + setting.seconds))
    with setting.host() as host:
        return generator.run(
            host, members=_MEMBERS, posters=_MEMBERS, window=200, prepare=signed, changes=changes,
            settle=0.5, warm_up=setting.warm_up, seconds=setting.seconds,
        )  # fmt: skip


def _cost(texts: list[Report], mixed: list[Report]) -> Row:
    """How much fewer posts a host takes, and how much more of its CPU each of them needs: the better of the two counts,
    as the first is also of what else the machine does."""
    (texts_a_second, texts_cpu), (mixed_a_second, mixed_cpu) = (_best(some) for some in (texts, mixed))
    fewer, more = 1 - mixed_a_second / texts_a_second, 1 - texts_cpu / mixed_cpu
    shown = (
        f"{texts_a_second:,.0f}/s → {mixed_a_second:,.0f}/s ({-fewer:+.0%}); "
        f"by the host's CPU for each, {texts_cpu:.3f} → {mixed_cpu:.3f} ms, {-more:+.0%}"
    )
    what = "posts accepted, texts only → 10 % reactions and 5 % edits"
    numbers = {"texts/s": texts_a_second, "mixed/s": mixed_a_second, "texts ms": texts_cpu, "mixed ms": mixed_cpu}
    return Row(what, "≤ 15 % fewer", "", shown, ok=min(fewer, more) <= 0.15, numbers=numbers)


def _best(reports: list[Report]) -> tuple[float, float]:
    """Posts a second, and ms of the host's CPU for each."""
    cpu = min(1e3 * report.host_cpu / max(1, report.posts) for report in reports)
    return max(report.posts_per_second for report in reports), cpu
