"""Runs one history again, and prints what the disks did and what the faces were told:

    PYTHONPATH=tests python -m sim SEED [STEPS]
"""

from __future__ import annotations

import sys
from typing import Any
from unittest.mock import patch

from lanchat.engine import events
from sim.machine import LoopDisk
from sim.nodes import Node
from sim.world import STEPS, World


def main() -> None:
    steps = int(sys.argv[2]) if len(sys.argv) > 2 else STEPS
    world = World(int(sys.argv[1]))
    tell, give = Node.tell, LoopDisk._give

    def told(node: Node, program: LoopDisk, event: events.Event) -> None:
        print(f"{world.loop.time():9.3f} {node.name:8} is told {event}")
        tell(node, program, event)

    def given(disk: LoopDisk, to: Any, job: Any) -> Any:
        name = next(node.name for node in world.nodes if getattr(node, "disk", None) is disk)
        print(f"{world.loop.time():9.3f} {name:8} disk: {getattr(job.func, '__qualname__', job.func)} {job.args[1:]}")
        return give(disk, to, job)

    with patch.object(Node, "tell", told), patch.object(LoopDisk, "_give", given):
        world.run(steps)


if __name__ == "__main__":
    main()
