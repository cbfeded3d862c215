"""TODO."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from lanchat.core.model import MemberKey
from lanchat.core.translate import _
from lanchat.desktop.model.room_model import RoomModel
from lanchat.desktop.model.state import State
from lanchat.desktop.widgets.list_rows import ListHeading
from lanchat.engine.events import ConnectionState, Introduced
from lanchat.storage.preferences import Preferences

MOST_AWAY = 50  #: who wrote here once: the list is of people, not of all its past


_HEIGHT = 42  # design pixels


@dataclass(frozen=True, slots=True)
class PersonLine:
    member: MemberKey
    name: str  #: as it is shown
    about: str  #: a few words below it, or ""
    here: bool
    verified: bool
    muted: bool
    height: int = _HEIGHT

    @property
    def key(self) -> MemberKey:
        return self.member


RollLine: TypeAlias = ListHeading | PersonLine


@dataclass(frozen=True, slots=True)
class Marks:
    """What I decided about people."""

    me: MemberKey
    verified: frozenset[MemberKey]
    muted: frozenset[str]  #: keys in hexadecimal


def marks(state: State, preferences: Preferences) -> Marks:
    return Marks(state.me, frozenset(state.verified), preferences.muted)


def roll(room: RoomModel, authors: Iterable[MemberKey], mine: Marks) -> list[RollLine]:
    """`authors`: who wrote in the room, the last first."""
    here = _here(room, mine.me)
    present = set(here)
    away = [member for member in was_here(room, authors) if member not in present and member != mine.me]
    away = sorted(away[:MOST_AWAY], key=lambda member: room.people.called(member).casefold())
    lines: list[RollLine] = []
    if here:
        lines.append(ListHeading(_("Here — {n}").format(n=len(here))))
        lines += [_line(room, member, True, mine) for member in here]
    if away:
        words = _("Not here — {n}") if here else _("Were here — {n}")
        lines.append(ListHeading(words.format(n=len(away))))
        lines += [_line(room, member, False, mine) for member in away]
    return lines


def was_here(room: RoomModel, authors: Iterable[MemberKey]) -> list[MemberKey]:
    """Who was here when the connection broke, who left while I watched, the last first, and who wrote."""
    last = [] if room.is_live else room.people.here()
    left = [member for moved in reversed(room.moves) for member in moved.moves.left]
    return list(dict.fromkeys([*last, *left, *authors]))


def _here(room: RoomModel, me: MemberKey) -> list[MemberKey]:
    """Me first, the others by name; nobody while nobody can know."""
    if not room.is_live:
        return []
    return [me, *(member for member in room.people.here() if member != me)]


def _line(room: RoomModel, member: MemberKey, here: bool, mine: Marks) -> PersonLine:
    muted = member.hex() in mine.muted
    return PersonLine(
        member, room.people.called(member), about(room, member, mine), here, member in mine.verified, muted
    )  # fmt: skip


def about(room: RoomModel, member: MemberKey, mine: Marks) -> str:
    """What a member is here, besides a member."""
    hosts = member == (mine.me if room.hosted else room.host_key)
    parts = []
    if member == mine.me:
        parts.append(_("you"))
    if hosts:
        parts.append(_("hosts this room"))
    if member.hex() in mine.muted:
        parts.append(_("muted"))
    return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Facts:
    """Equal when the profile looks the same."""

    name: str
    about: str
    me: bool
    here: bool
    verified: bool
    muted: bool
    banned: bool
    host_deeds: bool  #: I host the room, and can send this member away
    words: tuple[str, ...]  #: key words; () while they are not known
    badge: str
    numbers: tuple[str, ...]  #: the same on both our screens


def facts_of(state: State, room: RoomModel, member: MemberKey, mine: Marks) -> Facts:
    introduced: Introduced | None = state.introduced.get(member)
    me = member == state.me
    return Facts(
        name=room.people.called(member),
        about=about(room, member, mine),
        me=me,
        here=room.is_in and (me or room.people.is_here(member)),
        verified=member in state.verified,
        muted=member.hex() in mine.muted,
        banned=member in room.banned,
        host_deeds=room.connection is ConnectionState.HOSTING and not me,
        words=introduced.words if introduced else (),
        badge=introduced.badge if introduced else "",
        numbers=introduced.numbers if introduced else (),
    )
