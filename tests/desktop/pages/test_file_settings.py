"""What can be chosen about files, in the settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from lanchat.desktop.pages import file_settings
from lanchat.desktop.pages.file_settings import FileChoices
from lanchat.desktop.pages.page import PageView
from lanchat.desktop.widgets.choices import SegmentedControl, Switch
from lanchat.engine.commands import SetFiles
from lanchat.engine.events import FileSettingsChanged
from lanchat.storage import data_folder
from lanchat.storage.settings import FileSettings
from tests.desktop.pages.page_user import PageUser

Ana = PageUser[Any]
USUAL = FileSettings()


class _Page(PageView):
    """Nothing but these choices."""

    def __init__(self, master: Any, context: Any) -> None:
        super().__init__(master, context)
        self.choices = FileChoices(self.body, context)
        self.choices.pack(fill="x")

    def draw(self) -> None:
        self.choices.refresh()


@pytest.fixture
def ana(user: Ana, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ana:
    monkeypatch.setattr(data_folder, "downloads_folder", lambda: tmp_path / "Downloads" / "lanchat")
    user.at(_Page)
    return user


def controls(ana: Ana, kind: type[Any]) -> list[Any]:
    return [widget for widget in ana.seen() if isinstance(widget, kind)]


def press(ana: Ana, widget: Any, *keys: str) -> None:
    widget.focus_set()
    ana.root.update()
    ana.key(*keys)


def test_one_sees_where_files_go_and_chooses_another_folder(
    ana: Ana, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert str(tmp_path / "Downloads" / "lanchat") in ana.text
    monkeypatch.setattr(file_settings, "choose_folder", lambda widget, chosen: chosen(["/srv/files"]))
    ana.click("Choose another…")
    assert ana.asked == [SetFiles(replace(USUAL, folder="/srv/files"))]
    ana.hears(FileSettingsChanged(replace(USUAL, folder="/srv/files")))
    assert "/srv/files" in ana.text
    ana.click("Back to the usual folder")
    assert ana.asked[-1] == SetFiles(USUAL)


def test_who_closes_the_dialog_changes_nothing(ana: Ana, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_settings, "choose_folder", lambda widget, chosen: chosen(()))
    ana.click("Choose another…")
    assert ana.asked == []


def test_the_folder_is_shown_once_it_is_there(ana: Ana, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Path] = []
    monkeypatch.setattr(file_settings, "open_folder", lambda folder: opened.append(folder) or "")
    ana.click("Show the folder")
    assert opened == []
    assert "first file" in ana.context.said[0]
    (tmp_path / "Downloads" / "lanchat").mkdir(parents=True)
    ana.click("Show the folder")
    assert opened == [tmp_path / "Downloads" / "lanchat"]


def test_pictures_need_not_come_by_themselves(ana: Ana) -> None:
    (switch,) = controls(ana, Switch)
    press(ana, switch, "space")
    assert ana.asked == [SetFiles(replace(USUAL, pictures=False))]


def test_the_rate_and_what_is_kept_are_chosen(ana: Ana) -> None:
    rate, store = controls(ana, SegmentedControl)
    press(ana, rate, "Right")
    press(ana, store, "Right")
    assert ana.asked == [
        SetFiles(replace(USUAL, bytes_per_second=1_000_000)), SetFiles(replace(USUAL, store_bytes=8 * 1024**3))
    ]  # fmt: skip


def test_what_the_engine_tells_is_shown(ana: Ana) -> None:
    ana.hears(FileSettingsChanged(FileSettings(folder="/x", pictures=False, bytes_per_second=5_000_000, store_bytes=0)))
    rate, store = controls(ana, SegmentedControl)
    (switch,) = controls(ana, Switch)
    assert (rate.value, store.value, switch.value) == (5_000_000, 0, False)
