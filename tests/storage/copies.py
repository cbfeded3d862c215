"""Copies of one room on several disks, which go on apart and become one again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec
from people import KITCHEN, Person

from lanchat.core.content import Payload, Text, decode, encode
from lanchat.core.keeping import Keeping
from lanchat.core.message import Message
from lanchat.core.model import START, Entry, EntryId, LogEntry, MemberKey, PrivateThread, RoomId
from lanchat.storage.private_messages import Opened
from lanchat.storage.reader import Reader
from lanchat.storage.records import RoomRecord
from lanchat.storage.room_log import RoomLog
from lanchat.storage.store import Store
from lanchat.trust.sealing import SealingKey
from lanchat.trust.signing import make_entry, new_entry_id

WORDS = ("soup", "bread", "salt", "edited", "topic")


class Copy:
    """One person's copy of the kitchen, which they keep open or have from others."""

    def __init__(self, folder: Path, store: Store, reader: Reader, me: Person) -> None:
        self.folder, self.store, self.reader, self.me = folder, store, reader, me

    @property
    def log(self) -> RoomLog:
        return self.store.log(KITCHEN)

    def everything(self) -> list[LogEntry]:
        return self.log.after(0, 1_000_000)

    def say(self, person: Person, *texts: str, kind: str = "text", about: Entry | None = None) -> list[Entry]:
        """Somebody says something here, and it is taken."""
        target = EntryId(about.entry_id) if about is not None else None
        entries = person.writes(*texts, kind=kind, target=target)
        self.take(entries)
        return entries

    def take(self, entries: Sequence[Entry], carried: Sequence[Entry] = ()) -> list[Entry]:
        """Append entries as a keeper does; those of them that were taken."""
        outcomes = self.log.append(entries, 1_000_000, {entry.entry_id for entry in carried})
        return [outcome.entry for outcome in outcomes if isinstance(outcome, LogEntry)]

    def keep_open(self, epoch: int) -> Entry:
        """Say in the Log that from now on it is kept open here."""
        end = self.log.end()
        payload = encode(Keeping(epoch, end.last, end.head))
        entry = make_entry(self.me.identity, KITCHEN, 0, payload, 1_000_000)
        assert self.take([entry]) == [entry]
        return entry

    def follow(self, keeper: Copy) -> None:
        """Become a copy of the keeper's Log, as a client does."""
        end = keeper.log.end()
        common = keeper.log.common(self.log.marks())
        if self.log.end().epoch == 0:
            self.log.start(end.epoch, end.base, end.base_head)
        elif common.seq < self.log.end().last:
            self.log.rebase(end.epoch, common.seq, common.head)
        run = keeper.log.after(self.log.end().last, 1_000_000)
        for start in range(0, len(run), 7):
            self.log.apply(run[start : start + 7])

    def bring_back(self, keeper: Copy) -> None:
        """Bring what this one carries into the keeper's Log, and follow that."""
        waiting = self.log.carried.waiting()
        outcomes = keeper.log.append(waiting, 1_000_000, {entry.entry_id for entry in waiting})
        for entry, outcome in zip(waiting, outcomes, strict=True):
            if not isinstance(outcome, LogEntry):
                self.log.carried.set_aside(EntryId(entry.entry_id), "right")
        self.follow(keeper)

    def shown(self) -> Shown:
        thread_of = self.reader.threads()
        topic, pinned = self.reader.topic(KITCHEN), self.reader.pinned(KITCHEN)
        found = {word: [hit.message for hit in self.reader.search(word)] for word in WORDS}
        threads = {thread: self.reader.newest(thread.thread_id, 1_000) for thread in thread_of}
        return Shown(self.reader.newest(KITCHEN, 10_000), topic, pinned, found, threads)

    def index(self) -> list[tuple[object, ...]]:
        """Every word of the search index, with the row and the place in its text, once the disk was idle."""
        while not self.store.settle():
            pass
        database = self.store._database
        database.do("INSERT INTO words (words) VALUES ('integrity-check')")
        database.do("CREATE VIRTUAL TABLE IF NOT EXISTS temp.terms USING fts5vocab (main, words, instance)")
        return database.all("SELECT term, doc, offset FROM terms")

    def unread(self, conversation: RoomId = KITCHEN) -> int:
        return self.reader.unread(conversation, self.me.identity.key)


class Shown(NamedTuple):
    """What people see of a room."""

    messages: list[Message]
    topic: str
    pinned: list[Message]
    found: dict[str, list[Message]]
    threads: dict[PrivateThread, list[Message]]


@contextmanager
def copy_of(folder: Path, owner: Person, me: Person) -> Iterator[Copy]:
    """The copy of the kitchen in `folder`. The owner begins the room, any other has nothing of it at first."""
    with closing(Store.open(folder)) as store:
        mine = SealingKey.of(me.identity)
        store.open_private(lambda room_id, entry: _opened(mine, room_id, entry))
        if store.room(KITCHEN) is None:
            store.put_room(RoomRecord(KITCHEN, "Kitchen", owner.identity.key, hosted=me is owner))
        with closing(Reader.open(folder)) as reader:
            yield Copy(folder, store, reader, me)


def seals(author: Person, reader: Person, text: str) -> Entry:
    """`author` writes a private message to `reader`."""
    author.counter += 1
    entry_id = new_entry_id()
    key, theirs = SealingKey.of(author.identity), SealingKey.of(reader.identity)
    payload = key.seal(KITCHEN, entry_id, reader.identity.key, theirs.public, Payload("text", None, text.encode()))
    return make_entry(author.identity, KITCHEN, author.counter, payload, 1_000_000 + author.counter, entry_id)


def _opened(mine: SealingKey, room_id: RoomId, entry: Entry) -> Opened | None:
    payload = mine.unseal(room_id, entry)
    if payload is None:
        return None
    content = decode(payload.kind, payload.body)
    recipient = msgspec.msgpack.decode(entry.body)[0]
    is_mine = entry.author == mine.member
    assert isinstance(content, Text)
    return Opened(MemberKey(recipient if is_mine else entry.author), is_mine, payload.kind, content.text)


def fresh(folder: Path, owner: Person, me: Person, run: Sequence[LogEntry]) -> Shown:
    """What is seen of a room by somebody new who gets this Log."""
    with copy_of(folder, owner, me) as copy:
        copy.log.start(1, 0, START)
        copy.log.apply(run)
        return copy.shown()
