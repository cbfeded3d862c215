"""The files of a room: what is listed, found and done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from lanchat.core.content import Deletion, encode
from lanchat.core.message import Message
from lanchat.core.model import EntryId
from lanchat.desktop import file_actions
from lanchat.desktop.file_actions import OpenQuestion
from lanchat.desktop.pages import files_page
from lanchat.desktop.pages.file_rows import FileRow, TileRow
from lanchat.desktop.pages.files_page import FilesPage
from lanchat.desktop.pages.offer_filters import CountChip
from lanchat.desktop.view_context import FilesOf, InRoom
from lanchat.desktop.widgets.menus import Popover
from lanchat.engine.commands import CancelFile, GetFile, PauseFile
from lanchat.engine.events import FileChanged, FileState, MessagesAdded, MessagesChanged
from tests.desktop.model.telling import KITCHEN, connected
from tests.desktop.pages.archive import drawn
from tests.desktop.pages.many_files import FileArchive, an_offer, file_archive, office
from tests.desktop.pages.page_user import PageUser
from tests.desktop.stage import click
from tests.desktop.timeline.talk import BEN, LI

Ana = PageUser[Any]
Listed = Callable[..., FilesPage]


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[FileArchive]:
    with file_archive(tmp_path) as archive:
        yield archive


@pytest.fixture
def listed(user: Ana, archive: FileArchive) -> Listed:
    """Sit before the page."""

    def at() -> FilesPage:
        for person in (BEN, LI):
            user.state.nicks.call(person.key, person.nick)
        user.hears(connected(KITCHEN), archive.known())
        page: FilesPage = user.at(lambda master, context: FilesPage(master, context, FilesOf(KITCHEN)))
        user.root.update()
        return page

    return at


def names(page: FilesPage) -> list[str]:
    """Of the files in rows, then of the pictures in tiles."""
    rows = [row.message for row in page.files.rows if isinstance(row, FileRow)]
    tiles = [message for row in page.files.rows if isinstance(row, TileRow) for message in row.pictures]
    return [message.offer.name for message in (*rows, *tiles) if message.offer is not None]


def press(user: Ana, page: FilesPage, *keys: str) -> None:
    page.files.canvas.focus_set()
    user.root.update()
    user.key(*keys)


def test_pictures_stand_above_the_other_files_which_are_listed_by_day(
    user: Ana, archive: FileArchive, listed: Listed
) -> None:
    office(archive, BEN, LI)
    page = listed()
    assert names(page)[:3] == ["office-tour.mp4", "Design drafts", "release-2.0-linux.zip"]
    assert names(page)[7:] == [f"soup-{n}.png" for n in (4, 3, 2, 1, 0)]
    assert page.about.words == "12 files · 125 MB · 6 on this computer"
    assert [chip.words for chip in page.filters.chips.values()] == [
        "All 12", "Pictures 5", "Documents 3", "Sound and video 2", "Other 2"
    ]  # fmt: skip
    seen = " ".join(drawn(page.files.canvas))
    for words in ("30 %", "Paused at 64 %", "Nobody here has it", "On this computer", "Get", "Try again"):
        assert words in seen


def test_a_kind_alone_is_shown(user: Ana, archive: FileArchive, listed: Listed) -> None:
    office(archive, BEN, LI)
    page = listed()
    chips = {chip.words.split()[0]: chip for chip in page.filters.chips.values()}
    chips["Documents"].press()
    user.root.update()
    assert names(page) == ["menu-december.pdf", "invoices-2026.csv", "minutes-board.odt"]
    chips["Pictures"].press()
    user.root.update()
    assert len(names(page)) == 5
    assert not any(isinstance(row, FileRow) for row in page.files.rows)
    chips["All"].press()
    user.root.update()
    assert len(names(page)) == 12


def test_a_person_alone_and_another_order(user: Ana, archive: FileArchive, listed: Listed) -> None:
    office(archive, BEN, LI)
    page = listed()
    page.filters.person.press()
    user.root.update()
    user.key("Down", "Down", "Return")
    assert page.filters.person.words in ("From Ben", "From Li")
    assert 0 < len(names(page)) < 12
    page.filters.person.press()
    user.root.update()
    user.key("Return")
    assert len(names(page)) == 12
    page.filters.order.press()
    user.root.update()
    user.key("End", "Return")
    assert names(page)[:2] == ["office-tour.mp4", "release-2.0-linux.zip"]


def test_a_name_is_searched_for(user: Ana, archive: FileArchive, listed: Listed) -> None:
    office(archive, BEN, LI)
    page = listed()
    page.field.focus_set()
    user.root.update()
    user.write("menu")
    wait_for(user, lambda: names(page) == ["menu-december.pdf"])
    user.write("nothing-like-it")
    wait_for(user, lambda: "No file matches" in page.says.words)


def test_a_person_is_searched_for(user: Ana, archive: FileArchive, listed: Listed) -> None:
    office(archive, BEN, LI)
    page = listed()
    page.field.focus_set()
    user.root.update()
    user.write("li")
    wait_for(user, lambda: "stand-up.ogg" in names(page) and "minutes-board.odt" not in names(page))


def wait_for(user: Ana, is_so: Callable[[], bool]) -> None:
    limit: list[bool] = []
    timer = user.root.after(10_000, lambda: limit.append(True))
    while not is_so():
        assert not limit, "it does not happen"
        user.root.tk.dooneevent()
    user.root.after_cancel(timer)


@pytest.mark.parametrize(
    ("state", "words", "command"),
    [
        (FileState.OFFERED, "Get", GetFile), (FileState.PAUSED, "Resume", GetFile),
        (FileState.FAILED, "Try again", GetFile),
    ],
)  # fmt: skip
def test_what_can_be_done_is_a_button(
    user: Ana, archive: FileArchive, listed: Listed, state: FileState, words: str,
    command: Callable[..., object],
) -> None:  # fmt: skip
    message_id = archive.offers(BEN, an_offer("plan.odt", 5_000), state, done=1_000)
    page = listed()
    click(page.files.canvas, words)
    assert user.asked == [command(KITCHEN, message_id)]


def test_what_comes_can_be_paused_and_cancelled(user: Ana, archive: FileArchive, listed: Listed) -> None:
    message_id = archive.offers(BEN, an_offer("film.mp4", 9_000, "video/mp4"), FileState.COMING, done=100, rate=10)
    page = listed()
    press(user, page, "Home", "Return")
    assert user.asked == [PauseFile(KITCHEN, message_id)]
    page.files.show_menu()
    user.root.update()
    user.key("Down", "Return")
    assert user.asked[1:] == [CancelFile(KITCHEN, message_id)]


def test_a_click_beside_the_buttons_stops_nothing(user: Ana, archive: FileArchive, listed: Listed) -> None:
    archive.offers(BEN, an_offer("film.mp4", 9_000, "video/mp4"), FileState.COMING, done=100, rate=10)
    page = listed()
    click(page.files.canvas, "film.mp4")
    assert user.asked == []


def test_a_file_that_is_here_is_opened_and_a_program_only_after_a_question(
    user: Ana, archive: FileArchive, listed: Listed, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []
    monkeypatch.setattr(file_actions, "open_file", lambda path: opened.append(path) or "")
    plan, program = archive.folder / "plan.odt", archive.folder / "setup.exe"
    plan.write_text("tea", "utf-8")
    program.write_text("tea", "utf-8")
    archive.offers(BEN, an_offer("setup.exe", 3), FileState.HERE, path=str(program))
    archive.offers(BEN, an_offer("plan.odt", 3), FileState.HERE, path=str(plan))
    page = listed()
    press(user, page, "Home", "Return")
    assert opened == [plan]
    press(user, page, "End", "Return")
    question = next(child for child in user.root.winfo_children() if isinstance(child, OpenQuestion))
    assert opened == [plan]
    user.key("Return")
    assert not question.winfo_exists(), "Enter alone cancels"
    assert opened == [plan]
    press(user, page, "End", "Return")
    user.key("Tab", "Tab", "Return")
    assert opened == [plan, program]


def test_a_file_that_was_deleted_since_is_not_opened(user: Ana, archive: FileArchive, listed: Listed) -> None:
    archive.offers(BEN, an_offer("plan.odt", 3), FileState.HERE, path=str(archive.folder / "gone.odt"))
    page = listed()
    press(user, page, "Home", "Return")
    assert "not there any more" in user.context.said[0]


def test_the_menu_leads_to_the_message(user: Ana, archive: FileArchive, listed: Listed) -> None:
    message_id = archive.offers(BEN, an_offer("plan.odt", 3))
    page = listed()
    press(user, page, "Home", "Menu")
    assert any(isinstance(child, Popover) for child in user.root.winfo_children())
    user.key("End", "Return")
    assert user.went == [InRoom(KITCHEN, archive.message(message_id).seq)]


def test_a_picture_is_copied_from_its_menu(
    user: Ana, archive: FileArchive, listed: Listed, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied: list[tuple[int, int]] = []
    monkeypatch.setattr(file_actions, "copy_picture", lambda image: copied.append(image.size) or "")
    archive.offers_picture(BEN, "soup.png")
    page = listed()
    press(user, page, "Home", "Menu")
    user.key("End", "Up", "Return")
    assert (copied, user.context.said) == ([(1600, 900)], ["Copied"])


def test_pictures_are_reached_with_the_arrows_and_viewed(
    user: Ana, archive: FileArchive, listed: Listed, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewed: list[Message] = []
    monkeypatch.setattr(files_page, "view_picture", lambda context, room_id, message: viewed.append(message))
    ids = [archive.offers_picture(BEN, f"{n}.png") for n in range(3)]
    page = listed()
    press(user, page, "Home", "Right", "Right", "Left", "Return")
    assert [message.message_id for message in viewed] == [ids[1]]


def test_what_changes_is_shown_at_once(user: Ana, archive: FileArchive, listed: Listed) -> None:
    message_id = archive.offers(BEN, an_offer("plan.odt", 1_000))
    page = listed()
    user.hears(FileChanged(KITCHEN, message_id, FileState.COMING, 400, 1_000, 100))
    assert "40 %" in " ".join(drawn(page.files.canvas))


def test_what_is_offered_meanwhile_is_listed_and_what_is_deleted_is_not(
    user: Ana, archive: FileArchive, listed: Listed
) -> None:
    first = archive.offers(BEN, an_offer("plan.odt", 1_000))
    page = listed()
    second = archive.offers(LI, an_offer("menu.pdf", 1_000))
    message = archive.message(second)
    user.hears(MessagesAdded(KITCHEN, (message,), message.seq - 1, message.seq))
    wait_for(user, lambda: names(page) == ["menu.pdf", "plan.odt"])
    delete(archive, first)
    user.hears(MessagesChanged(KITCHEN, (archive.message(first),)))
    wait_for(user, lambda: names(page) == ["menu.pdf"])


def delete(archive: FileArchive, message_id: EntryId) -> None:
    payload = encode(Deletion(), message_id)
    entry = replace(BEN.writes("", archive.now), kind=payload.kind, body=payload.body, target=message_id)
    archive.store.log(KITCHEN).append([entry], archive.now)


def test_more_are_read_while_one_scrolls(user: Ana, archive: FileArchive, listed: Listed) -> None:
    for number in range(150):
        archive.offers(BEN, an_offer(f"{number:03}.zip", 1_000))
    page = listed()
    assert names(page)[0] == "149.zip"
    assert len(names(page)) < 150
    for _end in range(6):
        press(user, page, "End")
    assert names(page)[-1] == "000.zip"
    assert len(names(page)) == len(set(names(page))) == 150


def test_a_room_without_files_says_how_to_offer_one(user: Ana, archive: FileArchive, listed: Listed) -> None:
    page = listed()
    assert "Nobody has sent a file" in page.says.words
    assert next(chip.words for chip in page.filters.chips.values()) == "All 0"


def test_everything_is_reached_with_tab(user: Ana, archive: FileArchive, listed: Listed) -> None:
    office(archive, BEN, LI)
    page = listed()
    reached = set[str]()
    for _step in range(14):
        user.key("Tab")
        reached.add(str(user.root.focus_get()))
    chips = [widget for widget in user.seen() if isinstance(widget, CountChip)]
    assert {str(chip) for chip in chips} | {str(page.files.canvas), str(page.field.field)} <= reached
