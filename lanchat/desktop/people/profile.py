"""Facts: what a profile tells of a member. Pure.

Sheet: the parts of a profile, put one below the other in the narrow pane. Tk thread.

Profile: one member: who it is, how sure I am of that, and what can be done. Tk thread.
"""

from __future__ import annotations

import enum
import tkinter as tk
from collections.abc import Callable, Sequence
from typing import assert_never

from lanchat.core.model import MemberKey, RoomId
from lanchat.core.translate import _
from lanchat.desktop.people.member_list import Facts, facts_of, marks
from lanchat.desktop.theme.fonts import FontName
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.view_context import ViewContext
from lanchat.desktop.widgets.buttons import Button, ButtonKind, IconButton
from lanchat.desktop.widgets.labels import Label, Paragraph
from lanchat.desktop.widgets.scrolling import ScrollFrame
from lanchat.desktop.widgets.surfaces import Ink
from lanchat.engine.commands import Ban, Introduce, Remove, Verify

_MARGIN = (16, 4)  # design pixels; at the right there is also the place of the scrollbar
_ACROSS = 2  # groups of numbers, or words, in a line


class ProfileColumn:
    def __init__(self, master: tk.Frame, theme: Theme) -> None:
        self.master = master
        self._theme = theme

    def put(self, widget: tk.Widget, above: float = 0) -> None:
        px = self._theme.px
        widget.pack(fill="x", padx=(px(_MARGIN[0]), px(_MARGIN[1])), pady=(px(above), 0))

    def heading(self, words: str) -> None:
        self.put(Label(self.master, self._theme, words, "small_bold", "mute", ground="side"), above=18)

    def say(self, words: str, font: FontName = "small", ink: Ink = "mute", above: float = 4) -> None:
        """With names of others in it."""
        self.put(Paragraph(self.master, self._theme, words, font, ink, ground="side"), above)

    def say_in_the_middle(self, words: str) -> None:
        self.put(Paragraph(self.master, self._theme, words, "small", "mute", ground="side", centred=True))

    def table(self, parts: Sequence[str], font: FontName) -> None:
        """Side by side, to be read out one after the other."""
        theme = self._theme
        table = tk.Frame(self.master, bg=theme.palette.side)
        for index, part in enumerate(parts):
            cell = Label(table, theme, part, font, "strong", ground="side")
            cell.grid(row=index // _ACROSS, column=index % _ACROSS, sticky="w", pady=(0, theme.px(4)))
        table.columnconfigure(tuple(range(_ACROSS)), weight=1, uniform="part")
        self.put(table, above=6)

    def button(self, words: str, deed: Callable[[], None], kind: ButtonKind = "quiet", above: float = 8) -> Button:
        button = Button(self.master, self._theme, words, deed, kind, ground="side")
        self.put(button, above)
        return button


_AVATAR, _TOP = 72, 48  # design pixels


class ProfileStep(enum.Enum):
    """What of the profile is shown."""

    CARD = "card"
    COMPARE = "compare"  #: the numbers for both screens
    DIFFER = "differ"  #: they were not the same
    REMOVE = "remove"  #: are you sure?
    BAN = "ban"  #: are you sure?


class Profile(tk.Frame):
    def __init__(
        self, master: tk.Misc, desk: ViewContext, room_id: RoomId, member: MemberKey, close: Callable[[], None]
    ) -> None:
        theme = desk.theme
        super().__init__(master, bg=theme.palette.side)
        self.member = member
        self.step = ProfileStep.CARD
        self._desk, self._room_id, self._close = desk, room_id, close
        self._shown: tuple[ProfileStep, Facts] | None = None
        self._first: Button | None = None
        top = tk.Frame(self, bg=theme.palette.side, height=theme.px(_TOP))
        top.pack_propagate(False)
        top.pack(fill="x")
        self._back = IconButton(top, theme, "left", _("Back"), self.leave, ground="side")
        self._back.pack(side="left", padx=(theme.px(8), theme.px(4)))
        Label(top, theme, _("Profile"), "bold", "strong", ground="side").pack(side="left", fill="x", expand=True)
        self._scroller = ScrollFrame(self, theme, ground="side")
        self._scroller.pack(fill="both", expand=True)
        self._sheet = ProfileColumn(self._scroller.inside, theme)
        desk.do(Introduce(member))
        self.refresh()

    def refresh(self) -> None:
        """Show what State knows now; nothing is touched when that is the same."""
        room = self._desk.state.rooms.get(self._room_id)
        if room is None:
            return
        state = self._desk.state
        facts = facts_of(state, room, self.member, marks(state, self._desk.kept.now))
        if (self.step, facts) != self._shown:
            self._shown = (self.step, facts)
            self._build(facts)

    def focus_first(self) -> None:
        (self._first or self._back).focus_set()

    def _go(self, step: ProfileStep) -> None:
        self.step = step
        self._scroller.to_top()
        self.refresh()

    def leave(self) -> None:
        """A step back: to the profile, and from there to the people."""
        if self.step is ProfileStep.CARD:
            self._close()
        else:
            self._go(ProfileStep.CARD)

    # --- the steps ---------------------------------------------------------------------------------------------------
    def _build(self, facts: Facts) -> None:
        had_keyboard = self._holds_keyboard()
        for widget in self._scroller.inside.winfo_children():
            widget.destroy()
        self._first = None
        match self.step:
            case ProfileStep.CARD:
                self._card(facts)
            case ProfileStep.COMPARE:
                self._compare(facts)
            case ProfileStep.DIFFER:
                self._differ(facts)
            case ProfileStep.REMOVE | ProfileStep.BAN:
                self._sure(facts, ban=self.step is ProfileStep.BAN)
            case _:
                assert_never(self.step)
        tk.Frame(self._scroller.inside, bg=self._desk.theme.palette.side, height=self._desk.theme.px(16)).pack()
        for widget in (self._back, *self._scroller.inside.winfo_children()):
            widget.bind("<Escape>", self._escaped)
        if had_keyboard:
            self.focus_first()

    def _card(self, facts: Facts) -> None:
        self._face(facts)
        sheet = self._sheet
        if facts.words:
            sheet.heading(_("Your key words") if facts.me else _("Key words"))
            sheet.table(facts.words, "body")
            if facts.me:
                sheet.say(_("Others see the same words in your profile. Read them out, and they know that it is you."))
            else:
                sheet.say(_("The same on every screen: {name} can read them out to you.").format(name=facts.name))
            sheet.heading(_("Badge"))
            sheet.say(facts.badge, "code", "text")
        if facts.me:
            return
        tk.Frame(sheet.master, bg=self._desk.theme.palette.side, height=self._desk.theme.px(10)).pack()
        if facts.verified:
            sheet.button(_("Undo verification"), lambda: self._desk.do(Verify(self.member, False)))
        elif facts.numbers:
            self._first = sheet.button(_("Verify in person"), lambda: self._go(ProfileStep.COMPARE), "primary")
        sheet.button(_("Unmute") if facts.muted else _("Mute for me"), self._mute)
        if facts.host_deeds:
            self._host_deeds(facts)

    def _face(self, facts: Facts) -> None:
        theme, sheet = self._desk.theme, self._sheet
        image = theme.avatar(self.member, facts.name, _AVATAR)
        sheet.put(tk.Label(sheet.master, image=image, bg=theme.palette.side, bd=0), above=4)
        sheet.put(
            Label(sheet.master, theme, facts.name, "title", "strong", ground="side", anchor="center", tall=True),
            above=8,
        )
        if facts.about:
            sheet.say_in_the_middle(facts.about)
        if facts.me:
            return
        sheet.say_in_the_middle(_("here now") if facts.here else _("not here now"))
        row = tk.Frame(sheet.master, bg=theme.palette.side)
        sure = tk.Frame(row, bg=theme.palette.side)
        sure.pack()
        colour = theme.palette.good if facts.verified else theme.palette.mute
        tk.Label(sure, image=theme.icon("shield", 14, colour), bg=theme.palette.side, bd=0).pack(side="left")
        words = _("Verified in person") if facts.verified else _("Not verified yet")
        Label(sure, theme, words, "small", "good" if facts.verified else "mute", ground="side").pack(
            side="left", padx=(theme.px(6), 0)
        )
        sheet.put(row, above=6)

    def _host_deeds(self, facts: Facts) -> None:
        sheet = self._sheet
        sheet.heading(_("As the host"))
        if facts.banned:
            sheet.say(_("{name} may not come in.").format(name=facts.name))
            sheet.button(_("Let in again"), lambda: self._desk.do(Ban(self._room_id, self.member, False)))
            return
        if facts.here:
            sheet.button(_("Send away…"), lambda: self._go(ProfileStep.REMOVE))
        sheet.button(_("Ban…"), lambda: self._go(ProfileStep.BAN))

    def _compare(self, facts: Facts) -> None:
        sheet, name = self._sheet, facts.name
        sheet.say(_("Verify {name} in person").format(name=name), "bold", "strong")
        sheet.say(_("Meet, or call each other. Ask {name} to open your profile on their screen and to press "
                    "“Verify in person”.").format(name=name), ink="text", above=8)  # fmt: skip
        sheet.say(_("Are these the same numbers?"), "small_bold", "strong", above=12)
        sheet.table(facts.numbers, "number")
        self._first = sheet.button(_("They match"), self._match, "primary", above=10)
        sheet.button(_("They do not"), self._do_not_match)

    def _differ(self, facts: Facts) -> None:
        sheet, name = self._sheet, facts.name
        sheet.say(_("Not the same"), "bold", "alert_ink")
        sheet.say(_("Then this is not the {name} you are speaking with, or somebody stands between you. Say "
                    "nothing secret here.").format(name=name), ink="text", above=8)  # fmt: skip
        sheet.say(_("If you looked at another person's profile, just compare again."), above=8)
        self._first = sheet.button(_("Compare again"), lambda: self._go(ProfileStep.COMPARE), above=12)
        sheet.button(_("Done"), lambda: self._go(ProfileStep.CARD))

    def _sure(self, facts: Facts, *, ban: bool) -> None:
        sheet, name = self._sheet, facts.name
        if ban:
            sheet.say(_("Ban {name}?").format(name=name), "bold", "strong")
            sheet.say(_("They are sent away, and cannot come back until you let them in again. What they wrote "
                        "stays."), ink="text", above=8)  # fmt: skip
        else:
            sheet.say(_("Send {name} away?").format(name=name), "bold", "strong")
            sheet.say(_("They leave the room now. They can come back."), ink="text", above=8)
        command = Ban(self._room_id, self.member) if ban else Remove(self._room_id, self.member)

        def do_it() -> None:
            self._desk.do(command)
            self._go(ProfileStep.CARD)

        sheet.button(_("Ban") if ban else _("Send away"), do_it, "danger", above=12)
        self._first = sheet.button(_("Cancel"), lambda: self._go(ProfileStep.CARD))

    # --- deeds -------------------------------------------------------------------------------------------------------
    def _match(self) -> None:
        self._desk.do(Verify(self.member))
        self._go(ProfileStep.CARD)

    def _do_not_match(self) -> None:
        if self.member in self._desk.state.verified:
            self._desk.do(Verify(self.member, False))
        self._go(ProfileStep.DIFFER)

    def _mute(self) -> None:
        """Their messages are shown in another way: everything is drawn anew, and then this profile again."""
        kept, member = self._desk.kept, self.member
        kept.change(muted=kept.now.muted ^ {member.hex()})
        self._desk.rebuild()
        self._desk.profile(member)

    def _escaped(self, _event: tk.Event[tk.Misc]) -> str:
        self.leave()
        return "break"

    def _holds_keyboard(self) -> bool:
        focused = self.focus_get()
        return focused is not None and str(focused).startswith(f"{self}.")
