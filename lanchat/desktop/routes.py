"""Which view the main pane shows for a Place. Tk thread.

A view is imported when the first of its kind is needed, and that of a room when the last session ended in one, else
a moment after the start: `import_conversation`.
"""

from __future__ import annotations

import tkinter as tk
from typing import TYPE_CHECKING, TypeAlias, assert_never

from lanchat.desktop import view_context as places
from lanchat.desktop.pages.page import PageView
from lanchat.desktop.pages.welcome_page import WelcomePage
from lanchat.desktop.view_context import Place, ViewContext

if TYPE_CHECKING:
    from lanchat.desktop.capture.drawing_page import DrawingPage
    from lanchat.desktop.conversation_view import ConversationView
    from lanchat.desktop.pages.files_page import FilesPage
    from lanchat.desktop.pages.phone_page import PhonePage
    from lanchat.desktop.pages.search_page import SearchPage

MainView: TypeAlias = "ConversationView | SearchPage | FilesPage | DrawingPage | PhonePage | PageView"


def view_for(master: tk.Misc, context: ViewContext, place: Place) -> MainView:
    """Build the view; the caller packs it."""
    match place:
        case places.WelcomePlace():
            return WelcomePage(master, context, place)
        case places.InRoom(room_id, seq):
            room = context.state.room(room_id)
            if room.asked is None or (room.known and seq > 0):  # a search hit is shown whatever has to be answered
                from lanchat.desktop.conversation_view import ConversationView

                return ConversationView(master, context, place)
            from lanchat.desktop.pages.join_room_page import question_page

            return question_page(master, context, room.asked)
    from lanchat.desktop.capture.drawing_page import DrawingPage
    from lanchat.desktop.pages.bookmarks_page import BookmarksPage
    from lanchat.desktop.pages.checkup_page import CheckupPage
    from lanchat.desktop.pages.export_page import ExportPage
    from lanchat.desktop.pages.files_page import FilesPage
    from lanchat.desktop.pages.help_pages import AboutPage, KeysPage
    from lanchat.desktop.pages.invite_page import InvitePage
    from lanchat.desktop.pages.leaving_pages import ClosingPage, StoppingPage
    from lanchat.desktop.pages.not_brought_back_page import NotBroughtBackPage
    from lanchat.desktop.pages.phone_page import PhonePage
    from lanchat.desktop.pages.search_page import SearchPage
    from lanchat.desktop.pages.settings_page import SettingsPage
    from lanchat.desktop.pages.start_join_pages import JoinByPage, StartRoomPage

    match place:
        case places.StartRoom():
            return StartRoomPage(master, context, place)
        case places.JoinBy():
            return JoinByPage(master, context, place)
        case places.SearchAll():
            return SearchPage(master, context, place)
        case places.Bookmarks():
            return BookmarksPage(master, context, place)
        case places.Invite():
            return InvitePage(master, context, place)
        case places.InvitePhone():
            return PhonePage(master, context, place)
        case places.ExportFrom():
            return ExportPage(master, context, place)
        case places.FilesOf():
            return FilesPage(master, context, place)
        case places.StopHosting():
            return StoppingPage(master, context, place)
        case places.NotBroughtBack():
            return NotBroughtBackPage(master, context, place)
        case places.Checkup():
            return CheckupPage(master, context, place)
        case places.SettingsAt():
            return SettingsPage(master, context, place)
        case places.AboutLanchat():
            return AboutPage(master, context, place)
        case places.AllKeys():
            return KeysPage(master, context, place)
        case places.DrawOn():
            return DrawingPage(master, context, place)
        case places.Closing():
            return ClosingPage(master, context, place)
        case _:
            assert_never(place)


def import_conversation() -> None:
    """On any thread: the modules of a conversation, so that the first room that is opened does not wait for them."""
    import lanchat.desktop.people.people_pane  # noqa: F401
