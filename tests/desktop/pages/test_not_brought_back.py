"""Messages that the keeper of a room did not take: they can be seen, copied and discarded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lanchat.core.codes import RejectCode
from lanchat.core.model import EntryId, RoomId
from lanchat.desktop.pages.not_brought_back_page import NotBroughtBackPage
from lanchat.desktop.theme.palette import LIGHT
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.view_context import NotBroughtBack
from lanchat.engine.commands import Discard
from lanchat.engine.events import BroughtBack, ConnectionChanged, ConnectionState
from tests.desktop.pages.page_user import PageUser
from tests.desktop.timeline.talk import BEN, KITCHEN, LI, Talk, talking


@pytest.fixture
def talk(root: object, tmp_path: Path) -> Iterator[Talk]:
    with talking(root, Theme(root, LIGHT, 1.0), tmp_path) as talk:  # type: ignore[arg-type]
        talk.says(BEN, "said in both copies")
        for person, text in ((LI, "see you at noon"), (BEN, "bring the red folder")):
            talk.says(person, text)
        talk.state.begin(talk.reader)
        talk.log.rebase(2, 1, talk.log.after(0, 1)[0].head)
        for entry in talk.log.carried.waiting():
            talk.log.carried.set_aside(EntryId(entry.entry_id), RejectCode.RIGHT)
        yield talk


@pytest.fixture
def page(talk: Talk, theme: Theme, tmp_path: Path) -> PageUser[NotBroughtBackPage]:
    user: PageUser[NotBroughtBackPage] = PageUser(talk.root, theme, tmp_path)
    user.context.state, user.context.reader = talk.state, talk.reader
    user.state = talk.state
    user.hears(ConnectionChanged(RoomId(KITCHEN), "Kitchen", ConnectionState.CONNECTED, LI.card))
    user.at(lambda master, context: NotBroughtBackPage(master, context, NotBroughtBack(KITCHEN)))
    return user


def test_they_are_counted_and_shown(page: PageUser[NotBroughtBackPage]) -> None:
    assert "2 messages could not be brought back." in page.text
    assert "Li keeps the room open, and did not take them." in page.text
    assert "see you at noon" in page.text
    assert "said in both copies" not in page.text


def test_one_is_copied_with_enter(page: PageUser[NotBroughtBackPage]) -> None:
    page.key("Return")
    assert page.root.clipboard_get() == "see you at noon"


def test_all_are_copied_with_their_authors(page: PageUser[NotBroughtBackPage]) -> None:
    page.click("Copy all")
    assert page.root.clipboard_get() == "Li: see you at noon\nBen: bring the red folder"


def test_one_that_is_discarded_is_gone(page: PageUser[NotBroughtBackPage], talk: Talk) -> None:
    page.key("Tab", "Return")
    (asked,) = page.asked
    assert isinstance(asked, Discard)
    assert talk.store.discard(KITCHEN, asked.entry_id) == (True, (0, 1))
    page.hears(BroughtBack(KITCHEN, 0, 1))
    page.page.draw()
    page.root.update()
    assert "see you at noon" not in page.text
    assert "1 message could not be brought back." in page.text
