"""Voice messages in the conversation: a press plays and stops, one on the bars goes on from there."""

from __future__ import annotations

import time
import tkinter as tk
from collections.abc import Callable
from pathlib import Path

import pytest

from lanchat.core.file_offer import FileOffer
from lanchat.core.model import EntryId
from lanchat.desktop.model.files import FileAction
from lanchat.engine.commands import GetFile
from lanchat.engine.events import FileState
from tests.desktop.timeline.offering import becomes, offers, picture_of, press, spot
from tests.desktop.timeline.talk import BEN, KITCHEN, Talk
from tests.desktop.voice.conftest import devices
from tests.desktop.voice.fake_sounddevice import FakeDevices
from tests.desktop.voice.sounds import tone, wave_file

__all__ = ["devices"]
SECONDS = 20  # never reached unless something is broken


@pytest.fixture
def room(talk: Talk, root: tk.Tk) -> Talk:
    root.geometry("672x900+0+0")
    talk.open()
    talk.connect()
    root.update()
    return talk


def voice_of(talk: Talk, path: Path, seconds: int = 2) -> EntryId:
    return offers(talk, BEN, FileOffer(path.name, 64_000, 1, bytes(32), 100, "audio/wav", seconds=seconds))


def until(talk: Talk, holds: Callable[[], object]) -> None:
    end = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < end, "it did not happen"
        talk.root.update()
        time.sleep(0.002)


def test_what_is_not_here_is_got(room: Talk, tmp_path: Path) -> None:
    message = voice_of(room, tmp_path / "a.wav")
    press(room, *spot(room, message, FileAction.GET)[1:])
    assert room.done[-1] == GetFile(KITCHEN, message)


def test_a_press_plays_it_and_its_card_says_how_far(room: Talk, tmp_path: Path, devices: FakeDevices) -> None:
    path = wave_file(tmp_path / "a.wav", tone(30))
    message = voice_of(room, path, 30)
    becomes(room, message, FileState.HERE, path=str(path))
    before = picture_of(room, message).tobytes()
    devices.real_time = True
    press(room, *spot(room, message, FileAction.PLAY)[1:])
    until(room, lambda: FileAction.STOP in [one.action for one in room.timeline.files.spots_of(message)])  # type: ignore[union-attr]
    until(room, lambda: picture_of(room, message).tobytes() != before)
    press(room, *spot(room, message, FileAction.STOP)[1:])
    until(room, lambda: FileAction.PLAY in [one.action for one in room.timeline.files.spots_of(message)])  # type: ignore[union-attr]
    played = devices.loudspeakers[-1].played
    assert len(played) < len(tone(30))
    assert devices.loudspeakers[-1].closed


def test_a_press_on_the_bars_goes_on_from_there(room: Talk, tmp_path: Path, devices: FakeDevices) -> None:
    path = wave_file(tmp_path / "a.wav", tone(2))
    message = voice_of(room, path)
    becomes(room, message, FileState.HERE, path=str(path))
    press(room, *spot(room, message, FileAction.SEEK)[1:])  # in their middle
    until(room, lambda: devices.loudspeakers and devices.loudspeakers[-1].closed)
    assert len(devices.loudspeakers[-1].played) == pytest.approx(len(tone(1)), rel=0.1)


def test_a_closed_room_is_silent(room: Talk, tmp_path: Path, devices: FakeDevices) -> None:
    path = wave_file(tmp_path / "a.wav", tone(2))
    message = voice_of(room, path)
    becomes(room, message, FileState.HERE, path=str(path))
    devices.real_time = True
    press(room, *spot(room, message, FileAction.PLAY)[1:])
    until(room, lambda: devices.loudspeakers)
    assert room.timeline is not None
    room.timeline.destroy()
    room.timeline = None
    assert devices.loudspeakers[-1].closed


def test_what_cannot_be_played_says_so(room: Talk, tmp_path: Path, devices: FakeDevices) -> None:
    (tmp_path / "a.wav").write_bytes(b"no sound at all")
    message = voice_of(room, tmp_path / "a.wav")
    becomes(room, message, FileState.HERE, path=str(tmp_path / "a.wav"))
    press(room, *spot(room, message, FileAction.PLAY)[1:])
    until(room, lambda: room.said)
    assert "cannot be played" in room.said[-1]
