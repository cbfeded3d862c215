"""Switcher, the palette of Ctrl+K: finds rooms and people by a few letters, and goes there. Tk thread."""

from __future__ import annotations

import unicodedata
from collections.abc import Hashable, Iterable, Iterator, Sequence
from functools import partial
from typing import TypeVar

from msgspec import Struct

from lanchat.core.model import MemberKey, RoomId
from lanchat.core.translate import _
from lanchat.desktop.model.phrases import about_room
from lanchat.desktop.model.room_model import RoomModel
from lanchat.desktop.model.state import State
from lanchat.desktop.theme.icons import IconName
from lanchat.desktop.view_context import InRoom, SearchAll, ViewContext
from lanchat.desktop.widgets.list_rows import RowArea
from lanchat.desktop.widgets.menus import Popover, close_popovers
from lanchat.desktop.widgets.text_field import TextField
from lanchat.desktop.widgets.tk_events import on_key
from lanchat.desktop.widgets.virtual_list import VirtualList

T = TypeVar("T")

_START, _WORD_START, _INSIDE, _SCATTERED = range(4)  # distances
_WIDTH, _TOP, _ROW, _ROWS = 520, 72, 38, 9  # design pixels; and rows that are visible at once
_PEOPLE_MOST = 2_000
_MATCHES_MOST = 200  # whoever has not found it among these types another letter


# --- matching; pure --------------------------------------------------------------------------------------------------
def best_matches(typed: str, candidates: Iterable[tuple[str, T]], most: int) -> list[T]:
    """The nearest first, equally near ones in the order given. Nothing typed: all of them.

    Every typed word must be in the name. Nearest is a name that begins with it, then one of whose words does, then one
    that contains it, then one that contains its letters in their order. Case and accents do not count.
    `candidates`: each with its name as `folded` gives it.
    """
    words = folded(typed).split()
    near = [(distance, what) for name, what in candidates if (distance := _total_distance(words, name)) is not None]
    near.sort(key=lambda pair: pair[0])
    return [what for _near, what in near[:most]]


def folded(text: str) -> str:
    """Without case and accents (NFKD without combining characters)."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _total_distance(words: Sequence[str], name: str) -> int | None:
    """How far a name is from these words: 0 is nearest; None: no match."""
    total = 0
    for word in words:
        distance = _distance(word, name)
        if distance is None:
            return None
        total += distance
    return total


def _distance(word: str, name: str) -> int | None:
    at = name.find(word)
    if at == 0:
        return _START
    if at > 0:
        return _WORD_START if any(part.startswith(word) for part in name.split()) else _INSIDE
    letters = iter(name)
    return _SCATTERED if len(word) > 1 and all(letter in letters for letter in word) else None


# --- the palette -----------------------------------------------------------------------------------------------------
class SwitchTarget(Struct, frozen=True):
    """A row of the palette: a room, a member in a room, or the search."""

    key: Hashable
    name: str
    about: str  #: at the right end
    room_id: RoomId | None = None
    member: MemberKey | None = None
    lock: bool = False  #: it has a passphrase
    peer: MemberKey | None = None  #: it is a private thread with this member
    height: int = _ROW


class Switcher(Popover):
    def __init__(self, context: ViewContext) -> None:
        close_popovers(context.root)
        root, theme = context.root, context.theme
        px = theme.px
        left = root.winfo_rootx() + (root.winfo_width() - px(_WIDTH)) // 2
        super().__init__(root, theme, at=(left, root.winfo_rooty() + px(_TOP)), width=_WIDTH, pad=8)
        self._context = context
        self._candidates = [(folded(target.name), target) for target in switch_targets(context.state)]
        hint = _("A room, a person, or words that were said")
        self.field = TextField(
            self.inside, theme, hint=hint, on_change=self._typed, on_enter=lambda _words: self.list.enter(),
            icon="search", ground="raised",
        )  # fmt: skip
        self.field.pack(fill="x")
        self.list = VirtualList[SwitchTarget](self.inside, theme, self._paint, self._go, ground="raised", marked=True)
        self.list.pack(fill="x", pady=(px(6), 0))
        for key, rows in (("<Up>", -1), ("<Down>", 1), ("<Prior>", -_ROWS), ("<Next>", _ROWS)):
            on_key(self.field.field, key, partial(self.list.move, rows))
        self._typed("")
        self.field.focus_set()

    def _typed(self, words: str) -> None:
        targets = best_matches(words, self._candidates, _MATCHES_MOST)
        if words.strip():
            label = _("Search everywhere for “{words}”").format(words=words.strip())
            targets.append(SwitchTarget("search", label, ""))
        self.list.canvas.configure(height=self._theme.px(_ROW) * min(_ROWS, max(1, len(targets))))
        self.list.show(targets)
        if targets:
            self.list.go_to(targets[0].key)

    def _go(self, target: SwitchTarget) -> None:
        words = self.field.value().strip()
        self.close()
        if target.room_id is None:
            self._context.go(SearchAll(words))
            return
        self._context.go(InRoom(target.room_id))
        if target.member is not None:
            self._context.profile(target.member)

    def _paint(self, target: SwitchTarget, spot: RowArea) -> str:
        theme, palette = self._context.theme, self._context.theme.palette
        px = theme.px
        at = (spot.left + px(20), spot.middle)
        if (person := target.member or target.peer) is not None:
            spot.canvas.create_image(*at, image=theme.avatar(person, target.name, 24))
        else:
            name: IconName = "search" if target.room_id is None else "lock" if target.lock else "room"
            spot.canvas.create_image(*at, image=theme.icon(name, 16, palette.mute))
        left, right = spot.left + px(42), spot.right - px(10)
        about = theme.lines.fit(target.about, "small", (right - left) // 2)
        ink = palette.strong if spot.chosen else palette.text
        room = right - left - about.width - px(12)
        written = theme.lines.write(spot.canvas, (left, spot.middle), target.name, "room", ink, room)
        start = (right - about.width, spot.middle)
        theme.lines.write(spot.canvas, start, target.about, "small", palette.mute, (right - left) // 2)
        return target.name if written.cut else ""


def switch_targets(state: State) -> Iterator[SwitchTarget]:
    """Rooms, unread ones first, then the members present in the rooms I am in."""
    rooms = sorted(state.rooms.values(), key=_room_order)
    for room in rooms:
        yield SwitchTarget(room.room_id, room.shown, about_room(room), room.room_id, lock=room.protected)
    for thread in state.threads.values():
        if thread.begun:
            about = _("private, in {room}").format(room=thread.room.shown)
            yield SwitchTarget(thread.room_id, thread.shown, about, thread.room_id, peer=thread.thread.peer)
    met: set[MemberKey] = {state.me}
    for room in rooms:
        for member in room.people.here() if room.is_in else ():
            if member not in met and len(met) <= _PEOPLE_MOST:
                met.add(member)
                about = _("in {room}").format(room=room.shown)
                yield SwitchTarget(member, room.people.called(member), about, room.room_id, member)


def _room_order(room: RoomModel) -> tuple[bool, bool, bool, str]:
    return not room.unread.count, not room.is_in, not room.known, room.title.casefold()
