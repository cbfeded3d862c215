"""The first thirty seconds, and the next start."""

from __future__ import annotations

import functools

import pytest

from lanchat.desktop import routes
from lanchat.desktop.pages.welcome_page import WelcomePage
from tests.desktop.person import People


def test_lanchat_knows_a_name_and_asks_nothing(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "mia")
    mia = people.person("")
    mia.sees("You are Mia", "Looking on 127.0.0.1…", "No room is open here yet")


def test_a_name_is_changed_in_place(people: People) -> None:
    ana = people.person("Ana")
    ana.presses("Change your name")
    ana.keys("Control-a")
    ana.types("Zoë")  # pasted over the old name
    ana.keys("Return")
    ana.sees("You are Zoë", "Start Zoë's room")


def test_where_there_is_no_room_enter_starts_one(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.sees("No room is open here yet")
    ana.keys("Return")
    ana.sees("You are hosting", "People on this network see this room by themselves")
    ben.sees_room("Ana's room")


def test_enter_joins_the_only_room_and_what_was_said_is_there_at_once(people: People) -> None:
    ana = people.person("Ana")
    ana.starts_room()
    ana.says("is the kettle on?")
    ben = people.person("Ben")
    ben.sees("Join ↵")
    ben.keys("Return")
    ben.sees("Encrypted · first meeting with Ana", "is the kettle on?")
    ben.says("it is")  # the keyboard is where one writes
    ben.sees_state("it is", "✓")
    ana.sees("Ben joined", "it is")


def test_a_room_that_comes_while_one_waits_can_be_entered_by_enter(people: People) -> None:
    ben, ana = people.person("Ben"), people.person("Ana")
    ben.sees("No room is open here yet")
    ana.starts_room("Kitchen")
    ben.looks()
    ben.sees("Join ↵")
    ben.keys("Return")
    ben.sees("Connected")


def test_when_nobody_comes_the_page_turns_into_help(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "WelcomePage", functools.partial(WelcomePage, help_ms=50))
    ana = people.person("Ana")
    ana.sees("Should somebody be here?", "Are both computers on the same Wi-Fi", "Guest Wi-Fi")
    ana.presses("Check my computer")
    ana.sees("All is well on this computer.", "This computer is in one network.")
    ana.presses("Done")
    ana.presses("Type a code or address")
    ana.sees("Join by code, link or address")


def test_the_next_start_goes_back_into_the_same_room_with_the_unread_line_in_place(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.starts_room("Kitchen")
    ben.enters("Kitchen")
    ben.says("see you tomorrow")
    ana.sees("see you tomorrow")
    ben.closes_for_good()
    ana.says("good morning", "tea is ready")
    ana.sees("tea is ready")
    ben.opens()
    ben.sees("Connected", "see you tomorrow", "New messages", "good morning", "tea is ready")
    shown = ben.reads()
    assert shown.index("see you tomorrow") < shown.index("New messages") < shown.index("good morning")


def test_who_hosted_hosts_again_at_the_next_start(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.starts_room("Kitchen")
    ana.says("I am back in a minute")
    ana.closes_for_good()
    ana.opens()
    ana.sees("You are hosting", "I am back in a minute")
    ben.enters("Kitchen")
    ben.sees("I am back in a minute")
