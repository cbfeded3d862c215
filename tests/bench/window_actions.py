"""What the bench has the real window do: each action a generator on the Tk thread, its answer something for JSON.

An action gives how many milliseconds are to pass before it goes on; meanwhile the window does what it has to do.
"""

from __future__ import annotations

import time
import tkinter as tk
from collections.abc import Callable, Generator
from functools import partial
from typing import TypeAlias

from lanchat.core.model import EntryId, MemberKey, RoomId
from lanchat.desktop.conversation_view import ConversationView
from lanchat.desktop.pages.search_page import FindBar, SearchPage
from lanchat.desktop.timeline.rows import MessageRow
from lanchat.desktop.view_context import InRoom, SearchAll, WelcomePlace
from lanchat.desktop.window import Window
from lanchat.engine.commands import Join, OpenRoom, React

Doing: TypeAlias = Generator[int, None, object]

_BEAT_MS = 5
_LOOK_MS = 1  # between two looks whether it is there
_PATIENCE_SECONDS = 20.0


class WindowActions:
    """Times are milliseconds."""

    def __init__(self, root: tk.Tk, window: Window) -> None:
        self._root = root
        self._window = window

    def join(self, where: str) -> Doing:
        """Into the room at an address: its room_id."""
        before = self._rooms_in()
        self._window.do(Join(where))
        yield from self._until(lambda: bool(self._rooms_in() - before))
        (room_id,) = self._rooms_in() - before
        self._window.go(InRoom(room_id))
        return room_id

    def host(self, title: str) -> Doing:
        """Open a room here, and be in it."""
        self._window.do(OpenRoom(title, port=0))
        yield from self._until(lambda: isinstance(self._window.main_view, ConversationView))
        return None

    def welcome(self) -> Doing:
        """Out of the room that is shown, at its end."""
        self._conversation.timeline.show_newest()
        yield 200
        self._window.go(WelcomePlace())
        yield 200
        return None

    def open(self, room_id: RoomId) -> Doing:
        """Go into a room, as a click in the list does: how long until it is drawn."""
        began = time.perf_counter()
        self._window.go(InRoom(room_id))
        self._root.update()
        self._seen()
        took = _ms_since(began)
        yield 300
        return took

    def scroll(self, steps: int) -> Doing:
        """The wheel, from the end upwards: what each step took in which more was read, until all is in view."""
        timeline = self._conversation.timeline
        timeline.show_newest()
        yield 200
        took: list[float] = []
        for _ in range(steps):
            before, began = timeline.loaded.first, time.perf_counter()
            timeline.view.text.event_generate("<Button-4>")
            yield _LOOK_MS
            self._seen()
            if timeline.loaded.first != before:
                took.append(_ms_since(began) - _LOOK_MS)
            yield _LOOK_MS
        return took

    def beat(self, seconds: float) -> Doing:
        """A heartbeat of the Tk thread: how late each was, and how many messages came meanwhile."""
        late: list[float] = []
        last_seq, until = self._last_seq(), time.perf_counter() + seconds
        while (before := time.perf_counter()) < until:
            yield _BEAT_MS
            late.append(_ms_since(before) - _BEAT_MS)
        return late, self._last_seq() - last_seq

    def say(self, times: int, pause: int) -> Doing:
        """Write and press Enter: from there to my line in view, and to its tick."""
        drawn, ticked = [], []
        for number in range(times):
            text = f"On my way, {number} minutes!"
            self._conversation.composer.type(text)
            yield pause
            began = time.perf_counter()
            self._conversation.composer.editor.event_generate("<Return>")
            yield from self._until(partial(self._stands, text))
            self._seen()
            drawn.append(_ms_since(began))
            yield from self._until(partial(self._stands, text, in_log=True))
            self._seen()
            ticked.append(_ms_since(began))
        return drawn, ticked

    def react(self, times: int, pause: int) -> Doing:
        """Click a reaction of the newest message in and out, as a chip does it: from there to the chip in view."""
        timeline = self._conversation.timeline
        row = next(one.row for one in reversed(timeline.view.rows) if isinstance(one.row, MessageRow) and one.row.seq)
        took, me = [], self._window.state.me
        for number in range(times):
            on = number % 2 == 0
            yield pause
            began = time.perf_counter()
            timeline.perform(React(self._window.room_id or RoomId(""), row.message_id, "\N{THUMBS UP SIGN}", on))
            yield from self._until(partial(self._reacted, row.message_id, me, on))
            self._seen()
            took.append(_ms_since(began))
        return took

    def _reacted(self, message_id: EntryId, me: MemberKey, on: bool) -> bool:
        view = self._conversation.timeline.view
        index = view.find(message_id)
        row = view.rows[index].row if index is not None else None
        mine = isinstance(row, MessageRow) and any(me in one.members for one in row.reactions)
        return isinstance(row, MessageRow) and mine is on

    def write(self, text: str, pause: int) -> Doing:
        """Type it, with a rest behind each sentence, in which its spelling is checked: from each key to its letter in
        view, and how late the heartbeat of the Tk thread was meanwhile."""
        editor = self._conversation.composer.editor
        drawn, late = [], []
        for letter in text:
            began = time.perf_counter()
            self._root.tk.call("tk::TextInsert", str(editor), letter)
            self._seen()
            drawn.append(_ms_since(began))
            until = time.perf_counter() + pause * (20 if letter == "." else 1) / 1000
            while (before := time.perf_counter()) < until:
                yield _BEAT_MS
                late.append(_ms_since(before) - _BEAT_MS)
        editor.write("")
        return drawn, late

    def find(self, words: list[str]) -> Doing:
        """Type them into the search of this room: from each letter to its newest hit in view."""
        self._conversation.find()
        took: list[float] = []
        for word in words:
            yield from self._type(word, took)
        self._conversation.close_find()
        return took

    def search(self, words: list[str]) -> Doing:
        """The same in the search of every room: to its hits in the list."""
        self._window.go(SearchAll())
        took: list[float] = []
        for word in words:
            yield from self._type(word, took)
        self._window.back()
        return took

    def _type(self, word: str, took: list[float]) -> Generator[int, None, None]:
        page = self._window.main_view
        bar = page._find_bar if isinstance(page, ConversationView) else page
        assert isinstance(bar, FindBar | SearchPage)
        bar.field.set("")
        for letter in word:
            began = time.perf_counter()
            bar.field.field.insert("insert", letter)
            yield from self._until(lambda: not bar._seeker.busy)
            self._seen()
            took.append(_ms_since(began))
            yield _LOOK_MS

    # --- what actions have in common --------------------------------------------------------------------------------
    def _until(self, there: Callable[[], bool]) -> Generator[int, None, None]:
        until = time.perf_counter() + _PATIENCE_SECONDS
        while not there():
            if time.perf_counter() > until:
                raise TimeoutError("the window never came to it")
            yield _LOOK_MS

    def _seen(self) -> None:
        """When this returns, the screen shows all that has been drawn."""
        self._root.update_idletasks()
        self._root.winfo_pointerx()  # the X server answers when it has done all it was asked before

    @property
    def _conversation(self) -> ConversationView:
        assert isinstance(self._window.main_view, ConversationView)
        return self._window.main_view

    def _rooms_in(self) -> set[RoomId]:
        return {room.room_id for room in self._window.state.rooms.values() if room.is_in}

    def _last_seq(self) -> int:
        return sum(room.last_seq for room in self._window.state.rooms.values())

    def _stands(self, text: str, *, in_log: bool = False) -> bool:
        """Whether a line of mine is in the timeline, with a tick when it is to be `in_log`."""
        rows = (one.row for one in reversed(self._conversation.timeline.view.rows))
        return any(isinstance(row, MessageRow) and row.text == text and not (in_log and row.unsent) for row in rows)


def _ms_since(began: float) -> float:
    return round(1000 * (time.perf_counter() - began), 3)
