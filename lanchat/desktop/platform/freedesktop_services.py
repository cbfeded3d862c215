"""The freedesktop.org services of Linux desktops: dark mode, autostart, and notifications."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from lanchat.core.translate import _
from lanchat.desktop.platform.external_programs import find
from lanchat.desktop.platform.notifier import NotificationService, SystemNotification, no_notifications_text
from lanchat.desktop.platform.services import Appearance
from lanchat.desktop.platform.session_bus import Bus, BusConnection, NoAnswer, Service
from lanchat.storage.system_programs import run

_PORTAL = Service(
    "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop", "org.freedesktop.portal.Settings"
)
_SETTING = ("org.freedesktop.appearance", "color-scheme")
_DARK, _LIGHT = 1, 2  # 0: no preference
_GSETTINGS_SECONDS = 2.0


# --- dark mode -------------------------------------------------------------------------------------------------------
class FreedesktopAppearance(Appearance):
    """The settings portal, which also tells of changes; where none answers, the GTK theme, once.

    https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.Settings.html
    """

    def __init__(self, bus: Bus, changed: Callable[[bool | None], None]) -> None:
        """`changed` is called on the Bus's thread."""
        super().__init__(changed)
        self._bus = bus
        bus.do(self._subscribe)

    def close(self) -> None:
        """The services are closed in the order opposite to their opening: nothing else uses the Bus any more."""
        self._bus.close()

    def _subscribe(self, connection: BusConnection) -> None:
        try:
            connection.subscribe(_PORTAL, "SettingChanged", self._set)
            (value,) = connection.ask(_PORTAL, "Read", "ss", *_SETTING)
        except NoAnswer:
            self.learn(_theme_is_dark())
        else:
            self._set(*_SETTING, value)

    def _set(self, namespace: str, key: str, value: tuple[str, object]) -> None:
        """`value` is a variant; of `Read` a variant in a variant, an old mistake of the portal that stayed."""
        if (namespace, key) == _SETTING:
            inner = value[1]
            scheme = inner[1] if isinstance(inner, tuple) else inner
            self.learn({_DARK: True, _LIGHT: False}[scheme] if scheme in (_DARK, _LIGHT) else _theme_is_dark())


def _theme_is_dark() -> bool | None:
    """By names such as Adwaita:dark and Yaru-dark. None: not known."""
    if theme := os.environ.get("GTK_THEME"):
        return theme.lower().endswith("dark")
    gsettings = find("gsettings")
    if not gsettings:
        return None
    names = [
        (run([gsettings, "get", "org.gnome.desktop.interface", key], _GSETTINGS_SECONDS) or "").strip().strip("'")
        for key in ("color-scheme", "gtk-theme")
    ]
    return True if any(name.lower().endswith("dark") for name in names) else None


# --- autostart: a file in the autostart folder. All raise OSError ----------------------------------------------------
# https://specifications.freedesktop.org/autostart-spec/latest/ and, for the file itself, desktop-entry-spec
_OFF = re.compile(r"^\s*(Hidden\s*=\s*true|X-GNOME-Autostart-enabled\s*=\s*false)\s*$", re.MULTILINE)
_IN_QUOTES = re.compile(r'(["`$\\])')
_ESCAPED = r"\\\1"
_IN_VALUES = {"\\": r"\\", "\n": r"\n", "\t": r"\t", "\r": r"\r"}


def is_on() -> bool:
    """Desktops switch a program off with a line in its file."""
    try:
        return _OFF.search(_file().read_text("utf-8", "replace")) is None
    except FileNotFoundError:
        return False


def turn_on(command: Sequence[str]) -> None:
    file = _file()
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = ("[Desktop Entry]", "Type=Application", "Name=lanchat", f"Exec={exec_line(command)}", "Terminal=false", "")
    file.write_text("\n".join(lines), "utf-8", "surrogateescape")


def turn_off() -> None:
    _file().unlink(missing_ok=True)


def exec_line(command: Sequence[str]) -> str:
    """The value of `Exec` that starts exactly `command`: each argument quoted, the whole escaped as a value."""
    line = " ".join(f'"{_IN_QUOTES.sub(_ESCAPED, argument)}"' for argument in command)
    return "".join(_IN_VALUES.get(one, one) for one in line.replace("%", "%%"))


def _file() -> Path:
    folder = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(folder) / "autostart" / "lanchat.desktop"


# --- notifications ---------------------------------------------------------------------------------------------------
_SERVICE = Service("org.freedesktop.Notifications", "/org/freedesktop/Notifications", "org.freedesktop.Notifications")
_CLICK = "default"  # the specification's name for a click on the notification itself
_DEFAULT_TIMEOUT = -1
_HINTS = {
    "category": ("s", "im.received"),
    "urgency": ("y", 1),
    "suppress-sound": ("b", True),  # lanchat plays its own, unless the person has silenced it
}

#: Some services (dunst 1.9) announce no markup and interpret it: what peers write must read the same in both.
_LOOK_ALIKES = str.maketrans("<>&", "‹›＆")  # noqa: RUF001 - they are meant to look alike


class FreedesktopNotifications(NotificationService):
    """https://specifications.freedesktop.org/notification-spec/latest/

    The methods of NotificationService may be called on any thread; everything else runs on the Bus's thread.
    """

    def __init__(self, bus: Bus, clicked: Callable[[str], None]) -> None:
        """`clicked(key)` is called on the Bus's thread."""
        self._bus = bus
        self._clicked = clicked
        self._capabilities: frozenset[str] | None = None  # None: not known yet
        self._keys: dict[int, str] = {}  # by the service's number of a notification that is shown
        bus.do(self._subscribe)

    def show(self, notification: SystemNotification) -> None:
        self._bus.do(partial(self._show, notification))

    def withdraw(self, key: str) -> None:
        self._bus.do(partial(self._withdraw, [key]))

    def close(self) -> None:
        self._bus.do(lambda connection: self._withdraw(list(self._keys.values()), connection))

    def _subscribe(self, connection: BusConnection) -> None:
        try:
            (can,) = connection.ask(_SERVICE, "GetCapabilities")
            connection.subscribe(_SERVICE, "ActionInvoked", self._action_invoked)
            connection.subscribe(_SERVICE, "NotificationClosed", self._closed)
        except NoAnswer:
            self.problem = no_notifications_text()
        else:
            self.problem = ""
            self._capabilities = frozenset(can)

    def _show(self, notification: SystemNotification, connection: BusConnection) -> None:
        from html import escape  # its table of entities is not needed at the start

        if self._capabilities is None:  # the service may have started since: at log-in programs start in any order
            self._subscribe(connection)
        if self._capabilities is None:
            return
        markup = "body-markup" in self._capabilities
        body = escape(notification.body, quote=False) if markup else notification.body.translate(_LOOK_ALIKES)
        actions = [_CLICK, _("Open")] if "actions" in self._capabilities else []
        try:
            (number,) = connection.ask(
                _SERVICE, "Notify", "susssasa{sv}i",
                "lanchat", self._number(notification.key), "", notification.title, body, actions, _HINTS,
                _DEFAULT_TIMEOUT,
            )  # fmt: skip
        except NoAnswer:
            self.problem = no_notifications_text()
        else:
            self.problem = ""
            self._keys = {old: key for old, key in self._keys.items() if key != notification.key}
            self._keys[number] = notification.key

    def _withdraw(self, keys: list[str], connection: BusConnection) -> None:
        for key in keys:
            if number := self._number(key):
                del self._keys[number]
                try:
                    connection.ask(_SERVICE, "CloseNotification", "u", number)
                except NoAnswer:
                    return

    def _number(self, key: str) -> int:
        """The service's number of this room's notification; 0 when none is shown."""
        return next((number for number, shown in self._keys.items() if shown == key), 0)

    def _action_invoked(self, number: int, action: str) -> None:
        key = self._keys.get(number)
        if key is not None and action == _CLICK:
            self._clicked(key)

    def _closed(self, number: int, _why: int) -> None:
        self._keys.pop(number, None)
