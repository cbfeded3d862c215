"""The window comes back where it was, or at least where it can be seen."""

from __future__ import annotations

import tkinter as tk

import pytest

from lanchat.desktop.geometry import fitting

USUAL = (1060, 690)


def test_it_comes_back_where_it_was(root: tk.Tk) -> None:
    root.geometry("700x500+60+40")
    root.update()
    written = root.geometry()
    assert fitting(root, written, USUAL) == written


@pytest.mark.parametrize("place", ["+5000+10", "+10+5000", "+-2000+10", "+10+-900"])
def test_where_no_screen_is_any_more_it_only_keeps_its_size(root: tk.Tk, place: str) -> None:
    assert fitting(root, f"700x500{place}", USUAL) == "700x500"


@pytest.mark.parametrize("damage", ["", "x", "1x1", "700x500", "700x500+1+1+1", "700x500+1+1; exit"], ids=range(6))
def test_what_cannot_be_read_is_the_usual_size(root: tk.Tk, damage: str) -> None:
    assert fitting(root, damage, USUAL) == "1060x690"
