"""A program is killed while a Log gives way: each entry is in the Log or waits to be brought back, and never both."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from people import KITCHEN, as_here, open_store

from lanchat.core.model import START, next_head
from lanchat.storage.reader import Reader
from lanchat.storage.store import Store

WRITER = Path(__file__).with_name("rebase_until_killed.py")


@pytest.mark.parametrize("kills", [4, pytest.param(100, marks=pytest.mark.long)])
def test_kill_9_while_a_log_gives_way(tmp_path: Path, kills: int) -> None:
    chance = random.Random(7)
    taken: set[str] = set()
    for _ in range(kills):
        command = [sys.executable, str(WRITER), str(tmp_path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8", env=as_here()) as writer:
            assert writer.stdout is not None
            rounds, lines = chance.randrange(1, 5), list[str]()
            while lines.count("gives way\n") < rounds:
                lines.append(writer.stdout.readline())
            time.sleep(chance.random() * 0.02)  # any moment of a transaction
            writer.kill()
            lines += writer.stdout.readlines()
        taken |= {line.strip() for line in lines if line.endswith("\n")} - {"gives way"}
        with open_store(tmp_path) as store:
            assert not store.notices
            _is_whole(store, tmp_path, taken)


def _is_whole(store: Store, folder: Path, taken: set[str]) -> None:
    log = store.log(KITCHEN)
    head, here = START, log.after(0, 1_000_000)
    for item in here:
        head = next_head(head, KITCHEN, item.epoch, item.seq, item.received_at, item.entry)
        assert item.head == head
    assert log.end().head == head
    entries = [item.entry for item in here] + log.carried.waiting()
    found = {entry.entry_id.hex() for entry in entries}
    assert len(found) == len(entries), "nothing is in both"
    assert taken <= found, "nothing that was taken is lost"
    store._database.do("INSERT INTO words (words) VALUES ('integrity-check')")
    with closing(Reader.open(folder)) as reader:
        texts = [message for message in reader.newest(KITCHEN, 1_000_000) if "soup" in message.text]
        assert sum(len(page) for page in reader.matches("soup", KITCHEN, 0)) == len(texts)
