"""kill -9, of anybody, at any moment, while everybody writes and every clock is wrong: nothing is lost, all goes on."""

from __future__ import annotations

import random
import time
from pathlib import Path

import msgspec
import pytest

from survival.nodes import town
from survival.verdict import check_nodes

_YEAR = 365 * 86_400
_SOON = {"RECONNECT_FIRST_SECONDS": 0.1, "RECONNECT_MOST_SECONDS": 0.2}  # else a test would wait most of its time


@pytest.mark.parametrize("kills", [2, pytest.param(100, marks=pytest.mark.long)])
def test_kill_9_while_everybody_writes(tmp_path: Path, kills: int) -> None:
    chance = random.Random(kills)
    with town(tmp_path, people=2, talking=True, limits=_SOON) as here:
        for person in here.people:
            person.orders = msgspec.structs.replace(person.orders, where=here.room_id)
        for kill in range(kills):
            victim = here.host if kill % 2 == 0 else chance.choice(here.people)
            time.sleep(chance.random() * 0.1)  # any moment
            victim.kill()
            time.sleep(chance.random() * 0.05)
            victim.start(clock=chance.uniform(-10, 10) * _YEAR)
            here.talk_goes_on()
        here.settle()
        here.close()
        assert check_nodes(here.room_id, here.host, here.people) > 20 * kills

