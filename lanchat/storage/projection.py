"""Projection: what annotations make of the messages of one room: edited, deleted, pinned, reacted to; and of the room:
its topic, who is banned from it, and who has which role.

It is kept in the tables `changed`, `reactions` and `standing` and in the room's row, in the transaction that writes the
entries, and could be made anew from the Log at any time (`project`). An annotation has an effect where the rules of
`core.message` let it have one, in the order of the Log, and only on a message before it. A newcomer gets a deleted
message erased, and learns by whom when its deletion comes.

A deletion erases the text of the message and of its earlier versions: from the entries, which still prove themselves by
the SHA-256 of what they said, and from the search index, of which `Store.settle` rewrites the parts that still have its
words. Disk thread.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence, Set
from typing import NamedTuple

from lanchat.core.content import (
    Annotation,
    BanChange,
    Correction,
    Deletion,
    Pinning,
    ReactionChange,
    Text,
    TopicText,
    decode,
    encode,
    is_annotation,
    words_in,
)
from lanchat.core.file_offer import FileOffer
from lanchat.core.keeping import RoleChange
from lanchat.core.model import MemberKey
from lanchat.storage import entry_rows, search_index
from lanchat.storage.database import Database, Value
from lanchat.storage.entry_rows import SEQ_MOST, Place, entry_number
from lanchat.storage.records import set_standing, standing
from lanchat.storage.targets import TargetRow, Targets

_MESSAGE = "SELECT id FROM entries WHERE entry_id = ? AND id BETWEEN ? AND ? AND is_message ORDER BY id LIMIT 1"
_ANNOTATIONS = (
    f"SELECT e.id, e.kind, e.body, e.received_at, m.id, m.key, e.target FROM entries e {entry_rows.WHO} "
    "WHERE {} AND NOT e.is_message AND e.erased IS NULL ORDER BY e.id"
)
_VERSIONS = (
    "SELECT id, body FROM entries WHERE erased IS NULL AND "
    f"(id = ? OR (target = ? AND kind = '{Correction.kind}' AND id BETWEEN ? AND ?))"
)
_EARLY_VERSIONS = (
    f"SELECT e.id, e.body FROM entries e {entry_rows.WHO} "
    f"WHERE e.target = ? AND e.kind = '{Correction.kind}' AND e.erased IS NULL AND e.id BETWEEN ? AND ? "
    "AND (m.key = ? OR ?)"
)
_ANNOTATED = (
    "SELECT DISTINCT e.entry_id FROM entries e CROSS JOIN entries a ON a.target = e.entry_id "
    "WHERE e.id BETWEEN ? AND ? AND e.is_message AND a.id BETWEEN ? AND ? AND NOT a.is_message"
)
_CHANGED_LATER = (
    "SELECT DISTINCT a.target FROM entries a INDEXED BY entries_silent "
    "CROSS JOIN entries e ON e.entry_id = a.target "
    "WHERE a.id BETWEEN ? AND ? AND NOT a.is_message AND e.id BETWEEN ? AND ? AND e.is_message"
)
_TOPICS = _ANNOTATIONS.format(f"e.kind = '{TopicText.kind}' AND e.id BETWEEN ? AND ?")
_STANDING = (
    f"SELECT e.kind, e.body, m.key FROM entries e {entry_rows.WHO} "
    f"WHERE e.kind IN ('{BanChange.kind}', '{BanChange.kind_off}', '{RoleChange.kind}') "
    "AND e.erased IS NULL AND e.id BETWEEN ? AND ? ORDER BY e.id"
)
_OF_TARGET = _ANNOTATIONS.format("e.target = ? AND e.id BETWEEN ? AND ?")
_IN_RANGE = _ANNOTATIONS.format("e.id BETWEEN ? AND ?")


class PlacedAnnotation(NamedTuple):
    """An annotation in the Log."""

    number: int  #: the id of its entry's row
    change: Annotation
    received_at: int  #: ms
    member: int  #: the id of its author's row
    author: bytes
    target: bytes | None


class Projection:
    """Of one room. Every method may raise StorageProblem; those that write are called in a transaction."""

    def __init__(self, database: Database, place: Place) -> None:
        self._database = database
        self._room = place.number
        self._all = (entry_number(place.number, 1), entry_number(place.number, SEQ_MOST))
        self._reactions: list[tuple[int, str, int, int]] = []  # to be written
        self.erased: list[int] = []  #: ids of entries whose bodies were erased; for `RoomLog.append`, which clears it

    def take(self, annotations: Sequence[PlacedAnnotation], targets: Targets | None = None) -> None:
        """Let annotations have their effect, in their order. They are the newest of all here that concern their
        targets. `targets`: these, if they were read already."""
        if annotations:
            about = (annotation.target for annotation in annotations)
            targets = targets or Targets.read(self._database, self._room, about)
            for annotation in annotations:
                self._take(annotation, targets)
            self._write_reactions()
            if any(isinstance(one.change, BanChange | RoleChange) for one in annotations):
                self._fold_standing({one.author for one in annotations})

    def _take(self, annotation: PlacedAnnotation, targets: Targets) -> None:
        number, change, _received_at, _member, author, target = annotation
        if isinstance(change, BanChange | RoleChange):
            return
        message = targets.find(target)
        if message is None and isinstance(change, Deletion):
            self._erase_early(author, target, targets.host)
        if targets.fault(change, author, target) is not None:
            return
        if isinstance(change, TopicText):
            self._set_topic(number, change.text)
        elif message is not None and message.number < number:
            self._apply(message, annotation)
            targets.changed(change, target)
            if message.taken_back:  # that is on disk
                message.taken_back, message.emojis = False, None

    def project(self, first: int, last: int) -> None:
        """Make anew what depends on the entries with the ids `first` to `last`, which were just written."""
        targets: dict[bytes, None] = {}
        found = list(self._annotations(_IN_RANGE, (first, last)))
        self.take([annotation for annotation in found if annotation.target is None])
        targets |= {annotation.target: None for annotation in found if annotation.target is not None}
        answered = self._database.all(_ANNOTATED, (first, last, *self._all))
        for target in dict.fromkeys([*targets, *(entry_id for (entry_id,) in answered)]):
            self._project_message(target)

    def changed_by(self, first: int, last: int) -> list[bytes]:
        """The ids of the messages before the row `first` that annotations from there up to `last` are about. See
        `make_anew`."""
        found = self._database.all(_CHANGED_LATER, (first, last, self._all[0], first - 1))
        return [target for (target,) in found]

    def make_anew(self, targets: Iterable[bytes]) -> None:
        """Make these messages and the topic anew, after annotations left the Log. Bodies that were erased stay so."""
        for target in targets:
            self._project_message(target)
        row = self._database.one("SELECT topic_entry FROM rooms WHERE number = ?", (self._room,))
        if row and row[0] and not self._database.one("SELECT 1 FROM entries WHERE id = ?", row):
            self._database.do("UPDATE rooms SET topic = NULL, topic_entry = NULL WHERE number = ?", (self._room,))
            self.take(list(self._annotations(_TOPICS, self._all)))
        self._fold_standing()

    def forget(self, first: int, last: int) -> None:
        """Forget what annotations made of these messages."""
        self._database.do("DELETE FROM changed WHERE id BETWEEN ? AND ?", (first, last))
        self._database.do("DELETE FROM reactions WHERE message BETWEEN ? AND ?", (first, last))

    # --- private -----------------------------------------------------------------------------------------------------
    def _annotations(self, sql: str, values: Sequence[Value]) -> Iterator[PlacedAnnotation]:
        for number, kind, body, *others in self._database.all(sql, values):
            change = decode(kind, body)
            if is_annotation(change):
                yield PlacedAnnotation(number, change, *others)

    def _project_message(self, target: bytes) -> None:
        """Make one message anew from all annotations of it that are here."""
        row = self._database.one(_MESSAGE, (target, *self._all))
        if row is None:
            return
        message = row[0]
        search_index.take_out(self._database, message, message)
        self.forget(message, message)
        search_index.put(self._database, self._written(message))
        self.take(list(self._annotations(_OF_TARGET, (target, *self._all))))

    def _apply(self, row: TargetRow, annotation: PlacedAnnotation) -> None:
        number, change, received_at, member, _author, target = annotation
        message = row.number
        if not row.is_changed:
            self._database.do("INSERT OR IGNORE INTO changed (id) VALUES (?)", (message,))
            row.is_changed = True
        if isinstance(change, ReactionChange) and change.on:
            self._reactions.append((message, change.emoji, member, number))
            return
        self._write_reactions()
        match change:
            case Correction(text):
                search_index.take_out(self._database, message, message)
                self._database.do("UPDATE changed SET text = ?, edited_at = ? WHERE id = ?",
                                  (text, received_at, message))  # fmt: skip
                search_index.put(self._database, [(message, text)])
            case Deletion():
                self._erase(message, member, target)
            case ReactionChange(emoji):
                self._database.do("DELETE FROM reactions WHERE message = ? AND emoji = ? AND member = ?",
                                  (message, emoji, member))  # fmt: skip
            case Pinning(on):
                self._database.do("UPDATE changed SET pinned = ? WHERE id = ?", (number if on else 0, message))

    def _write_reactions(self) -> None:
        """Write those that wait: many with one statement."""
        reactions, self._reactions = self._reactions, []
        columns = "reactions (message, emoji, member, entry)"
        entry_rows.insert(self._database, columns, reactions, "ON CONFLICT DO NOTHING")

    def _erase(self, message: int, member: int, target: bytes | None) -> None:
        """Leave nothing of the text of a message, nor of its earlier versions."""
        search_index.take_out(self._database, message, message)
        self.forget(message, message)
        self._database.do("INSERT INTO changed (id, deleted_by) VALUES (?, ?)", (message, member))
        self._database.erased = True
        self._erase_bodies(self._database.all(_VERSIONS, (message, target, *self._all)))

    def _erase_early(self, author: bytes, target: bytes | None, host: bytes | None) -> None:
        """The message of a deletion is not here yet, but later versions of it may be: those that are its author's if
        the deletion is right. Others have no effect, whatever they say."""
        self._erase_bodies(self._database.all(_EARLY_VERSIONS, (target, *self._all, author, author == host)))

    def _erase_bodies(self, found: Iterable[tuple[int, bytes]]) -> None:
        """Erase the bodies of these entries, given by their rows' ids."""
        for number, body in found:
            self._database.erased = True
            self._database.do("UPDATE entries SET body = x'', erased = ? WHERE id = ?",
                              (hashlib.sha256(body).digest(), number))  # fmt: skip
            self.erased.append(number)

    def _fold_standing(self, authors: Set[bytes] | None = None) -> None:
        """Find out anew who is banned and who has which role, from all entries about that, in the order of the Log. Of
        whom none is here any more, it stays as it was. `authors`: of those that came; None: some left."""
        now = standing(self._database, self._room)
        if authors is not None and not authors & {now.owner, *now.roles}:
            return  # what others say counts nowhere
        changes = [(decode(kind, body), author) for kind, body, author in self._database.all(_STANDING, self._all)]
        banned = {MemberKey(change.member) for change, _author in changes if isinstance(change, BanChange)}
        given = {MemberKey(change.member) for change, _author in changes if isinstance(change, RoleChange)}
        now.bans = {key: rank for key, rank in now.bans.items() if key not in banned}
        now.roles = {key: role for key, role in now.roles.items() if key not in given}
        for change, author in changes:
            if isinstance(change, BanChange | RoleChange):
                now.take(change, author)
        for key in banned:
            set_standing(self._database, self._room, key, "banned", now.bans.get(key, 0))
        for key in given:
            role = now.roles.get(key)
            set_standing(self._database, self._room, key, "role", encode(role).body if role is not None else None)

    def _set_topic(self, number: int, text: str) -> None:
        self._database.do(
            "UPDATE rooms SET topic = ?, topic_entry = ? WHERE number = ? AND coalesce(topic_entry, 0) <= ?",
            (text, number, self._room, number),
        )

    def _written(self, message: int) -> list[tuple[int, str]]:
        """The row and text of a message as it was written; nothing for one without words, or erased."""
        row = self._database.one("SELECT kind, body FROM entries WHERE id = ? AND erased IS NULL", (message,))
        content = decode(*row) if row else None
        return [(message, words_in(content))] if isinstance(content, Text | FileOffer) else []
