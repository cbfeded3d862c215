"""Pictures of what the window can look like: `python -m tests.desktop.pictures [--dpi N] [FOLDER [SUBJECT …]]`.

Real windows on real Engines, on a screen of their own. The people are always the same; only the time of day is not.
"""

from __future__ import annotations

import argparse
import functools
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from lanchat.core.listing import Listing
from lanchat.core.model import RoomId
from lanchat.desktop import routes
from lanchat.desktop.pages.welcome_page import WelcomePage
from lanchat.engine.events import RoomFound
from lanchat.storage.settings import Kept
from tests.desktop.at_window import PICTURES, take_picture
from tests.desktop.past import known_person, room_of
from tests.desktop.person import People, Person
from tests.screen import screen

SAID = [
    ("Li", "Has anybody seen the blue folder? I had it in the meeting room yesterday."),
    ("Ben", "On the shelf by the window, I think."),
    ("Li", "Found it, thank you! \N{SMILING FACE WITH SMILING EYES}"),
    ("Ana", "The printer on the second floor is out of paper again."),
    ("Ben", "I put some in. If it says `PC LOAD LETTER`, just press the green button."),
    ("Ben", "And here is the manual: https://printer.example/manual?page=2"),
    ("Ana", "Lunch at half past twelve? @Ben @Li"),
    ("Li", "Yes!\n\nI would like to go to the place at the corner, they have soup on Fridays. It is a bit louder there "
           "than where we were last week, but they are quick and the bread is good."),
    ("Ben", "\N{STEAMING BOWL}\N{THUMBS UP SIGN}"),
    ("Ana", "```\nfor day in week:\n    print(day.soup)\n```"),
    ("Li", "\U0001f469\U0001f3fd\u200d\U0001f4bb will be five minutes late."),
    ("Ana", "No hurry, we will keep a chair for you."),
]  # fmt: skip


class Album:
    """Where pictures go; and one network after the other with people on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.taken: list[Path] = []

    @contextmanager
    def people(self) -> Iterator[People]:
        with tempfile.TemporaryDirectory() as data:
            everybody = People(Path(data), "picture")
            try:
                yield everybody
            finally:
                everybody.leave()

    def take(self, person: Person, name: str) -> None:
        """When all is drawn that is to be drawn."""
        until = time.monotonic() + 0.6
        person.until(lambda: time.monotonic() > until)
        self.taken.append(take_picture(person.root, name, self.folder))
        print(self.taken[-1], flush=True)


def office(people: People, **preferences: object) -> tuple[Person, Person]:
    """Ana hosts the Office, where something was said; Ben and Li are in it. Ben's window is as he likes it."""
    ana, ben, li = (people.person(nick, opens=False) for nick in ("Ana", "Ben", "Li"))
    for person in (ben, li):
        known_person(person.folder, person.nick)
    room_of(ana.folder, "Ana", "Office", SAID, others=people.folder)
    likes(ben, **preferences)
    ana.opens()
    ana.picks("Office")
    ana.presses("Open this room")
    ana.sees("You are hosting")
    for person in (li, ben):
        person.opens()
        person.enters("Office")
    ben.sees("keep a chair")
    return ana, ben


def likes(person: Person, **preferences: object) -> None:
    """Before their lanchat starts."""
    if preferences:
        person.folder.mkdir(parents=True, exist_ok=True)
        kept = Kept(person.folder)
        kept.change(**preferences)
        kept.save()


# --- the pictures ----------------------------------------------------------------------------------------------------
def first_run(album: Album) -> None:
    with album.people() as people, mock.patch.object(
        routes, "WelcomePage", functools.partial(WelcomePage, help_ms=3_000)
    ):
        ana = people.person("Ana")
        ana.sees("No room is open here yet")
        album.take(ana, "first-run-empty")
        ana.sees("Should somebody be here?")
        album.take(ana, "first-run-help")


def first_rooms(album: Album) -> None:
    with album.people() as people:
        ben, ana = people.person("Ben", opens=False), people.person("Ana")
        known_person(ben.folder, "Ben")
        ana.starts_room("Kitchen")
        ben.opens()
        ben.sees("Enter ↵")
        album.take(ben, "first-run-one-room")


def many_rooms(album: Album) -> None:
    with album.people() as people:
        ana, ben = office(people)
        ana.starts_room("Kitchen \N{TEAPOT}")
        titles = ("Garage", "Library", "Second floor, the printer people", "Workshop", "日本語の部屋")
        for count, title in enumerate(titles):
            listing = Listing(RoomId(f"{count}" * 16), title, bytes([count] * 16), count % 2 == 1, ("10.0.0.9",), 29747,
                              people=count + 1, host=("Mia", "Noor", "Sam", "Ida", "Yuki")[count])  # fmt: skip
            ben.app.window.heard(RoomFound(listing))
        ben.picks("Kitchen")
        ben.sees("Connected")
        ben.picks("Office")
        ana.says("The kettle is on.", "@Ben, are you coming?")
        ben.looks()
        ben.sees("Kitchen")
        album.take(ben, "many-rooms")
        ben.keys("Control-k")
        ben.types("o")
        album.take(ben, "switcher")


def joined(album: Album) -> None:
    for name, preferences in (
        ("joined-light", {"theme": "light"}), ("joined-dark", {"theme": "dark"}),
        ("joined-light-indonesian", {"theme": "light", "language": "id"}),
    ):  # fmt: skip
        with album.people() as people:
            _, ben = office(people, theme=preferences["theme"])
            if "language" in preferences:
                ben.keys("Control-comma")
                ben.presses("Bahasa Indonesia")
                album.take(ben, "settings-indonesian")
                ben.keys("Escape")
            ben.looks()
            album.take(ben, name)
            if "language" in preferences:
                for key, page in (("F1", "keys-indonesian"), ("Control-n", "start-a-room-indonesian")):
                    ben.keys(key)
                    album.take(ben, page)


def scaled(album: Album) -> None:
    """As on desktops that are set to show everything larger; a process can have only one screen."""
    for dpi in (120, 144, 192):
        words = [sys.executable, "-m", "tests.desktop.pictures", "--dpi", str(dpi), str(album.folder), "at_scale"]
        subprocess.run(words, check=True)


def at_scale(album: Album) -> None:
    for theme in ("light", "dark"):
        with album.people() as people:
            _, ben = office(people, theme=theme)
            name = f"{theme}-{round(ben.app.screen_scale * 100)}"
            album.take(ben, f"joined-{name}")
            ben.presses("Ana", within=ben.app.window.panes.people)  # type: ignore[union-attr]
            ben.sees("Key words")
            ben.keys("Control-k")
            album.take(ben, f"switcher-and-profile-{name}")
            ben.keys("Escape", "Control-comma")
            album.take(ben, f"settings-{name}")


def unread(album: Album) -> None:
    with album.people() as people:
        ana, ben = office(people)
        ben.says("Back in a minute.")
        people.focus_elsewhere()
        ana.says("While you were away: the soup is tomato today.", "And there is a table for five.")
        ben.sees("table for five")
        album.take(ben, "unread-line")


def without_host(album: Album) -> None:
    with album.people() as people:
        ana, ben = office(people, theme="dark")
        ana.closes()
        album.take(ana, "closing-question")
        ana.presses("Quit")
        ana.ended()
        ben.sees("Reconnecting…")
        ben.says("I will be there at twelve.")
        ben.types("And I bring")
        album.take(ben, "reconnecting-dark")


def changed_key(album: Album) -> None:
    from tests.desktop.test_at_the_door import pretends_to_host

    with album.people() as people:
        ana, ben = office(people)
        eve = people.person("Eve", opens=False)
        pretends_to_host(eve, ben.room_id, "Office")
        ana.closes_for_good()
        eve.opens()
        eve.picks("Office")
        eve.presses("Open this room")
        ben.closes_for_good()
        ben.opens()
        ben.picks("Office")
        ben.sees("not the one you knew")
        album.take(ben, "changed-key")


def passphrase(album: Album) -> None:
    with album.people() as people:
        ana, ben = people.person("Ana", opens=False), people.person("Ben", opens=False)
        for person in (ana, ben):
            known_person(person.folder, person.nick)
            person.opens()
        ana.presses("Start a room")
        ana.presses("Only with a passphrase")
        album.take(ana, "start-a-room")
        ana.presses("Open the room")
        ana.sees("Invite people")
        album.take(ana, "hosting-invite")
        ana.presses("Done")
        album.take(ana, "hosting")
        ben.picks("Ana's room")
        ben.sees("passphrase")
        album.take(ben, "passphrase")
        ben.types("not-these-four-words")
        ben.keys("Return")
        ben.sees("That is not the passphrase.")
        album.take(ben, "passphrase-wrong")


def profiles(album: Album) -> None:
    with album.people() as people:
        ana, ben = office(people)
        ben.presses("Ana", within=ben.app.window.panes.people)  # type: ignore[union-attr]
        ben.sees("Key words")
        album.take(ben, "profile")
        ben.presses("Verify in person")
        album.take(ben, "verify")
        ben.presses("They match")
        ben.sees("Verified in person")
        album.take(ben, "verified")
        ana.looks()
        ana.presses("Ben", within=ana.app.window.panes.people)  # type: ignore[union-attr]
        ana.sees("As the host")
        album.take(ana, "profile-by-the-host")
        ana.presses("More")
        album.take(ana, "room-menu")
        ana.presses("Stop hosting…")
        album.take(ana, "stop-hosting")


def pages(album: Album) -> None:
    with album.people() as people:
        _, ben = office(people)
        for theme in ("light", "dark"):
            if theme == "dark":
                ben.desktop.turned(True)
            ben.keys("Control-comma")
            album.take(ben, f"settings-{theme}")
            for _ in range(9):
                ben.keys("Tab")
            album.take(ben, f"settings-{theme}-further-down")
            ben.presses("About lanchat")
            album.take(ben, f"about-{theme}")
            ben.keys("F1")
            album.take(ben, f"keys-{theme}")
            ben.keys("Control-Shift-F")
            ben.types("soup")
            ben.sees("in Office")
            album.take(ben, f"search-{theme}")
            ben.picks("Office")
            ben.keys("Control-f")
            ben.types("printer")
            ben.sees("1 of")
            album.take(ben, f"find-{theme}")
            ben.keys("Escape")
            ben.presses("Emoji")
            album.take(ben, f"emoji-picker-{theme}")
            ben.keys("Escape")
            ben.presses("More")
            ben.presses("Save what was said…")
            album.take(ben, f"export-{theme}")
            ben.keys("Escape")
        ben.presses("Join by code or address…")
        album.take(ben, "join-by-code")


def narrow(album: Album) -> None:
    with album.people() as people:
        _, ben = office(people)
        ben.root.geometry("660x440")
        album.take(ben, "narrow-window")
        ben.keys("F7")
        album.take(ben, "narrow-people")
        ben.keys("F7")
        ben.keys("Control-comma")
        album.take(ben, "narrow-settings")


def stopped(album: Album) -> None:
    with album.people() as people:
        ana = people.person("Ana")
        again = people.person("Ana again", folder=ana.folder, opens=False)
        again.opens(waits=False)
        again.until(lambda: "Close" in again.reads())
        album.take(again, "stopped-folder-in-use")
        again.presses("Close")
        again.ended()


SUBJECTS: tuple[Callable[[Album], None], ...] = (
    first_run, first_rooms, many_rooms, joined, scaled, unread, without_host, changed_key, passphrase, profiles,
    pages, narrow, stopped,
)  # fmt: skip


def main() -> None:
    """All of them, or those of these subjects."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--dpi", type=int, default=0)
    parser.add_argument("folder", type=Path, nargs="?", default=PICTURES / "pictures")
    parser.add_argument("names", nargs="*")
    asked = parser.parse_args()
    with screen(2400, 1600, asked.dpi):
        for subject in [*SUBJECTS, at_scale] if asked.names else SUBJECTS:
            if not asked.names or subject.__name__ in asked.names:
                subject(Album(asked.folder))


if __name__ == "__main__":
    main()
