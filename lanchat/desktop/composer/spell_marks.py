"""SpellMarks: underlines what no dictionary knows of what is being written, and offers other words. Tk thread.

The marks are a tag of the Text: they are no part of what is written, sent or undone. The text is checked when nothing
was typed for a moment; the word at the caret, which may not be finished, only after a longer one.
"""

from __future__ import annotations

from functools import partial
from typing import Final

from lanchat.core.model import RoomId
from lanchat.core.translate import _
from lanchat.desktop.model.checked_words import CURLY, CheckedWord, checked_words, name_words, plain_word
from lanchat.desktop.view_context import ViewContext
from lanchat.desktop.widgets.emoji_editor import EmojiEditor
from lanchat.desktop.widgets.menus import SEPARATOR, MenuEntry, MenuItem, bind_context_click, show_edit_menu
from lanchat.desktop.widgets.tk_events import DelayedCalls

MARK: Final = "misspelled"  #: the tag
PAUSE_MS = 300  #: after the last key
_UNFINISHED_MS = 1_000  # after that: whoever has stopped within a word has finished it
_MOST = 300  # marks in one text: more is another language


class SpellMarks:
    def __init__(self, context: ViewContext, room_id: RoomId, editor: EmojiEditor) -> None:
        self._context = context
        self._room_id = room_id
        self._editor = editor
        self._checker = context.spelling
        self._later = DelayedCalls(editor)
        self._names: frozenset[str] | None = None  # words of people's names; None: to be gathered
        self._asked = 0  # counts the menus asked for: only the last one is opened
        editor.tag_configure(MARK, underline=True, underlinefg=context.theme.palette.alert_ink)
        editor.tag_lower(MARK)
        bind_context_click(editor, lambda event: self.show_menu((event.x_root, event.y_root), f"@{event.x},{event.y}"))

    def text_changed(self) -> None:
        self._later.restart("check", self._check, PAUSE_MS)

    def people_changed(self) -> None:
        self._names = None

    def show_menu(self, at: tuple[int, int], index: str) -> None:
        """Open the edit menu at a point of the screen, with words for the marked word at `index` of the Text."""
        self._asked += 1
        marked = self._marked_at(index)
        if marked is None:
            show_edit_menu(self._editor, self._context.theme, at)
        else:
            self._checker.suggest(plain_word(marked.word), partial(self._offer, self._asked, at, marked))

    # --- marking -----------------------------------------------------------------------------------------------------
    def _check(self, *, unfinished: bool = False) -> None:
        """Look up what was not looked up yet, and mark what is wrong. `unfinished`: the word at the caret too."""
        if not self._checker.on:
            return
        text, caret = self._editor.written, self._editor.caret
        words = list(checked_words(text))
        if not unfinished and any(word.start < caret <= word.end for word in words):
            words = [word for word in words if not word.start < caret <= word.end]
            self._later.restart("check", partial(self._check, unfinished=True), _UNFINISHED_MS)
        if new := self._checker.unknown({word.word for word in words}):
            self._checker.look_up(new, lambda: self._mark(text, words))
        else:
            self._mark(text, words)

    def _mark(self, text: str, words: list[CheckedWord]) -> None:
        if not self._editor.winfo_exists() or self._editor.written != text:
            return  # the next check is coming
        wrong = [word for word in words if self._checker.is_wrong(word.word) and not self._is_name(word.word)]
        self._editor.mark(MARK, [(word.start, word.end) for word in wrong[:_MOST]])

    def _is_name(self, word: str) -> bool:
        """Whether it is part of the name of somebody here."""
        if self._names is None:
            room = self._context.state.find(self._room_id)
            names = room.people.nicks.all() if room is not None else ()
            self._names = frozenset(part for name in names for part in name_words(name))
        return word.casefold().removesuffix("'s") in self._names

    # --- the menu ----------------------------------------------------------------------------------------------------
    def _marked_at(self, index: str) -> CheckedWord | None:
        """The marked word at this index, or that ends there."""
        editor = self._editor
        ends = list(map(str, editor.tag_ranges(MARK)))
        for first, last in zip(ends[::2], ends[1::2], strict=True):
            if editor.compare(first, "<=", index) and editor.compare(index, "<=", last) and editor.enabled:
                start, end = editor.place_of(first), editor.place_of(last)
                return CheckedWord(start, end, editor.written[start:end])
        return None

    def _offer(self, asked: int, at: tuple[int, int], marked: CheckedWord, suggestions: list[str]) -> None:
        if asked != self._asked or not self._editor.winfo_exists():
            return
        curly = CURLY in marked.word
        entries: list[MenuEntry] = []
        for word in suggestions:
            shown = word.replace("'", CURLY) if curly else word
            entries.append(MenuItem(shown, partial(self._replace, marked, shown)))
        if not entries:
            entries.append(MenuItem(_("No suggestions"), lambda: None))
        entries += [
            SEPARATOR,
            MenuItem(_("Add to dictionary"), lambda: self._accept(marked, lasting=True)),
            MenuItem(_("Ignore"), lambda: self._accept(marked, lasting=False)),
            SEPARATOR,
        ]
        show_edit_menu(self._editor, self._context.theme, at, entries)

    def _replace(self, marked: CheckedWord, word: str) -> None:
        if self._editor.written[marked.start : marked.end] == marked.word:  # else it was changed meanwhile
            self._editor.overwrite(marked.start, marked.end, word)

    def _accept(self, marked: CheckedWord, *, lasting: bool) -> None:
        word = plain_word(marked.word)
        if lasting:
            self._checker.add(word)
        else:
            self._checker.ignore(word)
        self._check(unfinished=True)
