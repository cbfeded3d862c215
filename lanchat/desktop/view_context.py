"""What every view is given, and the Places the window can show. Tk thread.

A view is a widget that is told of every Event after `State` has taken it in. It reads `state`, asks the Engine with
`do`, and goes elsewhere with `go`.
"""

from __future__ import annotations

import tkinter as tk
from abc import ABC, abstractmethod
from collections.abc import Callable
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


class ViewContext(ABC):
    """What every view is given: what it reads, and the window around it. `window.Window` is the one in the program.

    Views are built anew on every change of the theme, the zoom or the language: what must outlive one is kept here.
    """

    reader: Reader  #: set before the first view is made

    def __init__(self, root: tk.Tk, theme: Theme, state: State, kept: Kept) -> None:
        """`kept`: the preferences, and how to change them."""
        self.root = root
        self.theme = theme
        self.state = state
        self.kept = kept
        self.dismissed: set[RoomId] = set()  #: rooms whose calm notice under the header was closed
        self.at_seq: dict[RoomId, int] = {}  #: the message on top of each timeline; absent: at the end
        self.searched = ""  #: the words last searched for in every room
        self.changed_setting = ""  #: the setting that had all views built anew, while it has the keyboard

    # --- the engine, and work beside the window ----------------------------------------------------------------------
    @abstractmethod
    def do(self, command: Command) -> None:
        """Ask the Engine; `state` notes what was asked."""

    @abstractmethod
    def aside(self, work: Callable[[], T], then: Callable[[T], None]) -> None:
        """`work` on another thread, then `then` with its result on this one."""

    @abstractmethod
    def soon(self, view: tk.Misc, draw: Callable[[], None]) -> None:
        """Call `draw` once within 30 ms, however often this is asked; not when `view` is gone by then."""

    # --- places ------------------------------------------------------------------------------------------------------
    @abstractmethod
    def go(self, place: Place) -> None:
        """Show a Place in the middle pane. Going into a room joins it, if that has not happened."""

    @abstractmethod
    def back(self) -> None:
        """Show the Place before this one, unless it is gone; in the end that is the welcome page."""

    @abstractmethod
    def profile(self, member: MemberKey | None) -> None:
        """Show a member's profile in the right pane; None: the list of people again."""

    @abstractmethod
    def toggle_people(self) -> None:
        """Show or hide the right pane."""

    # --- the window as a whole ---------------------------------------------------------------------------------------
    @abstractmethod
    def rebuild(self) -> None:
        """Build all views anew: theme, zoom or language changed."""

    @abstractmethod
    def zoom(self, by: float) -> None:
        """Make everything larger or smaller by this much; 0: as at first. Rebuilds."""

    @abstractmethod
    def say(self, words: str) -> None:
        """Show a short line over the middle pane for some seconds."""

    @abstractmethod
    def no_notices(self) -> str:
        """Why nothing can be told outside of the window, in plain words; "" when it can."""

    @abstractmethod
    def hide(self) -> None:
        """Close the window and go on in the background."""

    @abstractmethod
    def quit(self) -> None:
        """Close the window and end, rooms hosted here included."""
