"""What a Host asks of its driver. Frozen values; the driver takes them in order after every call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NewType, TypeAlias

import msgspec

from lanchat.core.codes import CloseCode
from lanchat.core.frames import Heir
from lanchat.core.model import Card, Entry, Head, LogEntry, MemberKey

SessionId = NewType("SessionId", int)

HOST: Final = SessionId(0)  #: in an Append: what the Host itself writes; no connection has this number


# --- to connections --------------------------------------------------------------------------------------------------
class SendTo(msgspec.Struct, frozen=True):
    """Write these encoded frames, in order with everything else for this Session."""

    session: SessionId
    data: bytes


class Broadcast(msgspec.Struct, frozen=True):
    """Write these encoded frames to each of `sessions`. For a Session whose connection takes nothing more, call
    `missed_news` once it does, unless they are `passing`: old by then."""

    sessions: tuple[SessionId, ...]
    data: bytes
    passing: bool = False


class Ready(msgspec.Struct, frozen=True):
    """There is something to send to this Session: ask `next_for`."""

    session: SessionId


class Close(msgspec.Struct, frozen=True):
    """Close this connection; say `Refused(code)` first if there is a code. The Session is over already."""

    session: SessionId
    code: CloseCode | None = None


# --- to the Log ------------------------------------------------------------------------------------------------------
class Append(msgspec.Struct, frozen=True):
    """Check the signatures, append in one transaction, answer `appended` or `append_failed`. One at a time. `carried`:
    the ids of those posts that another Log had."""

    posts: Sequence[tuple[SessionId, Entry]]
    carried: frozenset[bytes] = frozenset()


class ReadCommon(msgspec.Struct, frozen=True):
    """The first of `marks`, numbers with the chain heads after them, that is in the Log, or None: answer `common_read`.
    A number without a head is in it."""

    session: SessionId
    marks: tuple[tuple[int, Head | None], ...]


class ReadAfter(msgspec.Struct, frozen=True):
    """About READ_ENTRIES entries after `seq`, as Blocks: answer `read_after`."""

    session: SessionId
    seq: int


class ReadPage(msgspec.Struct, frozen=True):
    """The `limit` entries before `before` and the head before them: answer `page_read`."""

    session: SessionId
    before: int
    limit: int


class PutBack(msgspec.Struct, frozen=True):
    """Check the signatures, then put the run, which this Session gave, before the Log: answer `put_back`, or
    `put_back_failed` when that is not possible. `base_head` is the chain head before it."""

    session: SessionId
    run: tuple[LogEntry, ...]
    base_head: Head


class ReadCards(msgspec.Struct, frozen=True):
    """The cards on disk of these keys: answer `cards_read`."""

    session: SessionId
    keys: tuple[MemberKey, ...]


class CheckCard(msgspec.Struct, frozen=True):
    """A Member sent a new card of its own: answer `renamed` when its signature is right, else `forged`."""

    session: SessionId
    card: Card


# --- about who keeps the room open next -----------------------------------------------------------------------------
class Entitle(msgspec.Struct, frozen=True):
    """This Session's member has been here long enough to be given passes: answer `entitled`, if it may be."""

    session: SessionId
    key: MemberKey


class Reach(msgspec.Struct, frozen=True):
    """Try whether the program of `key` lets others in there: answer `reached`."""

    session: SessionId
    key: MemberKey
    address: str
    port: int


class HeirsFound(msgspec.Struct, frozen=True):
    """These may keep the room open next, the first first."""

    heirs: tuple[Heir, ...]


class GiveBack(msgspec.Struct, frozen=True):
    """This Session's member, who has a higher rank than the host, wants to keep the room open."""

    session: SessionId


class CheckClaim(msgspec.Struct, frozen=True):
    """A Session claims a higher epoch than ours, and proves it with this `+keeps`: answer `claim_checked`, with whether
    its author signed it and was entitled to, and we may begin one above it."""

    session: SessionId
    keeps: Entry


class Raise(msgspec.Struct, frozen=True):
    """Begin an epoch above this one: sign a `+keeps` and give it to `keep`."""

    above: Entry


# --- to the Engine ---------------------------------------------------------------------------------------------------
class LogGrew(msgspec.Struct, frozen=True):
    """These are on disk. For every Session that was Ready before, `next_for` has something to send."""

    run: tuple[LogEntry, ...]


class FileSought(msgspec.Struct, frozen=True):
    """A Session looks for who has the files of this root."""

    root: bytes


Action: TypeAlias = (
    SendTo | Broadcast | Ready | Close | Append | ReadCommon | ReadAfter | ReadPage | PutBack | ReadCards | CheckCard
    | Entitle | Reach | HeirsFound | GiveBack | CheckClaim | Raise | LogGrew | FileSought
)  # fmt: skip
