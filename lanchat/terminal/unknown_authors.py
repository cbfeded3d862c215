"""UnknownAuthorBuffer: the wait for names that are not known yet. Main thread.

A terminal cannot change what it has written, so events of an unknown author wait a moment for that author's card, which
the Engine has requested by then.
"""

from __future__ import annotations

from collections.abc import Callable

from lanchat.core.model import Card, MemberKey
from lanchat.engine import events
from lanchat.terminal.output import PeopleColumn

_PATIENCE_SECONDS = 1.0  # with the card of an unknown author


class UnknownAuthorBuffer:
    def __init__(self, people: PeopleColumn, find_card: Callable[[MemberKey], Card | None]) -> None:
        """`find_card`: a member's card on disk."""
        self._people = people
        self._find_card = find_card
        self._held: list[events.Event] = []
        self._unknown: set[MemberKey] = set()
        self._given_up: set[MemberKey] = set()  # their cards did not come in time
        self.until: float | None = None  #: when to call `release` again at the latest (time.monotonic)

    def release(self, event: events.Event | None, now: float) -> list[events.Event]:
        """The events that may be printed now, in their order. `event` None: only time has passed."""
        if event is not None:
            self._held.append(event)
        match event:
            case events.CardsCame(cards=cards):
                self._people.nicks.learn(cards)
            case events.MessagesAdded(messages=messages):
                self._unknown |= {message.author for message in messages} - self._given_up
        self._unknown = {key for key in self._unknown if not self._is_known(key)}
        if self._unknown:
            self.until = self.until or now + _PATIENCE_SECONDS
            if now < self.until:
                return []
        self._given_up |= self._unknown
        self._unknown.clear()
        self.until = None
        passed, self._held = self._held, []
        return passed

    def _is_known(self, key: MemberKey) -> bool:
        if not self._people.nicks.knows(key) and (card := self._find_card(key)):
            self._people.nicks.learn([card])
        return self._people.nicks.knows(key)
