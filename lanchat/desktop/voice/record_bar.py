"""RecordBar: in the composer while something is recorded: the time, how loud it is, and what to do with it. Tk thread.

    ●  0:07  ▁▂▅▇▃▂▁▂▃▆▅▂                    Done   x
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from pathlib import Path

from lanchat.core.sizes import duration_words
from lanchat.core.translate import _
from lanchat.desktop.composer.new_attachment import write_new
from lanchat.desktop.view_context import ViewContext
from lanchat.desktop.voice.recording import SECONDS_MOST, Recording
from lanchat.desktop.voice.sound_library import NoSound
from lanchat.desktop.widgets.buttons import Button, IconButton
from lanchat.desktop.widgets.keyboard import tab_order
from lanchat.desktop.widgets.labels import Label
from lanchat.desktop.widgets.surfaces import mixed
from lanchat.desktop.widgets.tk_events import DelayedCalls, on_key

_DRAW_MS = 50
_HIGH, _BAR, _STEP, _DISC, _PAD = 28, 3, 5, 10, 6  # design pixels


class RecordBar(tk.Frame):
    """Packed by its owner, and destroyed by itself at the end."""

    def __init__(
        self, master: tk.Misc, context: ViewContext, folder: Path, done: Callable[[Path], None],
        ended: Callable[[], None],
    ) -> None:  # fmt: skip
        """`done` is given the file, in `folder`, when the person wants it. `ended`: in every case, before that."""
        theme = context.theme
        super().__init__(master, background=str(master["background"]))
        self._context, self._folder = context, folder
        self._done, self._ended = done, ended
        self._recording = Recording()
        self._later = DelayedCalls(self)
        self._listening = False
        px = theme.px
        disc = theme.rounded_image(px(_DISC), px(_DISC), _DISC / 2, theme.palette.alert)
        tk.Label(self, image=disc, background=self["background"], borderwidth=0).pack(side="left", padx=px(_PAD))
        wide = theme.fonts.measure("body", "00:00")
        self._time = Label(self, theme, "", "body", "strong", ground="field", width=wide)
        self._time.pack(side="left")
        close = IconButton(self, theme, "close", _("Discard (Esc)"), self.give_up, ground="field")
        close.pack(side="right")
        self._button = Button(self, theme, _("Done"), self.finish, "primary", ground="field")
        self._button.pack(side="right", padx=px(_PAD))
        self._meter = tk.Canvas(
            self, background=self["background"], highlightthickness=0, borderwidth=0, width=1, height=px(_HIGH),
            takefocus=0,
        )  # fmt: skip
        self._meter.pack(side="left", fill="x", expand=True, padx=px(_PAD))
        tab_order(self._button, close)
        for widget in (self._button, close):
            on_key(widget, "<Escape>", self.give_up)
        self._button.enable(False)
        self._time.text(duration_words(0))

    def begin(self) -> None:
        """Open the microphone, which takes a moment; what is heard from then on is recorded."""
        self._context.program.run_in_background(self._open, self._opened)

    def focus_set(self) -> None:
        self._button.focus_set()

    def destroy(self) -> None:
        self._recording.stop()
        super().destroy()

    # --- recording ---------------------------------------------------------------------------------------------------
    def _open(self) -> str:
        """On a worker thread. Why it failed, in words."""
        try:
            self._recording.start()
        except NoSound as problem:
            return str(problem)
        return ""

    def _opened(self, problem: str) -> None:
        if not self.winfo_exists():
            return
        if problem:
            self._end()
            self._context.say(problem)
            return
        self._listening = True
        self._button.enable(True)
        self._draw()

    def _draw(self) -> None:
        theme, meter, high = self._context.theme, self._meter, self._meter.winfo_height()
        step, bar = theme.px(_STEP), theme.px(_BAR)
        self._time.text(duration_words(int(self._recording.seconds)))
        meter.delete("all")
        most = max(1, meter.winfo_width() // step)
        levels = self._recording.levels(most)
        quiet = mixed(str(self["background"]), theme.palette.mute, 0.5)
        for place, level in enumerate([*[0.0] * (most - len(levels)), *levels]):
            long = max(bar, round(min(1.0, level * 2.5) ** 0.5 * high * 0.9))  # speech is far below the loudest
            x, y = place * step, (high - long) // 2
            fill = theme.palette.accent if place >= most - len(levels) else quiet
            meter.create_rectangle(x, y, x + bar, y + long, fill=fill, width=0)
        if self._recording.is_full:
            self.finish()
            minutes = SECONDS_MOST // 60
            self._context.say(_("A voice message can be {minutes} minutes long at most.").format(minutes=minutes))
        else:
            self._later.restart("draw", self._draw, _DRAW_MS)

    # --- its end -----------------------------------------------------------------------------------------------------
    def finish(self) -> None:
        """Keep it as a file, and give that to the owner."""
        if not self._listening:
            return
        self._recording.stop()
        recording, folder = self._recording, self._folder
        context, done = self._context, self._done
        silent = recording.is_silent
        self._end()
        if silent:
            context.say(_("Nothing was heard. Is the microphone switched on?"))
            return
        kind = _("Voice message")
        context.program.run_in_background(
            lambda: write_new(folder, kind, ".wav", recording.write), lambda result: _given(context, result, done)
        )

    def kept(self) -> Path | None:
        """End now, and keep what was recorded as a file; None: there is nothing. Waits for the disk."""
        recording, folder = self._recording, self._folder
        recording.stop()
        self._end()
        made = None if recording.is_silent else write_new(folder, _("Voice message"), ".wav", recording.write)
        return made if isinstance(made, Path) else None

    def give_up(self) -> None:
        """Throw away what was recorded."""
        self._end()

    def _end(self) -> None:
        ended = self._ended
        self.destroy()
        ended()


def _given(context: ViewContext, result: Path | str, done: Callable[[Path], None]) -> None:
    if isinstance(result, str):
        context.say(result)
    else:
        done(result)
