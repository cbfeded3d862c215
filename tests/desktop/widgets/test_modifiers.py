"""Which keys are letters to write, and which are for the window."""

from __future__ import annotations

import sys

import pytest

from lanchat.desktop.widgets.modifiers import for_the_window

CONTROL, FIRST, ALT, SHIFT, LOCK = 0x4, 0x8, 0x20000, 0x1, 0x2


@pytest.mark.parametrize("system", ["linux", "win32", "darwin"])
def test_a_letter_alone_is_written(monkeypatch: pytest.MonkeyPatch, system: str) -> None:
    monkeypatch.setattr(sys, "platform", system)
    assert not any(map(for_the_window, (0, SHIFT, LOCK, SHIFT | LOCK)))
    assert all(map(for_the_window, (CONTROL, ALT, CONTROL | SHIFT)))


def test_numlock_and_altgr_of_windows_are_no_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert not for_the_window(FIRST)
    assert not for_the_window(CONTROL | ALT)


@pytest.mark.parametrize("system", ["linux", "darwin"])
def test_alt_and_command_are(monkeypatch: pytest.MonkeyPatch, system: str) -> None:
    monkeypatch.setattr(sys, "platform", system)
    assert for_the_window(FIRST)
