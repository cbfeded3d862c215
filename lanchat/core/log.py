"""The Log a Host writes to, as the Host sees it: a small protocol, whose default is the local Store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from lanchat.core.model import Entry, Head, LogEnd, LogEntry


@dataclass(frozen=True, slots=True)
class Known:
    """(author, entry_id) is in the Log already, at this number."""

    seq: int


@dataclass(frozen=True, slots=True)
class OutOfOrder:
    """The author's device has written past this counter: taking the entry would break its order."""

    last_counter: int


@dataclass(frozen=True, slots=True)
class Forged:
    """Its author did not sign it. Found before the Log is asked, which never says so itself."""


Outcome: TypeAlias = LogEntry | Known | OutOfOrder | Forged


class Log(Protocol):
    def end(self) -> LogEnd: ...

    def append(self, entries: Sequence[Entry], received_at: int) -> list[Outcome]:
        """One outcome for each entry, in order, all in one durable transaction: MUST be on disk when this returns.

        An entry twice in one call is Known the second time. Raises storage's errors with nothing taken.
        """

    def after(self, seq: int, limit: int) -> list[LogEntry]:
        """Up to `limit` entries after `seq`, contiguous, oldest first."""

    def before(self, seq: int, limit: int) -> tuple[list[LogEntry], Head]:
        """Up to `limit` entries before `seq`, oldest first, and the chain head before the first of them."""
