from __future__ import annotations

import importlib.machinery
import sys
from typing import Any

import pytest

from tests.desktop.platform.conftest import programs
from tests.desktop.voice.fake_sounddevice import FakeDevices

__all__ = ["devices", "no_library", "programs"]


@pytest.fixture
def devices(monkeypatch: pytest.MonkeyPatch) -> FakeDevices:
    devices: Any = FakeDevices()
    devices.__spec__ = importlib.machinery.ModuleSpec("sounddevice", None)
    monkeypatch.setitem(sys.modules, "sounddevice", devices)
    found: FakeDevices = devices
    return found


@pytest.fixture
def no_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", None)
