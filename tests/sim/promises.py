"""The promises: of what is on disk, looked at after each job of each disk; and of what the faces are told."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from lanchat.core.content import ANNOTATION
from lanchat.core.keeping import Keeping
from lanchat.core.message import Message
from lanchat.core.model import Entry, EntryId, LogEntry, MemberKey
from lanchat.storage import messages
from lanchat.storage.entry_rows import Place
from sim.injected import LIMITS
from sim.machine import ROOM, ROOM_NUMBER, Medium
from sim.reference import Reference

SEQ = (1 << 40) - 1
ENTRY = "x.entry_id, {author}, device_id, x.counter, x.kind, x.target, x.body, x.sent_at, x.signature"
_PLACE = Place(ROOM_NUMBER, ROOM)
_BASE = f"SELECT base FROM rooms WHERE number = {ROOM_NUMBER}"
ROWS = (
    f"SELECT x.id & {SEQ}, x.epoch, x.received_at, x.head, {ENTRY.format(author='m.key')}, x.erased FROM entries x "
    "JOIN writers w ON w.id = x.writer JOIN members m ON m.id = w.member "
    f"WHERE x.id >> 40 = ? AND (x.id & {SEQ} > ? OR x.id & {SEQ} <= ?) ORDER BY x.id"
)
ALL = 1_000_000
_MATCHING = (
    f"SELECT rowid & {SEQ} FROM words WHERE words MATCH ? AND rowid >> 40 = ? "
    "AND rowid NOT IN (SELECT id FROM left_in_index)"
)
_INDEXED = ("text", "+edit")
_OUTBOX = f"SELECT refused, {ENTRY.format(author='author')} FROM outbox x ORDER BY id"


class Broken(AssertionError):
    """A promise was broken."""


def check(holds: bool, promise: str) -> None:
    if not holds:
        raise Broken(promise)


class Truth:
    """What was written, and what the host's disk has of it."""

    def __init__(self, host: MemberKey, lenient: bool) -> None:
        """`lenient`: the host takes annotations against the rules, and every client must see to them by itself."""
        self.lenient = lenient
        self.reference = Reference(host)
        self.foreseen: set[bytes] = set()  #: ids that were targets before somebody wrote a message with them
        self.written: dict[EntryId, Entry] = {}
        self.log: list[LogEntry] = []
        self.seqs: dict[EntryId, int] = {}
        self.copies: list[Copy] = []
        self.given_up: set[EntryId] = set()
        self.read_by_host = 0  # the person who hosts had everything up to here on the screen
        self._counters: dict[tuple[bytes, bytes], int] = {}

    @property
    def last(self) -> int:
        return len(self.log)

    def is_there(self, target: EntryId | None, copy: Copy) -> bool:
        """Whether an annotation of this target, written on that device now, comes after it."""
        return target in self.seqs or target in copy.outbox

    def fit(self, entry_id: EntryId) -> bool:
        return len(self.written[entry_id].body) <= LIMITS.text_characters

    def log_grew(self, run: Iterable[LogEntry]) -> None:
        for item in run:
            entry, entry_id = item.entry, EntryId(item.entry.entry_id)
            check(item.seq == len(self.log) + 1, "I5: a gap in the Log")
            check(entry_id not in self.seqs, "I7: one entry has two numbers")
            self.log.append(replace(item, entry=proof(entry)))
            self.seqs[entry_id] = item.seq
            if entry.kind == Keeping.kind:  # the host's program says that it keeps the room open
                continue
            written = self.written.get(entry_id)
            check(written is not None and proof(written) == proof(entry), "I2: in the Log is what nobody wrote")
            check(self.fit(entry_id), "an entry that is too long was taken")
            if written is not None:
                check(self.lenient or not self.reference.fault(written), f"the host took {written}, against the rules")
                self.reference.take(replace(item, entry=written))
            device = (entry.author, entry.device_id)
            check(entry.counter > self._counters.get(device, 0), "I6: a device's entries are out of order")
            self._counters[device] = entry.counter

    def same(self, run: Iterable[LogEntry]) -> None:
        for item in run:
            check(item.seq <= len(self.log), "I1: shown, but not on the host's disk")
            check(self.log[item.seq - 1] == replace(item, entry=proof(item.entry)), "I4: a view differs from the Log")

    def told(self, messages: Iterable[Message], copy: Copy) -> None:
        """A face is shown these."""
        for message in messages:
            check(message.message_id in copy.ids, "I1: shown before it is on disk")
            check(self.seqs.get(message.message_id) == message.seq, "I4: shown in another place than in the Log")

    def taken(self, entry_ids: Iterable[EntryId]) -> None:
        for entry_id in entry_ids:
            check(entry_id in self.seqs, "a tick for what is not on the host's disk")

    def delivered(self, entry_ids: Iterable[EntryId]) -> None:
        for entry_id in entry_ids:
            seq, author = self.seqs[entry_id], self.written[entry_id].author
            others = (copy for copy in self.copies if copy.follows and copy.key != author)
            elsewhere = any(copy.base < seq <= copy.last for copy in others)
            check(elsewhere or seq <= self.read_by_host, "a second tick for what nobody else has")

    def refused(self, entry_ids: Iterable[EntryId]) -> None:
        for entry_id in entry_ids:
            annotation = self.written[entry_id].kind.startswith(ANNOTATION)  # whether rightly: see `healed`
            check(annotation or not self.fit(entry_id), "I6: an honest entry was refused")
            check(entry_id not in self.given_up, "an entry that was refused is sent again")
            self.given_up.add(entry_id)

    def healed(self) -> None:
        """Everybody is connected, and all is still."""
        for copy in self.copies:
            copy.look_at_all()
            check(not copy.waiting, "I9: an Outbox is not empty")
            check(copy.base == 0 and copy.last == len(self.log), "I9: a view differs from the Log after healing")
        for entry_id, entry in self.written.items():
            if entry_id not in self.seqs and self.fit(entry_id):
                check(entry.kind.startswith(ANNOTATION), "I1: something written is not in the Log")
                wrong = bool(self.reference.fault(entry)) or entry.target in self.foreseen
                check(wrong, f"I1: the host refused {entry}, which the rules allow")
        shown = self.reference.messages
        for copy in self.copies:
            check(copy.messages() == shown, "I9: views differ in what annotations made of messages")
            check(copy.topic() == self.reference.topic, "I9: views differ in the topic")
            copy.check_erased(self.reference.erased, self.lenient)
            copy.check_index(shown)


class Copy:
    """What is on one disk of the Log and the Outbox, as last looked at."""

    def __init__(self, truth: Truth, medium: Medium, key: MemberKey, follows: bool) -> None:
        """`follows`: it is not the host's."""
        truth.copies.append(self)
        self.key = key
        self.follows = follows
        self.base = self.last = 0
        self.ids: set[EntryId] = set()
        self.outbox: dict[EntryId, str | None] = {}  # and why it was refused
        self._truth = truth
        self._medium = medium
        self._database = medium.database
        self._changes = -1

    @property
    def waiting(self) -> list[EntryId]:
        return [entry_id for entry_id, refused in self.outbox.items() if refused is None]

    def look(self) -> None:
        """After each job of the disk."""
        check(not self._medium.in_transaction, "a job leaves a transaction open")
        if self._changes == self._medium.total_changes:
            return
        self._changes = self._medium.total_changes
        ((base,),) = self._medium.look(_BASE)
        check(base <= self.base or not self.ids, "I10: a replica was thrown away")
        new = self._rows(max(self.last, base), self.base)
        self.base, self.last = base, max(self.last, base, *(item.seq for item in new))
        self.ids |= {EntryId(item.entry.entry_id) for item in new}
        check(len(self.ids) == self.last - self.base, "I3 or I5: an entry twice in a view, or a gap in it")
        (self._truth.same if self.follows else self._truth.log_grew)(new)
        self._look_at_outbox()

    def _look_at_outbox(self) -> None:
        before, self.outbox = self.outbox, {}
        for refused, *fields in self._medium.look(_OUTBOX):
            entry = Entry(*fields)
            self.outbox[EntryId(entry.entry_id)] = refused
            if self._truth.written.setdefault(EntryId(entry.entry_id), entry) != entry:
                raise Broken("I2: an entry changed in the Outbox")
        check(not self.ids & self.outbox.keys(), "I8: both in the Outbox and in the Log")
        gone = before.keys() - self.outbox.keys() - self.ids
        annotations = all(self._truth.written[entry_id].kind.startswith(ANNOTATION) for entry_id in gone)
        check(annotations, "I10: it left the Outbox for nowhere")  # whether the host may refuse one: see `healed`

    def look_at_all(self) -> None:
        """Whether everything that was ever there, still is."""
        self.look()
        ((base,),) = self._medium.look(_BASE)
        rows = self._rows(0, 0)
        check(base == self.base and len(rows) == len(self.ids), "I10: something has vanished from a disk")
        proven = [replace(item, entry=proof(item.entry)) for item in rows]
        check(proven == self._truth.log[base : self.last], "I4: a view differs from the Log")

    def _rows(self, after: int, until: int) -> Sequence[LogEntry]:
        return [
            LogEntry(Entry(*fields), epoch, seq, received_at, head)
            for seq, epoch, received_at, head, *fields in self._medium.look(ROWS, ROOM_NUMBER, after, until)
        ]

    # --- what annotations made of messages
    def messages(self) -> list[Message]:
        """All messages, as a face reads them."""
        return messages.after(self._database, _PLACE, 0, ALL)

    def topic(self) -> str:
        return messages.topic(self._database, _PLACE)

    def check_erased(self, erased: set[bytes], lenient: bool) -> None:
        """A deleted text is on no disk, and nothing else was erased."""
        rows = self._rows(0, 0)
        check_no_deleted_text(self._medium, rows, erased)
        for entry in (item.entry for item in rows):
            fine = entry.entry_id in erased or lenient or entry.erased is None
            check(fine, f"what nobody deleted was erased: {entry}")

    def check_index(self, shown: list[Message]) -> None:
        check_index(self._medium, ROOM_NUMBER, self._truth.written.values(), shown)


def check_no_deleted_text(medium: Medium, rows: Iterable[LogEntry], erased: set[bytes]) -> None:
    """No deleted text is left on this disk."""
    for entry in (item.entry for item in rows):
        check(not (entry.entry_id in erased and entry.body), f"a deleted text is still on a disk: {entry}")
    kept = medium.look("SELECT text FROM changed WHERE deleted_by IS NOT NULL AND text IS NOT NULL")
    check(not kept, "a deleted text is still on a disk, as last edited")


def check_index(medium: Medium, room: int, written: Iterable[Entry], shown: list[Message]) -> None:
    """The index has each message by what it says now, and by nothing else."""
    now = {_word(message.text): message.seq for message in shown if message.text}
    for entry in written:
        if entry.kind in _INDEXED:
            word = _word(entry.body.decode())
            found = [seq for (seq,) in medium.look(_MATCHING, f'"{word}"', room)]
            check(found == ([now[word]] if word in now else []), f"in the index {word} is in {found}")


def proof(entry: Entry) -> Entry:
    """What an entry proves, whether its body is still here or was erased."""
    return entry if entry.erased is not None else replace(entry, body=b"", erased=hashlib.sha256(entry.body).digest())


def _word(text: str) -> str:
    return text.rstrip("-")
