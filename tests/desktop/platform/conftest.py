from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desktop.platform.programs import Programs


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Programs]:
    """A PATH on which there is nothing yet."""
    if sys.platform == "win32":
        pytest.skip("stand-ins are scripts, which Windows does not start as programs")
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    installed = Programs(folder)
    yield installed
    installed.close()


@pytest.fixture
def bus_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A session bus on which there is nobody yet, and which is the one of this process."""
    desktops = pytest.importorskip("tests.desktop.platform.desktops", reason="jeepney is for Linux desktops")
    with desktops.session_bus_or_skip(tmp_path) as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        yield address
