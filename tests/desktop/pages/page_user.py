"""Somebody who sits before a page: hears what the Engine tells, sees what is written, presses keys and buttons."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Generic, TypeVar

from lanchat.desktop.model.state import State
from lanchat.desktop.pages.keeper_choice import KeeperCard
from lanchat.desktop.pages.page import PageView
from lanchat.desktop.pages.room_cards import RoomCard
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.view_context import ViewContext
from lanchat.desktop.widgets.buttons import Button
from lanchat.desktop.widgets.labels import Label, Paragraph
from lanchat.desktop.widgets.text_field import TextField
from lanchat.engine.events import Event, Started
from tests.desktop.model.telling import ME
from tests.desktop.presses import here
from tests.desktop.recording_context import RecordingContext

P = TypeVar("P", bound=PageView)


class PageUser(Generic[P]):
    def __init__(self, root: tk.Tk, theme: Theme, folder: Path) -> None:
        self.root = root
        self.state = State(clock=lambda: 100.0, wall_clock=lambda: 1_700_000_000.0)
        self.state.apply(Started(ME, "Ana", first_run=True))
        self.context = RecordingContext(root, theme, self.state, folder, None)
        self.asked, self.went = self.context.commands, self.context.went
        self.page: P
        # Where another test left it, the pointer may be on a card. Outside the window it takes the keyboard with it.
        root.event_generate("<Motion>", warp=True, x=1, y=1)

    def at(self, make: Callable[[tk.Misc, ViewContext], P]) -> P:
        """Sit before this page."""
        self.page = make(self.root, self.context)
        self.page.pack(fill="both", expand=True)
        self.root.update()
        self.page.focus_first()
        self.root.update()
        return self.page

    def hears(self, *events: Event) -> None:
        for event in events:
            self.state.apply(event)
            if hasattr(self, "page"):
                self.page.heard(event)
        self.root.update()

    # --- eyes --------------------------------------------------------------------------------------------------------
    @property
    def text(self) -> str:
        """All words on the page, from top to bottom."""
        return "\n".join(words for widget in self.seen() if (words := _words(widget)))

    def seen(self, above: tk.Misc | None = None) -> Iterator[tk.Misc]:
        for child in (above or self.page).winfo_children():
            if child.winfo_viewable():
                yield child
                yield from self.seen(child)

    def button(self, words: str) -> Button:
        return next(widget for widget in self.seen() if isinstance(widget, Button) and widget.words == words)

    def buttons(self) -> list[str]:
        return [widget.words for widget in self.seen() if isinstance(widget, Button)]

    def paragraphs(self) -> list[Paragraph]:
        return [widget for widget in self.seen() if isinstance(widget, Paragraph)]

    def field(self) -> TextField:
        """The first there is to write in."""
        return next(widget for widget in self.seen() if isinstance(widget, TextField))

    def cards(self) -> list[str]:
        """The rooms to go into, row by row."""
        cards = [widget for widget in self.seen() if isinstance(widget, RoomCard)]
        return [card.offer.title for card in sorted(cards, key=lambda card: (card.winfo_rooty(), card.winfo_rootx()))]

    def focus(self) -> str:
        """What has the keyboard, in its own words."""
        return _words(self.root.focus_get())

    # --- hands -------------------------------------------------------------------------------------------------------
    def click(self, words: str) -> None:
        """On what these words are on."""
        target = next(
            widget for widget in self.seen()
            if isinstance(widget, Button | RoomCard | KeeperCard) and _words(widget).split("\n")[0] == words
        )  # fmt: skip
        for what in ("<Enter>", "<ButtonPress-1>", "<ButtonRelease-1>"):
            target.event_generate(what, x=2, y=2)
        self.root.update()

    def key(self, *names: str) -> None:
        for name in names:
            focused = self.root.focus_get()
            assert focused is not None, "nothing has the keyboard"
            focused.event_generate(f"<{here(name)}>")
            self.root.update()

    def write(self, text: str) -> None:
        """Instead of what is in the field that has the keyboard."""
        focused = self.root.focus_get()
        field = next(one for one in self.seen() if isinstance(one, TextField) and one.field == focused)
        field.select_all()
        if not text:
            field.field.event_generate("<Key>", keysym="BackSpace")
        for character in text:
            field.field.event_generate("<Key>", keysym=_KEYSYMS.get(character, character))
        self.root.update()


_KEYSYMS = {" ": "space", "-": "minus", ".": "period", ":": "colon", "/": "slash", "#": "numbersign"}


def _words(widget: tk.Misc | None) -> str:
    match widget:
        case RoomCard():
            offer = widget.offer
            return "\n".join(filter(None, (offer.title, offer.about, offer.people, offer.action)))
        case TextField():
            return widget.value()
        case Button() | KeeperCard():
            return widget.words
        case Paragraph() | Label():
            return widget.words
        case tk.Text():
            return widget.get("1.0", "end-1c")
        case tk.Canvas():
            texts = [item for item in widget.find_all() if widget.type(item) == "text"]
            return "".join(str(widget.itemcget(item, "text")) for item in texts)
        case tk.Label():
            return str(getattr(widget, "words", widget["text"]))
        case _:
            return ""
