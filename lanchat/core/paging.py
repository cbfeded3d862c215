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
        self._wanted = False  # the person wants to see the next page
        self._asked = False  # for a page that has not come
        self._prepending = False  # a page is on its way to disk
        self._giving = False  # a page is read for the Host

    def disconnected(self) -> None:
        """The connection is gone, and with it what was asked on it."""
        self._wanted = self._asked = self._giving = False

    def lost(self) -> None:
        """The replica begins anew, after a range that the Host does not have."""
        self._missing = True

    def want_all(self) -> None:
        """All before the replica is to be here, unless that is more than a computer should fetch unasked."""
        self._missing = self._missing or 0 < self._replica.base <= limits.HEIR_ENTRIES

    # --- from the Host -----------------------------------------------------------------------------------------------
    def want(self) -> None:
        """The person wants to see a page: the next one that comes, whatever it was asked for."""
        self._wanted = True

    def due(self) -> Earlier | Prepend | None:
        """The question for the next page that the person wants, or that was lost here; or the answer to the person that
        there is none. None: nothing, or not now."""
        replica = self._replica
        if self._asked or self._prepending or replica.on_disk < replica.base:
            return None
        if replica.base == 0:
            wanted, self._wanted = self._wanted, False
            return Prepend((), 0, replica.base_head) if wanted else None
        if not (self._wanted or self._missing):
            return None
        self._asked = True
        return Earlier(replica.base + 1)

    def answered(self, frame: Page) -> Prepend:
        """The Host sent a page. Raises Misbehaved."""
        if not self._asked:
            raise Misbehaved("a page nobody asked for")
        self._asked = False
        run = self._replica.precede(frame)
        self._prepending = bool(run)
        recovered, self._wanted = self._missing and not self._wanted, False
        page = Prepend(run, self._replica.base, self._replica.base_head, recovered)
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
