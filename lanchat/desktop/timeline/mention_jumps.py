"""MentionJumps: which message that mentions the person comes next, from what is in view on. Tk thread.

The index of words finds them on the disk, however far away they are: those with my name, and those with @everyone.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from lanchat.core.mentions import EVERYBODY
from lanchat.core.model import RoomId
from lanchat.desktop.timeline.rows import seqs
from lanchat.desktop.timeline.text_view import TextView
from lanchat.desktop.timeline.viewport import Viewport
from lanchat.desktop.view_context import ViewContext
from lanchat.storage.errors import StorageProblem

_MOST = 500  # messages with each of the words, the newest


class MentionJumps:
    def __init__(self, context: ViewContext, room_id: RoomId, view: TextView, viewport: Viewport) -> None:
        self._context = context
        self._room_id = room_id
        self._view = view
        self._viewport = viewport
        self._last = 0  # the one jumped to last

    def next(self, step: int) -> int:
        """The seq of the next (1) or the previous (-1) one; after the last comes the first that is unread, or the
        first. 0: there is none."""
        found = self._all()
        if not found:
            return 0
        first, last = self._in_view()
        here = self._last if first <= self._last <= last else 0
        if step > 0:
            at = bisect_right(found, here) if here else bisect_left(found, first)
            unread = self._context.state.room(self._room_id).unread.mention_seqs
            self._last = found[at] if at < len(found) else unread[0] if unread else found[0]
        else:
            at = bisect_left(found, here) if here else bisect_right(found, last)
            self._last = found[at - 1] if at else found[-1]
        return self._last

    def _all(self) -> list[int]:
        room = self._context.state.room(self._room_id)
        found = set(room.unread.mention_seqs)
        try:
            for word in (self._context.state.nick, *EVERYBODY):
                hits = self._context.reader.search(word, self._room_id, _MOST) if word else []
                found |= {hit.message.seq for hit in hits if room.names_me(hit.message)}
        except StorageProblem as problem:
            self._context.say(str(problem))
        return sorted(found)

    def _in_view(self) -> tuple[int, int]:
        """The seqs of the first and the last message in view; (0, 0): there is none."""
        if not self._view.rows:
            return 0, 0
        first, last = self._viewport.seen()
        shown = [seq for row in self._view.rows[first : last + 1] for seq in seqs(row.row) if seq > 0]
        return (min(shown), max(shown)) if shown else (0, 0)
