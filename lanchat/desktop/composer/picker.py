"""EmojiPicker: all emoji, to choose from by name or by what they are about. Tk thread."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Iterable

from lanchat.core.translate import _
from lanchat.desktop.composer.emoji_grid import COLUMNS, EmojiGrid, Section
from lanchat.desktop.emoji import categories, emoji_names
from lanchat.desktop.emoji.images import emoji_font, is_pictured, picture
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.view_context import ViewContext
from lanchat.desktop.widgets.buttons import Pressable
from lanchat.desktop.widgets.labels import Paragraph
from lanchat.desktop.widgets.line_renderer import LineRenderer
from lanchat.desktop.widgets.menus import Popover
from lanchat.desktop.widgets.surfaces import RING, draw_ground
from lanchat.desktop.widgets.text_field import TextField
from lanchat.desktop.widgets.tooltip import Tooltip
from lanchat.storage.languages import spoken
from lanchat.storage.preferences import Kept

MOST_RECENT = 3 * COLUMNS
_MOST_FOUND = 20 * COLUMNS
_ROWS_OF_PAGE = 6
_EVERYWHERE = 12.0  # emoji up to this version are in every font; to look for each would take a second


class EmojiPicker(Popover):
    """Arrows move, Enter takes, Shift+Enter takes and stays. Escape goes back to where one was."""

    def __init__(self, desk: ViewContext, under: tk.Misc, take: Callable[[str], None]) -> None:
        theme = desk.theme
        super().__init__(desk.root, theme, under=under)
        self._desk = desk
        self._take = take
        self._search = TextField(
            self.inside, theme, hint=_("Search emoji"), icon="search", on_enter=self._entered,
            on_change=self._show, ground="raised", height=36, most=60,
        )  # fmt: skip
        self._search.pack(fill="x")
        self._tabs = tk.Frame(self.inside, background=self.fill)
        self._tabs.pack(fill="x", pady=(theme.px(6), 0))
        self._grid = EmojiGrid(self.inside, theme, self._choose, self._say)
        self._grid.pack(pady=(theme.px(6), 0))
        self._about = _About(self.inside, theme, spoken(desk.kept.now.language))
        self._about.pack(fill="x", pady=(theme.px(6), 0))
        if emoji_font() is not None:
            for at, title in enumerate(categories.titles()):
                self._make_tab(at, title)
        else:
            words = _(
                "No colour emoji font is installed here, so emoji are shown by name. Install a font such as "
                "fonts-noto-color-emoji, and start lanchat again.")  # fmt: skip
            Paragraph(self._tabs, theme, words, "small", "mute", ground="raised").pack(fill="x")
        self._bind_keys()
        self._show("")
        self._search.focus_set()

    def _make_tab(self, at: int, title: str) -> None:
        first = emoji_names.group(at)[0].sequence
        tab = _Tab(self._tabs, self._desk.theme, first, title, lambda: self._go_to(title))
        tab.pack(side="left", expand=True, fill="x")

    def _bind_keys(self) -> None:
        field = self._search.field
        for key, columns, rows in (
            ("Left", -1, 0), ("Right", 1, 0), ("Up", 0, -1), ("Down", 0, 1), ("Prior", 0, -_ROWS_OF_PAGE),
            ("Next", 0, _ROWS_OF_PAGE),
        ):  # fmt: skip
            field.bind(f"<{key}>", lambda event, columns=columns, rows=rows: self._move(columns, rows))  # type: ignore[misc]
        field.bind("<Shift-Return>", lambda event: self._entered_with_shift())

    def _show(self, words: str) -> None:
        if words.strip():
            recent = self._desk.kept.now.recent_emoji
            found = _pictured(emoji_names.search(words, _MOST_FOUND, recent))
            title = _("Found") if found else _("No emoji is called that.")
            self._grid.show([Section(title, found)])
        else:
            self._grid.show(self._everything())

    def _everything(self) -> list[Section]:
        lately = self._desk.kept.now.recent_emoji[:MOST_RECENT]
        recent = [Section(_("Recently used"), lately)] if lately else []
        all_groups = [Section(title, _pictured(emoji_names.group(at))) for at, title in enumerate(categories.titles())]
        return [*recent, *all_groups]

    def _go_to(self, title: str) -> None:
        if self._search.value():
            self._search.set("")
            self._show("")
        self._grid.go_to(title)

    def _move(self, columns: int, rows: int) -> str:
        self._grid.move(columns, rows)
        return "break"

    def _say(self, sequence: str) -> None:
        self._about.show(sequence)

    def _entered(self, _words: str, stay: bool = False) -> None:
        if self._grid.chosen:
            self._choose(self._grid.chosen, stay)

    def _entered_with_shift(self) -> str:
        self._entered("", stay=True)
        return "break"

    def _choose(self, sequence: str, stay: bool) -> None:
        note_used(self._desk.kept, sequence)
        if not stay:
            self.close()
        self._take(sequence)


def prepare() -> None:
    """On any thread: look up what is slow the first time, before somebody waits for it."""
    for at in range(len(categories.ALL)):
        _pictured(emoji_names.group(at))


def _pictured(found: Iterable[emoji_names.EmojiName]) -> tuple[str, ...]:
    """Those the font has pictures of; all, when there is none."""
    all_alike = emoji_font() is None
    return tuple(one.sequence for one in found if all_alike or one.since <= _EVERYWHERE or is_pictured(one.sequence))


def note_used(kept: Kept, sequence: str) -> None:
    """This one comes first among those used lately."""
    others = tuple(other for other in kept.now.recent_emoji if other != sequence)
    kept.change(recent_emoji=(sequence, *others)[:MOST_RECENT])


class _Tab(Pressable):
    """Goes to a group."""

    def __init__(self, master: tk.Misc, theme: Theme, sequence: str, title: str, command: Callable[[], None]) -> None:
        super().__init__(master, theme, command, "raised")
        self._sequence = sequence
        self.configure(height=theme.px(30))
        Tooltip(self, theme, title)

    def draw(self) -> None:
        theme, palette, width, height = self.theme, self.theme.palette, self.winfo_width(), self.winfo_height()
        if self.over or self.focused:
            edge = palette.ring if self.focused else ""
            draw_ground(self, theme, (0, 0, width, height), 6, palette.hover, edge=edge, line=RING)
        image = picture(theme, self._sequence, theme.px(18))
        if image is not None:
            self.create_image(width // 2, height // 2, image=image)


class _About(tk.Canvas):
    """What the chosen one is called, and its code."""

    def __init__(self, master: tk.Misc, theme: Theme, language: str) -> None:
        super().__init__(
            master, background=theme.palette.raised, height=theme.px(28), width=1, highlightthickness=0, borderwidth=0
        )
        self._theme = theme
        self._language = language
        self._writer = LineRenderer(theme)
        self._sequence = ""
        self.bind("<Configure>", lambda event: self.show(self._sequence))

    def show(self, sequence: str) -> None:
        """ "": nothing."""
        self._sequence = sequence
        self.delete("all")
        if not sequence:
            return
        theme, palette, middle = self._theme, self._theme.palette, self._theme.px(14)
        image = picture(theme, sequence, theme.px(22)) if is_pictured(sequence) else None
        if image is not None:
            self.create_image(theme.px(18), middle, image=image)
        x = theme.px(38 if image is not None else 8)
        end = self.winfo_width() - theme.px(6)
        name = emoji_names.name_of(sequence, self._language)
        x += self._writer.write(self, (x, middle), name, "room", palette.text, max(0, end - x)).width + theme.px(10)
        code = emoji_names.code_of(sequence)
        if code and x < end:
            self._writer.write(self, (x, middle), f":{code}:", "small", palette.mute, end - x)
