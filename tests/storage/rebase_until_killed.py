"""Run by test_rebase_killed: a Log grows, gives way, and gets back what it had, for ever. Each entry that was taken is
told, and each time when it is about to give way."""

from __future__ import annotations

import random
import sys
from pathlib import Path

from people import KITCHEN, Person, open_store

from lanchat.core.content import Payload
from lanchat.core.model import Entry, EntryId, LogEntry
from lanchat.storage.store import Store
from lanchat.trust.signing import make_entry

chance, ana = random.Random(), Person()


def written(store: Store) -> list[Entry]:
    """Some messages, and annotations of those before them."""
    entries: list[Entry] = []
    about = [item.entry for item in store.log(KITCHEN).before(1 << 39, 10)[0]]
    for number in range(chance.randrange(1, 200)):
        counter = store.outbox(KITCHEN).next_counter(ana.identity.device_id)
        target = EntryId(chance.choice(about).entry_id) if about else None
        kind, text = chance.choice([("text", f"soup {number}"), ("+react", "👍"), ("+edit", "edited soup")])
        payload = Payload(kind, None if kind == "text" else target, text.encode())
        entries.append(make_entry(ana.identity, KITCHEN, counter, payload, 1))
    return entries


with open_store(Path(sys.argv[1])) as store:
    log = store.log(KITCHEN)
    while True:
        entries = written(store)
        for entry, outcome in zip(entries, log.append(entries, 1), strict=True):
            if isinstance(outcome, LogEntry):
                print(entry.entry_id.hex(), flush=True)
        store.mark_read(KITCHEN, chance.randrange(log.end().last + 1))
        end = log.end()
        base = max(0, end.last - chance.randrange(400))
        head = log.head_at(base)
        assert head is not None
        print("gives way", flush=True)
        waiting = log.rebase(end.epoch + 1, base, head)
        log.append(waiting, 2, {entry.entry_id for entry in waiting[chance.randrange(len(waiting) + 1) :]})
