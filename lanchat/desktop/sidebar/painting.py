"""Painting: how a line of the list of rooms looks. Tk thread."""

from __future__ import annotations

from typing import assert_never

from lanchat.core.translate import _
from lanchat.desktop.lists.headings import Heading, paint_heading
from lanchat.desktop.lists.spot import Spot
from lanchat.desktop.lists.writing import Writer
from lanchat.desktop.model.words import unread
from lanchat.desktop.sidebar.lines import ListLine, Note, RoomLine
from lanchat.desktop.theme.fonts import FontName
from lanchat.desktop.theme.icons import IconName
from lanchat.desktop.theme.theme import Theme

_NOTE_LEFT, _ICON_LEFT, _TEXT_LEFT, _RIGHT, _GAP = 8, 12, 36, 10, 6  # design pixels from the row's ground
_ICON, _MARK, _PILL, _DOT = 16, 14, 18, 8
_SECOND_LINE = 9  # how far the lines of a row of two lie from its middle


class Painter:
    def __init__(self, theme: Theme, writer: Writer) -> None:
        self._theme = theme
        self._writer = writer

    def paint(self, line: ListLine, spot: Spot) -> str:
        """Draw it; gives what there was no room to say, or ""."""
        match line:
            case Heading():
                paint_heading(line, spot, self._theme, self._writer)
                return ""
            case Note(words):
                self._note(words, spot)
                return ""
            case RoomLine():
                return self._room(line, spot)
            case _:
                assert_never(line)

    def note_width(self, width: int) -> int:
        """Pixels a Note's words have, in a list as wide as this."""
        return width - self._theme.px(2 * (_NOTE_LEFT + 8))

    def _note(self, words: str, spot: Spot) -> None:
        px = self._theme.px
        spot.canvas.create_text(
            spot.left + px(_NOTE_LEFT), spot.top + px(4), anchor="nw", text=words, font=self._theme.font("small"),
            fill=self._theme.palette.mute, width=self.note_width(spot.canvas.winfo_width()),
        )  # fmt: skip

    def _room(self, line: RoomLine, spot: Spot) -> str:
        px, palette, row = self._theme.px, self._theme.palette, line.row
        if row.unread and not spot.chosen:
            self._pip(spot)
        grey = row.offline and not row.connecting
        ink = palette.strong if row.unread or spot.chosen else palette.mute if grey else palette.text
        icon = self._theme.icon("lock" if row.lock else "room", _ICON, palette.mute if ink == palette.text else ink)
        spot.canvas.create_image(spot.left + px(_ICON_LEFT), spot.middle, anchor="w", image=icon)
        right = self._marks(line, spot)
        left = spot.left + px(_TEXT_LEFT)
        y = spot.middle - (px(_SECOND_LINE) if line.explained else 0)
        font: FontName = "room_bold" if row.unread else "room"
        title = self._writer.write(spot.canvas, (left, y), row.title, font, ink, right - left)
        tips = [row.title] if title.cut else []
        if line.explained:
            colour = palette.alert_ink if row.changed_key else palette.mute
            under = (left, spot.middle + px(_SECOND_LINE))
            told = self._writer.write(spot.canvas, under, row.subtitle, "small", colour, right - left)
            tips += [row.subtitle] if told.cut else []
        elif row.connecting or row.mine:
            tips.append(row.subtitle)  # what the mark at the right end means
        return "\n".join(tips)

    def _pip(self, spot: Spot) -> None:
        """At the window's edge: something here is unread."""
        px = self._theme.px
        image = self._theme.rounded_image(px(8), px(8), 4, self._theme.palette.strong)
        spot.canvas.create_image(0, spot.middle, image=image)

    # --- at the right end --------------------------------------------------------------------------------------------
    def _marks(self, line: RoomLine, spot: Spot) -> int:
        """Draw what there is to say besides the title; gives where they begin."""
        theme, row = self._theme, line.row
        right = spot.right - theme.px(_RIGHT)
        if row.changed_key:
            return self._mark("warning", theme.palette.alert_ink, spot, right)
        if row.unread:
            ink, ground = ("on_alert", "alert") if row.mention else ("side", "mute")
            fill, colour = getattr(theme.palette, ground), getattr(theme.palette, ink)
            right = self._pill(unread(row.unread), fill, colour, spot, right)
        if row.connecting:
            size = theme.px(_DOT)
            image = theme.rounded_image(size, size, _DOT / 2, theme.palette.caution)
            spot.canvas.create_image(right, spot.middle, anchor="e", image=image)
            right -= size + theme.px(_GAP)
        elif row.mine and row.connected:
            right = self._mark("house", theme.palette.mute, spot, right)
        elif row.new:
            right = self._pill(_("new"), theme.palette.accent_soft, theme.palette.at, spot, right)
        elif line.known and not row.connected and not row.offline:
            right = self._mark("pin", theme.palette.mute, spot, right)
        return right

    def _mark(self, name: IconName, colour: str, spot: Spot, right: int) -> int:
        image = self._theme.icon(name, _MARK, colour)
        spot.canvas.create_image(right, spot.middle, anchor="e", image=image)
        return right - image.width() - self._theme.px(_GAP)

    def _pill(self, words: str, ground: str, ink: str, spot: Spot, right: int) -> int:
        theme = self._theme
        width = max(theme.px(20), theme.fonts.measure("small_bold", words) + theme.px(10))
        image = theme.rounded_image(width, theme.px(_PILL), _PILL / 2, ground)
        spot.canvas.create_image(right, spot.middle, anchor="e", image=image)
        middle = right - width / 2
        spot.canvas.create_text(middle, spot.middle, text=words, font=theme.font("small_bold"), fill=ink)
        return right - width - theme.px(_GAP)
