"""FileOffer: what a message says that offers a file, several files, or a folder. Pure.

The message is small and stays in the Log: it names the bytes by the SHA-256 of their Manifest (`core.file_manifest`),
which proves them, whoever brings them. The bytes themselves never go through the Log.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Final

import msgspec
from msgspec import Struct

from lanchat.core.model import Bytes32, Count

NAME_CHARACTERS: Final = 255
CAPTION_CHARACTERS: Final = 1_000
PREVIEW_BYTES: Final = 2 * 1024  #: of the tiny picture in an offer
MANIFEST_BYTES: Final = 16 * 1024 * 1024  #: of 128 GiB in chunks, or 50,000 files with names of 300 bytes
FILES_MOST: Final = 50_000  #: in one offer
KEY_BYTES: Final = 32  #: of the key in a sealed offer
MEDIA_CHARACTERS: Final = 80  #: of a MIME type
_PIXELS: Final = 1_000_000  # of a side: a picture that says more is none
_VOICE_SECONDS: Final = 24 * 3600


class FileOffer(Struct, frozen=True, array_like=True, gc=False):
    """A message that offers files to the room. Its body is this array as MessagePack; its target, if it has one, is the
    message that it answers.

    Everything in it is what the author says, and is checked only when the bytes are here.
    """

    kind: ClassVar[str] = "file"
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=NAME_CHARACTERS)]  #: of the file, or of all together
    size: Count  #: bytes of all files
    count: Annotated[int, msgspec.Meta(ge=1, le=FILES_MOST)]  #: files
    root: Bytes32  #: SHA-256 of the Manifest's bytes
    manifest_size: Annotated[int, msgspec.Meta(ge=1, le=MANIFEST_BYTES)]  #: bytes
    media: Annotated[str, msgspec.Meta(max_length=MEDIA_CHARACTERS)] = ""  #: MIME type of one file; "": several
    width: Annotated[int, msgspec.Meta(ge=0, le=_PIXELS)] = 0  #: of a picture, as it is shown; 0: it is none
    height: Annotated[int, msgspec.Meta(ge=0, le=_PIXELS)] = 0
    preview: Annotated[bytes, msgspec.Meta(max_length=PREVIEW_BYTES)] = b""  #: a tiny JPEG or WebP
    caption: Annotated[str, msgspec.Meta(max_length=CAPTION_CHARACTERS)] = ""  #: words beside it
    seconds: Annotated[int, msgspec.Meta(ge=0, le=_VOICE_SECONDS)] = 0  #: of a voice message; 0: it is none
    key: Annotated[bytes, msgspec.Meta(max_length=KEY_BYTES)] = b""  #: of a private offer, whose bytes are encrypted

    @property
    def is_picture(self) -> bool:
        """Whether it is said to be one picture."""
        return self.count == 1 and self.media.startswith("image/") and self.width > 0 and self.height > 0

    @property
    def is_voice(self) -> bool:
        """Whether it is said to be one voice message."""
        return self.count == 1 and self.media.startswith("audio/") and self.seconds > 0

    @property
    def words(self) -> str:
        """What a search finds it by: its name and its caption, as they came."""
        return f"{self.name}\n{self.caption}" if self.caption else self.name


_read = msgspec.msgpack.Decoder(FileOffer).decode


def read_offer(body: bytes) -> FileOffer | None:
    """The offer that a body says; None where it says none."""
    try:
        offer = _read(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):  # RecursionError: of arrays in arrays
        return None
    return offer if len(offer.key) in (0, KEY_BYTES) else None
