"""What is in a folder that was offered is looked at before it is got: by its card, a key, and on the page of files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lanchat.desktop.model.files import FileAction
from lanchat.desktop.offer_contents import OfferContents
from lanchat.engine.commands import Delete
from tests.desktop.person import People, Person
from tests.desktop.test_acting_on_messages import chooses
from tests.desktop.test_files_in_talk import offered, presses_on_card, timeline_of
from tests.desktop.test_files_of_a_room import drawn, has_rows, in_the_kitchen, page_of, sends


def contents_of(person: Person) -> OfferContents | None:
    found = [child for child in person.root.winfo_children() if isinstance(child, OfferContents)]
    return found[0] if found else None


def a_folder(folder: Path) -> Path:
    top = folder / "May"
    (top / "walk").mkdir(parents=True)
    for number in range(12):
        (top / "walk" / f"{number:02}.jpg").write_bytes(bytes(30_000 + number))
    (top / "list.txt").write_bytes(b"all of them")
    return top


def has_card(person: Person) -> None:
    """The offer has come, and its card is drawn."""
    view = timeline_of(person).view
    person.until(lambda: any(row.file is not None and row.file.offer.name == "May" for row in view.rows))


def by_card(ben: Person) -> None:
    has_card(ben)
    ben.looks()
    presses_on_card(ben, "May", FileAction.LIST)


def by_key(ben: Person) -> None:
    has_card(ben)
    chooses(ben, "Up", "l")


def on_the_page(ben: Person) -> None:
    page = page_of(ben)
    ben.until(lambda: has_rows(page, 1))
    ben.keys("Home")
    ben.until(lambda: "What is in it" in drawn(page.files.canvas))
    ben.presses("What is in it", page)


@pytest.mark.parametrize("way", [by_card, by_key, on_the_page])
def test_the_names_and_sizes_are_shown_and_nothing_is_got(people: People, way: Callable[[Person], None]) -> None:
    ana, ben = in_the_kitchen(people)
    sends(ana, a_folder(people.folder))
    way(ben)
    ben.until(lambda: contents_of(ben) is not None)
    contents = contents_of(ben)
    assert contents is not None
    ben.until(lambda: "list.txt" in drawn(contents.files.canvas))
    assert "11 bytes" in drawn(contents.files.canvas)
    assert len(contents.files.rows) == 13
    assert not (people.folder / "received").exists()
    ben.keys("Escape")
    ben.until(lambda: contents_of(ben) is None)


def test_it_is_got_from_there(people: People) -> None:
    ana, ben = in_the_kitchen(people)
    sends(ana, a_folder(people.folder))
    by_card(ben)
    ben.until(lambda: contents_of(ben) is not None and "list.txt" in drawn(contents_of(ben).files.canvas))
    ben.presses("Get", contents_of(ben))
    ben.sees("May · 13 files")
    files = ben.app.window.state.room(ben.room_id).files
    ben.until(lambda: bool(files.get(offered(ben, "May")) and files[offered(ben, "May")].path))
    got = Path(files[offered(ben, "May")].path)
    assert (got / "walk" / "03.jpg").stat().st_size == 30_003


def test_why_it_is_not_known_is_said(people: People) -> None:
    ana, ben = in_the_kitchen(people)
    sends(ana, a_folder(people.folder))
    by_card(ben)
    ben.until(lambda: contents_of(ben) is not None)
    ben.keys("Escape")
    message_id = offered(ben, "May")
    offer = ben.app.window.state.room(ben.room_id).last.offer
    assert offer is not None
    ana.app.window.do(Delete(ana.room_id, message_id))
    ben.sees("deleted a message")
    contents = OfferContents(ben.app.window, ben.room_id, message_id, offer)  # as if it was deleted a moment later
    ben.until(lambda: "There is no such file any more." in contents.says.words)
