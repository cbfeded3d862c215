"""What a person chose: the Settings that the Engine needs, and the Preferences of the window.

They are two JSON files beside the database. Preferences MUST NOT be saved before the Engine has told `Started`: until
then another lanchat may be using the folder. Threads: Settings are used by one thread at a time, whichever it is;
Preferences by the Tk thread, except `PreferencesFile.save`, which any thread may call.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import msgspec

from lanchat.core.attention import Sharing
from lanchat.core.model import Count
from lanchat.core.translate import _
from lanchat.storage import data_folder
from lanchat.storage.errors import StorageProblem

Theme: TypeAlias = Literal["system", "light", "dark"]
Language: TypeAlias = Literal["", "en", "id"]
Notify: TypeAlias = Literal["all", "mentions", "none"]
OnClose: TypeAlias = Literal["ask", "background", "quit"]

ZOOM_LEAST, ZOOM_MOST = 0.5, 3.0


class FileSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What a person chose about files."""

    folder: str = ""  #: where files that were asked for go, a folder for each room in it; "": Downloads/lanchat
    pictures: bool = True  #: small pictures come by themselves, in rooms of people one knows
    bytes_per_second: Count = 0  #: the most that all transfers together take; 0: no limit
    store_bytes: Count = 2 * 1024**3  #: the most that is kept for others of the files offered in rooms hosted here


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What the Engine needs. To change a field, make a new one with `msgspec.structs.replace`."""

    nick: str = ""  #: "": none chosen yet
    card_revision: Count = 0  #: the revision of the card that was signed last
    profile: bytes = b""  #: what that card says besides the nick: see `core.profile`
    sharing: Sharing = Sharing()  #: what others may know of the person
    files: FileSettings = FileSettings()
    keep_rooms: bool = True  #: this computer may keep rooms open for others


def load(folder: Path) -> tuple[Settings, str]:
    """The settings, and a notice for the person: "" unless a damaged file was set aside. Raises StorageProblem."""
    settings, aside = data_folder.load(folder / data_folder.SETTINGS, Settings)
    notice = _("The settings could not be read. They are kept as {name}; lanchat starts with new ones.")
    return settings, notice.format(name=aside) if aside else ""


def peek(folder: Path) -> Settings:
    """The settings as they lie there, which stay as they are; the usual ones where they cannot be read."""
    try:
        return msgspec.json.decode((folder / data_folder.SETTINGS).read_bytes(), type=Settings)
    except (OSError, ValueError, RecursionError):  # msgspec's own errors are ValueErrors
        return Settings()


def save(folder: Path, settings: Settings) -> None:
    """Write the settings to the disk before returning. When that raises StorageProblem, the old file is unchanged."""
    data_folder.save(folder / data_folder.SETTINGS, settings)


class RoomPreferences(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the person chose for one room, and the draft they began in it."""

    notify: Literal["", Notify] = ""  #: "": as `Preferences.notify` says
    muted: bool = False  #: only mentions count for the title, and raise a notification
    pinned: bool = False  #: on top of the list of rooms
    heir: str = ""  #: who keeps it open when I close lanchat: a key in hexadecimal, "nobody", or "": whoever can
    draft: str = ""  #: a message begun and not sent yet
    draft_reply_to: str = ""  #: the message that it answers, in hexadecimal, as the next
    draft_of: str = ""  #: the message of mine that it is to replace
    draft_before: str = ""  #: what was begun before that one was edited
    draft_files: tuple[str, ...] = ()  #: paths of what is attached to it
    draft_shrink: bool = False  #: pictures among these are sent smaller


_AS_USUAL = RoomPreferences()


class Preferences(msgspec.Struct, frozen=True, kw_only=True):
    """How the window looks, and which rooms were open.

    `rooms`, `open_rooms`, `selected` and `room_order` hold room_ids; `muted` holds members' keys in hexadecimal.
    """

    theme: Theme = "system"
    zoom: Annotated[float, msgspec.Meta(ge=ZOOM_LEAST, le=ZOOM_MOST)] = 1.0
    language: Language = ""  #: "": the system's language
    sounds: bool = True
    notify: Notify = "all"
    private_texts: bool = False  #: notifications show what private messages say
    on_close: OnClose = "ask"  #: what closing the window does while a room is hosted here
    rooms: dict[str, RoomPreferences] = {}
    room_order: tuple[str, ...] = ()  #: my rooms as they were sorted by hand; others come after them, by title
    muted: frozenset[str] = frozenset()  #: members whose messages raise no notification
    open_rooms: tuple[str, ...] = ()  #: rooms that were joined, to be joined again at the next start
    selected: str = ""  #: the room that was shown
    system_dark: bool = False  #: the last answer of the system; used at the start until it has answered anew
    geometry: str = ""  #: the window's size and place, as Tk writes them
    people_shown: bool = True  #: the list of members is shown
    recent_emoji: tuple[str, ...] = ()  #: the one used last comes first
    spelling: bool = True  #: words that no dictionary knows are marked
    spelling_language: str = ""  #: of the dictionary, as `en_US`; "": as the system asks
    own_words: tuple[str, ...] = ()  #: that are right whatever the dictionary says; the one added last comes first
    windows_hint_seen: bool = False  #: the hint was shown that Windows' firewall will ask

    def room(self, room_id: str) -> RoomPreferences:
        return self.rooms.get(room_id, _AS_USUAL)

    def notify_in(self, room_id: str) -> Notify:
        """Which messages of this room raise a notification: by its own choice, else by that for all rooms."""
        room = self.room(room_id)
        notify = room.notify or self.notify
        return "mentions" if room.muted and notify == "all" else notify


class PreferencesFile:
    """The current Preferences and their file. A disk error is reported as text and never raised."""

    def __init__(self, folder: Path) -> None:
        """Read the Preferences in `folder`; the defaults where there is no file, or a damaged one."""
        self.folder = folder
        self._path = folder / data_folder.PREFERENCES
        self.notice = ""  #: what the person should know about the reading; "": nothing
        try:
            self.now, aside = data_folder.load(self._path, Preferences)
        except StorageProblem as problem:
            self.now, aside, self.notice = Preferences(), "", str(problem)
        if aside:
            words = _("How the window was set up could not be read. It is kept as {name}; lanchat starts afresh.")
            self.notice = words.format(name=aside)
        self._saved = self.now
        self._saving = threading.Lock()  # one save at a time: the next may be asked for before a slow disk has finished

    @property
    def dirty(self) -> bool:
        """Whether anything has changed since the last `save`."""
        return self.now != self._saved

    def change(self, **changes: object) -> None:
        """Change fields of Preferences. They are written to disk by the next `save`.

        Raises ValidationError for a value that could not be read again (an unknown theme, a zoom out of range): that is
        a mistake in lanchat.
        """
        changed = msgspec.structs.replace(self.now, **changes)
        self.now = msgspec.convert(msgspec.structs.asdict(changed), Preferences)

    def change_room(self, room_id: str, **changes: object) -> None:
        """Change fields of RoomPreferences for one room."""
        changed = msgspec.structs.replace(self.now.room(room_id), **changes)
        rooms = {other: chosen for other, chosen in self.now.rooms.items() if other != room_id}
        self.change(rooms=rooms if changed == _AS_USUAL else {**rooms, room_id: changed})

    def forget_room(self, room_id: str) -> None:
        """Remove everything about a room: the choices for it and its private threads, drafts, and that it was open."""
        now = self.now
        self.change(
            rooms={other: chosen for other, chosen in now.rooms.items() if other.partition(".")[0] != room_id},
            open_rooms=tuple(other for other in now.open_rooms if other != room_id),
            room_order=tuple(other for other in now.room_order if other != room_id),
            selected="" if now.selected.partition(".")[0] == room_id else now.selected,
        )

    def save(self) -> str:
        """Write the Preferences to disk if anything has changed. What went wrong, in plain words; "": nothing.

        A slow disk may take long. Changes made meanwhile are left for the next `save`.
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
