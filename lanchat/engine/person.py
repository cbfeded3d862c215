"""Person: who uses this Engine (identity, card, how an entry of theirs is made), and whose keys they have compared.

On the Engine's loop, but for what waits for the disk (`of`, `renamed`) and is for its thread (`write`, `write_again`).
"""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from lanchat.core import limits
from lanchat.core.content import Payload, Text, encode, payload_of
from lanchat.core.model import Card, Entry, EntryId, MemberKey, RoomId
from lanchat.core.text import clean_line
from lanchat.core.translate import _
from lanchat.engine import events
from lanchat.engine.disk import Disk
from lanchat.storage import settings
from lanchat.storage.members import now_ms
from lanchat.storage.settings import Settings
from lanchat.storage.store import Store
from lanchat.trust.identity import Identity, badge, key_words, pair_numbers
from lanchat.trust.signing import make_card, make_entry


@dataclass(slots=True)
class Person:
    folder: Path
    identity: Identity
    settings: Settings
    card: Card

    @classmethod
    def of(cls, folder: Path, identity: Identity, kept: Settings, nick: str | None) -> Person:
        """The person as kept, called `nick` from now on, if that is given. Raises StorageProblem."""
        nick = clean_line(nick or kept.nick, limits.NICK_CHARACTERS) or _account_name()
        person = cls(folder, identity, kept, make_card(identity, nick, kept.card_revision))
        return person.renamed(nick) if nick != kept.nick else person

    @property
    def key(self) -> MemberKey:
        return self.identity.key

    def renamed(self, nick: str) -> Person:
        """Who this is with a new card. It waits for the disk, where it is kept before anybody sees it: not for the
        loop. Raises StorageProblem."""
        card = make_card(self.identity, nick, self.settings.card_revision + 1)
        changed = msgspec.structs.replace(self.settings, nick=card.nick, card_revision=card.revision)
        settings.save(self.folder, changed)
        return Person(self.folder, self.identity, changed, card)

    def become(self, other: Person) -> None:
        """Take over what `renamed` made."""
        self.settings, self.card = other.settings, other.card

    def write(self, store: Store, room_id: RoomId, texts: Sequence[str]) -> list[Entry]:
        """On the disk thread: new entries, signed and in the Outbox; all or none. Raises StorageProblem."""
        with store.transaction():
            return [self._write(store, room_id, encode(Text(text))) for text in texts]

    def _write(self, store: Store, room_id: RoomId, payload: Payload) -> Entry:
        counter = store.next_counter(room_id, self.identity.device_id)
        entry = make_entry(self.identity, room_id, counter, payload, now_ms())
        store.outbox_add(room_id, entry)
        return entry

    def write_again(self, store: Store, room_id: RoomId, entry_id: EntryId) -> Entry | None:
        """On the disk thread: a new entry in the place of one that was refused; None: none such was."""
        with store.transaction():
            refused = store.take_refused(room_id, entry_id)
            return self._write(store, room_id, payload_of(refused)) if refused else None


def _account_name() -> str:
    """The name of the account that is logged in: a first nick, without asking."""
    try:
        name = getpass.getuser()
    except (OSError, KeyError, ImportError):  # no account at all, as in some containers
        name = ""
    return clean_line(name, limits.NICK_CHARACTERS).capitalize() or _("Somebody")


class VerifiedMembers:
    """Which members the person has compared keys with, and what there is to compare. Engine's loop."""

    def __init__(self, me: MemberKey, disk: Disk, verified: Iterable[MemberKey], tell: events.Tell) -> None:
        self._me = me
        self._disk = disk
        self._verified = set(verified)
        self._tell = tell

    def __contains__(self, member: MemberKey) -> bool:
        """Whether the person compared keys with this member."""
        return member in self._verified

    async def introduce(self, member: MemberKey) -> None:
        """Raises StorageProblem."""
        cards = await self._disk.look_up(Store.cards, [member])
        words, numbers = await asyncio.to_thread(self._to_compare, member)
        nick = cards[0].nick if cards else ""
        self._tell(events.Introduced(member, nick, words, badge(member), numbers, member in self._verified))

    async def verify(self, member: MemberKey, yes: bool) -> None:
        """On disk first. Raises StorageProblem."""
        await self._disk.run(Store.set_verified, member, yes)
        if yes:
            self._verified.add(member)
        else:
            self._verified.discard(member)
        self._tell(events.Verified(member, yes))

    def _to_compare(self, member: MemberKey) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The member's words, and the numbers of the two of us. On any thread."""
        return key_words(member), pair_numbers(self._me, member) if member != self._me else ()
