"""Offers: the files that a room's messages offer, counted, and read page by page: filtered and in an order.

They are found by an index of their own (`entries_offers` in schema.sql), and read one after the other: what is kept in
memory is a page, however many there are. Any thread.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Literal, NamedTuple, TypeAlias

from msgspec import Struct

from lanchat.core.file_offer import FileOffer, read_offer
from lanchat.core.message import Message
from lanchat.core.model import MemberKey
from lanchat.storage import messages
from lanchat.storage.database import Database
from lanchat.storage.entry_rows import SEQ_MOST, Place, entry_number
from lanchat.storage.search_text import folded

#: The offers with a number between two, oldest first.
FOUND = (
    "SELECT e.id, m.key, e.body FROM entries e CROSS JOIN writers w ON w.id = e.writer "
    "CROSS JOIN members m ON m.id = w.member LEFT JOIN changed c ON c.id = e.id "
    f"WHERE e.kind = '{FileOffer.kind}' AND e.is_message AND e.id > ? AND e.id < ? "
    "AND e.erased IS NULL AND c.deleted_by IS NULL ORDER BY e.id"
)

_DOCUMENT_MEDIA = ("text/", "application/pdf", "application/epub", "application/rtf", "application/msword",
                   "application/vnd.ms-", "application/vnd.openxmlformats", "application/vnd.oasis")  # fmt: skip
_DOCUMENT_ENDS = frozenset([
    "csv", "doc", "docx", "epub", "htm", "html", "key", "log", "md", "numbers", "odp", "ods", "odt", "pages", "pdf",
    "ppt", "pptx", "rtf", "tex", "tsv", "txt", "xls", "xlsx",
])  # fmt: skip


class OfferKind(Enum):
    """What an offer is, for the filters of a list of files."""

    PICTURE = "picture"
    DOCUMENT = "document"
    MEDIA = "media"  #: sound and video
    OTHER = "other"  #: also several files, and folders


#: "newest" and "oldest" by their place in the Log.
OfferOrder: TypeAlias = Literal["newest", "oldest", "largest"]


class OfferFilter(Struct, frozen=True):
    """Which offers of a room are wanted; as it is made: all."""

    kinds: tuple[OfferKind, ...] = ()  #: (): all
    author: MemberKey | None = None  #: None: everybody
    words: str = ""  #: each of these is in the file's name or in the caption
    called: frozenset[MemberKey] = frozenset()  #: people who are called by `words`: theirs are wanted, too


class OfferCounts(Struct, frozen=True):
    """How many offers a room has."""

    kinds: dict[OfferKind, int]
    size: int  #: bytes of all
    authors: tuple[MemberKey, ...]  #: who offered something, those who offered most first

    @property
    def all(self) -> int:
        return sum(self.kinds.values())


class FoundOffer(NamedTuple):
    seq: int
    author: MemberKey
    offer: FileOffer


def kind_of(offer: FileOffer) -> OfferKind:
    """By what its author says; a set of several files is of no kind of its own."""
    if offer.is_picture:
        return OfferKind.PICTURE
    if offer.count > 1:
        return OfferKind.OTHER
    if offer.media.startswith(("audio/", "video/")):
        return OfferKind.MEDIA
    end = offer.name.rpartition(".")[2].lower()
    if offer.media.startswith(_DOCUMENT_MEDIA) or end in _DOCUMENT_ENDS:
        return OfferKind.DOCUMENT
    return OfferKind.OTHER


def in_room(database: Database, place: Place, after: int, before: int, *, newest_first: bool) -> Iterator[FoundOffer]:
    """The offers of a room with a number between these two. Deleted ones are none any more."""
    span = (entry_number(place.number, after), entry_number(place.number, before))
    for number, author, body in database.each(f"{FOUND} DESC" if newest_first else FOUND, span):
        offer = read_offer(body)
        if offer is not None:
            yield FoundOffer(number & SEQ_MOST, MemberKey(author), offer)


def among(page: Iterable[Message]) -> Iterator[FoundOffer]:
    """The offers among these messages."""
    for message in page:
        if (offer := message.offer) is not None:
            yield FoundOffer(message.seq, message.author, offer)


def counted(found: Iterable[FoundOffer]) -> OfferCounts:
    kinds: Counter[OfferKind] = Counter()
    authors: Counter[MemberKey] = Counter()
    size = 0
    for one in found:
        kinds[kind_of(one.offer)] += 1
        authors[one.author] += 1
        size += one.offer.size
    return OfferCounts(dict(kinds), size, tuple(author for author, _count in authors.most_common()))


def chosen(found: Iterable[FoundOffer], wanted: OfferFilter) -> Iterator[FoundOffer]:
    """Those that are wanted, in their order."""
    words = folded(wanted.words).split()
    for one in found:
        if (wanted.kinds and kind_of(one.offer) not in wanted.kinds) or wanted.author not in (None, one.author):
            continue
        if not words or one.author in wanted.called or _has(one.offer, words):
            yield one


def _has(offer: FileOffer, words: list[str]) -> bool:
    said = folded(offer.words)
    return all(word in said for word in words)


def largest(found: Iterable[FoundOffer], limit: int, after: tuple[int, int] | None) -> list[FoundOffer]:
    """Up to `limit`, the largest first. `after`: size and number of the last one before these; None: from the top."""

    def rank(one: FoundOffer) -> tuple[int, int]:
        return one.offer.size, one.seq

    return heapq.nlargest(limit, (one for one in found if after is None or rank(one) < after), key=rank)


def read(database: Database, place: Place, found: Iterable[FoundOffer]) -> list[Message]:
    """Their messages, in this order. Raises Corrupt for a damaged one."""
    return messages.numbered(database, place, [entry_number(place.number, one.seq) for one in found])
