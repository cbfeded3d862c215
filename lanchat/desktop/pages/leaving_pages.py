"""The pages that ask before a room is left that is open here: StoppingPage for one room, ClosingPage when the window is
closed. Where others are in it whose computers can keep it open, the person chooses which of them does. Tk thread.
"""

from __future__ import annotations

import tkinter as tk

from lanchat.core.model import MemberKey
from lanchat.core.translate import _, ngettext
from lanchat.desktop.model.phrases import list_names, others_here
from lanchat.desktop.model.room_keeping import NOBODY, parting
from lanchat.desktop.model.room_model import RoomModel
from lanchat.desktop.pages.keeper_choice import ANYONE, KeeperChoice, keeper_options, keepers_of_all
from lanchat.desktop.pages.page import PageView
from lanchat.desktop.view_context import Closing, InRoom, StopHosting, ViewContext
from lanchat.desktop.widgets.buttons import Button, ButtonRow
from lanchat.desktop.widgets.choices import Switch
from lanchat.desktop.widgets.labels import Paragraph
from lanchat.engine.commands import HandOver, Leave


class _LeavingPage(PageView):
    """A question, who is concerned, the choice if there is one, and what comes of it."""

    def __init__(self, master: tk.Misc, context: ViewContext) -> None:
        super().__init__(master, context)
        theme = self.theme
        self.question = self.heading("")
        self.who = self.paragraph("")
        self.choice = KeeperChoice(self.body, theme, self.draw)
        self._about = tk.Frame(self.body, bg=theme.palette.chat)
        icon = tk.Label(self._about, image=theme.icon("info", 16, theme.palette.mute), bg=theme.palette.chat, bd=0)
        icon.pack(side="left", anchor="n", padx=(0, theme.px(10)), pady=(theme.px(1), 0))
        self._words = Paragraph(self._about, theme, "", "small", "mute")
        self._words.pack(side="left", fill="x", expand=True)
        self.put(self._about, above=4, below=6)

    def offer(self, room: RoomModel | None, rooms: list[RoomModel], wanted: str = "") -> bool:
        """Offer the choice for one room, or for several. Whether somebody can keep one of them open."""
        options = keeper_options(room) if room is not None else keepers_of_all(rooms)
        self.choice.show(options, wanted)
        shown = bool(self.choice.winfo_manager())
        if options and not shown:
            self.choice.pack(fill="x", padx=self._bleed, pady=(self.theme.px(4), 0), before=self._about)
        elif not options:
            self.choice.pack_forget()
        return bool(options)

    def tell(self, words: str) -> None:
        """What comes of it."""
        self._words.text(words)

    def offer_only(self, *shown: Button) -> None:
        """Of the buttons of this row, offer only these. The keyboard does not stay on one that is gone."""
        row = shown[0].master
        assert isinstance(row, ButtonRow)
        gone = [one for one in row.children.values() if isinstance(one, Button) and one not in shown]
        lost = self.focus_lastfor() in (*gone, self.winfo_toplevel())  # of the window, which may have no focus now
        for button in (*gone, *shown):
            button.offer(button in shown)
        if lost:
            self.focus_first()

    def heir(self, room: RoomModel) -> MemberKey | None:
        """The member who was chosen."""
        return next((key for key in room.keeping.heirs if key.hex() == self.choice.value), None)


class StoppingPage(_LeavingPage):
    """One room that is open here is to be so no more: says who is in it."""

    def __init__(self, master: tk.Misc, context: ViewContext, place: StopHosting) -> None:
        super().__init__(master, context)
        self._room_id = place.room_id
        buttons = self.buttons()
        self._hand_over = Button(buttons, self.theme, _("Hand over"), self._go)
        self._stop = Button(buttons, self.theme, _("Stop hosting"), self._go, "danger")
        self._keep = Button(buttons, self.theme, _("Keep it open"), context.back, "quiet")
        self.draw()

    @property
    def _room(self) -> RoomModel:
        return self.context.state.room(self._room_id)

    def focus_first(self) -> None:
        if self.choice.value:
            self.choice.focus_set()
        else:
            (self._keep if others_here(self._room) else self._stop).focus_set()

    def draw(self) -> None:
        room, others = self._room, others_here(self._room)
        can = self.offer(room, [room])
        question = _("Who keeps {room} open?") if can else _("Stop hosting {room}?")
        self.question.text(question.format(room=room.shown))
        self.who.text(_who_is_here(others))
        hands = can and self.choice.value != NOBODY
        if hands:
            self.tell(handing_over(room, self.heir(room)))
        elif others and not can:
            self.tell(nobody_can(room))
        else:
            self.tell(closing_it(room))
        self.offer_only(self._hand_over if hands else self._stop, self._keep)

    def _go(self) -> None:
        room = self._room
        if not self.choice.value:
            self.context.do(Leave(self._room_id))
        elif self.choice.value == NOBODY:
            self.context.do(Leave(self._room_id, closed=True))
        else:
            self.context.do(HandOver(self._room_id, self.heir(room)))
        self.context.go(InRoom(self._room_id))


class ClosingPage(_LeavingPage):
    """The window is to close while others are in rooms that are open here: who keeps them open?"""

    def __init__(self, master: tk.Misc, context: ViewContext, place: Closing) -> None:
        super().__init__(master, context)
        self.always = self.put(Switch(self.body, self.theme, _("Do the same next time"), False, lambda _on: None))
        buttons = self.buttons()
        self._hand_over = Button(buttons, self.theme, _("Hand over and close"), self._quit)
        self._background = Button(buttons, self.theme, _("Keep running in the background"), self._go_on)
        self._calm = Button(buttons, self.theme, _("Keep running in the background"), self._go_on, "quiet")
        self._close = Button(buttons, self.theme, _("Quit"), self._quit, "danger")
        self._stay = Button(buttons, self.theme, _("Stay"), context.back, "quiet")
        self.draw()

    def focus_first(self) -> None:
        (self.choice if self.choice.value else self._background).focus_set()

    def draw(self) -> None:
        hosted = self.context.state.hosted_here()
        rooms = [room for room in hosted if others_here(room)] or hosted
        one = rooms[0] if len(rooms) == 1 else None
        wanted = self.context.kept.now.room(one.room_id).heir if one is not None else ""
        can = self.offer(one, rooms, wanted)
        others = {key: room.people.called(key) for room in rooms for key in room.people.here() if key != room.people.me}
        names = sorted(others.values(), key=str.casefold)
        here = _("Here now: {names}.").format(names=list_names(names)) if names else _("Nobody else is here now.")
        self.who.text(here)
        if not can:
            self.question.text(closes(hosted, len(others)))
            background = _(
                "In the background, rooms stay open and messages arrive. Start lanchat again to see the window."
            )
            self.tell(f"{nobody_can(one)} {background}" if one is not None and names else background)
        else:
            words = _("Who keeps {room} open?") if one is not None else _("Who keeps your rooms open?")
            self.question.text(words.format(room=one.shown if one is not None else ""))
            closed = self.choice.value == NOBODY
            self.tell(closing_it(one) if closed else handing_over(one, self.heir(one) if one is not None else None))
        hands = can and self.choice.value != NOBODY
        shown = (self._hand_over, self._calm) if hands else (self._background, self._close)
        self.offer_only(*shown, self._stay)

    def _go_on(self) -> None:
        if self.always.value:
            self.context.kept.change(on_close="background")
        self.context.back()  # so that the window shows the place before when it is opened again
        self.context.program.hide()

    def _quit(self) -> None:
        chosen = self.choice.value
        for room in self.context.state.hosted_here():
            if self.always.value and chosen:
                self.context.kept.change_room(room.room_id, heir="" if chosen == ANYONE else chosen)
            if (leave := parting(room.room_id, room.keeping.heirs, chosen)) is not None:
                self.context.do(leave)
        if self.always.value:
            self.context.kept.change(on_close="quit")
        self.context.program.quit()


def _who_is_here(others: list[str]) -> str:
    if not others:
        return _("Nobody else is here now.")
    who = ngettext("{n} other person is here: {names}.", "{n} other people are here: {names}.", len(others))
    return who.format(n=len(others), names=list_names(others))


def handing_over(room: RoomModel | None, heir: MemberKey | None) -> str:
    """What it means that somebody else keeps the room open. None: several rooms; whoever can."""
    words = _("It takes a moment, nobody has to do anything, and nothing is lost.")
    if room is not None and not room.hosted:
        return words
    if room is None or heir is None:
        return f"{words} " + _("What is yours stays yours: take it back when you return.")
    yours = _("The room stays yours: take it back when you return. {name} cannot ban anybody for good.")
    return f"{words} {yours.format(name=room.people.called(heir))}"


def closing_it(room: RoomModel | None) -> str:
    """What it means that the room closes."""
    if room is None or room.hosted:
        return _("Everybody keeps what was said so far. Nothing new can be said until you open it again.")
    return _("Everybody keeps what was said so far. Nothing new can be said until somebody opens it again.")


def nobody_can(room: RoomModel) -> str:
    """Why nobody is offered who could keep the room open while others are in it."""
    if room.hosted and room.keeping.keepers == "nobody":
        why = _("You have set that nobody else keeps {room} open.")
    else:
        why = _(
            "Nobody who is here can keep {room} open: they have only just come, or their computers do not answer or "
            "are set not to."
        )
    return f"{why.format(room=room.shown)} {closing_it(room)}"


def closes(rooms: list[RoomModel], others: int) -> str:
    """What quitting closes, and for how many people, in words. `others`: people in these rooms except me."""
    what = rooms[0].title if len(rooms) == 1 else ngettext("{n} room", "{n} rooms", len(rooms)).format(n=len(rooms))
    if not others:
        return _("Closing lanchat closes {what}").format(what=what)
    words = ngettext(
        "Closing lanchat closes {what} for {n} person", "Closing lanchat closes {what} for {n} people", others
    )
    return words.format(what=what, n=others)
