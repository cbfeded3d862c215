"""SpellingSettings: whether spelling is checked, by which dictionary, and the person's own words. Tk thread."""

from __future__ import annotations

import tkinter as tk
from functools import partial

from lanchat.core.translate import _, ngettext
from lanchat.desktop.model.dictionary_languages import language_name
from lanchat.desktop.pages.page import SettingRow
from lanchat.desktop.platform.dictionaries import Installed
from lanchat.desktop.view_context import ViewContext
from lanchat.desktop.widgets.buttons import Button
from lanchat.desktop.widgets.choices import CONTROL_PAD, RadioGroup, Switch
from lanchat.desktop.widgets.labels import Label, Paragraph
from lanchat.desktop.widgets.tk_events import destroy_children

_OWN_SHOWN = 20  # own words, the newest; the others can be seen by removing these
_LINE = 4  # design pixels


class SpellingSettings(tk.Frame):
    def __init__(self, master: tk.Misc, context: ViewContext) -> None:
        theme = context.theme
        super().__init__(master, bg=theme.palette.chat)
        self._context = context
        self._installed = Installed()
        self._suiting = ""  # the language of the dictionary that the system's language suits
        self._side = theme.px(CONTROL_PAD)
        switch = Switch(self, theme, _("Check spelling"), context.kept.now.spelling, self._turn)
        switch.pack(fill="x")
        self._about = Paragraph(self, theme, "", ink="mute")
        row = SettingRow(self, theme, _("Dictionary"), self._make_chooser)
        row.pack(fill="x", padx=self._side, pady=theme.px(_LINE))
        self._row = row
        self._choices: RadioGroup[str] | None = None  # while the dictionaries are shown to choose from
        self._own = tk.Frame(self, bg=theme.palette.chat)
        self._own.pack(fill="x", padx=self._side)
        self._show_own()
        context.spelling.installed(self._found)

    def _make_chooser(self, row: tk.Misc) -> tk.Widget:
        self._chooser = Button(row, self._context.theme, "", self._toggle_choices, "quiet", "down")
        self._chooser.enable(False)
        return self._chooser

    def _found(self, installed: Installed, suiting: str) -> None:
        if not self.winfo_exists():
            return
        self._installed, self._suiting = installed, suiting
        self._chooser.enable(bool(installed.languages))
        self._show_language()

    def _show_language(self) -> None:
        """Show the language in use, and why there is none."""
        chosen = self._context.kept.now.spelling_language
        self._chooser.text(language_name(chosen) if chosen else self._system())
        problem = self._installed.problem
        if not problem and chosen and chosen not in self._installed.languages:
            problem = _("This dictionary is not installed here any more.")
        elif not problem and not chosen and not self._suiting:
            problem = _("No dictionary of your system's language is installed. Install one, or choose another.")
        self._about.text(problem)
        if problem:
            self._about.pack(fill="x", padx=self._side, pady=(0, self._context.theme.px(_LINE)), before=self._row)
        else:
            self._about.pack_forget()

    def _system(self) -> str:
        """What the choice "as the system" is called."""
        if not self._suiting:
            return _("System")
        return _("System: {language}").format(language=language_name(self._suiting))

    # --- actions -----------------------------------------------------------------------------------------------------
    def _turn(self, on: bool) -> None:
        self._context.kept.change(spelling=on)

    def _toggle_choices(self) -> None:
        if self._choices is not None:
            self._choices.destroy()
            self._choices = None
            return
        options = [("", self._system(), "")]
        options += [(language, language_name(language), "") for language in self._installed.languages]
        chosen = self._context.kept.now.spelling_language
        self._choices = RadioGroup[str](self, self._context.theme, options, chosen, self._choose)
        self._choices.pack(fill="x", after=self._row)
        self._choices.lift(self._row)  # Tab goes by the stacking order

    def _choose(self, language: str) -> None:
        self._context.kept.change(spelling_language=language)
        self._show_language()

    # --- own words ---------------------------------------------------------------------------------------------------
    def _show_own(self) -> None:
        theme, words = self._context.theme, self._context.kept.now.own_words
        destroy_children(self._own)
        if not words:
            return
        head = ngettext("{n} word of your own", "{n} words of your own", len(words)).format(n=len(words))
        Label(self._own, theme, head, "small_bold", "mute").pack(fill="x", pady=(theme.px(10), theme.px(_LINE)))
        for word in words[:_OWN_SHOWN]:
            line = tk.Frame(self._own, bg=theme.palette.chat)
            line.pack(fill="x", pady=theme.px(_LINE))
            Button(line, theme, _("Remove"), partial(self._remove, word), "quiet").pack(side="right")
            Label(line, theme, word, tall=True).pack(side="left", fill="x", expand=True)

    def _remove(self, word: str) -> None:
        self._context.spelling.remove(word)
        self._show_own()
