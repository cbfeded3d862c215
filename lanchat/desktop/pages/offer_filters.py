"""OfferFilters: which files of a room are shown: of which kind, from whom, and in which order. Tk thread."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from functools import partial

from lanchat.core.model import MemberKey
from lanchat.core.translate import _
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.view_context import ViewContext
from lanchat.desktop.widgets.buttons import ButtonRow, Pressable
from lanchat.desktop.widgets.menus import MenuItem, show_menu_below
from lanchat.desktop.widgets.surfaces import draw_ground, mixed
from lanchat.storage.offers import OfferCounts, OfferKind, OfferOrder

_CHIP, _CHIP_PAD = 28, 12  # design pixels
_MOST_PEOPLE = 20  # in the menu


class OfferFilters(tk.Frame):
    """The kinds of files with their counts, who offered them, and their order."""

    def __init__(
        self, master: tk.Misc, context: ViewContext, choose: Callable[[OfferKind | None], None],
        choose_person: Callable[[MemberKey | None], None], choose_order: Callable[[OfferOrder], None],
    ) -> None:  # fmt: skip
        theme = context.theme
        super().__init__(master, bg=theme.palette.chat)
        self._theme = theme
        self._choose_person, self._choose_order = choose_person, choose_order
        self._authors: tuple[MemberKey, ...] = ()
        self._called: Callable[[MemberKey], str] = lambda member: ""
        self._row = ButtonRow(self, theme)
        self._row.pack(fill="x")
        kinds: list[OfferKind | None] = [None, *OfferKind]
        self.chips = {kind: CountChip(self._row, theme, kind_words(kind), partial(choose, kind)) for kind in kinds}
        self.person = CountChip(self._row, theme, "", self._ask_person, opens=True)
        self.order = CountChip(self._row, theme, "", self._ask_order, opens=True)

    def show(
        self, counts: OfferCounts | None, kind: OfferKind | None, author: MemberKey | None, order: OfferOrder,
        called: Callable[[MemberKey], str],
    ) -> None:  # fmt: skip
        self._authors, self._called = counts.authors if counts else (), called
        for one, chip in self.chips.items():
            number = (counts.kinds.get(one, 0) if one else counts.all) if counts else None
            chip.show(kind_words(one), number, marked=one is kind)
        words = _("From {name}").format(name=called(author)) if author else _("From anyone")
        self.person.show(words, None, marked=author is not None)
        self.order.show(order_words(order), None, marked=False)
        self._row.lay()

    def _ask_person(self) -> None:
        anyone = MenuItem(_("From anyone"), partial(self._choose_person, None))
        people = [MenuItem(self._called(one), partial(self._choose_person, one)) for one in self._authors]
        show_menu_below(self.person, self._theme, [anyone, *people[:_MOST_PEOPLE]])

    def _ask_order(self) -> None:
        orders: tuple[OfferOrder, ...] = ("newest", "oldest", "largest")
        items = [MenuItem(order_words(order), partial(self._choose_order, order)) for order in orders]
        show_menu_below(self.order, self._theme, items)


class CountChip(Pressable):
    """Words, a number beside them, or an arrow where it opens a menu."""

    def __init__(
        self, master: tk.Misc, theme: Theme, words: str, command: Callable[[], None], *, opens: bool = False
    ) -> None:  # fmt: skip
        super().__init__(master, theme, command)
        self.words = ""
        self._opens = opens
        self._shown: tuple[str, int | None, bool] | None = None
        self.show(words, None, marked=False)

    def show(self, words: str, number: int | None, *, marked: bool) -> None:
        if (words, number, marked) == self._shown:
            return
        self._shown = words, number, marked
        self.words = words if number is None else f"{words} {number}"
        theme = self.theme
        wide = theme.lines.fit(words, "small").width + 2 * theme.px(_CHIP_PAD) + self._after()
        self.configure(width=wide, height=theme.px(_CHIP))
        self.redraw()

    def _after(self) -> int:
        """Pixels of what stands after the words."""
        number = self._shown[1] if self._shown else None
        if self._opens:
            return self.theme.px(6 + 10)
        return 0 if number is None else self.theme.px(5) + self.theme.fonts.measure("small", str(number))

    def draw(self) -> None:
        if self._shown is None:
            return
        words, number, marked = self._shown
        theme, palette, px = self.theme, self.theme.palette, self.theme.px
        width, height = self.winfo_width(), self.winfo_height()
        fill = palette.accent_soft if marked else mixed(self.ground, palette.text, 0.08) if self.over else self.ground
        if self.focused:
            self.draw_surface(_CHIP / 2, fill)
        else:
            edge = palette.accent if marked else fill if self._opens else palette.line
            draw_ground(self, theme, (0, 0, width, height), _CHIP / 2, fill, edge=edge)
        ink = palette.at if marked else palette.text
        line = theme.lines.write(self, (px(_CHIP_PAD), height // 2), words, "small", ink, width)
        x = px(_CHIP_PAD) + line.width
        if self._opens:
            self.create_image(x + px(6), height // 2, anchor="w", image=theme.icon("down", 10, ink))
        elif number is not None:
            self.create_text(x + px(5), height // 2, anchor="w", text=str(number), font=theme.font("small"),
                             fill=ink if marked else palette.mute)  # fmt: skip


def kind_words(kind: OfferKind | None) -> str:
    if kind is None:
        return _("All")
    return {
        OfferKind.PICTURE: _("Pictures"), OfferKind.DOCUMENT: _("Documents"), OfferKind.MEDIA: _("Sound and video"),
        OfferKind.OTHER: _("Other"),
    }[kind]  # fmt: skip


def order_words(order: OfferOrder) -> str:
    return {"newest": _("Newest"), "oldest": _("Oldest"), "largest": _("Largest")}[order]
