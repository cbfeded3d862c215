"""What the Engine tells in these tests: of Ana (me), Ben and Li, in the kitchen and in the garden; and `titles`."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from lanchat.core.content import encode
from lanchat.core.file_offer import FileOffer
from lanchat.core.listing import Listing, key_fingerprint
from lanchat.core.model import Card, Entry, EntryId, Head, LogEntry, MemberKey, RoomId
from lanchat.core.profile import Profile, encode_profile
from lanchat.desktop.model.state import State
from lanchat.desktop.sidebar.room_rows import RoomRow, room_list_rows
from lanchat.desktop.widgets.list_rows import ListHeading
from lanchat.engine.events import ConnectionChanged, ConnectionState, Hosting, MessagesAdded, RosterChanged

ME, BEN, LI = (MemberKey(bytes([number]) * 32) for number in (1, 2, 3))
NICKS = {ME: "Ana", BEN: "Ben", LI: "Li"}
KITCHEN, GARDEN = RoomId("kitchenkitchenki"), RoomId("gardengardengard")
TITLES = {KITCHEN: "Kitchen", GARDEN: "Garden"}


def card(key: MemberKey, nick: str = "", *, guest: bool = False) -> Card:
    return Card(key, nick or NICKS[key], 1, bytes(64), encode_profile(Profile(guest=guest)))


def entry_id(seq: int) -> EntryId:
    return EntryId(seq.to_bytes(16, "big"))


def said(seq: int, author: MemberKey = BEN, text: str = "hi", kind: str = "text") -> LogEntry:
    entry = Entry(entry_id(seq), author, bytes(8), seq, kind, None, text.encode(), 1_000 * seq, bytes(64))
    return LogEntry(entry, 1, seq, 1_000 * seq, Head(bytes(32)))


def offered(seq: int, offer: FileOffer, author: MemberKey = BEN) -> LogEntry:
    return LogEntry(replace(said(seq, author).entry, kind=offer.kind, body=encode(offer).body), 1, seq, 1_000 * seq,
                    Head(bytes(32)))  # fmt: skip


def came(*entries: LogEntry, room_id: RoomId = KITCHEN, backlog: bool = False) -> MessagesAdded:
    return MessagesAdded.of(room_id, entries, backlog=backlog)


def connected(
    room_id: RoomId = KITCHEN, host: MemberKey = BEN, *, fetched: int = 0, where: str = "",
    owner: MemberKey | None = None,
) -> ConnectionChanged:
    return ConnectionChanged(
        room_id, TITLES[room_id], ConnectionState.CONNECTED, card(host), "badge", fetched=fetched, where=where,
        owner=owner,
    )  # fmt: skip


def stands(state: ConnectionState, room_id: RoomId = KITCHEN, problem: str = "") -> ConnectionChanged:
    return ConnectionChanged(room_id, TITLES[room_id], state, problem=problem)


def hosting(room_id: RoomId = KITCHEN) -> Hosting:
    return Hosting(room_id, TITLES[room_id], 29747, "12345-67890-ABC", "lanchat://x", None, "my badge")


def listing(
    room_id: RoomId = KITCHEN,
    host: MemberKey = BEN,
    *,
    title: str = "",
    people: int | None = 3,
    passphrase: bool = False,
    answering: bool = True,
    owner: MemberKey | None = None,
    epoch: int = 1,
) -> Listing:
    return Listing(
        room_id, title or TITLES.get(room_id, str(room_id)), key_fingerprint(host), passphrase, ("192.0.2.1",), 29747,
        people=people, host=NICKS[host], answering=answering, owner=key_fingerprint(owner or host), epoch=epoch,
    )  # fmt: skip


def roster(
    *joined: MemberKey, left: Iterable[MemberKey] = (), here: int = 1, first: bool = False, room_id: RoomId = KITCHEN
) -> RosterChanged:
    return RosterChanged(room_id, tuple(map(card, joined)), tuple(map(card, left)), here, first)


def titles(state: State) -> dict[str, list[str]]:
    """Of the rooms below each heading in the list of rooms."""
    found: dict[str, list[str]] = {}
    for row in room_list_rows(state, 100.0):
        match row:
            case ListHeading(words):
                found[words] = []
            case RoomRow(name=name):
                found[list(found)[-1]].append(name)
    return found
