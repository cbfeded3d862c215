"""Profile of one member: who it is, how well that is verified, and what can be done. Tk thread."""

from __future__ import annotations

import enum
import tkinter as tk
from collections.abc import Callable, Sequence
from typing import assert_never

from lanchat.core.model import MemberKey, RoomId
from lanchat.core.translate import _
from lanchat.desktop.people.member_list import ProfileFacts, member_marks, profile_facts
from lanchat.desktop.theme.fonts import FontName
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.view_context import ViewContext
from lanchat.desktop.widgets.buttons import Button, ButtonKind, IconButton
from lanchat.desktop.widgets.labels import Label, Paragraph
from lanchat.desktop.widgets.surfaces import Ink, ScrollFrame
from lanchat.engine.commands import Ban, Introduce, Remove, Verify

_MARGIN = (16, 4)  # design pixels; at the right the scroll bar has its own place besides
_ACROSS = 2  # columns of key words and of numbers
_AVATAR, _TOP = 72, 48  # design pixels


class ProfileColumn:
    """Puts the parts of a profile one below the other."""

    def __init__(self, master: tk.Frame, theme: Theme) -> None:
        self.master = master
        self._theme = theme

    def put(self, widget: tk.Widget, above: float = 0) -> None:
        px = self._theme.px
        widget.pack(fill="x", padx=(px(_MARGIN[0]), px(_MARGIN[1])), pady=(px(above), 0))

    def heading(self, words: str) -> None:
        self.put(Label(self.master, self._theme, words, "small_bold", "mute", ground="side"), above=18)

    def say(self, words: str, font: FontName = "small", ink: Ink = "mute", above: float = 4) -> None:
        """Words that may contain names of others, and their emoji."""
        self.put(Paragraph(self.master, self._theme, words, font, ink, ground="side"), above)

    def say_centred(self, words: str) -> None:
        self.put(Paragraph(self.master, self._theme, words, "small", "mute", ground="side", centred=True))

    def table(self, parts: Sequence[str], font: FontName) -> None:
        """Short texts in columns, to be read out line by line."""
        theme = self._theme
        table = tk.Frame(self.master, bg=theme.palette.side)
        for index, part in enumerate(parts):
            cell = Label(table, theme, part, font, "strong", ground="side")
            cell.grid(row=index // _ACROSS, column=index % _ACROSS, sticky="w", pady=(0, theme.px(4)))
        table.columnconfigure(tuple(range(_ACROSS)), weight=1, uniform="part")
        self.put(table, above=6)

    def button(self, words: str, action: Callable[[], None], kind: ButtonKind = "quiet", above: float = 8) -> Button:
        button = Button(self.master, self._theme, words, action, kind, ground="side")
        self.put(button, above)
        return button


class ProfileStep(enum.Enum):
    """Which part of the profile is shown."""

    CARD = "card"
    COMPARE = "compare"  #: the numbers that both screens show
    DIFFER = "differ"  #: the numbers were not the same
    REMOVE = "remove"  #: asks for confirmation
    BAN = "ban"  #: asks for confirmation


class Profile(tk.Frame):
    def __init__(
        self, master: tk.Misc, context: ViewContext, room_id: RoomId, member: MemberKey, close: Callable[[], None]
    ) -> None:
        theme = context.theme
        super().__init__(master, bg=theme.palette.side)
        self.member = member
        self.step = ProfileStep.CARD
        self._context, self._room_id, self._close = context, room_id, close
        self._shown: tuple[ProfileStep, ProfileFacts] | None = None
        self._first: Button | None = None
        top = tk.Frame(self, bg=theme.palette.side, height=theme.px(_TOP))
        top.pack_propagate(False)
        top.pack(fill="x")
        self._back = IconButton(top, theme, "left", _("Back"), self.leave, ground="side")
        self._back.pack(side="left", padx=(theme.px(8), theme.px(4)))
        Label(top, theme, _("Profile"), "bold", "strong", ground="side").pack(side="left", fill="x", expand=True)
        self._scroller = ScrollFrame(self, theme, ground="side")
        self._scroller.pack(fill="both", expand=True)
        self._column = ProfileColumn(self._scroller.inside, theme)
        context.do(Introduce(member))
        self.refresh()

    def refresh(self) -> None:
        """Show what State knows now; rebuilds only what looks different."""
        room = self._context.state.rooms.get(self._room_id)
        if room is None:
            return
        state = self._context.state
        facts = profile_facts(state, room, self.member, member_marks(state, self._context.kept.now))
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
        """A step back: to the card, and from there to the list of people."""
        if self.step is ProfileStep.CARD:
            self._close()
        else:
            self._go(ProfileStep.CARD)

    # --- the steps ---------------------------------------------------------------------------------------------------
    def _build(self, facts: ProfileFacts) -> None:
        had_focus = self._has_focus()
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
                self._confirm(facts, ban=self.step is ProfileStep.BAN)
            case _:
                assert_never(self.step)
        tk.Frame(self._scroller.inside, bg=self._context.theme.palette.side, height=self._context.theme.px(16)).pack()
        for widget in (self._back, *self._scroller.inside.winfo_children()):
            widget.bind("<Escape>", self._escape)
        if had_focus:
            self.focus_first()

    def _card(self, facts: ProfileFacts) -> None:
        self._portrait(facts)
        column = self._column
        if facts.words:
            column.heading(_("Your key words") if facts.me else _("Key words"))
            column.table(facts.words, "body")
            if facts.me:
                column.say(_("Others see the same words in your profile. Read them out, and they know that it is you."))
            else:
                column.say(_("The same on every screen: {name} can read them out to you.").format(name=facts.name))
            column.heading(_("Badge"))
            column.say(facts.badge, "code", "text")
        if facts.me:
            return
        tk.Frame(column.master, bg=self._context.theme.palette.side, height=self._context.theme.px(10)).pack()
        if facts.verified:
            column.button(_("Undo verification"), lambda: self._context.do(Verify(self.member, False)))
        elif facts.numbers:
            self._first = column.button(_("Verify in person"), lambda: self._go(ProfileStep.COMPARE), "primary")
        column.button(_("Unmute") if facts.muted else _("Mute for me"), self._mute)
        if facts.removable:
            self._host_buttons(facts)

    def _portrait(self, facts: ProfileFacts) -> None:
        theme, column = self._context.theme, self._column
        image = theme.avatar(self.member, facts.name, _AVATAR)
        column.put(tk.Label(column.master, image=image, bg=theme.palette.side, bd=0), above=4)
        name = Label(column.master, theme, facts.name, "title", "strong", ground="side", anchor="center", tall=True)
        column.put(name, above=8)
        if facts.about:
            column.say_centred(facts.about)
        if facts.me:
            return
        column.say_centred(_("here now") if facts.here else _("not here now"))
        row = tk.Frame(column.master, bg=theme.palette.side)
        badge = tk.Frame(row, bg=theme.palette.side)
        badge.pack()
        colour = theme.palette.good if facts.verified else theme.palette.mute
        tk.Label(badge, image=theme.icon("shield", 14, colour), bg=theme.palette.side, bd=0).pack(side="left")
        words = _("Verified in person") if facts.verified else _("Not verified yet")
        Label(badge, theme, words, "small", "good" if facts.verified else "mute", ground="side").pack(
            side="left", padx=(theme.px(6), 0)
        )
        column.put(row, above=6)

    def _host_buttons(self, facts: ProfileFacts) -> None:
        column = self._column
        column.heading(_("As the host"))
        if facts.banned:
            column.say(_("{name} may not come in.").format(name=facts.name))
            column.button(_("Let in again"), lambda: self._context.do(Ban(self._room_id, self.member, False)))
            return
        if facts.here:
            column.button(_("Send away…"), lambda: self._go(ProfileStep.REMOVE))
        column.button(_("Ban…"), lambda: self._go(ProfileStep.BAN))

    def _compare(self, facts: ProfileFacts) -> None:
        column, name = self._column, facts.name
        column.say(_("Verify {name} in person").format(name=name), "bold", "strong")
        column.say(_("Meet, or call each other. Ask {name} to open your profile on their screen and to press "
                    "“Verify in person”.").format(name=name), ink="text", above=8)  # fmt: skip
        column.say(_("Are these the same numbers?"), "small_bold", "strong", above=12)
        column.table(facts.numbers, "number")
        self._first = column.button(_("They match"), self._match, "primary", above=10)
        column.button(_("They do not"), self._do_not_match)

    def _differ(self, facts: ProfileFacts) -> None:
        column, name = self._column, facts.name
        column.say(_("Not the same"), "bold", "alert_ink")
        column.say(_("Then this is not the {name} you are speaking with, or somebody stands between you. Say "
                    "nothing secret here.").format(name=name), ink="text", above=8)  # fmt: skip
        column.say(_("If you looked at another person's profile, just compare again."), above=8)
        self._first = column.button(_("Compare again"), lambda: self._go(ProfileStep.COMPARE), above=12)
        column.button(_("Done"), lambda: self._go(ProfileStep.CARD))

    def _confirm(self, facts: ProfileFacts, *, ban: bool) -> None:
        column, name = self._column, facts.name
        if ban:
            column.say(_("Ban {name}?").format(name=name), "bold", "strong")
            column.say(_("They are sent away, and cannot come back until you let them in again. What they wrote "
                        "stays."), ink="text", above=8)  # fmt: skip
        else:
            column.say(_("Send {name} away?").format(name=name), "bold", "strong")
            column.say(_("They leave the room now. They can come back."), ink="text", above=8)
        command = Ban(self._room_id, self.member) if ban else Remove(self._room_id, self.member)

        def do_it() -> None:
            self._context.do(command)
            self._go(ProfileStep.CARD)

        column.button(_("Ban") if ban else _("Send away"), do_it, "danger", above=12)
        self._first = column.button(_("Cancel"), lambda: self._go(ProfileStep.CARD))

    # --- actions -----------------------------------------------------------------------------------------------------
    def _match(self) -> None:
        self._context.do(Verify(self.member))
        self._go(ProfileStep.CARD)

    def _do_not_match(self) -> None:
        if self.member in self._context.state.verified:
            self._context.do(Verify(self.member, False))
        self._go(ProfileStep.DIFFER)

    def _mute(self) -> None:
        """Messages of muted members look different: all views are rebuilt, and then this profile is shown again."""
        kept, member = self._context.kept, self.member
        kept.change(muted=kept.now.muted ^ {member.hex()})
        self._context.rebuild()
        self._context.profile(member)

    def _escape(self, _event: tk.Event[tk.Misc]) -> str:
        self.leave()
        return "break"

    def _has_focus(self) -> bool:
        focused = self.focus_get()
        return focused is not None and str(focused).startswith(f"{self}.")
