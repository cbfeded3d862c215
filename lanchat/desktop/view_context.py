"""The Places the main pane can show, and ViewContext, the interface that every view gets to the window. Tk thread.

A view is a widget whose `heard` is called with every Event after `State` has applied it. It may take 2 ms: drawing
goes through `draw_soon`. A view reads `state`, sends Commands to the Engine with `do`, and shows another Place with
`go`.
"""

from __future__ import annotations

import sys
import tkinter as tk
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeAlias, TypeVar

from msgspec import Struct

from lanchat.core.model import MemberKey, RoomId
from lanchat.desktop.model.spell_checker import SpellChecker
from lanchat.desktop.model.state import State
from lanchat.desktop.theme.theme import Theme
from lanchat.engine import events
from lanchat.engine.commands import Command
from lanchat.engine.events import Event
from lanchat.storage.reader import Reader
from lanchat.storage.settings import PreferencesFile

if TYPE_CHECKING:
    from lanchat.desktop.capture.drawing import Drawing

T = TypeVar("T")


class WelcomePlace(Struct, frozen=True):
    """No room is chosen: who I am, which rooms are around, what can be done."""


class InRoom(Struct, frozen=True):
    """A room: its conversation, or what has to be answered before joining (passphrase, changed key, not found)."""

    room_id: RoomId
    seq: int = 0  #: scroll to this entry; 0: to where the timeline was left
    words: str = ""  #: the search that found the entry


class StartRoom(Struct, frozen=True):
    """Open a room on this computer."""

    asked: bool = False  #: the room was asked for already, by another start of lanchat


class JoinBy(Struct, frozen=True):
    """Join by code, link or address. `where` is filled in; `problem` says why it leads nowhere."""

    where: str = ""
    problem: str = ""


class Invite(Struct, frozen=True):
    """How others join a room I host: code, link, passphrase."""

    room_id: RoomId


class InvitePhone(Struct, frozen=True):
    """The code with which phones come into a room I host."""

    room_id: RoomId


class SearchAll(Struct, frozen=True):
    """Search in every room."""

    words: str = ""


class Bookmarks(Struct, frozen=True):
    """The messages that the person wants to find again, in every room."""


class Checkup(Struct, frozen=True):
    """Network diagnostics: why can we not see each other?"""


class SettingsAt(Struct, frozen=True):
    """The settings, scrolled to those of the room `room_id` if there is one."""

    room_id: RoomId | None = None


class ExportFrom(Struct, frozen=True):
    """Save the messages of a room to a file."""

    room_id: RoomId


class FilesOf(Struct, frozen=True):
    """The files that were offered in a room."""

    room_id: RoomId


class AboutLanchat(Struct, frozen=True):
    """Version, licences, data folder."""


class AllKeys(Struct, frozen=True):
    """The keyboard shortcuts, or first the slash commands."""

    commands: bool = False


class Closing(Struct, frozen=True):
    """The person closes the window while others are in rooms hosted here: ask what to do."""


class StopHosting(Struct, frozen=True):
    """The person closes a room hosted here: ask, and say who is in it."""

    room_id: RoomId


class NotBroughtBack(Struct, frozen=True):
    """The messages of a room that could not be brought back."""

    room_id: RoomId


class DrawOn(Struct, frozen=True):
    """Draw on a picture, made for a message in this room."""

    room_id: RoomId
    drawing: Drawing


Place: TypeAlias = (
    WelcomePlace | InRoom | StartRoom | JoinBy | Invite | InvitePhone | SearchAll | Bookmarks | Checkup | SettingsAt
    | ExportFrom | FilesOf | AboutLanchat | AllKeys | Closing | StopHosting | NotBroughtBack | DrawOn
)  # fmt: skip

#: The Places of one room.
RoomPlace: TypeAlias = (
    InRoom | Invite | InvitePhone | SettingsAt | ExportFrom | FilesOf | StopHosting | NotBroughtBack | DrawOn
)  # fmt: skip

#: The Events of one room.
RoomEvent: TypeAlias = (
    events.Hosting | events.WaysIn | events.PassphraseNeeded | events.KeyChanged | events.ConnectionChanged
    | events.MessagesAdded | events.MessagesChanged | events.TopicChanged | events.Recovered | events.EntryWritten
    | events.NotWritten | events.Discarded | events.EntryStateChanged | events.RosterChanged | events.TypingChanged
    | events.EarlierDelivered
    | events.SeenChanged | events.ReadElsewhere | events.CardsCame | events.FileChanged | events.FilesKnown
    | events.Left | events.Forgotten | events.Banned | events.KeepingEvent | events.Problem
)  # fmt: skip


def room_of(event: Event) -> RoomId | None:
    """The room that `event` is about; None when it is about none, or about rooms on the network."""
    return event.room_id if isinstance(event, RoomEvent) else None


class Program(Protocol):
    """What the window and its views need of the program around them. The program's one is `app.App`."""

    screen_scale: float  #: pixels per design pixel, at 100% zoom

    def do(self, command: Command) -> None:
        """Give the Engine a Command. A view calls `ViewContext.do`."""

    def run_in_background(self, work: Callable[[], T], then: Callable[[T], None]) -> None:
        """Call `work` on a worker thread, then `then` with its result on this one. What `work` raises is logged."""

    def hide(self) -> None:
        """Hide the window and go on in the background. Starting lanchat again shows it."""

    def quit(self) -> None:
        """Destroy the window now; end the program when the Engine has left every room, or after some seconds."""

    def no_notices(self) -> str:
        """Why notifications cannot be shown, in plain words; "" when they can."""

    def window_rebuilt(self) -> None:
        """All views were built anew, perhaps in another language."""

    def attention_changed(self) -> None:
        """Another Place is shown, or the window got or lost the keyboard focus."""


class ViewContext(ABC):
    """What every view is given: the data it reads and the window's methods. The program's one is `window.Window`.

    All views are built anew when the theme, the zoom or the language changes: what must survive that is kept here.
    """

    reader: Reader  #: set before the first view is made
    def __init__(self, root: tk.Tk, theme: Theme, state: State, kept: PreferencesFile, program: Program) -> None:
        """`kept`: the preferences, and how to change them."""
        self.root = root
        self.theme = theme
        self.state = state
        self.kept = kept
        self.program = program
        self.spelling = SpellChecker(kept, program.run_in_background)
        self.dismissed: set[RoomId] = set()  #: rooms whose notice under the header the person closed
        self.at_seq: dict[RoomId, int] = {}  #: the entry on top of each timeline; absent: scrolled to the end
        self.listeners: list[Callable[[Event], None]] = []  #: told of each Event: what lies over the window
        self.searched = ""  #: the words last searched for in every room
        self.changed_setting = ""  #: the setting that has the focus while its change rebuilds all views

    # --- the Engine, drawing -----------------------------------------------------------------------------------------
    @abstractmethod
    def do(self, command: Command) -> None:
        """Give the Engine a Command; `state` notes it."""

    @abstractmethod
    def draw_soon(self, view: tk.Misc, draw: Callable[[], None]) -> None:
        """Call `draw` within 30 ms, once for any number of calls; not if `view` is destroyed by then."""

    # --- places ------------------------------------------------------------------------------------------------------
    @abstractmethod
    def go(self, place: Place) -> None:
        """Show a Place in the main pane. A room that I am not in is joined."""

    @abstractmethod
    def back(self) -> None:
        """Show the Place before this one; the welcome page when there is none."""

    @abstractmethod
    def profile(self, member: MemberKey | None) -> None:
        """Show a member's profile in the right pane; None: the list of people again."""

    @abstractmethod
    def toggle_people(self) -> None:
        """Show or hide the right pane."""

    # --- the window as a whole ---------------------------------------------------------------------------------------
    @abstractmethod
    def rebuild(self) -> None:
        """Build all views anew, after a change of theme, zoom or language."""

    @abstractmethod
    def room_choices_changed(self) -> None:
        """The person muted, pinned or moved a room: the list of rooms and the title show it."""

    @abstractmethod
    def zoom(self, by: float) -> None:
        """Change the zoom by this much; 0: back to 100%. Rebuilds all views."""

    @abstractmethod
    def say(self, words: str) -> None:
        """Show a toast over the main pane for some seconds."""

    def open_outside(self, opening: Callable[[], str]) -> None:
        """Have another program open something. `opening` returns "" or why it did not work, which is then said. On
        Windows it is called here: it does not wait there, and the shell wants the COM of the Tk thread."""

        def opened(problem: str) -> None:
            if problem:
                self.say(problem)

        if sys.platform == "win32":
            opened(opening())
        else:
            self.program.run_in_background(opening, opened)
