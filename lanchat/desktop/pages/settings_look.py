"""How the window looks: theme, text size, language. Each builds all views anew, this one too. Tk thread."""

from __future__ import annotations

import tkinter as tk

from lanchat.core.translate import _
from lanchat.desktop.pages.setting import Setting
from lanchat.desktop.view_context import ViewContext
from lanchat.desktop.widgets.button import Button
from lanchat.desktop.widgets.choice import Choice
from lanchat.desktop.widgets.label import Label
from lanchat.storage.languages import LANGUAGES, speak
from lanchat.storage.preferences import ZOOM_LEAST, ZOOM_MOST, Language, Theme

_STEP = 0.1
_BETWEEN = 10  # design pixels
_NUMBER = 6  # characters
_MINUS = "\N{MINUS SIGN}"


class LookSettings(tk.Frame):
    def __init__(self, master: tk.Misc, desk: ViewContext) -> None:
        super().__init__(master, bg=desk.theme.palette.chat)
        self._desk = desk
        self._controls = {
            "theme": self._themes(),
            **self._sizes(),
            "language": self._languages(),
        }

    def changed(self) -> tk.Widget | None:
        """What was used when all was built anew, as it is now; None: nothing was."""
        control = self._controls.get(self._desk.changed_setting)
        self._desk.changed_setting = ""
        return control

    def _themes(self) -> Choice[Theme]:
        setting = self._setting(_("Theme"))
        options: list[tuple[Theme, str]] = [("system", _("System")), ("light", _("Light")), ("dark", _("Dark"))]
        choice = Choice[Theme](setting, self._desk.theme, options, self._desk.kept.now.theme, self._theme)
        setting.show(choice)
        return choice

    def _sizes(self) -> dict[str, tk.Widget]:
        desk, theme = self._desk, self._desk.theme
        setting = self._setting(_("Text size"))
        row = tk.Frame(setting, bg=theme.palette.chat)
        zoom = desk.kept.now.zoom
        usual = Button(row, theme, _("Normal size"), lambda: self._size("usual", 0), "link")
        smaller = Button(row, theme, _MINUS, lambda: self._size("smaller", -_STEP), "quiet")
        number = Label(row, theme, _("{n}%").format(n=round(zoom * 100)), "room")
        number.configure(anchor="center", width=_NUMBER)
        larger = Button(row, theme, "+", lambda: self._size("larger", _STEP), "quiet")
        if zoom != 1.0:
            usual.pack(side="left", padx=(0, theme.px(14)))
        for part in (smaller, number, larger):
            part.pack(side="left")
        smaller.enable(zoom > ZOOM_LEAST)
        larger.enable(zoom < ZOOM_MOST)
        setting.show(row)
        return {"smaller": smaller, "larger": larger, "usual": usual if zoom != 1.0 else larger}

    def _languages(self) -> Choice[Language]:
        setting = self._setting(_("Language"))
        options: list[tuple[Language, str]] = [("", _("System")), ("en", LANGUAGES["en"]), ("id", LANGUAGES["id"])]
        choice = Choice[Language](setting, self._desk.theme, options, self._desk.kept.now.language, self._language)
        setting.show(choice)
        return choice

    def _setting(self, words: str) -> Setting:
        setting = Setting(self, self._desk.theme, words)
        setting.pack(fill="x", pady=(0, self._desk.theme.px(_BETWEEN)))
        return setting

    # --- deeds -------------------------------------------------------------------------------------------------------
    def _theme(self, theme: Theme) -> None:
        self._desk.changed_setting = "theme"
        self._desk.kept.change(theme=theme)
        self._desk.rebuild()

    def _size(self, name: str, by: float) -> None:
        self._desk.changed_setting = name
        self._desk.zoom(by)

    def _language(self, language: Language) -> None:
        self._desk.changed_setting = "language"
        self._desk.kept.change(language=language)
        speak(language)
        self._desk.rebuild()
