"""What can be proven here of the doors of macOS and Windows."""

from __future__ import annotations

import json

import pytest

from lanchat.desktop.platform.macos_desktop import MacNotifications
from lanchat.desktop.platform.notifier import Notification
from lanchat.desktop.platform.windows_tray import fitting
from tests.desktop.platform.programs import Programs

NASTY = '"; do shell script "id" \\ $(id)\n🙂 -u'


def test_macos_reads_a_notice_as_text_that_no_other_program_sees(programs: Programs) -> None:
    programs.install("osascript")
    door = MacNotifications()
    door.show(Notification("kitchen", "-u Ben", NASTY))
    ran = programs.next()
    assert json.loads(ran["stdin"]) == {"title": "-u Ben", "body": NASTY}
    assert not any("Ben" in argument or "shell script" in argument for argument in ran["argv"])
    assert door.problem() == ""
    door.close()


def test_without_osascript_it_is_said_so(programs: Programs) -> None:
    door = MacNotifications()
    door.show(Notification("kitchen", "Ben", "Lunch?"))
    assert "shows no notifications" in door.problem()
    door.close()


@pytest.mark.parametrize(
    ("text", "units", "fits"),
    [
        ("Lunch?", 6, "Lunch?"), ("Lunch?", 5, "Lunc…"), ("one two", 5, "one…"), ("", 1, ""),
        ("🙂🙂", 4, "🙂🙂"), ("🙂🙂", 3, "🙂…"),
    ],
)  # fmt: skip
def test_windows_gets_what_fits_and_no_half_characters(text: str, units: int, fits: str) -> None:
    assert fitting(text, units) == fits
