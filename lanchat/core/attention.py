"""Attention, the Client's side of what members let each other know while they are in a room: that they write, how far
they have read, and whether they are at their computer. Nothing of it is in the Log or on a disk. Pure.

The host's side is in `member_news`. Who is away or busy comes with the roster (`roster`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from msgspec import Struct

from lanchat.core.client_actions import ReadElsewhere, SeenChanged, TypingChanged
from lanchat.core.frames import Available, Frame, OwnRead, Read, SeenBy, Typing, Typists
from lanchat.core.limits import (
    OWN_READ_SECONDS,
    READ_SECONDS,
    SEEN_KEPT,
    SEEN_MEMBERS,
    TYPING_MEMBERS,
    TYPING_NAMED,
    TYPING_SAID_SECONDS,
    TYPING_SHOWN_SECONDS,
)
from lanchat.core.model import Availability, LogEntry, MemberKey, RoomId
from lanchat.core.roster import Roster
from lanchat.core.translate import _

_NAMED = 2  # of those who write


class Sharing(Struct, frozen=True):
    """What the person lets others know. What they do not tell, they are not told either."""

    typing: bool = True  #: that they are writing
    read: bool = True  #: how far they have read


def words_about_typists(names: Sequence[str], more: bool) -> str:
    """A sentence that says who is writing; "" when nobody is. `more`: whether others write besides."""
    if more or len(names) > _NAMED:
        return _("Several people are writing…")
    if len(names) == _NAMED:
        return _("{one} and {other} are writing…").format(one=names[0], other=names[1])
    return _("{name} is writing…").format(name=names[0]) if names else ""


def note_seen(known: dict[MemberKey, int], seen: Iterable[tuple[MemberKey, int]]) -> None:
    """Some have read up to there. As many stay known as a host remembers: those heard of last."""
    for key, seq in seen:
        known.pop(key, None)
        known[key] = seq
    for oldest in list(known)[: max(0, len(known) - SEEN_KEPT)]:
        del known[oldest]


class Attention:
    def __init__(self, room_id: RoomId, me: MemberKey) -> None:
        self.sharing = Sharing()
        self.availability = Availability.HERE
        self._room_id = room_id
        self._me = me
        self._read = 0
        self._typing_said = -math.inf
        self._read_said = self._line_said = -math.inf
        self._told_read = 0
        self._line = 0  # after it is what I have not read, on this device
        self._told_line = 0  # to my other devices, by `read` or `own_read`
        self._line_back = False  # it went back, which is not told yet
        self._told_availability = Availability.HERE
        self._typists: dict[MemberKey, float] = {}  # until when they count
        self._more_until = -math.inf
        self._told_typists: tuple[tuple[MemberKey, ...], bool] = ((), False)

    # --- what I tell -------------------------------------------------------------------------------------------------
    def typing(self, members: int, now: float) -> Typing | None:
        """I typed something that is not sent yet: the frame that is due for it."""
        told = now - self._typing_said < TYPING_SAID_SECONDS
        if told or not self.sharing.typing or not 1 < members <= TYPING_MEMBERS:
            return None
        self._typing_said = now
        return Typing()

    def sent(self) -> None:
        """I sent what I wrote: the next that I write is told at once."""
        self._typing_said = -math.inf

    def read(self, seq: int) -> None:
        """I have read up to `seq`."""
        self._read = max(self._read, seq)
        self._line = max(self._line, seq)

    def unread(self, seq: int) -> None:
        """I want to read again from `seq` on. Others know that I have read it."""
        self._line = min(self._line, max(0, seq - 1))
        self._line_back = True

    def cut(self, last: int) -> None:
        """What was read after `last` is in another place of the Log now."""
        self._read, self._line = min(self._read, last), min(self._line, last)

    def due(self, members: int, last: int, now: float) -> list[Frame]:
        """The frames that are due now. `last`: the replica's newest entry; no read position after it is sent."""
        said: list[Frame] = []
        if self.availability is not self._told_availability:
            self._told_availability = self.availability
            said.append(Available(self.availability.value))
        if self._to_tell_read(members, last) and now - self._read_said >= READ_SECONDS:
            self._told_read, self._read_said = min(self._read, last), now
            self._told_line = max(self._told_line, self._told_read)
            said.append(Read(self._told_read))
        elif self._line_back and self.sharing.read:
            self._told_line, self._line_back = min(self._line, last), False
            said.append(OwnRead(self._told_line, back=True))
        elif self._to_tell_line(last) and now - self._line_said >= OWN_READ_SECONDS:
            self._told_line, self._line_said = min(self._line, last), now
            said.append(OwnRead(self._told_line))
        return said

    def waiting(self, members: int, last: int) -> bool:
        """Whether `due` or `news` will have something, although nothing comes."""
        return bool(self._told_typists[0]) or self._to_tell_read(members, last) or self._to_tell_line(last)

    def _to_tell_line(self, last: int) -> bool:
        return self.sharing.read and (self._line_back or min(self._line, last) > self._told_line)

    def _to_tell_read(self, members: int, last: int) -> bool:
        return self.sharing.read and 1 < members <= SEEN_MEMBERS and min(self._read, last) > self._told_read

    # --- what others tell --------------------------------------------------------------------------------------------
    def hear(
        self, frame: Typists | SeenBy | OwnRead, end: int, roster: Roster, now: float
    ) -> Sequence[TypingChanged | SeenChanged | ReadElsewhere]:
        """`end`: nothing after it was written yet, as far as we know."""
        match frame:
            case OwnRead(seq, back):
                line = min(seq, end)
                if back:
                    self._line, self._told_line = min(self._line, line), min(self._told_line, line)
                return [ReadElsewhere(self._room_id, line, back)] if self.sharing.read else []
            case Typists(keys, more):
                self._write([MemberKey(key) for key in keys if key != self._me and key in roster], more, now)
                return self.news(now)
            case SeenBy(marks):
                if not self.sharing.read or len(roster) > SEEN_MEMBERS:
                    return []
                told = marks[:SEEN_KEPT]  # also of some who have left, or of whom the roster is still to come
                seen = tuple((MemberKey(mark.reader), mark.seq) for mark in told if mark.reader != self._me)
                return [SeenChanged(self._room_id, seen)] if seen else []

    def _write(self, keys: Iterable[MemberKey], more: bool, now: float) -> None:
        """They are writing, and `more`. No more than a frame names are known by name; the rest are others."""
        until = now + TYPING_SHOWN_SECONDS
        for key in keys:
            if key in self._typists or len(self._typists) < TYPING_NAMED:
                self._typists[key] = until
            else:
                more = True
        if more:
            self._more_until = until

    def wrote(self, run: Iterable[LogEntry], now: float) -> list[TypingChanged | SeenChanged]:
        """These entries came: their authors have sent what they wrote."""
        if self._typists:
            for item in run:
                self._typists.pop(MemberKey(item.entry.author), None)
        return self.news(now)

    def news(self, now: float) -> list[TypingChanged | SeenChanged]:
        """Who writes, when that has changed. To be called often."""
        if not self._typists and not self._told_typists[0]:
            return []
        self._typists = {key: until for key, until in self._typists.items() if until > now}
        told = (tuple(self._typists), self._more_until > now) if self.sharing.typing else ((), False)
        if told == self._told_typists:
            return []
        self._told_typists = told
        return [TypingChanged(self._room_id, *told)]

    def disconnected(self) -> None:
        """Nobody is known to write, and the next host knows nothing of me."""
        self._typists.clear()
        self._told_typists = ((), False)
        self._told_read = self._told_line = 0
        self._told_availability = Availability.HERE
        self._typing_said = self._read_said = self._line_said = self._more_until = -math.inf
