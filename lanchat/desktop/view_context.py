"""The Desk: what every view is given. Tk thread.

A view is a widget that is told of every Event after `State` has taken it in. It reads `state`, asks the Engine with
`do`, and goes elsewhere with `go`. Views are built anew on every change of the look, so that whatever must outlive one
is kept here.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias, TypeVar

from msgspec import Struct

from lanchat.core.model import MemberKey, RoomId
from lanchat.desktop.model.state import State
from lanchat.desktop.theme.theme import Theme
from lanchat.engine.commands import Command
from lanchat.engine.events import Event
from lanchat.storage.preferences import Kept
from lanchat.storage.reader import Reader

T = TypeVar("T")


class WelcomePlace(Struct, frozen=True):
    """No room is chosen: who I am, what is around, what to do."""


class InRoom(Struct, frozen=True):
    """A room: its conversation, or what stands between me and it (passphrase, changed key, not found)."""

    room_id: RoomId
    seq: int = 0  #: jump to this entry; 0: where I was
    words: str = ""  #: that were searched for and found there


class StartRoom(Struct, frozen=True):
    """Open a room here."""


class JoinBy(Struct, frozen=True):
    """Join by a code, a link or an address; `where`: already typed, and `problem`: why that leads nowhere."""

    where: str = ""
    problem: str = ""


class Invite(Struct, frozen=True):
    """How others come into a room I host: code, link, passphrase."""

    room_id: RoomId


class SearchAll(Struct, frozen=True):
    """Search in every room."""

    words: str = ""


class Checkup(Struct, frozen=True):
    """Why can we not see each other?"""


class SettingsAt(Struct, frozen=True):
    """The settings; `room_id`: those of a room are in view."""

    room_id: RoomId | None = None


class ExportFrom(Struct, frozen=True):
    """Write what was said in a room to a file."""

    room_id: RoomId


class AboutLanchat(Struct, frozen=True):
    """Version, licences, where data is kept."""


class AllKeys(Struct, frozen=True):
    """All keys."""


class Closing(Struct, frozen=True):
    """The window is to close while rooms are hosted here: what then?"""


class StopHosting(Struct, frozen=True):
    """A room hosted here is to close: who is affected?"""

    room_id: RoomId


Place: TypeAlias = (
    WelcomePlace | InRoom | StartRoom | JoinBy | Invite | SearchAll | Checkup | SettingsAt | ExportFrom
    | AboutLanchat | AllKeys | Closing | StopHosting
)  # fmt: skip


class View(Protocol):
    """A widget that shows a part of the State."""

    def heard(self, event: Event) -> None:
        """After State has taken the event in. At most 2 ms; drawing goes through `ViewContext.soon`."""


@dataclass
class ViewContext:
    root: tk.Tk
    theme: Theme
    state: State
    kept: Kept  #: the Preferences, and how to change them
    reader: Reader
    do: Callable[[Command], None]
    go: Callable[[Place], None]  #: show a Place
    back: Callable[[], None]  #: to the Place before this one
    rebuild: Callable[[], None]  #: build all views anew: theme, zoom or language changed
    profile: Callable[[MemberKey | None], None]  #: show a member's profile in the right pane; None: the list again
    soon: Callable[[tk.Misc, Callable[[], None]], None]
    #: (view, draw): call `draw` once within 30 ms, however often this is asked; not when the view is gone by then
    aside: Callable[[Callable[[], T], Callable[[T], None]], None]
    #: (work, then): `work` on another thread, then `then` with its result here
    say: Callable[[str], None]  #: a short line over the middle pane for some seconds
    quit: Callable[[], None]  #: close the window and end, rooms hosted here included
    hide: Callable[[], None]  #: close the window and go on in the background
    toggle_people: Callable[[], None]  #: show or hide the right pane
    dismissed: set[RoomId] = field(default_factory=set)  #: rooms whose calm strip was closed
    at_seq: dict[RoomId, int] = field(default_factory=dict)  #: the entry on top of each Transcript; absent: at the end
    no_notices: Callable[[], str] = lambda: ""  #: why nothing can be told outside of the window, in words; "": it can
    zoom: Callable[[float], None] = lambda by: None  #: all larger or smaller by this much; 0: as at first; rebuilds
    searched: str = ""  #: the words last searched for in every room
    changed_setting: str = ""  #: the setting that had all views built anew, while it has the keyboard
