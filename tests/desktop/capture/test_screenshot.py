"""From the press of the button to the attachment, on a real screen."""

from __future__ import annotations

import time
import tkinter as tk
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from lanchat.core.model import RoomId
from lanchat.desktop.capture import screenshot
from lanchat.desktop.capture.drawing_page import DrawingPage
from lanchat.desktop.capture.screenshot import Screenshot
from lanchat.desktop.platform.screen_capture import Capture
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.view_context import DrawOn
from tests.desktop.hand import Hand, needs
from tests.desktop.stage import Stage, open_stage

ROOM = RoomId("a" * 16)
SECONDS = 20  # never reached unless something is broken
GREEN, BLUE = (0x11, 0x99, 0x33), (0x22, 0x44, 0xCC)


@pytest.fixture
def stage(root: tk.Tk, theme: Theme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    needs("xdotool")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    root.configure(bg="#2244cc")
    with open_stage(root, theme, tmp_path) as stage:
        yield stage


@pytest.fixture
def other(root: tk.Tk) -> Iterator[tk.Toplevel]:
    """Another program's window below lanchat's."""
    other = tk.Toplevel(root, bg="#119933")
    other.overrideredirect(True)
    other.geometry("1300x900+0+0")
    other.update()
    other.lower()
    root.lift()
    root.update()
    yield other
    other.destroy()


def wait(root: tk.Tk, until: Callable[[], object]) -> None:
    end = time.monotonic() + SECONDS
    while not until():
        assert time.monotonic() < end, "it did not happen"
        root.update()
        time.sleep(0.005)


def overlay(root: tk.Tk) -> list[tk.Toplevel]:
    tops = [child for child in root.winfo_children() if isinstance(child, tk.Toplevel)]
    return [top for top in tops if top["background"] == "#000000" and top.winfo_viewable()]


def begin(stage: Stage) -> tuple[tk.Toplevel, Hand]:
    Screenshot.take(stage.context, ROOM)
    Screenshot.take(stage.context, ROOM)  # a second press is none
    assert stage.root.state() == "withdrawn"
    wait(stage.root, lambda: overlay(stage.root))
    (window,) = overlay(stage.root)
    return window, Hand(stage.root)


def test_a_region_is_chosen_and_lanchat_is_not_in_it(stage: Stage, other: tk.Toplevel) -> None:
    window, hand = begin(stage)
    hand.drags(window, (100, 100), (400, 300))
    wait(stage.root, lambda: stage.places)
    (place,) = stage.places
    assert isinstance(place, DrawOn)
    assert place.room_id == ROOM
    assert place.drawing.size == (300, 200)
    assert place.drawing.rendered().getcolors() == [(300 * 200, GREEN)]  # not the blue of lanchat, which was over it
    assert stage.root.state() == "normal"
    assert not overlay(stage.root)


@pytest.mark.parametrize("way", ["Escape", "right"])
def test_giving_up_leaves_everything_as_it_was(stage: Stage, way: str) -> None:
    window, hand = begin(stage)
    if way == "right":
        hand.moves(window)
        hand.clicks(3)
    else:
        hand.types(way)
    wait(stage.root, lambda: stage.root.state() == "normal")
    assert not stage.places
    assert not overlay(stage.root)
    begin(stage)[1].types("Escape")  # and it works again
    wait(stage.root, lambda: stage.root.state() == "normal")


def test_enter_takes_the_whole_screen_and_a_click_takes_nothing(stage: Stage) -> None:
    window, hand = begin(stage)
    hand.moves(window)
    hand.clicks()
    assert not stage.places
    hand.types("Return")
    wait(stage.root, lambda: stage.places)
    (place,) = stage.places
    assert isinstance(place, DrawOn)
    assert place.drawing.size == (stage.root.winfo_screenwidth(), stage.root.winfo_screenheight())


def test_where_the_system_lets_people_choose_there_is_no_overlay(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screenshot, "capture_screen", lambda: Capture(Image.new("RGB", (70, 50), BLUE)))
    Screenshot.take(stage.context, ROOM)
    wait(stage.root, lambda: stage.places)
    (place,) = stage.places
    assert isinstance(place, DrawOn)
    assert place.drawing.size == (70, 50)


@pytest.mark.parametrize("capture", [Capture(), Capture(problem="It cannot.")])
def test_without_a_picture_the_window_comes_back(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, capture: Capture
) -> None:
    monkeypatch.setattr(screenshot, "capture_screen", lambda: capture)
    Screenshot.take(stage.context, ROOM)
    wait(stage.root, lambda: stage.root.state() == "normal")
    assert not stage.places
    assert stage.said == ([capture.problem] if capture.problem else [])


def test_an_error_brings_the_window_back(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> Capture:
        raise OSError("no screen")

    monkeypatch.setattr("threading.excepthook", lambda args: None)
    monkeypatch.setattr(screenshot, "capture_screen", fails)
    Screenshot.take(stage.context, ROOM)
    wait(stage.root, lambda: stage.root.state() == "normal")


def test_an_overlay_that_cannot_be_shown_brings_the_window_back(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, callback_errors: list[str]
) -> None:
    def fails(*_arguments: object) -> None:
        raise tk.TclError("not enough free memory for image buffer")

    monkeypatch.setattr(screenshot, "RegionOverlay", fails)
    Screenshot.take(stage.context, ROOM)
    wait(stage.root, lambda: stage.root.state() == "normal")
    assert "not enough free memory" in callback_errors.pop()


def test_what_is_drawn_becomes_an_attachment_of_the_draft(stage: Stage) -> None:
    picture = Image.new("RGB", (300, 200), GREEN)
    page = DrawingPage(stage.root, stage.context, DrawOn(ROOM, screenshot.Drawing(picture, 3)))
    page.pack(fill="both", expand=True)
    stage.root.update()
    page.focus_first()
    stage.root.update()
    canvas = next(child for child in page.winfo_children() if isinstance(child, tk.Canvas))
    hand = Hand(stage.root)
    middle = canvas.winfo_width() // 2, canvas.winfo_height() // 2
    wait(stage.root, lambda: canvas.coords("picture") == [middle[0] - 150, middle[1] - 100])
    hand.drags(canvas, (middle[0] - 100, middle[1]), (middle[0] + 100, middle[1]))
    hand.drags(canvas, (middle[0] - 100, middle[1] - 50), (middle[0] + 100, middle[1] + 50))
    hand.types("ctrl+z", "Return")
    assert stage.context.went == ["back"]
    (path,) = stage.context.kept.now.room(ROOM).draft_files
    assert Path(path).parent == stage.context.kept.folder / "files" / "pasted"
    with Image.open(path) as kept:
        assert kept.format == "PNG"
        assert kept.size == (300, 200)
        assert kept.getpixel((150, 100)) == (0xE5, 0x38, 0x3B)  # one arrow
        assert kept.getpixel((150, 50)) == GREEN


def test_a_full_disk_is_told_and_nothing_is_lost(stage: Stage) -> None:
    folder = stage.context.kept.folder / "files"
    folder.write_bytes(b"in the way")
    page = DrawingPage(stage.root, stage.context, DrawOn(ROOM, screenshot.Drawing(Image.new("RGB", (9, 9)), 3)))
    page.pack()
    page.done()
    assert stage.context.went == []
    assert len(stage.said) == 1
