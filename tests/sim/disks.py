"""The promises of a room that several computers may keep: of what is on each disk, looked at after each of its jobs,
and of all disks together, once everybody is connected again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from lanchat.core.content import ANNOTATION
from lanchat.core.keeping import Keeping
from lanchat.core.message import Message
from lanchat.core.model import Entry, EntryId, LogEntry, MemberKey
from lanchat.storage import messages
from lanchat.storage.entry_rows import Place
from sim.injected import LIMITS
from sim.machine import HOST, ROOM, ROOM_NUMBER, Medium
from sim.promises import ALL, ENTRY, ROWS, SEQ, check, check_index, check_no_deleted_text, proof
from sim.reference import Reference

_ROOM = (
    "SELECT number, epoch, base, read_seq, (SELECT head FROM entries WHERE id = (number << 40) + ?) "
    "FROM rooms WHERE room_id = ?"
)
_OUTBOX = f"SELECT refused, {ENTRY.format(author='author')} FROM outbox x ORDER BY id"
_CARRIED = f"SELECT refused, {ENTRY.format(author='author')}, erased, read FROM carried x ORDER BY id"
_BANNED = "SELECT key FROM standing WHERE room = ? AND banned"
_READ_BEFORE = f"SELECT id & {SEQ} FROM read_before WHERE id >> 40 = ?"


def is_message(entry: Entry) -> bool:
    return not entry.kind.startswith(ANNOTATION)


class Witness:
    """Who sees all disks: what was written, where it was put in which epoch, and what was lost with a disk."""

    def __init__(self) -> None:
        self.written: dict[EntryId, Entry] = {}
        self.foreseen: set[bytes] = set()  #: ids that were targets before somebody wrote a message with them
        self.places: dict[tuple[int, int], tuple[EntryId, bytes]] = {}
        self.holders: dict[EntryId, set[MemberKey]] = {}  #: who ever had an entry in their Log
        self.acknowledged: set[EntryId] = set()
        self.lost: set[EntryId] = set()  #: what was on a disk that was lost, forgotten or put back to an older state
        self.given_up: set[EntryId] = set()
        self.ever_banned: set[MemberKey] = set()
        self.in_parts = False  #: a newcomer carried what it had, and had not all that was before it
        self.last = 0  #: the highest number that any entry ever had

    def is_there(self, target: EntryId | None, copy: DiskCopy) -> bool:
        """Whether an annotation of this target, written on that device now, comes after it."""
        return target in copy.shown

    def fit(self, entry: Entry) -> bool:
        return len(entry.body) <= LIMITS.text_characters or entry.kind in (Keeping.kind, "+ban", "+unban")

    def wrote(self, entry: Entry, author: MemberKey) -> None:
        """`entry` was found on a disk, in a Log or on its way. `author`: whose disk it is."""
        entry_id = EntryId(entry.entry_id)
        before = self.written.get(entry_id)
        if before is None:
            check(entry.author == author, f"I2: nobody wrote {entry}")
            self.written[entry_id] = entry
        else:
            check(proof(before) == proof(entry), f"I2: an entry was altered: {entry}, not {before}")

    def placed(self, item: LogEntry, on: DiskCopy) -> None:
        """`item` is in the Log of that disk."""
        entry_id = EntryId(item.entry.entry_id)
        self.wrote(item.entry, on.key)
        check(self.fit(item.entry), "an entry that is too long was taken")
        place = self.places.setdefault((item.epoch, item.seq), (entry_id, item.head))
        check(place == (entry_id, item.head), f"I7: number {item.seq} of epoch {item.epoch} names two entries")
        self.holders.setdefault(entry_id, set()).add(on.key)
        self.last = max(self.last, item.seq)
        if item.entry.author == on.key:
            self.acknowledged.add(entry_id)

    # --- what faces are told
    def told(self, messages: Iterable[Message], copy: DiskCopy) -> None:
        for message in messages:
            check(message.message_id in copy.shown, "I1: shown before it is on disk")

    def taken(self, entry_ids: Iterable[EntryId]) -> None:
        for entry_id in entry_ids:
            check(entry_id in self.holders, "a tick for what is on no keeper's disk")

    def delivered(self, entry_ids: Iterable[EntryId]) -> None:
        for entry_id in entry_ids:
            others = self.holders.get(entry_id, set()) - {self.written[entry_id].author}
            check(bool(others), "a second tick for what nobody else ever had")

    def refused(self, entry_ids: Iterable[EntryId]) -> None:
        for entry_id in entry_ids:
            entry = self.written[entry_id]
            fine = is_message(entry) and self.fit(entry) and entry.author not in self.ever_banned
            check(not fine, f"I6: an honest entry was refused: {entry}")
            self.given_up.add(entry_id)


class DiskCopy:
    """What one disk holds of the room, as last looked at."""

    def __init__(self, witness: Witness, medium: Medium, key: MemberKey) -> None:
        """`key`: of the person whose disk it is."""
        self.key = key
        self.epoch = self.base = self.last = self.read_seq = 0
        self.log: list[LogEntry] = []  #: all rows, without the bodies
        self.ids: set[EntryId] = set()
        self.outbox: dict[EntryId, str | None] = {}  #: and why it was refused
        self.carried: dict[EntryId, str | None] = {}
        self.banned: set[MemberKey] = set()  #: as this disk knows
        self.shown: set[EntryId] = set()  #: the messages on this disk, in the Log or on their way to it
        self.read: set[EntryId] = set()  #: the messages of others that the person has read here
        self._room = ROOM_NUMBER  # another one after the room was forgotten
        self._witness = witness
        self._medium = medium
        self._database = medium.database
        self._changes = -1

    @property
    def waiting(self) -> list[EntryId]:
        return [entry_id for entry_id, refused in (self.outbox | self.carried).items() if refused is None]

    @property
    def end(self) -> tuple[int, int, bytes]:
        """Which Log is here: one chain head is that of one Log only."""
        return self.base, self.last, self.log[-1].head if self.log else b""

    @property
    def held(self) -> set[EntryId]:
        """All that is here and is to be in the Log one day."""
        lasting = (EntryId(item.entry.entry_id) for item in self.log if item.entry.kind != Keeping.kind)
        return {*lasting, *self.waiting}

    def replaced(self, medium: Medium) -> None:
        """Another disk is in the computer, or an older state of this one: what was there, is lost."""
        before = self.held
        self.__init__(self._witness, medium, self.key)  # type: ignore[misc]
        self.look()
        self._witness.lost |= before - self.held

    def look(self) -> None:
        """After each job of the disk."""
        check(not self._medium.in_transaction, "a job leaves a transaction open")
        if self._changes == self._medium.total_changes:
            return
        self._changes = self._medium.total_changes
        ((self._room, self.epoch, base, self.read_seq, head),) = self._medium.look(_ROOM, self.last, ROOM)
        cut = False
        if self.log and base == self.base and head == self.log[-1].head:
            new = self._rows(self.last, 0)
            self.log += new
        else:
            cut = bool(self.log)
            new = self.log = self._rows(0, 0)
        partial, self.base = self.base > 0, base
        self._look_at_rows(new)
        self._look_at_what_waits()
        if self._witness.ever_banned:
            self.banned = {key for (key,) in self._medium.look(_BANNED, self._room)}
        self._witness.in_parts |= partial and bool(self.carried)
        if cut and self.base == 0:
            self._look_at_projection()

    def _look_at_rows(self, new: Sequence[LogEntry]) -> None:
        for item in new:
            self._witness.placed(item, self)
        self.last = self.log[-1].seq if self.log else self.base
        self.ids = {EntryId(item.entry.entry_id) for item in self.log}
        check(len(self.ids) == len(self.log), "I3: an entry twice in a view")
        in_range = sum(item.seq > self.base for item in self.log)
        check(in_range == max(0, self.last - self.base), "I5: a gap in a view")
        check(self.read_seq <= max(self.last, self.base), "more was read than there is")
        others = [item for item in self.log if item.entry.author != self.key and is_message(item.entry)]
        if unread := {item.seq for item in others if item.seq > self.read_seq and item.entry.entry_id in self.read}:
            again = {seq for (seq,) in self._medium.look(_READ_BEFORE, self._room)}
            check(unread <= again, "what was read is unread again")
        self.read |= {EntryId(item.entry.entry_id) for item in others if item.seq <= self.read_seq}

    def _look_at_what_waits(self) -> None:
        self.outbox, self.carried = {}, {}
        kinds: dict[EntryId, Entry] = {}
        outbox, carried = self._medium.look(_OUTBOX), self._medium.look(_CARRIED)
        for waits, rows in ((self.outbox, outbox), (self.carried, [row[:-1] for row in carried])):
            for refused, *fields in rows:
                entry = Entry(*fields)
                entry_id = EntryId(entry.entry_id)
                self._witness.wrote(entry, self.key)
                check(entry_id not in kinds, "I8: both in the Outbox and carried, or twice")
                check(entry.kind != Keeping.kind, "an opening is not carried")
                waits[entry_id], kinds[entry_id] = refused, entry
        check(not self.ids & kinds.keys(), "I8: in the Log, and still waiting")
        read = {row[1] for row in carried if row[-1]}
        check(self.read & self.carried.keys() <= read, "what is carried was read, and this was forgotten")
        here = {EntryId(item.entry.entry_id) for item in self.log if is_message(item.entry)}
        shown = here | {entry_id for entry_id, entry in kinds.items() if is_message(entry)}
        check(self.shown <= shown, "I10: something shown has vanished")
        self.shown = shown

    def _look_at_projection(self) -> None:
        """After a Log gave way: whether messages are as the annotations that are left make them. What a deletion of
        the tail erased stays so."""
        reference, written = Reference(HOST), self._witness.written
        for item in self.log:
            reference.take(replace(item, entry=written[EntryId(item.entry.entry_id)]))
        erased = {item.entry.target for item in self.log if item.entry.erased is not None}
        erased |= {item.entry.entry_id for item in self.log if item.entry.erased is not None}
        expected = [_made(message) for message in reference.messages if message.message_id not in erased]
        now = [_made(message) for message in self.messages() if message.message_id not in erased]
        check(now == expected, "what annotations of a tail that left changed was not redone")
        check(self.topic() == reference.topic, "the topic of a tail that left is still here")

    def look_at_all(self) -> None:
        """Whether everything that was ever there, still is."""
        self.look()
        before = self.log
        self.log = self._rows(0, 0)
        proven = [replace(item, entry=proof(item.entry)) for item in before]
        check([replace(item, entry=proof(item.entry)) for item in self.log] == proven, "I10: a Log has changed")

    def check_follows(self, keeper: DiskCopy) -> None:
        """Of a member that was welcomed in the keeper's epoch."""
        if self.epoch == keeper.epoch and keeper.base <= self.last and self.log:
            at = self.log[-1]
            same = next((item.head for item in keeper.log if item.seq == at.seq), None)
            check(at.seq <= keeper.base or same == at.head, "I4: a member's view is no beginning of its keeper's")

    def _rows(self, after: int, until: int) -> list[LogEntry]:
        return [
            LogEntry(Entry(*fields), epoch, seq, received_at, head)
            for seq, epoch, received_at, head, *fields in self._medium.look(ROWS, self._room, after, until)
        ]

    # --- what annotations made of messages
    def messages(self) -> list[Message]:
        """All messages, as a face reads them."""
        return messages.after(self._database, Place(self._room, ROOM), 0, ALL)

    def topic(self) -> str:
        return messages.topic(self._database, Place(self._room, ROOM))

    def check_texts(self, reference: Reference) -> None:
        """A deleted text is nowhere here, and the index has each message by what it says now, and by nothing else."""
        rows = self._rows(0, 0)
        check_no_deleted_text(self._medium, rows, reference.erased)
        for item in rows:
            entry = item.entry
            fine = entry.erased is None or entry.entry_id in reference.erased or bool(self._witness.lost)
            check(fine, f"what nobody deleted was erased: {entry}")
        check_index(self._medium, self._room, self._witness.written.values(), reference.messages)


def _made(message: Message) -> tuple[object, ...]:
    """What annotations made of a message."""
    return message.message_id, message.text, message.edited_at, message.deleted, message.pinned, message.reactions


class Healing:
    """What was on all disks when all faults ended, and what must have become of it."""

    def __init__(self, witness: Witness, copies: Sequence[DiskCopy]) -> None:
        self._witness = witness
        self._held = {copy: copy.held for copy in copies}

    def ended(self, copies: Sequence[DiskCopy]) -> None:
        """All who are not banned are connected, these are theirs, and all is still."""
        witness, log = self._witness, copies[0].log
        for copy in copies:
            copy.look_at_all()
            check(not copy.waiting, "I9: an Outbox is not empty")
            check(copy.base == 0 and copy.end == copies[0].end, "I9: views differ after healing")
        reference = Reference(HOST)
        self._read(log, reference)
        ids = {EntryId(item.entry.entry_id) for item in log}
        held = {entry_id for copy in copies for entry_id in self._held[copy]}
        authors = {copy.key for copy in copies}
        acknowledged = {one for one in witness.acknowledged - witness.lost if witness.written[one].author in authors}
        refused = {one for copy in copies for one, why in (copy.outbox | copy.carried).items() if why is not None}
        for entry_id in (held | acknowledged) - ids:
            entry = witness.written[entry_id]
            if (
                entry.author in witness.ever_banned
                and entry_id not in witness.acknowledged
                and (entry_id in refused or entry_id in witness.given_up or not is_message(entry))
            ):  # who was sent away sees what was not taken, and may send it again; refused annotations are dropped
                continue
            if entry.kind == Keeping.kind or not witness.fit(entry):
                continue
            text = "was on a disk" if entry_id in held else "was acknowledged"
            check(not is_message(entry), f"I16 or I1: {entry} {text}, and is not in the Log")
            useless = bool(reference.fault(entry)) or entry.target in witness.foreseen
            check(useless, f"I16 or I1: {entry} {text}, has an effect, and is not in the Log")
        shown = reference.messages
        erased = {item.entry.entry_id for item in log if item.entry.erased is not None} - reference.erased
        for copy in copies:
            if erased and witness.ever_banned:  # by a deletion that only somebody has who is banned
                break
            check(copy.messages() == shown, "I9: views differ in what annotations made of messages")
            check(copy.topic() == reference.topic, "I9: views differ in the topic")
            check(copy.banned == reference.banned, "I9: views differ in who is banned")
            copy.check_texts(reference)

    def _read(self, log: Sequence[LogEntry], reference: Reference) -> None:
        counters: dict[tuple[bytes, bytes], int] = {}
        for item in log:
            written = self._witness.written[EntryId(item.entry.entry_id)]
            check(not reference.fault(written), f"a keeper took {written}, against the rules")
            reference.take(replace(item, entry=written))
            if not is_message(written):  # one that a keeper refused, because it lacked the target, may come by another
                continue
            if written.entry_id in self._witness.given_up:  # its author was banned just as it was taken
                continue
            device = (written.author, written.device_id)
            fine = written.counter > counters.get(device, 0) or self._witness.lost or self._witness.in_parts
            check(bool(fine), "I6: a device's entries are out of order, and no disk was lost")
            counters[device] = max(written.counter, counters.get(device, 0))
