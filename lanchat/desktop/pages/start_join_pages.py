"""The pages that lead to a room that is not in the list: StartRoomPage opens one here, JoinByPage joins one elsewhere.

`own_title` and `firewall_hint` are also used by the welcome page, which opens a room without further questions.
"""

from __future__ import annotations

import sys
import tkinter as tk

from lanchat.core.address import NotAnAddress, parse_where
from lanchat.core.limits import TITLE_CHARACTERS
from lanchat.core.text import as_sentence, clean_line
from lanchat.core.translate import _
from lanchat.desktop.pages.page import PageView, ProblemBox
from lanchat.desktop.view_context import Checkup, InRoom, JoinBy, StartRoom, ViewContext
from lanchat.desktop.widgets.buttons import Button
from lanchat.desktop.widgets.choices import Switch
from lanchat.desktop.widgets.labels import Label, Paragraph
from lanchat.desktop.widgets.text_field import TextField
from lanchat.desktop.widgets.tk_events import destroy_children
from lanchat.engine import events
from lanchat.engine.commands import Join, OpenRoom
from lanchat.engine.events import ConnectionChanged, ConnectionState, Event
from lanchat.storage.settings import Preferences

_ADDRESS_CHARACTERS = 1_000  # a link names up to eight addresses
_OWN_PASSPHRASE_CHARACTERS = 100
_IN_ROOM = (ConnectionState.CONNECTED, ConnectionState.HOSTING, ConnectionState.RECONNECTING)


def own_title(nick: str) -> str:
    """The title of a room of mine unless I choose another one."""
    return clean_line(_("{me}'s room").format(me=nick), TITLE_CHARACTERS)


def firewall_hint(system: str, preferences: Preferences) -> str:
    """What Windows will ask when a room is first opened; "" where it does not. `system`: as `sys.platform`."""
    if system != "win32" or preferences.windows_hint_seen:
        return ""
    return _("Windows will ask to allow lanchat. Choose Private networks so people here can reach you.")


class StartRoomPage(PageView):
    """Asks for the title of the room, and whether it has a passphrase."""

    def __init__(self, master: tk.Misc, context: ViewContext, place: StartRoom) -> None:
        super().__init__(master, context)
        theme = self.theme
        self.asked = place.asked  #: the room is about to open
        self.sign("house")
        self.heading(_("Start a room"))
        about = _("It is open while lanchat runs here. People on this network see it by themselves.")
        self.paragraph(about, "mute")
        self.first = self.title = self.put(TextField(
            self.body, theme, own_title(context.state.nick), _("What is the room called?"), most=TITLE_CHARACTERS,
            on_enter=lambda _text: self._open(), on_change=lambda _text: self._problem.say(""),
        ), below=10)  # fmt: skip
        self._protected = False
        self.switch = self.put(Switch(self.body, theme, _("Only with a passphrase"), False, self._protect))
        self._phrase = self.put(tk.Frame(self.body, bg=theme.palette.chat), above=0, below=0)
        self.own: TextField | None = None  #: the field for a passphrase of my own, while it is shown
        self._problem = self.put(ProblemBox(self.body, theme), above=10, below=0)
        if hint := firewall_hint(sys.platform, context.kept.now):
            self.paragraph(hint, "mute")
        buttons = self.buttons(above=6)
        self._go = Button(buttons, theme, _("Open the room"), self._open)
        Button(buttons, theme, _("Cancel"), context.back, "quiet")

    def heard(self, event: Event) -> None:
        if isinstance(event, events.NotHosting) and self.asked:
            self.asked = False
            self._problem.say(as_sentence(event.problem))
            self._wait(False)
            self.title.focus_set()

    def _protect(self, protected: bool) -> None:
        self._protected = protected
        destroy_children(self._phrase)
        self.own = None
        if not protected:
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
        if self.asked:
            return
        own = self.own.value().strip() if self.own is not None else ""
        self.asked = True
        self._problem.say("")
        self._wait(True)
        self.context.do(OpenRoom(self.title.value(), own or None, make_passphrase=self._protected and not own))

    def _wait(self, waiting: bool) -> None:
        self._go.text(_("Opening…") if waiting else _("Open the room"))
        self._go.enable(not waiting)


class JoinByPage(PageView):
    """Asks for the code or link of the room, or the address of its host."""

    def __init__(self, master: tk.Misc, context: ViewContext, place: JoinBy) -> None:
        super().__init__(master, context)
        theme = self.theme
        self._asked = place.where or None  # the address of the last Join sent from this page
        self.sign("key")
        self.heading(_("Join by code, link or address"))
        self.paragraph(_("Whoever hosts a room finds all three under “Invite people”."), "mute")
        self.first = self.where = self.put(TextField(
            self.body, theme, place.where, _("Code, link or address"), most=_ADDRESS_CHARACTERS,
            on_enter=lambda _text: self._join(), on_change=lambda _text: self._problem.say(""), icon="key",
        ))  # fmt: skip
        self._problem = self.put(ProblemBox(self.body, theme), above=8, below=0)
        buttons = self.buttons(above=4)
        self._go = Button(buttons, theme, _("Join"), self._join)
        Button(buttons, theme, _("Cancel"), context.back, "quiet")
        Button(buttons, theme, _("Check my computer"), lambda: context.go(Checkup()), "quiet", "shield")
        self._examples()
        self.draw()
        self._problem.say(place.problem)
        if (not_found := context.state.not_found) is not None and not_found.where == place.where:
            self._problem.say(as_sentence(not_found.problem))

    def heard(self, event: Event) -> None:
        match event:
            case ConnectionChanged(room_id, state=state, where=where) if where == self._asked and state in _IN_ROOM:
                self.context.go(InRoom(room_id))
            case events.PassphraseNeeded(where, room_id) | events.KeyChanged(where, room_id) if where == self._asked:
                self.context.go(InRoom(room_id))
            case events.NotFound(where, problem) if where == self._asked:
                self._say_why_not(problem)
            case ConnectionChanged(state=ConnectionState.STOPPED, problem=problem, where=where) if where == self._asked:
                self._say_why_not(problem)
            case _:
                pass

    def _join(self) -> None:
        where = self.where.value().strip()
        if not where or where in self.context.state.joining:
            return
        try:
            parse_where(where)
        except NotAnAddress as problem:
            self._problem.say(str(problem))
            return
        self._asked = where
        self._problem.say("")
        self.context.do(Join(where))
        self.draw()

    def _say_why_not(self, problem: str) -> None:
        self._problem.say(as_sentence(problem) or _("The host has closed the connection."))
        self.draw()
        self.where.focus_set()

    def draw(self) -> None:
        """Show how far the Join is."""
        waiting = self._asked is not None and self._asked in self.context.state.joining
        self._go.text(_("Connecting…") if waiting else _("Join"))
        self._go.enable(not waiting)

    def _examples(self) -> None:
        theme, px = self.theme, self.theme.px
        grid = self.put(tk.Frame(self.body, bg=theme.palette.chat), above=28)
        examples = (
            (_("Code"), "K7F3Q-2MXA9-DTB"),
            (_("Address"), "192.168.1.42"),
            (_("Link"), "lanchat://192.168.1.42:29747/…"),
        )
        for row, (name, example) in enumerate(examples):
            Label(grid, theme, name, "small_bold", "mute").grid(row=row, column=0, sticky="w", pady=px(3))
            Label(grid, theme, example, "code", "mute").grid(row=row, column=1, sticky="w", padx=px(16))
