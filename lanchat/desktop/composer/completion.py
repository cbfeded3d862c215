"""Completion: what the word being written could become: an emoji by its name, a person after @, a /command. Tk thread.

    completions     finds them; pure
    CompletionList  shows them over the composer while somebody types, and puts in what is chosen

The keyboard stays in the editor; the arrows and Escape are for the list while there is one.
"""

from __future__ import annotations

import re
import tkinter as tk
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

from msgspec import Struct
from PIL import ImageTk

from lanchat.core.limits import NICK_CHARACTERS
from lanchat.core.mentions import EVERYBODY, is_begun
from lanchat.core.model import MemberKey, RoomId
from lanchat.core.slash_table import SlashCommand
from lanchat.core.translate import _
from lanchat.desktop.composer.emoji_picker import note_used
from lanchat.desktop.composer.format_keys import writes_code
from lanchat.desktop.emoji import emoji_data
from lanchat.desktop.emoji.images import is_pictured
from lanchat.desktop.view_context import ViewContext
from lanchat.desktop.widgets.emoji_editor import EmojiEditor
from lanchat.desktop.widgets.surfaces import Box, draw_ground
from lanchat.storage.errors import StorageProblem

MOST = 7
_AUTHORS = 500  # who wrote here and is away, the last ones first
_MOST_COMMANDS = 12
_EMOJI = re.compile(r"(?<![\w:]):([\w+-]{2,40})$")  # two letters, so that ":D" and ":p" stay what they are
_WHOLE_CODE = re.compile(r"(?<![\w:]):([\w+-]{2,60}):$")
_SLASH = re.compile(r"/([^\W\d_]*)")
_AT = re.compile(rf"(?<![\w/@])@([^\n@]{{0,{NICK_CHARACTERS}}})$")


class Completion(Struct, frozen=True):
    start: int  #: where the word begins that it would replace
    text: str  #: what would stand there
    words: str  #: what it is called in the list
    emoji: str = ""  #: its picture, or
    member: MemberKey | None = None  #: whose picture it is; neither: everybody
    about: str = ""  #: more about it, instead of a picture


def completions(
    before: str, people: Iterable[tuple[MemberKey, str]], recent: Sequence[str], commands: Iterable[SlashCommand] = (),
    *, everybody: bool = False,
) -> list[Completion]:  # fmt: skip
    """`before`: what is written up to the caret. `people`: everybody of the room, as they call themselves;
    `commands`: that can be entered now; `everybody`: I may mention all of them at once."""
    if match := _SLASH.fullmatch(before):
        name = match[1].casefold()
        fitting = [command for command in commands if command.name.startswith(name) and command.name != name]
        return [Completion(0, f"{one.word} ", one.usage, about=one.about) for one in fitting[:_MOST_COMMANDS]]
    line = before.rfind("\n") + 1
    if match := _EMOJI.search(before, line):
        emoji = emoji_data.search(match[1], MOST, recent)
        return [Completion(match.start(), named.sequence, f":{named.codes[0]}:", named.sequence) for named in emoji]
    if match := _AT.search(before, line):
        begun = match[1].casefold()
        meant = [(key, nick) for key, nick in people if is_begun(nick, begun) and nick.casefold() != begun]
        meant.sort(key=lambda one: not one[1].casefold().startswith(begun))  # else by another of their words
        found = [Completion(match.start(), f"@{nick} ", nick, member=key) for key, nick in meant]
        all_at_once = EVERYBODY[0]
        if everybody and begun != all_at_once and any(one.startswith(begun) for one in EVERYBODY):
            found.insert(0, Completion(match.start(), f"@{all_at_once} ", _("Everybody in this room")))
        return found[:MOST]
    return []


def completed_code(before: str) -> Completion | None:
    """The emoji whose code was completed by the colon just typed; None: there is none."""
    match = _WHOLE_CODE.search(before, before.rfind("\n") + 1)
    sequence = emoji_data.emoji_of_code(match[1]) if match else ""
    return Completion(match.start(), sequence, match[0], sequence) if match and sequence else None


_WIDTH, _ROW, _PICTURE, _PAD = 300, 34, 20, 10  # design pixels
_WIDE, _ABOUT, _LINE = 640, 170, 17  # design pixels, with what is about an offer; where that stands; a line of it


class CompletionList(Box):
    def __init__(
        self, context: ViewContext, room_id: RoomId, editor: EmojiEditor, over: tk.Misc,
        commands: Callable[[], Iterable[SlashCommand]],
    ) -> None:  # fmt: skip
        """`over`: the widget it is placed above. `commands`: that can be entered now."""
        theme = context.theme
        super().__init__(theme.root, theme, "raised", 8, pad=(4, 4), edge=theme.palette.shade)
        self._context = context
        self._room_id = room_id
        self._editor = editor
        self._over = over
        self._commands = commands
        self._offers: Sequence[Completion] = ()  # in the list now; none: there is no list
        self._tops: list[int] = [0]  # pixels, of the rows; the last: where they end
        self._at = 0
        self._people: tuple[int, list[tuple[MemberKey, str]]] = (-1, [])  # where the @ is for which they were read
        self._rows = tk.Canvas(
            self.inside, background=self.fill, width=theme.px(_WIDTH), highlightthickness=0, borderwidth=0,
            cursor="hand2",
        )  # fmt: skip
        self._rows.pack()
        self._rows.bind("<Motion>", self._pointed)
        self._rows.bind("<ButtonRelease-1>", self._released)
        editor.bind("<Up>", lambda event: self._moved(-1))
        editor.bind("<Down>", lambda event: self._moved(1))
        editor.bind("<Escape>", lambda event: self._escaped())
        editor.bind("<ButtonRelease-1>", lambda event: self.leave(), add="+")
        editor.bind("<FocusOut>", lambda event: self.leave(), add="+")

    def typed(self) -> bool:
        """Update the list after a key changed the text. True: a code was completed and replaced by its emoji."""
        before = self._editor.written[: self._editor.caret]
        if writes_code(before):
            self.leave()
            return False
        if before.endswith(":") and (finished := completed_code(before)):
            self._take(finished)
            return True
        self._show(self._offers_for(before))
        return False

    def take(self) -> bool:
        """Insert the chosen completion. False: there is no list."""
        if not self._offers:
            return False
        self._take(self._offers[self._at])
        return True

    def leave(self) -> None:
        """Hide the list and leave the text as it is."""
        self._show(())

    def _offers_for(self, before: str) -> list[Completion]:
        room = self._context.state.room(self._room_id)
        at = before.rfind("@", before.rfind("\n") + 1)
        if at != self._people[0]:
            self._people = at, self._everybody() if at >= 0 else []
        commands = self._commands() if before.startswith("/") else ()
        recent = self._context.kept.now.recent_emoji
        return completions(before, self._people[1], recent, commands, everybody=room.hosted)

    def _everybody(self) -> list[tuple[MemberKey, str]]:
        """Everybody of the room but me: first who is here, then who wrote, the last ones first."""
        people = self._context.state.room(self._room_id).people
        authors: list[MemberKey] = []
        with suppress(StorageProblem):  # what is wrong with the disk is told elsewhere
            authors = self._context.reader.authors(self._room_id, _AUTHORS)
        keys = dict.fromkeys([*people.here(), *authors])
        return [(key, people.nicks.nick(key)) for key in keys if key != people.me and people.nicks.knows(key)]

    def _take(self, offer: Completion) -> None:
        self.leave()
        if offer.emoji:
            note_used(self._context.kept, offer.emoji)
        self._editor.put(offer.text, offer.start)

    # --- keys and the mouse ------------------------------------------------------------------------------------------
    def _moved(self, step: int) -> str | None:
        """Choose the next one, or the one before; from the last to the first."""
        if not self._offers:
            return None
        self._at = (self._at + step) % len(self._offers)
        self._draw_rows()
        return "break"

    def _escaped(self) -> str | None:
        if not self._offers:
            return None
        self.leave()
        return "break"

    def _pointed(self, event: tk.Event[tk.Misc]) -> None:
        at = min(max(0, bisect_right(self._tops, event.y) - 1), len(self._offers) - 1)
        if at != self._at:
            self._at = at
            self._draw_rows()

    def _released(self, event: tk.Event[tk.Misc]) -> None:
        self._pointed(event)  # the list may have come up under a pointer that rests
        self._take(self._offers[self._at])

    # --- what is shown -----------------------------------------------------------------------------------------------
    def _show(self, offers: Sequence[Completion]) -> None:
        """Show these; with none, hide the list."""
        if offers == self._offers:
            return
        self._offers, self._at = offers, 0
        if not offers:
            self.place_forget()
            return
        theme, root = self._theme, self._theme.root
        width = theme.px(_WIDTH)
        if offers[0].about:
            width = min(theme.px(_WIDE), self._over.winfo_width() - theme.px(2 * _PAD))
        self._tops = [0]
        for offer in offers:
            lines = len(self._lines_about(offer, width))
            self._tops.append(self._tops[-1] + theme.px(_ROW) + theme.px(_LINE) * max(0, lines - 1))
        self._rows.configure(height=self._tops[-1], width=width)
        left, top = self._over.winfo_rootx() - root.winfo_rootx(), self._over.winfo_rooty() - root.winfo_rooty()
        self.place(x=left, y=top - theme.px(4), anchor="sw")
        self.lift()
        self._draw_rows()

    def _draw_rows(self) -> None:
        theme, palette, rows = self._theme, self._theme.palette, self._rows
        width, line, pad = int(rows["width"]), theme.px(_LINE), theme.px(_PAD)
        rows.delete("all")
        for at, offer in enumerate(self._offers):
            top, end = self._tops[at : at + 2]
            if at == self._at:
                draw_ground(rows, theme, (0, top, width, end), 6, palette.accent_soft)
            middle, text = (top + end) // 2, pad if offer.about else pad + theme.px(_PICTURE + 10)
            image = None if offer.about else self._picture(offer)
            if image is not None:
                rows.create_image(pad + theme.px(_PICTURE) // 2, middle, image=image)
            theme.lines.write(rows, (text, middle), offer.words, "room", palette.text, width - text - pad)
            if offer.about:
                about, lines = theme.px(_ABOUT), self._lines_about(offer, width)
                first = middle - line * (len(lines) - 1) // 2
                for number, words in enumerate(lines):
                    place = about, first + number * line
                    theme.lines.write(rows, place, words, "small", palette.mute, width - about - pad)

    def _lines_about(self, offer: Completion, width: int) -> list[str]:
        """What is about an offer, in as many lines as it takes in a list of this width."""
        theme = self._theme
        room, lines = width - theme.px(_ABOUT + _PAD), [""]
        for word in offer.about.split():
            longer = f"{lines[-1]} {word}".lstrip()
            if lines[-1] and theme.lines.fit(longer, "small").width > room:
                lines.append(word)
            else:
                lines[-1] = longer
        return lines

    def _picture(self, offer: Completion) -> ImageTk.PhotoImage | None:
        theme = self._theme
        if offer.member is not None:
            return theme.avatar(offer.member, offer.words, _PICTURE)
        if not offer.emoji:
            return theme.icon("people", _PICTURE, theme.palette.mute)
        return theme.emoji(offer.emoji, theme.px(_PICTURE)) if is_pictured(offer.emoji) else None
