"""Earlier: what stands over the oldest row, and asking the host for what came before. Tk thread."""

from __future__ import annotations

from collections.abc import Callable

from lanchat.core.translate import _
from lanchat.desktop.model.room import Room
from lanchat.desktop.timeline.pages import Pages
from lanchat.desktop.view_context import ViewContext
from lanchat.engine.commands import FetchEarlier
from lanchat.engine.events import ConnectionState


class Earlier:
    def __init__(self, desk: ViewContext, room: Callable[[], Room], pages: Pages) -> None:
        self.asked = False  #: and the host has not answered yet
        self._desk = desk
        self._room = room
        self._pages = pages

    def ask(self) -> None:
        """Unless it is of no use."""
        room = self._room()
        connected = room.connection is ConnectionState.CONNECTED
        if self._pages.first > 1 and connected and not (self.asked or room.earlier_exhausted):
            self.asked = True
            self._desk.do(FetchEarlier(room.room_id))

    def words(self) -> str:
        """Over the oldest entry that is here; "": nothing."""
        room = self._room()
        if self._pages.first <= 1:
            return _("This is the beginning.") if self._pages.last else _("Nothing has been said here yet.")
        if self.asked:
            return _("Fetching earlier messages…")
        if room.earlier_exhausted or room.connection is ConnectionState.HOSTING:
            return _("There are no earlier messages.")
        return "" if room.is_live else _("Earlier messages come when you are connected.")
