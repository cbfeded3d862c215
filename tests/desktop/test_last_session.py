"""The window comes back where it was, or at least where it can be seen."""

from __future__ import annotations

import tkinter as tk
from pathlib import Path

import pytest

from lanchat.desktop import last_session
from lanchat.desktop.last_session import Monitor, fitting_geometry, geometry_of, monitors, remember
from lanchat.storage.settings import PreferencesFile
from tests.desktop.model.telling import hosting

USUAL = (1060, 690)


def test_it_comes_back_where_it_was(root: tk.Tk) -> None:
    root.geometry("700x500+60+40")
    root.update()
    assert geometry_of(root) == "700x500+60+40"
    assert fitting_geometry(root, geometry_of(root), USUAL) == "700x500+60+40"


@pytest.mark.parametrize("place", ["+5000+10", "+10+5000", "+-2000+10", "+10+-900"])
def test_where_no_screen_is_any_more_it_only_keeps_its_size(root: tk.Tk, place: str) -> None:
    assert fitting_geometry(root, f"700x500{place}", USUAL) == "700x500"


@pytest.mark.parametrize("damage", ["", "x", "1x1", "700x500", "700x500+1+1+1", "700x500+1+1; exit"], ids=range(6))
def test_what_cannot_be_read_is_the_usual_size(root: tk.Tk, damage: str) -> None:
    assert fitting_geometry(root, damage, USUAL) == "1060x690"


def test_a_window_from_a_larger_screen_becomes_smaller(root: tk.Tk) -> None:
    width, height = root.winfo_screenwidth(), root.winfo_screenheight()
    assert fitting_geometry(root, f"{width + 500}x{height + 500}+10+10", USUAL) == f"{width}x{height}+10+10"


def test_the_screen_is_known(root: tk.Tk) -> None:
    assert Monitor(0, 0, root.winfo_screenwidth(), root.winfo_screenheight()) in monitors(root)


@pytest.mark.parametrize(("place", "there"), [("+1100+10", True), ("+10+700", True), ("+1100+700", False)])
def test_beside_the_lower_of_two_screens_there_is_no_place(
    root: tk.Tk, monkeypatch: pytest.MonkeyPatch, place: str, there: bool
) -> None:
    """The rectangle around both has a corner in which nothing can be seen."""
    both = [Monitor(0, 0, 1000, 900), Monitor(1000, 0, 900, 500)]
    monkeypatch.setattr(last_session, "monitors", lambda _root: both)
    assert (fitting_geometry(root, f"600x400{place}", USUAL) == f"600x400{place}") is there


def test_once_a_room_was_open_what_windows_asks_was_answered(tmp_path: Path) -> None:
    kept = PreferencesFile(tmp_path)
    assert not kept.now.windows_hint_seen
    remember(kept, hosting())
    assert kept.now.windows_hint_seen
