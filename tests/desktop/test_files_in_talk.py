"""Files from window to window: sent, seen in the talk, got with a press, and still there when their sender has gone."""

from __future__ import annotations

import random
from pathlib import Path

from PIL import Image, ImageDraw

from lanchat.core.model import EntryId
from lanchat.desktop.conversation_view import ConversationView
from lanchat.desktop.model.files import FileAction
from lanchat.desktop.timeline.timeline import Timeline
from lanchat.engine.commands import SendFiles
from tests.desktop.person import People, Person

SIZE = 3_000_000


def timeline_of(person: Person) -> Timeline:
    view = person.app.window.main_view
    assert isinstance(view, ConversationView)
    return view.timeline


def offered(person: Person, name: str) -> EntryId:
    """The message that offers it, in the room in view."""
    rows = [row.row for row in timeline_of(person).view.rows if row.file is not None and row.file.offer.name == name]
    return rows[-1].message_id  # type: ignore[union-attr]


def presses_on_card(person: Person, name: str, action: FileAction) -> None:
    """With the mouse, on the button of the card."""
    timeline = timeline_of(person)
    message_id = offered(person, name)
    person.until(lambda: action in [one.action for one in timeline.files.spots_of(message_id)], f"no {action}")
    row = timeline.view.rows[timeline.view.find(message_id) or 0]
    left, top, *_size = timeline.view.text.bbox(timeline.view.place_of_file(row)) or (0, 0)
    box = next(one.box for one in timeline.files.spots_of(message_id) if one.action is action)
    x, y = left + (box[0] + box[2]) // 2, top + (box[1] + box[3]) // 2
    for event in ("<Motion>", "<ButtonPress-1>", "<ButtonRelease-1>"):
        timeline.view.text.event_generate(event, x=x, y=y)


def a_photo(folder: Path) -> Path:
    image = Image.new("RGB", (1200, 800), "#f0d8a8")
    ImageDraw.Draw(image).ellipse((300, 200, 900, 700), fill="#c03020")
    image.save(folder / "soup.jpg", quality=90)
    return folder / "soup.jpg"


def test_a_picture_comes_by_itself_and_a_file_on_a_press(people: People, tmp_path: Path) -> None:
    data = random.Random(1).randbytes(SIZE)
    (tmp_path / "release.zip").write_bytes(data)
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.starts_room("Kitchen")
    ben.enters("Kitchen")
    ben.says("hello")  # no picture comes by itself from strangers
    ana.sees("hello")
    ana.looks()
    for path, caption in ((a_photo(tmp_path), "Soup, as promised"), (tmp_path / "release.zip", "")):
        ana.app.window.do(SendFiles(ana.room_id, (str(path),), caption))
    ana.sees("Soup, as promised", "soup.jpg", "release.zip")
    ben.looks()
    ben.sees("Soup, as promised", "release.zip")
    files = ben.app.window.state.room(ben.room_id).files
    ben.until(lambda: bool(files.get(offered(ben, "soup.jpg")) and files[offered(ben, "soup.jpg")].path), "no picture")
    ben.sees("Get")
    presses_on_card(ben, "release.zip", FileAction.GET)
    zipped = offered(ben, "release.zip")
    ben.until(lambda: bool(zipped in files and files[zipped].path), "no file")
    ben.sees("release.zip · 3 MB · saved to lanchat/Kitchen · Open · Show in folder")
    kept = Path(files[zipped].path)
    assert kept.read_bytes() == data
    assert kept.parent.name == "Kitchen"


def test_a_file_can_still_be_had_when_its_sender_has_gone(people: People, tmp_path: Path) -> None:
    data = random.Random(2).randbytes(SIZE)
    (tmp_path / "release.zip").write_bytes(data)
    ana, ben, li = people.person("Ana"), people.person("Ben"), people.person("Li")
    ana.starts_room("Kitchen")
    ben.enters("Kitchen")
    ben.app.window.do(SendFiles(ben.room_id, (str(tmp_path / "release.zip"),)))
    ben.sees("release.zip")
    state = ben.app.window.state
    ben.until(lambda: any([one.host_has for one in state.room(ben.room_id).files.values()]), "the host has no copy")
    ben.closes_for_good()
    li.enters("Kitchen")
    li.looks()
    presses_on_card(li, "release.zip", FileAction.GET)
    li.sees("saved to")
    files = li.app.window.state.room(li.room_id).files
    assert Path(files[offered(li, "release.zip")].path).read_bytes() == data
