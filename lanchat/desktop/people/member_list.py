"""Which members of a room the list shows, and what a profile shows of one. Pure."""

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
from lanchat.storage.settings import Preferences

MOST_AWAY = 50  #: absent members who are listed: not everybody who ever wrote here
_HEIGHT = 42  # design pixels


@dataclass(frozen=True, slots=True)
class MemberRow:
    member: MemberKey
    name: str
    about: str  #: a few words below the name, or ""
    here: bool
    verified: bool
    muted: bool
    height: int = _HEIGHT

    @property
    def key(self) -> MemberKey:
        return self.member


MemberListRow: TypeAlias = ListHeading | MemberRow


@dataclass(frozen=True, slots=True)
class MemberMarks:
    """What I have decided about members."""

    me: MemberKey
    verified: frozenset[MemberKey]
    muted: frozenset[str]  #: keys in hexadecimal


def member_marks(state: State, preferences: Preferences) -> MemberMarks:
    return MemberMarks(state.me, frozenset(state.verified), preferences.muted)


def member_rows(room: RoomModel, authors: Iterable[MemberKey], mine: MemberMarks) -> list[MemberListRow]:
    """The list from top to bottom. `authors`: who wrote in the room, the last first."""
    here = _here(room, mine.me)
    present = set(here)
    away = [member for member in was_here(room, authors) if member not in present and member != mine.me]
    away = sorted(away[:MOST_AWAY], key=lambda member: room.people.called(member).casefold())
    rows: list[MemberListRow] = []
    if here:
        rows.append(ListHeading(_("Here — {n}").format(n=len(here))))
        rows += [_row(room, member, True, mine) for member in here]
    if away:
        words = _("Not here — {n}") if here else _("Were here — {n}")
        rows.append(ListHeading(words.format(n=len(away))))
        rows += [_row(room, member, False, mine) for member in away]
    return rows


def was_here(room: RoomModel, authors: Iterable[MemberKey]) -> list[MemberKey]:
    """Who was here when the connection broke, then who left while I was here, then `authors`; the last first."""
    last = [] if room.is_live else room.people.here()
    left = [member for moved in reversed(room.moves) for member in moved.moves.left]
    return list(dict.fromkeys([*last, *left, *authors]))


def _here(room: RoomModel, me: MemberKey) -> list[MemberKey]:
    """Me first, the others by name. Empty without a connection, when nobody knows."""
    if not room.is_live:
        return []
    return [me, *(member for member in room.people.here() if member != me)]


def _row(room: RoomModel, member: MemberKey, here: bool, mine: MemberMarks) -> MemberRow:
    muted = member.hex() in mine.muted
    return MemberRow(
        member, room.people.called(member), role_text(room, member, mine), here, member in mine.verified, muted
    )  # fmt: skip


def role_text(room: RoomModel, member: MemberKey, mine: MemberMarks) -> str:
    """In a few words: whether that is me, the host, muted."""
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
class ProfileFacts:
    """What a profile shows; equal when it looks the same."""

    name: str
    about: str  #: as in MemberRow
    me: bool
    here: bool
    verified: bool
    muted: bool
    banned: bool
    removable: bool  #: I host the room, and can remove or ban this member
    words: tuple[str, ...]  #: key words; () while not known
    badge: str
    numbers: tuple[str, ...]  #: the same on both our screens


def profile_facts(state: State, room: RoomModel, member: MemberKey, mine: MemberMarks) -> ProfileFacts:
    introduced: Introduced | None = state.introduced.get(member)
    me = member == state.me
    return ProfileFacts(
        name=room.people.called(member),
        about=role_text(room, member, mine),
        me=me,
        here=room.is_in and (me or room.people.is_here(member)),
        verified=member in state.verified,
        muted=member.hex() in mine.muted,
        banned=member in room.banned,
        removable=room.connection is ConnectionState.HOSTING and not me,
        words=introduced.words if introduced else (),
        badge=introduced.badge if introduced else "",
        numbers=introduced.numbers if introduced else (),
    )
