"""Somebody who writes in a composer: presses keys, and sees what stands there."""

from __future__ import annotations

import time
import tkinter as tk
from collections.abc import Iterator
from typing import TypeVar

from lanchat.core.model import RoomId
from lanchat.desktop.composer.completion import CompletionList
from lanchat.desktop.composer.composer import Composer
from lanchat.desktop.composer.notice_bar import NoticeBar
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets.buttons import Button, SendButton
from lanchat.desktop.widgets.edit_buffer import Emoji, split_units
from lanchat.desktop.widgets.emoji_editor import EmojiEditor, Placeholder
from lanchat.desktop.widgets.labels import Paragraph
from lanchat.engine.commands import Say
from tests.desktop.eyes import as_written
from tests.desktop.model.telling import KITCHEN
from tests.desktop.presses import here
from tests.desktop.stage import Stage, lines_on

W = TypeVar("W", bound=tk.Misc)


class Author:
    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.root = stage.root
        self.composer: Composer
        self.sit_down()

    def sit_down(self, room_id: RoomId = KITCHEN) -> None:
        """Before a composer built anew."""
        self.composer = Composer(self.root, self.stage.context, room_id)
        self.composer.pack(side="bottom", fill="x")
        self.stage.view = self.composer
        self.root.update()
        self.root.focus_force()
        self.composer.focus_set()
        until = time.monotonic() + 5
        while self.focused() is not self.composer.editor and time.monotonic() < until:
            self.root.update()  # the screen has to agree
        self.root.update()

    def stand_up(self) -> None:
        self.stage.view = None
        self.composer.destroy()
        self.root.update()

    # --- eyes --------------------------------------------------------------------------------------------------------
    @property
    def written(self) -> str:
        return self.composer.editor.written

    @property
    def said(self) -> list[str]:
        return [command.text for command in self.stage.commands if isinstance(command, Say)]

    @property
    def notice(self) -> str:
        paragraphs = [one for one in self._part(NoticeBar).winfo_children() if isinstance(one, Paragraph)]
        return paragraphs[0].words if paragraphs else ""

    @property
    def hint(self) -> str:
        placeholder = self._part(Placeholder)
        return placeholder.words if placeholder.winfo_ismapped() else ""

    @property
    def offered(self) -> list[str]:
        (shown,) = (one for one in self.root.winfo_children() if isinstance(one, CompletionList))
        return lines_on(self.completion_rows()) if shown.winfo_ismapped() else []

    def completion_rows(self) -> tk.Canvas:
        """On which the completions are drawn."""
        (shown,) = (one for one in self.root.winfo_children() if isinstance(one, CompletionList))
        return next(one for one in below(shown.inside) if isinstance(one, tk.Canvas))

    def _part(self, kind: type[W]) -> W:
        return next(one for one in below(self.composer) if isinstance(one, kind))

    @property
    def lines(self) -> int:
        """How high the field is."""
        return int(str(self.composer.editor["height"]))

    def can_send(self) -> bool:
        return self._part(SendButton).enabled

    def focused(self) -> tk.Misc | None:
        return self.root.focus_get()

    # --- hands -------------------------------------------------------------------------------------------------------
    def types(self, text: str) -> None:
        """Key by key."""
        for character in text:
            self.root.tk.call("tk::TextInsert", str(self.composer.editor), character)
        self.root.update()

    def keys(self, *names: str) -> None:
        for name in names:
            focused = self.root.focus_get()
            assert focused is not None, "nothing has the keyboard"
            focused.event_generate(f"<{here(name)}>")
            self.root.update()

    def pastes(self, text: str) -> None:
        self.root.clipboard_clear()
        self.root.clipboard_append(text)
        self.root.update()
        self.keys("<Paste>")

    def presses(self, words: str) -> None:
        button = next(one for one in below(self.composer) if isinstance(one, Button) and one.words == words)
        for what in ("<Enter>", "<ButtonPress-1>", "<ButtonRelease-1>"):
            button.event_generate(what, x=4, y=4)
        self.root.update()


def below(widget: tk.Misc) -> Iterator[tk.Misc]:
    for child in widget.winfo_children():
        yield child
        yield from below(child)


def shown(editor: EmojiEditor, theme: Theme) -> str:
    """What the Text shows, its pictures and, on Windows, squares read as what they are of."""
    pixels = theme.fonts.height("body") - theme.px(1)
    emoji = {unit for unit in split_units(editor.written) if isinstance(unit, Emoji)}
    means = {str(theme.emoji(sequence, pixels)): sequence for sequence in emoji}
    parts = editor.dump("1.0", "end-1c", text=True, image=True)
    found = "".join(value if kind == "text" else means[value.partition("#")[0]] for kind, value, _index in parts)
    return as_written(found, editor.written)
