"""One room's Log on disk, as its Host writes it and as a Client replicates it. Disk thread.

The Log is the unbroken range at the end. Older entries, with some missing between them and that range, are kept as
parts: they are shown, and join the Log when the missing entries were fetched again.

The end of the Log, its parts and its writers are read from the database and remembered between calls, until a
transaction is rolled back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterable, Sequence

import msgspec

from lanchat.core.content import ANNOTATION, Annotation, Sealed, Text, decode, is_annotation, words_in
from lanchat.core.file_offer import FileOffer
from lanchat.core.frames import LogMark
from lanchat.core.keeping import epoch_in
from lanchat.core.log import Duplicate, NotAllowed, Outcome, Placement
from lanchat.core.message import makes_message
from lanchat.core.model import Entry, Head, LogEnd, LogEntry
from lanchat.storage import entry_rows, messages, private_messages, search_index
from lanchat.storage.carried import RoomCarried
from lanchat.storage.database import Database, Value
from lanchat.storage.entry_rows import Place
from lanchat.storage.errors import Gap
from lanchat.storage.log_marks import common_mark, marks_of
from lanchat.storage.log_parts import LogParts, Part
from lanchat.storage.log_writers import LogWriters
from lanchat.storage.messages import Seen
from lanchat.storage.outbox import RoomOutbox
from lanchat.storage.private_messages import Opener
from lanchat.storage.projection import PlacedAnnotation, Projection
from lanchat.storage.records import read_kept_entry
from lanchat.storage.targets import Targets

_ENTRIES = (
    "entries (id, epoch, entry_id, writer, counter, kind, body, sent_at, received_at, signature, head, target, "
    "is_message, erased)"
)
_ERASED = (
    "SELECT 1 FROM entries e LEFT JOIN changed c ON c.id = e.id "
    "WHERE e.id = ? AND e.erased = ? AND e.is_message AND c.deleted_by IS NULL"
)


class RoomLog:
    """A Log in the database, written by a Host or replicated by a Client. Every method may raise StorageProblem."""

    def __init__(self, database: Database, place: Place, opener: Opener | None = None) -> None:
        """`opener`: opens private messages; None: they are opened later."""
        self._opener = opener
        self.outbox = RoomOutbox(database, place)
        self.carried = RoomCarried(database, place)
        self._database = database
        self._projection = Projection(database, place)
        self.restored = False  #: the last `append` gave back bodies to entries that are here
        self.place = place
        self._room = place.number
        self._known_until: int | None = None
        self._end = LogEnd()
        self._parts = LogParts(database, place.number)
        self._writers = LogWriters(database, place.number)

    # --- reading -----------------------------------------------------------------------------------------------------
    def end(self) -> LogEnd:
        """Which range of the Log is here."""
        self._remember()
        return self._end

    @property
    def missing(self) -> bool:
        """Whether entries before `end().base` were here once and are to be fetched again."""
        self._remember()
        return bool(self._parts.all)

    def after(self, seq: int, limit: int) -> list[LogEntry]:
        """Up to `limit` entries of the Log after `seq`, oldest first."""
        return entry_rows.after(self._database, self.place, max(seq, self.end().base), limit)

    def before(self, seq: int, limit: int) -> tuple[list[LogEntry], Head]:
        """Up to `limit` entries of the Log before `seq`, oldest first, and the chain head before the first of them."""
        found, head = entry_rows.before(self._database, self.place, seq, limit, self.end().base)
        return found, head or self.head_at(seq - 1) or self.end().base_head

    def head_at(self, seq: int) -> Head | None:
        """The chain head after `seq`; None when that is outside the Log."""
        end = self.end()
        if seq <= end.base:
            return end.base_head if seq == end.base else None
        return entry_rows.head_at(self._database, self._room, seq)

    def marks(self) -> list[LogMark]:
        """Chain heads by which a keeper finds up to where its Log is the same as this one, the newest first."""
        return marks_of(self._database, self._room, self.end())

    def common(self, marks: Iterable[LogMark]) -> LogMark:
        """The newest of the marks that somebody else has of the same room and that is in this Log, too; where there is
        none, the beginning of this Log."""
        return common_mark(self._database, self._room, self.end(), marks)

    @property
    def keeps(self) -> Entry | None:
        """The newest entry that says who keeps the room open."""
        row = self._database.one("SELECT keeps FROM rooms WHERE number = ?", (self._room,))
        return read_kept_entry(row[0]) if row else None

    def set_keeps(self, entry: Entry) -> None:
        """Keep the newest entry that says who keeps the room open. The caller checks the signature."""
        packed = msgspec.msgpack.encode(entry)
        self._database.do("UPDATE rooms SET keeps = ? WHERE number = ?", (packed, self._room))

    def seen(self, run: Sequence[LogEntry], alone: bool = True) -> Seen:
        """What people see of a run of the Log, which is on disk. `alone`: nothing after it was here before."""
        return messages.seen(self._database, self.place, run, alone)

    # --- the Host's side ---------------------------------------------------------------------------------------------
    def append(self, entries: Sequence[Entry], received_at: int, carried: Container[bytes] = ()) -> list[Outcome]:
        """Append `entries` in one transaction; one outcome for each, in order. They are taken out of our own Outbox.
        `carried`: the ids of those that another Log had."""
        self._projection.erased.clear()
        with self._database.transaction():
            end = self.end()
            known = entry_rows.by_entry_id(self._database, self._room, [entry.entry_id for entry in entries])
            placement = Placement(self.place.room_id, end, known, self._writers.last_counters(entries))
            changes = [_change(entry) for entry in entries]
            about = [entry.target for entry, change in zip(entries, changes, strict=True) if change is not None]
            targets = Targets.read(self._database, self._room, about) if about else None
            outcomes: list[Outcome] = []
            written = 0
            for entry, change in zip(entries, changes, strict=True):
                if change is not None and targets is not None and entry.entry_id not in known:
                    if targets.needs_disk(change, entry.target):
                        self._write(placement.run[written:], targets.again())
                        written = len(placement.run)
                        targets = Targets.read(self._database, self._room, about)
                    code = targets.fault(change, entry.author, entry.target)
                    if code is not None:
                        outcomes.append(NotAllowed(code))
                        continue
                placed = placement.place(entry, received_at, entry.entry_id in carried)
                outcomes.append(placed)
                if targets is not None and isinstance(placed, LogEntry):
                    targets.let_in(entry, entry_rows.entry_number(self._room, placed.seq), change)
            self._write(placement.run[written:], targets.again() if targets else None)
            self._restore(entries, outcomes)
            return outcomes

    def _restore(self, entries: Sequence[Entry], outcomes: Sequence[Outcome]) -> None:
        """Give back their bodies to messages that somebody carried here without, though nobody deleted them. Their
        authors signed these bodies, too."""
        self.restored = False
        for entry, outcome in zip(entries, outcomes, strict=True):
            if not isinstance(outcome, Duplicate) or entry.erased is not None:
                continue
            number = entry_rows.entry_number(self._room, outcome.seq)
            found = self._database.one(_ERASED, (number, hashlib.sha256(entry.body).digest()))
            if found is not None:
                self._database.do("UPDATE entries SET body = ?, erased = NULL WHERE id = ?", (entry.body, number))
                self._projection.make_anew([entry.entry_id])
                self.restored = True

    @property
    def erased(self) -> list[int]:
        """The numbers of the entries whose bodies the last `append` erased: some of these, or older ones."""
        return [number & entry_rows.SEQ_MOST for number in self._projection.erased]

    # --- the Client's side -------------------------------------------------------------------------------------------
    def start(self, epoch: int, base: int, base_head: Head) -> None:
        """Begin the replica anew after `base`. What it held before that is kept as a part; the Outbox is kept, too."""
        with self._database.transaction():
            end = self.end()
            if base < end.last:
                self._forget()
                self._writers.forget()
                self._parts.set([])
            else:
                self._forget(base + 1)
                if end.last:
                    self._parts.set([*self._parts.all, Part(end.base, end.base_head, end.last)])
            self._set_base(epoch, base, base_head)
            self._end = LogEnd(epoch, base, base_head, base, base_head)

    def apply(self, run: Sequence[LogEntry]) -> None:
        """Add a run that follows `end().last`, and take its entries out of the Outbox. Raises Gap.

        `core.replica` checks the epochs: a Log that went on in a new epoch still holds entries of older ones.
        """
        if not run:
            return
        with self._database.transaction():
            end = self.end()
            _require_unbroken(run)
            if run[0].seq != end.last + 1:
                raise Gap
            self._require_new(run)
            self._write(run)

    def rebase(self, epoch: int, base: int, base_head: Head) -> list[Entry]:
        """Give way to the Log of a keeper, which is in `epoch` and is this one up to `base` only: what is here after
        that leaves this Log. Where `base` is not in this one, all of it leaves, and the replica begins anew there.

        What leaves, but for `+keeps`, waits in `carried` to be brought into the keeper's Log. All that waits there.
        """
        with self._database.transaction():
            self._remember()
            common = self._parts.around(self._end, base, base_head)
            kept = base if common is not None else 0
            waited = self.carried.waiting()
            left = self._carry_away(kept + 1)
            self._read_back_to(base)
            # writers stay as they are: those counters are used, though their entries are not here for a time
            begin = common or Part(base, base_head, base)
            self._parts.set([part for part in self._parts.all if part.last <= begin.base] if common else [])
            self._set_base(epoch, begin.base, begin.base_head)
            self._end = LogEnd(epoch, begin.base, begin.base_head, base, base_head)
            return left + waited

    def prepend(self, run: Sequence[LogEntry], base_head: Head) -> None:
        """Add a run that ends where the replica begins; `base_head` is the chain head before it. Raises Gap.

        It replaces the entries of parts that have the same numbers: those that are not in it wait in `carried`, as they
        may be of a Log that gave way. A part that it then follows joins the Log.
        """
        if not run:
            return
        with self._database.transaction():
            end = self.end()
            _require_unbroken(run)
            if run[-1].seq != end.base or run[-1].head != end.base_head:
                raise Gap
            base = run[0].seq - 1
            if self._parts.all:
                before = entry_rows.head_at(self._database, self._room, base)
                self._carry_away(base + 1 if before in (None, base_head) else base, end.base)
            self._require_new(run)
            self._insert(run)
            self._project(run[0].seq, run[-1].seq)
            base, base_head = self._parts.joined(base, base_head)
            self._set_base(end.epoch, base, base_head)
            self._end = LogEnd(end.epoch, base, base_head, end.last, end.head)

    def restore(self, items: Sequence[LogEntry]) -> None:
        """Insert entries of a damaged database that were checked. Call `set_range` after the last of them.

        Raises sqlite3.IntegrityError for an entry that is there already.
        """
        with self._database.transaction():
            self._remember()
            self._insert(items)

    def set_range(self, end: LogEnd, parts: Sequence[Part]) -> None:
        """Say which restored entries are the Log and which are parts before it. Entries after `end` are deleted."""
        with self._database.transaction():
            self._forget(end.last + 1)
            self._parts.set(parts)
            self._set_base(end.epoch, end.base, end.base_head)
            self._project(1, end.last)
            self._end = end

    def forget_beginning(self, entries: int) -> bool:
        """Delete the oldest `entries`; what is left of the Log is one unbroken range. False: nothing is left."""
        with self._database.transaction():
            end = self.end()
            first = entry_rows.first(self._database, self._room)
            if first is None:
                return False
            until = min(first - 1 + entries, end.last)
            head = self.head_at(until) if until > end.base else None
            self._forget(until=until)
            self._parts.set([])
            if head is not None:
                self._set_base(end.epoch, until, head)
                self._end = LogEnd(end.epoch, until, head, end.last, end.head)
            return until < end.last

    # --- private -----------------------------------------------------------------------------------------------------
    def _write(self, run: Sequence[LogEntry], targets: Targets | None = None) -> None:
        """Insert a run at the end. `targets`: of the annotations in it, if they were read already."""
        if not run:
            return
        self._projection.take(self._insert(run), targets)
        end, last = self._end, run[-1]
        self._end = LogEnd(max(last.epoch, end.epoch), end.base, end.base_head, last.seq, last.head)
        if last.epoch > end.epoch:
            self._set_base(last.epoch, end.base, end.base_head)
        keeps = [item.entry for item in run if epoch_in(item.entry) == item.epoch >= end.epoch]
        if keeps:  # an older one than what a host said comes with a history
            self.set_keeps(keeps[-1])

    def _insert(self, run: Sequence[LogEntry]) -> list[PlacedAnnotation]:
        """Insert entries, their words in the index and their writers, and take them out of the Outbox. The annotations
        among them."""
        found: list[tuple[int, *tuple[Value, ...]]] = []
        texts: list[tuple[int, str]] = []
        annotations: list[PlacedAnnotation] = []
        sealed: list[tuple[int, Entry]] = []
        run = self.carried.with_bodies(run)
        writers = self._writers.put(item.entry for item in run)
        for item, writer in zip(run, writers, strict=True):
            entry = item.entry
            number = entry_rows.entry_number(self._room, item.seq)
            content = decode(entry.kind, entry.body)
            found.append((number, item.epoch, entry.entry_id, writer.id, entry.counter, entry.kind, entry.body,
                          entry.sent_at, item.received_at, entry.signature, item.head, entry.target,
                          makes_message(entry, content), entry.erased))  # fmt: skip
            if isinstance(content, Text | FileOffer):
                if entry.erased is None:
                    texts.append((number, words_in(content)))
            elif is_annotation(content) and entry.erased is None:
                annotations.append(PlacedAnnotation(number, content, item.received_at, writer.member, entry.author,
                                                    entry.target))  # fmt: skip
            elif isinstance(content, Sealed):
                sealed.append((number, entry))
        entry_rows.insert(self._database, _ENTRIES, found)
        new = search_index.reuse_ids(self._database, found[0][0], found[-1][0], texts) if found else []
        search_index.put(self._database, new)
        private_messages.put(self._database, self.place, sealed, self._opener)
        self.outbox.take_out(run)
        self.carried.take_out(run)
        return annotations

    def _project(self, first: int, last: int) -> None:
        """Find out what annotations make of these entries, which were written before others that are here already."""
        numbers = (entry_rows.entry_number(self._room, seq) for seq in (first, last))
        self._projection.project(*numbers)

    def _forget(self, since: int = 1, until: int = entry_rows.SEQ_MOST, *, quickly: bool = False) -> None:
        """Delete the entries from `since` up to `until`, and their words in the index; `quickly`: those later."""
        first, last = entry_rows.entry_number(self._room, since), entry_rows.entry_number(self._room, until)
        (search_index.leave if quickly else search_index.take_out)(self._database, first, last)
        self._projection.forget(first, last)
        private_messages.take_out(self._database, first, last)
        for table in ("read_before", "entries"):
            self._database.do(f"DELETE FROM {table} WHERE id BETWEEN ? AND ?", (first, last))

    def _carry_away(self, since: int, until: int = entry_rows.SEQ_MOST) -> list[Entry]:
        """Let these entries leave, but keep them in `carried`. What annotations among them did is undone. Those that
        are to be brought back, in order."""
        left = self.carried.take_from_log(since - 1, until, self._read_seq())
        span = (entry_rows.entry_number(self._room, seq) for seq in (since, until))
        changed = self._projection.changed_by(*span)
        self._forget(since, until, quickly=True)
        self._projection.make_anew(changed)
        return left

    def _read_seq(self) -> int:
        row = self._database.one("SELECT read_seq FROM rooms WHERE number = ?", (self._room,))
        return int(row[0]) if row else 0

    def _read_back_to(self, seq: int) -> None:
        """Nothing after `seq` is read by its number: other entries will have these numbers."""
        self._database.do("UPDATE rooms SET read_seq = min(read_seq, ?) WHERE number = ?", (seq, self._room))
        self._database.do("UPDATE threads SET read_seq = min(read_seq, ?) WHERE room = ?", (seq, self._room))

    def _require_new(self, run: Sequence[LogEntry]) -> None:
        """Raises Gap for an entry_id that is in the Log already: authors and a host could use one twice on purpose."""
        entry_ids = [item.entry.entry_id for item in run]
        known = entry_rows.by_entry_id(self._database, self._room, entry_ids)
        if len(set(entry_ids)) < len(run):
            raise Gap
        for _author, seq in known.values():
            if entry_rows.in_chain(self._database, self._room, seq):
                raise Gap
            self._forget(seq, seq)  # it is outside any range, and its number may be damaged

    def _set_base(self, epoch: int, base: int, base_head: Head) -> None:
        self._database.do(
            "UPDATE rooms SET epoch = ?, base = ?, base_head = ? WHERE number = ?", (epoch, base, base_head, self._room)
        )

    def _remember(self) -> None:
        """Read what is remembered between calls, unless that was done and no transaction was rolled back since."""
        if self._known_until == self._database.undone:
            return
        row = self._database.one("SELECT epoch, base, base_head FROM rooms WHERE number = ?", (self._room,))
        assert row is not None, "the room was forgotten"
        epoch, base, base_head = row
        last, head = entry_rows.last(self._database, self._room) or (base, base_head)
        if last < base:  # nothing of the Log is here, only parts
            last, head = base, base_head
        self._end = LogEnd(epoch, base, Head(base_head), last, Head(head))
        self._parts.read()
        self._writers.read()
        self._known_until = self._database.undone


def _change(entry: Entry) -> Annotation | None:
    """What an entry changes, if it is an annotation that this program knows."""
    content = decode(entry.kind, entry.body) if entry.kind.startswith(ANNOTATION) else None
    return content if content is not None and is_annotation(content) else None


def _require_unbroken(run: Sequence[LogEntry]) -> None:
    """Raises Gap unless the numbers of `run` have no gap."""
    first = run[0].seq
    if any(item.seq != first + offset for offset, item in enumerate(run)):
        raise Gap
