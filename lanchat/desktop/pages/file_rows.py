"""The rows of FileList: how the files of a room are put in rows by day, and how one file is painted. Tk thread."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple, TypeAlias

from lanchat.core import dates
from lanchat.core.file_offer import FileOffer
from lanchat.core.file_words import shown_file_name
from lanchat.core.message import Message
from lanchat.core.sizes import time_left_words
from lanchat.core.translate import _
from lanchat.desktop.model import phrases
from lanchat.desktop.model.files import FileAction, action_words, actions_on, size_of, type_label
from lanchat.desktop.theme.icons import IconName
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets.list_rows import ListHeading, RowArea
from lanchat.desktop.widgets.surfaces import draw_ground, mixed
from lanchat.engine.events import FileChanged, FileState

TILE, TILE_GAP = (156, 96), 12  #: design pixels
_ROW, _TILE_ROW, _PAD, _TYPE, _GAP = 52, 128, 12, 36, 12
_BUTTON, _BUTTON_PAD, _BUTTON_ICON, _BETWEEN, _SQUARE = 28, 10, 14, 8, 28
_STATE, _BAR, _BAR_HIGH = 196, 116, 4
_NARROW = 520  # of a row: where it is narrower, the size stands in its second line
_CAPTION_CHARACTERS = 120


@dataclass(frozen=True, slots=True)
class FileRow:
    """One file, or several that were offered together."""

    message: Message
    height: int = _ROW

    @property
    def key(self) -> Hashable:
        return self.message.message_id

    @property
    def name(self) -> str:
        return shown_file_name(self.message.offer) if self.message.offer is not None else ""


@dataclass(frozen=True, slots=True)
class TileRow:
    """Some pictures side by side."""

    pictures: tuple[Message, ...]
    height: int = _TILE_ROW
    name: str = field(default="pictures", compare=False)

    @property
    def key(self) -> Hashable:
        return "tiles", self.pictures[0].message_id


AnyFileRow: TypeAlias = ListHeading | FileRow | TileRow


def rows_of(files: Iterable[Message], columns: int, today: date, *, by_day: bool, tiles: bool) -> list[AnyFileRow]:
    """`files` in rows, as they are ordered. `columns`: pictures side by side, if they are `tiles`."""
    rows: list[AnyFileRow] = []
    waiting: list[Message] = []
    days: set[date] = set()

    def lay() -> None:
        rows.extend(TileRow(tuple(waiting[at : at + columns])) for at in range(0, len(waiting), columns))
        waiting.clear()

    for message in files:
        day = dates.moment(message.written_at).date()
        if by_day and day not in days:  # clocks may go back over midnight: then it stays under the day before it
            lay()
            days.add(day)
            rows.append(ListHeading(phrases.day(day, today)))
        if tiles:
            waiting.append(message)
        else:
            rows.append(FileRow(message))
    lay()
    return rows


class ActionSpot(NamedTuple):
    """Where on a row something can be pressed: pixels of the canvas."""

    left: int
    right: int
    action: FileAction


class FileRowPainter:
    """Paints rows of one file each. What can be done is drawn at the right, and found by `ActionSpot`s."""

    def __init__(self, theme: Theme) -> None:
        self.was_cut = False  #: the name of the file that was painted last is not shown whole
        self._theme = theme

    def paint(
        self, message: Message, offer: FileOffer, now: FileChanged, who: str, area: RowArea, *, dated: bool,
        pointer: int | None,
    ) -> list[ActionSpot]:  # fmt: skip
        """`who`: who offered it. `dated`: its day stands in no heading. `pointer`: pixels from the left, where it is on
        this row."""
        theme, px = self._theme, self._theme.px
        x, right = area.left + px(_PAD), area.right - px(_PAD)
        self._paint_type(offer, area, x)
        x += px(_TYPE + _GAP)
        state = _StatePainter(theme, area, right, pointer, shown=area.hovered or area.ring)
        state.paint(now, offer.count)
        end = state.left - px(_GAP)
        narrow = area.right - area.left < px(_NARROW)
        size = size_of(offer)
        if not narrow:
            end = min(end, right - px(_STATE + _GAP))
            area.canvas.create_text(
                end, area.middle, anchor="e", text=size, font=theme.font("small"), fill=theme.palette.mute
            )
            end -= theme.fonts.measure("small", size) + px(_GAP)
        above, below = area.middle - px(9), area.middle + px(9)
        name = shown_file_name(offer)
        room = max(0, end - x)
        self.was_cut = theme.lines.write(area.canvas, (x, above), name, "room_bold", theme.palette.strong, room).cut
        avatar = theme.avatar(message.author, who, 16)
        area.canvas.create_image(x, below, anchor="w", image=avatar)
        x += px(16 + 6)
        moment = datetime.now().astimezone()
        when = phrases.when(message.written_at, moment) if dated else dates.clock(dates.moment(message.written_at))
        caption = phrases.one_line(offer.caption, _CAPTION_CHARACTERS)
        words = " · ".join(filter(None, (who, when, size if narrow else "", caption)))
        theme.lines.write(area.canvas, (x, below), words, "small", theme.palette.mute, max(0, end - x))
        return state.spots

    def _paint_type(self, offer: FileOffer, area: RowArea, x: int) -> None:
        theme, palette, size = self._theme, self._theme.palette, self._theme.px(_TYPE)
        top = round(area.middle) - size // 2
        draw_ground(area.canvas, theme, (x, top, x + size, top + size), 8, palette.accent_soft)
        at, label = (x + size // 2, round(area.middle)), "" if offer.count > 1 else type_label(offer.name)
        if label:
            theme.lines.put(
                area.canvas, (at[0] - theme.fonts.measure("small_bold", label) // 2, at[1]),
                theme.lines.fit(label, "small_bold"), "small_bold", (palette.at,),
            )  # fmt: skip
        else:
            icon: IconName = "folder" if offer.count > 1 else "file"
            area.canvas.create_image(*at, image=theme.icon(icon, 18, palette.at))


class _StatePainter:
    """Draws from the right: what can be done, and how far it is."""

    def __init__(self, theme: Theme, area: RowArea, right: int, pointer: int | None, *, shown: bool) -> None:
        """`shown`: also what can be done with a file that is here; `pointer` is there."""
        self.left = right
        self.spots: list[ActionSpot] = []
        self._theme, self._area, self._pointer, self._shown = theme, area, pointer, shown

    def paint(self, now: FileChanged, count: int) -> None:
        """`count`: how many files are offered."""
        palette = self._theme.palette
        percent = 100 * now.done // max(1, now.size)
        match now.state:
            case FileState.COMING | FileState.WAITING:
                for action, icon in ((FileAction.CANCEL, "close"), (FileAction.PAUSE, "pause")):
                    if action in actions_on(now):
                        self._square(action, icon)  # type: ignore[arg-type]
                left = time_left_words(now.size - now.done, now.rate)
                words = " · ".join(filter(None, (_("{n} %").format(n=percent), left)))
                self._bar(words if now.state is FileState.COMING else _("Waiting…"), now)
            case FileState.HERE | FileState.MINE if self._shown and now.path:
                self._button(FileAction.SHOW_IN_FOLDER, None, filled=False)
                self._button(FileAction.OPEN, None)
            case FileState.HERE | FileState.MINE:
                self._words(_("On this computer"), palette.good)
            case FileState.PAUSED:
                self._button(FileAction.RESUME, "play")
                self._words(_("Paused at {n} %").format(n=percent), palette.caution)
            case FileState.FAILED:
                self._button(FileAction.RETRY, "retry")
                self._words(_("Failed"), palette.alert_ink)
            case FileState.UNAVAILABLE:
                self._words(_("Nobody here has it"), palette.mute)
            case FileState.OFFERED:
                self._button(FileAction.GET, "export")
                if self._shown and FileAction.LIST in actions_on(now, count):
                    self._button(FileAction.LIST, None, filled=False)

    def _words(self, words: str, ink: str) -> None:
        theme, middle = self._theme, self._area.middle
        self._area.canvas.create_text(
            self.left, middle, anchor="e", text=words, font=theme.font("small"), fill=ink
        )
        self.left -= theme.fonts.measure("small", words) + theme.px(_BETWEEN)

    def _button(self, action: FileAction, icon: IconName | None, *, filled: bool = True) -> None:
        theme, px, words = self._theme, self._theme.px, action_words(action)
        inside = theme.fonts.measure("small", words) + (px(_BUTTON_ICON + 6) if icon else 0)
        box = self._box(inside + 2 * px(_BUTTON_PAD), px(_BUTTON))
        self._ground(box, action, 0.1 if filled else 0)
        x, middle = box[0] + px(_BUTTON_PAD), round(self._area.middle)
        canvas, ink = self._area.canvas, theme.palette.text
        if icon:
            canvas.create_image(x, middle, anchor="w", image=theme.icon(icon, _BUTTON_ICON, ink))
            x += px(_BUTTON_ICON + 6)
        canvas.create_text(x, middle, anchor="w", text=words, font=theme.font("small"), fill=ink)
        self.left = box[0] - px(_BETWEEN)

    def _square(self, action: FileAction, icon: IconName) -> None:
        theme, px = self._theme, self._theme.px
        box = self._box(px(_SQUARE), px(_SQUARE))
        self._ground(box, action, 0)
        image = theme.icon(icon, _BUTTON_ICON, theme.palette.text)
        self._area.canvas.create_image((box[0] + box[2]) // 2, (box[1] + box[3]) // 2, image=image)
        self.left = box[0] - px(_BETWEEN)

    def _bar(self, words: str, now: FileChanged) -> None:
        theme, px, palette = self._theme, self._theme.px, self._theme.palette
        left, middle = self.left - px(_BAR), round(self._area.middle)
        self._area.canvas.create_text(
            left, middle - px(4), anchor="w", text=words, font=theme.font("small"), fill=palette.mute
        )
        top = middle + px(9)
        box = (left, top, self.left, top + px(_BAR_HIGH))
        draw_ground(self._area.canvas, theme, box, _BAR_HIGH / 2, mixed(self._area.ground, palette.text, 0.15))
        done = round(px(_BAR) * min(1.0, now.done / max(1, now.size)))
        if done >= px(_BAR_HIGH):
            full = (left, top, left + done, top + px(_BAR_HIGH))
            draw_ground(self._area.canvas, theme, full, _BAR_HIGH / 2, palette.accent)
        self.left = left - px(_BETWEEN)

    def _box(self, wide: int, high: int) -> tuple[int, int, int, int]:
        top = round(self._area.middle) - high // 2
        return self.left - wide, top, self.left, top + high

    def _ground(self, box: tuple[int, int, int, int], action: FileAction, share: float) -> None:
        """Draw the ground of something that can be pressed, and note where it is."""
        over = self._pointer is not None and box[0] <= self._pointer < box[2]
        share = share + 0.08 if over else share
        if share:
            ground = mixed(self._area.ground, self._theme.palette.text, share)
            draw_ground(self._area.canvas, self._theme, box, 8, ground)
        self.spots.append(ActionSpot(box[0], box[2], action))


def action_at(spots: Sequence[ActionSpot], x: int | None) -> FileAction | None:
    """What is pressed there; None: nothing is."""
    return next((spot.action for spot in spots if x is not None and spot.left <= x < spot.right), None)
