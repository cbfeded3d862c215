"""What file connections need of whoever keeps the bytes: the FileShelf of the server, the PullTask of a puller.

All methods are called on threads of file connections, several at once; they may block on the disk, not on the Engine.
`FileShelf.wanted` and `PullTask.ended` do not block: for guests they are called on the Engine's loop, too.
"""

from __future__ import annotations

import enum
from typing import Protocol

from lanchat.core.model import MemberKey


class ServedChunks(Protocol):
    """The bytes of one offer, as far as they are here."""

    @property
    def manifest(self) -> bytes: ...

    def read(self, index: int) -> bytes | None:
        """The bytes of a chunk; None: it is not here, or was changed since it was offered. Raises OSError."""


class PullEnd(enum.Enum):
    """Why a source gives no more."""

    DONE = "done"  #: nothing more is wanted of it
    STOPPED = "stopped"  #: we stopped it
    MISSING = "missing"  #: it has nothing of that offer
    GONE = "gone"  #: it cannot be reached, hung up or stalled: may be tried again
    REFUSED = "refused"  #: it does not let us in, or is not who it should be
    WRONG = "wrong"  #: it sent what is not the offer's, or broke the protocol: to be asked no more
    DISK = "disk"  #: we could not write what came


class PullTask(Protocol):
    """What one source is asked for, and where it goes. One for each source of a transfer."""

    root: bytes

    @property
    def manifest_size(self) -> int:
        """Bytes of the Manifest, when it is not here yet; 0: it is here."""

    def take_manifest(self, data: bytes) -> None:
        """It came, and its SHA-256 is `root`. Raises ValueError when it is no Manifest."""

    def next_run(self) -> range | None:
        """The chunks to ask for next, each once; None: nothing more of this source, once it sent what it was asked for.

        It may wait until the task knows, for some seconds.
        """

    def expected(self, index: int) -> tuple[int, bytes]:
        """Size and SHA-256 of a chunk, by the Manifest: what comes is checked against both before `write`."""

    def write(self, index: int, data: memoryview) -> None:
        """Keep a chunk that came and is right. `data` is valid only during the call. Raises OSError."""

    def not_there(self, index: int) -> None:
        """The source has not got this chunk."""

    def ended(self, end: PullEnd) -> None:
        """The source gives no more, last call."""


class FileShelf(Protocol):
    """The files of one room, of which a FileServer asks."""

    def may_take(self, key: MemberKey) -> bool:
        """Whether this member may have files of the room: known to the host and not banned, or here now."""

    def find(self, root: bytes, taker: MemberKey) -> ServedChunks | None:
        """The bytes of an offer; None: they are not here, or not for this member."""

    def wanted(self, root: bytes, giver: MemberKey, guest: bool = False) -> PullTask | None:
        """A member has these bytes and lets us pull them over its own connection; None: they are not wanted, or not
        now. `guest`: over the channel of a phone."""

    def served(self, root: bytes, taker: MemberKey) -> None:
        """A chunk was sent to a member."""
