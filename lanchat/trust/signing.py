"""Signatures (Ed25519, RFC 8032) of entries, cards and handshakes: made and verified. Any thread.

Verifying releases the GIL, so a batch on another thread leaves the event loop running.
"""

from __future__ import annotations

import secrets
import struct
from collections.abc import Sequence
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from lanchat.core import limits
from lanchat.core.content import Payload
from lanchat.core.model import Card, Entry, EntryId, RoomId
from lanchat.core.profile import Profile, decode_profile, encode_profile
from lanchat.core.text import clean_line
from lanchat.trust.identity import Identity

_FIELD = 2**255 - 19
_ORDER_8 = 0x5FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826

#: A guest says nothing else of itself: what one program reads there, another might not.
_OF_A_GUEST = encode_profile(Profile(guest=True))

#: The points of small order, by y in each encoding. Anybody can sign for such a key, and OpenSSL accepts it.
_EVERYBODYS = frozenset((0, 1, _FIELD - 1, _FIELD, _FIELD + 1, _ORDER_8, _FIELD - _ORDER_8))


def new_entry_id() -> EntryId:
    return EntryId(secrets.token_bytes(16))


def make_entry(
    identity: Identity, room_id: RoomId, counter: int, payload: Payload, sent_at: int, entry_id: EntryId | None = None
) -> Entry:
    """A new signed Entry. `counter`: one more than this device's last in this room; `sent_at`: Unix epoch, ms;
    `entry_id`: where the payload was made for that id."""
    entry_id = entry_id or new_entry_id()
    unsigned = Entry(entry_id, identity.key, identity.device_id, counter, *payload, sent_at, b"")
    signature = identity.sign(unsigned.signed_digest(room_id))
    return Entry(entry_id, identity.key, identity.device_id, counter, *payload, sent_at, signature)


def make_card(identity: Identity, nick: str, revision: int, profile: bytes = b"") -> Card:
    """A new signed Card. `revision`: higher than the last one's. `profile`: see `core.profile`."""
    nick = clean_line(nick, limits.NICK_CHARACTERS)
    signature = identity.sign(Card(identity.key, nick, revision, b"", profile).signed_digest())
    return Card(identity.key, nick, revision, signature, profile)


def verify_entry(entry: Entry, room_id: RoomId) -> bool:
    """Whether the author signed this entry for this room."""
    try:
        return is_signed(entry.author, entry.signature, entry.signed_digest(room_id))
    except (ValueError, struct.error):  # text or numbers that have no digest: nobody can have signed them
        return False


def verify_entries(entries: Sequence[Entry], room_id: RoomId) -> int | None:
    """The index of the first entry that its author did not sign; None: all are valid."""
    for index, entry in enumerate(entries):
        if not verify_entry(entry, room_id):
            return index
    return None


def verify_card(card: Card) -> bool:
    """Whether the member itself signed this card."""
    try:
        return is_signed(card.key, card.signature, card.signed_digest())
    except (ValueError, struct.error):
        return False


def may_come_in(card: Card, guest: bool) -> bool:
    """Whether a host lets a member with this card in: it is signed, has a nick, and says whether they come with a
    browser (`guest`), as they do."""
    named = bool(clean_line(card.nick, limits.NICK_CHARACTERS))
    profile_fits = card.profile == _OF_A_GUEST if guest else not decode_profile(card.profile).guest
    return named and profile_fits and verify_card(card)


def is_signed(key: bytes, signature: bytes, data: bytes) -> bool:
    """Whether `key` signed `data`."""
    try:
        _public_key(key).verify(signature, data)
    except (InvalidSignature, ValueError):  # ValueError: not a key
        return False
    return True


@lru_cache(maxsize=8192)  # parsing adds a third to every check; no room has more members
def _public_key(key: bytes) -> Ed25519PublicKey:
    """Raises ValueError for what is no key, and for a point of small order."""
    if int.from_bytes(key, "little") & (2**255 - 1) in _EVERYBODYS:
        raise ValueError("a key that anybody can sign for")
    return Ed25519PublicKey.from_public_bytes(key)
