"""Run by test_mishaps on a disk of its own, as large as two floppies: fill it, make room, go on."""

from __future__ import annotations

import sys
from pathlib import Path

from people import KITCHEN, Person, open_store, says

from lanchat.storage.errors import DiskFull

folder, ana, acknowledged = Path(sys.argv[1]), Person(), []
ballast = folder / "ballast"
ballast.write_bytes(bytes(300_000))
with open_store(folder / "data") as store:
    log = store.log(KITCHEN)
    try:
        while True:
            acknowledged += says(log, ana, "some text " * 100)
    except DiskFull as problem:
        print(type(problem).__name__)
    assert log.after(0, 10_000) == acknowledged
with open_store(folder / "data") as store:
    if store.log(KITCHEN).after(0, 10_000) == acknowledged:
        print("all there")
    ballast.unlink()
    says(store.log(KITCHEN), Person(), "again")
    print("goes on")
