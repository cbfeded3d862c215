"""VoiceCards: voice messages in the conversation: the card with its bars, and playing one of them. Tk thread.

    (▷)  ▁▃▆█▅▂▁▃▅▇▄▂▁  0:07 / 0:16     a press on the button plays and stops, one on the bars goes on from there

How loud each part is, is read in the background, once the file is here; while one plays, its card is painted again
several times a second.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw

from lanchat.core.file_offer import FileOffer
from lanchat.core.model import EntryId
from lanchat.core.sizes import duration_words
from lanchat.desktop.model.files import FileAction, FileStatus, action_words, is_here
from lanchat.desktop.pictures.picture_decoding import corner_mask
from lanchat.desktop.theme import icons
from lanchat.desktop.theme.icons import IconName
from lanchat.desktop.timeline.actions import FILE_ICONS
from lanchat.desktop.timeline.file_painter import CardSpot, FilePainter, PaintedCard
from lanchat.desktop.view_context import ViewContext
from lanchat.desktop.voice.voice_player import VoicePlayer
from lanchat.desktop.widgets.tk_events import DelayedCalls
from lanchat.engine.events import FileChanged
from lanchat.storage.wave_files import NotPlayable, loudness, wave_facts

VOICE_SIZE: Final = (340, 50)  # design pixels, as all sizes here
BARS: Final = 40
_PAD, _BUTTON, _ICON, _GAP = 12, 32, 14, 12
_BAR, _LEAST, _MOST = 3, 4, 26
_MOMENT_MS = 80  # between two paintings while it plays
_MOST_KNOWN = 300
_FLAT = (0.3,) * BARS  # until it is known how loud it is


class VoiceCards:
    def __init__(
        self, context: ViewContext, text: tk.Text, painter: FilePainter, changed: Callable[[EntryId], None]
    ) -> None:
        """`changed` is told of a message whose card has to be painted again."""
        self._context = context
        self._painter = painter
        self._changed = changed
        self._player: VoicePlayer | None = None
        self._message_id: EntryId | None = None  # which plays, or did last
        self._bars: dict[Path, Sequence[float]] = {}
        self._later = DelayedCalls(text)

    def close(self) -> None:
        """The timeline is destroyed: silence."""
        self._later.cancel("moment")
        if self._player is not None:
            self._player.stop()

    def looks(self, offer: FileOffer, now: FileChanged) -> object:
        """What its card depends on besides its state."""
        if not is_here(now):
            return None
        path = Path(now.path)
        return self._plays(path), self._position(path), len(self._bars.get(path, ()))

    def play(self, message_id: EntryId, path: Path, share: float | None = None) -> None:
        """Play it, or stop; with `share`, go on from that part of it (0 to 1)."""
        player = self._player = self._player or VoicePlayer()
        before, self._message_id = self._message_id, message_id
        if share is not None:
            player.seek(path, share * self._seconds(path))
            if not self._plays(path):
                player.play(path)
        elif self._plays(path):
            player.stop()
        else:
            player.play(path)
        if before is not None and before != message_id:
            self._changed(before)
        self._follow()

    def _follow(self) -> None:
        if self._message_id is None or self._player is None:
            return
        self._changed(self._message_id)
        if self._player.path is not None:
            self._later.do("moment", self._follow, _MOMENT_MS)
        elif self._player.problem:
            self._context.say(self._player.problem)

    def _plays(self, path: Path) -> bool:
        return self._player is not None and self._player.path == path

    def _position(self, path: Path) -> float:
        return self._player.position(path) if self._player is not None else 0.0

    def _seconds(self, path: Path) -> float:
        try:
            return wave_facts(path).seconds
        except NotPlayable:
            return 0.0

    # --- its card ----------------------------------------------------------------------------------------------------
    def card(
        self, message_id: EntryId, offer: FileOffer, now: FileChanged, status: FileStatus,
        actions: Sequence[FileAction], size: tuple[int, int], around: str, over: FileAction | None,
    ) -> PaintedCard:  # fmt: skip
        theme, px = self._context.theme, self._context.theme.px
        image = self._painter.surface(size, around)
        middle, left = size[1] // 2, px(_PAD) + px(_BUTTON) + px(_GAP)
        if not is_here(now):
            action = actions[0] if actions else None
            self._paint_button(image, middle, action, action is not None and action is over)
            room = size[0] - left - px(_PAD)
            words = f"{duration_words(offer.seconds)} · {status.words}"
            line = theme.words.fit(words, "small", room)
            theme.words.paint(image, (left, middle), line, self._painter.ink(status))
            spots = [CardSpot(self._button_box(middle), action, action_words(action))] if action is not None else []
            return PaintedCard(image, tuple(spots))
        path = Path(now.path)
        self._have_bars(message_id, path)
        position, total = self._position(path), max(1, offer.seconds)
        action = FileAction.STOP if self._plays(path) else FileAction.PLAY
        self._paint_button(image, middle, action, action is over)
        played = self._plays(path) or position > 0
        words = f"{duration_words(int(position))} / {duration_words(total)}" if played else duration_words(total)
        line = theme.words.fit(words, "small", size[0])
        reserved = theme.words.fit(f"{duration_words(total)} / {duration_words(total)}", "small", size[0]).width
        theme.words.paint(image, (size[0] - px(_PAD) - line.width, middle), line, theme.palette.mute)
        right = size[0] - px(_PAD) - reserved - px(_GAP)
        self._paint_bars(image, (left, right), self._bars.get(path) or _FLAT, position / total)
        button = CardSpot(self._button_box(middle), action, action_words(action))
        return PaintedCard(image, (button, CardSpot((left, 0, right, size[1]), FileAction.SEEK)))

    def _button_box(self, middle: int) -> tuple[int, int, int, int]:
        px = self._context.theme.px
        return px(_PAD), middle - px(_BUTTON) // 2, px(_PAD) + px(_BUTTON), middle + px(_BUTTON) // 2

    def _paint_button(self, image: Image.Image, middle: int, action: FileAction | None, over: bool) -> None:
        px, palette = self._context.theme.px, self._context.theme.palette
        size = px(_BUTTON)
        place = px(_PAD), middle - size // 2
        ground = palette.field if action is None else palette.accent_hover if over else palette.accent
        image.paste(Image.new("RGB", (size, size), ground), place, corner_mask((size, size), size // 2))
        name: IconName = FILE_ICONS[action] if action is not None else "clock"
        icon = icons.icon(name, px(_ICON), palette.mute if action is None else palette.on_accent)
        aside = px(1) if action is FileAction.PLAY else 0  # the middle of a triangle is not that of its box
        at = place[0] + (size - icon.width) // 2 + aside, place[1] + (size - icon.height) // 2
        image.paste(icon, at, icon)

    def _paint_bars(self, image: Image.Image, span: tuple[int, int], bars: Sequence[float], share: float) -> None:
        px, palette, pen = self._context.theme.px, self._context.theme.palette, ImageDraw.Draw(image)
        left, right = span
        step = (right - left) / max(1, len(bars))
        for number, loud in enumerate(bars):
            high = max(px(_LEAST), round(px(_MOST) * loud))
            x, top = left + round(number * step), (image.height - high) // 2
            wide = max(1, min(px(_BAR), round(step) - 1))
            colour = palette.accent if (number + 0.5) / len(bars) <= share else palette.thumb
            pen.rounded_rectangle((x, top, x + wide - 1, top + high - 1), wide // 2, fill=colour)

    def _have_bars(self, message_id: EntryId, path: Path) -> None:
        if path not in self._bars:
            if len(self._bars) >= _MOST_KNOWN:
                self._bars.clear()
            self._bars[path] = ()  # asked for
            self._context.program.run_in_background(partial(_bars_of, path), partial(self._came, message_id, path))

    def _came(self, message_id: EntryId, path: Path, bars: Sequence[float]) -> None:
        self._bars[path] = bars
        self._changed(message_id)


def _bars_of(path: Path) -> Sequence[float]:
    try:
        return loudness(path, BARS)
    except NotPlayable:
        return ()
