"""View: what part of the Text is seen, and moving it: keys, wheel, bar. Tk thread.

It either follows the end, whatever comes and however the pane changes, or stays where the person left it.

Pill: over the lower edge of a Transcript that is not at its end: "12 new messages", and the way there. Tk thread.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from lanchat.core.translate import _, ngettext
from lanchat.desktop.pages.search_results import found_in
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.timeline.loaded_range import LoadedRange, LogPages
from lanchat.desktop.timeline.rows import MessageRow
from lanchat.desktop.timeline.text_view import TextView, seqs
from lanchat.desktop.widgets.buttons import Button, ButtonKind
from lanchat.desktop.widgets.keyboard import has_modifier
from lanchat.desktop.widgets.scrolling import ScrollBar
from lanchat.desktop.widgets.tk_events import WHEEL_EVENTS, wheel_steps

_STEP = 60  # design pixels that one step of the wheel moves
_FLASH_MS = 1_500
_LEAST_ROOM = 25  # rows
_MOUSE = "TranscriptMouse"
_SELECTING = (
    "<1>", "<B1-Motion>", "<Double-1>", "<Triple-1>", "<Shift-1>", "<Double-Shift-1>", "<Triple-Shift-1>",
    "<B1-Leave>", "<B1-Enter>", "<ButtonRelease-1>",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asks:
    """What the view has others do."""

    moved: Callable[[], None]  #: something else is in view
    resized: Callable[[int], None]  #: there is so much room from edge to edge, in pixels
    show: Callable[[int], None]  #: this entry is wanted on top, and is not in the stretch
    newest: Callable[[], None]  #: the end is wanted
    step: Callable[[bool], None]  #: the next row is wanted (or the one before) to stand out
    shifted: Callable[[], None]  #: the text has moved under the pointer


class Viewport:
    def __init__(
        self, frame: tk.Frame, theme: Theme, sheet: TextView, stretch: LoadedRange, pages: LogPages, asks: Asks
    ) -> None:
        self.following = True  #: the end is in view, and stays there
        self.selecting = False  #: the button of the mouse is held down
        self._theme = theme
        self._sheet = sheet
        self._text = sheet.text
        self._stretch = stretch
        self._pages = pages
        self._asks = asks
        self._wish: tuple[int, float] | None = None  #: see `put`, while there is no window yet
        self._flashing = ""  # Tk's name for the time until then
        self._scrolled = False  # since all was drawn anew
        self._shares = (0.0, 1.0)  # of the Text: where what is in view begins and ends
        self._bar = ScrollBar(frame, theme, self._bar_moved)
        self._bar.pack(side="right", fill="y")
        self._text.pack(side="left", fill="both", expand=True)
        self._text.configure(yscrollcommand=lambda first, last: self._tell_bar(float(first), float(last)))
        self._bind()

    # --- what is seen ------------------------------------------------------------------------------------------------
    def seen(self) -> tuple[int, int]:
        """The first and the last block in view."""
        return self._sheet.at(0, 0)[0], self._sheet.at(0, self._text.winfo_height())[0]

    def room(self) -> int:
        """For how many rows there is room, or more: while the Text has no size yet, it cannot be larger than this."""
        high = self._text.winfo_height() if self._text.winfo_ismapped() else self._text.winfo_toplevel().winfo_height()
        return max(_LEAST_ROOM, 2 + high // self._theme.fonts.height("body"))

    def top_seq(self) -> int:
        """The entry on top; 0: there is none."""
        return self._near(self._sheet.at(0, 0)[0])

    def sees_end(self) -> bool:
        return self._stretch.at_end and self._text.dlineinfo("end-1c") is not None

    def show_end(self) -> None:
        self.following, self._wish = True, None
        self._text.see("end-1c")

    def put(self, seq: int, share: float) -> None:
        """Bring an entry of the stretch to this share of the height, from the top; as far as there is text below."""
        self.following = False
        if self._text.winfo_height() <= 1:
            self._wish = seq, share
            return
        self._wish = None
        at = self._sheet.find(seq)
        if at is not None:
            here = f"{self._sheet.line_of(at if at > 1 else 0)}.0"
            self._text.yview(here)
            if (now := self._text.dlineinfo(here)) is not None:  # already lower where little follows
                self.scroll(now[1] - self._inset() - round(share * self._text.winfo_height()))
            self.following = self.sees_end()

    def _inset(self) -> int:
        """Pixels from the edge of the Text to its first line."""
        return int(self._text["pady"]) + int(self._text["highlightthickness"])

    def scroll(self, pixels: int) -> None:
        if pixels:
            self._text.yview_scroll(pixels, "pixels")

    @contextmanager
    def still(self) -> Iterator[None]:
        """What changes inside is not seen to move: the end stays in view, or else the line on top."""
        if self.following:
            yield
            self.show_end()
            return
        (index, line), column = self._sheet.at(0, 0), self._text.index("@0,0").split(".")[1]
        if index == 0:  # rows come and go between what stands over the first row and that row
            index, line, column = 1, 0, "0"
        block = self._sheet.blocks[index] if index < len(self._sheet.blocks) else None
        was = self._text.dlineinfo(f"{self._sheet.line_of(index) + line}.{column}")
        yield
        if block is None or was is None:
            return
        at = self._sheet.blocks.index(block) if block in self._sheet.blocks else self._sheet.find(seqs(block.row)[0])
        if at is None:
            return
        here = f"{self._sheet.line_of(at) + min(line, max(0, len(self._sheet.blocks[at].lines) - 1))}.{column}"
        now = self._text.dlineinfo(here)
        if now is None:
            self._text.yview(here)
            now = self._text.dlineinfo(here)
        if now is not None:
            self.scroll(now[1] - was[1])

    def show_beginning(self) -> None:
        """All that stands over the first row."""
        self._text.yview("1.0")

    def flash(self, seq: int) -> None:
        """This entry stands out for a moment."""
        self.stop()
        at = self._sheet.find(seq)
        if at is not None:
            block, line = self._sheet.blocks[at], self._sheet.line_of(at)
            end = block.body[1] or len(block.lines)
            self._text.tag_add("flash", f"{line + block.head}.0", f"{line + end}.0")
            self._flashing = self._text.after(_FLASH_MS, self.stop)

    def paint(self, seq: int, words: str) -> bool:
        """These words of an entry stand out, and are in view. False: they are not in what is shown of it."""
        self._text.tag_remove("found", "1.0", "end")
        at = self._sheet.find(seq) if words else None
        if at is None or not isinstance(self._sheet.blocks[at].row, MessageRow):
            return False
        said, places = self._sheet.said(at)
        spans = found_in(said, words)
        for start, end in spans:
            self._text.tag_add("found", places[start], f"{places[end - 1]} + 1 chars")
        return bool(spans)

    def see_painted(self) -> None:
        """The first of the words that stand out, in view, as far down as they may be in a long text."""
        if found := self._text.tag_nextrange("found", "1.0"):
            self._text.see(found[0])

    def stop(self) -> None:
        """Nothing stands out any more."""
        if self._flashing:
            self._text.after_cancel(self._flashing)
            self._flashing = ""
        self._text.tag_remove("flash", "1.0", "end")

    # --- moving it ---------------------------------------------------------------------------------------------------
    def _bind(self) -> None:
        text, tk_ = self._text, self._text.tk
        for event in _SELECTING:  # of the keys that Tk gives a Text, none does what one expects of what is only read
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
            "Home": lambda: self._asks.show(self._pages.first),
            "End": self._asks.newest,
        }
        for key, deed in keys.items():
            text.bind(f"<{key}>", lambda event, deed=deed: self._key(event, deed))  # type: ignore[misc]
        text.bind("<FocusOut>", lambda event: text.configure(highlightcolor=self._theme.palette.ring))
        text.bind("<ButtonPress-1>", lambda event: self._pressed(True), add="+")
        text.bind("<ButtonRelease-1>", lambda event: self._pressed(False), add="+")

    def _key(self, event: tk.Event[tk.Misc], deed: Callable[[], None]) -> str | None:
        if has_modifier(int(event.state), writes=False):
            return None
        deed()
        return "break"

    def _by(self, design: int) -> None:
        self.scroll(self._theme.px(abs(design)) * (1 if design > 0 else -1))
        self.moved()

    def _step(self, down: bool) -> None:
        self._asks.step(down)
        self.moved()

    def _by_pages(self, pages: int) -> None:
        self._text.yview_scroll(pages, "pages")
        self.moved()

    def _turned(self, event: tk.Event[tk.Misc]) -> str:
        self.scroll(round(wheel_steps(event) * self._theme.px(_STEP)))
        self.moved()
        return "break"

    def _pressed(self, down: bool) -> None:
        self.selecting = down
        if down:
            self._text.configure(highlightcolor=self._theme.palette.chat)  # the keyboard is not what led here
            self._text.focus_set()
        else:
            self.moved()  # selecting past the edge scrolls

    def moved(self) -> None:
        self.following = self.sees_end()
        self._asks.moved()

    def _resized(self) -> None:
        text = self._text
        self._asks.resized(text.winfo_width() - 2 * (int(text["padx"]) + int(text["highlightthickness"])))
        if self._wish is not None:
            self.put(*self._wish)
        elif self.following:
            self.show_end()
        self._asks.moved()

    def _uncovered(self) -> None:
        """A window that lay over the Text is gone, or smaller: after scrolling, all is drawn anew.

        To scroll, Tk copies what is on the screen, and with it what the X server has erased where that window was and
        Tk has not drawn again yet: then letters are missing further up or down (seen in Tk 8.6.13).
        """
        if self._scrolled:
            self._scrolled = False
            self._text.configure(insertwidth=0)  # Tk lays out all lines after any option, whatever it is set to

    # --- the bar -----------------------------------------------------------------------------------------------------
    def _tell_bar(self, first: float, last: float) -> None:
        """Where in the whole Log we are, of which only a part is in the Text."""
        if (first, last) != self._shares:  # Tk tells it again whenever it has laid out its lines
            self._shares = first, last
            self._scrolled = True
            self._asks.shifted()
        if not self._all_here():
            top, bottom = self._sheet.at(0, 0), self._sheet.at(0, self._text.winfo_height())
            first, last = self._share(*top, 0.0), self._share(*bottom, 1.0)
            if self._text.dlineinfo("end-1c") is not None and self._stretch.at_end:
                last = 1.0
        self._bar.set(max(0.0, first), min(1.0, last))

    def _all_here(self) -> bool:
        return self._stretch.at_end and self._stretch.lo <= self._pages.first

    def _share(self, index: int, line: int, rest: float) -> float:
        block = self._sheet.blocks[index]
        first, last = seqs(block.row)
        within = min(1.0, (line + rest) / max(1, len(block.lines))) * (last - first + 1)
        return (self._near(index) - self._pages.first + within) / max(1, self._pages.last - self._pages.first + 1)

    def _near(self, index: int) -> int:
        """The entry at this block, or the nearest one."""
        blocks = self._sheet.blocks
        for block in [*blocks[index : index + 1], *blocks[index + 1 : index + 9], *reversed(blocks[:index])]:
            if seqs(block.row)[0]:
                return seqs(block.row)[0]
        return 0

    def _bar_moved(self, how: str, amount: float, what: str = "") -> None:
        if how == "scroll":
            self._by_pages(int(amount)) if what == "pages" else self._by(_STEP * int(amount))
        elif self._all_here():
            self._text.yview_moveto(amount)
            self.moved()
        else:
            self._asks.show(self._pages.first + int(amount * (self._pages.last - self._pages.first + 1)))


_OVER_EDGE = 12  # design pixels


class NewestButton:
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
