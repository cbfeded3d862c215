"""Profile: what a member's card says of the member besides the nick. Pure.

On the wire it is one MessagePack map of at most PROFILE_BYTES, under the card's signature. Programs ignore the fields
they do not know. What cannot be read counts as an empty profile: it comes from strangers, and never raises.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Final

import msgspec

from lanchat.core.model import PROFILE_BYTES
from lanchat.core.text import clean_line

STATUS_CHARACTERS: Final = 60
SEALING_KEY_BYTES: Final = 32  # X25519
PICTURE_BYTES: Final = 32  # SHA-256

_Index = Annotated[int, msgspec.Meta(ge=0, le=255)]


class Avatar(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """How a member wants to be drawn."""

    colour: _Index | None = None  #: of the disc, an index into the face's colours (modulo); None: by the key
    pattern: _Index | None = None  #: the darker part of the disc, likewise
    picture: bytes = b""  #: SHA-256 of a small picture, 32 bytes; empty: none


BY_KEY: Final = Avatar()


class Profile(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True,
    rename={"sealing_key": "k", "status": "s", "avatar": "a", "guest": "g"},
):  # fmt: skip
    """To change a field, make a new one with `msgspec.structs.replace`."""

    sealing_key: bytes = b""  #: X25519 public key for private messages, 32 bytes; empty: none
    status: str = ""  #: one line in the member's own words, clean
    avatar: Avatar = BY_KEY
    guest: bool = False  #: they are here with a browser; a host lets no guest in without it


EMPTY: Final = Profile()

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Profile)


def encode_profile(profile: Profile) -> bytes:
    """The profile's bytes in a card; b"" for an empty one. A status that does not fit is cut."""
    profile = _sound(profile)
    while len(data := _encoder.encode(profile)) > PROFILE_BYTES:
        profile = msgspec.structs.replace(profile, status=clean_line(profile.status, len(profile.status) - 1))
    return data if profile != EMPTY else b""


def changed_profile(profile: Profile, status: str | None = None, avatar: Avatar | None = None) -> Profile:
    """With a new status and avatar, where they are given."""
    status = profile.status if status is None else status
    return _sound(msgspec.structs.replace(profile, status=status, avatar=avatar or profile.avatar))


@lru_cache(maxsize=4_096)
def decode_profile(data: bytes) -> Profile:
    """What the bytes in a card say; an empty profile where they cannot be read."""
    try:
        return _sound(_decoder.decode(data)) if data else EMPTY
    except (ValueError, RecursionError):  # msgspec's own errors are ValueErrors
        return EMPTY


def _sound(profile: Profile) -> Profile:
    """With a clean status, and without keys and digests of a wrong length."""
    avatar = profile.avatar
    if len(avatar.picture) not in (0, PICTURE_BYTES):
        avatar = Avatar(avatar.colour, avatar.pattern)
    key = profile.sealing_key if len(profile.sealing_key) == SEALING_KEY_BYTES else b""
    status = clean_line(profile.status, STATUS_CHARACTERS)
    return msgspec.structs.replace(profile, sealing_key=key, status=status, avatar=avatar)
