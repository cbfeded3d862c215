"""What people see of each other besides what they say: who is writing, who has seen it, who is away."""

from __future__ import annotations

from lanchat.desktop.people.avatar_editor import AvatarEditor
from lanchat.engine.commands import Attend, Verify
from tests.desktop.eyes import parts
from tests.desktop.person import People, Person


def in_the_kitchen(people: People) -> tuple[Person, Person, Person]:
    """Ana hosts, Ben and Cleo are in; all look at it."""
    ana, ben, cleo = people.person("Ana"), people.person("Ben"), people.person("Cleo")
    ana.starts_room("Kitchen")
    ben.enters("Kitchen")
    cleo.enters("Kitchen")
    for person in (ana, ben, cleo):
        person.sees("Here — 3")
    return ana, ben, cleo


def test_all_see_who_writes_until_the_message_is_there(people: People) -> None:
    ana, ben, cleo = in_the_kitchen(people)
    ben.types("almost")
    for person in (ana, cleo):
        person.sees("Ben is writing…")
    cleo.types("me too")
    ana.sees("Ben and Cleo are writing…")
    ben.sees("Cleo is writing…")
    ben.keys("Return")
    ana.sees("almost", "Cleo is writing…")
    cleo.sees_no("is writing…")
    cleo.keys("Return")
    ana.sees_no("is writing…")


def test_the_line_does_not_move_what_is_around_it(people: People) -> None:
    ana, ben, _cleo = in_the_kitchen(people)
    before = ana.timeline.winfo_height()
    ben.types("hm")
    ana.sees("Ben is writing…")
    assert ana.timeline.winfo_height() == before


def test_a_command_is_nobodys_business(people: People) -> None:
    ana, ben, _cleo = in_the_kitchen(people)
    ben.types("/nick Benjamin")
    ben.keys("Control-a", "BackSpace")
    ben.types("x")
    ana.sees("Ben is writing…")


def test_the_author_sees_who_has_seen_it_under_the_newest_of_their_messages(people: People) -> None:
    ana, ben, cleo = in_the_kitchen(people)
    cleo.looks_away()
    ben.says("first")
    ana.looks()
    ben.sees("Seen by", "Ana")
    assert "Ana and Cleo" not in ben.reads()
    cleo.looks()
    ben.sees("Ana and Cleo")
    ben.says("second")
    ben.sees_no("Seen by")
    ana.looks()
    ben.sees("Seen by")
    cleo.looks()
    ben.sees("Ana and Cleo")
    lines = ben.timeline.get("1.0", "end").splitlines()
    (at,) = [number for number, line in enumerate(lines) if "Seen by" in line]
    assert "second" in lines[at - 1], "once, and under the last"
    ben.keys("Control-comma")
    ben.sees_no("Seen by")
    ben.picks("Kitchen")
    ben.sees("second", "Seen by", "Ana and Cleo")


def test_a_host_who_is_verified_now_is_met_for_the_first_time_no_more(people: People) -> None:
    ana, ben, _cleo = in_the_kitchen(people)
    ben.sees("first meeting with Ana")
    ben.app.window.do(Verify(ana.app.window.state.me))
    ben.sees_no("first meeting with Ana")


def test_who_does_not_show_it_is_not_named_and_sees_nobody(people: People) -> None:
    ana, ben, cleo = in_the_kitchen(people)
    cleo.keys("Control-comma")
    cleo.presses("Show others how far I have read")
    cleo.picks("Kitchen")
    ben.says("hello")
    cleo.looks()
    cleo.sees("hello")
    cleo.says("yes?")
    ana.looks()
    ben.sees("yes?", "Seen by", "Ana")
    assert "Ana and Cleo" not in ben.reads()
    assert "Seen by" not in cleo.reads()


def test_all_see_who_is_busy_and_what_they_say_of_themselves(people: People) -> None:
    ana, ben, cleo = in_the_kitchen(people)
    ben.types("/busy")
    ben.keys("Return")
    ben.types("/status soup until two")
    ben.keys("Return")
    for person in (ana, cleo):
        person.sees("Busy · soup until two")
    ana.presses("Ben", within=ana.people_pane)
    ana.sees("soup until two", "busy")
    cleo.says("@Ben hello")
    ben.sees("hello")
    assert not ben.desktop.notices
    ben.types("/here")
    ben.keys("Return")
    cleo.sees_no("Busy · soup")
    cleo.sees("soup until two")


def test_who_uses_no_key_for_ten_minutes_is_away_until_the_next(people: People) -> None:
    ana, ben, _cleo = in_the_kitchen(people)
    ben.app.do(Attend(idle=True))  # as the watch on the machine says it
    ana.sees("Away")
    ben.app.do(Attend(idle=False))
    ana.sees_no("Away")


def test_my_own_profile_is_where_i_change_it(people: People) -> None:
    ana, ben, _cleo = in_the_kitchen(people)
    ana.presses("Ana", within=ana.people_pane)
    ana.presses("In a few words")
    ana.types("tea")
    ana.keys("Return")
    ben.sees("tea · hosts this room")


def test_all_see_the_colour_that_somebody_chooses(people: People) -> None:
    ana, ben, _cleo = in_the_kitchen(people)
    ana.says("hello")
    ben.sees("hello")
    theme, state = ben.app.window.theme, ben.app.window.state
    member = ana.app.window.state.me
    before = theme.colour_of(member)
    ana.presses("Ana", within=ana.people_pane)
    ana.sees("Colour", "Pattern")
    own = next(part for part in parts(ana.people_pane) if isinstance(part, AvatarEditor))
    own.colours.focus_set()
    ana.keys("Left" if own.colours.value else "Right")
    ben.until(lambda: theme.colour_of(member) != before)
    wish = state.nicks.profile(member).avatar
    assert (wish.colour, wish.pattern) == (own.colours.value, None)
    ben.until(lambda: all(row.wish == wish for row in ben.app.window.main_view.timeline.view.rows if row.called))
    ana.presses("As my key has it")
    ben.until(lambda: theme.colour_of(member) == before)


def test_every_colour_can_be_chosen_in_a_narrow_window(people: People) -> None:
    ana = people.person("Ana")
    ana.keys("Control-comma")
    width, height = ana.root.minsize()
    ana.root.geometry(f"{width}x{height}")
    own = next(part for part in parts(ana.root) if isinstance(part, AvatarEditor))
    for row in (own.colours, own.patterns):
        ana.until(lambda row=row: row.winfo_width() >= row.winfo_reqwidth(), "a row is cut off")  # type: ignore[misc]
    assert own.patterns.winfo_y() > own.colours.winfo_y()
    ana.root.geometry("1300x800")
    ana.until(lambda: own.patterns.winfo_y() == own.colours.winfo_y(), "they are not side by side")
