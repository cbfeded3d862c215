"""Unread: how far the person has read a room, and what is unread after that. Pure.

The one owner of it: the list of rooms, the title bar, notifications and the timeline ask the `Unread` of a Room. The
engine keeps only the read position, on disk, and is told of it by `MarkRead` and `MarkUnread`.
"""

from __future__ import annotations

from collections import deque

MOST = 1_000  # nobody wants to know more exactly; shown as 999+


class Unread:
    """Entries of others by their seq, the newest MOST of them; of those from before this start maybe only the count."""

    def __init__(self) -> None:
        self.read_seq = 0  #: all up to here is read
        self.held = False  #: the person marked something as unread: looking at it does not read it
        self.catching_up = 0  #: entries written while we were away that are still to come
        self._seqs: deque[int] = deque(maxlen=MOST)
        self._mentions: deque[int] = deque(maxlen=MOST)
        self._earlier = 0
        self._earlier_last = 0
        self._before_catching_up = (0, 0)

    @property
    def count(self) -> int:
        """0 … MOST."""
        return min(MOST, self._earlier + len(self._seqs))

    @property
    def mentions(self) -> int:
        """How many of them name me."""
        return len(self._mentions)

    @property
    def mention_seqs(self) -> tuple[int, ...]:
        """Which of them do."""
        return tuple(self._mentions)

    @property
    def missed(self) -> int:
        """How many of them came since `catch_up`."""
        return self.count - self._before_catching_up[0]

    @property
    def missed_mentions(self) -> int:
        return self.mentions - self._before_catching_up[1]

    def add(self, seq: int, mentions_me: bool, told: bool = False) -> None:
        """Add an entry of somebody else, after all others. One that is read already does not count. `told`: it came
        before, so it was not missed."""
        if seq > self.read_seq:
            self._seqs.append(seq)
            if mentions_me:
                self._mentions.append(seq)
            if told:
                missed, mentions = self._before_catching_up
                self._before_catching_up = missed + 1, mentions + mentions_me

    def add_earlier(self, count: int, last: int) -> None:
        """Add a number of earlier entries, none after `last`. MUST be called before `add`."""
        self._earlier, self._earlier_last = count, last

    def marked_unread(self, seq: int) -> None:
        """The person marked what was said from `seq` on as unread. What that is, is to be added anew."""
        self.cut_back(max(0, seq - 1))
        self.held = True

    def cut_back(self, last: int) -> None:
        """What came after `last` is another from here on, and what of it is unread is to be added anew."""
        self.read_seq = min(self.read_seq, last)
        self._seqs.clear()
        self._mentions.clear()
        self._earlier = self._earlier_last = 0
        self._before_catching_up = (0, 0)

    def read(self, seq: int) -> None:
        """Note that all up to `seq` is read. The position goes back only by `marked_unread`."""
        if seq <= self.read_seq:
            return
        self.read_seq = seq
        for seqs in (self._seqs, self._mentions):
            while seqs and seqs[0] <= seq:
                seqs.popleft()
        self._earlier = max(0, min(self._earlier, self._earlier_last - seq))  # not more than there are seqs

    def catch_up(self, entries: int) -> None:
        """Note that so many entries were written while we were away, and come now."""
        self.catching_up, self._before_catching_up = entries, (self.count, self.mentions)

    def caught_up(self, entries: int) -> None:
        """Note that so many of them came."""
        self.catching_up = max(0, self.catching_up - entries)
