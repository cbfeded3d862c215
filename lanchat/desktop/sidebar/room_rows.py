"""The rows of the list of rooms: which there are, in which order, and what each says. Pure.

My rooms are those whose messages are kept here. Those that are pinned come first; within both parts
they stand as the person sorted them, then by title. So none moves under the pointer, except when it becomes known.
Private threads stand under the room that they are in.

Of very many found rooms, those found first are shown: a flood of made-up rooms does not push out a real one.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from datetime import datetime
from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from lanchat.core.file_words import described_offer
from lanchat.core.model import Availability, MemberKey, RoomId
from lanchat.core.translate import _, ngettext
from lanchat.desktop.model import phrases
from lanchat.desktop.model.room_model import RoomModel
from lanchat.desktop.model.state import State
from lanchat.desktop.model.thread_model import ThreadModel, is_closed
from lanchat.desktop.theme.icons import IconName
from lanchat.desktop.widgets.list_rows import ListHeading
from lanchat.engine.events import ConnectionState
from lanchat.storage.settings import Preferences

MOST = 200  #: rooms in a section: more are found by searching
THREADS_MOST = 50  #: of one room: anybody can begin one
NEW_SECONDS = 60.0

_HEIGHT, _THREAD_HEIGHT = 52, 44  # design pixels
_NOTE_LINE, _NOTE_AROUND = 17, 10


class RoomRow(Struct, frozen=True):
    """A room in the list. Rows are equal when they look the same."""

    key: RoomId
    name: str
    subtitle: str
    time: str  #: of the newest message; "": none, or not to be shown
    tone: Literal["usual", "live", "alert"]  #: of the subtitle: live: somebody is writing
    lock: bool  #: it has a passphrase
    mine: bool  #: it is one of my rooms
    hosted: bool  #: it is open on this computer
    unread: int
    mentions: int  #: how many unread messages name me
    muted: bool
    pinned: bool
    offline: bool  #: nobody answers for it: grey, but readable when it is one of mine
    changed_key: bool  #: whoever answers for it is not the host we know
    new: bool  #: appeared a moment ago, and was never known
    connected: bool
    connecting: bool
    state: str  #: how it is and who is in it, for a tooltip
    height: int = _HEIGHT
    peer: MemberKey | None = None  #: it is a private thread with this member
    presence: Availability | None = None  #: of the member; None: not here

    @property
    def signs(self) -> list[IconName]:
        """What stands beside its time, from the right. A lock means a passphrase, and nothing else."""
        signs: list[IconName] = ["pin"] if self.pinned else []
        signs += ["mute"] if self.muted else []
        signs += ["house"] if self.hosted else []
        signs += ["lock"] if self.lock else []
        return signs


class RoomListNote(Struct, frozen=True):
    """Words in the place of rooms."""

    words: str
    lines: int  #: on the screen
    name: str = ""

    @property
    def key(self) -> Hashable:
        return ("note", self.words)

    @property
    def height(self) -> int:
        return self.lines * _NOTE_LINE + _NOTE_AROUND


RoomListRow: TypeAlias = ListHeading | RoomListNote | RoomRow


def room_list_rows(
    state: State, now: float, preferences: Preferences | None = None
) -> Iterator[ListHeading | RoomRow | str]:  # fmt: skip
    """My rooms, then those found on this network. A `str`: words in the place of rooms.

    `now`: by State's clock.
    """
    preferences = preferences or Preferences()
    today = datetime.now().astimezone()
    mine = sorted_rooms(state, preferences)
    found = [room for room in state.rooms.values() if not is_mine(room)]
    yield ListHeading(phrases.my_rooms())
    for room in mine[:MOST]:
        yield _row(room, preferences, now, today)
        for thread in state.threads_in(room.room_id)[:THREADS_MOST]:
            if thread.begun:
                yield _thread_row(thread, state, preferences, now, today)
    yield from _rest(len(mine))
    if not mine:
        yield _("None yet. Rooms you join stay here.")
    if found or not any(room.is_here for room in mine):
        yield ListHeading(phrases.found_here())
        for room in sorted(found[:MOST], key=_by_title):
            yield _row(room, preferences, now, today)
        yield from _rest(len(found))
        if not found:
            yield _why_nothing(state)


def is_mine(room: RoomModel) -> bool:
    return room.known


def sorted_rooms(state: State, preferences: Preferences) -> list[RoomModel]:
    """My rooms in their order."""
    places = {room_id: at for at, room_id in enumerate(preferences.room_order)}

    def place(room: RoomModel) -> tuple[bool, int, str, str]:
        by_hand = places.get(room.room_id, len(places))
        return (not preferences.room(room.room_id).pinned, by_hand, *_by_title(room))

    return sorted([room for room in state.rooms.values() if is_mine(room)], key=place)


def moved_room(order: Sequence[RoomId], room_id: RoomId, before: RoomId | None) -> tuple[RoomId, ...]:
    """My rooms in a new order: this one stands before that one now; None: at the end."""
    others = [one for one in order if one != room_id]
    at = others.index(before) if before in others else len(others)
    return (*others[:at], room_id, *others[at:])


def _by_title(room: RoomModel) -> tuple[str, str]:
    return room.title.casefold(), room.room_id


def _rest(count: int) -> Iterator[str]:
    if more := max(0, count - MOST):
        yield ngettext("and {n} more: search finds it", "and {n} more: search finds them", more).format(n=more)


def _row(room: RoomModel, preferences: Preferences, now: float, today: datetime) -> RoomRow:
    mine, chosen = is_mine(room), preferences.room(room.room_id)
    about = phrases.about_room(room)
    said = phrases.last_line(room) if mine and not _in_the_way(room) else ""
    return RoomRow(
        key=room.room_id,
        name=room.shown,
        subtitle=said or about,
        time=phrases.when_last(room.last.written_at, today) if mine and room.last is not None else "",
        tone="alert" if room.key_changed else "live" if said and room.typists else "usual",
        lock=room.protected,
        mine=mine,
        hosted=room.is_kept_here,
        unread=room.unread.count,
        mentions=room.unread.mentions,
        muted=chosen.muted,
        pinned=chosen.pinned,
        offline=not room.answers,
        changed_key=room.key_changed,
        new=not room.known and room.found_at is not None and now - room.found_at < NEW_SECONDS,
        connected=room.is_live,
        connecting=_is_connecting(room),
        state=about,
    )


def _thread_row(
    thread: ThreadModel, state: State, preferences: Preferences, now: float, today: datetime
) -> RoomRow:  # fmt: skip
    member, last = thread.thread.peer, thread.last
    subtitle = phrases.last_line(thread) or phrases.unsent_line(thread)
    if last is not None and is_closed(last):
        subtitle = _("cannot be opened here")
    elif last is not None and last.author == member and last.is_known:
        subtitle = described_offer(last.offer) if last.offer is not None else phrases.preview(last.text)
    state_words = _("Private, in {room}").format(room=thread.room.shown)
    row = _row(thread, preferences, now, today)
    here = thread.people.is_here(member)
    return replace(
        row, subtitle=subtitle or state_words, tone="usual", height=_THREAD_HEIGHT, peer=member, hosted=False,
        changed_key=False, connecting=False, state=state_words,
        presence=state.availability_of(thread.room, member) if here else None,
    )  # fmt: skip


def _is_connecting(room: RoomModel) -> bool:
    return room.entering or room.connection in (ConnectionState.CONNECTING, ConnectionState.RECONNECTING)


def _in_the_way(room: RoomModel) -> bool:
    """Whether the person should rather know what is between them and the room."""
    return room.key_changed or room.asked is not None or _is_connecting(room)


def _why_nothing(state: State) -> str:
    if not state.looked_around:
        return _("Looking for rooms…")
    if state.where:
        return _("No room here yet. Still looking on {where}.").format(where=phrases.looked_on(state.where))
    return _("This computer is on no network.")
