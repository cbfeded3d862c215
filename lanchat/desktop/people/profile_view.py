"""Profile of one member: who it is, how well that is verified, and what can be done. Tk thread."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from typing import TypeAlias

from msgspec import Struct

from lanchat.core.keeping import Role
from lanchat.core.model import Availability, MemberKey, RoomId
from lanchat.core.profile import BY_KEY, Avatar
from lanchat.core.translate import _
from lanchat.desktop.model import phrases
from lanchat.desktop.model.room_model import RoomModel
from lanchat.desktop.model.state import State
from lanchat.desktop.people.own_profile import OwnProfile
from lanchat.desktop.theme.fonts import FontName
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.view_context import InRoom, ViewContext
from lanchat.desktop.widgets.buttons import Button, ButtonKind, IconButton
from lanchat.desktop.widgets.choices import Switch
from lanchat.desktop.widgets.labels import Label, Paragraph
from lanchat.desktop.widgets.surfaces import Ink, ScrollFrame
from lanchat.desktop.widgets.tk_events import destroy_children, has_focus, on_key
from lanchat.engine.commands import Ban, Command, GiveRole, Introduce, Remove, Verify
from lanchat.storage.settings import Preferences

_MARGIN = (16, 4)  # design pixels; at the right the scroll bar has its own place besides
_ACROSS = 2  # columns of key words and of numbers
_AVATAR, _TOP = 72, 48  # design pixels


def role_text(state: State, preferences: Preferences, room: RoomModel, member: MemberKey) -> str:
    """In a few words: whether that is me, who founded the room and who keeps it open, and muted."""
    owns, keeps = member == room.founder, room.is_live and member == (state.me if room.is_kept_here else room.keeper)
    me = member == state.me
    parts = {
        _("you keep it open"): me and keeps and not owns,
        _("you"): me and (owns or not keeps),
        _("hosts this room"): owns and (keeps or not room.is_live),
        _("keeps the room open"): keeps and not (owns or me),
        _("founded this room"): owns and room.is_live and not keeps,
        _("co-owner"): room.role(member) == "coowner",
        _("may keep it open"): room.role(member) == "keeper",
        _("muted"): member.hex() in preferences.muted,
    }
    return ", ".join(words for words, is_so in parts.items() if is_so)


def about_member(state: State, preferences: Preferences, room: RoomModel, member: MemberKey, *, here: bool) -> str:
    """For one line: whether they are at their computer, what they say of themselves, and who they are in the room."""
    available = state.availability_of(room, member)
    away = phrases.availability(available) if here and available is not Availability.HERE else ""
    status = state.nicks.profile(member).status
    return " · ".join(filter(None, (away, status, role_text(state, preferences, room, member))))


class ProfileFacts(Struct, frozen=True):
    """What a profile shows; equal when it looks the same."""

    name: str
    about: str  #: who they are in the room
    status: str  #: what they say of themselves
    wish: Avatar  #: how they want to be drawn
    me: bool
    guest: bool  #: they are here with a browser
    here: Availability | None  #: None: not here
    verified: bool
    muted: bool
    banned: bool
    writable: bool  #: private messages can be sealed for them
    removable: bool  #: I keep the room open, and can send this member away
    bannable: bool  #: I can ban this member, or let them come again
    code: bool  #: a ban ends a code for phones
    role: Role | None  #: which I gave them; None: this is not mine to decide, or not now
    names: bool  #: the owner says who may keep the room open
    nameable: bool  #: I, a co-owner, can let this member keep it open
    words: tuple[str, ...]  #: key words; () while not known
    badge: str
    numbers: tuple[str, ...]  #: the same on both our screens


def profile_facts(state: State, preferences: Preferences, room: RoomModel, member: MemberKey) -> ProfileFacts:
    me, guest = member == state.me, state.nicks.is_guest(member)
    introduced = None if guest else state.introduced.get(member)  # a browser shows its person no words to compare
    role, rights = room.role(member), room.rights
    gives_roles = room.is_live and not guest and not rights.role_fault(member, "coowner")
    names_keepers = room.is_live and not guest and not rights.role_fault(member, "keeper")
    here = room.is_in and (me or room.people.is_here(member))
    return ProfileFacts(
        name=room.people.called(member),
        about=role_text(state, preferences, room, member),
        status="" if me else state.nicks.profile(member).status,  # mine is edited here
        wish=BY_KEY if me else state.nicks.profile(member).avatar,  # mine is edited here
        me=me,
        guest=guest,
        here=state.availability_of(room, member) if here else None,
        verified=member in state.verified,
        muted=member.hex() in preferences.muted,
        banned=member in room.standing.bans,
        writable=not (me or guest) and room.known and bool(state.nicks.profile(member).sealing_key),
        removable=room.is_kept_here and not me,
        bannable=(room.hosted or room.is_live) and not rights.ban_fault(member, on=member not in room.standing.bans),
        code=guest or room.invitation is not None,
        role=role if gives_roles else None,
        names=room.keeping.keepers == "named",
        nameable=names_keepers and not gives_roles and role == "member",
        words=introduced.words if introduced else (),
        badge=introduced.badge if introduced else "",
        numbers=introduced.numbers if introduced else (),
    )


def _here_words(here: Availability | None) -> str:
    match here:
        case None:
            return _("not here now")
        case Availability.HERE:
            return _("here now")
        case Availability.AWAY:
            return _("away: nobody has used their computer for 10 minutes")
        case Availability.BUSY:
            return _("busy")


class ProfileColumn(ScrollFrame):
    """Shows the parts of a profile one below the other."""

    def __init__(self, master: tk.Misc, theme: Theme) -> None:
        super().__init__(master, theme, ground="side")

    def put(self, widget: tk.Widget, above: float = 0) -> None:
        px = self._theme.px
        widget.pack(fill="x", padx=(px(_MARGIN[0]), px(_MARGIN[1])), pady=(px(above), 0))

    def gap(self, height: float) -> None:
        """Leave free so many design pixels."""
        tk.Frame(self.inside, bg=str(self["background"]), height=self._theme.px(height)).pack()

    def heading(self, words: str) -> None:
        self.put(Label(self.inside, self._theme, words, "small_bold", "mute", ground="side"), above=18)

    def say(self, words: str, font: FontName = "small", ink: Ink = "mute", above: float = 4) -> None:
        """Words that may contain names of others, and their emoji."""
        self.put(Paragraph(self.inside, self._theme, words, font, ink, ground="side"), above)

    def say_centred(self, words: str) -> None:
        self.put(Paragraph(self.inside, self._theme, words, "small", "mute", ground="side", centred=True))

    def table(self, parts: Sequence[str], font: FontName) -> None:
        """Short texts in columns, to be read out line by line."""
        theme = self._theme
        table = tk.Frame(self.inside, bg=theme.palette.side)
        for index, part in enumerate(parts):
            cell = Label(table, theme, part, font, "strong", ground="side")
            cell.grid(row=index // _ACROSS, column=index % _ACROSS, sticky="w", pady=(0, theme.px(4)))
        table.columnconfigure(tuple(range(_ACROSS)), weight=1, uniform="part")
        self.put(table, above=6)

    def button(self, words: str, action: Callable[[], None], kind: ButtonKind = "quiet", above: float = 8) -> Button:
        button = Button(self.inside, self._theme, words, action, kind, ground="side")
        self.put(button, above)
        return button


#: Builds the part of a profile that is shown.
ProfileStep: TypeAlias = Callable[[ProfileFacts], None]


class ProfileView(tk.Frame):
    def __init__(
        self, master: tk.Misc, context: ViewContext, room_id: RoomId, member: MemberKey, close: Callable[[], None],
        *, writes: bool = True,
    ) -> None:  # fmt: skip
        """`writes`: a private thread can be opened from here."""
        theme = context.theme
        super().__init__(master, bg=theme.palette.side)
        self.member = member
        self._step: ProfileStep = self._card
        self._context, self._room_id, self._close = context, room_id, close
        self._writes = writes
        self._shown: tuple[ProfileStep, ProfileFacts] | None = None
        self._first: Button | None = None
        self._own: OwnProfile | None = None  # in my own profile
        top = tk.Frame(self, bg=theme.palette.side, height=theme.px(_TOP))
        top.pack_propagate(False)
        top.pack(fill="x")
        self._back = IconButton(top, theme, "left", _("Back"), self.leave, ground="side")
        self._back.pack(side="left", padx=(theme.px(8), theme.px(4)))
        Label(top, theme, _("Profile"), "bold", "strong", ground="side").pack(side="left", fill="x", expand=True)
        self._column = ProfileColumn(self, theme)
        self._column.pack(fill="both", expand=True)
        context.do(Introduce(member))
        self.refresh()

    def refresh(self) -> None:
        """Show what State knows now; rebuilds only what looks different."""
        room = self._context.state.rooms.get(self._room_id)
        if room is None:
            return
        facts = profile_facts(self._context.state, self._context.kept.now, room, self.member)
        if (self._step, facts) != self._shown:
            self._shown = (self._step, facts)
            self._build(facts)
        elif self._own is not None:
            self._own.draw()
            self._avatar.configure(image=self._context.theme.avatar(self.member, facts.name, _AVATAR))

    def focus_first(self) -> None:
        (self._first or self._back).focus_set()

    def _go(self, step: ProfileStep) -> None:
        self._step = step
        self._column.to_top()
        self.refresh()

    @property
    def on_card(self) -> bool:
        """It is at its beginning."""
        return self._step == self._card

    def leave(self) -> None:
        """A step back: to the card, and from there to the list of people."""
        if self.on_card:
            self._close()
        else:
            self._go(self._card)

    # --- the steps ---------------------------------------------------------------------------------------------------
    def _build(self, facts: ProfileFacts) -> None:
        had_focus = has_focus(self)
        typing = self._own.typing if self._own is not None else None
        destroy_children(self._column.inside)
        self._first = self._own = None
        self._step(facts)
        self._column.gap(16)
        for widget in (self._back, *self._column.inside.winfo_children()):
            on_key(widget, "<Escape>", self.leave)
        if self._own is not None and typing is not None:
            self._own.go_on(typing)
        elif had_focus:
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
        column.gap(10)
        if facts.writable and self._writes:
            column.button(_("Write privately"), self._write_privately)
        if facts.verified:
            column.button(_("Undo verification"), lambda: self._context.do(Verify(self.member, False)))
        elif facts.numbers:
            self._first = column.button(_("Verify in person"), lambda: self._go(self._compare), "primary")
        column.button(_("Unmute") if facts.muted else _("Mute for me"), self._mute)
        if facts.removable or facts.bannable:
            self._host_buttons(facts)

    def _portrait(self, facts: ProfileFacts) -> None:
        theme, column = self._context.theme, self._column
        image = theme.avatar(self.member, facts.name, _AVATAR)
        self._avatar = tk.Label(column.inside, image=image, bg=theme.palette.side, bd=0)
        column.put(self._avatar, above=4)
        name = Label(column.inside, theme, facts.name, "title", "strong", ground="side", anchor="center", tall=True)
        column.put(name, above=8)
        if facts.status:
            column.say_centred(facts.status)
        if facts.about:
            column.say_centred(facts.about)
        if facts.me:
            self._own = OwnProfile(column.inside, self._context, "side")
            column.put(self._own, above=14)
            return
        if facts.guest:
            column.say_centred(_("guest, here with a browser") if facts.here else _("guest, not here now"))
            column.say(_("Guests come in with a code for phones. Who a guest really is cannot be verified, and they "
                         "get no private messages."), above=14)  # fmt: skip
            return
        column.say_centred(_here_words(facts.here))
        row = tk.Frame(column.inside, bg=theme.palette.side)
        badge = tk.Frame(row, bg=theme.palette.side)
        badge.pack()
        colour = theme.palette.good if facts.verified else theme.palette.mute
        tk.Label(badge, image=theme.icon("shield", 14, colour), bg=theme.palette.side, bd=0).pack(side="left")
        words = _("Verified in person") if facts.verified else _("Not verified yet")
        how_well = Label(badge, theme, words, "small", "good" if facts.verified else "mute", ground="side")
        how_well.pack(side="left", padx=(theme.px(6), 0))
        column.put(row, above=6)

    def _host_buttons(self, facts: ProfileFacts) -> None:
        column = self._column
        column.heading(_("As the host") if facts.bannable else _("As you keep the room open"))
        if facts.banned and facts.bannable:
            column.say(_("{name} may not come in.").format(name=facts.name))
            column.button(_("Let in again"), lambda: self._context.do(Ban(self._room_id, self.member, False)))
            return
        if facts.here and facts.removable:
            column.button(_("Send away…"), lambda: self._go(self._remove))
        if facts.role is not None:
            self._roles(facts, facts.role)
        if facts.nameable:
            named = GiveRole(self._room_id, self.member, "keeper")
            column.button(_("Let them keep the room open"), lambda: self._context.do(named))
        if facts.bannable:
            column.button(_("Ban…"), lambda: self._go(self._ban))

    def _roles(self, facts: ProfileFacts, role: Role) -> None:
        column, theme = self._column, self._context.theme

        def give(now: Role) -> Callable[[bool], None]:
            return lambda on: self._context.do(GiveRole(self._room_id, self.member, now if on else "member"))

        runs = Switch(
            column.inside, theme, _("Runs the room with you"), role == "coowner", give("coowner"), ground="side"
        )
        column.put(runs, above=6)
        if facts.names and role != "coowner":
            words = _("May keep the room open")
            column.put(Switch(column.inside, theme, words, role == "keeper", give("keeper"), ground="side"), above=6)

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
        self._first = column.button(_("Compare again"), lambda: self._go(self._compare), above=12)
        column.button(_("Done"), lambda: self._go(self._card))

    def _remove(self, facts: ProfileFacts) -> None:
        about = _("They leave the room now. They can come back.")
        if facts.guest:
            about = _("They leave the room now, and the code for phones ends: with a new one they can come back.")
        question = _("Send {name} away?").format(name=facts.name)
        self._confirm(question, about, _("Send away"), Remove(self._room_id, self.member))

    def _ban(self, facts: ProfileFacts) -> None:
        about = _("They are sent away, and cannot come back until you let them in again. What they wrote stays.")
        if facts.code:
            about += " " + _("The code for phones ends, too.")
        question = _("Ban {name}?").format(name=facts.name)
        self._confirm(question, about, _("Ban"), Ban(self._room_id, self.member))

    def _confirm(self, question: str, about: str, yes: str, command: Command) -> None:
        column = self._column
        column.say(question, "bold", "strong")
        column.say(about, ink="text", above=8)

        def do_it() -> None:
            self._context.do(command)
            self._go(self._card)

        column.button(yes, do_it, "danger", above=12)
        self._first = column.button(_("Cancel"), lambda: self._go(self._card))

    # --- actions -----------------------------------------------------------------------------------------------------
    def _write_privately(self) -> None:
        thread = self._context.state.open_thread(self._room_id, self.member)
        self._context.room_choices_changed()
        self._context.go(InRoom(thread.room_id))

    def _match(self) -> None:
        self._context.do(Verify(self.member))
        self._go(self._card)

    def _do_not_match(self) -> None:
        if self.member in self._context.state.verified:
            self._context.do(Verify(self.member, False))
        self._go(self._differ)

    def _mute(self) -> None:
        """Messages of muted members look different: all views are rebuilt, and then this profile is shown again."""
        kept, member = self._context.kept, self.member
        kept.change(muted=kept.now.muted ^ {member.hex()})
        self._context.rebuild()
        self._context.profile(member)
