"""What a person chose: Settings, which the Engine needs, and Preferences, how the window is and where one was in it.

Two JSON files beside the database. Preferences MUST NOT be saved before the Engine has Started: until then the folder
may be another lanchat's. Settings: any one thread at a time; Preferences: the Tk thread, but for `Kept.save`: any.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import msgspec

from lanchat.core.model import Count
from lanchat.core.translate import _
from lanchat.storage import data_folder
from lanchat.storage.errors import StorageProblem


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """`msgspec.structs.replace` makes a changed one."""

    nick: str = ""  #: "": none chosen yet
    card_revision: Count = 0  #: of the card last signed


def load(folder: Path) -> tuple[Settings, str]:
    """The settings, and what the person should know: "" unless a damaged file was set aside. Raises StorageProblem."""
    settings, aside = data_folder.load(folder / data_folder.SETTINGS, Settings)
    notice = _("The settings could not be read. They are kept as {name}; lanchat starts with new ones.")
    return settings, notice.format(name=aside) if aside else ""


def save(folder: Path, settings: Settings) -> None:
    """On the disk when this returns. Raises StorageProblem, with the old ones still in place."""
    data_folder.save(folder / data_folder.SETTINGS, settings)


Theme: TypeAlias = Literal["system", "light", "dark"]
Language: TypeAlias = Literal["", "en", "id"]
Notify: TypeAlias = Literal["all", "mentions", "none"]
OnClose: TypeAlias = Literal["ask", "background", "quit"]

ZOOM_LEAST, ZOOM_MOST = 0.5, 3.0


class RoomPreferences(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was chosen for one room, and what was begun in it."""

    notify: Literal["", Notify] = ""  #: "": as for all rooms
    draft: str = ""  #: written and not said yet


_AS_USUAL = RoomPreferences()


class Preferences(msgspec.Struct, frozen=True, kw_only=True):
    """Rooms are named by their room_id, members by their key in hexadecimal."""

    theme: Theme = "system"
    zoom: Annotated[float, msgspec.Meta(ge=ZOOM_LEAST, le=ZOOM_MOST)] = 1.0
    language: Language = ""  #: "": the system's
    sounds: bool = True
    notify: Notify = "all"
    on_close: OnClose = "ask"  #: while a room is hosted here
    rooms: dict[str, RoomPreferences] = {}
    muted: frozenset[str] = frozenset()  #: members who are not told of
    open_rooms: tuple[str, ...] = ()  #: those I was in, to come back into
    selected: str = ""  #: the room in the middle
    system_dark: bool = False  #: what the system last asked for, to begin with while it is asked again
    geometry: str = ""  #: of the window, as Tk writes it
    people_shown: bool = True
    recent_emoji: tuple[str, ...] = ()  #: the last one used comes first
    windows_hint_seen: bool = False  #: the words ahead of the Windows firewall's own question

    def room(self, room_id: str) -> RoomPreferences:
        return self.rooms.get(room_id, _AS_USUAL)

    def notify_in(self, room_id: str) -> Notify:
        """What is told of in this room: its own choice, or the one for all rooms."""
        return self.room(room_id).notify or self.notify


class Kept:
    """The Preferences as they are now, and their file. Nothing here raises for what the disk does."""

    def __init__(self, folder: Path) -> None:
        """Read those in `folder`; without a sound file, those one begins with."""
        self.folder = folder
        self._path = folder / data_folder.PREFERENCES
        self.notice = ""  #: what the person should know of the reading; "": all is well
        try:
            self.now, aside = data_folder.load(self._path, Preferences)
        except StorageProblem as problem:
            self.now, aside, self.notice = Preferences(), "", str(problem)
        if aside:
            words = _("How the window was set up could not be read. It is kept as {name}; lanchat starts afresh.")
            self.notice = words.format(name=aside)
        self._saved = self.now
        self._saving = threading.Lock()  # a disk may be slower than the one who asks again

    @property
    def dirty(self) -> bool:
        """Something has changed since it was last saved."""
        return self.now != self._saved

    def change(self, **changes: object) -> None:
        """Fields of Preferences; see there. On disk with the next `save`.

        What could not be read again (another theme, an absurd zoom) is a mistake of ours: raises ValidationError.
        """
        changed = msgspec.structs.replace(self.now, **changes)
        self.now = msgspec.convert(msgspec.structs.asdict(changed), Preferences)

    def change_room(self, room_id: str, **changes: object) -> None:
        """Fields of RoomPreferences, for one room."""
        changed = msgspec.structs.replace(self.now.room(room_id), **changes)
        rooms = {other: chosen for other, chosen in self.now.rooms.items() if other != room_id}
        self.change(rooms=rooms if changed == _AS_USUAL else {**rooms, room_id: changed})

    def forget_room(self, room_id: str) -> None:
        """Nothing of it stays: neither what was chosen nor what was begun."""
        now = self.now
        self.change(
            rooms={other: chosen for other, chosen in now.rooms.items() if other != room_id},
            open_rooms=tuple(other for other in now.open_rooms if other != room_id),
            selected="" if now.selected == room_id else now.selected,
        )

    def save(self) -> str:
        """On disk when this returns, unless nothing has changed. What went wrong, in plain words; "": nothing.

        It may take the time of a slow disk. What changes meanwhile is for the next `save`.
        """
        with self._saving:
            now = self.now
            if now == self._saved:
                return ""
            try:
                data_folder.save(self._path, now)
            except StorageProblem as problem:
                return str(problem)
            self._saved = now
            return ""
