"""Presence: who is in a Room, as its Host tells it. Told in batches, encoded once for everybody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lanchat.core.frames import Present, encode
from lanchat.core.model import Card, MemberKey

_CARDS_A_FRAME = 150  # a card is at most 370 bytes, with a nick of four-byte characters: under 64 KiB


class Presence:
    def __init__(self) -> None:
        self._here: dict[MemberKey, Card] = {}  # as told
        self._came: dict[MemberKey, Card] = {}  # not told yet
        self._left: set[MemberKey] = set()
        self._whole = b""  # encoded, until something changes

    def __len__(self) -> int:
        return len(self._here)

    def came(self, card: Card) -> None:
        """Somebody came, or has a new card."""
        key = MemberKey(card.key)
        self._left.discard(key)
        self._came[key] = card

    def left(self, key: MemberKey) -> None:
        if self._came.pop(key, None) is None or key in self._here:
            self._left.add(key)

    def changes(self) -> tuple[list[Card], list[Card]]:
        """Who came (or has a new card) and who left since the last time this was asked; they count as told now."""
        joined = [card for key, card in self._came.items() if self._here.get(key) != card]
        self._here.update(self._came)
        left = [self._here.pop(key) for key in self._left]
        self._came.clear()
        self._left.clear()
        if joined or left:
            self._whole = b""
        return joined, left

    def whole(self) -> bytes:
        """The frames that tell the whole roster."""
        if not self._whole:
            parts = list(_parts(list(self._here.values())))
            self._whole = b"".join(
                encode(Present(part, all=at == 0, more=at < len(parts) - 1)) for at, part in enumerate(parts)
            )
        return self._whole


def encode_changes(joined: Sequence[Card], left: Sequence[Card]) -> bytes:
    """The frames that tell who came and who left."""
    came = [Present(joined=part) for part in _parts(joined)]
    went = [Present(left=[card.key for card in part]) for part in _parts(left)]
    return b"".join(map(encode, came + went))


def _parts(cards: Sequence[Card]) -> Iterator[list[Card]]:
    for start in range(0, len(cards), _CARDS_A_FRAME):
        yield list(cards[start : start + _CARDS_A_FRAME])
