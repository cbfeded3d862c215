"""The colours, by purpose.

Text has a contrast of at least 4.5 with every ground that it can be on, icons and focus rings of at least 3 (WCAG 2.1,
1.4.3 and 1.4.11); a test measures that. Disabled controls and separator lines are exempt.
"""

from __future__ import annotations

from msgspec import Struct


class Palette(Struct, frozen=True):
    """Colours as `#rrggbb`."""

    dark: bool
    rail: str  #: darkest ground: the corner with my nick, fields in side panes
    side: str  #: ground of the left and right pane
    chat: str  #: ground of the middle pane
    field: str  #: ground of text fields
    raised: str  #: ground of menus, popovers and toasts
    card: str  #: ground of code and cards in a message
    text: str
    strong: str  #: titles, what is unread
    mute: str  #: secondary text: times, hints
    accent: str  #: ground of the primary button
    accent_hover: str
    on_accent: str  #: text on accent
    ring: str  #: focus ring
    accent_soft: str  #: ground of what is chosen or mine
    marked: str  #: ground of selected text; pictures in it (emoji, other scripts) keep their colours
    selected: str  #: ground of the row that is open
    hover: str  #: ground of the row under the pointer
    row_hover: str  #: the same in the middle pane
    line: str  #: separator lines
    link: str
    alert: str  #: ground of unread mentions and of buttons for destructive actions
    alert_ink: str  #: text and icons of a warning
    on_alert: str
    alert_soft: str  #: ground of a warning
    caution: str  #: away, reconnecting
    good: str  #: here, connected, verified
    mention: str  #: ground of a message that names me
    mention_bar: str  #: the bar at its left edge
    at: str  #: the name in such a message
    found: str  #: ground of words that were searched for
    thumb: str  #: thumb of a scroll bar
    shade: str  #: outline of menus, popovers and toasts


LIGHT = Palette(
    dark=False, rail="#e3e5e8", side="#f2f3f5", chat="#ffffff", field="#ebedef", raised="#ffffff", card="#f6f7f8",
    text="#2e3338", strong="#060607", mute="#545c66", accent="#4752c4", accent_hover="#3c45a5", on_accent="#ffffff",
    ring="#4752c4", accent_soft="#e2e5fb", marked="#cfdcff", selected="#d9dbdf", hover="#e6e8eb", row_hover="#f7f8f9",
    line="#e1e2e4", link="#0060b0", alert="#c92a2d", alert_ink="#b72629", on_alert="#ffffff", alert_soft="#fbe9e9",
    caution="#7a5000", good="#126a37", mention="#fdf4dc", at="#3c45a5", found="#ffdf7e", thumb="#80868d",
    mention_bar="#d9a11e", shade="#c9cdd2",
)  # fmt: skip

DARK = Palette(
    dark=True, rail="#1e1f22", side="#2b2d31", chat="#313338", field="#383a40", raised="#232428", card="#2b2d31",
    text="#dbdee1", strong="#f2f3f5", mute="#b0b6be", accent="#5865f2", accent_hover="#4752c4", on_accent="#ffffff",
    ring="#7b85f5", accent_soft="#363b54", marked="#2a3c7a", selected="#404249", hover="#35373c", row_hover="#2e3035",
    line="#3f4147", link="#4db8ff", alert="#d83c3e", alert_ink="#eb9a9b", on_alert="#ffffff", alert_soft="#4a2f33",
    caution="#f0b232", good="#43c577", mention="#444037", at="#c9cdfb", found="#6b5514", thumb="#868a92",
    mention_bar="#f0b232", shade="#151618",
)  # fmt: skip

#: Grounds of avatars and colours of nicks: white text has contrast on each, and each on every ground of a row.
PEOPLE_LIGHT = ("#a93932", "#256c3c", "#2d5aba", "#883dab", "#146a6a", "#85550e", "#a1366e", "#4e6815")
PEOPLE_DARK = ("#f2968f", "#5fcb87", "#8fb2ff", "#d399ed", "#4fc9c9", "#e3a74a", "#f092bf", "#a3c357")
