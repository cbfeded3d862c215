"""SettingsPage: how lanchat is wanted here. What is changed counts at once. Tk thread."""

from __future__ import annotations

import tkinter as tk

from lanchat.core.translate import _
from lanchat.desktop.pages.data_folder import DataFolder
from lanchat.desktop.pages.heading_row import HeadingRow
from lanchat.desktop.pages.me import Me
from lanchat.desktop.pages.page import Page
from lanchat.desktop.pages.problem import ProblemBox
from lanchat.desktop.pages.setting import Setting
from lanchat.desktop.pages.settings_look import LookSettings
from lanchat.desktop.pages.settings_people import MutedPeople
from lanchat.desktop.pages.settings_rooms import RoomSettings
from lanchat.desktop.platform import autostart
from lanchat.desktop.view_context import AboutLanchat, AllKeys, Checkup, SettingsAt, ViewContext
from lanchat.desktop.widgets.button import Button
from lanchat.desktop.widgets.choice import Choice, Radios
from lanchat.desktop.widgets.switch import Switch
from lanchat.engine.events import Event
from lanchat.storage.preferences import Notify, OnClose


class SettingsPage(Page):
    def __init__(self, master: tk.Misc, desk: ViewContext, place: SettingsAt) -> None:
        super().__init__(master, desk)
        self.column.put(HeadingRow(self.body, desk, _("Settings")), above=0, below=18)
        self.me = self.column.put(Me(self.body, desk), below=0)
        self.column.section(_("Appearance"))
        self.look_settings = self.column.put(LookSettings(self.body, desk))
        self.column.section(_("Notifications"))
        self._notifications()
        self.column.section(_("Rooms"))
        self.rooms = self.column.put(RoomSettings(self.body, desk, place.room_id))
        self.column.section(_("Muted people"))
        self.column.put(MutedPeople(self.body, desk))
        self.column.section(_("Starting and closing"))
        self._starting_and_closing()
        self.column.section(_("Your data"))
        self.column.put(DataFolder(self.body, desk))
        self._elsewhere()

    def heard(self, event: Event) -> None:
        self.rooms.heard(event)
        self.desk.soon(self, self.me.draw)

    def focus_first(self) -> None:
        if changed := self.look_settings.changed():
            self._bring(changed)
        elif opened := self.rooms.opened():
            self._bring(*opened)
        else:
            self.focus_set()

    def _bring(self, control: tk.Widget, *below: tk.Widget) -> None:
        """The keyboard to the control, and it and what is below it into view, once all has its place."""
        control.focus_set()

        def reveal() -> None:
            self.update_idletasks()
            self.column.to_top()
            for widget in (*below, control):
                self.column.reveal(widget)

        self.later(0, reveal)

    # --- sections ----------------------------------------------------------------------------------------------------
    def _notifications(self) -> None:
        desk, now = self.desk, self.desk.kept.now
        if why_not := desk.no_notices():
            self.column.paragraph(why_not, "mute")
        setting = Setting(self.body, self.theme, _("Notify me about"))
        options: list[tuple[Notify, str]] = [
            ("all", _("All messages")), ("mentions", _("Mentions")), ("none", _("Nothing"))
        ]  # fmt: skip
        choice = Choice[Notify](setting, self.theme, options, now.notify, lambda what: desk.kept.change(notify=what))
        setting.show(choice)
        self.column.put(setting)
        sounds = Switch(self.body, self.theme, _("Sounds"), now.sounds, lambda on: desk.kept.change(sounds=on))
        self.column.put(sounds)

    def _starting_and_closing(self) -> None:
        kept = self.desk.kept
        self.column.paragraph(_("When I close the window while a room of mine is open:"))
        options: list[tuple[OnClose, str, str]] = [
            ("ask", _("Ask me"), _("While others are in it.")),
            ("background", _("Keep running"), _("The room stays open. Start lanchat again to see the window.")),
            ("quit", _("Quit"), _("The room closes until lanchat starts again.")),
        ]
        radios = Radios[OnClose](
            self.body, self.theme, options, kept.now.on_close, lambda what: kept.change(on_close=what)
        )  # fmt: skip
        self.column.put(radios)
        words = _("Start lanchat when I log in")
        self._autostart = self.column.put(Switch(self.body, self.theme, words, autostart.is_on(), self._start_with_it))
        self._problem = self.column.put(ProblemBox(self.body, self.theme), above=0, below=0)

    def _elsewhere(self) -> None:
        buttons = self.buttons(above=32)
        Button(buttons, self.theme, _("About lanchat"), lambda: self.desk.go(AboutLanchat()), "quiet", "info")
        Button(buttons, self.theme, _("Keyboard shortcuts"), lambda: self.desk.go(AllKeys()), "quiet")
        Button(buttons, self.theme, _("Check my computer"), lambda: self.desk.go(Checkup()), "quiet", "shield")
        buttons.lay()

    # --- deeds -------------------------------------------------------------------------------------------------------
    def _start_with_it(self, wanted: bool) -> None:
        mine = ("--data-dir", str(self.desk.kept.folder))  # who runs two of them means this one
        self._problem.say(autostart.turn_on(*mine) if wanted else autostart.turn_off())
        self._autostart.set(autostart.is_on())
