"""Files at two windows, over real connections: the page of a room's files, its viewer and its keys."""

from __future__ import annotations

import tkinter as tk
from functools import partial
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from lanchat.desktop.pages.files_page import FilesPage
from lanchat.desktop.picture_viewer import PictureViewer
from lanchat.desktop.view_context import FilesOf, InRoom
from lanchat.engine.commands import Leave, SendFiles, SetFiles
from tests.desktop.pages.many_files import picture
from tests.desktop.person import People, Person


def in_the_kitchen(people: People) -> tuple[Person, Person]:
    """Ana hosts, Ben has come in. What Ben gets goes to a folder of the test, and no picture by itself."""
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.starts_room("Kitchen")
    ben.enters("Kitchen")
    settings = replace(ben.app.window.state.file_settings, folder=str(people.folder / "received"), pictures=False)
    ben.app.window.do(SetFiles(settings))
    ben.until(lambda: ben.app.window.state.file_settings == settings)
    return ana, ben


def sends(person: Person, *paths: Path) -> None:
    """One message for each."""
    for path in paths:
        person.app.window.do(SendFiles(person.room_id, (str(path),), ref=path.name))
        person.until(partial(_is_last, person, path.name))


def _is_last(person: Person, name: str) -> bool:
    last = person.app.window.state.room(person.room_id).last
    return last is not None and last.offer is not None and last.offer.name == name


def page_of(person: Person) -> FilesPage:
    person.keys("Control-Shift-O")
    person.until(lambda: isinstance(person.app.window.main_view, FilesPage))
    page = person.app.window.main_view
    assert isinstance(page, FilesPage)
    return page


def viewer_of(person: Person) -> PictureViewer | None:
    found = [child for child in person.root.winfo_children() if isinstance(child, PictureViewer)]
    return found[0] if found else None


def has_rows(page: FilesPage, count: int) -> bool:
    return page.about.words.startswith(f"{count} file") and bool(page.files.rows)


def drawn(canvas: tk.Canvas) -> str:
    texts = [item for item in canvas.find_all() if canvas.type(item) == "text"]
    return " ".join(str(canvas.itemcget(item, "text")) for item in texts)


def test_a_file_is_found_on_the_page_and_got_from_there(people: People) -> None:
    ana, ben = in_the_kitchen(people)
    plan = people.folder / "plan.odt"
    plan.write_bytes(b"tea at five" * 30_000)
    sends(ana, plan)
    page = page_of(ben)
    ben.until(lambda: has_rows(page, 1))
    ben.until(lambda: "Get" in drawn(page.files.canvas))
    ben.keys("Home", "Return")
    ben.until(lambda: "On this computer" in drawn(page.files.canvas) or "Open" in drawn(page.files.canvas))
    received = people.folder / "received" / "Kitchen" / "plan.odt"
    assert received.read_bytes() == plan.read_bytes()
    assert "1 on this computer" in page.about.words
    ben.keys("Control-Shift-O")
    ben.until(lambda: isinstance(ben.app.window.place, InRoom))


def test_what_is_sent_while_the_page_is_open_comes_onto_it(people: People) -> None:
    ana, ben = in_the_kitchen(people)
    page = page_of(ben)
    ben.until(lambda: "Nobody has sent" in page.says.words)
    plan = people.folder / "plan.odt"
    plan.write_bytes(b"tea")
    sends(ana, plan)
    ben.until(lambda: has_rows(page, 1) and "plan.odt" in drawn(page.files.canvas))
    assert isinstance(ben.app.window.place, FilesOf)


def test_a_picture_that_is_looked_at_comes_and_can_be_enlarged(people: People) -> None:
    ana, ben = in_the_kitchen(people)
    paths = [people.folder / f"{n}.png" for n in range(2)]
    for path, colour in zip(paths, ("#204060", "#604020"), strict=True):
        picture(colour).save(path)
        sends(ana, path)
    page = page_of(ben)
    ben.until(lambda: has_rows(page, 2))
    ben.keys("Home", "Return")
    ben.until(lambda: viewer_of(ben) is not None)
    viewer: Any = viewer_of(ben)
    ben.until(lambda: bool(viewer.path))
    assert Path(viewer.path).name == "1.png"
    ben.until(lambda: viewer.pictures.has(-1))
    ben.keys("Left")
    ben.until(lambda: Path(viewer.path).name == "0.png" and viewer.canvas.has_picture)
    ben.keys("Key-1")
    ben.until(lambda: viewer.canvas.is_enlarged and viewer.canvas.zoom == 1.0)
    ben.keys("Escape")
    ben.until(lambda: viewer_of(ben) is None)
    assert ben.app.window.main_view is page, "only the viewer was closed"


def test_what_is_here_is_known_also_while_the_room_is_closed(people: People) -> None:
    ana, ben = in_the_kitchen(people)
    plan = people.folder / "plan.odt"
    plan.write_bytes(b"tea")
    sends(ana, plan)
    page = page_of(ben)
    ben.until(lambda: has_rows(page, 1))
    ben.keys("Home", "Return")
    ben.until(lambda: "1 on this computer" in page.about.words)
    kitchen = page.room_id
    ben.app.window.do(Leave(kitchen))
    ben.until(lambda: not ben.app.window.state.room(kitchen).is_in)
    ben.closes_for_good()
    ben.opens()
    ben.app.window.go(FilesOf(kitchen))
    again = ben.app.window.main_view
    assert isinstance(again, FilesPage)
    ben.until(lambda: "1 on this computer" in again.about.words)
    ben.until(lambda: "On this computer" in drawn(again.files.canvas) or "Open" in drawn(again.files.canvas))
