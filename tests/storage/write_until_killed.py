"""Run by test_killed: what waits in the Outbox is tried first, then new entries, for ever; each taken one is told."""

from __future__ import annotations

import itertools
import random
import sys
from pathlib import Path

from people import KITCHEN, Person, open_store

from lanchat.core.log import Duplicate
from lanchat.core.model import LogEntry

with open_store(Path(sys.argv[1])) as store:
    log, ana, chance = store.log(KITCHEN), Person(), random.Random()
    waiting = store.outbox(KITCHEN).waiting()
    for round_ in itertools.count():
        for _ in range(chance.randrange(1, 30)):
            with store.transaction():
                ana.counter = store.outbox(KITCHEN).next_counter(ana.identity.device_id) - 1
                (entry,) = ana.writes(f"round {round_} " + "word " * chance.randrange(400))
                store.outbox(KITCHEN).add(entry)
            waiting.append(entry)
        again = chance.sample(waiting, len(waiting) // 3)  # as after a connection that was cut
        for entry, outcome in zip(waiting + again, log.append(waiting + again, 1), strict=True):
            assert isinstance(outcome, LogEntry | Duplicate)
            print(entry.entry_id.hex(), outcome.seq, flush=True)
        waiting = store.outbox(KITCHEN).waiting()
