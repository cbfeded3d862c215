"""Which keys are letters to write, and which are for the window."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

import lanchat.desktop
from lanchat.desktop.widgets.keyboard import COMMAND, has_modifier, shortcut_words
from tests.desktop.presses import here

CONTROL, FIRST, OPTION, ALT, SHIFT, LOCK = 0x4, 0x8, 0x10, 0x20000, 0x1, 0x2

#: Keys that are the same on every system, or on macOS only.
_SAME = {"Control-Return", "Control-KP_Enter", "<Control-Button-1>", "<Command-BackSpace>", "<Command-Delete>"}


@pytest.mark.parametrize("system", ["linux", "win32", "darwin"])
def test_a_letter_alone_is_written(monkeypatch: pytest.MonkeyPatch, system: str) -> None:
    monkeypatch.setattr(sys, "platform", system)
    assert not any(map(has_modifier, (0, SHIFT, LOCK, SHIFT | LOCK)))
    assert all(map(has_modifier, (CONTROL, ALT, CONTROL | SHIFT)))


def test_numlock_and_altgr_of_windows_are_no_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert not has_modifier(FIRST)
    assert not has_modifier(CONTROL | ALT)


@pytest.mark.parametrize("system", ["linux", "darwin"])
def test_alt_and_command_are(monkeypatch: pytest.MonkeyPatch, system: str) -> None:
    monkeypatch.setattr(sys, "platform", system)
    assert has_modifier(FIRST)


def test_option_writes_on_macos_but_with_keys_that_write_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert not has_modifier(OPTION)
    assert has_modifier(OPTION, writes=False)
    monkeypatch.setattr(sys, "platform", "linux")
    assert not has_modifier(OPTION, writes=False), "that is NumLock"


def test_what_is_held_down_is_named_in_one_place() -> None:
    """Where a key is named with Control or Alt itself, it is the wrong one on macOS, or the other way round."""
    top = Path(lanchat.desktop.__file__).parent
    found: dict[str, str] = {}
    for file in sorted(top.rglob("*.py")):
        if file.name == "keyboard.py":
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                node.value.value = ""  # words for those who read the code
            text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
            if text not in _SAME and re.search(r"(?<!\w)(Control|Alt|Option|Command|Meta|Ctrl)[-+]", text):
                found[text] = file.name
    assert not found


def test_presses_are_told_as_they_are_pressed() -> None:
    assert shortcut_words(f"{COMMAND}-Shift-F") == ("⌘⇧F" if sys.platform == "darwin" else "Ctrl+Shift+F")


@pytest.mark.parametrize(
    ("press", "on_macos"),
    [
        ("Control-k", "Command-k"), ("Control-Shift-F", "Command-Shift-F"), ("Control-BackSpace", "Option-BackSpace"),
        ("Control-Shift-Left", "Option-Shift-Left"), ("Alt-Up", "Option-Up"), ("Control-Return", "Control-Return"),
        ("Control-Home", "Control-Home"), ("Shift-F6", "Shift-F6"), ("Control-y", "<Redo>"), ("F1", "F1"),
        ("<Control-a>", "<Command-a>"), ("Control-minus", "Command-minus"),
    ],
)  # fmt: skip
def test_tests_press_what_a_person_presses(press: str, on_macos: str) -> None:
    assert here(press, on_mac=True) == on_macos
    assert here(press, on_mac=False) == press
