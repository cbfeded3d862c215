"""The viewer: a picture of a room over the window, zoomed, dragged, copied and saved."""

from __future__ import annotations

import hashlib
import tkinter as tk
from collections.abc import Callable, Iterator
from pathlib import Path
from tkinter import filedialog
from typing import Any

import pytest
from msgspec.structs import replace
from PIL import Image

from lanchat.core.model import EntryId
from lanchat.desktop import file_actions
from lanchat.desktop.picture_viewer import PictureViewer, view_picture
from lanchat.desktop.theme.palette import LIGHT
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.view_context import InRoom
from lanchat.engine.commands import GetFile
from lanchat.engine.events import FileChanged, FileState, MessagesChanged
from lanchat.storage.reader import Reader
from tests.desktop.model.telling import KITCHEN, connected
from tests.desktop.pages.many_files import FileArchive, an_offer, file_archive, picture, tiny
from tests.desktop.pages.page_user import PageUser
from tests.desktop.timeline.talk import BEN

Ana = PageUser[Any]
Viewed = Callable[[EntryId], PictureViewer]


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[FileArchive]:
    with file_archive(tmp_path) as archive:
        yield archive


@pytest.fixture
def user(root: tk.Tk, tmp_path: Path) -> Ana:
    return PageUser(root, Theme(root, LIGHT, 1.0), tmp_path)


@pytest.fixture
def view(user: Ana, archive: FileArchive) -> Iterator[Viewed]:
    """Open the viewer at a message."""
    reader = Reader.open(archive.folder)

    def at(message_id: EntryId) -> PictureViewer:
        user.context.reader = reader
        user.state.nicks.call(BEN.key, BEN.nick)
        user.hears(connected(KITCHEN), archive.known())
        view_picture(user.context, KITCHEN, archive.message(message_id))
        viewer = next(child for child in user.root.winfo_children() if isinstance(child, PictureViewer))
        user.root.update()
        return viewer

    yield at
    reader.close()


def hears(user: Ana, *events: Any) -> None:
    for event in events:
        user.state.apply(event)
        for listener in tuple(user.context.listeners):
            listener(event)
    user.root.update()


def shown(viewer: PictureViewer) -> tuple[int, int, int, int]:
    """Where on the canvas the picture is."""
    return viewer.canvas.bbox("picture")


def name_of(viewer: PictureViewer) -> str:
    assert viewer.message.offer is not None
    return viewer.message.offer.name


def test_it_covers_the_window_and_says_whose_picture_it_is(user: Ana, archive: FileArchive, view: Viewed) -> None:
    viewer = view(archive.offers_picture(BEN, "soup.png"))
    assert (viewer.winfo_width(), viewer.winfo_height()) == (user.root.winfo_width(), user.root.winfo_height())
    words = " ".join(user_words(viewer))
    assert "Ben" in words
    assert "in Kitchen" in words
    assert "soup.png · 1600 × 900" in words  # noqa: RUF001
    assert "About soup.png" in words
    left, top, right, bottom = shown(viewer)
    assert (right - left) / (bottom - top) == pytest.approx(16 / 9, rel=0.01)
    assert left >= 0
    assert right <= viewer.canvas.winfo_width()


def user_words(viewer: tk.Misc) -> list[str]:
    found = [str(getattr(viewer, "words", ""))]
    for child in viewer.winfo_children():
        found += user_words(child)
    return [one for one in found if one]


def test_the_arrows_go_through_the_pictures_of_the_room_in_their_order(
    user: Ana, archive: FileArchive, view: Viewed
) -> None:
    ids = [archive.offers_picture(BEN, f"{n}.png") for n in range(3)]
    archive.offers(BEN, an_offer("plan.odt", 5))
    viewer = view(ids[1])
    user.key("Left")
    assert name_of(viewer) == "0.png"
    user.key("Left")
    assert name_of(viewer) == "0.png", "the first"
    user.key("Right", "Next", "Right")
    assert name_of(viewer) == "2.png", "the last picture: a document is none"
    user.key("Prior")
    assert name_of(viewer) == "1.png"


def test_all_of_many_pictures_are_reached(user: Ana, archive: FileArchive, view: Viewed) -> None:
    ids = [archive.offers_picture(BEN, f"{n}.png", here=False) for n in range(60)]
    viewer = view(ids[30])
    for _step in range(80):
        viewer.step(-1)
    assert name_of(viewer) == "0.png"
    for _step in range(80):
        viewer.step(1)
    assert name_of(viewer) == "59.png"
    assert len(viewer.pictures.messages) == 60


def test_wheel_and_keys_zoom_and_the_point_under_the_pointer_stays(
    user: Ana, archive: FileArchive, view: Viewed
) -> None:
    viewer = view(archive.offers_picture(BEN, "soup.png"))
    canvas = viewer.canvas
    left, top, _right, _bottom = shown(viewer)
    at, zoom = (300, 200), canvas.zoom
    before = (at[0] - left) / zoom, (at[1] - top) / zoom
    for _turn in range(3):
        canvas.event_generate("<Button-4>", x=at[0], y=at[1])
    user.root.update()
    assert canvas.zoom == pytest.approx(zoom * 1.25**3)
    left, top, _right, _bottom = shown(viewer)
    drawn = canvas._drawn  # what is drawn is a part of it
    assert drawn is not None
    after = (at[0] - left + drawn.left) / canvas.zoom, (at[1] - top + drawn.top) / canvas.zoom
    assert after == pytest.approx(before, abs=2)
    assert f"{round(canvas.zoom * 100)} %" in user_words(viewer)
    user.key("Key-0")
    assert not canvas.is_enlarged
    user.key("plus", "plus")
    assert canvas.is_enlarged
    user.key("minus", "minus", "minus")
    assert not canvas.is_enlarged
    user.key("Key-1")
    assert canvas.zoom == 1.0
    for _press in range(30):
        user.key("plus")
    assert canvas.zoom == 8.0


def test_an_enlarged_picture_is_dragged_and_never_leaves(user: Ana, archive: FileArchive, view: Viewed) -> None:
    viewer = view(archive.offers_picture(BEN, "soup.png"))
    canvas = viewer.canvas
    user.key("Key-1", "plus", "plus")
    drag(user, viewer, (400, 300), (350, 280))
    for way in ((5_000, 5_000), (-5_000, -5_000)):
        drag(user, viewer, (400, 300), way)
        left, top, right, bottom = shown(viewer)
        assert left <= 0
        assert top <= 0
        assert right >= canvas.winfo_width()
        assert bottom >= canvas.winfo_height(), "all that is in view is drawn"
    user.key("Left")
    assert name_of(viewer) == "soup.png", "the arrows move it then"


def drag(user: Ana, viewer: PictureViewer, start: tuple[int, int], end: tuple[int, int]) -> None:
    canvas = viewer.canvas
    canvas.event_generate("<ButtonPress-1>", x=start[0], y=start[1])
    canvas.event_generate("<B1-Motion>", x=end[0], y=end[1])
    canvas.event_generate("<ButtonRelease-1>", x=end[0], y=end[1])
    user.root.update()


def test_escape_closes_it_and_gives_the_keyboard_back(user: Ana, archive: FileArchive, view: Viewed) -> None:
    field = tk.Text(user.root)
    field.pack()
    field.focus_force()
    user.root.update()
    viewer = view(archive.offers_picture(BEN, "soup.png"))
    user.key("x", "y")
    assert field.get("1.0", "end-1c") == "", "what is typed goes nowhere"
    user.key("Escape")
    assert not viewer.winfo_exists()
    assert user.root.focus_get() is field
    assert user.context.listeners == []


def test_what_is_not_here_is_asked_for_and_shown_when_it_came(user: Ana, archive: FileArchive, view: Viewed) -> None:
    image = picture("#204060")
    path = archive.folder / "late.png"
    offer = an_offer("late.png", 5_000, "image/png", width=1600, height=900, preview=tiny(image))
    message_id = archive.offers(BEN, offer)
    viewer = view(message_id)
    assert user.asked == [GetFile(KITCHEN, message_id)]
    assert shown(viewer), "the preview"
    hears(user, FileChanged(KITCHEN, message_id, FileState.COMING, 2_500, 5_000, 1_000))
    assert user.asked == [GetFile(KITCHEN, message_id)], "once"
    image.save(path)
    hears(user, FileChanged(KITCHEN, message_id, FileState.HERE, 5_000, 5_000, path=str(path)))
    assert viewer.path == str(path)
    user.key("Key-1")
    assert viewer.canvas.is_enlarged


def test_a_picture_that_cannot_be_read_says_so(user: Ana, archive: FileArchive, view: Viewed) -> None:
    path = archive.folder / "broken.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\nno picture")
    offer = an_offer("broken.png", 5, "image/png", width=300, height=200)
    viewer = view(archive.offers(BEN, offer, FileState.HERE, path=str(path)))
    assert "cannot be read" in " ".join(user_words(viewer))
    user.key("plus")
    assert not viewer.canvas.is_enlarged


def test_its_real_size_counts_not_what_its_author_says(user: Ana, archive: FileArchive, view: Viewed) -> None:
    path = archive.folder / "lie.png"
    picture(size=(400, 300)).save(path)
    offer = an_offer("lie.png", 5, "image/png", width=3_000, height=10)
    viewer = view(archive.offers(BEN, offer, FileState.HERE, path=str(path)))
    assert viewer.canvas.points == (400, 300)
    left, top, right, bottom = shown(viewer)
    assert (right - left, bottom - top) == (400, 300), "a small one is not enlarged"


def test_one_that_is_on_its_side_is_turned(user: Ana, archive: FileArchive, view: Viewed) -> None:
    path = archive.folder / "turned.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    picture(size=(800, 400)).save(path, exif=exif)
    offer = an_offer("turned.jpg", 5, "image/jpeg", width=400, height=800)
    viewer = view(archive.offers(BEN, offer, FileState.HERE, path=str(path)))
    assert viewer.canvas.points == (400, 800)
    user.key("Key-1")
    user.root.update()
    assert viewer.canvas.points == (400, 800)


def test_one_that_moves_plays(user: Ana, archive: FileArchive, view: Viewed) -> None:
    path = archive.folder / "moves.gif"
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("red", "green", "blue")]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=20, loop=0)
    offer = an_offer("moves.gif", 5, "image/gif", width=40, height=30)
    viewer = view(archive.offers(BEN, offer, FileState.HERE, path=str(path)))
    seen: set[str] = set()
    limit: list[bool] = []
    timer = user.root.after(10_000, lambda: limit.append(True))
    while len(seen) < 3:
        assert not limit, seen
        user.root.tk.dooneevent()
        name = viewer.canvas.itemcget("picture", "image")
        if name:
            seen.add(str(user.root.tk.call(name, "get", 20, 15)))
    user.root.after_cancel(timer)


def test_it_is_saved_as_a_copy(
    user: Ana, archive: FileArchive, view: Viewed, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    asked: list[str] = []
    target = archive.folder / "copy.png"

    def ask(**options: Any) -> str:
        asked.append(options["initialfile"])
        return str(target)

    monkeypatch.setattr(filedialog, "asksaveasfilename", ask)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    monkeypatch.setenv("PATH", str(archive.folder))
    viewer = view(archive.offers_picture(BEN, "soup.png"))
    user.key("Control-s")
    while not target.exists():
        user.root.update()
    assert asked == ["soup.png"]
    assert digest(target) == digest(archive.folder / "soup.png")
    assert viewer.winfo_exists()


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_it_is_copied(user: Ana, archive: FileArchive, view: Viewed, monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[Image.Image] = []
    monkeypatch.setattr(file_actions, "copy_picture", lambda image: copied.append(image) or "")
    view(archive.offers_picture(BEN, "soup.png"))
    user.key("Control-c")
    assert [image.size for image in copied] == [(1600, 900)]


def test_the_way_to_its_message(user: Ana, archive: FileArchive, view: Viewed) -> None:
    message_id = archive.offers_picture(BEN, "soup.png")
    viewer = view(message_id)
    viewer.go_to_message()
    assert user.went == [InRoom(KITCHEN, archive.message(message_id).seq)]
    assert not viewer.winfo_exists()


def test_a_picture_that_is_deleted_goes_from_the_viewer(user: Ana, archive: FileArchive, view: Viewed) -> None:
    ids = [archive.offers_picture(BEN, f"{n}.png") for n in range(2)]
    viewer = view(ids[1])
    hears(user, MessagesChanged(KITCHEN, (replace(archive.message(ids[1]), deleted=True),)))
    assert name_of(viewer) == "0.png"
    hears(user, MessagesChanged(KITCHEN, (replace(archive.message(ids[0]), deleted=True),)))
    assert not viewer.winfo_exists()


def test_in_a_low_window_the_picture_has_the_room(user: Ana, archive: FileArchive, view: Viewed) -> None:
    ids = [archive.offers_picture(BEN, f"{n}.png") for n in range(2)]
    viewer = view(ids[0])
    assert viewer.strip.winfo_viewable()
    user.root.geometry("660x440")
    user.root.update()
    user.root.update()
    assert not viewer.strip.winfo_viewable()


def test_the_strip_leads_to_others(user: Ana, archive: FileArchive, view: Viewed) -> None:
    ids = [archive.offers_picture(BEN, f"{n}.png") for n in range(3)]
    viewer = view(ids[0])
    viewer.strip.event_generate("<Button-1>", x=20 + 2 * 84, y=20)
    user.root.update()
    assert name_of(viewer) == "2.png"
