"""PhoneCode: the QR code that a phone's camera looks for, its link to copy, and the network through which it leads.

Tk thread.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from functools import partial

import segno
from PIL import Image, ImageTk

from lanchat.core.translate import _
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets.buttons import Button
from lanchat.desktop.widgets.keyboard import tab_order
from lanchat.desktop.widgets.labels import Label, Paragraph
from lanchat.desktop.widgets.menus import MenuItem, show_menu_below
from lanchat.desktop.widgets.surfaces import Box, draw_ground
from lanchat.desktop.widgets.text_editing import copy_text
from lanchat.desktop.widgets.tk_events import DelayedCalls
from lanchat.engine.events import GuestNetwork, GuestsInvited

_MODULE, _QUIET = 8, 4  # design pixels of a module; modules left free around the code, as ISO/IEC 18004 asks
_USUAL_MODULES = 37 + 2 * _QUIET  # of the links here: version 5
_RADIUS, _FIELD_HEIGHT, _PAD = 12, 40, 12  # design pixels
CARD_WIDTH = _USUAL_MODULES * _MODULE + 2  #: design pixels, with its edge
_SAID_MS = 2_000


class PhoneCode(tk.Frame):
    """The code stands in a white card, whatever the theme: black on white is what cameras look for."""

    def __init__(self, master: tk.Misc, theme: Theme, choose: Callable[[str], None]) -> None:
        """`choose` is called with an address of this computer, to which the link is to lead."""
        super().__init__(master, bg=theme.palette.chat)
        self._theme = theme
        self._choose = choose
        self._shown: tuple[str, tuple[GuestNetwork, ...]] | None = None
        self._link = ""
        self._networks: tuple[GuestNetwork, ...] = ()
        self._width = theme.px(CARD_WIDTH)  # pixels of the card
        self._image: ImageTk.PhotoImage | None = None  # kept, or Tk drops it
        self._calls = DelayedCalls(self)
        self.columnconfigure(0, weight=1)
        self.card = tk.Canvas(self, bg=theme.palette.chat, highlightthickness=0, bd=0, takefocus=0)
        self._without = Box(self, theme, "field", _RADIUS, pad=(32, 40))
        self._words = Paragraph(self._without.inside, theme, "", "body", "mute", ground="field", centred=True)
        self._words.pack(fill="x", expand=True)
        self._link_row = tk.Frame(self, bg=theme.palette.chat, height=theme.px(_FIELD_HEIGHT))
        self._link_row.pack_propagate(False)
        self.copy = Button(self._link_row, theme, _("Copy"), self._copy, "quiet", "copy")
        self.copy.pack(side="right", fill="y", padx=(theme.px(8), 0))
        field = Box(self._link_row, theme, pad=(_PAD, 4))
        field.pack(side="left", fill="both", expand=True)
        self._shown_link = Label(field.inside, theme, "", "code", ground="field", width=1)
        self._shown_link.pack(fill="both", expand=True)
        self._network_row = tk.Frame(self, bg=theme.palette.chat)
        self._another = Button(self._network_row, theme, _("Another network…"), self._ask_network, "link")
        self._another.pack(side="right", padx=(theme.px(8), 0))
        self._network = Label(self._network_row, theme, "", "small", "mute", width=1)
        self._network.pack(side="left", fill="x", expand=True)
        tab_order(self._link_row, self._network_row)

    def show(self, invitation: GuestsInvited | None, without: str) -> None:
        """`without`: what is said in the place of a code, where there is none."""
        self._words.text(without)
        shown = (invitation.link, invitation.networks) if invitation else ("", ())
        if shown == self._shown:
            return
        self._shown = shown
        self._link, self._networks = shown
        self._shown_link.text(self._link)
        px = self._theme.px
        if self._link:
            self._without.grid_forget()
            self.card.grid(row=0, column=0)
            self._link_row.grid(row=1, column=0, sticky="ew", pady=(px(16), 0))
            self._draw()
        else:
            self.card.grid_forget()
            self._link_row.grid_forget()
            self._without.grid(row=0, column=0, sticky="ew")
        if self._link and len(self._networks) > 1:
            self._network.text(next((network_words(one) for one in self._networks if self._leads_to(one)), ""))
            self._network_row.grid(row=2, column=0, sticky="ew", pady=(px(8), 0))
        else:
            self._network_row.grid_forget()

    def fit(self, width: int) -> None:
        """Let the card be at most so many pixels wide."""
        width = min(width, self._theme.px(CARD_WIDTH))
        if width != self._width:
            self._width = width
            self._draw()

    def _draw(self) -> None:
        if not self._link:
            return
        theme, palette, across = self._theme, self._theme.palette, self._width
        rows = [list(row) for row in segno.make(self._link, error="m", micro=False).matrix_iter(border=0)]
        module = max(1, (across - 2 * theme.px(1)) // (len(rows) + 2 * _QUIET))
        picture = Image.new("L", (len(rows), len(rows)))
        picture.putdata([0 if dark else 255 for row in rows for dark in row])
        size = module * len(rows)
        self._image = ImageTk.PhotoImage(picture.resize((size, size), Image.Resampling.NEAREST), master=self)
        self.card.configure(width=across, height=across)
        self.card.delete("all")
        edge = "" if palette.dark else palette.line
        draw_ground(self.card, theme, (0, 0, across, across), _RADIUS, "#ffffff", edge=edge)
        self.card.create_image((across - size) // 2, (across - size) // 2, anchor="nw", image=self._image)

    def _leads_to(self, network: GuestNetwork) -> bool:
        return self._link.startswith(f"http://{network.address}:")

    def _ask_network(self) -> None:
        items = [
            MenuItem(network_words(one), partial(self._choose, one.address), "check" if self._leads_to(one) else None)
            for one in self._networks
        ]
        show_menu_below(self._another, self._theme, items)

    def _copy(self) -> None:
        copy_text(self, self._link)
        self.copy.text(_("Copied"))
        self._calls.restart("forget", lambda: self.copy.text(_("Copy")), _SAID_MS)


def network_words(network: GuestNetwork) -> str:
    """Such as "Wi-Fi · wlan0 · 192.168.1.5"."""
    kind = {"wifi": _("Wi-Fi"), "vpn": _("VPN"), "": ""}[network.kind]
    return " · ".join(filter(None, (kind, network.name, network.address)))
