"""Files in the conversation: what their cards say, and what can be done with them by mouse, keyboard and menu."""

from __future__ import annotations

import tkinter as tk
from pathlib import Path

import pytest
from PIL import Image

from lanchat.core.model import EntryId
from lanchat.desktop import file_actions
from lanchat.desktop.model.files import FileAction, status_of, type_label
from lanchat.engine.commands import CancelFile, GetFile, PauseFile
from lanchat.engine.events import EntryWritten, FileChanged, FileState
from lanchat.engine.made_files import PICTURES
from tests.desktop.timeline.offering import (
    a_file,
    a_picture,
    a_preview,
    becomes,
    drawn_file,
    offers,
    picture_of,
    place_of,
    press,
    spot,
)
from tests.desktop.timeline.talk import ANA, BEN, KITCHEN, LI, Talk


@pytest.fixture
def room(talk: Talk, root: tk.Tk) -> Talk:
    root.geometry("672x900+0+0")
    talk.open()
    talk.connect()
    root.update()
    return talk


def actions(talk: Talk, message_id: object) -> list[FileAction]:
    assert talk.timeline is not None
    return [one.action for one in talk.timeline.files.spots_of(message_id)]  # type: ignore[arg-type]


def test_a_card_offers_what_can_be_done_in_each_state(room: Talk) -> None:
    """Only a few of the actions have room on a narrow card; the menu has all."""
    file = offers(room, BEN, a_file())
    assert actions(room, file) == [FileAction.GET]
    becomes(room, file, FileState.WAITING)
    assert actions(room, file) == [FileAction.CANCEL]
    becomes(room, file, FileState.COMING, done=1, size=48_000_000)
    assert actions(room, file) == [FileAction.PAUSE, FileAction.CANCEL]
    becomes(room, file, FileState.PAUSED, done=1, size=48_000_000)
    assert actions(room, file) == [FileAction.RESUME, FileAction.CANCEL]
    becomes(room, file, FileState.FAILED, problem="The disk is full.")
    assert actions(room, file) == [FileAction.RETRY, FileAction.CANCEL]
    becomes(room, file, FileState.UNAVAILABLE)
    assert actions(room, file) == []
    becomes(room, file, FileState.HERE, path="/somewhere/release.zip")
    assert actions(room, file)[:2] == [FileAction.OPEN, FileAction.SHOW_IN_FOLDER]


def test_a_button_becomes_an_icon_before_the_state_is_cut(room: Talk) -> None:
    file = offers(room, BEN, a_file())
    becomes(room, file, FileState.HERE, path="/release.zip")
    assert room.timeline is not None
    words = [one.action for one in room.timeline.files.spots_of(file) if not one.tip]
    assert words == [FileAction.OPEN, FileAction.SHOW_IN_FOLDER]
    becomes(room, file, FileState.HERE, path="/Downloads/lanchat/The kitchen of Ana/release.zip")
    words = [one.action for one in room.timeline.files.spots_of(file) if not one.tip]
    assert words == [FileAction.OPEN]
    assert FileAction.SHOW_IN_FOLDER in actions(room, file)


def test_where_a_state_has_little_room_the_reason_stays_and_the_size_goes() -> None:
    why = "Nobody here has it at the moment. It will come as soon as somebody has it."
    waits = FileChanged(KITCHEN, EntryId(b"f" * 16), FileState.UNAVAILABLE, problem=why)
    assert status_of(a_file(), waits).short == "Nobody here has it at the moment."
    comes = FileChanged(KITCHEN, EntryId(b"f" * 16), FileState.COMING, 1_000_000, 2_000_000, 500_000)
    assert status_of(a_file(), comes).words.startswith(status_of(a_file(), comes).short + " · ")


def test_my_answer_to_a_file_quotes_its_name_while_it_waits(room: Talk) -> None:
    file = offers(room, BEN, a_file())
    room.i_say("thank you", file)
    room.settle()
    assert a_file().name in room.shown()
    assert "too old" not in room.shown()


def test_a_press_on_a_button_does_what_it_says(room: Talk) -> None:
    file = offers(room, BEN, a_file())
    press(room, *spot(room, file, FileAction.GET)[1:])
    becomes(room, file, FileState.COMING, done=1, size=48_000_000)
    press(room, *spot(room, file, FileAction.PAUSE)[1:])
    press(room, *spot(room, file, FileAction.CANCEL)[1:])
    files = (GetFile, PauseFile, CancelFile)
    assert [one for one in room.done if isinstance(one, files)] == [one(KITCHEN, file) for one in files]


def test_a_press_beside_the_buttons_does_nothing(room: Talk) -> None:
    file = offers(room, BEN, a_file())
    left, top, _wide, high = place_of(room, file)
    press(room, left + 60, top + high // 2)
    assert not [one for one in room.done if isinstance(one, GetFile)]


def test_keys_do_the_same_for_the_message_that_the_arrows_chose(room: Talk) -> None:
    file = offers(room, BEN, a_file())
    room.text.focus_force()
    room.root.update()
    room.text.event_generate("<Up>")
    room.text.event_generate("<Key-o>")
    becomes(room, file, FileState.COMING, done=1, size=48_000_000)
    for key in ("p", "c", "s"):
        room.text.event_generate(f"<Key-{key}>")
    files = [one for one in room.done if isinstance(one, GetFile | PauseFile | CancelFile)]
    assert files == [GetFile(KITCHEN, file), PauseFile(KITCHEN, file), CancelFile(KITCHEN, file)]


def test_progress_changes_the_card_and_nothing_around_it(room: Talk) -> None:
    file = offers(room, BEN, a_file())
    after = room.says(LI, "and this is what follows")
    becomes(room, file, FileState.COMING, done=1_000_000, size=48_000_000, rate=1_000_000)
    before, place = picture_of(room, file), place_of(room, file)
    room.text.tag_add("sel", "1.0", "end")
    images = room.text.image_names()
    lines = room.text.count("1.0", "end", "ypixels")
    for done in range(2, 30):
        becomes(room, file, FileState.COMING, done=done * 1_000_000, size=48_000_000, rate=1_000_000)
    assert picture_of(room, file).tobytes() != before.tobytes()
    assert place_of(room, file) == place
    assert room.text.image_names() == images, "the same image"
    assert room.text.count("1.0", "end", "ypixels") == lines
    assert room.text.tag_ranges("sel"), "what is selected stays selected"
    assert after


def test_a_file_that_cannot_be_opened_any_more_is_told(room: Talk, tmp_path: Path) -> None:
    file = offers(room, BEN, a_file())
    becomes(room, file, FileState.HERE, path=str(tmp_path / "gone.zip"))
    press(room, *spot(room, file, FileAction.OPEN)[1:])
    assert "not there any more" in room.said[-1]


def test_a_caption_stands_over_the_picture_and_is_what_is_copied(room: Talk) -> None:
    picture = offers(room, BEN, a_picture(400, 300, caption="Soup, as promised"))
    assert "Soup, as promised" in room.text.get("1.0", "end")
    assert room.timeline is not None
    index = room.timeline.view.find(picture)
    assert index is not None
    assert room.timeline.view.message_text(index)[0] == "Soup, as promised\nsoup.png"


def test_a_picture_is_copied_from_its_menu(room: Talk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[tuple[int, int]] = []
    monkeypatch.setattr(file_actions, "copy_picture", lambda image: copied.append(image.size) or "")
    picture = offers(room, BEN, a_picture(400, 300))
    assert "Copy picture" not in menu_of_newest(room), "it is not here yet"
    room.root.focus_get().event_generate("<Escape>")
    becomes(room, picture, FileState.HERE, path=str(drawn_file(tmp_path / "soup.png", 400, 300)))
    assert "Copy picture" in menu_of_newest(room)
    room.picks("Copy picture")
    assert (copied, room.said[-1]) == ([(400, 300)], "Copied")


def test_what_is_no_picture_is_not_copied_as_one(room: Talk) -> None:
    becomes(room, offers(room, BEN, a_file()), FileState.HERE, path="/somewhere/release.zip")
    assert "Copy picture" not in menu_of_newest(room)


def test_a_card_says_where_a_file_was_saved_and_no_place_within_lanchat(room: Talk) -> None:
    """A picture that came by itself is a card where it is of a kind that the window cannot show."""
    picture = offers(room, BEN, a_picture(400, 300, "soup.heic", media="image/heic"))
    assert room.timeline is not None
    becomes(room, picture, FileState.HERE, path=f"/home/ana/.local/share/lanchat/{PICTURES}/{KITCHEN}/soup.heic")
    words = room.timeline.view.text.words_of_images
    assert list(words.values()) == ["soup.heic · 2 MB · Open · Show in folder · Save a copy…"]
    becomes(room, picture, FileState.HERE, path="/home/ana/Downloads/lanchat/Kitchen/soup.heic")
    assert "2 MB · saved to lanchat/Kitchen" in "".join(words.values())


def menu_of_newest(talk: Talk) -> list[str]:
    talk.text.focus_force()
    talk.root.update()
    talk.text.event_generate("<End>")
    talk.text.event_generate("<Up>")
    talk.text.event_generate("<Return>")
    return talk.menu()


# --- pictures --------------------------------------------------------------------------------------------------------
def test_the_preview_is_there_at_once_and_the_picture_when_it_is_here(room: Talk, tmp_path: Path) -> None:
    picture = offers(room, BEN, a_picture(800, 600, preview=a_preview("#30a050")))
    assert middle_right(room, picture) == near("#30a050")
    becomes(room, picture, FileState.HERE, path=str(drawn_file(tmp_path / "soup.png", 800, 600, "#c03020")))
    assert middle_right(room, picture) == near("#c03020")


def test_nothing_moves_when_a_picture_comes(room: Talk, tmp_path: Path) -> None:
    """Whatever its file turns out to be."""
    picture = offers(room, BEN, a_picture(800, 600))
    room.says(LI, "below")
    room.settle()
    before, lines = place_of(room, picture), room.text.count("1.0", "end", "ypixels")
    for size in ((800, 600), (30, 900), (3000, 20), (1, 1)):
        path = drawn_file(tmp_path / f"{size}.png", *size)
        becomes(room, picture, FileState.HERE, path=str(path))
        assert place_of(room, picture) == before
        assert room.text.count("1.0", "end", "ypixels") == lines


def test_a_picture_of_another_shape_than_was_said_is_shown_whole(room: Talk, tmp_path: Path) -> None:
    picture = offers(room, BEN, a_picture(800, 600))
    becomes(room, picture, FileState.HERE, path=str(drawn_file(tmp_path / "x.png", 300, 600, "#c03020")))
    shown = picture_of(room, picture)
    card = room.context.theme.palette.card
    assert hexed(shown.getpixel((10, shown.height // 2))) == near(card)
    assert hexed(shown.getpixel((shown.width // 2, shown.height // 2))) == near("#c03020")


def test_a_picture_is_turned_as_its_camera_says(room: Talk, tmp_path: Path) -> None:
    image = Image.new("RGB", (600, 400), "#c03020")
    image.paste("#2040c0", (0, 0, 600, 100))  # at the top of what the camera wrote: at the right when it is turned
    exif = Image.Exif()
    exif[0x0112] = 6
    image.save(tmp_path / "turned.jpg", exif=exif, quality=95)
    picture = offers(room, BEN, a_picture(400, 600, media="image/jpeg"))
    becomes(room, picture, FileState.HERE, path=str(tmp_path / "turned.jpg"))
    shown = picture_of(room, picture)
    assert hexed(shown.getpixel((shown.width - 12, shown.height // 2))) == near("#2040c0")
    assert hexed(shown.getpixel((12, shown.height // 2))) == near("#c03020")


def test_a_bomb_is_refused_with_a_plain_word(room: Talk, tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    Image.new("1", (9000, 9000)).save(path)
    picture = offers(room, BEN, a_picture(800, 600))
    becomes(room, picture, FileState.HERE, path=str(path))
    assert room.timeline is not None
    assert "40 megapixels" in room.timeline.files.problem_of(picture)
    assert actions(room, picture) == [FileAction.OPEN], "the system's program may still try"


def test_a_damaged_picture_is_told(room: Talk, tmp_path: Path) -> None:
    whole = drawn_file(tmp_path / "whole.png", 500, 400).read_bytes()
    for number, data in enumerate((b"", b"no picture", whole[: len(whole) // 2])):
        path = tmp_path / f"{number}.png"
        path.write_bytes(data)
        picture = offers(room, BEN, a_picture(500, 400))
        becomes(room, picture, FileState.HERE, path=str(path))
        assert room.timeline is not None
        assert room.timeline.files.problem_of(picture)


def test_an_offer_that_says_too_many_pixels_is_a_card(room: Talk) -> None:
    file = offers(room, BEN, a_picture(100_000, 100_000))
    assert place_of(room, file)[3] < 80


def test_only_pictures_around_the_view_are_in_memory(room: Talk, tmp_path: Path) -> None:
    path = str(drawn_file(tmp_path / "x.png", 800, 600))
    for _ in range(60):
        picture = offers(room, BEN, a_picture(800, 600))
        becomes(room, picture, FileState.HERE, path=path)
    images = {str(room.text.image_cget(name, "image")) for name in room.text.image_names()}
    sizes = [room.root.tk.call("image", "width", name) * room.root.tk.call("image", "height", name) for name in images]
    assert sum([size > 10_000 for size in sizes]) < 15


def test_my_own_picture_is_shown_before_it_is_sent(room: Talk, tmp_path: Path) -> None:
    offer = a_picture(800, 600, caption="look")
    entry = ANA.writes("", room.now)
    room.hear(EntryWritten(KITCHEN, entry.entry_id, "soup.png\nlook", room.now, offer=offer))  # type: ignore[arg-type]
    path = drawn_file(tmp_path / "x.png", 800, 600, "#c03020")
    becomes(room, entry.entry_id, FileState.MINE, path=str(path))  # type: ignore[arg-type]
    assert middle_right(room, entry.entry_id) == near("#c03020")
    assert "look" in room.text.get("1.0", "end")


def test_a_moving_picture_plays_in_view_only(room: Talk, tmp_path: Path) -> None:
    path = tmp_path / "moving.gif"
    frames = [Image.new("RGB", (300, 200), colour) for colour in ("#c03020", "#2040c0")]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=30, loop=0)
    picture = offers(room, BEN, a_picture(300, 200, media="image/gif"))
    becomes(room, picture, FileState.HERE, path=str(path))
    seen = set()
    for _ in range(400):
        room.root.update()
        seen.add(hexed(picture_of(room, picture).getpixel((150, 100)))[:3])
        if len(seen) > 1:
            break
        room.root.after(5)
    assert len(seen) > 1, "both frames were seen"
    assert room.timeline is not None
    assert room.timeline.files.playing == 1
    for number in range(60):
        room.says(LI, f"further down {number}")
    room.settle()
    assert room.timeline.files.playing == 0


# --- the colours of a picture ----------------------------------------------------------------------------------------
class near(str):
    """A colour, equal to one that is like it."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        one, two = ([int(str(text)[at : at + 2], 16) for at in (1, 3, 5)] for text in (self, other))
        return all(abs(a - b) < 24 for a, b in zip(one, two, strict=True))

    def __hash__(self) -> int:
        return hash(str(self))


def hexed(pixel: object) -> str:
    assert isinstance(pixel, tuple)
    return "#{:02x}{:02x}{:02x}".format(*pixel[:3])


def middle_right(talk: Talk, message_id: object) -> str:
    """The colour of its picture beside the middle, where a pill may be."""
    shown = picture_of(talk, message_id)
    return hexed(shown.getpixel((shown.width - 20, shown.height // 2)))


@pytest.mark.parametrize(
    ("name", "label"), [("a.pdf", "PDF"), ("a.jpeg", "JPEG"), ("a.torrent", "TORR"), (".bashrc", ""), ("notes", "")]
)
def test_a_tile_says_how_the_name_ends(name: str, label: str) -> None:
    assert type_label(name) == label
