"""Hands for the widgets: keys, presses, and waiting for what comes a little later."""

from __future__ import annotations

import time
import tkinter as tk
from collections.abc import Callable

import pytest

from tests.desktop.eyes import reading
from tests.desktop.presses import here


class Hands:
    def __init__(self, root: tk.Tk) -> None:
        self.root = root

    def keys(self, *keys: str) -> None:
        """Press these, each where the keyboard is then."""
        for key in keys:
            focused = self.root.focus_get()
            assert focused is not None
            focused.event_generate(f"<{here(key)}>")
            self.root.update()

    def write(self, text: str) -> None:
        """By the keyboard, as input methods do: character by character."""
        focused = self.root.focus_get()
        assert isinstance(focused, tk.Text)
        for character in text:
            self.root.tk.call("tk::TextInsert", focused, character)
        self.root.update()

    def press(self, widget: tk.Misc, x: int = 5, y: int = 5) -> None:
        """With the pointer."""
        widget.event_generate("<Enter>", x=x, y=y)
        widget.event_generate("<Motion>", x=x, y=y)
        widget.event_generate("<ButtonPress-1>", x=x, y=y)
        widget.event_generate("<ButtonRelease-1>", x=x, y=y)
        self.root.update()

    def until(self, holds: Callable[[], bool], seconds: float = 10.0) -> None:
        deadline = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < deadline, "waited in vain"
            self.root.update()

    def reads(self, words: str) -> bool:
        """These words are a line of what can be read in the window."""
        self.root.update()
        return words in reading(self.root).split("\n")

    def at(self, widget: tk.Misc) -> bool:
        """The keyboard is there."""
        self.root.update()
        return self.root.focus_get() is widget


@pytest.fixture
def hands(root: tk.Tk) -> Hands:
    return Hands(root)
