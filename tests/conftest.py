"""What every test answers for: no thread, socket or logged error may outlive it."""

from __future__ import annotations

import gc
import itertools
import logging
import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from lanchat.core import limits
from tests import identities
from tests.ports import free_port

#: Where windows need no X11, all workers of pytest-xdist have one screen; elsewhere each makes its own.
_ONE_SCREEN = sys.platform in ("win32", "darwin")
_LONG_SECONDS = 3600  #: that a test marked long may take
_ENDING_SECONDS = 10.0  #: for the last thread of a test to end, on a busy machine; only a test that fails waits so long

_TESTS = Path(__file__).parent
#: Folders whose tests mostly wait for other threads and programs.
_WAITING = {"blackbox", "engine", "network", "survival", "terminal"}

#: How long an example takes, or its making, says how busy the machine is. Pytest's timeout ends what hangs.
settings.register_profile("lanchat", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("lanchat")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="also run the tests marked long")


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist starts its workers
def pytest_configure(config: pytest.Config) -> None:
    """Where all workers have one screen, and so one keyboard, tests of windows go to one of them."""
    if _ONE_SCREEN and getattr(config.option, "dist", "no") == "load":
        config.option.dist = "loadgroup"


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist looks at the groups
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("long"):
            item.add_marker(pytest.mark.timeout(_LONG_SECONDS))
        if _ONE_SCREEN and "keeper" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("screen"))
    long = {item for item in items if item.get_closest_marker("long")} if not config.getoption("--long") else set()
    if long:
        config.hook.pytest_deselected(items=list(long))
        items[:] = [item for item in items if item not in long]
    if hasattr(config, "workerinput"):
        items[:] = _mixed(items)


def _mixed(items: list[pytest.Item]) -> list[pytest.Item]:
    """Evenly mixed, a module at a time: else all workers of pytest-xdist want the processor at once, and later none."""
    waiting = [item for item in items if item.path.relative_to(_TESTS).parts[0] in _WAITING]
    computing = [item for item in items if item not in set(waiting)]
    modules = []
    for kind in (waiting, computing):
        count = 0
        for _path, module in itertools.groupby(kind, key=lambda item: item.path):
            modules.append((count / len(kind), some := list(module)))
            count += len(some)
    return [item for _, module in sorted(modules, key=lambda one: one[0]) for item in module]


def pytest_collection_finish() -> None:
    """Modules and tests stay until the end: each collection after a window is closed would look through them all."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish() -> None:
    identities.remove_all()  # a worker of pytest-xdist ends without the clean-up of Python


class _Errors(logging.Handler):
    """Keeps what the program logged as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(f"{record.name}: {record.getMessage()}")
        if record.exc_info and record.exc_info[1]:
            self.messages[-1] += f" ({record.exc_info[1]!r})"


def open_sockets() -> set[str]:
    """The sockets this process holds, by inode; empty where the system does not tell."""
    found = set()
    folder = Path("/proc/self/fd")
    if folder.is_dir():
        for name in os.listdir(folder):
            try:
                target = os.readlink(folder / name)
            except OSError:  # closed meanwhile, as the listing's own descriptor is
                continue
            if target.startswith("socket:"):
                found.add(target)
    return found


@pytest.fixture(autouse=True)
def _ports_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a lanchat that runs on this machine nor another test has what the rooms of a test take."""
    port = free_port()
    monkeypatch.setattr(limits, "PORT", port)
    monkeypatch.setattr(limits, "PORTS", (port, port + 1, port + 2))


@pytest.fixture(autouse=True)
def _heirs_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host takes three looks at who comes until they can keep the room open, and hundreds of tests begin so."""
    monkeypatch.setattr(limits, "HEIRS_LOOK_SECONDS", 0.05)


@pytest.fixture(autouse=True)
def _leaves_nothing_behind() -> Iterator[None]:
    threads, sockets = set(threading.enumerate()), open_sockets()
    errors = _Errors()
    logging.getLogger().addHandler(errors)
    yield
    logging.getLogger().removeHandler(errors)
    deadline = time.monotonic() + _ENDING_SECONDS
    while time.monotonic() < deadline:
        left = [t for t in threading.enumerate() if t not in threads]
        open_ = open_sockets() - sockets
        if not left and not open_:
            break
        gc.collect()
        time.sleep(0.01)
    assert not left, f"threads left running: {left}"
    assert not open_, f"sockets left open: {open_}"
    assert not errors.messages, f"errors were logged: {errors.messages}"
