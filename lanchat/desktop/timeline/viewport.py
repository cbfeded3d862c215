"""Viewport: which part of the timeline's Text is in view, and moving it: keys, wheel, bar. Tk thread.

It either follows the end, whatever comes and however the pane changes, or stays where the person left it. Over its
lower edge, `NewestButton` tells how many messages came meanwhile, and leads to them.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from lanchat.core.model import EntryId
from lanchat.core.translate import _, ngettext
from lanchat.desktop.pages.search_results import found_in
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.timeline.file_cards import FileCards
from lanchat.desktop.timeline.loaded_range import LoadedRange
from lanchat.desktop.timeline.log_pages import LogPages
from lanchat.desktop.timeline.mention_bars import MentionBars
from lanchat.desktop.timeline.pointer import Pointer
from lanchat.desktop.timeline.rows import DeletedRow, MessageRow, key_of, seqs
from lanchat.desktop.timeline.text_styles import EDGE
from lanchat.desktop.timeline.text_view import TextView
from lanchat.desktop.widgets.buttons import Button, ButtonKind
from lanchat.desktop.widgets.keyboard import has_modifier
from lanchat.desktop.widgets.surfaces import ScrollBar
from lanchat.desktop.widgets.tk_events import WHEEL_EVENTS, DelayedCalls, wheel_steps

_STEP = 60  # design pixels that one step of the wheel moves
_FLASH_MS = 1_500
_LEAST_ROOM = 25  # rows
_MOUSE = "TimelineMouse"
_SELECTING = (
    "<1>", "<B1-Motion>", "<Double-1>", "<Triple-1>", "<Shift-1>", "<Double-Shift-1>", "<Triple-Shift-1>",
    "<B1-Leave>", "<B1-Enter>", "<ButtonRelease-1>",
)  # fmt: skip
_OVER_EDGE = 12  # design pixels


class ViewportOwner(Protocol):
    """What is told of changes in the viewport, and loads what it lacks: the Timeline."""

    def viewport_moved(self) -> None:
        """Something else is in view."""

    def viewport_resized(self, width: int) -> None:
        """There are so many pixels between the margins."""

    def show_at_top(self, seq: int) -> None:
        """This entry is wanted at the top, and may not be loaded."""

    def show_newest(self) -> None:
        """The end is wanted."""


class Viewport:
    def __init__(
        self, frame: tk.Frame, theme: Theme, view: TextView, loaded: LoadedRange, pages: LogPages, pointer: Pointer,
        files: FileCards, owner: ViewportOwner,
    ) -> None:  # fmt: skip
        self.following = True  #: the end is in view, and stays there
        self.selecting = False  #: the button of the mouse is held down
        self._theme = theme
        self._view = view
        self._text = view.text
        self._loaded = loaded
        self._pages = pages
        self._pointer = pointer
        self._files = files
        self._owner = owner
        self._wish: tuple[int, float] | None = None  #: see `put`, while there is no window yet
        self._found = (0, "")  # see `highlight`
        self._scrolled = False  # since all was drawn anew
        self._shares = (0.0, 1.0)  # of the Text: where what is in view begins and ends
        self._later = DelayedCalls(self._text)
        self._bar = ScrollBar(frame, theme, self._bar_moved)
        self._bar.pack(side="right", fill="y")
        self._text.pack(side="left", fill="both", expand=True)
        self._mention_bars = MentionBars(frame, theme, view)
        self._text.configure(yscrollcommand=lambda first, last: self._set_bar(float(first), float(last)))
        self._bind()

    # --- what is seen ------------------------------------------------------------------------------------------------
    def seen(self) -> tuple[int, int]:
        """The indexes of the first and the last row in view."""
        return self._view.at(0, 0)[0], self._view.at(0, self._text.winfo_height())[0]

    def room(self) -> int:
        """How many rows fit into the pane, at most; while the Text has no size, into the window."""
        high = self._text.winfo_height() if self._text.winfo_ismapped() else self._text.winfo_toplevel().winfo_height()
        return max(_LEAST_ROOM, 2 + high // self._theme.fonts.height("body"))

    def top_seq(self) -> int:
        """The seq of the topmost entry; 0: there is none."""
        return self._near(self._view.at(0, 0)[0])

    def top_message(self) -> EntryId | None:
        """The topmost message; None: there is none."""
        rows = [one.row for one in self._view.rows[self._view.at(0, 0)[0] :]]
        return next((row.message_id for row in rows if isinstance(row, MessageRow | DeletedRow)), None)

    def sees_end(self) -> bool:
        return self._loaded.at_end and self._text.dlineinfo("end-1c") is not None

    def show_end(self) -> None:
        self.following, self._wish = True, None
        self._text.see("end-1c")

    def put(self, seq: int, share: float) -> None:
        """Bring a loaded entry to this share of the height, from the top, as far as there is text below it."""
        self.following = False
        if self._text.winfo_height() <= 1:
            self._wish = seq, share
            return
        self._wish = None
        at = self._view.find_seq(seq)
        if at is not None:
            here = f"{self._view.line_of(at if at > 1 else 0)}.0"
            self._text.yview(here)
            if (now := self._text.dlineinfo(here)) is not None:  # already lower where little follows
                inset = int(self._text["pady"]) + int(self._text["highlightthickness"])  # of the first line
                self.scroll(now[1] - inset - round(share * self._text.winfo_height()))
            self.following = self.sees_end()

    def scroll(self, pixels: int) -> None:
        if pixels:
            self._text.yview_scroll(pixels, "pixels")

    @contextmanager
    def still(self) -> Iterator[None]:
        """Keep the view while rows change: the end stays in view, or else the topmost line in its place."""
        if self.following:
            yield
            self.show_end()
            return
        (index, line), column = self._view.at(0, 0), self._text.index("@0,0").split(".")[1]
        if index == 0:  # rows come and go between what stands over the first row and that row
            index, line, column = 1, 0, "0"
        row = self._view.rows[index].row if index < len(self._view.rows) else None
        was = self._text.dlineinfo(f"{self._view.line_of(index) + line}.{column}")
        yield
        if row is None or was is None:
            return
        at = self._view.find(key_of(row))
        if at is None:  # it is a part of another row now
            at = self._view.find_seq(seqs(row)[0])
        if at is None:
            return
        here = f"{self._view.line_of(at) + min(line, max(0, len(self._view.rows[at].lines) - 1))}.{column}"
        now = self._text.dlineinfo(here)
        if now is None:
            self._text.yview(here)
            now = self._text.dlineinfo(here)
        if now is not None:
            self.scroll(now[1] - was[1])

    def flash(self, seq: int) -> None:
        """Make an entry stand out for a moment."""
        self._end_flash()
        at = self._view.find_seq(seq)
        if at is not None:
            row, line = self._view.rows[at], self._view.line_of(at)
            self._text.tag_add("flash", f"{line + row.head}.0", f"{line + len(row.lines)}.0")
            self._later.restart("end flash", self._end_flash, _FLASH_MS)

    def highlight(self, seq: int, words: str) -> bool:
        """Make these words of an entry stand out; "": none. False: they are not in what is shown of it."""
        self._found = seq, words
        self._text.tag_remove("found", "1.0", "end")
        at = self._view.find_seq(seq) if words else None
        if at is None or not isinstance(self._view.rows[at].row, MessageRow):
            return False
        shown, places = self._view.message_text(at)
        spans = found_in(shown, words)
        for start, end in spans:
            self._text.tag_add("found", places[start], f"{places[end - 1]} + 1 chars")
        return bool(spans)

    def highlight_again(self) -> None:
        """Rows that were laid out again have lost the highlight."""
        if self._found[1]:
            self.highlight(*self._found)

    def show_highlighted(self) -> None:
        """Bring the first of the words that stand out into view: they may be far down in a long text."""
        if found := self._text.tag_nextrange("found", "1.0"):
            self._text.see(found[0])

    def _end_flash(self) -> None:
        self._text.tag_remove("flash", "1.0", "end")

    # --- moving it ---------------------------------------------------------------------------------------------------
    def _bind(self) -> None:
        text, tk_ = self._text, self._text.tk
        for event in _SELECTING:  # Tk's own keys for a Text are for writing: it gets only what selects with the mouse
            tk_.call("bind", _MOUSE, event, tk_.call("bind", "Text", event))
        text.bindtags((str(text), _MOUSE, str(text.winfo_toplevel()), "all"))
        text.bind("<Configure>", lambda event: self._resized())
        text.bind("<Expose>", lambda event: self._uncovered())
        for event in WHEEL_EVENTS:
            text.bind(event, self._turned)
        keys: dict[str, Callable[[], None]] = {
            "Up": lambda: self._step(False),
            "Down": lambda: self._step(True),
            "Prior": lambda: self._by_pages(-1),
            "Next": lambda: self._by_pages(1),
            "Home": lambda: self._owner.show_at_top(self._pages.first),
            "End": self._owner.show_newest,
        }
        for key, action in keys.items():
            text.bind(f"<{key}>", lambda event, action=action: self._key(event, action))  # type: ignore[misc]
        text.bind("<FocusOut>", lambda event: text.configure(highlightcolor=self._theme.palette.ring), add="+")
        text.bind("<ButtonPress-1>", lambda event: self._pressed(True), add="+")
        text.bind("<ButtonRelease-1>", lambda event: self._pressed(False), add="+")

    def _key(self, event: tk.Event[tk.Misc], action: Callable[[], None]) -> str | None:
        if has_modifier(int(event.state), writes=False):
            return None
        action()
        return "break"

    def _step(self, down: bool) -> None:
        self._pointer.highlight_next(down)
        self.moved()

    def _by_pages(self, pages: int) -> None:
        self._text.yview_scroll(pages, "pages")
        self.moved()

    def _turned(self, event: tk.Event[tk.Misc]) -> str:
        self.turned(wheel_steps(event))
        return "break"

    def turned(self, steps: float) -> None:
        """The wheel was turned by so many steps downwards."""
        self.scroll(round(steps * self._theme.px(_STEP)))
        self.moved()

    def _pressed(self, down: bool) -> None:
        self.selecting = down
        if down:
            self._text.configure(highlightcolor=self._theme.palette.chat)  # the keyboard is not what led here
            self._text.focus_set()
        else:
            self.moved()  # selecting past the edge scrolls

    def moved(self) -> None:
        self.following = self.sees_end()
        self._files.look()
        self._owner.viewport_moved()

    def _resized(self) -> None:
        text = self._text
        margins = 2 * (self._theme.px(EDGE) + int(text["highlightthickness"]))
        self._owner.viewport_resized(text.winfo_width() - margins)
        if self._wish is not None:
            self.put(*self._wish)
        elif self.following:
            self.show_end()
        self._owner.viewport_moved()

    def _uncovered(self) -> None:
        """Draw all again after scrolling, when a window that lay over the Text is gone, or smaller.

        To scroll, Tk copies what is on the screen. That includes what the X server has erased where that window was and
        Tk has not drawn again yet: letters are missing further up or down then (seen in Tk 8.6.13).
        """
        if self._scrolled:
            self._scrolled = False
            self._text.configure(insertwidth=0)  # Tk lays out all lines after any option, whatever it is set to

    # --- the bar -----------------------------------------------------------------------------------------------------
    def _set_bar(self, first: float, last: float) -> None:
        """Show where in the whole log we are, of which only a part is in the Text."""
        self._mention_bars.moved()
        self._files.look()
        if (first, last) != self._shares:  # Tk calls this again whenever it has laid out its lines
            self._shares = first, last
            self._scrolled = True
            self._pointer.moved()
        if not self._all_here():
            top, bottom = self._view.at(0, 0), self._view.at(0, self._text.winfo_height())
            first, last = self._share(*top, 0.0), self._share(*bottom, 1.0)
            if self._text.dlineinfo("end-1c") is not None and self._loaded.at_end:
                last = 1.0
        self._bar.set(max(0.0, first), min(1.0, last))

    def _all_here(self) -> bool:
        return self._loaded.at_end and self._loaded.at_beginning

    def _share(self, index: int, line: int, rest: float) -> float:
        row = self._view.rows[index]
        first, last = seqs(row.row)
        within = min(1.0, (line + rest) / max(1, len(row.lines))) * (last - first + 1)
        return (self._near(index) - self._pages.first + within) / max(1, self._pages.last - self._pages.first + 1)

    def _near(self, index: int) -> int:
        """The seq of this row, or of the nearest that has one."""
        rows = self._view.rows
        for row in [*rows[index : index + 1], *rows[index + 1 : index + 9], *reversed(rows[:index])]:
            if seqs(row.row)[0]:
                return seqs(row.row)[0]
        return 0

    def _bar_moved(self, how: str, amount: str, _pages: str = "") -> None:
        """As Tk's `yview`: scroll -1 pages, moveto 0.5."""
        if how == "scroll":
            self._by_pages(int(amount))
        elif self._all_here():
            self._text.yview_moveto(float(amount))
            self.moved()
        else:
            entries = self._pages.last - self._pages.first + 1
            self._owner.show_at_top(self._pages.first + int(float(amount) * entries))


class NewestButton:
    """Over the lower edge of a timeline that is not at its end: "12 new messages", and the way there."""

    def __init__(self, over: tk.Misc, theme: Theme, pressed: Callable[[], None]) -> None:
        self._over = over
        self._theme = theme
        self._pressed = pressed
        self._button: Button | None = None
        self._kind: ButtonKind | None = None  # of the button

    def show(self, new: int | None) -> None:
        """`new`: how many messages came; 0: only the way to the newest; None: nothing."""
        button, kind = self._button, self._kind
        self._kind = None if new is None else "primary" if new else "quiet"
        if button is not None and self._kind != kind:
            button.destroy()
            button = self._button = None
        if new is None or self._kind is None:
            return
        if button is None:
            self._button = Button(self._over, self._theme, _words(new), self._pressed, self._kind, "jump")
            self._button.place(relx=0.5, rely=1.0, y=-self._theme.px(_OVER_EDGE), anchor="s")
        elif button.words != _words(new):
            button.text(_words(new))


def _words(new: int) -> str:
    return ngettext("{n} new message", "{n} new messages", new).format(n=new) if new else _("To the newest")
