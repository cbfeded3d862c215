"""How the window was set up is there again at the next start, whatever happens to its file."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from msgspec import ValidationError

from lanchat.storage import data_folder
from lanchat.storage.settings import Preferences, PreferencesFile, RoomPreferences

KITCHEN, GARDEN = "kitchenkitchenki", "gardengardengard"


@pytest.fixture
def kept(tmp_path: Path) -> PreferencesFile:
    return PreferencesFile(tmp_path)


def again(folder: Path) -> Preferences:
    """As the next start finds them."""
    return PreferencesFile(folder).now


def test_the_first_start_finds_the_usual_ones(kept: PreferencesFile) -> None:
    assert (kept.now, kept.notice, kept.dirty) == (Preferences(), "", False)


def test_they_come_back_as_they_were_chosen(kept: PreferencesFile, tmp_path: Path) -> None:
    kept.change(theme="dark", zoom=1.25, language="id", open_rooms=(KITCHEN, GARDEN), muted=frozenset(["ab" * 32]))
    kept.change_room(KITCHEN, notify="mentions", draft="half a thought 🎉\nand more")
    assert kept.dirty
    assert kept.save() == ""
    assert not kept.dirty
    assert again(tmp_path) == kept.now
    assert [path.name for path in tmp_path.iterdir()] == [data_folder.PREFERENCES], "nothing is left beside"


def test_a_room_is_told_of_as_all_are_until_it_has_a_choice_of_its_own(kept: PreferencesFile) -> None:
    kept.change(notify="mentions")
    kept.change_room(KITCHEN, notify="none")
    assert kept.now.notify_in(KITCHEN) == "none"
    assert kept.now.notify_in(GARDEN) == "mentions"


def test_a_room_where_all_is_as_usual_again_takes_no_space(kept: PreferencesFile) -> None:
    kept.change_room(KITCHEN, draft="hm")
    kept.change_room(GARDEN, draft="well")
    kept.change_room(KITCHEN, draft="")
    assert kept.now.rooms == {GARDEN: RoomPreferences(draft="well")}


def test_of_a_forgotten_room_nothing_stays(kept: PreferencesFile, tmp_path: Path) -> None:
    kept.change(open_rooms=(KITCHEN, GARDEN), selected=KITCHEN)
    kept.change_room(KITCHEN, notify="none", draft="half a thought")
    kept.change_room(GARDEN, draft="another")
    kept.save()
    kept.forget_room(KITCHEN)
    kept.save()
    assert again(tmp_path) == Preferences(rooms={GARDEN: RoomPreferences(draft="another")}, open_rooms=(GARDEN,))
    assert "half a thought" not in (tmp_path / data_folder.PREFERENCES).read_text("utf-8")


def test_nothing_is_written_when_nothing_has_changed(kept: PreferencesFile, tmp_path: Path) -> None:
    kept.change(theme="system")
    assert kept.save() == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("change", [{"theme": "sepia"}, {"zoom": 50.0}, {"zoom": float("nan")}, {"language": "xx"}])
def test_what_could_not_be_read_again_is_not_taken(kept: PreferencesFile, change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        kept.change(**change)
    assert kept.now == Preferences()


def test_a_preference_that_does_not_exist_is_not_taken(kept: PreferencesFile) -> None:
    with pytest.raises(TypeError):
        kept.change(colour="red")
    with pytest.raises(TypeError):
        kept.change_room(KITCHEN, colour="red")


def test_what_a_newer_lanchat_put_there_is_kept(tmp_path: Path) -> None:
    path = tmp_path / data_folder.PREFERENCES
    path.write_text('{"theme": "dark", "sidebar": {"wide": true}}', "utf-8")
    kept = PreferencesFile(tmp_path)
    assert (kept.now.theme, kept.notice) == ("dark", "")
    kept.change(theme="light")
    assert kept.save() == ""
    assert again(tmp_path).theme == "light"
    assert '"wide": true' in path.read_text("utf-8")


@pytest.mark.parametrize(
    "content", [b"", b"[]", b'{"zoom": 0}', b'{"theme": "sepia"}', b'{"rooms": {"x": 3}}', b"\xff"]
)
def test_damaged_ones_are_set_aside_and_the_window_opens(tmp_path: Path, content: bytes) -> None:
    (tmp_path / data_folder.PREFERENCES).write_bytes(content)
    kept = PreferencesFile(tmp_path)
    assert kept.now == Preferences()
    assert "window.json.damaged-1" in kept.notice
    assert (tmp_path / "window.json.damaged-1").read_bytes() == content
    kept.change(theme="dark")
    assert kept.save() == ""
    assert again(tmp_path).theme == "dark"


def test_a_disk_that_takes_nothing_is_told_in_words_and_tried_again(
    kept: PreferencesFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.change(theme="dark")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", full)
        assert "disk is full" in kept.save()
        assert kept.dirty
    assert kept.save() == ""
    assert again(tmp_path).theme == "dark"


def test_saving_while_the_disk_is_still_at_it_waits_for_its_turn(
    kept: PreferencesFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace, first, second = os.replace, threading.Event(), threading.Event()

    def slowly(*paths: Path) -> None:
        if not first.is_set():
            first.set()
            assert second.wait(10)
        replace(*paths)

    monkeypatch.setattr(os, "replace", slowly)
    kept.change(theme="dark")
    with ThreadPoolExecutor(2) as others:
        begun = others.submit(kept.save)
        assert first.wait(10)
        kept.change(theme="light")
        waiting = others.submit(kept.save)
        second.set()
    assert (begun.result(), waiting.result()) == ("", "")
    assert again(tmp_path).theme == "light"


def test_what_cannot_be_read_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / data_folder.PREFERENCES).mkdir()
    kept = PreferencesFile(tmp_path)
    assert kept.now == Preferences()
    assert "cannot be opened" in kept.notice
