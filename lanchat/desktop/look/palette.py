"""The colours, by what they are for. Every pair that carries text has a contrast of 4.5 or more (a test counts)."""

from __future__ import annotations

from msgspec import Struct


class Palette(Struct, frozen=True):
    """Colours as `#rrggbb`."""

    dark: bool
    rail: str  #: darkest ground: the corner with my name, fields on the side
    side: str  #: ground of the panes left and right
    chat: str  #: ground of the middle
    field: str  #: ground of what can be typed into
    raised: str  #: ground of menus and cards that lie over the rest
    text: str
    strong: str  #: titles, what is unread
    mute: str  #: what matters less: times, hints
    accent: str  #: the one button that goes on, focus
    accent_hover: str
    on_accent: str  #: text on accent
    accent_soft: str  #: ground of what is chosen or mine
    selected: str  #: ground of the row that is open
    hover: str  #: ground of the row under the pointer
    row_hover: str  #: the same in the middle
    line: str  #: thin lines between things
    link: str
    alert: str  #: unread for me, destructive deeds
    on_alert: str
    alert_soft: str  #: ground of a warning
    caution: str  #: away, reconnecting
    good: str  #: here, connected, verified
    mention: str  #: ground of a message that names me
    at: str  #: a name in such a message
    thumb: str  #: of a scrollbar
    shade: str  #: edge of what lies over the rest


LIGHT = Palette(
    dark=False, rail="#e3e5e8", side="#f2f3f5", chat="#ffffff", field="#ebedef", raised="#ffffff",
    text="#2e3338", strong="#060607", mute="#5c6570", accent="#4752c4", accent_hover="#3c45a5", on_accent="#ffffff",
    accent_soft="#e2e5fb", selected="#d9dbdf", hover="#e6e8eb", row_hover="#f7f8f9", line="#e1e2e4", link="#0060b0",
    alert="#c92a2d", on_alert="#ffffff", alert_soft="#fbe9e9", caution="#8a5a00", good="#1a7f43", mention="#fdf4dc",
    at="#3c45a5", thumb="#c4c9ce", shade="#c9cdd2",
)  # fmt: skip

DARK = Palette(
    dark=True, rail="#1e1f22", side="#2b2d31", chat="#313338", field="#383a40", raised="#232428",
    text="#dbdee1", strong="#f2f3f5", mute="#a5abb3", accent="#5865f2", accent_hover="#4752c4", on_accent="#ffffff",
    accent_soft="#3b405a", selected="#404249", hover="#35373c", row_hover="#2e3035", line="#3f4147", link="#4db8ff",
    alert="#d83c3e", on_alert="#ffffff", alert_soft="#4a2f33", caution="#f0b232", good="#43c577", mention="#444037",
    at="#c9cdfb", thumb="#1a1b1e", shade="#151618",
)  # fmt: skip

#: Grounds of avatars and colours of nicks; white letters can be read on each, and each on both grounds of the middle.
PEOPLE_LIGHT = ("#c4423a", "#2b7f46", "#3467d6", "#9a45c2", "#177a7a", "#9c6410", "#bb3f80", "#577317")
PEOPLE_DARK = ("#f08a83", "#5fcb87", "#8fb2ff", "#d195ec", "#4fc9c9", "#e3a74a", "#ef8bbb", "#a3c357")
