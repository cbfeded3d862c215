"""Files that go with a message, as people send them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import tkinter as tk
from contextlib import closing
from pathlib import Path
from tkinter import filedialog

import pytest
from PIL import Image

from lanchat.core.model import START
from lanchat.core.sizes import size_words
from lanchat.desktop.composer.attachment_strip import AttachmentStrip
from lanchat.desktop.composer.draft import load_draft, put_files_back
from lanchat.desktop.composer.preparing_rows import PreparingRows
from lanchat.desktop.widgets.buttons import IconButton
from lanchat.desktop.widgets.choices import Switch
from lanchat.desktop.widgets.labels import Label
from lanchat.engine.commands import CancelFile, SendFiles
from lanchat.engine.events import EntryWritten, FilePreparing, FilesRefused, Left
from lanchat.storage.records import RoomRecord
from lanchat.storage.store import Store
from tests.desktop.composer.author import Author, below
from tests.desktop.model.telling import BEN, KITCHEN, entry_id, roster
from tests.desktop.timeline.talk import Person

needs_xclip = pytest.mark.skipif(
    shutil.which("xclip") is None, reason="xclip is not installed (Debian: apt install xclip)"
)


@pytest.fixture
def map_png(tmp_path: Path) -> str:
    Image.new("RGB", (800, 600), "green").save(tmp_path / "corner-map.png")
    return str(tmp_path / "corner-map.png")


@pytest.fixture
def minutes(tmp_path: Path) -> str:
    (tmp_path / "minutes.odt").write_bytes(b"x" * 84_000)
    return str(tmp_path / "minutes.odt")


def strip(ana: Author) -> list[str]:
    """What stands in it, from the files to the line below them."""
    ana.root.update()
    found = next(one for one in below(ana.composer) if isinstance(one, AttachmentStrip))
    return [one.words for one in below(found) if isinstance(one, Label)] if found.winfo_ismapped() else []


def sent(ana: Author) -> list[SendFiles]:
    return [command for command in ana.stage.commands if isinstance(command, SendFiles)]


def press(ana: Author, tip: str) -> None:
    button = next(one for one in below(ana.composer) if isinstance(one, IconButton) and one.tip.words == tip)
    button.press()
    ana.root.update()


def test_it_is_seen_what_is_sent_and_for_how_many(ana: Author, map_png: str, minutes: str) -> None:
    assert strip(ana) == []
    assert not ana.can_send()
    ana.composer.attach([map_png, minutes])
    words = strip(ana)
    size = size_words(os.path.getsize(map_png))
    assert words[:4] == ["corner-map.png", f"{size} · picture", "minutes.odt", "84 kB"]
    assert words[4].startswith("2 files · ")
    assert words[4].endswith(" · for 2 people")
    assert ana.can_send()
    ana.stage.hear(roster(left=[BEN], here=2))
    assert strip(ana)[4].endswith(" · for 1 person")


def test_enter_sends_them_as_one_with_the_text_beside(ana: Author, map_png: str, minutes: str) -> None:
    ana.composer.attach([map_png])
    ana.composer.attach([minutes, map_png])  # once is enough
    ana.types("How to get there")
    ana.keys("Return")
    (files,) = sent(ana)
    assert (files.room_id, files.paths, files.caption) == (KITCHEN, (map_png, minutes), "How to get there")
    assert files.ref
    assert not files.shrink
    assert ana.said == []
    assert ana.written == ""
    assert strip(ana) == []
    assert load_draft(ana.stage.context.kept, KITCHEN).files == ()


def test_they_go_without_a_text(ana: Author, minutes: str) -> None:
    ana.composer.attach([minutes])
    ana.keys("Return")
    assert [files.caption for files in sent(ana)] == [""]
    assert ana.said == []


def test_a_text_too_long_to_stand_beside_is_a_message_of_its_own(ana: Author, minutes: str) -> None:
    ana.composer.attach([minutes])
    ana.pastes("word " * 300)
    ana.keys("Return")
    assert [files.caption for files in sent(ana)] == [""]
    assert [len(text.split()) for text in ana.said] == [300]


def test_what_was_refused_is_back_with_the_text_and_the_reason(ana: Author, map_png: str) -> None:
    ana.composer.attach([map_png])
    ana.types("look")
    ana.keys("Return")
    ana.types("and")
    ana.stage.hear(FilesRefused(KITCHEN, sent(ana)[0].ref, "the disk is full"))
    assert ana.written == "look\nand"
    assert "corner-map.png" in strip(ana)
    assert ana.notice == "This was not sent: The disk is full."
    ana.keys("Return")
    assert sent(ana)[1].paths == (map_png,)


def test_what_was_sent_is_not_asked_for_again(ana: Author, map_png: str) -> None:
    ana.composer.attach([map_png])
    ana.keys("Return")
    ref = sent(ana)[0].ref
    ana.stage.hear(EntryWritten(KITCHEN, entry_id(9), "", 1, ref=ref))
    assert ana.stage.context.state.batches.unfinished() == []
    ana.stage.hear(FilesRefused(KITCHEN, ref, "too late"))
    assert strip(ana) == []


def test_a_draft_keeps_them(ana: Author, map_png: str, minutes: str) -> None:
    ana.composer.attach([map_png, minutes])
    ana.types("not yet")
    ana.stand_up()
    ana.sit_down()
    assert strip(ana)[0:3:2] == ["corner-map.png", "minutes.odt"]
    assert ana.written == "not yet"
    press(ana, "Remove all")
    assert strip(ana) == []
    ana.stand_up()
    ana.sit_down()
    assert strip(ana) == []


def test_one_is_taken_out(ana: Author, map_png: str, minutes: str) -> None:
    ana.composer.attach([map_png, minutes])
    press(ana, "Remove corner-map.png")
    assert "corner-map.png" not in strip(ana)
    assert Path(map_png).exists()
    ana.keys("Return")
    assert sent(ana)[0].paths == (minutes,)


def test_what_is_gone_is_not_sent(ana: Author, minutes: str) -> None:
    ana.composer.attach([minutes])
    ana.stand_up()
    Path(minutes).unlink()
    ana.sit_down()
    assert "It is not there any more." in strip(ana)
    ana.keys("Return")
    assert sent(ana) == []
    assert ana.notice == "minutes.odt: It is not there any more."


def test_a_folder_is_counted_and_links_are_not_followed(ana: Author, tmp_path: Path) -> None:
    folder = tmp_path / "holiday"
    folder.joinpath("more").mkdir(parents=True)
    for name in ("a.txt", "more/b.txt"):
        (folder / name).write_bytes(b"x" * 500)
    if sys.platform != "win32":
        (folder / "everything").symlink_to("/")
    ana.composer.attach([str(folder)])
    assert strip(ana)[:2] == ["holiday", "1 kB · 2 files"]
    (tmp_path / "empty").mkdir()
    ana.composer.attach([str(tmp_path / "empty")])
    assert "It contains no files." in strip(ana)


def test_pictures_are_sent_smaller_when_that_is_wanted(ana: Author, map_png: str, minutes: str) -> None:
    ana.composer.attach([minutes])
    assert not [one for one in below(ana.composer) if isinstance(one, Switch)]
    ana.composer.attach([map_png])
    ana.root.update()
    next(one for one in below(ana.composer) if isinstance(one, Switch)).press()
    ana.stand_up()
    ana.sit_down()
    ana.keys("Return")
    assert sent(ana)[0].shrink


def test_a_slash_command_attaches(ana: Author, minutes: str) -> None:
    ana.types(f"/file {minutes}")
    ana.keys("Return")
    assert ana.written == ""
    assert "minutes.odt" in strip(ana)
    assert sent(ana) == []
    ana.types("/file /no/such/place")
    ana.keys("Return")
    assert "/no/such/place" in ana.notice
    assert ana.written == "/file /no/such/place"


def test_nothing_goes_with_a_change_of_a_message(ana: Author, minutes: str) -> None:
    said = Person("Ana").writes("helo", 1_000)
    with closing(Store.open(ana.stage.context.kept.folder)) as store:
        store.put_room(RoomRecord(KITCHEN, "Kitchen"))
        log = store.log(KITCHEN)
        log.start(1, 0, START)
        log.append([said], 1_000)
    ana.composer.attach([minutes])
    ana.types("later")
    ana.composer.edit(said.entry_id)
    assert strip(ana) == []
    ana.composer.attach([minutes + ".bak"])
    assert ana.stage.said == ["Finish editing first: files need a message of their own."]
    ana.composer.give_up()
    assert strip(ana)[0] == "minutes.odt"
    assert ana.written == "later"


def test_outside_of_the_room_nothing_is_attached(ana: Author, minutes: str) -> None:
    ana.stage.hear(Left(KITCHEN))
    ana.composer.attach([minutes])
    assert strip(ana) == []
    assert ana.stage.said == ["You are not in this room now."]


def test_it_shows_how_far_reading_them_is_and_can_be_stopped(ana: Author, minutes: str) -> None:
    ana.composer.attach([minutes])
    ana.types("the minutes")
    ana.keys("Return")
    ref = sent(ana)[0].ref
    ana.stage.hear(FilePreparing(KITCHEN, ref, "minutes.odt", 21_000, 84_000))
    rows = next(one for one in below(ana.composer) if isinstance(one, PreparingRows))
    until = time.monotonic() + 5
    while not rows.winfo_ismapped() and time.monotonic() < until:
        ana.root.update()
    assert [one.words for one in below(rows) if isinstance(one, Label)] == ["21 of 84 kB", "Preparing minutes.odt"]
    press(ana, "Do not send")
    assert CancelFile(KITCHEN, ref=ref) in ana.stage.commands
    ana.stage.hear(FilesRefused(KITCHEN, ref, ""))
    assert ana.written == "the minutes"
    assert strip(ana)[0] == "minutes.odt"
    assert ana.notice == ""
    until = time.monotonic() + 5
    while rows.winfo_ismapped() and time.monotonic() < until:
        ana.root.update()
    assert not rows.winfo_ismapped()


def test_what_is_refused_elsewhere_becomes_a_draft(ana: Author, minutes: str, map_png: str) -> None:
    kept = ana.stage.context.kept
    ana.stand_up()
    put_files_back(kept, SendFiles(KITCHEN, (minutes,), "first", ref="1"))
    put_files_back(kept, SendFiles(KITCHEN, (map_png, minutes), "", ref="2", shrink=True))
    draft = load_draft(kept, KITCHEN)
    assert (draft.text, draft.files, draft.shrink) == ("first", (map_png, minutes), True)


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="there the file system takes only Unicode")
def test_a_name_that_is_no_text_is_not_kept_in_the_draft(ana: Author, tmp_path: Path) -> None:
    odd = os.fsdecode(bytes(tmp_path) + b"/\xff.txt")
    Path(odd).write_bytes(b"x")
    ana.composer.attach([odd])
    assert len(strip(ana)) == 3
    ana.composer.keep()
    assert load_draft(ana.stage.context.kept, KITCHEN).files == ()
    assert ana.stage.context.kept.save() == ""
    ana.keys("Return")
    assert sent(ana)[0].paths == (odd,)


@pytest.mark.parametrize("asks", ["askopenfilenames", "askdirectory"])
def test_the_button_asks_for_files_or_a_folder(
    ana: Author, minutes: str, monkeypatch: pytest.MonkeyPatch, asks: str
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    monkeypatch.setenv("PATH", "")
    folder = Path(minutes).with_name("holiday")
    folder.mkdir()
    (folder / "a").write_bytes(b"x")
    chosen = str(folder) if asks == "askdirectory" else minutes
    monkeypatch.setattr(filedialog, asks, lambda **_options: chosen if asks == "askdirectory" else (chosen,))
    press(ana, "Attach files")
    ana.keys(*(["Down"] if asks == "askdirectory" else []), "Return")
    until = time.monotonic() + 10
    while not strip(ana) and time.monotonic() < until:
        ana.root.update()
    assert strip(ana)[0] == Path(chosen).name


# --- pasting ---------------------------------------------------------------------------------------------------------
def copy_elsewhere(ana: Author, data: bytes, kind: str) -> None:
    """As another program does. xclip goes to the background once it owns the clipboard."""
    subprocess.run(["xclip", "-selection", "clipboard", "-t", kind, "-i"], input=data, check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    until = time.monotonic() + 5
    while not targets(ana) >= {"TARGETS", kind} and time.monotonic() < until:
        ana.root.update()  # its child has not asked for the clipboard yet


def targets(ana: Author) -> set[str]:
    try:
        told = ana.root.tk.call("selection", "get", "-selection", "CLIPBOARD", "-type", "TARGETS")
    except tk.TclError:
        return set()
    return set(str(told).split())


@needs_xclip
@pytest.mark.parametrize("kind", ["x-special/gnome-copied-files", "text/uri-list"])
def test_files_copied_in_a_file_manager_are_pasted(ana: Author, minutes: str, tmp_path: Path, kind: str) -> None:
    odd = tmp_path / "Bäume 🌳 #1 100%.txt"
    odd.write_bytes(b"x")
    uris = [Path(minutes).as_uri(), odd.as_uri()]
    lines = ["copy", *uris] if kind.startswith("x-") else ["# comment", *uris, ""]
    copy_elsewhere(ana, ("\n" if kind.startswith("x-") else "\r\n").join(lines).encode(), kind)
    ana.keys("<Paste>")
    assert strip(ana)[0:3:2] == ["minutes.odt", "Bäume 🌳 #1 100%.txt"]
    assert ana.written == ""


@needs_xclip
def test_a_copied_picture_is_pasted_as_a_file_that_goes_with_the_chip(ana: Author, tmp_path: Path) -> None:
    Image.effect_noise((700, 700), 90).save(tmp_path / "noise.png", compress_level=0)
    data = (tmp_path / "noise.png").read_bytes()
    assert len(data) > 400_000  # more than Tk takes
    copy_elsewhere(ana, data, "image/png")
    ana.keys("<Paste>")
    assert ana.stage.said == []
    (path,) = ana.composer.files.paths
    assert Path(path).read_bytes() == data
    assert Path(path).is_relative_to(ana.stage.context.kept.folder)
    press(ana, f"Remove {Path(path).name}")
    assert not Path(path).exists()


@needs_xclip
def test_links_and_broken_pictures_are_no_files(ana: Author) -> None:
    copy_elsewhere(ana, b"https://example.org/a.png\r\n", "text/uri-list")
    ana.keys("<Paste>")
    copy_elsewhere(ana, b"\x89PNG\r\n\x1a\nno picture", "image/png")
    ana.keys("<Paste>")
    assert strip(ana) == []


def test_text_is_pasted_as_before(ana: Author) -> None:
    ana.pastes("words")
    assert ana.written == "words"
    assert strip(ana) == []
