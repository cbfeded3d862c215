"""A voice message is recorded in the composer and becomes an attachment."""

from __future__ import annotations

import time
import tkinter as tk
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lanchat.core.model import RoomId
from lanchat.desktop.composer.media_buttons import MediaButtons
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.voice import recording
from lanchat.desktop.voice.record_bar import RecordBar
from lanchat.storage.wave_files import wave_facts
from tests.desktop.stage import Stage, open_stage
from tests.desktop.voice.fake_sounddevice import FakeDevices
from tests.desktop.voice.sounds import tone

ROOM = RoomId("a" * 16)


class Field:
    """What the buttons are in."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.frame = tk.Frame(stage.root, bg=stage.context.theme.palette.field)
        self.frame.pack(fill="x")
        self.editor = tk.Frame(self.frame, height=30)
        self.attached: list[str] = []
        self.media = MediaButtons(self.frame, stage.context, ROOM, self.attached.extend, lambda: self.editor)
        self.editor.pack(side="left", fill="x", expand=True)
        stage.root.update()

    @property
    def bars(self) -> list[RecordBar]:
        return [child for child in self.frame.winfo_children() if isinstance(child, RecordBar)]

    def press(self) -> None:
        assert self.media.microphone is not None
        self.stage.keys(self.media.microphone, "Return")


@pytest.fixture
def stage(root: tk.Tk, theme: Theme, tmp_path: Path) -> Iterator[Stage]:
    with open_stage(root, theme, tmp_path) as stage:
        yield stage


@pytest.fixture
def field(devices: FakeDevices, stage: Stage) -> Field:
    return Field(stage)


def wait(root: tk.Tk, until: Callable[[], object]) -> None:
    end = time.monotonic() + 20
    while not until():
        assert time.monotonic() < end, "it did not happen"
        root.update()
        time.sleep(0.005)


def test_press_speak_press_again(field: Field, devices: FakeDevices) -> None:
    field.press()
    (microphone,) = devices.microphones
    for _piece in range(20):
        microphone.hears(tone(0.05))
    wait(field.stage.root, lambda: len(field.bars) == 1)
    field.press()
    assert not field.bars
    assert microphone.closed
    (path,) = map(Path, field.attached)
    assert path.name.startswith("Voice message 20")
    assert path.suffix == ".wav"
    assert path.parent == field.stage.context.kept.folder / "files" / "pasted"
    assert wave_facts(path).seconds == 1.0


def test_enter_on_the_bar_keeps_it_and_escape_throws_it_away(field: Field, devices: FakeDevices) -> None:
    field.press()
    devices.microphones[0].hears(tone(0.1))
    field.stage.keys(field.stage.root.focus_get() or field.frame, "Escape")
    assert not field.bars
    assert devices.microphones[0].closed
    assert not field.attached
    field.press()
    devices.microphones[1].hears(tone(0.1))
    field.stage.keys(field.stage.root.focus_get() or field.frame, "Return")
    assert len(field.attached) == 1


def test_it_ends_by_itself_after_five_minutes(
    field: Field, devices: FakeDevices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "SECONDS_MOST", 1)
    field.press()
    devices.microphones[0].hears(tone(1.2))
    wait(field.stage.root, lambda: field.attached)
    assert not field.bars
    assert "5 minutes" in field.stage.said[0]


def test_silence_is_no_message(field: Field, devices: FakeDevices) -> None:
    field.press()
    devices.microphones[0].hears(bytes(3_200))
    field.press()
    assert not field.attached
    assert "microphone" in field.stage.said[0]


def test_without_a_microphone_that_is_told(field: Field, devices: FakeDevices) -> None:
    devices.has_microphone = False
    field.press()
    assert not field.bars
    assert field.stage.said == ["No microphone was found."]
    devices.has_microphone = True
    field.press()
    assert field.bars


@pytest.mark.usefixtures("no_library")
def test_without_the_library_there_is_no_button(stage: Stage) -> None:
    assert Field(stage).media.microphone is None


def test_what_was_recorded_is_kept_when_the_composer_goes(field: Field, devices: FakeDevices) -> None:
    field.press()
    devices.microphones[0].hears(tone(0.1))
    field.media.leave()
    assert len(field.attached) == 1
    assert devices.microphones[0].closed
    field.media.leave()  # nothing more
    assert len(field.attached) == 1


def test_the_window_goes_while_it_records(field: Field, devices: FakeDevices) -> None:
    field.press()
    field.frame.destroy()
    assert devices.microphones[0].closed


def test_a_full_disk_is_told(field: Field, devices: FakeDevices) -> None:
    (field.stage.context.kept.folder / "files").write_bytes(b"in the way")
    field.press()
    devices.microphones[0].hears(tone(0.1))
    field.press()
    assert not field.attached
    assert len(field.stage.said) == 1
