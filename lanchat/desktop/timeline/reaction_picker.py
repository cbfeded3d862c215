"""ReactionPicker: the emoji picker for a reaction, with those that are used most often in a row on top. Tk thread."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from functools import partial

from lanchat.core.content import is_reaction
from lanchat.desktop.composer.emoji_picker import EmojiPicker
from lanchat.desktop.emoji import emoji_data
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.view_context import ViewContext
from lanchat.desktop.widgets.buttons import Pressable
from lanchat.desktop.widgets.overlays import Tooltip
from lanchat.desktop.widgets.surfaces import Ground
from lanchat.storage.languages import spoken

QUICK = 6
#: For whoever has not used as many yet.
_USUAL = (
    "\N{THUMBS UP SIGN}", "\N{HEAVY BLACK HEART}\ufe0f", "\N{FACE WITH TEARS OF JOY}", "\N{PARTY POPPER}",
    "\N{FACE WITH OPEN MOUTH}", "\N{CRYING FACE}",
)  # fmt: skip
_SIZE, _PICTURE = 34, 20  # design pixels


def quick_reactions(recent: Sequence[str], most: int = QUICK) -> list[str]:
    """The emoji that are offered first: those used last, then the usual ones."""
    return [one for one in dict.fromkeys((*recent[:most], *_USUAL)) if is_reaction(one)][:most]


class ReactionPicker(EmojiPicker):
    def __init__(self, context: ViewContext, at: tuple[int, int], take: Callable[[str], None]) -> None:
        """`at`: a point of the screen, in pixels."""
        super().__init__(context, None, take, at=at)
        theme = context.theme
        row = tk.Frame(self.inside, background=self.fill)
        row.pack(fill="x", before=self.inside.pack_slaves()[0], pady=(0, theme.px(6)))
        language = spoken(context.kept.now.language)
        for emoji in quick_reactions(context.kept.now.recent_emoji):
            name = emoji_data.name_of(emoji, language)
            EmojiButton(row, theme, emoji, name, partial(self.choose, emoji)).pack(side="left", padx=(0, theme.px(2)))


class EmojiButton(Pressable):
    """A button with one emoji."""

    def __init__(
        self, master: tk.Misc, theme: Theme, emoji: str, tip: str, command: Callable[[], object],
        ground: Ground = "raised", *, size: float = _SIZE,
    ) -> None:  # fmt: skip
        """`size`: design pixels of the square around it."""
        super().__init__(master, theme, command, ground)
        self.words = tip
        self._emoji = emoji
        self._picture = theme.px(min(_PICTURE, size * 0.65))
        self.configure(width=theme.px(size), height=theme.px(size))
        Tooltip(self, theme, lambda: self.words)

    def show(self, emoji: str, tip: str) -> None:
        """Another emoji."""
        if emoji != self._emoji:
            self._emoji, self.words = emoji, tip
            self.redraw()

    def draw(self) -> None:
        theme, palette, width, height = self.theme, self.theme.palette, self.winfo_width(), self.winfo_height()
        if self.over or self.focused:
            self.draw_surface(6, palette.hover)
        image = theme.emoji(self._emoji, self._picture)
        if image is not None:
            self.create_image(width // 2, height // 2, image=image)
