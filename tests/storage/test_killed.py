"""A writer is killed at any moment: what it had acknowledged is there once, under the same number."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from people import KITCHEN, as_here, open_store

from lanchat.core.model import START, next_head

WRITER = Path(__file__).with_name("write_until_killed.py")


@pytest.mark.parametrize("kills", [8, pytest.param(150, marks=pytest.mark.long)])
def test_kill_9_while_writing(tmp_path: Path, kills: int) -> None:
    chance = random.Random(7)
    acknowledged: dict[str, int] = {}
    for _ in range(kills):
        command = [sys.executable, str(WRITER), str(tmp_path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8", env=as_here()) as writer:
            assert writer.stdout is not None
            lines = [writer.stdout.readline() for _ in range(chance.randrange(1, 60))]
            time.sleep(chance.random() * 0.004)  # any moment of a transaction
            writer.kill()
            lines += writer.stdout.readlines()
        for line in lines:
            if line.endswith("\n"):  # the last one may be half
                entry_id, seq = line.split()
                assert acknowledged.setdefault(entry_id, int(seq)) == int(seq)
    assert len(acknowledged) > 10 * kills
    with open_store(tmp_path) as store:
        assert not store.notices
        kept = store.log(KITCHEN).after(0, 1_000_000)
        waiting = store.outbox(KITCHEN).waiting()
    found = {item.entry.entry_id.hex(): item.seq for item in kept}
    assert len(found) == len(kept), "none is there twice"
    assert [item.seq for item in kept] == list(range(1, len(kept) + 1))
    assert {entry_id: found.get(entry_id) for entry_id in acknowledged} == acknowledged
    assert not {entry.entry_id.hex() for entry in waiting} & set(found), "never both in Outbox and Log"
    head = START
    for item in kept:
        head = next_head(head, KITCHEN, item.epoch, item.seq, item.received_at, item.entry)
        assert item.head == head
