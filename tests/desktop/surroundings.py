"""Surroundings: the platform services of a window in tests, which record what they are asked for; no signals."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from lanchat.core.listing import Finding, Health
from lanchat.desktop import app
from lanchat.desktop.platform.notifier import NotificationService, SystemNotification
from lanchat.desktop.platform.services import Appearance


class Surroundings(NotificationService, Appearance):
    """One person's desktop: notifications, dark mode and sounds. It records them."""

    def __init__(self) -> None:
        self.notices: dict[str, SystemNotification] = {}  #: those that are shown, by their room
        self.sounds = 0
        self.is_dark = False
        self.clicked: Callable[[str], None] = print
        self.quit: Callable[[], None] = print
        self.turned: Callable[[bool | None], None] = print

    def opened(
        self, clicked: Callable[[str], None], quit: Callable[[], None], turned: Callable[[bool | None], None]
    ) -> tuple[NotificationService, Appearance]:
        self.clicked, self.quit, self.turned = clicked, quit, turned
        return self, self

    @contextmanager
    def around(self) -> Iterator[None]:
        """An App made inside uses these services."""
        before = app.open_services, app.Chime, app.ExitSignals
        app.open_services, app.Chime = self.opened, lambda: self  # type: ignore[assignment,misc]
        app.ExitSignals = _NoSignals  # type: ignore[assignment,misc]
        try:
            yield
        finally:
            app.open_services, app.Chime, app.ExitSignals = before  # type: ignore[misc]

    # --- platform.notifier.NotificationService
    def show(self, notice: SystemNotification) -> None:
        self.notices[notice.key] = notice

    def withdraw(self, key: str) -> None:
        self.notices.pop(key, None)

    # --- platform.services.Appearance
    def dark(self) -> bool:
        return self.is_dark

    # --- platform.sound.Chime
    def play(self) -> None:
        self.sounds += 1

    def close(self) -> None:
        self.notices.clear()


class _NoSignals:
    """Signals are for a whole process, in which these windows are not alone."""

    def __init__(self, root: tk.Tk, ended: Callable[[], None]) -> None:
        pass

    def restore(self) -> None:
        pass


async def all_is_well(_about: object) -> tuple[Finding, ...]:
    """A doctor who looks at nothing."""
    return (Finding("network", Health.GOOD, "This computer is in one network."),)
