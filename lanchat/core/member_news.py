"""What a Host tells members of each other: who is here (Presence), what others have of their entries (Delivery), who is
writing (TypingNews) and how far they have read (ReadNews; OwnReadNews for the same member's other devices).

News is gathered and told a few times a second, and what is the same for all is encoded once.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias, TypeVar

from lanchat.core import limits
from lanchat.core.frames import (
    Delivered,
    Misbehaved,
    OwnRead,
    Present,
    Read,
    ReadMark,
    SeenBy,
    StateMark,
    Typists,
    encode,
)
from lanchat.core.host_actions import Action, Broadcast, SendTo
from lanchat.core.limits import PRESENCE_SECONDS, TELL_SECONDS
from lanchat.core.model import Availability, Card, MemberKey
from lanchat.core.sessions import Member, Session

_Item = TypeVar("_Item")
_HERE, _AWAY, _BUSY = (one.value for one in Availability)

_CARDS_A_FRAME = 90  # a card is at most 630 bytes, with a nick of four-byte characters, and a state 40: under 64 KiB
_STATE_SECONDS_A_MEMBER = 0.005  # the larger the room, the seldomer it hears who is away: every 5 s for 1,000


class Presence:
    def __init__(self) -> None:
        self._here: dict[MemberKey, Card] = {}  # as told
        self._came: dict[MemberKey, Card] = {}  # not told yet
        self._left: dict[MemberKey, None] = {}
        self._need_all: dict[Session, None] = {}  # who must be told the whole roster
        self._whole = b""  # encoded, until something changes
        self._told = -math.inf
        self._states: dict[MemberKey, str] = {}  # of those who are not "here", as told
        self._new_states: dict[MemberKey, str] = {}  # not told yet
        self._told_states = -math.inf

    def __len__(self) -> int:
        """How many are here, as told."""
        return len(self._here)

    def came(self, card: Card) -> None:
        """Somebody came, or has a new card."""
        self._left.pop(MemberKey(card.key), None)
        self._came[MemberKey(card.key)] = card

    def restated(self, member: Member) -> None:
        """One of the member's Sessions says something else of its person, or has come or gone."""
        self._new_states[member.key] = _state_of(member)

    def left(self, key: MemberKey) -> None:
        self._came.pop(key, None)
        if key in self._here:
            self._left[key] = None

    def tell_all_to(self, session: Session) -> None:
        """This Session gets the whole roster, because it is new or missed something."""
        self._need_all[session] = None

    def forget(self, session: Session) -> None:
        self._need_all.pop(session, None)

    def tell(self, sessions: Iterable[Session], now: float) -> list[Action]:
        """The news, at most every few hundredths of a second: what comes sooner is told at the next tick."""
        if now - self._told < PRESENCE_SECONDS:
            return []
        news: list[Action] = []
        joined, left = self._changes()
        states = self._changed_states(now)
        if joined or left or states:
            self._told = now
            self._whole = b""
            to = tuple(session.id for session in sessions if session.live and session not in self._need_all)
            if to:
                news.append(Broadcast(to, _encode_changes(joined, left, states)))
        if self._need_all:
            self._whole = self._whole or _encode_all(list(self._here.values()), self._states)
            news += [SendTo(session.id, self._whole) for session in self._need_all]
            self._need_all.clear()
        return news

    def _changes(self) -> tuple[list[Card], list[Card]]:
        joined = [card for key, card in self._came.items() if self._here.get(key) != card]
        self._here.update(self._came)
        left = [self._here.pop(key) for key in self._left]
        for card in left:
            self._states.pop(MemberKey(card.key), None)
            self._new_states.pop(MemberKey(card.key), None)
        self._came.clear()
        self._left.clear()
        return joined, left

    def _changed_states(self, now: float) -> list[StateMark]:
        if not self._new_states or now - self._told_states < _STATE_SECONDS_A_MEMBER * len(self._here):
            return []
        self._told_states = now
        changed = [
            StateMark(key, state)
            for key, state in self._new_states.items()
            if key in self._here and state != self._states.get(key, _HERE)
        ]
        self._states.update((MemberKey(mark.member), mark.state) for mark in changed)
        self._states = {key: state for key, state in self._states.items() if state != _HERE}
        self._new_states.clear()
        return changed


def _state_of(member: Member) -> str:
    """Of a member with several devices: busy when one of them says so, else here when one of them is here."""
    states = {session.state for session in member.sessions if session.live}
    return next((state for state in (_BUSY, _HERE, _AWAY) if state in states), _HERE)


def _encode_all(cards: Sequence[Card], states: Mapping[MemberKey, str]) -> bytes:
    parts = list(_parts(cards))
    marks = [
        [StateMark(card.key, states[MemberKey(card.key)]) for card in part if card.key in states] for part in parts
    ]
    return b"".join(
        encode(Present(part, all=at == 0, more=at < len(parts) - 1, states=marks[at])) for at, part in enumerate(parts)
    )


def _encode_changes(joined: Sequence[Card], left: Sequence[Card], states: Sequence[StateMark]) -> bytes:
    came = [Present(joined=part) for part in _parts(joined)]
    went = [Present(left=[card.key for card in part]) for part in _parts(left)]
    restated = [Present(states=part) for part in _parts(states)]
    return b"".join(map(encode, came + went + restated))


def _parts(items: Sequence[_Item]) -> Iterator[list[_Item]]:
    for start in range(0, len(items), _CARDS_A_FRAME):
        yield list(items[start : start + _CARDS_A_FRAME])


Reach: TypeAlias = tuple[int, int]  #: (seq, minus the base of the replica that ends there)

NOWHERE: Reach = (0, 0)


class Furthest:
    """The furthest reach of anybody, and of anybody else: enough to know what others have of mine."""

    __slots__ = ("_best", "_holder", "_second")

    def __init__(self) -> None:
        self._best = NOWHERE
        self._holder: MemberKey | None = None
        self._second = NOWHERE

    def has(self, member: MemberKey, reach: Reach) -> None:
        if member == self._holder:
            self._best = max(self._best, reach)
        elif reach > self._best:
            self._best, self._holder, self._second = reach, member, self._best
        else:
            self._second = max(self._second, reach)

    def beyond(self, member: MemberKey) -> Reach:
        """The furthest reach of anybody but `member`."""
        return self._second if member == self._holder else self._best


class Delivery:
    """Tells each Session what others have of its Member's entries, where that is news, a few times a second at most."""

    def __init__(self) -> None:
        self._furthest = Furthest()
        self._news = False
        self._told = -math.inf

    def has(self, member: MemberKey, seq: int, base: int) -> None:
        """The entries after `base` up to `seq` are on a disk of `member`; or the host's own person has read them."""
        self._furthest.has(member, (seq, -base))
        self._news = True

    def wrote(self, sessions: Iterable[Session], seq: int) -> None:
        """The entries of the Member whose Sessions these are, are among the first `seq`."""
        for session in sessions:
            session.own_last = seq
        self._news = True

    def tell(self, sessions: Iterable[Session], now: float) -> list[Action]:
        """The news, at most every few hundredths of a second: what comes sooner is told at the next tick."""
        if not self._news or now - self._told < TELL_SECONDS:
            return []
        self._news = False
        self._told = now
        answers: list[Action] = []
        for session in sessions:
            reach = self._of(session.member.key, session.own_last)
            if session.live and reach > session.delivered:
                session.delivered = reach
                answers.append(SendTo(session.id, encode(Delivered(reach[0], -reach[1]))))
        return answers

    def _of(self, member: MemberKey, last: int) -> Reach:
        """What others have of the entries of `member`, which are among the first `last`."""
        seq, minus_base = self._furthest.beyond(member)
        return (min(seq, last), minus_base) if last > -minus_base else NOWHERE


class TypingNews:
    """Passes on who is writing, in one frame at most every second; not in rooms larger than TYPING_MEMBERS."""

    def __init__(self) -> None:
        self._said: dict[MemberKey, None] = {}  # since it was told last, in their order
        self._told = -math.inf

    def typing(self, member: MemberKey) -> None:
        self._said[member] = None

    def tell(self, sessions: Iterable[Session], members: int, now: float) -> list[Action]:
        if members > limits.TYPING_MEMBERS:
            self._said.clear()
        if not self._said or now - self._told < limits.TYPING_TOLD_SECONDS:
            return []
        said, self._said, self._told = list(self._said), {}, now
        to = tuple(session.id for session in sessions if session.live and [session.member.key] != said)
        named = said[: limits.TYPING_NAMED]
        frame = encode(Typists([*named], more=len(named) < len(said)))
        return [Broadcast(to, frame, passing=True)] if to else []


class OwnReadNews:
    """Passes a member's last-read line to their other devices, also to one that comes later."""

    def __init__(self) -> None:
        self._lines: dict[MemberKey, int] = {}  # the one heard of last comes last

    def heard(self, session: Session, seq: int, *, back: bool = False) -> list[Action]:
        """One device of a member has read up to `seq`; or (`back`) what follows is unread again."""
        key = session.member.key
        before = self._lines.pop(key, 0)
        self._lines[key] = now = min(before, seq) if back else max(before, seq)
        if len(self._lines) > limits.OWN_READ_KEPT:
            del self._lines[next(iter(self._lines))]
        if now == before:
            return []
        frame = encode(OwnRead(seq, back))
        others = [one for one in session.member.sessions if one.live and one is not session]
        return [SendTo(one.id, frame) for one in others]

    def of(self, session: Session) -> list[Action]:
        """What is known, for a device that is new or missed something."""
        line = self._lines.get(session.member.key, 0)
        return [SendTo(session.id, encode(OwnRead(line)))] if line else []


class ReadNews:
    """Tells all how far each has read, where that is news; not in rooms larger than SEEN_MEMBERS. The other devices of
    the same member hear of it in every room."""

    def __init__(self) -> None:
        self._marks: dict[MemberKey, int] = {}  # the one heard of last comes last
        self._news: dict[MemberKey, None] = {}
        self._need_all: dict[Session, None] = {}
        self._told = -math.inf
        self._own = OwnReadNews()
        self._need_own: dict[Session, None] = {}

    def heard(self, session: Session, frame: Read | OwnRead) -> list[Action]:
        """How far a Session's person has read. Raises Misbehaved."""
        if frame.seq > session.cursor:
            raise Misbehaved("it has read what it was never sent")
        if isinstance(frame, OwnRead):
            return self._own.heard(session, frame.seq, back=frame.back)
        self._note(session.member.key, frame.seq)
        return self._own.heard(session, frame.seq)

    def _note(self, member: MemberKey, seq: int) -> None:
        if seq <= self._marks.get(member, 0):
            return
        self._marks.pop(member, None)
        self._marks[member] = seq
        self._news[member] = None
        if len(self._marks) > limits.SEEN_KEPT:
            oldest = next(iter(self._marks))
            del self._marks[oldest]
            self._news.pop(oldest, None)

    def tell_all_to(self, session: Session) -> None:
        """Tell this Session how far everybody has read: it is new, or it missed something."""
        self._need_all[session] = None
        self._need_own[session] = None

    def forget(self, session: Session) -> None:
        self._need_all.pop(session, None)
        self._need_own.pop(session, None)

    def tell(self, sessions: Iterable[Session], members: int, now: float) -> list[Action]:
        """The news, at most every half second. What is news while the room is too large is told when it is not."""
        told = [action for session in self._need_own for action in self._own.of(session)]
        self._need_own.clear()
        due = (self._news or self._need_all) and now - self._told >= limits.SEEN_SECONDS
        if not due or members > limits.SEEN_MEMBERS:
            return told
        self._told = now
        to = tuple(session.id for session in sessions if session.live and session not in self._need_all)
        if self._news and to:
            told.append(Broadcast(to, self._encoded(self._news)))
        if self._marks:
            told += [SendTo(session.id, self._encoded(self._marks)) for session in self._need_all]
        self._news.clear()
        self._need_all.clear()
        return told

    def _encoded(self, members: Iterable[MemberKey]) -> bytes:
        return encode(SeenBy([ReadMark(key, self._marks[key]) for key in members]))
