"""Beside the QR code for phones: who came in with a code, each to be sent away; and what may keep phones out.

Tk thread.
"""

from __future__ import annotations

import datetime
import tkinter as tk
from collections.abc import Callable, Sequence
from functools import partial

from lanchat.core import dates
from lanchat.core.listing import Finding, Health
from lanchat.core.model import Availability, MemberKey, RoomId
from lanchat.core.translate import _
from lanchat.desktop.view_context import Checkup, ViewContext
from lanchat.desktop.widgets.buttons import Button, ButtonRow, Confirmation
from lanchat.desktop.widgets.labels import Label, Paragraph
from lanchat.desktop.widgets.surfaces import Box, Ground
from lanchat.desktop.widgets.text_editing import copy_text
from lanchat.desktop.widgets.tk_events import destroy_children, has_focus
from lanchat.engine.commands import CheckGuestAccess, Remove
from lanchat.engine.events import GuestArrival

_HIGH, _AVATAR, _WORDS_LEFT, _SECOND_LINE = 48, 32, 44, 8  # design pixels, as those below
_ICON, _ICON_GAP = 18, 10


class GuestList(tk.Frame):
    """Who came in with this code, and who is here with an earlier one."""

    def __init__(
        self, master: tk.Misc, context: ViewContext, room_id: RoomId, lost_focus: Callable[[], None]
    ) -> None:
        """`lost_focus` is called when the row with the keyboard focus has gone."""
        super().__init__(master, bg=context.theme.palette.chat)
        self._context = context
        self._room_id = room_id
        self._lost_focus = lost_focus
        self._asking: MemberKey | None = None  # whether to send this guest away
        self._shown: tuple[tuple[tuple[GuestArrival, str], ...], bool] | None = None

    def show(self, guests: Sequence[GuestArrival], invited: bool) -> None:
        """`invited`: there is a code that lets newcomers in."""
        called = self._context.state.room(self._room_id).people.called
        shown = tuple((guest, called(guest.member)) for guest in guests)
        if (shown, invited) != self._shown:
            self._shown = shown, invited
            self._build(shown, invited)

    def _build(self, shown: tuple[tuple[GuestArrival, str], ...], invited: bool) -> None:
        had_focus = has_focus(self)
        destroy_children(self)
        newest = [one for one in shown if one[0].newest]
        earlier = [one for one in shown if not one[0].newest]
        theme = self._context.theme
        if invited:
            self._part(_("Came in with this code"), newest)
        if invited and not newest:
            words = _("Nobody yet. Whoever comes in is listed here.")
            Paragraph(self, theme, words, "small", "mute").pack(fill="x", pady=(theme.px(8), 0))
        if earlier:
            self._part(_("Here with an earlier code"), earlier, above=16 if invited else 0)
        asks = any(guest.member == self._asking for guest, _name in shown)
        if had_focus and not asks:
            self._lost_focus()

    def _part(self, heading: str, guests: Sequence[tuple[GuestArrival, str]], above: float = 0) -> None:
        theme = self._context.theme
        Label(self, theme, heading, "small_bold", "mute").pack(fill="x", pady=(theme.px(above), theme.px(4)))
        for guest, name in guests:
            row = tk.Frame(self, bg=theme.palette.chat)
            row.pack(fill="x")
            if guest.member == self._asking:
                about = _("They leave the room now, and the code for phones ends: with a new one they can come back.")
                Confirmation(
                    row, theme, about, _("Send away"), partial(self._remove, guest), _("Cancel"),
                    partial(self._ask, None),
                ).pack(side="bottom", fill="x")  # fmt: skip
            else:
                remove = Button(row, theme, _("Send away…"), partial(self._ask, guest.member), "plain")
                remove.pack(side="right")
            _GuestRow(row, self._context, guest, name).pack(side="left", fill="x", expand=True)

    def _ask(self, member: MemberKey | None) -> None:
        """None: not to send anybody away."""
        self._asking = member
        if self._shown is not None:
            self._build(*self._shown)

    def _remove(self, guest: GuestArrival) -> None:
        self._context.do(Remove(self._room_id, guest.member))
        self._ask(None)


class _GuestRow(tk.Canvas):
    """Picture and name of a guest, and since when they are here. "guest" is drawn apart: no name can forge it."""

    def __init__(self, master: tk.Misc, context: ViewContext, guest: GuestArrival, name: str) -> None:
        theme = context.theme
        super().__init__(
            master, bg=theme.palette.chat, highlightthickness=0, bd=0, takefocus=0, width=1, height=theme.px(_HIGH)
        )
        self._theme, self._guest, self._called = theme, guest, name
        self.bind("<Configure>", lambda _event: self._draw())

    def _draw(self) -> None:
        theme, palette, px, guest = self._theme, self._theme.palette, self._theme.px, self._guest
        self.delete("all")
        middle, left, room = px(_HIGH) // 2, px(_WORDS_LEFT), self.winfo_width() - px(_WORDS_LEFT)
        presence = Availability.HERE if guest.here else None
        image = theme.avatar(guest.member, self._called, _AVATAR, presence, palette.chat)
        self.create_image(0, middle, anchor="w", image=image)
        mark = theme.lines.fit(f" · {_('guest')}", "body")
        name = theme.lines.fit(self._called, "body", max(1, room - mark.width))
        above = middle - px(_SECOND_LINE)
        theme.lines.put(self, (left, above), name, "body", (palette.text if guest.here else palette.mute,))
        theme.lines.put(self, (left + name.width, above), mark, "body", (palette.mute,))
        about = since(guest)
        theme.lines.write(self, (left, middle + px(_SECOND_LINE) + px(2)), about, "small", palette.mute, room)


def since(guest: GuestArrival) -> str:
    """When they came, in a few words."""
    if not guest.since:
        return "" if guest.here else _("not here now")
    came = dates.moment(guest.since)
    when = dates.clock(came)
    if came.date() != datetime.datetime.now().astimezone().date():
        when = _("{weekday}, {date}").format(weekday=dates.weekday(came.date()), date=when)
    return _("since {time}").format(time=when) if guest.here else _("came {time}, not here now").format(time=when)


class PhoneObstacles(tk.Frame):
    """What may keep phones out, and what to do. It takes no room while nothing is known to."""

    def __init__(self, master: tk.Misc, context: ViewContext, room_id: RoomId) -> None:
        super().__init__(master, bg=context.theme.palette.chat)
        self._context = context
        self._room_id = room_id
        self.shown: tuple[Finding, ...] = ()

    def show(self, obstacles: tuple[Finding, ...]) -> None:
        if obstacles == self.shown:
            return
        self.shown = obstacles
        destroy_children(self)
        for finding in obstacles:
            self._show(finding)

    def _show(self, finding: Finding) -> None:
        theme, px, palette = self._context.theme, self._context.theme.px, self._context.theme.palette
        bad = finding.health is Health.BAD
        ground: Ground = "alert_soft" if bad else "mention"
        box = Box(self, theme, ground, 8, pad=(14, 12))
        box.pack(fill="x", pady=(0, px(16)))
        icon = theme.icon("warning", _ICON, palette.alert_ink if bad else palette.caution)
        picture = tk.Label(box.inside, image=icon, bg=box.fill, bd=0)
        picture.pack(side="left", anchor="n", padx=(0, px(_ICON_GAP)), pady=(px(1), 0))
        beside = tk.Frame(box.inside, bg=box.fill)
        beside.pack(side="left", fill="x", expand=True)
        Paragraph(beside, theme, finding.says, "body", "strong", ground=ground).pack(fill="x")
        Paragraph(beside, theme, finding.advice, "room", ground=ground).pack(fill="x", pady=(px(2), px(8)))
        row = ButtonRow(beside, theme)
        row.pack(fill="x")
        if finding.command:
            self._command_button(row, finding.command, ground)
        Button(row, theme, _("Look again"), self._look_again, "quiet", "retry", ground=ground)
        Button(row, theme, _("Check my computer"), self._check, "quiet", ground=ground)

    def _command_button(self, row: ButtonRow, command: str, ground: Ground) -> None:
        def copy() -> None:
            copy_text(self, command)
            self._context.say(_("Copied. Paste it into a terminal."))

        Button(row, self._context.theme, _("Copy the command"), copy, "quiet", "copy", ground=ground)

    def _look_again(self) -> None:
        self._context.do(CheckGuestAccess(self._room_id))

    def _check(self) -> None:
        self._context.go(Checkup())
