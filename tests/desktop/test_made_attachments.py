"""What is made in the composer for a message, from window to window: a picture of the screen, a voice message; and
files that only two may have."""

from __future__ import annotations

import tkinter as tk
from pathlib import Path

import pytest
from PIL import Image

from lanchat.desktop.capture.screenshot import Screenshot
from lanchat.desktop.composer.composer import Composer
from lanchat.desktop.conversation_view import ConversationView
from lanchat.desktop.model.files import FileAction
from lanchat.desktop.widgets.buttons import IconButton
from lanchat.storage.wave_files import wave_facts
from tests.desktop.hand import Hand, needs
from tests.desktop.person import People, Person
from tests.desktop.test_files_in_talk import offered, presses_on_card, timeline_of
from tests.desktop.test_private_messages import in_the_kitchen, opens_thread
from tests.desktop.voice.conftest import devices
from tests.desktop.voice.fake_sounddevice import FakeDevices
from tests.desktop.voice.sounds import tone

__all__ = ["devices"]


def composer_of(person: Person) -> Composer:
    view = person.app.window.main_view
    assert isinstance(view, ConversationView)
    return view.composer


def button(person: Person, tip: str) -> IconButton:
    """Of the composer, by what its tooltip says."""

    def below(widget: tk.Misc) -> list[IconButton]:
        found = [one for child in widget.winfo_children() for one in below(child)]
        return [*found, widget] if isinstance(widget, IconButton) and widget.tip.words == tip else found

    return below(composer_of(person))[0]


def file_in_view(person: Person) -> str:
    """The name of the first file in the conversation."""
    return next(row.file.offer.name for row in timeline_of(person).view.rows if row.file is not None)


def attached(person: Person) -> list[Path]:
    return [Path(path) for path in composer_of(person).files.paths]


def overlays(person: Person) -> list[tk.Toplevel]:
    tops = [child for child in person.root.winfo_children() if isinstance(child, tk.Toplevel)]
    return [top for top in tops if top.winfo_viewable()]


def test_a_picture_of_the_screen_goes_with_a_message(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    needs("xdotool")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.starts_room("Kitchen")
    ben.enters("Kitchen")
    ana.looks()
    ana.types("look at this")
    button(ana, "Attach files").press()
    ana.presses("Screenshot…")
    ana.until(lambda: bool(overlays(ana)), "no overlay")
    hand = Hand(ana.root)
    hand.drags(overlays(ana)[0], (100, 100), (340, 260))
    ana.presses("Done", within=ana.middle)
    ana.until(lambda: len(attached(ana)) == 1, "nothing is attached")
    with Image.open(attached(ana)[0]) as picture:
        assert picture.size == (240, 160)
    assert composer_of(ana).editor.written == "look at this"
    assert not Screenshot._running
    ana.keys("Return")
    ben.looks()
    ben.sees("look at this", "Screenshot 20")
    hand.moves_away()


def test_a_voice_message_is_recorded_sent_and_played(people: People, devices: FakeDevices) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.starts_room("Kitchen")
    ben.enters("Kitchen")
    ben.says("hello")
    ana.looks()
    button(ana, "Voice message").press()
    ana.until(lambda: bool(devices.microphones), "nobody listens")
    for _piece in range(30):
        devices.microphones[0].hears(tone(0.05))
    ana.presses("Done")
    ana.until(lambda: len(attached(ana)) == 1, "nothing is attached")
    assert wave_facts(attached(ana)[0]).seconds == 1.5
    ana.keys("Return")
    ben.looks()
    ben.sees("0:02")
    presses_on_card(ben, file_in_view(ben), FileAction.PLAY)
    ben.until(lambda: bool(devices.loudspeakers) and devices.loudspeakers[0].closed, "nothing is played")
    assert devices.loudspeakers[0].played == tone(0.05) * 30


def test_a_file_goes_to_one_person_only(people: People, tmp_path: Path) -> None:
    (tmp_path / "Contract.pdf").write_bytes(b"the price is 42 " * 40_000)
    ana, ben, cleo = in_the_kitchen(people)
    opens_thread(ben, "Cleo")
    composer_of(ben).attach([str(tmp_path / "Contract.pdf")])
    ben.sees("for Cleo")
    ben.keys("Return")
    ben.sees("Contract.pdf")
    cleo.picks("Ben")
    cleo.looks()
    cleo.sees("Contract.pdf", "Get", "Only you and Ben can read this")
    cleo.sees("Verify in person")  # Ben's profile has come, which makes the middle narrower
    presses_on_card(cleo, "Contract.pdf", FileAction.GET)
    cleo.sees("saved to")
    state = cleo.app.window.state.room(cleo.app.window.place.room_id).files  # type: ignore[union-attr]
    assert Path(state[offered(cleo, "Contract.pdf")].path).read_bytes() == b"the price is 42 " * 40_000
    ana.says("lunch?")
    ben.picks("Kitchen")
    ben.sees("lunch?")
    assert "Contract" not in ana.reads()
