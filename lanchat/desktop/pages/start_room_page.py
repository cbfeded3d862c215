"""StartRoomPage: open a room on this computer: its title, and whether it asks for a passphrase.

`own_title` and `firewall_hint` are also used by the welcome page, which opens a room without further questions.
"""

from __future__ import annotations

import sys
import tkinter as tk

from lanchat.core.limits import TITLE_CHARACTERS
from lanchat.core.text import as_sentence, clean_line
from lanchat.core.translate import _
from lanchat.desktop.pages.page import PageView, ProblemBox
from lanchat.desktop.view_context import StartRoom, ViewContext
from lanchat.desktop.widgets.buttons import Button
from lanchat.desktop.widgets.choices import Switch
from lanchat.desktop.widgets.labels import Paragraph
from lanchat.desktop.widgets.text_field import TextField
from lanchat.engine.commands import OpenRoom
from lanchat.engine.events import Event, Hosting, NotHosting
from lanchat.storage.settings import Preferences


def own_title(nick: str) -> str:
    """The title of a room of mine unless I choose another one."""
    return clean_line(_("{me}'s room").format(me=nick), TITLE_CHARACTERS)


def firewall_hint(system: str, preferences: Preferences) -> str:
    """What Windows will ask when a room is first opened; "" where it does not. `system`: as `sys.platform`."""
    if system != "win32" or preferences.windows_hint_seen:
        return ""
    return _("Windows will ask to allow lanchat. Choose Private networks so people here can reach you.")


_OWN_PASSPHRASE_CHARACTERS = 100


class StartRoomPage(PageView):
    def __init__(self, master: tk.Misc, context: ViewContext, place: StartRoom) -> None:
        super().__init__(master, context)
        theme = self.theme
        self._asked = False
        self.sign("house")
        self.column.heading(_("Start a room"))
        about = _("It is open while lanchat runs here. People on this network see it by themselves.")
        self.column.paragraph(about, "mute")
        self.title = self.column.put(TextField(
            self.body, theme, own_title(context.state.nick), _("What is the room called?"), most=TITLE_CHARACTERS,
            on_enter=lambda _text: self._open(), on_change=lambda _text: self._problem.say(""),
        ), below=10)  # fmt: skip
        self._protected = False
        self.switch = self.column.put(Switch(self.body, theme, _("Only with a passphrase"), False, self._protect))
        self._phrase = self.column.put(tk.Frame(self.body, bg=theme.palette.chat), above=0, below=0)
        self.own: TextField | None = None  #: the field for a passphrase of my own, while it is shown
        self._problem = self.column.put(ProblemBox(self.body, theme), above=10, below=0)
        if hint := firewall_hint(sys.platform, context.kept.now):
            self.column.paragraph(hint, "mute")
        self._buttons = self.buttons(above=6)
        self._go = Button(self._buttons, theme, _("Open the room"), self._open)
        Button(self._buttons, theme, _("Cancel"), context.back, "quiet")
        self._buttons.lay()

    def heard(self, event: Event) -> None:
        match event:
            case Hosting():
                self.context.kept.change(windows_hint_seen=True)
            case NotHosting(problem=problem) if self._asked:
                self._asked = False
                self._problem.say(as_sentence(problem))
                self._wait(False)
                self.title.focus_set()
            case _:
                pass

    def focus_first(self) -> None:
        self.title.focus_set()
        self.title.select_all()

    def _protect(self, protected: bool) -> None:
        self._protected = protected
        for child in self._phrase.winfo_children():
            child.destroy()
        self.own = None
        if not protected:
            self._phrase.configure(height=1)  # a frame keeps the height of what was in it last
            return
        theme = self.theme
        self.own = TextField(
            self._phrase, theme, "", _("Four words, made up for you"), most=_OWN_PASSPHRASE_CHARACTERS,
            on_enter=lambda _text: self._open(), on_change=lambda _text: self._problem.say(""), icon="key",
        )  # fmt: skip
        self.own.pack(fill="x", pady=(theme.px(4), theme.px(6)))
        about = _("Leave this empty, and lanchat makes up four words, easy to say aloud. You will see them next.")
        Paragraph(self._phrase, theme, about, "small", "mute").pack(fill="x")

    def _open(self) -> None:
        if self._asked:
            return
        own = self.own.value().strip() if self.own is not None else ""
        self._asked = True
        self._problem.say("")
        self._wait(True)
        self.context.do(OpenRoom(self.title.value(), own or None, make_passphrase=self._protected and not own))

    def _wait(self, waiting: bool) -> None:
        self._go.text(_("Opening…") if waiting else _("Open the room"))
        self._go.enable(not waiting)
        self._buttons.lay()
