"""Introductions: what somebody unknown wrote waits a moment for their name, which the Engine has asked for by then.

A terminal cannot change what it has written: without this, a newcomer would read the past as said by nobody. Pure.
"""

from __future__ import annotations

from collections.abc import Callable

from lanchat.core.model import Card, MemberKey
from lanchat.engine.events import CardsCame, EntriesAdded, Event
from lanchat.terminal.people import PeopleColumn

_PATIENCE_SECONDS = 1.0


class Introductions:
    def __init__(self, people: PeopleColumn, look_up: Callable[[MemberKey], Card | None]) -> None:
        """`look_up` finds a card that is on disk."""
        self._people = people
        self._look_up = look_up
        self._held: list[Event] = []
        self._strangers: set[MemberKey] = set()
        self._nameless: set[MemberKey] = set()  # waited for before, in vain
        self.until: float | None = None  #: when to ask for `pass_on` again, whatever happens

    def pass_on(self, event: Event | None, now: float) -> list[Event]:
        """The events whose time has come, in their order. `event` None: only time has passed."""
        if event is not None:
            self._held.append(event)
        match event:
            case CardsCame(cards=cards):
                self._people.nicks.learn(cards)
            case EntriesAdded(entries=entries):
                self._strangers |= {MemberKey(item.entry.author) for item in entries} - self._nameless
        self._strangers = {key for key in self._strangers if not self._is_known(key)}
        if self._strangers and self.until is None:
            self.until = now + _PATIENCE_SECONDS
        if self._strangers and self.until is not None and now < self.until:
            return []
        self._nameless |= self._strangers
        self._strangers.clear()
        self.until = None
        passed, self._held = self._held, []
        return passed

    def _is_known(self, key: MemberKey) -> bool:
        if not self._people.nicks.knows(key) and (card := self._look_up(key)):
            self._people.nicks.learn([card])
        return self._people.nicks.knows(key)
