"""python -m tests.bench: how fast lanchat is, as a table.

    python -m tests.bench [--short] [--only NAME]… [--json FILE]

Every figure is of a real host in a process of its own: TLS, every entry signed by its author, verified, and on disk
before it goes out. Texts have 100 bytes. Other servers get the same load in the same run, so read the ratios first: the
absolute figures are the machine's as much as the program's, and the load shares the machine with the host. "host 97 %,
load 41 % CPU" says who was busy, in shares of one core: when neither is near 100 %, something waits; when the load is,
the figure is the load generator's.

The load generator is a C program, compiled into a temporary folder; without a C compiler or OpenSSL's headers there is
one in Python, which is then the bottleneck and says so. Nothing here fails because it is slow: the exit code tells
only whether everything could be measured.

    saturated   deliveries/s, posts/s and cost per delivery    (ngircd, redis-server, nats-server)
    latency     with a quiet, a drawing and a busy main thread (mosquitto, ngircd; Xvfb)
    crowd       1,000 members: memory, idling, all at once     (mosquitto)
    stalled     members that stop reading
    history     1,000,000 entries: pages and search            (--short: 100,000)
    conversation  100,000 messages with reactions and edits: pages, search, what they cost the host
    giving way  a Log that gives way to another of its room, with 10,000 entries that only it has
    typing      what notices of who is writing cost a host
    transfer    what a talk notices of a file that members get meanwhile
    files       hashing and checking, 10,000 small files, on this computer alone
    wire        1 GiB to one receiver and to eight at once     (openssl s_server, s_client)
    formatting  1,000 messages, and texts made to take long
    keeping     a room that goes on without its host           (network namespaces)
    startup     the program itself; an idle client             (network namespaces)
    pictures    a room of 1,000 pictures: opening it, paging, memory  (Xvfb)
    phones      the page for phones in a slow browser          (Chromium, network namespaces)
    guests      200 phones in a room
    window      start, idling, talking, floods, long histories (Xvfb)
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench import (
    conversation,
    crowd,
    file_bytes,
    file_wire,
    formatting,
    giving_way,
    guest_page,
    guests,
    history,
    keeping,
    latency,
    offer_pages,
    saturated,
    stalled,
    startup,
    transfer_latency,
    typing_notices,
    window,
    window_pictures,
)
from tests.bench.generator import Generator, LoadFailed
from tests.bench.process import Others
from tests.bench.setting import Setting
from tests.bench.table import Row, as_json, as_text

Measure = Callable[[Setting], Iterator[Row]]


def _history(setting: Setting) -> Iterator[Row]:
    return history.measure(setting.new_folder(), 100_000 if setting.short else 1_000_000)


def _pictures(setting: Setting) -> Iterator[Row]:
    return window_pictures.measure(setting.new_folder(), short=setting.short)


_MEASURES: dict[str, Measure] = {
    "saturated": saturated.measure,
    "latency": latency.measure,
    "crowd": crowd.measure,
    "stalled": stalled.measure,
    "history": _history,
    "conversation": conversation.measure,
    "giving way": giving_way.measure,
    "typing": typing_notices.measure,
    "transfer": transfer_latency.measure,
    "files": file_bytes.measure,
    "wire": file_wire.measure,
    "offers": offer_pages.measure,
    "formatting": formatting.measure,
    "keeping": keeping.measure,
    "startup": startup.measure,
    "pictures": _pictures,
    "phones": guest_page.measure,
    "guests": guests.measure,
    "window": window.measure,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="How fast lanchat is, as a table.")
    parser.add_argument("--short", action="store_true", help="shorter runs, fewer of them")
    parser.add_argument("--only", action="append", choices=_MEASURES, metavar="NAME", help=", ".join(_MEASURES))
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    options = parser.parse_args()
    _raise_file_limit()
    others = Others()
    rows: list[Row] = []
    failed = False
    with tempfile.TemporaryDirectory(prefix="lanchat-bench-") as folder:
        setting = Setting(Path(folder), Generator.build(Path(folder)), options.short)
        for name in options.only or _MEASURES:
            began = time.monotonic()
            try:
                rows += _MEASURES[name](setting)
            except LoadFailed as problem:
                failed = True
                rows.append(Row(name, "", "", f"could not be measured: {problem}", ok=False))
            print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"\n{machine}" + (f"; load generator in Python: {setting.generator.slow}" if setting.generator.slow else ""))
    if (cores := others.cores()) is not None:
        print(f"Other programs kept {cores:.2f} cores busy meanwhile.")
    print(as_text(rows))
    if options.json:
        everything = {"machine": machine, "short": options.short, "rows": as_json(rows)}
        options.json.write_text(json.dumps(everything, indent=1), "utf-8")
    return 1 if failed else 0


def _raise_file_limit() -> None:
    """A host of 1,000 members has as many sockets; processes we start inherit the limit."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


if __name__ == "__main__":
    sys.exit(main())
