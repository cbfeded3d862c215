"""LogPages: which messages of a room are on this disk, and reading some of them. Tk thread: each read is short.

`EarlierMessages` says what came before the oldest of them, and asks the host for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from lanchat.core.file_words import described_offer
from lanchat.core.message import Message, Quote
from lanchat.core.model import EntryId, RoomId
from lanchat.core.translate import _
from lanchat.desktop.view_context import ViewContext
from lanchat.engine.commands import FetchEarlier
from lanchat.engine.events import ConnectionState
from lanchat.storage.errors import StorageProblem
from lanchat.storage.reader import Reader, Version

PAGE_SIZE = 16  #: messages read at once: a few ms to lay out and to draw


class LogPage(NamedTuple):
    """Messages without a gap, oldest first, and the one before them; None: none is here."""

    before: Message | None
    messages: list[Message]


class LogPages:
    def __init__(self, reader: Reader, room_id: RoomId, failed: Callable[[str], None]) -> None:
        """`failed` is told, in plain words, why nothing could be read; the page is empty then."""
        self._reader = reader
        self._room_id = room_id
        self._failed = failed
        self.first = 1  #: seq of the oldest message on this disk
        self.last = 0  #: seq of the newest; before `first`: there is none
        self.end = 0  #: seq of the newest entry that is known of, which need not be a message
        self.from_beginning = True  #: nothing was said before `first`
        self.look()

    def look(self) -> None:
        """See anew which messages are here."""
        with self._telling():
            if newest := self._reader.newest(self._room_id, 1):
                self.last = newest[0].seq
                oldest = self._reader.after(self._room_id, 0, 1)
                self.first = oldest[0].seq if oldest else self.last
            self.from_beginning = self._reader.first_seq(self._room_id) <= 1
        self.end = max(self.end, self.last)

    def read_again(self) -> None:
        """The log is another after some entry."""
        self.first, self.last, self.end = 1, 0, 0
        self.look()

    def grew(self, after: int, last: int, messages: Sequence[Message]) -> bool:
        """Entries came: those after `after` up to `last`. False: they do not follow on what is here; `look`."""
        if after != self.end:
            self.end = max(self.end, last)
            return False
        self.end = last
        if messages:
            self.first = self.first if self.last else messages[0].seq
            self.last = messages[-1].seq
        return True

    def newest(self, most: int) -> LogPage:
        return self.before(self.last + 1, most)

    def before(self, seq: int, most: int = PAGE_SIZE) -> LogPage:
        """Up to `most` messages that end before `seq`."""
        with self._telling():
            found = self._reader.before(self._room_id, seq, most + 1)
            return LogPage(found[0], found[1:]) if len(found) > most else LogPage(None, found)
        return LogPage(None, [])

    def after(self, seq: int, most: int = PAGE_SIZE) -> LogPage:
        """Up to `most` messages that begin after `seq`."""
        with self._telling():
            before = self._reader.before(self._room_id, seq + 1, 1)
            return LogPage(before[0] if before else None, self._reader.after(self._room_id, seq, most))
        return LogPage(None, [])

    def through(self, first: int, last: int) -> LogPage:
        """The messages from `first` up to `last`."""
        page = self.after(first - 1, last - first + 1)
        return page._replace(messages=[message for message in page.messages if message.seq <= last])

    def around(self, seq: int, most: int) -> LogPage:
        """Up to `most` messages with `seq` among them, as many before it as after."""
        with self._telling():
            half = most // 2
            newer = self._reader.after(self._room_id, seq - 1, most - half)
            older = self._reader.before(self._room_id, seq, most - len(newer) + 1)
            if len(older) < half:
                newer = self._reader.after(self._room_id, seq - 1, most - len(older))
            if len(older) + len(newer) > most:
                return LogPage(older[0], older[1:] + newer)
            return LogPage(None, older + newer)
        return LogPage(None, [])

    def message(self, message_id: EntryId) -> Message | None:
        """One message; None: it is not here."""
        with self._telling():
            return self._reader.message(self._room_id, message_id)
        return None

    def quote(self, message_id: EntryId) -> Quote | None:
        """A message as one that answers it quotes it; None: it is not here."""
        found = self.message(message_id)
        if found is None:
            return None
        text = described_offer(found.offer) if found.offer is not None else found.text
        return Quote(message_id, found.author, found.seq, text, found.deleted)

    def is_bookmarked(self, message_id: EntryId) -> bool:
        with self._telling():
            return self._reader.is_bookmarked(self._room_id, message_id)
        return False

    def versions(self, message_id: EntryId) -> list[Version]:
        """What a message said, one version after the other."""
        with self._telling():
            return self._reader.versions(self._room_id, message_id)
        return []

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """What cannot be read is told, not raised."""
        try:
            yield
        except StorageProblem as problem:
            self._failed(str(problem))


class EarlierMessages:
    def __init__(self, context: ViewContext, room_id: RoomId, pages: LogPages) -> None:
        self.asked = False  #: and the host has not answered yet
        self._context = context
        self._room_id = room_id
        self._pages = pages

    def ask(self) -> None:
        """Fetch a page from the host, where there is any hope of one."""
        room = self._context.state.room(self._room_id)
        connected = room.connection is ConnectionState.CONNECTED
        if not self._pages.from_beginning and connected and not (self.asked or room.earlier_exhausted):
            self.asked = True
            self._context.do(FetchEarlier(self._room_id))

    def words(self) -> str:
        """Over the oldest message that is here; "": nothing."""
        room = self._context.state.room(self._room_id)
        if self._pages.from_beginning:
            return _("This is the beginning.") if self._pages.last else _("Nothing has been said here yet.")
        if self.asked:
            return _("Fetching earlier messages…")
        if room.earlier_exhausted or room.connection is ConnectionState.HOSTING:
            return _("There are no earlier messages.")
        return "" if room.is_live else _("Earlier messages come when you are connected.")
