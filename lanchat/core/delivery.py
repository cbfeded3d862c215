"""Delivery: who has what on disk, for the second tick."""

from __future__ import annotations

from lanchat.core.model import MemberKey


class Delivery:
    """The furthest anybody has come, and the furthest anybody else has: enough to know what others have of mine."""

    __slots__ = ("_best", "_holder", "_second")

    def __init__(self) -> None:
        self._best = 0
        self._holder: MemberKey | None = None
        self._second = 0

    def has(self, member: MemberKey, seq: int) -> None:
        """Everything up to `seq` is on a disk of `member`."""
        if member == self._holder:
            self._best = max(self._best, seq)
        elif seq > self._best:
            self._best, self._holder, self._second = seq, member, self._best
        else:
            self._second = max(self._second, seq)

    def beyond(self, member: MemberKey) -> int:
        """Everything up to this seq is on the disk of somebody other than `member`."""
        return self._second if member == self._holder else self._best
