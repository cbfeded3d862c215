"""What is chosen for a room in its menu, and kept over a restart: muted, pinned, read."""

from __future__ import annotations

from collections.abc import Callable

from tests.desktop.hand import AtMouse
from tests.desktop.person import People, Person


def from_menu(person: Person, title: str, words: str) -> None:
    """By the context menu of a room in the list."""
    one = person.finds(title, within=person.sidebar)
    one.widget.event_generate("<<ContextMenu>>", x=one.x, y=one.y, rootx=one.x, rooty=one.y)
    person.presses(words)


def test_a_muted_room_is_silent_but_for_mentions_also_at_the_next_start(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.starts_room("Garden")
    ana.starts_room("Kitchen")
    ben.enters("Kitchen")
    ben.enters("Garden")
    from_menu(ben, "Kitchen", "Mute")
    ben.looks_away()
    ana.says("one", "two")
    ben.sees("Ana: two 2")
    ben.sees_title("Garden — lanchat")
    assert not ben.desktop.notices
    ana.says("@Ben, three")
    ben.sees_title("(1) Garden — lanchat")
    ben.until(lambda: [notice.title for notice in ben.desktop.notices.values()] == ["Ana mentioned you in Kitchen"])
    ben.closes_for_good()
    ben.opens()
    ben.sees_title("(1) Garden — lanchat")
    from_menu(ben, "Kitchen", "Mark as read")
    ben.sees_title("Garden — lanchat")
    ana.says("four")
    ben.sees("Ana: four 1")
    from_menu(ben, "Kitchen", "Unmute")
    ben.sees_title("(1) Garden — lanchat")


def test_a_pinned_room_is_on_top_also_at_the_next_start(people: People) -> None:
    ana = people.person("Ana")
    for title in ("Attic", "Garden", "Kitchen"):
        ana.starts_room(title)
    rooms = ana.app.window.panes.sidebar.rooms if ana.app.window.panes else None
    assert rooms
    assert [row.name for row in rooms.rows if row.name] == ["Attic", "Garden", "Kitchen"]
    from_menu(ana, "Kitchen", "Pin on top")
    assert [row.name for row in rooms.rows if row.name] == ["Kitchen", "Attic", "Garden"]
    ana.closes_for_good()
    ana.opens()
    assert ana.app.window.panes
    rooms = ana.app.window.panes.sidebar.rooms
    ana.until(lambda: [row.name for row in rooms.rows if row.name] == ["Kitchen", "Attic", "Garden"])


def test_rooms_are_dragged_into_an_order_that_the_next_start_keeps(
    people: People, hand: Callable[[Person], AtMouse]
) -> None:
    ana = people.person("Ana")
    for title in ("Attic", "Garden", "Kitchen"):
        ana.starts_room(title)
    kitchen, attic = (ana.finds(title, within=ana.sidebar) for title in ("Kitchen", "Attic"))
    hand(ana).drags(kitchen.widget, (kitchen.x, kitchen.y), (attic.x, attic.y - 8))

    def order() -> list[str]:
        panes = ana.app.window.panes
        return [row.name for row in panes.sidebar.rooms.rows if row.name] if panes else []

    ana.until(lambda: order() == ["Kitchen", "Attic", "Garden"], "it is not moved")
    ana.closes_for_good()
    ana.opens()
    ana.until(lambda: order() == ["Kitchen", "Attic", "Garden"])
