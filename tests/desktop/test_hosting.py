"""Hosting: with one click, with a passphrase, several rooms at once, and stopping."""

from __future__ import annotations

from lanchat.engine.commands import OpenRoom
from tests.desktop.person import People, Person


def hosts_with_passphrase(ana: Person) -> str:
    """The passphrase made up for it."""
    ana.presses("Start a room")
    ana.presses("Only with a passphrase")
    ana.presses("Open the room")
    ana.sees("Passphrase", "Code", "Link")
    ana.presses("Copy")
    ana.sees("Copied")
    passphrase = str(ana.root.clipboard_get())
    ana.presses("Done")
    return passphrase


def test_a_room_is_open_after_a_click_and_enter_under_my_name(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.presses("Start a room")
    ana.sees("Ana's room")  # what it is called, to be kept or changed
    ana.keys("Return")
    ana.sees("You are hosting · code")
    ben.sees_room("Ana's room")


def test_four_words_open_the_door(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    passphrase = hosts_with_passphrase(ana)
    assert len(passphrase.replace("-", " ").split()) == 4
    ben.picks("Ana's room")
    ben.sees("passphrase")
    ben.types("not-these-four-words")
    ben.keys("Return")
    ben.sees("That is not the passphrase.")
    ben.types(passphrase)
    ben.keys("Return")
    ben.sees("Connected")
    ben.says("let me in!")
    ana.sees("let me in!")
    ben.closes_for_good()
    ben.opens()
    ben.sees("Connected")  # asked only once


def test_who_is_not_shown_the_room_comes_in_by_its_code(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.starts_room("Kitchen")
    ana.presses("Other ways in…")
    ana.presses("Copy")
    code = str(ana.root.clipboard_get())
    ben.presses("Join…")
    ben.types("nonsense")
    ben.keys("Return")
    ben.sees_no("Connecting…")
    ben.keys("Control-a")
    ben.types(code)
    ben.keys("Return")
    ben.sees("Encrypted · first meeting with Ana")


def test_several_rooms_at_once(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.starts_room("Kitchen")
    ana.starts_room("Garden")
    ana.sees("You host 2 rooms")
    ben.enters("Kitchen")
    ben.says("in the kitchen")
    ben.enters("Garden")
    ben.says("in the garden")
    ana.sees("in the garden")
    assert "in the kitchen" not in ana.timeline.get("1.0", "end")
    ana.sees("Ben: in the kitchen 1")
    ana.picks("Kitchen")
    ana.sees("in the kitchen")


def test_stopping_says_who_is_affected_and_the_room_can_be_opened_again(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.starts_room("Kitchen")
    ben.enters("Kitchen")
    ana.sees("Ben joined")
    ana.presses("More")
    ana.presses("Stop hosting…")
    ana.sees("Stop hosting Kitchen?", "1 other person is here: Ben.")
    ana.presses("Keep it open")
    ana.presses("More")
    ana.presses("Stop hosting…")
    ana.presses("Stop hosting")
    ana.sees("This room is closed.")
    ben.sees("Reconnecting…")
    ana.presses("Open this room")
    ana.sees("You are hosting")
    ben.sees("Connected")


def test_who_is_about_to_start_a_room_is_not_taken_to_one_that_opens_again(people: People) -> None:
    ana = people.person("Ana")
    ana.starts_room("Kitchen")
    kitchen = ana.room_id
    ana.presses("More")
    ana.presses("Stop hosting…")
    ana.presses("Stop hosting")
    ana.sees("This room is closed.")
    ana.presses("Start a room")
    ana.sees("Only with a passphrase")
    ana.app.window.do(OpenRoom("Kitchen", room_id=kitchen))  # as it does by itself after a start
    ana.sees("You host 1 room", "Only with a passphrase")
    ana.keys("Control-a")
    ana.types("Garden")
    ana.keys("Return")
    ana.sees("You are hosting", "You host 2 rooms", "Message Garden")


def test_a_guest_is_sent_away_and_may_come_back(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.starts_room("Kitchen")
    ben.enters("Kitchen")
    ana.presses("Ben")
    ana.presses("Send away…")
    ana.sees("Send Ben away?")
    ana.presses("Send away")
    ben.sees("The host sent you away")
    ben.presses("Try again")
    ben.sees("Connected")


def test_a_banned_guest_stays_out_until_let_in_again(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.starts_room("Kitchen")
    ben.enters("Kitchen")
    ana.presses("Ben")
    ana.presses("Ban…")
    ana.presses("Ban")
    ana.sees("Ben may not come in.")
    ben.sees_no("Connected")
    ana.presses("Let in again")
    ana.sees_no("Ben may not come in.")
    ben.presses("Try again")
    ben.sees("Connected")


def test_closing_asks_who_hosts_for_others(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.starts_room("Kitchen")
    ben.enters("Kitchen")
    ana.sees("Ben joined")
    ana.closes()
    ana.sees("Closing lanchat closes Kitchen for 1 person", "Here now: Ben.")
    ana.presses("Stay")
    ana.sees("You are hosting")
    ana.closes()
    ana.presses("Keep running in the background")
    ana.until(lambda: not ana.root.winfo_viewable())
    network = ana.network
    assert network is not None
    ana.until(lambda: not network.looking)  # nobody sees the list of rooms
    ben.says("still there?")
    ben.sees_state("still there?", "✓")
    ana.until(lambda: "still there?" in [notice.body for notice in ana.desktop.notices.values()])
    ana.desktop.clicked(next(iter(ana.desktop.notices)))
    ana.until(lambda: bool(ana.root.winfo_viewable()))
    ana.until(lambda: network.looking)
    ana.sees("still there?")
    ana.closes()
    ana.presses("Quit")
    ana.ended()
    ben.sees("Reconnecting…")


def test_who_hosts_for_nobody_else_just_closes(people: People) -> None:
    ana = people.person("Ana")
    ana.starts_room("Kitchen")
    ana.closes()
    ana.ended()
