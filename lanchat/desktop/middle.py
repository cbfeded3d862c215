"""Which view the middle pane shows for a Place. Tk thread."""

from __future__ import annotations

import tkinter as tk
from typing import TypeAlias, assert_never

from lanchat.desktop import desk as places
from lanchat.desktop.conversation.conversation import Conversation
from lanchat.desktop.desk import Desk, Place
from lanchat.desktop.pages.about import AboutPage
from lanchat.desktop.pages.checkup import CheckupPage
from lanchat.desktop.pages.closing import ClosingPage
from lanchat.desktop.pages.door import DoorPage
from lanchat.desktop.pages.export import ExportPage
from lanchat.desktop.pages.invite import InvitePage
from lanchat.desktop.pages.join_by import JoinByPage
from lanchat.desktop.pages.keys import KeysPage
from lanchat.desktop.pages.page import Page
from lanchat.desktop.pages.search import SearchPage
from lanchat.desktop.pages.settings import SettingsPage
from lanchat.desktop.pages.start_room import StartRoomPage
from lanchat.desktop.pages.stopping import StoppingPage
from lanchat.desktop.pages.welcome import WelcomePage

Middle: TypeAlias = Conversation | DoorPage | SearchPage | Page


def view_for(master: tk.Misc, desk: Desk, place: Place) -> Middle:
    """The view, made and not yet packed."""
    match place:
        case places.Welcome():
            return WelcomePage(master, desk, place)
        case places.InRoom(room_id, seq):
            room = desk.state.rooms.get(room_id)
            to_read = room is not None and room.known and seq > 0  # what was said can be read, whatever is asked
            if room is not None and room.asked is not None and not to_read:
                return DoorPage(master, desk, place)
            return Conversation(master, desk, place)
        case places.StartRoom():
            return StartRoomPage(master, desk, place)
        case places.JoinBy():
            return JoinByPage(master, desk, place)
        case places.Invite():
            return InvitePage(master, desk, place)
        case places.SearchAll():
            return SearchPage(master, desk, place)
        case places.Checkup():
            return CheckupPage(master, desk, place)
        case places.SettingsAt():
            return SettingsPage(master, desk, place)
        case places.ExportFrom():
            return ExportPage(master, desk, place)
        case places.About():
            return AboutPage(master, desk, place)
        case places.Keys():
            return KeysPage(master, desk, place)
        case places.Closing():
            return ClosingPage(master, desk, place)
        case places.StopHosting():
            return StoppingPage(master, desk, place)
        case _:
            assert_never(place)
