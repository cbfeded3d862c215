"""FilePainter: the card of a file, and what stands on a picture that is not here yet, as pictures. Tk thread.

    card     ┌────┐ release-2.0-linux.zip                    ┌──────┐
             │ZIP │ 48.2 MB · saved to Downloads             │ Open │  Show in folder
             └────┘ ▬▬▬▬▬▬▬▬▬ (while it comes)                └──────┘

A card is an image of the timeline's Text, as a chip of a reaction is: it scrolls with the text, and what it says can
change several times a second without a line that has to be laid out again. What can be pressed on it is a CardSpot.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from PIL import Image

from lanchat.core.file_offer import FileOffer
from lanchat.core.file_words import shown_file_name
from lanchat.core.translate import _
from lanchat.desktop.model.files import FileAction, FileStatus, action_words, size_of, type_label
from lanchat.desktop.pictures.picture_decoding import PictureFrame, corner_mask, framed
from lanchat.desktop.theme import icons
from lanchat.desktop.theme.fonts import FontName
from lanchat.desktop.theme.icons import IconName
from lanchat.desktop.theme.picture_cache import rounded
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.timeline.actions import FILE_ICONS

CARD_SIZE: Final = (440, 62)  # design pixels, as all sizes here
RADIUS: Final = 8
_PAD, _TILE, _TILE_RADIUS, _GAP, _TILE_ICON = 12, 36, 8, 10, 18
_LINES_APART = 10  # from the middle of the card to those of its two lines
_BUTTON, _BUTTON_PAD, _BUTTON_RADIUS, _BUTTON_GAP, _ICON = 30, 11, 6, 4, 15
_PROGRESS = 4
_LEAST_NAME, _LEAST_STATE = 150, 232  # before a button becomes an icon, or is left to the menu
_PILL, _PILL_PAD, _PILL_ICON = 32, 14, 14
_PILL_INK, _PILL_GROUND, _PILL_STRENGTH = "#ffffff", "#141518", 0.75
_ICON_ONLY = (FileAction.PAUSE, FileAction.CANCEL)
_MAIN = (FileAction.OPEN, FileAction.GET, FileAction.RESUME, FileAction.RETRY)


class CardSpot(NamedTuple):
    """What can be pressed on a card."""

    box: tuple[int, int, int, int]  #: left, top, right, bottom; pixels of the card
    action: FileAction
    tip: str = ""  #: what it is, where it has no words

    def holds(self, x: int, y: int) -> bool:
        left, top, right, bottom = self.box
        return left <= x < right and top <= y < bottom


class PaintedCard(NamedTuple):
    image: Image.Image
    spots: tuple[CardSpot, ...]  #: the first that holds a point is meant


class _Button(NamedTuple):
    action: FileAction
    words: bool  #: or its icon
    width: int


class FilePainter:
    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._surfaces = lru_cache(maxsize=16)(self._new_surface)
        self._tile = lru_cache(maxsize=64)(self._new_tile)
        self._icon = lru_cache(maxsize=64)(icons.icon)
        self._button_ground = lru_cache(maxsize=64)(rounded)

    # --- the card of a file ------------------------------------------------------------------------------------------
    def card(
        self, offer: FileOffer, status: FileStatus, actions: Sequence[FileAction], size: tuple[int, int], around: str,
        over: FileAction | None = None,
    ) -> PaintedCard:  # fmt: skip
        """`size`: in pixels; `around`: the colour behind it; `over`: the button under the pointer."""
        theme, px, palette = self._theme, self._theme.px, self._theme.palette
        wide, high = size
        image = self.surface(size, around)
        middle = high // 2 - (px(_PROGRESS) // 2 if status.share is not None else 0)
        several = offer.count > 1
        tile = self._tile("lock" if offer.key else "" if several else type_label(offer.name), several)
        image.paste(tile, (px(_PAD), middle - tile.height // 2), tile)
        left = px(_PAD) + tile.width + px(_GAP)
        name = min(px(_LEAST_NAME), theme.words.fit(shown_file_name(offer), "room_bold", wide).width)
        state = min(px(_LEAST_STATE), theme.words.fit(status.words, "small", wide).width)
        buttons = self._buttons(actions, wide - left - px(_PAD), max(name, state))
        right = wide - px(_PAD) - sum([button.width for button in buttons]) - px(_BUTTON_GAP) * max(0, len(buttons) - 1)
        spots = self._paint_buttons(image, buttons, right, middle, over)
        room = max(1, right - left - (px(_GAP) if buttons else 0))
        told = status.words if self._fits(status.words, "small", room) else status.short or status.words
        lines = ((-1, shown_file_name(offer), "room_bold", palette.strong), (1, told, "small", self.ink(status)))
        for step, words, font, colour in lines:
            line = theme.words.fit(words, font, room)  # type: ignore[arg-type]
            theme.words.paint(image, (left, middle + step * px(_LINES_APART)), line, colour)
        if status.share is not None:
            self._paint_progress(image, (px(_PAD), high - px(_PROGRESS) - px(5), wide - px(_PAD)), status.share,
                                 palette.accent, palette.line)  # fmt: skip
        return PaintedCard(image, spots)

    def _fits(self, words: str, font: FontName, room: int) -> bool:
        return self._theme.words.fit(words, font, 1 << 20).width <= room

    def surface(self, size: tuple[int, int], around: str) -> Image.Image:
        """The ground of a card, to be painted on."""
        return self._surfaces(size, around).copy()

    def ink(self, status: FileStatus) -> str:
        """The colour of the words of a state."""
        palette = self._theme.palette
        return {"calm": palette.mute, "caution": palette.caution, "alert": palette.alert_ink}[status.tone]

    def _buttons(self, actions: Sequence[FileAction], room: int, lines: int) -> list[_Button]:
        """As many as leave `lines` pixels for the name and the state, the first ones in words."""
        px = self._theme.px
        room -= lines + px(_GAP)
        choices = [
            [self._button(one, one not in _ICON_ONLY and number < worded) for number, one in enumerate(actions[:most])]
            for most in range(len(actions), 0, -1)
            for worded in range(min(2, most), 0, -1)
        ]
        best: list[_Button] = []
        for choice in choices:
            used = sum([button.width for button in choice]) + px(_BUTTON_GAP) * (len(choice) - 1)
            if used <= room:
                return choice
            best = choice
        return best[:1]

    def _button(self, action: FileAction, words: bool) -> _Button:
        px = self._theme.px
        if not words:
            return _Button(action, False, px(_BUTTON))
        wide = self._theme.words.fit(action_words(action), "room", 1 << 20).width
        return _Button(action, True, wide + 2 * px(_BUTTON_PAD))

    def _paint_buttons(
        self, image: Image.Image, buttons: Sequence[_Button], x: int, middle: int, over: FileAction | None
    ) -> tuple[CardSpot, ...]:
        px, palette, words, spots = self._theme.px, self._theme.palette, self._theme.words, []
        high = px(_BUTTON)
        top = middle - high // 2
        for button in buttons:
            neutral = button.action in _MAIN and button.words
            ground = palette.selected if palette.dark or button.action is over else palette.field
            if not neutral:
                ground = palette.hover if button.action is over else ""
            if ground:
                edge = palette.thumb if neutral and palette.dark and button.action is over else None
                surface = self._button_ground(button.width, high, px(_BUTTON_RADIUS), ground, edge, px(1))
                image.paste(surface, (x, top), surface)
            if button.words:
                line = words.fit(action_words(button.action), "room", 1 << 20)
                words.paint(image, (x + px(_BUTTON_PAD), middle), line, palette.text)
            else:
                ink = palette.text if button.action is over else palette.mute
                icon = self._icon(FILE_ICONS[button.action], px(_ICON), ink)
                image.paste(icon, (x + (button.width - icon.width) // 2, middle - icon.height // 2), icon)
            tip = "" if button.words else action_words(button.action)
            spots.append(CardSpot((x, top, x + button.width, top + high), button.action, tip))
            x += button.width + px(_BUTTON_GAP)
        return tuple(spots)

    def _paint_progress(
        self, image: Image.Image, place: tuple[int, int, int], share: float, ink: str, ground: str
    ) -> None:  # fmt: skip
        """`place`: left, top and right."""
        left, top, right = place
        high = self._theme.px(_PROGRESS)
        for colour, wide in ((ground, right - left), (ink, max(high, round((right - left) * share)) if share else 0)):
            if wide > 0:
                bar = Image.new("RGB", (wide, high), colour)
                image.paste(bar, (left, top), corner_mask(bar.size, high // 2))

    def _new_surface(self, size: tuple[int, int], around: str) -> Image.Image:
        px, palette = self._theme.px, self._theme.palette
        line = px(1)
        less = size[0] - 2 * line, size[1] - 2 * line
        inner = framed(None, PictureFrame(less, px(RADIUS) - line, palette.card, palette.line))
        outer = framed(None, PictureFrame(size, px(RADIUS), palette.line, around))
        outer.paste(inner, (line, line), inner)
        return outer

    def _new_tile(self, label: str, several: bool) -> Image.Image:
        px, palette = self._theme.px, self._theme.palette
        tile = rounded(px(_TILE), px(_TILE), px(_TILE_RADIUS), palette.accent_soft)
        if label and label != "lock":
            line = self._theme.words.fit(label, "small_bold", px(_TILE))
            if line.width > px(_TILE - 6):
                line = self._theme.words.fit(label, "tiny", px(_TILE))
            self._theme.words.paint(tile, ((tile.width - line.width) // 2, tile.height // 2), line, palette.at)
        else:
            icon = self._icon("lock" if label else "folder" if several else "file", px(_TILE_ICON), palette.at)
            tile.alpha_composite(icon, ((tile.width - icon.width) // 2, (tile.height - icon.height) // 2))
        return tile

    # --- a picture that is not here ----------------------------------------------------------------------------------
    def offered_picture(
        self, preview: Image.Image, offer: FileOffer, status: FileStatus, actions: Sequence[FileAction],
        over: FileAction | None,
    ) -> PaintedCard:  # fmt: skip
        """Its preview, with what can be done to get it."""
        px, image = self._theme.px, preview.copy()
        wide, high = image.size
        if status.share is not None:
            place = (px(_PAD), high - px(_PROGRESS) - px(8), wide - px(_PAD))
            self._paint_progress(image, place, status.share, self._theme.palette.accent, _PILL_GROUND)
        main = next((action for action in actions if action in _MAIN), None)
        whole = (0, 0, wide, high)
        if main is not None:
            words = f"{action_words(main)} · {size_of(offer)}"
            box = self._paint_pill(image, words, action_words(main), FILE_ICONS[main], main is over)
            return PaintedCard(image, (CardSpot(box, main), CardSpot(whole, main)))
        if FileAction.PAUSE in actions:
            box = self._paint_pill(image, status.short, "", "close", over is FileAction.CANCEL)
            return PaintedCard(image, (CardSpot(box, FileAction.CANCEL, action_words(FileAction.CANCEL)),))
        self._paint_pill(image, status.words, status.short, None, False)
        return PaintedCard(image, ())

    def told_picture(self, frame: PictureFrame, offer: FileOffer, problem: str) -> PaintedCard:
        """In place of a picture that is here and cannot be shown: its name, and why."""
        theme, palette = self._theme, self._theme.palette
        image = framed(None, frame)
        wide, high = image.size
        for step, words, colour in ((-1, shown_file_name(offer), palette.text), (1, problem, palette.mute)):
            line = theme.words.fit(words, "small", max(1, wide - 2 * theme.px(_PAD)))
            at = (wide - line.width) // 2, high // 2 + step * theme.px(_LINES_APART)
            theme.words.paint(image, at, line, colour)
        return PaintedCard(image, (CardSpot((0, 0, wide, high), FileAction.OPEN, _("Open")),))

    def _paint_pill(
        self, image: Image.Image, words: str, short: str, name: IconName | None, over: bool
    ) -> tuple[int, int, int, int]:
        """Words on a dark ground in the middle, or the short ones; on a narrow picture the icon alone. Gives its
        box."""
        theme, px = self._theme, self._theme.px
        icon = self._icon(name, px(_PILL_ICON), _PILL_INK) if name else None
        room = max(1, image.width - 2 * px(_PILL_PAD) - 2 * px(4))
        before = icon.width + px(8) if icon is not None else 0
        if not self._fits(words, "small_bold", room - before):
            words = short
        if icon is not None and not (words and self._fits(words, "small_bold", room - before)):
            words, before = "", icon.width
        line = theme.words.fit(words, "small_bold", max(1, room - before))
        wide, high = line.width + before + 2 * px(_PILL_PAD), min(px(_PILL), image.height)
        pill = Image.new("RGB", (wide, high), _PILL_GROUND)
        strength = 1.0 if over else _PILL_STRENGTH
        mask = corner_mask(pill.size, high // 2).point(lambda value: round(value * strength))
        left, top = (image.width - wide) // 2, (image.height - high) // 2
        image.paste(pill, (left, top), mask)
        if icon is not None:
            image.paste(icon, (left + px(_PILL_PAD), top + (high - icon.height) // 2), icon)
        theme.words.paint(image, (left + px(_PILL_PAD) + before, top + high // 2), line, _PILL_INK)
        return left, top, left + wide, top + high
