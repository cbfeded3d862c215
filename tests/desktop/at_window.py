"""AtWindow: a person at a real window, who acts by keys and clicks and reads what is on the screen. Tk thread.

Waiting runs Tk's loop, and with it every window of the thread.
"""

from __future__ import annotations

import time
import tkinter as tk
from collections.abc import Callable
from pathlib import Path

from PIL import ImageGrab

from lanchat.core.model import RoomId
from lanchat.desktop.app import App
from lanchat.desktop.conversation_view import ConversationView
from lanchat.desktop.timeline.timeline import Timeline
from lanchat.desktop.view_context import RoomPlace
from lanchat.storage.reader import Reader
from tests.desktop.eyes import SIGNS, Seen, in_view, parts, reading, seen
from tests.desktop.presses import here

#: Longer than anything takes on a busy machine: only a failing test waits so long.
PATIENCE_SECONDS = 30.0

PICTURES = Path(__file__).parent.parent / "output"
_LOOK_MS = 10
_LONG = 200  # characters; longer texts are pasted
_KEYS = {
    " ": "space", "'": "apostrophe", "!": "exclam", "?": "question", ",": "comma", ".": "period", "-": "minus",
    ":": "colon", "/": "slash", "@": "at", "(": "parenleft", ")": "parenright", "`": "grave", "*": "asterisk",
    "#": "numbersign", '"': "quotedbl", "_": "underscore",
}  # fmt: skip


class AtWindow:
    """A person at the window of an App."""

    def __init__(self, nick: str, folder: Path, name: str) -> None:
        """`folder`: of their data. `name`: of the screenshots when something fails."""
        self.nick = nick
        self.folder = folder
        self.name = name

    @property
    def app(self) -> App:
        raise NotImplementedError

    @property
    def root(self) -> tk.Tk:
        """Of the window, or of another one in this thread when it is closed."""
        return self.app.root

    # --- what they do ------------------------------------------------------------------------------------------------
    def looks(self) -> None:
        """Focuses the window, if it is not."""
        if self.root.focus_displayof() is None:
            self.takes_keyboard()
            self.until(lambda: self.root.focus_displayof() is not None, "the keyboard does not come")

    def takes_keyboard(self) -> None:
        (self.root.focus_lastfor() or self.root).focus_force()

    def keys(self, *keys: str) -> None:
        """Presses them in order, on the focused widget: `Control-k` (on macOS Command-k), `Return`."""
        self.looks()
        for key in keys:
            (self.root.focus_get() or self.root).event_generate(f"<{here(key)}>")
            self.root.update()

    def types(self, text: str) -> None:
        """Types it; what is long, or not in _KEYS, is pasted."""
        self.looks()
        if len(text) < _LONG and all(letter in _KEYS or (letter.isascii() and letter.isalnum()) for letter in text):
            for letter in text:
                (self.root.focus_get() or self.root).event_generate("<Key>", keysym=_KEYS.get(letter, letter))
        else:
            self.root.clipboard_clear()
            self.root.clipboard_append(text)
            (self.root.focus_get() or self.root).event_generate("<<Paste>>")
        self.root.update()

    def presses(self, words: str, within: tk.Misc | None = None, which: int = 0) -> None:
        """Waits for these words and clicks them. `within`: a part of the window. `which`: of several."""
        one = self.finds(words, within, which)
        self._click(one.widget, one.x, one.y)

    def presses_in_text(self, words: str) -> None:
        """Clicks words in the timeline."""
        self._click(self.timeline, *self.place_in_text(words))

    def finds(self, words: str, within: tk.Misc | None = None, which: int = 0) -> Seen:
        """Waits for these words; where to press them."""
        found: list[Seen] = []

        def is_there() -> bool:
            found[:] = self._find(words, within)
            return bool(found)

        self.until(is_there, f"there is no “{words}” to press")
        return found[which]

    def place_in_text(self, words: str) -> tuple[int, int]:
        """Waits for words in the timeline; where they are, in its pixels."""
        text = self.timeline

        def place() -> str:
            return text.search(words, *in_view(text))

        self.until(lambda: bool(place()), f"there is no “{words}” in the timeline")
        box = text.bbox(place())
        assert box
        return box[0] + 2, box[1] + box[3] // 2

    def _find(self, words: str, within: tk.Misc | None) -> list[Seen]:
        pieces = [one for one in seen(self.root) if isinstance(one.widget, tk.Canvas)]
        if within is not None:
            pieces = [one for one in pieces if str(one.widget).startswith(str(within))]
        exactly = [one for one in pieces if one.words == words]
        return exactly or [one for one in pieces if words in one.words]

    def _click(self, widget: tk.Misc, x: int, y: int) -> None:
        self.looks()
        widget.event_generate("<Enter>", x=x, y=y)
        widget.event_generate("<Motion>", x=x, y=y)
        widget.event_generate("<ButtonPress-1>", x=x, y=y)
        widget.event_generate("<ButtonRelease-1>", x=x, y=y)
        self.root.update()
        if widget.winfo_exists():
            widget.event_generate("<Leave>")

    def focuses(self, words: str) -> None:
        """Presses Tab until the widget with these words is focused."""
        for _ in range(60):
            at = self.root.focus_get()
            if at is not None and any(one.widget is at and words in one.words for one in seen(self.root)):
                return
            self.keys("Tab")
        raise AssertionError(f"no Tab leads to “{words}”")

    def closes(self) -> None:
        """Presses the close button of the window."""
        self.root.tk.eval(self.root.protocol("WM_DELETE_WINDOW"))
        self.root.update()

    def starts_room(self, title: str = "") -> None:
        """With one click and Enter."""
        self.presses("Start a room")
        if title:
            self.keys("Control-a")
            self.types(title)
        self.keys("Return")
        self.sees("You are hosting")

    def picks(self, title: str) -> None:
        """A room in the list at the left."""
        self.sees_room(title)
        self.presses(title, within=self.sidebar)

    def enters(self, title: str) -> None:
        """Picks a room, and waits until it is connected."""
        self.picks(title)
        self.sees("Connected")

    def says(self, *texts: str) -> None:
        for text in texts:
            self.types(text)
            self.keys("Return")

    # --- what they see -----------------------------------------------------------------------------------------------
    @property
    def sidebar(self) -> tk.Misc:
        assert self.app.window.panes is not None
        return self.app.window.panes.sidebar

    @property
    def middle(self) -> tk.Misc:
        assert self.app.window.panes is not None
        return self.app.window.panes.main_frame

    @property
    def people_pane(self) -> tk.Misc:
        assert self.app.window.panes is not None
        assert self.app.window.panes.people is not None
        return self.app.window.panes.people

    @property
    def timeline(self) -> tk.Text:
        """The one that is in view."""
        return next(
            part for part in parts(self.middle)
            if isinstance(part, tk.Text) and isinstance(part.master, Timeline)
        )  # fmt: skip

    @property
    def room_id(self) -> RoomId:
        """Of the room in the middle."""
        place = self.app.window.place
        assert isinstance(place, RoomPlace), f"no room is in the middle, but {place}"
        assert place.room_id is not None
        return place.room_id

    def reads(self) -> str:
        """All text on the window."""
        window = self.app.window
        return reading(self.root, window.theme if window.opened else None)

    def sees(self, *texts: str) -> None:
        for text in texts:
            self.until(lambda text=text: text in self.reads(), f"“{text}” is not to be seen")  # type: ignore[misc]

    def sees_no(self, *texts: str) -> None:
        """Waits until it is gone, if it was there."""
        for text in texts:
            self.until(lambda text=text: text not in self.reads(), f"“{text}” is still there")  # type: ignore[misc]

    def sees_room(self, title: str) -> None:
        """In the list at the left."""
        self.until(lambda: title in reading(self.sidebar), f"“{title}” is not in the list")

    def sees_state(self, text: str, sign: str) -> None:
        """The sign after a message of theirs: `clock`, `✓`, `✓✓`, `!`."""
        assert f"[{sign}]" in SIGNS.values()
        self.until(
            lambda: any(line.rstrip().endswith(f"{text}[{sign}]") for line in self.reads().splitlines()),
            f"“{text}” has no {sign}",
        )

    def sees_title(self, title: str) -> None:
        """Of the window."""
        self.until(lambda: self.root.title() == title, f"the window is not called “{title}”")

    def writes(self) -> str:
        """The text in the composer."""
        view = self.app.window.main_view
        assert isinstance(view, ConversationView), "there is no composer"
        return str(view.composer.editor.written)

    def has_kept(self) -> list[str]:
        """The texts on their disk of the room that is shown, in order."""
        reader = Reader.open(self.folder)
        try:
            return [item.text for item in reader.newest(self.room_id, 100_000)]
        finally:
            reader.close()

    # --- waiting -----------------------------------------------------------------------------------------------------
    def until(self, holds: Callable[[], bool], otherwise: str = "") -> None:
        """Runs Tk's loop until `holds`. `otherwise`: the failure message if it never does."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        root = self.root
        while True:
            root.update()
            if holds():
                return
            if time.monotonic() > deadline:
                raise AssertionError(f"{self.nick} waited in vain: {otherwise}\n{self.what_there_is()}")
            timer = root.after(_LOOK_MS, _nothing)
            root.tk.dooneevent(0)
            root.after_cancel(timer)

    def what_there_is(self) -> str:
        """For failure messages: what the window shows, in words and as a screenshot."""
        path = take_picture(self.root, f"{self.name}-{self.nick}")
        return f"--- {self.nick} sees ({path}), in {self.app.window.place}:\n{self.reads()}"


def take_picture(root: tk.Tk, name: str, folder: Path = PICTURES) -> Path:
    """Of one window, as PNG."""
    folder.mkdir(parents=True, exist_ok=True)
    root.lift()
    root.update()
    left, top = root.winfo_rootx(), root.winfo_rooty()
    path = folder / f"{name}.png"
    box = (left, top, left + root.winfo_width(), top + root.winfo_height())
    ImageGrab.grab(bbox=box).save(path)
    return path


def _nothing() -> None:
    pass
