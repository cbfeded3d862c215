"""SettingsPage: the preferences of this person. A change takes effect at once.

Its sections: AppearanceSettings (theme, text size, language; each change builds all views anew, this page too),
notifications, SpellingSettings, FileChoices, RoomSettings, MutedPeople, starting and closing, the data folder.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

from lanchat.core.attention import Sharing
from lanchat.core.model import MemberKey
from lanchat.core.translate import _
from lanchat.desktop.pages.file_settings import FileChoices
from lanchat.desktop.pages.help_pages import DataFolder
from lanchat.desktop.pages.nick_editor import NickEditor
from lanchat.desktop.pages.page import PageHeading, PageView, ProblemBox, SettingRow
from lanchat.desktop.pages.room_settings import RoomSettings
from lanchat.desktop.pages.spelling_settings import SpellingSettings
from lanchat.desktop.people.own_profile import OwnProfile
from lanchat.desktop.platform import desktop_integration
from lanchat.desktop.view_context import AboutLanchat, AllKeys, Checkup, SettingsAt, ViewContext
from lanchat.desktop.widgets.buttons import Button
from lanchat.desktop.widgets.choices import RadioGroup, SegmentedControl, Switch
from lanchat.desktop.widgets.labels import Label, Paragraph
from lanchat.desktop.widgets.tk_events import destroy_children
from lanchat.engine.commands import SetKeepRooms, Share
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
        now, self._controls = context.kept.now, dict[str, tk.Widget]()
        themes: list[tuple[Theme, str]] = [("system", _("System")), ("light", _("Light")), ("dark", _("Dark"))]
        languages: list[tuple[Language, str]] = [("", _("System")), ("en", LANGUAGES["en"]), ("id", LANGUAGES["id"])]
        self._controls["theme"] = self._setting(_("Theme"), lambda row: SegmentedControl[Theme](
            row, context.theme, themes, now.theme, self._theme
        ))  # fmt: skip
        self._setting(_("Text size"), self._sizes)
        self._controls["language"] = self._setting(_("Language"), lambda row: SegmentedControl[Language](
            row, context.theme, languages, now.language, self._language
        ))  # fmt: skip

    def changed(self) -> tk.Widget | None:
        """The control, as built anew, whose use caused the views to be built anew; None: there is none."""
        control = self._controls.get(self._context.changed_setting)
        self._context.changed_setting = ""
        return control

    def _sizes(self, setting: tk.Misc) -> tk.Frame:
        theme, zoom = self._context.theme, self._context.kept.now.zoom
        row = tk.Frame(setting, bg=theme.palette.chat)
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
        self._controls |= {"smaller": smaller, "larger": larger, "usual": usual if zoom != 1.0 else larger}
        return row

    def _setting(self, words: str, make: Callable[[tk.Misc], tk.Widget]) -> tk.Widget:
        setting = SettingRow(self, self._context.theme, words, make)
        setting.pack(fill="x", pady=(0, self._context.theme.px(_BETWEEN)))
        return setting.control

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
        destroy_children(self)
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
        self.put(PageHeading(self.body, context, _("Settings")), above=0, below=18)
        self.me = self.put(NickEditor(self.body, context), below=0)
        self.own_profile = self.put(OwnProfile(self.body, context), above=18)
        self.section(_("Others see"))
        self._sharing()
        self.section(_("Appearance"))
        self.look_settings = self.put(AppearanceSettings(self.body, context))
        self.section(_("Notifications"))
        self._notifications()
        self.section(_("Writing"))
        SpellingSettings(self.body, context).pack(fill="x", pady=self.theme.px(4))
        self.section(_("Files"))
        self.files = FileChoices(self.body, context)
        self.files.pack(fill="x", pady=self.theme.px(4))
        self.section(_("Rooms"))
        self.rooms = self.put(RoomSettings(self.body, context, place.room_id))
        self.section(_("Rooms of others"))
        self._keep_rooms()
        self.section(_("Muted people"))
        self.put(MutedPeople(self.body, context))
        self.section(_("Starting and closing"))
        self._starting_and_closing()
        self.section(_("Your data"))
        self.put(DataFolder(self.body, context))
        self._elsewhere()

    def draw(self) -> None:
        self.rooms.refresh()
        self.files.refresh()
        self.me.draw()
        self.own_profile.draw()
        sharing = self.context.state.sharing
        keeps = self.context.state.keep_rooms
        for switch, value in ((self._typing, sharing.typing), (self._read, sharing.read), (self._keeps, keeps)):
            if switch.value != value:
                switch.set(value)

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
            self.to_top()
            for widget in (*below, control):
                self.reveal(widget)

        self.later(0, reveal)

    # --- sections ----------------------------------------------------------------------------------------------------
    def _sharing(self) -> None:
        sharing = self.context.state.sharing
        words = _("Show others that I am writing")
        self._typing = self.put(Switch(self.body, self.theme, words, sharing.typing, lambda on: self._share(typing=on)))
        words = _("Show others how far I have read")
        self._read = self.put(Switch(self.body, self.theme, words, sharing.read, lambda on: self._share(read=on)))
        self.paragraph(_("What you do not show, others do not show you either."), "mute")

    def _share(self, typing: bool | None = None, read: bool | None = None) -> None:
        now = self.context.state.sharing
        wanted = Sharing(now.typing if typing is None else typing, now.read if read is None else read)
        self.context.do(Share(wanted))

    def _keep_rooms(self) -> None:
        words = _("This computer may keep rooms open for others")
        on = self.context.state.keep_rooms
        self._keeps = self.put(
            Switch(self.body, self.theme, words, on, lambda on: self.context.do(SetKeepRooms(on)))
        )
        about = _(
            "When somebody leaves who has a room open, a computer that is still in it can keep it open. "
            "Yours does so only for rooms you are in, and only while lanchat runs."
        )
        self.paragraph(about, "mute")

    def _notifications(self) -> None:
        context, now = self.context, self.context.kept.now
        if why_not := context.program.no_notices():
            self.paragraph(why_not, "mute")
        options: list[tuple[Notify, str]] = [
            ("all", _("All messages")), ("mentions", _("Mentions")), ("none", _("Nothing"))
        ]  # fmt: skip
        self.put(SettingRow(self.body, self.theme, _("Notify me about"), lambda row: SegmentedControl[Notify](
            row, self.theme, options, now.notify, lambda what: context.kept.change(notify=what)
        )))  # fmt: skip
        sounds = Switch(self.body, self.theme, _("Sounds"), now.sounds, lambda on: context.kept.change(sounds=on))
        self.put(sounds)
        self.put(Switch(self.body, self.theme, _("Show what private messages say"), now.private_texts,
                        lambda on: context.kept.change(private_texts=on)))  # fmt: skip

    def _starting_and_closing(self) -> None:
        kept = self.context.kept
        self.paragraph(_("When I close the window while a room of mine is open:"))
        options: list[tuple[OnClose, str, str]] = [
            ("ask", _("Ask me"), _("While others are in it.")),
            ("background", _("Keep running"), _("The room stays open. Start lanchat again to see the window.")),
            ("quit", _("Quit"), _("Somebody who is in it keeps the room open if they can; else it closes.")),
        ]
        radios = RadioGroup[OnClose](
            self.body, self.theme, options, kept.now.on_close, lambda what: kept.change(on_close=what)
        )  # fmt: skip
        self.put(radios)
        words = _("Start lanchat when I log in")
        self._autostart = self.put(
            Switch(self.body, self.theme, words, desktop_integration.is_on(), self._start_with_it)
        )
        self._problem = self.put(ProblemBox(self.body, self.theme), above=0, below=0)

    def _elsewhere(self) -> None:
        buttons = self.buttons(above=32)
        Button(buttons, self.theme, _("About lanchat"), lambda: self.context.go(AboutLanchat()), "quiet", "info")
        Button(buttons, self.theme, _("Keyboard shortcuts"), lambda: self.context.go(AllKeys()), "quiet")
        Button(buttons, self.theme, _("Check my computer"), lambda: self.context.go(Checkup()), "quiet", "shield")

    # --- actions -----------------------------------------------------------------------------------------------------
    def _start_with_it(self, wanted: bool) -> None:
        mine = ("--data-dir", str(self.context.kept.folder))  # another instance may run with another folder
        self._problem.say(desktop_integration.turn_on(*mine) if wanted else desktop_integration.turn_off())
        self._autostart.set(desktop_integration.is_on())
