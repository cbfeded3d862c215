"""Facts: what a profile tells of a member. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from lanchat.core.model import MemberKey
from lanchat.desktop.model.room import Room
from lanchat.desktop.model.state import State
from lanchat.desktop.people.roll import Marks, about
from lanchat.engine.events import ConnectionState, Introduced


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


def facts_of(state: State, room: Room, member: MemberKey, mine: Marks) -> Facts:
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
