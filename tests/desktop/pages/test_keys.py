"""The keys that people are told are the keys that work."""

from __future__ import annotations

import sys
from typing import Any, cast

from lanchat.desktop import window_chrome
from lanchat.desktop.composer.composer import Composer
from lanchat.desktop.pages import help_pages
from lanchat.desktop.pages.help_pages import KeysPage
from lanchat.desktop.view_context import AllKeys
from lanchat.desktop.widgets.virtual_list import VirtualList
from lanchat.desktop.window import Window
from tests.desktop.model.telling import KITCHEN, connected
from tests.desktop.pages.archive import drawn
from tests.desktop.pages.page_user import PageUser

Ana = PageUser[Any]


def told(table: tuple[help_pages.ShortcutEntry, ...]) -> set[str]:
    return {press for key in table for press in key.presses}


class _Unopened:
    """A window in which nothing happens yet."""

    context = None

    def toggle_people(self) -> None: ...


def test_everywhere_they_are_the_same() -> None:
    assert told(help_pages.everywhere()) == set(window_chrome.shortcuts(cast(Window, _Unopened()), lambda: None))


def test_while_one_writes_they_are_bound(user: Ana) -> None:
    user.hears(connected(KITCHEN))
    composer = Composer(user.root, user.context, KITCHEN)
    for press in told(help_pages.while_writing()):
        assert composer.editor.bind(f"<{press}>"), press


def test_in_a_list_they_do_something(user: Ana) -> None:
    user.root.update()
    did: list[str] = []

    class Noting(VirtualList[Any]):
        def move(self, by: int) -> None:
            did.append("move")

        def move_to_end(self, last: bool) -> None:
            did.append("end")

        def move_by_page(self, by: int) -> None:
            did.append("page")

        def enter(self) -> None:
            did.append("enter")

        def show_menu(self) -> None:
            did.append("menu")

    rows = Noting(user.root, user.context.theme, lambda row, spot: "", lambda row: None)
    rows.pack()
    rows.canvas.focus_set()
    user.root.update()
    for key in help_pages.in_lists():
        for press in key.presses:
            did.clear()
            user.key(press)
            assert did, press


def test_all_of_them_are_on_the_page(user: Ana) -> None:
    user.root.geometry("824x1600")
    user.at(lambda master, context: KeysPage(master, context, AllKeys()))
    for group in help_pages.all_keys():
        assert group.title in user.text
    tables = [widget for widget in user.seen() if isinstance(widget, help_pages.ShortcutTable)]
    lines = [line for table in tables for line in drawn(table)]
    assert len(lines) == sum(len(group.keys) for group in help_pages.all_keys())
    if sys.platform != "darwin":
        assert lines[0] == "Go to a room or a personCtrlK"
        assert "Close the windowCtrlQorCtrlW" in lines
        assert "LargerCtrl+" in lines, "once, however many keys have a plus on them"


def test_it_is_left_with_its_cross(user: Ana) -> None:
    user.at(lambda master, context: KeysPage(master, context, AllKeys()))
    user.key("Tab", "Return")
    assert user.went == ["back"]
