"""Searching in one room."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lanchat.desktop.pages import search_page
from lanchat.desktop.pages.search_page import FindBar
from tests.desktop.model.telling import GARDEN, KITCHEN
from tests.desktop.pages.archive import Archive
from tests.desktop.pages.page_user import PageUser
from tests.desktop.timeline.talk import BEN, LI

Ana = PageUser[Any]


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    archive = Archive(tmp_path)
    archive.said(KITCHEN, BEN, "the kettle", "is on", "that kettle", "no", "kettles")
    archive.said(GARDEN, LI, "a kettle in the garden")
    yield archive
    archive.store.close()


class Jumps(list[int]):
    closed = 0
    words = ""

    def jump(self, seq: int, words: str) -> None:
        self.append(seq)
        self.words = words

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def jumps(user: Ana, archive: Archive) -> Jumps:
    """Where the timeline scrolled to, while the bar is over it."""
    jumps = Jumps()
    bar = FindBar(user.root, user.context, KITCHEN, jumps.jump, jumps.close)
    bar.pack(fill="x")
    user.page = bar
    bar.focus_set()
    user.root.update()
    return jumps


def test_the_newest_comes_first_and_enter_goes_back_in_time(user: Ana, jumps: Jumps) -> None:
    user.write("kettle")
    assert jumps[-1] == 5
    assert "1 of 3" in user.text
    user.key("Return", "Return")
    assert jumps[-2:] == [3, 1]
    assert "3 of 3" in user.text
    user.key("Shift-Return")
    assert jumps[-1] == 3
    assert "2 of 3" in user.text


def test_past_the_oldest_comes_the_newest(user: Ana, jumps: Jumps) -> None:
    user.write("kettle")
    user.key("Shift-Return")
    assert jumps[-1] == 1
    user.key("Return")
    assert jumps[-1] == 5


def test_the_arrows_do_the_same(user: Ana, jumps: Jumps) -> None:
    user.write("kettle")
    user.page.older.press()
    assert jumps[-1] == 3
    user.page.newer.press()
    assert jumps[-1] == 5


def test_nothing_found_says_so_and_goes_nowhere(user: Ana, jumps: Jumps) -> None:
    user.write("x")
    before = list(jumps)
    user.key("Return")
    assert jumps == before == []
    assert "Nothing found" in user.text
    assert not user.page.older.enabled
    user.write("")
    assert "Nothing found" not in user.text


def test_escape_closes_it(user: Ana, jumps: Jumps) -> None:
    user.write("kettle")
    user.key("Escape")
    assert jumps.closed == 1


def test_what_is_there_is_written_over_when_it_is_asked_for_again(user: Ana, jumps: Jumps) -> None:
    user.write("kettle")
    user.page.focus_set()
    user.key("o", "n")
    assert user.page.field.value() == "on"
    assert jumps[-1] == 2


def test_very_many_are_not_counted_to_the_last(user: Ana, jumps: Jumps, archive: Archive) -> None:
    archive.said(KITCHEN, BEN, *["cup"] * (search_page.MOST_COUNTED + 1))
    user.write("cup")
    assert f"1 of {search_page.MOST_COUNTED - 1}+" in user.text
