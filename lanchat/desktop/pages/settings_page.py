"""SettingsPage: the preferences of this person. A change takes effect at once.

Its sections: AppearanceSettings (theme, text size, language; each change builds all views anew, this page too),
notifications, RoomSettings, MutedPeople, starting and closing, the data folder.
"""

from __future__ import annotations

import tkinter as tk

from lanchat.core.model import MemberKey
from lanchat.core.translate import _
from lanchat.desktop.pages.help_pages import DataFolder
from lanchat.desktop.pages.nick_editor import NickEditor
from lanchat.desktop.pages.page import PageHeading, PageView, ProblemBox, SettingRow
from lanchat.desktop.pages.room_settings import RoomSettings
from lanchat.desktop.platform import desktop_integration
from lanchat.desktop.view_context import AboutLanchat, AllKeys, Checkup, SettingsAt, ViewContext
from lanchat.desktop.widgets.buttons import Button
from lanchat.desktop.widgets.choices import RadioGroup, SegmentedControl, Switch
from lanchat.desktop.widgets.labels import Label, Paragraph
from lanchat.engine.events import Event
from lanchat.storage.languages import LANGUAGES, speak
from lanchat.storage.settings import ZOOM_LEAST, ZOOM_MOST, Language, Notify, OnClose, Theme

_ZOOM_STEP = 0.1
_BETWEEN = 10  # design pixels
_NUMBER = 50  # design pixels
_MINUS = "\N{MINUS SIGN}"


class AppearanceSettings(tk.Frame):
    """Theme, text size and language."""

    def __init__(self, master: tk.Misc, context: ViewContext) -> None:
        super().__init__(master, bg=context.theme.palette.chat)
        self._context = context
        self._controls = {
            "theme": self._themes(),
            **self._sizes(),
            "language": self._languages(),
        }

    def changed(self) -> tk.Widget | None:
        """The control, as built anew, whose use caused the views to be built anew; None: there is none."""
        control = self._controls.get(self._context.changed_setting)
        self._context.changed_setting = ""
        return control

    def _themes(self) -> SegmentedControl[Theme]:
        setting = self._setting(_("Theme"))
        options: list[tuple[Theme, str]] = [("system", _("System")), ("light", _("Light")), ("dark", _("Dark"))]
        chosen = self._context.kept.now.theme
        choice = SegmentedControl[Theme](setting, self._context.theme, options, chosen, self._theme)
        setting.show(choice)
        return choice

    def _sizes(self) -> dict[str, tk.Widget]:
        context, theme = self._context, self._context.theme
        setting = self._setting(_("Text size"))
        row = tk.Frame(setting, bg=theme.palette.chat)
        zoom = context.kept.now.zoom
        usual = Button(row, theme, _("Normal size"), lambda: self._size("usual", 0), "link")
        smaller = Button(row, theme, _MINUS, lambda: self._size("smaller", -_ZOOM_STEP), "quiet")
        percent = _("{n}%").format(n=round(zoom * 100))
        number = Label(row, theme, percent, "room", anchor="center", width=theme.px(_NUMBER))
        larger = Button(row, theme, "+", lambda: self._size("larger", _ZOOM_STEP), "quiet")
        if zoom != 1.0:
            usual.pack(side="left", padx=(0, theme.px(14)))
        for part in (smaller, number, larger):
            part.pack(side="left")
        smaller.enable(zoom > ZOOM_LEAST)
        larger.enable(zoom < ZOOM_MOST)
        setting.show(row)
        return {"smaller": smaller, "larger": larger, "usual": usual if zoom != 1.0 else larger}

    def _languages(self) -> SegmentedControl[Language]:
        setting = self._setting(_("Language"))
        options: list[tuple[Language, str]] = [("", _("System")), ("en", LANGUAGES["en"]), ("id", LANGUAGES["id"])]
        choice = SegmentedControl[Language](
            setting, self._context.theme, options, self._context.kept.now.language, self._language
        )
        setting.show(choice)
        return choice

    def _setting(self, words: str) -> SettingRow:
        setting = SettingRow(self, self._context.theme, words)
        setting.pack(fill="x", pady=(0, self._context.theme.px(_BETWEEN)))
        return setting

    # --- actions -----------------------------------------------------------------------------------------------------
    def _theme(self, theme: Theme) -> None:
        self._context.changed_setting = "theme"
        self._context.kept.change(theme=theme)
        self._context.rebuild()

    def _size(self, name: str, by: float) -> None:
        self._context.changed_setting = name
        self._context.zoom(by)

    def _language(self, language: Language) -> None:
        self._context.changed_setting = "language"
        self._context.kept.change(language=language)
        speak(language)
        self._context.rebuild()


_MUTED_AVATAR, _MUTED_GAP, _MUTED_LINE = 32, 12, 4  # design pixels


class MutedPeople(tk.Frame):
    """The people I have muted, each with a button to unmute them."""

    def __init__(self, master: tk.Misc, context: ViewContext) -> None:
        super().__init__(master, bg=context.theme.palette.chat)
        self._context = context
        self._draw()

    def _draw(self) -> None:
        context, theme = self._context, self._context.theme
        for child in self.winfo_children():
            child.destroy()
        people = [MemberKey(bytes.fromhex(key)) for key in context.kept.now.muted]
        if not people:
            nobody = _("Nobody is muted. To mute somebody, click their name in a room.")
            Paragraph(self, theme, nobody, ink="mute").pack(fill="x")
        for member in sorted(people, key=lambda one: context.state.nicks.called(one).casefold()):
            self._line(member).pack(fill="x", pady=theme.px(_MUTED_LINE))

    def _line(self, member: MemberKey) -> tk.Frame:
        context, theme, name = self._context, self._context.theme, self._context.state.nicks.called(member)
        row = tk.Frame(self, bg=theme.palette.chat)
        picture = theme.avatar(member, context.state.nicks.nick(member) or name, _MUTED_AVATAR)
        tk.Label(row, image=picture, bg=theme.palette.chat, bd=0).pack(side="left", padx=(0, theme.px(_MUTED_GAP)))
        Button(row, theme, _("Unmute"), lambda: self._unmute(member), "quiet").pack(side="right")
        Label(row, theme, name, tall=True).pack(side="left", fill="x", expand=True)
        return row

    def _unmute(self, member: MemberKey) -> None:
        self._context.kept.change(muted=self._context.kept.now.muted - {member.hex()})
        self._draw()


class SettingsPage(PageView):
    def __init__(self, master: tk.Misc, context: ViewContext, place: SettingsAt) -> None:
        super().__init__(master, context)
        self.column.put(PageHeading(self.body, context, _("Settings")), above=0, below=18)
        self.me = self.column.put(NickEditor(self.body, context), below=0)
        self.column.section(_("Appearance"))
        self.look_settings = self.column.put(AppearanceSettings(self.body, context))
        self.column.section(_("Notifications"))
        self._notifications()
        self.column.section(_("Rooms"))
        self.rooms = self.column.put(RoomSettings(self.body, context, place.room_id))
        self.column.section(_("Muted people"))
        self.column.put(MutedPeople(self.body, context))
        self.column.section(_("Starting and closing"))
        self._starting_and_closing()
        self.column.section(_("Your data"))
        self.column.put(DataFolder(self.body, context))
        self._elsewhere()

    def heard(self, event: Event) -> None:
        self.rooms.heard(event)
        self.context.draw_soon(self, self.me.draw)

    def focus_first(self) -> None:
        if changed := self.look_settings.changed():
            self._bring(changed)
        elif opened := self.rooms.opened():
            self._bring(*opened)
        else:
            self.focus_set()

    def _bring(self, control: tk.Widget, *below: tk.Widget) -> None:
        """Focus the control, and bring it and the widgets `below` it into view once the page is laid out."""
        control.focus_set()

        def reveal() -> None:
            self.update_idletasks()
            self.column.to_top()
            for widget in (*below, control):
                self.column.reveal(widget)

        self.later(0, reveal)

    # --- sections ----------------------------------------------------------------------------------------------------
    def _notifications(self) -> None:
        context, now = self.context, self.context.kept.now
        if why_not := context.no_notices():
            self.column.paragraph(why_not, "mute")
        setting = SettingRow(self.body, self.theme, _("Notify me about"))
        options: list[tuple[Notify, str]] = [
            ("all", _("All messages")), ("mentions", _("Mentions")), ("none", _("Nothing"))
        ]  # fmt: skip
        choice = SegmentedControl[Notify](
            setting, self.theme, options, now.notify, lambda what: context.kept.change(notify=what)
        )
        setting.show(choice)
        self.column.put(setting)
        sounds = Switch(self.body, self.theme, _("Sounds"), now.sounds, lambda on: context.kept.change(sounds=on))
        self.column.put(sounds)

    def _starting_and_closing(self) -> None:
        kept = self.context.kept
        self.column.paragraph(_("When I close the window while a room of mine is open:"))
        options: list[tuple[OnClose, str, str]] = [
            ("ask", _("Ask me"), _("While others are in it.")),
            ("background", _("Keep running"), _("The room stays open. Start lanchat again to see the window.")),
            ("quit", _("Quit"), _("The room closes until lanchat starts again.")),
        ]
        radios = RadioGroup[OnClose](
            self.body, self.theme, options, kept.now.on_close, lambda what: kept.change(on_close=what)
        )  # fmt: skip
        self.column.put(radios)
        words = _("Start lanchat when I log in")
        self._autostart = self.column.put(
            Switch(self.body, self.theme, words, desktop_integration.is_on(), self._start_with_it)
        )
        self._problem = self.column.put(ProblemBox(self.body, self.theme), above=0, below=0)

    def _elsewhere(self) -> None:
        buttons = self.buttons(above=32)
        Button(buttons, self.theme, _("About lanchat"), lambda: self.context.go(AboutLanchat()), "quiet", "info")
        Button(buttons, self.theme, _("Keyboard shortcuts"), lambda: self.context.go(AllKeys()), "quiet")
        Button(buttons, self.theme, _("Check my computer"), lambda: self.context.go(Checkup()), "quiet", "shield")
        buttons.lay()

    # --- actions -----------------------------------------------------------------------------------------------------
    def _start_with_it(self, wanted: bool) -> None:
        mine = ("--data-dir", str(self.context.kept.folder))  # another instance may run with another folder
        self._problem.say(desktop_integration.turn_on(*mine) if wanted else desktop_integration.turn_off())
        self._autostart.set(desktop_integration.is_on())
