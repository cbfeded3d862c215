"""Heirs: whom a Host lets keep the room open after it, and in which order. Pure.

A member is an heir when it is able (its program says so), entitled (it has passes) and was reached: the Host connected
to it where it would let others in. Of those who are entitled, only as many are tried as are named.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Container, Iterable, Iterator
from typing import assert_never

from msgspec import Struct

from lanchat.core import limits
from lanchat.core.client_actions import GuestCodesCame, HeirsNamed, HostMoved, PassesCame
from lanchat.core.frames import Able, Frame, GuestCodesGiven, Heir, Heirs, Moved, PassesGiven, TakeBack, encode
from lanchat.core.host_actions import Action, Entitle, GiveBack, HeirsFound, Reach, SendTo, SessionId
from lanchat.core.keeping import Passes, Rank
from lanchat.core.keeping_frames import GivenCode
from lanchat.core.limits import HEIR_AFTER_SECONDS, HEIRS_MOST
from lanchat.core.model import MemberKey
from lanchat.core.sessions import Session

_REACH_AGAIN_SECONDS = 60.0  # before a program that could not be reached is tried once more
_OTHER_PORT_SECONDS = 5.0  # between two tries of one that waits elsewhere now: nobody has the host look for open ports


class _Candidate(Struct, eq=False):
    """What is known of one Session's program."""

    session: Session
    asked: bool = False  # for passes
    rank: Rank | None = None  # None: it has no passes
    passes: Passes = ()  # that it has
    port: int = 0  # where it would let others in; 0: it would not
    due: float = -math.inf  # when to try it
    due_elsewhere: float = -math.inf  # when to try it at the earliest, once it waits at another port
    reached: bool | None = None  # None: it was not tried, or the answer is on its way
    wants_back: bool = False  # the room, which is more its member's than ours
    codes: int = 0  # which codes for phones it was told: see `HeirList.codes_changed`; 0: none


class HeirList:
    def __init__(self, host_rank: Rank) -> None:
        self._host_rank = host_rank
        self._candidates: dict[SessionId, _Candidate] = {}
        self._told: list[Heir] = []
        self._looked_at = -math.inf
        self._codes: Callable[[], list[GivenCode]] = list
        self._codes_number = 0  # of changes of them

    def came(self, session: Session) -> list[Action]:
        """A Session is in the room. A browser is no heir, and goes to one when the host is gone."""
        if not session.address:  # the host's own person
            return []
        if not session.member.guest:
            self._candidates[session.id] = _Candidate(session)
        return [SendTo(session.id, encode(Heirs(self._told)))] if self._told else []

    def heard(self, session: Session, frame: Able | TakeBack) -> list[Action]:
        candidate = self._candidates.get(session.id)
        if candidate is None:
            return []
        if isinstance(frame, Able):
            if frame.port != candidate.port:
                candidate.port, candidate.reached, candidate.due = frame.port, None, candidate.due_elsewhere
            return []
        candidate.wants_back = True
        return self._give_back(candidate)

    def _give_back(self, candidate: _Candidate) -> list[Action]:
        """As it wants, once it is known that it may, and where: it may ask as soon as it is in."""
        above = candidate.rank is not None and candidate.rank > self._host_rank
        if not (candidate.wants_back and above and candidate.reached):
            return []
        candidate.wants_back = False
        return [GiveBack(candidate.session.id)]

    def entitled(self, session_id: SessionId, passes: Passes, rank: Rank, *, new: bool = False) -> list[Action]:
        """This Session's member may keep the room by these passes; none for the owner. `new`: we gave them just now."""
        candidate = self._candidates.get(session_id)
        if candidate is None:
            return []
        before = candidate.passes
        candidate.asked, candidate.rank, candidate.passes = True, rank, passes
        return [SendTo(session_id, encode(PassesGiven(passes)))] if new and passes != before else []

    def hanging_on(self, keys: Container[bytes]) -> list[tuple[SessionId, MemberKey]]:
        """The Sessions of these members, and of those who have passes of theirs, which were looked at before."""
        return [
            (session_id, one.session.member.key)
            for session_id, one in self._candidates.items()
            if one.asked and (one.session.member.key in keys or any(given.issuer in keys for given in one.passes))
        ]

    def not_entitled(self, session_id: SessionId) -> None:
        """This Session's member may not keep the room any more."""
        if (candidate := self._candidates.get(session_id)) is not None:
            candidate.rank = None

    def ask_again(self, keys: Container[MemberKey] | None = None) -> None:
        """What these members may do is not what it was; None: all."""
        for candidate in self._candidates.values():
            if keys is None or candidate.session.member.key in keys:
                candidate.asked, candidate.rank = False, None

    def reached(self, session_id: SessionId, port: int, yes: bool) -> None:
        """The answer to Reach."""
        candidate = self._candidates.get(session_id)
        if candidate is not None and candidate.port == port:
            candidate.reached = yes

    def codes_changed(self, codes: Callable[[], list[GivenCode]]) -> None:
        """Phones come in with other codes now, or others came in with them. `codes`: what an heir is told, now."""
        self._codes = codes
        self._codes_number += 1

    def forget(self, session: Session) -> None:
        """It is gone."""
        self._candidates.pop(session.id, None)

    def heir(self, session_id: SessionId) -> Heir | None:
        """Where this Session's program lets others in; None: it was not reached."""
        candidate = self._candidates.get(session_id)
        return _heir(candidate) if candidate is not None and candidate.reached else None

    def heir_of(self, key: MemberKey) -> Heir | None:
        """The same of a member, by the first of their programs that was reached."""
        return next((heir for heir in self.heirs if heir.key == key), None) or next(
            (_heir(one) for one in self._candidates.values() if one.session.member.key == key and one.reached), None
        )

    @property
    def heirs(self) -> list[Heir]:
        """Who may open the room next, the first first."""
        return [_heir(candidate) for candidate in self._in_order() if candidate.reached][:HEIRS_MOST]

    def tick(self, sessions: Iterable[Session], now: float) -> list[Action]:
        """Ask for passes, try to reach the first, and tell who the heirs are when that has changed."""
        if now - self._looked_at < limits.HEIRS_LOOK_SECONDS:
            return []
        self._looked_at = now
        actions: list[Action] = []
        for candidate in self._candidates.values():
            session = candidate.session
            if not candidate.asked and (session.trusted or now - session.since >= HEIR_AFTER_SECONDS):
                candidate.asked = True
                actions.append(Entitle(session.id, session.member.key))
        for candidate in self._to_try(now):
            candidate.due, candidate.due_elsewhere = now + _REACH_AGAIN_SECONDS, now + _OTHER_PORT_SECONDS
            candidate.reached = None
            session = candidate.session
            actions.append(Reach(session.id, session.member.key, session.address, candidate.port))
        for candidate in self._candidates.values():
            actions += self._give_back(candidate)
        heirs = self.heirs
        if heirs != self._told and not any(isinstance(one, Entitle) for one in actions):  # the answers come first
            self._told = heirs
            actions.append(HeirsFound(tuple(heirs)))
            news = encode(Heirs(heirs))
            actions += [SendTo(session.id, news) for session in sessions if session.live and session.address]
        return [*actions, *self.tell_codes()]

    def tell_codes(self) -> Iterator[Action]:
        """Those who are heirs now have the codes for phones, and who is one no more has none. A member's program has
        none when it comes, whatever it was told before. To be asked at the last moment, too."""
        heirs = [candidate for candidate in self._in_order() if candidate.reached][:HEIRS_MOST]
        for candidate in self._candidates.values():
            number = self._codes_number if candidate in heirs else 0
            if candidate.codes != number:
                candidate.codes = number
                yield SendTo(candidate.session.id, encode(GuestCodesGiven(self._codes() if number else [])))

    def _to_try(self, now: float) -> Iterator[_Candidate]:
        """Of those who come first: as many as are named, and were not tried or are to be tried again."""
        places = HEIRS_MOST
        for candidate in self._in_order():
            if places == 0:
                return
            if candidate.reached is False and now < candidate.due:
                continue
            places -= 1
            if not candidate.reached and now >= candidate.due:
                yield candidate

    def _in_order(self) -> list[_Candidate]:
        """The owner and who may do more come first, then who has all of the Log, then who has been here longest."""
        able = (one for one in self._candidates.values() if one.rank is not None and one.port)
        return sorted(able, key=_order)


def _order(candidate: _Candidate) -> tuple[int, int, float]:
    assert candidate.rank is not None
    session = candidate.session
    base = session.has[0] if session.has is not None else 1 << 62
    return -candidate.rank, base, session.since


def _heir(candidate: _Candidate) -> Heir:
    session = candidate.session
    return Heir(session.member.key, session.address, candidate.port, candidate.passes)


class ClientSuccession:
    """What a client says and hears of who keeps the room open next."""

    def __init__(self) -> None:
        self.port = 0  #: where we would let others in; 0: we may not keep the room open
        self.wants_back = False  #: the room is more ours than the Host's, and we want it back
        self._said = 0  # on this connection

    def disconnected(self) -> None:
        self._said = 0

    def due(self, whole: bool) -> list[Frame]:
        """What is to be said now. `whole`: all of the Log is here; who has only a part of it is no heir."""
        news: list[Frame] = []
        port = self.port if whole else 0
        if port != self._said:
            self._said = port
            news.append(Able(port))
        if self.wants_back:
            self.wants_back = False
            news.append(TakeBack())
        return news

    def hear(
        self, frame: PassesGiven | GuestCodesGiven | Heirs | Moved
    ) -> PassesCame | GuestCodesCame | HeirsNamed | HostMoved:
        match frame:
            case GuestCodesGiven(codes):
                return GuestCodesCame(tuple(codes))
            case PassesGiven(passes):
                return PassesCame(passes)
            case Heirs(heirs):
                return HeirsNamed(tuple(heirs))
            case Moved(heir):
                return HostMoved(heir)
            case _:
                assert_never(frame)
