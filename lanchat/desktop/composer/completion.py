"""Completion: what the word being written could become: an emoji by its name, a person after @. Tk thread.

    completions     finds them; pure
    CompletionList  shows them over the composer
    Completer       keeps the list up to date while somebody types, and puts in what is chosen

The keyboard stays in the editor; the arrows and Escape are for the list while there is one.
"""

from __future__ import annotations

import re
import tkinter as tk
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from PIL import ImageTk

from lanchat.core.limits import NICK_CHARACTERS
from lanchat.core.model import MemberKey, RoomId
from lanchat.desktop.composer.emoji_editor import EmojiEditor
from lanchat.desktop.composer.emoji_picker import note_used
from lanchat.desktop.emoji import emoji_data
from lanchat.desktop.emoji.images import is_pictured, picture
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.view_context import ViewContext
from lanchat.desktop.widgets.line_renderer import LineRenderer
from lanchat.desktop.widgets.surfaces import Box, draw_ground

MOST = 7
_EMOJI = re.compile(r"(?<![\w:]):([\w+-]{2,40})$")  # two letters, so that ":D" and ":p" stay what they are
_WHOLE_CODE = re.compile(r"(?<![\w:]):([\w+-]{2,60}):$")
_AT = re.compile(rf"(?<![\w/@])@([^\n@]{{0,{NICK_CHARACTERS}}})$")


@dataclass(frozen=True, slots=True)
class Completion:
    start: int  #: where the word begins that it would replace
    text: str  #: what would stand there
    words: str  #: what it is called in the list
    emoji: str = ""  #: its picture, or
    member: MemberKey | None = None  #: whose picture it is


def completions(before: str, people: Iterable[tuple[MemberKey, str]], recent: Sequence[str]) -> list[Completion]:
    """`before`: what is written up to the caret. `people`: who is here, as they call themselves."""
    line = before.rfind("\n") + 1
    if match := _EMOJI.search(before, line):
        found = emoji_data.search(match[1], MOST, recent)
        return [Completion(match.start(), named.sequence, f":{named.codes[0]}:", named.sequence) for named in found]
    if match := _AT.search(before, line):
        begun = match[1].casefold()
        meant = [(key, nick) for key, nick in people if nick.casefold().startswith(begun) and nick.casefold() != begun]
        return [Completion(match.start(), f"@{nick} ", nick, member=key) for key, nick in meant[:MOST]]
    return []


def completed_code(before: str) -> Completion | None:
    """The emoji whose code was completed by the colon just typed; None: there is none."""
    match = _WHOLE_CODE.search(before, before.rfind("\n") + 1)
    sequence = emoji_data.emoji_of_code(match[1]) if match else ""
    return Completion(match.start(), sequence, match[0], sequence) if match and sequence else None


_WIDTH, _ROW, _PICTURE, _PAD = 300, 34, 20, 10  # design pixels


class CompletionList(Box):
    def __init__(self, theme: Theme, over: tk.Misc, take: Callable[[Completion], None]) -> None:
        """`over`: the widget it is placed above. `take` is called with the completion that was clicked."""
        super().__init__(theme.root, theme, "raised", 8, pad=(4, 4), edge=theme.palette.shade)
        self._over = over
        self._take = take
        self._writer = LineRenderer(theme)
        self.offers: Sequence[Completion] = ()  #: in the list now; none: there is no list
        self._at = 0
        self._rows = tk.Canvas(
            self.inside, background=self.fill, width=theme.px(_WIDTH), highlightthickness=0, borderwidth=0,
            cursor="hand2",
        )  # fmt: skip
        self._rows.pack()
        self._rows.bind("<Motion>", self._pointed)
        self._rows.bind("<ButtonRelease-1>", self._released)

    @property
    def chosen(self) -> Completion:
        return self.offers[self._at]

    def show(self, offers: Sequence[Completion]) -> None:
        """Show these; with none, hide the list."""
        if offers == self.offers:
            return
        self.offers, self._at = offers, 0
        if not offers:
            self.place_forget()
            return
        theme, root = self._theme, self._theme.root
        self._rows.configure(height=theme.px(_ROW) * len(offers))
        left, top = self._over.winfo_rootx() - root.winfo_rootx(), self._over.winfo_rooty() - root.winfo_rooty()
        self.place(x=left, y=top - theme.px(4), anchor="sw")
        self.lift()
        self._draw_rows()

    def move(self, step: int) -> None:
        """Choose the next one, or the one before; from the last to the first."""
        self._at = (self._at + step) % len(self.offers)
        self._draw_rows()

    def _pointed(self, event: tk.Event[tk.Misc]) -> None:
        at = min(max(0, event.y // self._theme.px(_ROW)), len(self.offers) - 1)
        if at != self._at:
            self._at = at
            self._draw_rows()

    def _released(self, event: tk.Event[tk.Misc]) -> None:
        self._pointed(event)  # the list may have come up under a pointer that rests
        self._take(self.chosen)

    def _draw_rows(self) -> None:
        theme, palette, rows = self._theme, self._theme.palette, self._rows
        width, height, pad = theme.px(_WIDTH), theme.px(_ROW), theme.px(_PAD)
        rows.delete("all")
        for at, offer in enumerate(self.offers):
            top = at * height
            if at == self._at:
                draw_ground(rows, theme, (0, top, width, top + height), 6, palette.accent_soft)
            middle, text = top + height // 2, pad + theme.px(_PICTURE + 10)
            image = self._picture(offer)
            if image is not None:
                rows.create_image(pad + theme.px(_PICTURE) // 2, middle, image=image)
            self._writer.write(rows, (text, middle), offer.words, "room", palette.text, width - text - pad)

    def _picture(self, offer: Completion) -> ImageTk.PhotoImage | None:
        theme = self._theme
        if offer.member is not None:
            return theme.avatar(offer.member, offer.words, _PICTURE)
        return picture(theme, offer.emoji, theme.px(_PICTURE)) if is_pictured(offer.emoji) else None


class Completer:
    def __init__(self, context: ViewContext, room_id: RoomId, editor: EmojiEditor, over: tk.Misc) -> None:
        """`over`: the widget that the list is placed above."""
        self._context = context
        self._room_id = room_id
        self._editor = editor
        self._list = CompletionList(context.theme, over, self._take)
        editor.bind("<Up>", lambda event: self._moved(-1))
        editor.bind("<Down>", lambda event: self._moved(1))
        editor.bind("<Escape>", lambda event: self._escaped())
        editor.bind("<ButtonRelease-1>", lambda event: self.leave(), add="+")
        editor.bind("<FocusOut>", lambda event: self.leave(), add="+")

    @property
    def offered(self) -> list[Completion]:
        """The completions in the list."""
        return list(self._list.offers)

    def typed(self) -> bool:
        """Update the list after a key changed the text. True: a code was completed and replaced by its emoji."""
        before = self._editor.written[: self._editor.caret]
        if before.endswith(":") and (finished := completed_code(before)):
            self._take(finished)
            return True
        self._list.show(self._offers(before))
        return False

    def take(self) -> bool:
        """Insert the chosen completion. False: there is no list."""
        if not self._list.offers:
            return False
        self._take(self._list.chosen)
        return True

    def leave(self) -> None:
        """Hide the list and leave the text as it is."""
        self._list.show(())

    def destroy(self) -> None:
        self._list.destroy()

    def _offers(self, before: str) -> list[Completion]:
        room = self._context.state.rooms.get(self._room_id)
        people = []
        if room is not None and before.find("@", before.rfind("\n") + 1) >= 0:
            here = (key for key in room.people.here() if key != room.people.me)
            people = [(key, room.people.nicks.nick(key)) for key in here]
        return completions(before, people, self._context.kept.now.recent_emoji)

    def _take(self, offer: Completion) -> None:
        self.leave()
        if offer.emoji:
            note_used(self._context.kept, offer.emoji)
        self._editor.put(offer.text, offer.start)

    def _moved(self, step: int) -> str | None:
        if not self._list.offers:
            return None
        self._list.move(step)
        return "break"

    def _escaped(self) -> str | None:
        if not self._list.offers:
            return None
        self.leave()
        return "break"
