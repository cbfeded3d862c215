"""Which view the main pane shows for a Place. Tk thread.

Views that no start shows are imported when they are first needed, which takes a few milliseconds each.
"""

from __future__ import annotations

import tkinter as tk
from typing import TYPE_CHECKING, TypeAlias, assert_never

from lanchat.desktop import view_context as places
from lanchat.desktop.conversation_view import ConversationView
from lanchat.desktop.pages.page import PageView
from lanchat.desktop.pages.welcome_page import WelcomePage
from lanchat.desktop.view_context import Place, ViewContext

if TYPE_CHECKING:
    from lanchat.desktop.pages.join_room_page import JoinRoomPage
    from lanchat.desktop.pages.search_page import SearchPage

MainView: TypeAlias = "ConversationView | JoinRoomPage | SearchPage | PageView"


def view_for(master: tk.Misc, context: ViewContext, place: Place) -> MainView:
    """Build the view; the caller packs it."""
    match place:
        case places.WelcomePlace():
            return WelcomePage(master, context, place)
        case places.InRoom():
            return _in_room(master, context, place)
        case places.StartRoom():
            from lanchat.desktop.pages.start_room_page import StartRoomPage

            return StartRoomPage(master, context, place)
        case places.JoinBy():
            from lanchat.desktop.pages.join_by_page import JoinByPage

            return JoinByPage(master, context, place)
        case places.SearchAll():
            from lanchat.desktop.pages.search_page import SearchPage

            return SearchPage(master, context, place)
        case places.Invite() | places.ExportFrom() | places.StopHosting():
            return _about_a_room(master, context, place)
        case _:
            return _about_lanchat(master, context, place)


def _in_room(master: tk.Misc, context: ViewContext, place: places.InRoom) -> ConversationView | JoinRoomPage:
    room = context.state.rooms.get(place.room_id)
    to_read = room is not None and room.known and place.seq > 0  # a search hit is shown whatever has to be answered
    if room is not None and room.asked is not None and not to_read:
        from lanchat.desktop.pages.join_room_page import JoinRoomPage

        return JoinRoomPage(master, context, place)
    return ConversationView(master, context, place)


def _about_a_room(
    master: tk.Misc, context: ViewContext, place: places.Invite | places.ExportFrom | places.StopHosting
) -> PageView:  # fmt: skip
    match place:
        case places.Invite():
            from lanchat.desktop.pages.invite_page import InvitePage

            return InvitePage(master, context, place)
        case places.ExportFrom():
            from lanchat.desktop.pages.export_page import ExportPage

            return ExportPage(master, context, place)
        case places.StopHosting():
            from lanchat.desktop.pages.closing_page import StoppingPage

            return StoppingPage(master, context, place)
        case _:
            assert_never(place)


def _about_lanchat(
    master: tk.Misc,
    context: ViewContext,
    place: places.Checkup | places.SettingsAt | places.AboutLanchat | places.AllKeys | places.Closing,
) -> PageView:
    match place:
        case places.Checkup():
            from lanchat.desktop.pages.checkup_page import CheckupPage

            return CheckupPage(master, context, place)
        case places.SettingsAt():
            from lanchat.desktop.pages.settings_page import SettingsPage

            return SettingsPage(master, context, place)
        case places.AboutLanchat():
            from lanchat.desktop.pages.help_pages import AboutPage

            return AboutPage(master, context, place)
        case places.AllKeys():
            from lanchat.desktop.pages.help_pages import KeysPage

            return KeysPage(master, context, place)
        case places.Closing():
            from lanchat.desktop.pages.closing_page import ClosingPage

            return ClosingPage(master, context, place)
        case _:
            assert_never(place)
