"""The keys that people are told are the keys that work."""

from __future__ import annotations

import sys
from typing import Any, cast

import pytest

from lanchat.desktop import window_chrome
from lanchat.desktop.composer.composer import Composer
from lanchat.desktop.composer.format_keys import FORMAT_KEYS
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
    formats = {press for press in told(help_pages.while_writing()) if press in FORMAT_KEYS}
    assert formats == set(FORMAT_KEYS), "tried in composer.test_format_keys"
    for press in told(help_pages.while_writing()) - formats:
        assert composer.editor.bind(f"<{press}>"), press


def test_in_a_list_they_do_something(user: Ana) -> None:
    user.root.update()
    did: list[str] = []

    class Noting(VirtualList[Any]):
        def move(self, by: int) -> None:
            did.append("move")

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
    user.root.geometry("824x2000")
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


def test_the_marks_of_all_formats_are_on_the_page(user: Ana) -> None:
    user.root.geometry("824x2400")
    user.at(lambda master, context: KeysPage(master, context, AllKeys()))
    for written in ("**…**", "Bold", "`…`", "A block of code", "[…](https://…)"):
        assert written in user.text


def test_it_is_left_with_its_cross(user: Ana) -> None:
    user.at(lambda master, context: KeysPage(master, context, AllKeys()))
    user.key("Tab", "Return")
    assert user.went == ["back"]


@pytest.mark.parametrize("first", [True, False])
def test_the_commands_are_there_too_and_first_for_who_asked_for_them(user: Ana, first: bool) -> None:
    user.root.geometry("824x2400")
    user.at(lambda master, context: KeysPage(master, context, AllKeys(commands=first)))
    assert (user.text.index("/me TEXT") < user.text.index("Everywhere")) == first
    assert user.text.index("Everywhere" if not first else "Commands") < user.text.index("/search WORDS")
    assert "(host)" in user.text, "of /remove"
    assert "/quit" not in user.text


def test_in_a_narrow_window_all_of_a_command_is_read(user: Ana) -> None:
    user.root.geometry("420x500")
    user.at(lambda master, context: KeysPage(master, context, AllKeys(commands=True)))
    user.root.update()
    about = next(one for one in user.paragraphs() if one.words.startswith("what the room is about"))
    usage = next(one for one in user.seen() if getattr(one, "words", "") == "/topic [TEXT]")
    assert usage.winfo_rootx() + usage.winfo_width() <= about.winfo_rootx()
    assert about.winfo_rootx() + about.winfo_width() <= user.root.winfo_rootx() + 420
    assert about.count("1.0", "end", "ypixels")[0] <= about.winfo_height()
    assert about.winfo_height() > usage.winfo_height()
