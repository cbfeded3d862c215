"""When the person is told, and of what; and what the services of macOS and Windows are given."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from lanchat.desktop.platform.macos_desktop import MacNotifications
from lanchat.desktop.platform.notifier import (
    BODY_CHARACTERS,
    TITLE_CHARACTERS,
    Notifier,
    SystemNotification,
    cut_to_utf16,
)
from tests.desktop.platform.programs import Programs


class Screen:
    """A NotificationService: what is on it now, by room, and how often anything was put there."""

    def __init__(self) -> None:
        self.shown: dict[str, SystemNotification] = {}
        self.times = 0

    def problem(self) -> str:
        return ""

    def show(self, notice: SystemNotification) -> None:
        self.shown[notice.key] = notice
        self.times += 1

    def withdraw(self, key: str) -> None:
        self.shown.pop(key, None)

    def close(self) -> None:
        self.shown.clear()


class Clock:
    """Tk's `after`, and time that passes when told to."""

    def __init__(self) -> None:
        self._waiting: list[tuple[int, Callable[[], None]]] = []
        self._now = 0

    def after(self, milliseconds: int, what: Callable[[], None]) -> None:
        self._waiting.append((self._now + milliseconds, what))

    def pass_(self, milliseconds: int) -> None:
        self._now += milliseconds
        due = [one for one in self._waiting if one[0] <= self._now]
        self._waiting = [one for one in self._waiting if one[0] > self._now]
        for _, what in due:
            what()


@pytest.fixture
def screen() -> Screen:
    return Screen()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def notifier(screen: Screen, clock: Clock) -> Notifier:
    return Notifier(screen, clock.after)


def test_the_first_message_is_told_at_once(notifier: Notifier, screen: Screen) -> None:
    notifier.tell("kitchen", "Ben · Kitchen", "Lunch?")
    assert screen.shown["kitchen"] == SystemNotification("kitchen", "Ben · Kitchen", "Lunch?")


def test_a_lively_room_is_told_of_once_in_three_seconds_with_how_many(
    notifier: Notifier, screen: Screen, clock: Clock
) -> None:
    for text in ("one", "two", "three"):
        notifier.tell("kitchen", "Ben · Kitchen", text)
    clock.pass_(2999)
    assert screen.times == 1
    clock.pass_(1)
    assert screen.shown["kitchen"].body == "3 new messages\nthree"
    notifier.tell("kitchen", "Ben · Kitchen", "four")
    assert screen.times == 2
    clock.pass_(3000)
    assert screen.shown["kitchen"].body == "4 new messages\nfour"


def test_rooms_do_not_wait_for_each_other(notifier: Notifier, screen: Screen) -> None:
    notifier.tell("kitchen", "Ben · Kitchen", "Lunch?")
    notifier.tell("garden", "Li · Garden", "Rain")
    assert set(screen.shown) == {"kitchen", "garden"}


def test_a_room_that_is_looked_at_has_nothing_to_tell(notifier: Notifier, screen: Screen, clock: Clock) -> None:
    notifier.tell("kitchen", "Ben · Kitchen", "one")
    notifier.tell("kitchen", "Ben · Kitchen", "two")
    notifier.seen("kitchen")
    assert not screen.shown
    clock.pass_(3000)
    assert screen.times == 1
    notifier.tell("kitchen", "Ben · Kitchen", "three")
    assert screen.shown["kitchen"].body == "three"


def test_looking_again_and_again_does_not_let_more_through(notifier: Notifier, screen: Screen, clock: Clock) -> None:
    for _ in range(10):
        notifier.tell("kitchen", "Ben · Kitchen", "hey")
        notifier.seen("kitchen")
        clock.pass_(10)
    assert screen.times == 1


def test_peers_text_is_cleaned_and_bounded(notifier: Notifier, screen: Screen) -> None:
    notifier.tell("kitchen", "Ben\n\x1b[31m\u202e" * 50, "\x00a\x07\u202eb\r\n" * 500)
    notice = screen.shown["kitchen"]
    assert len(notice.title) <= TITLE_CHARACTERS
    assert len(notice.body) <= BODY_CHARACTERS
    assert notice.body.count("\n") < 4
    assert notice.title.isprintable()
    assert notice.body.replace("\n", "").isprintable()


# --- macOS and Windows -----------------------------------------------------------------------------------------------
NASTY = '"; do shell script "id" \\ $(id)\n🙂 -u'


def test_macos_reads_a_notice_as_text_that_no_other_program_sees(programs: Programs) -> None:
    programs.install("osascript")
    service = MacNotifications()
    service.show(SystemNotification("kitchen", "-u Ben", NASTY))
    ran = programs.next()
    assert json.loads(ran["stdin"]) == {"title": "-u Ben", "body": NASTY}
    assert not any("Ben" in argument or "shell script" in argument for argument in ran["argv"])
    assert service.problem == ""
    service.close()


def test_without_osascript_it_is_said_so(programs: Programs) -> None:
    service = MacNotifications()
    service.show(SystemNotification("kitchen", "Ben", "Lunch?"))
    assert "shows no notifications" in service.problem
    service.close()


@pytest.mark.parametrize(
    ("text", "units", "fits"),
    [
        ("Lunch?", 6, "Lunch?"), ("Lunch?", 5, "Lunc…"), ("one two", 5, "one…"), ("", 1, ""),
        ("🙂🙂", 4, "🙂🙂"), ("🙂🙂", 3, "🙂…"),
    ],
)  # fmt: skip
def test_windows_gets_what_fits_and_no_half_characters(text: str, units: int, fits: str) -> None:
    assert cut_to_utf16(text, units) == fits
