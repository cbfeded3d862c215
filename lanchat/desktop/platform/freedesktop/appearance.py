"""The desktop's dark mode, through its settings portal, which also tells of changes.

https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.Settings.html
Where no portal answers, the name of the GTK theme is looked at, once. All on the Bus's thread.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from lanchat.desktop.platform.appearance import Known
from lanchat.desktop.platform.freedesktop.bus import Bus, Line, NoAnswer, Service
from lanchat.desktop.platform.programs import find, run

_PORTAL = Service(
    "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop", "org.freedesktop.portal.Settings"
)
_SETTING = ("org.freedesktop.appearance", "color-scheme")
_DARK, _LIGHT = 1, 2  # 0: no preference
_GSETTINGS_SECONDS = 2.0


class FreedesktopAppearance(Known):
    """An Appearance."""

    def __init__(self, bus: Bus, changed: Callable[[bool | None], None]) -> None:
        """`changed` runs on the Bus's thread."""
        super().__init__(changed)
        bus.do(self._introduce)

    def close(self) -> None:
        """Nothing to do: the Bus's end is its end."""

    def _introduce(self, line: Line) -> None:
        try:
            line.hear(_PORTAL, "SettingChanged", self._set)
            (value,) = line.ask(_PORTAL, "Read", "ss", *_SETTING)
        except NoAnswer:
            self.learn(_theme_is_dark())
        else:
            self._set(*_SETTING, value)

    def _set(self, namespace: str, key: str, value: tuple[str, object]) -> None:
        """`value` is a variant; of `Read`, by an old mistake that stayed, a variant in a variant."""
        if (namespace, key) == _SETTING:
            inner = value[1]
            scheme = inner[1] if isinstance(inner, tuple) else inner
            self.learn({_DARK: True, _LIGHT: False}[scheme] if scheme in (_DARK, _LIGHT) else _theme_is_dark())


def _theme_is_dark() -> bool | None:
    """By names such as Adwaita:dark and Yaru-dark. None: nothing says."""
    if theme := os.environ.get("GTK_THEME"):
        return theme.lower().endswith("dark")
    gsettings = find("gsettings")
    if not gsettings:
        return None
    said = [
        (run([gsettings, "get", "org.gnome.desktop.interface", key], _GSETTINGS_SECONDS) or "").strip().strip("'")
        for key in ("color-scheme", "gtk-theme")
    ]
    return True if any(name.lower().endswith("dark") for name in said) else None
