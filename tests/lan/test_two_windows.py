"""The window's own job, on two machines of a real network: host with a click, pick the room, talk, come back."""

from __future__ import annotations

from lan.windows import Opens


def test_two_windows_on_two_machines(opens: Opens) -> None:
    ana, ben = opens("h1", "ana"), opens("h2", "ben")
    ana.does("sees", "You are Ana", "Looking on 10.77.0.1", "No room is open here yet")
    ana.does("presses", "Start Ana's room")
    ana.does("sees", "You are hosting")
    ben.does("sees", "Join ↵")
    ben.does("picks", "Ana's room")
    ben.does("sees", "Encrypted · first meeting with Ana")
    ben.does("says", "Is the kettle on?")
    ana.does("sees", "Ben joined", "Is the kettle on?")
    ana.does("says", "It is.")
    ben.does("sees", "It is.")
    ana.does("sees_state", "It is.", "✓✓")

    assert ben.closes() == 0
    ana.does("says", "Where are you?")
    ben = opens("h2", "ben")  # straight back into the room
    ben.does("sees", "Is the kettle on?", "It is.", "Where are you?")
    ben.does("says", "Here again.")
    ana.does("sees", "Here again.")

    assert ana.closes() == 0
    ben.does("sees", "Reconnecting…")
    ben.does("says", "And you?")
    ana = opens("h1", "ana")
    ana.does("sees", "You are hosting", "And you?")
    ana.does("looks")
    ben.does("sees_state", "And you?", "✓✓")
    for person in (ana, ben):
        person.does("has_said", "Is the kettle on?", "It is.", "Where are you?", "Here again.", "And you?")
