"""Files on their way into a message, in whole windows with real engines."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from lanchat.desktop.composer.attachment_strip import AttachmentStrip
from lanchat.desktop.conversation_view import ConversationView
from tests.desktop.composer.author import below
from tests.desktop.person import People, Person

GPS, LATITUDE = 0x8825, 2


@pytest.fixture
def photo(tmp_path: Path) -> str:
    """With where it was taken."""
    exif = Image.Exif()
    exif.get_ifd(GPS)[LATITUDE] = (52.0, 31.0, 12.0)
    Image.effect_noise((2600, 1300), 50).convert("RGB").save(tmp_path / "soup.jpg", quality=92, exif=exif)
    return str(tmp_path / "soup.jpg")


@pytest.fixture
def minutes(tmp_path: Path) -> str:
    (tmp_path / "minutes.odt").write_bytes(b"x" * 84_000)
    return str(tmp_path / "minutes.odt")


def conversation(person: Person) -> ConversationView:
    view = person.app.window.main_view
    assert isinstance(view, ConversationView)
    return view


def attaches(person: Person, *paths: str) -> None:
    person.app.window.files_dropped(paths)
    for path in paths:
        person.sees(Path(path).name)


def test_what_is_dropped_is_sent_with_enter_and_seen_by_the_other(people: People, photo: str, minutes: str) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.starts_room("Kitchen")
    ben.enters("Kitchen")
    ana.sees("Ben joined")
    attaches(ana, photo, minutes)
    ana.sees("for 1 person")
    ana.types("soup and minutes")
    ana.keys("Return")
    ben.sees("soup and minutes", "soup.jpg and 1 more", "2 files")
    ana.sees_no("for 1 person")
    assert not ana.app.window.state.batches.unfinished()


def test_a_smaller_picture_says_nothing_of_where_it_was_taken(people: People, photo: str) -> None:
    ana = people.person("Ana")
    ana.starts_room("Kitchen")
    attaches(ana, photo)
    ana.presses("Smaller pictures")
    ana.keys("Return")
    folder = ana.app.window.kept.folder / "files" / "smaller"
    ana.until(lambda: not ana.app.window.state.batches.unfinished(), "it is sent")
    (copy,) = folder.iterdir()
    with Image.open(copy) as image:
        assert image.size == (2048, 1024)
        assert not image.getexif()


def test_they_wait_in_the_draft_through_other_rooms_themes_and_restarts(people: People, minutes: str) -> None:
    ana = people.person("Ana")
    ana.starts_room("Garden")
    ana.starts_room("Kitchen")
    attaches(ana, minutes)
    ana.picks("Garden")
    ana.sees_no("minutes.odt")
    ana.picks("Kitchen")
    ana.sees("minutes.odt", "84 kB")
    ana.app.window.rebuild()
    ana.sees("minutes.odt", "84 kB")
    ana.closes_for_good()
    ana.opens()
    ana.sees("minutes.odt", "84 kB")


def test_what_cannot_be_sent_is_in_the_draft_again_though_another_room_is_shown(people: People, minutes: str) -> None:
    ana = people.person("Ana")
    ana.starts_room("Garden")
    ana.starts_room("Kitchen")
    attaches(ana, minutes)
    Path(minutes).unlink()
    ana.types("the minutes")
    ana.keys("Return")
    ana.picks("Garden")
    ana.until(lambda: not ana.app.window.state.batches.unfinished(), "it is refused")
    ana.picks("Kitchen")
    ana.sees("minutes.odt", "It is not there any more.", "the minutes")


def test_on_a_page_nothing_can_be_dropped(people: People, minutes: str) -> None:
    ana = people.person("Ana")
    assert not ana.app.window.files_over(True)
    ana.app.window.files_dropped([minutes])
    ana.starts_room("Kitchen")
    assert ana.app.window.files_over(True)
    ana.sees("Drop to send in Kitchen")
    assert ana.app.window.files_over(False)
    ana.sees_no("Drop to send in Kitchen")
    assert not next(one for one in below(conversation(ana)) if isinstance(one, AttachmentStrip)).paths
