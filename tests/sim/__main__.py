"""Runs one history again, and prints what the disks did and what the faces were told; or runs many, and counts:

    PYTHONPATH=tests python -m sim [succession] SEED [STEPS]
    PYTHONPATH=tests python -m sim [succession] FIRST-LAST [STEPS]

A succession takes 0.08 s of one core: the 2,000 of the long tests three minutes, `succession 0-99999` two hours and a
quarter, divided by the number of cores. What is broken is printed with its seed, as it is found.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import Any
from unittest.mock import patch

from lanchat.engine import events
from sim import succession, world
from sim.history import History
from sim.machine import LoopDisk
from sim.nodes import Node
from sim.promises import Broken

_AT_ONCE = 20
_KINDS = {"succession": (succession.Succession, succession.STEPS), "one host": (world.World, world.STEPS)}


def main() -> None:
    kind = "succession" if sys.argv[1] == "succession" else "one host"
    which, *steps = sys.argv[2:] if kind == "succession" else sys.argv[1:]
    most = int(steps[0]) if steps else _KINDS[kind][1]
    if "-" in which:
        run_many(kind, *map(int, which.split("-")), most)
    else:
        show(kind, int(which), most)


def show(kind: str, seed: int, steps: int) -> None:
    history: History = _KINDS[kind][0](seed)
    tell, give = Node.tell, LoopDisk._give

    def told(node: Node, program: LoopDisk, event: events.Event) -> None:
        print(f"{history.loop.time():9.3f} {node.name:8} is told {event}")
        tell(node, program, event)

    def given(disk: LoopDisk, to: Any, job: Any) -> Any:
        name = next(node.name for node in history.nodes if getattr(node, "disk", None) is disk)
        print(f"{history.loop.time():9.3f} {name:8} disk: {getattr(job.func, '__qualname__', job.func)} {job.args[1:]}")
        return give(disk, to, job)

    with patch.object(Node, "tell", told), patch.object(LoopDisk, "_give", given):
        history.run(steps)


def run_many(kind: str, first: int, last: int, steps: int) -> None:
    began, counts = time.time(), Counter[str]()
    with ProcessPoolExecutor() as pool:
        for seed, broken, counted in pool.map(
            partial(_run_one, kind, steps), range(first, last + 1), chunksize=_AT_ONCE
        ):
            counts += counted
            if broken:
                counts["broken"] += 1
                print(f"seed {seed}: {broken}", flush=True)
    print(f"{last - first + 1} histories in {time.time() - began:.0f} s: {dict(counts)}")


def _run_one(kind: str, steps: int, seed: int) -> tuple[int, str, Counter[str]]:
    history: History = _KINDS[kind][0](seed)
    broken = ""
    try:
        history.run(steps)
    except Broken as found:
        broken = str(found)
    return seed, broken, history.counts


if __name__ == "__main__":
    main()
