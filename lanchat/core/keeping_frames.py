"""The frames about who keeps the room open next. They go over connections that are in."""

from __future__ import annotations

from typing import Annotated

import msgspec

from lanchat.core import limits
from lanchat.core.framing import Frame
from lanchat.core.keeping import Passes
from lanchat.core.model import Bytes16, Bytes32, PortNumber


class Able(Frame, frozen=True):
    """Client: this computer may keep the room open, and waits for that at this port; 0: it may not, or not now."""

    port: PortNumber


class PassesGiven(Frame, frozen=True, tag="passes"):
    """Host: what entitles you to keep the room open."""

    passes: Passes


class Heir(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A member who may keep the room open, and where they listen for that."""

    key: Bytes32
    address: Annotated[str, msgspec.Meta(max_length=64)]
    port: PortNumber
    passes: Passes = ()  #: which entitle it, as far as the host knows them; none for the owner


class Heirs(Frame, frozen=True):
    """Host: who opens the room when I am gone, the first first. They were reached there."""

    heirs: Annotated[list[Heir], msgspec.Meta(max_length=limits.HEIRS_MOST)]


class Moved(Frame, frozen=True):
    """Host: this one keeps the room open from now on. `bye` follows."""

    heir: Heir


class GivenCode(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A code with which phones come into the room, and who came in with it."""

    secret: Bytes16
    left_ms: Annotated[int, msgspec.Meta(ge=0, le=2**53)] | None  #: so long it lets newcomers in; None: no end is set
    keys: Annotated[list[Bytes32], msgspec.Meta(max_length=limits.GUEST_KEYS)]
    unused_ms: Annotated[int, msgspec.Meta(ge=0, le=2**53)]  #: since somebody last came in with it

    def __repr__(self) -> str:
        """For logs and failing tests: without the secret."""
        return f"GivenCode(left_ms={self.left_ms}, {len(self.keys)} came)"


class GuestCodesGiven(Frame, frozen=True, tag="guest_codes"):
    """Host, to an heir: these are all codes for phones that were not withdrawn, the oldest first. To who is no heir any
    more: none."""

    codes: Annotated[list[GivenCode], msgspec.Meta(max_length=limits.GUEST_CODES)]


class TakeBack(Frame, frozen=True, tag="take_back"):
    """Client, of a higher rank than the host: I want to keep the room open again; I am `able`."""
