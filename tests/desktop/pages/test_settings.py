"""How lanchat is wanted here."""

from __future__ import annotations

import sys
import tkinter as tk
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lanchat.core.attention import Sharing
from lanchat.core.model import Availability, RoomId
from lanchat.core.profile import Profile
from lanchat.core.translate import _
from lanchat.desktop.pages import help_pages
from lanchat.desktop.pages.page import PageHeading
from lanchat.desktop.pages.settings_page import SettingsPage
from lanchat.desktop.platform import desktop_integration
from lanchat.desktop.theme.palette import DARK, LIGHT
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.view_context import AboutLanchat, AllKeys, Checkup, SettingsAt
from lanchat.desktop.widgets.buttons import Button, Pressable
from lanchat.desktop.widgets.choices import RadioGroup, SegmentedControl, Switch
from lanchat.desktop.widgets.text_field import CopyField
from lanchat.engine.commands import Attend, ChangeProfile, Forget, SetKeepers, SetKeepRooms, Share
from lanchat.engine.events import (
    AvailabilityChanged,
    ConnectionState,
    Forgotten,
    KeepRoomsChanged,
    ProfileChanged,
    SharingChanged,
)
from lanchat.storage.languages import speak
from tests.desktop.model.telling import BEN, GARDEN, KITCHEN, LI, came, connected, hosting, stands
from tests.desktop.pages.page_user import PageUser

Ana = PageUser[Any]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing of this computer's own is touched, and English is spoken afterwards."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "configuration"))
    yield
    speak("en")


@pytest.fixture
def ana(user: Ana) -> Ana:
    """All is built anew when something of the look is another, as in the window."""
    user.root.geometry("824x1600")  # all of it in view

    def rebuild() -> None:
        now = user.context.kept.now
        user.page.destroy()
        user.context.theme = Theme(user.root, DARK if now.theme == "dark" else LIGHT, now.zoom)
        user.at(lambda master, context: SettingsPage(master, context, SettingsAt()))

    def zoom(by: float) -> None:
        user.context.kept.change(zoom=user.context.kept.now.zoom + by if by else 1.0)
        rebuild()

    user.context.on_rebuild, user.context.on_zoom = rebuild, zoom
    user.hears(connected(KITCHEN), connected(GARDEN))
    user.at(lambda master, context: SettingsPage(master, context, SettingsAt()))
    return user


def of(ana: Ana, kind: type[tk.Misc]) -> list[Any]:
    """All widgets of this kind, from top to bottom."""
    found = [widget for widget in ana.seen() if isinstance(widget, kind)]
    return sorted(found, key=lambda widget: widget.winfo_rooty())


def theme(ana: Ana) -> Any:
    return of(ana, SegmentedControl)[1]


def language(ana: Ana) -> Any:
    return of(ana, SegmentedControl)[2]


def notify(ana: Ana) -> Any:
    return of(ana, SegmentedControl)[3]


def press(ana: Ana, control: tk.Misc, *keys: str) -> None:
    control.focus_set()
    ana.root.update()
    ana.key(*keys)


# --- how it looks ----------------------------------------------------------------------------------------------------
def test_another_theme_is_there_at_once_and_the_keyboard_stays(ana: Ana) -> None:
    press(ana, theme(ana), "Right", "Right")
    assert ana.context.kept.now.theme == "dark"
    assert ana.page["background"] == DARK.chat
    assert ana.root.focus_get() == theme(ana), "although it is another widget now"
    ana.key("Left")
    assert ana.context.kept.now.theme == "light"
    assert ana.page["background"] == LIGHT.chat


def test_built_anew_the_page_is_where_it_was(ana: Ana) -> None:
    ana.root.geometry("824x690")
    press(ana, theme(ana), "Right")
    assert of(ana, PageHeading)[0].winfo_rooty() > ana.page.winfo_rooty()
    press(ana, language(ana), "Right")
    assert of(ana, PageHeading)[0].winfo_rooty() > ana.page.winfo_rooty()


def test_text_grows_and_shrinks_and_goes_back(ana: Ana) -> None:
    assert ana.context.theme.px(100) == 100
    ana.click("+")
    assert ana.context.theme.px(100) == 110
    assert "110%" in ana.text
    assert ana.focus() == "+"
    ana.click("\N{MINUS SIGN}")
    assert "100%" in ana.text
    assert "Normal size" not in ana.text
    ana.click("\N{MINUS SIGN}")
    ana.click("Normal size")
    assert ana.context.kept.now.zoom == 1.0


def test_text_has_a_largest_size(ana: Ana) -> None:
    ana.context.kept.change(zoom=3.0)
    ana.context.rebuild()
    assert not ana.button("+").enabled


def test_another_language_is_spoken_at_once(ana: Ana, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "en")
    press(ana, language(ana), "Right", "Right")
    assert ana.context.kept.now.language == "id"
    assert _("Sounds") in ana.text
    assert ana.root.focus_get() == language(ana)
    press(ana, language(ana), "Left")
    assert "Sounds" in ana.text


def test_coming_again_the_keyboard_is_on_no_setting(ana: Ana) -> None:
    press(ana, theme(ana), "Right")
    ana.page.destroy()
    ana.at(lambda master, context: SettingsPage(master, context, SettingsAt()))
    assert ana.root.focus_get() == ana.page


# --- who I am, what I am told of -------------------------------------------------------------------------------------
def test_i_change_my_name_in_place(ana: Ana) -> None:
    ana.page.me.edit()
    ana.root.update()
    ana.write("Anna")
    ana.key("Return")
    assert ana.asked == [ChangeProfile("Anna")]
    ana.hears(ProfileChanged("Anna"))
    assert "You are Anna" in ana.text


def test_i_say_something_of_myself_and_whether_i_am_busy(ana: Ana) -> None:
    ana.page.own_profile.status.focus_set()
    ana.root.update()
    ana.write("back at two")
    ana.key("Return")
    assert ana.asked == [ChangeProfile(status="back at two")]
    ana.hears(ProfileChanged("Ana", Profile(status="back at two")))
    assert ana.page.own_profile.status.value() == "back at two"
    press(ana, ana.page.own_profile.busy, "Right")
    assert ana.asked[-1] == Attend(busy=True)
    ana.hears(AvailabilityChanged(Availability.HERE))
    assert ana.page.own_profile.busy.value is False, "as it is"


def test_i_show_others_what_i_want(ana: Ana) -> None:
    typing, read, *_others = of(ana, Switch)
    press(ana, typing, "space")
    assert ana.asked == [Share(Sharing(typing=False))]
    ana.hears(SharingChanged(Sharing(typing=False)))
    press(ana, read, "space")
    assert ana.asked[-1] == Share(Sharing(typing=False, read=False))


def test_what_is_told_of_all_rooms(ana: Ana) -> None:
    press(ana, notify(ana), "Right")
    assert ana.context.kept.now.notify == "mentions"
    press(ana, of(ana, Switch)[2], "space")
    assert not ana.context.kept.now.sounds


def test_where_nothing_can_be_told_one_learns_why(ana: Ana) -> None:
    ana.context.silent_because = "This desktop shows no notifications."
    ana.context.rebuild()
    assert "This desktop shows no notifications." in ana.text


# --- rooms -----------------------------------------------------------------------------------------------------------
def rows(ana: Ana) -> dict[str, Pressable]:
    """The lines of rooms, by their titles."""
    return {title_of(line): line for line in lines(ana)}


def lines(ana: Ana) -> list[Pressable]:
    children = ana.page.rooms.winfo_children()
    return [line for line in children if isinstance(line, Pressable) and not isinstance(line, Button)]


def title_of(line: Pressable) -> str:
    """What stands first on it."""
    texts = [item for item in line.find_all() if line.type(item) == "text" and line.itemcget(item, "text")]
    return str(line.itemcget(min(texts, key=lambda item: line.coords(item)[0]), "text"))


def opened(ana: Ana, title: str) -> Any:
    """The line of this room, pressed with the keyboard."""
    press(ana, rows(ana)[title], "Return")
    return of(ana, SegmentedControl)[6]


def test_a_room_can_be_told_of_otherwise(ana: Ana) -> None:
    press(ana, opened(ana, "Kitchen"), "Right", "Right", "Right")
    kept = ana.context.kept.now
    assert kept.notify_in(KITCHEN) == "none"
    assert kept.notify_in(GARDEN) == "all"
    press(ana, of(ana, SegmentedControl)[6], "Left", "Left", "Left")
    assert ana.context.kept.now.rooms == {}, "as for all"


def test_one_room_is_open_at_a_time(ana: Ana) -> None:
    opened(ana, "Kitchen")
    opened(ana, "Garden")
    assert len(of(ana, SegmentedControl)) == 7
    press(ana, rows(ana)["Garden"], "Return")
    assert len(of(ana, SegmentedControl)) == 6


def test_forgetting_a_room_is_asked_about_first(ana: Ana) -> None:
    opened(ana, "Kitchen")
    ana.click("Forget this room…")
    assert "All that was said in Kitchen is deleted from this computer" in ana.text
    assert ana.focus() == "Keep it"
    ana.key("Return")
    assert ana.asked == []
    ana.click("Forget this room…")
    ana.click("Forget it")
    assert ana.asked == [Forget(KITCHEN)]


def test_what_is_forgotten_is_gone_from_the_settings(ana: Ana) -> None:
    opened(ana, "Kitchen")
    ana.hears(Forgotten(KITCHEN))
    assert list(rows(ana)) == ["Garden"]


def test_forgetting_a_room_of_mine_closes_it(ana: Ana) -> None:
    ana.hears(hosting(KITCHEN), stands(ConnectionState.HOSTING))
    opened(ana, "Kitchen")
    ana.click("Forget this room…")
    assert "You cannot open it again." in ana.text


def test_this_computer_may_keep_rooms_open_for_others_or_not(ana: Ana) -> None:
    assert "This computer may keep rooms open for others" in ana.text
    switch = of(ana, Switch)[-2]
    assert switch.value, "it may, as long as nobody says otherwise"
    press(ana, switch, "space")
    assert ana.asked[-1] == SetKeepRooms(False)
    ana.hears(KeepRoomsChanged(False))
    assert not switch.value


def test_who_keeps_a_room_of_mine_open_is_chosen(ana: Ana) -> None:
    opened(ana, "Kitchen")
    assert "Keeps it open when I leave" not in ana.text, "it is not mine"
    ana.hears(hosting(KITCHEN), stands(ConnectionState.HOSTING))
    press(ana, rows(ana)["Kitchen"], "Return")
    opened(ana, "Kitchen")
    assert "Keeps it open when I leave" in ana.text
    press(ana, of(ana, SegmentedControl)[7], "Right", "Right")
    assert ana.asked[-1] == SetKeepers(KITCHEN, "nobody")


def test_the_settings_of_one_room_come_with_it_open(ana: Ana) -> None:
    ana.page.destroy()
    ana.at(lambda master, context: SettingsPage(master, context, SettingsAt(GARDEN)))
    assert len(of(ana, SegmentedControl)) == 7
    assert ana.root.focus_get() == rows(ana)["Garden"]


def test_of_many_rooms_some_are_shown_first(ana: Ana) -> None:
    ana.hears(*(came(room_id=RoomId(f"room{number:012}")) for number in range(40)))
    assert len(lines(ana)) == 12
    ana.click("All 42 rooms")
    assert len(lines(ana)) == 42


def test_who_was_in_no_room_reads_so(user: Ana) -> None:
    user.at(lambda master, context: SettingsPage(master, context, SettingsAt()))
    assert "You have not been in a room yet." in user.text


# --- people ----------------------------------------------------------------------------------------------------------
def test_somebody_muted_can_be_heard_again(ana: Ana) -> None:
    assert "Nobody is muted." in ana.text
    for member, nick in ((BEN, "Ben"), (LI, "Li")):
        ana.state.nicks.call(member, nick)
    ana.context.kept.change(muted=frozenset((BEN.hex(), LI.hex())))
    ana.context.rebuild()
    ana.click("Unmute")
    assert ana.context.kept.now.muted == {LI.hex()}, "Ben comes first"
    ana.click("Unmute")
    assert "Nobody is muted." in ana.text


# --- starting, closing, data -----------------------------------------------------------------------------------------
def test_what_closing_the_window_does(ana: Ana) -> None:
    press(ana, of(ana, RadioGroup)[0].winfo_children()[0], "Down")
    assert ana.context.kept.now.on_close == "background"
    ana.key("Down")
    assert ana.context.kept.now.on_close == "quit"


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="would change this computer")
def test_starting_with_the_system(ana: Ana, tmp_path: Path) -> None:
    press(ana, of(ana, Switch)[-1], "space")
    assert desktop_integration.is_on()
    (entry,) = (tmp_path / "configuration" / "autostart").iterdir()
    assert f'"--data-dir" "{tmp_path}"' in entry.read_text("utf-8"), "with the data of this one"
    ana.key("space")
    assert not desktop_integration.is_on()


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="would change this computer")
def test_what_does_not_work_is_said_and_the_switch_stays_off(ana: Ana, tmp_path: Path) -> None:
    (tmp_path / "configuration").write_text("no folder", "utf-8")
    switch = of(ana, Switch)[-1]
    press(ana, switch, "space")
    assert "lanchat could not be set to start with the system" in ana.text
    assert not switch.value


def test_one_sees_and_opens_the_folder_of_the_data(ana: Ana, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Path] = []
    said: list[str] = []
    monkeypatch.setattr(help_pages, "open_folder", lambda folder: opened.append(folder) or "No program was found.")
    ana.context.say = said.append
    assert of(ana, CopyField)[-1].words == str(tmp_path)
    ana.click("Open the folder")
    assert opened == [tmp_path]
    assert said == ["No program was found."]


def test_the_way_to_other_pages(ana: Ana) -> None:
    for words in ("About lanchat", "Keyboard shortcuts", "Check my computer"):
        ana.click(words)
    assert ana.went == [AboutLanchat(), AllKeys(), Checkup()]


def test_every_setting_is_reached_with_tab(ana: Ana) -> None:
    reached = set[str]()
    ana.page.focus_set()
    ana.root.update()
    for _step in range(40):
        ana.key("Tab")
        reached.add(str(ana.root.focus_get()))
    controls = [*of(ana, SegmentedControl), *of(ana, Switch)]
    assert {str(control) for control in controls} <= reached
