"""Paging: pages of the past. A Client asks its Host for those before the replica, because the person wants to see them
or because this disk lost them; and the Host asks for a page that its own disk lost."""

from __future__ import annotations

from collections.abc import Sequence

from lanchat.core import limits
from lanchat.core.client_actions import Prepend, ReadBefore
from lanchat.core.encoded_log import cut_page
from lanchat.core.frames import Earlier, Misbehaved, Page
from lanchat.core.model import Head, LogEntry
from lanchat.core.replica import Replica


class Paging:
    def __init__(self, replica: Replica, missing: bool) -> None:
        """`missing`: what was before the replica was lost."""
        self._replica = replica
        self._missing = missing  # it is asked for until the Host has no more of it
        self._asked = False  # for a page that has not come
        self._prepending = False  # a page is on its way to disk
        self._giving = False  # a page is read for the Host

    def disconnected(self) -> None:
        """The connection is gone, and with it what was asked on it."""
        self._asked = self._giving = False

    def lost(self) -> None:
        """The replica begins anew, after a range that the Host does not have."""
        self._missing = True

    def want_all(self) -> None:
        """All before the replica is to be here, unless that is more than a computer should fetch unasked."""
        self._missing = self._missing or 0 < self._replica.base <= limits.HEIR_ENTRIES

    # --- from the Host -----------------------------------------------------------------------------------------------
    def recover(self) -> Earlier | None:
        """The question for the next page of what was lost here; None: nothing was, or not now."""
        here = self._replica.base > 0 and self._replica.on_disk >= self._replica.base
        return self._ask() if self._missing and here and not self._busy else None

    def fetch(self) -> Earlier | Prepend | None:
        """The question for a page that the person wants, or the answer that there is none; None: not now."""
        if self._busy or self._missing:
            return None
        return Prepend((), 0, self._replica.base_head) if self._replica.base == 0 else self._ask()

    @property
    def _busy(self) -> bool:
        return self._asked or self._prepending

    def _ask(self) -> Earlier:
        self._asked = True
        return Earlier(self._replica.base + 1)

    def answered(self, frame: Page) -> Prepend:
        """The Host sent a page. Raises Misbehaved."""
        if not self._asked:
            raise Misbehaved("a page nobody asked for")
        self._asked = False
        run = self._replica.precede(frame)
        self._prepending = bool(run)
        page = Prepend(run, self._replica.base, self._replica.base_head, self._missing)
        self._missing = self._missing and bool(run)
        return page

    def prepended(self, base: int, base_head: Head, missing: bool) -> None:
        """A page is on disk: where the replica begins there, and whether more was lost before."""
        self._prepending = False
        self._replica.begins(base, base_head)
        self._missing = self._missing and missing

    # --- to the Host -------------------------------------------------------------------------------------------------
    def give(self, before: int, limit: int) -> ReadBefore:
        """The Host lost a page, and asks us for it. Raises Misbehaved."""
        if self._giving:
            raise Misbehaved("two pages at once")
        self._giving = True
        return ReadBefore(before, min(limit, limits.PAGE_ENTRIES))

    def given(self, before: int, run: Sequence[LogEntry], base_head: Head) -> Page:
        """That page was read."""
        self._giving = False
        return cut_page(before, run, base_head)
