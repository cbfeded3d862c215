"""What is beside the QR code for phones: what to do with the phone, how long the code lasts and how many are here, and
what can be changed about that. Tk thread.
"""

from __future__ import annotations

import time
import tkinter as tk
from functools import partial

from lanchat.core.model import RoomId
from lanchat.core.translate import _, ngettext
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.view_context import ViewContext
from lanchat.desktop.widgets.buttons import Button, Confirmation
from lanchat.desktop.widgets.choices import MenuChoice
from lanchat.desktop.widgets.labels import Paragraph
from lanchat.desktop.widgets.surfaces import draw_ground, mixed
from lanchat.desktop.widgets.tk_events import DelayedCalls, destroy_children, has_focus
from lanchat.engine.commands import InvitationTime, InviteGuests, SetInvitationTime, WithdrawGuests
from lanchat.engine.events import GuestsInvited

_DISC, _DISC_GAP, _STEP_GAP, _WORDS_DOWN = 28, 16, 18, 3  # design pixels, as those below
_CLOCK, _CLOCK_LEFT, _LINE_HIGH, _BAR, _BAR_GAP = 18, 32, 24, 4, 8
_BUTTON_GAP, _BUTTONS_HIGH = 8, 36
_LOOK_MS = 5_000  # between two looks at how long the code lasts


class PhoneSteps(tk.Frame):
    """What to do with the phone, in numbered steps."""

    def __init__(self, master: tk.Misc, theme: Theme, room: str) -> None:
        """`room`: its title."""
        px, palette = theme.px, theme.palette
        super().__init__(master, bg=palette.chat)
        self.columnconfigure(1, weight=1)
        steps = (
            (_("Be in the same Wi-Fi"), _("The one this computer is in, not mobile data")),
            (_("Open the phone's camera"), _("Hold it at the QR code and tap what appears")),
            (_("Type a name"), _("That is all: the phone is in {room}").format(room=room)),
        )
        size = px(_DISC)
        for number, (words, about) in enumerate(steps):
            above = px(_STEP_GAP) if number else 0
            disc = tk.Canvas(self, width=size, height=size, bg=palette.chat, highlightthickness=0, bd=0, takefocus=0)
            disc.create_image(0, 0, anchor="nw", image=theme.rounded_image(size, size, _DISC / 2, palette.accent_soft))
            disc.create_text(size // 2, size // 2, text=str(number + 1), font=theme.font("room_bold"), fill=palette.at)
            disc.grid(row=2 * number, column=0, rowspan=2, sticky="n", padx=(0, px(_DISC_GAP)), pady=(above, 0))
            heading = Paragraph(self, theme, words, "bold", "strong")
            heading.grid(row=2 * number, column=1, sticky="ew", pady=(above + px(_WORDS_DOWN), 0))
            Paragraph(self, theme, about, "small", "mute").grid(row=2 * number + 1, column=1, sticky="ew")


class InvitationClock(tk.Canvas):
    """How long the code lets phones in, in words and as a bar that gets shorter, and how many are here."""

    def __init__(self, master: tk.Misc, theme: Theme) -> None:
        super().__init__(
            master, bg=theme.palette.chat, highlightthickness=0, bd=0, takefocus=0, width=1, height=1
        )
        self._theme = theme
        self._invitation: GuestsInvited | None = None
        self._calls = DelayedCalls(self)
        self.words = ""
        self.bind("<Configure>", lambda _event: self._draw())

    def show(self, invitation: GuestsInvited | None) -> None:
        self._invitation = invitation
        high = _LINE_HIGH + _BAR_GAP + _BAR if invitation is not None else 0
        self.configure(height=max(1, self._theme.px(high)))
        self._look()

    def _look(self) -> None:
        self._draw()
        if self._invitation is not None and self._invitation.ends_at is not None:
            self._calls.restart("look", self._look, _LOOK_MS)

    def _draw(self) -> None:
        theme, palette, width = self._theme, self._theme.palette, self.winfo_width()
        told, now = self._invitation, time.time_ns() // 1_000_000
        self.delete("all")
        self.words = ""
        if told is None or width <= 1:  # or it is not laid out yet
            return
        here = _("{n} of {most} phones are here").format(n=told.here, most=told.most)
        lasts, here = how_long(told, now), f" · {here}"
        self.words = lasts + here
        middle, left = theme.px(_LINE_HIGH) // 2, theme.px(_CLOCK_LEFT)
        self.create_image(0, middle, anchor="w", image=theme.icon("clock", _CLOCK, palette.caution))
        line = theme.lines.fit_runs((lasts, here), ("bold", "body"), width - left)
        theme.lines.put(self, (left, middle), line, ("bold", "body"), (palette.strong, palette.mute))
        if told.ends_at is None:
            return
        top, bottom = theme.px(_LINE_HIGH + _BAR_GAP), theme.px(_LINE_HIGH + _BAR_GAP + _BAR)
        draw_ground(self, theme, (0, top, width, bottom), _BAR / 2, mixed(palette.chat, palette.text, 0.1))
        share = (told.ends_at - now) / max(1, told.ends_at - told.began_at)
        reach = round(width * min(1.0, max(0.0, share)))
        draw_ground(self, theme, (0, top, max(theme.px(_BAR), reach), bottom), _BAR / 2, palette.accent)


def how_long(invitation: GuestsInvited, now: int) -> str:
    """How long the code lets phones in. `now`: Unix epoch, ms."""
    if invitation.ends_at is None:
        return _("Until it is withdrawn")
    if invitation.lasts is InvitationTime.TODAY:
        return _("Until midnight")
    minutes = max(1, -(-(invitation.ends_at - now) // 60_000))
    return ngettext("{n} minute left", "{n} minutes left", minutes).format(n=minutes)


class InvitationButtons(tk.Frame):
    """A new code, the end of it, and how long it lasts: side by side, or in two lines."""

    def __init__(self, master: tk.Misc, context: ViewContext, room_id: RoomId) -> None:
        theme = context.theme
        super().__init__(master, bg=theme.palette.chat)
        self._context = context
        self._room_id = room_id
        self._shown: tuple[bool, bool] | None = None
        self._asking = False  # whether to send all phones away
        self.lasts = InvitationTime.HALF_HOUR  #: what a new code is given
        self.first: tk.Misc = self
        self.bind("<Configure>", lambda event: self._arrange(event.width))

    def show(self, invitation: GuestsInvited | None, guests: bool) -> None:
        """`guests`: somebody is here with an earlier code."""
        if invitation is not None:
            self.lasts = invitation.lasts
        shown = (invitation is not None, guests)
        if shown != self._shown:
            self._shown = shown
            self._asking = self._asking and guests
            self._build(*shown)
        self._choice.set(self.lasts)

    def _build(self, invited: bool, guests: bool) -> None:
        theme, gap = self._context.theme, self._context.theme.px(_BUTTON_GAP)
        had_focus = has_focus(self)
        destroy_children(self)
        self._left = tk.Frame(self, bg=theme.palette.chat)
        new = Button(self._left, theme, _("New code"), self._new_code, "quiet" if invited else "primary")
        new.pack(side="left", padx=(0, gap))
        if invited or guests:
            words = _("Withdraw") if not guests else _("Withdraw…") if invited else _("Send all phones away…")
            ask = partial(self._ask, True) if guests else self._withdraw
            Button(self._left, theme, words, ask, "outline").pack(side="left")
        options = [
            (InvitationTime.HALF_HOUR, _("Lasts 30 minutes"), _("30 minutes")),
            (InvitationTime.TODAY, _("Lasts until midnight"), _("Until midnight")),
            (InvitationTime.UNTIL_WITHDRAWN, _("Lasts until withdrawn"), _("Until it is withdrawn")),
        ]
        self._choice = MenuChoice(self, theme, options, self.lasts, self._chosen)
        self.first = new
        self._arrange(self.winfo_width())
        if self._asking:
            about = _("Everybody who came in with a code is sent away now. With a new one they can come back.")
            yes = _("Withdraw and send away") if invited else _("Send away")
            question = Confirmation(self, theme, about, yes, self._withdraw, _("Cancel"), partial(self._ask, False))
            question.grid(row=2, column=0, columnspan=2, sticky="ew")
        elif had_focus:
            new.focus_set()

    def _arrange(self, width: int) -> None:
        """The choice stands at the right end, or below, where the width is too small."""
        px = self._context.theme.px
        beside = width <= 1 or self._left.winfo_reqwidth() + self._choice.winfo_reqwidth() + px(_BUTTON_GAP) <= width
        self.columnconfigure(0, weight=1)
        self._left.grid(row=0, column=0, sticky="w")
        if beside:
            self._choice.grid(row=0, column=1, sticky="e", pady=0)
        else:
            self._choice.grid(row=1, column=0, sticky="w", pady=(px(_BUTTON_GAP), 0))

    def _new_code(self) -> None:
        self._context.do(InviteGuests(self._room_id, self.lasts))

    def _ask(self, on: bool) -> None:
        self._asking = on
        if self._shown is not None:
            self._build(*self._shown)

    def _withdraw(self) -> None:
        self._ask(False)
        self._context.do(WithdrawGuests(self._room_id))

    def _chosen(self, lasts: InvitationTime) -> None:
        self.lasts = lasts
        self._context.do(SetInvitationTime(self._room_id, lasts))
