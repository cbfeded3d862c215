"""Keys: what the keyboard does in a list that has it. Tk thread."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from typing import Protocol

from lanchat.desktop.widgets.modifiers import MENU_KEY, for_the_window

_TYPED_MS = 1_000  # letters typed within this belong to one word
_SHIFT = 0x1


class Moves(Protocol):
    """What has a cursor."""

    def move(self, by: int) -> None: ...

    def move_to_end(self, last: bool) -> None: ...

    def move_by_page(self, by: int) -> None: ...

    def move_to_named(self, typed: str) -> None: ...

    def enter(self) -> None: ...

    def show_menu(self) -> None: ...


class Keys:
    def __init__(self, canvas: tk.Canvas, moves: Moves, pressed: Callable[[], None]) -> None:
        """`pressed` is called for every key that is for the list, before it is done."""
        self._moves = moves
        self._before = pressed
        self._typed, self._typed_at = "", 0
        canvas.bind("<Key>", self._pressed)

    def _pressed(self, event: tk.Event[tk.Canvas]) -> str | None:
        state = int(event.state)
        if for_the_window(state, writes=False):
            return None
        deed = self._deed(event.keysym, bool(state & _SHIFT))
        if deed is None and event.char.isalnum():
            deed = self._letter(event.char, event.time)
        if deed is None:
            return None
        self._before()
        deed()
        return "break"

    def _deed(self, key: str, shift: bool) -> Callable[[], None] | None:
        moves = self._moves
        match key:
            case "Up" | "Down":
                return lambda: moves.move(1 if key == "Down" else -1)
            case "Home" | "End":
                return lambda: moves.move_to_end(key == "End")
            case "Prior" | "Next":
                return lambda: moves.move_by_page(1 if key == "Next" else -1)
            case "Return" | "KP_Enter" | "space":
                return moves.enter
            case "F10" if shift:
                return moves.show_menu
            case _:
                return moves.show_menu if key == MENU_KEY else None

    def _letter(self, letter: str, at: int) -> Callable[[], None]:
        """Letters typed one after the other make a word; the same one again is for the next that begins with it."""
        if at - self._typed_at > _TYPED_MS or letter == self._typed:
            self._typed = ""
        self._typed, self._typed_at = self._typed + letter, at
        typed = self._typed
        return lambda: self._moves.move_to_named(typed)
