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

from msgspec.structs import replace

from lanchat.core.listing import Listing
from lanchat.core.message import Message
from lanchat.core.model import Card, RoomId
from lanchat.core.profile import Avatar
from lanchat.desktop import routes
from lanchat.desktop.pages.welcome_page import WelcomePage
from lanchat.desktop.view_context import Closing, StopHosting, WelcomePlace
from lanchat.engine.commands import (
    Attend,
    ChangeProfile,
    Command,
    Delete,
    Edit,
    PinMessage,
    React,
    Say,
    SetTopic,
)
from lanchat.engine.events import (
    BroughtBack,
    ConnectionChanged,
    ConnectionState,
    HeirsChanged,
    KeeperChanged,
    RebaseAsked,
    RoomFound,
)
from lanchat.storage.settings import PreferencesFile
from tests.desktop.at_window import PICTURES, take_picture
from tests.desktop.past import known_person, room_of
from tests.desktop.person import People, Person
from tests.desktop.test_acting_on_messages import by_bar, points_at, row_of, taken
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
    ("Ana", "The menu is at [the usual place](https://menu.example/friday), **new**:\n- lentils\n- *pumpkin*"),
    ("Ana", "```python\nfor day in week:\n    print(day.soup)\n```"),
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


def office(people: People, theme_of_host: str = "system", **preferences: object) -> tuple[Person, Person]:
    """Ana hosts the Office, where something was said; Ben and Li are in it. Ben's window is as he likes it."""
    ana, ben, li = (people.person(nick, opens=False) for nick in ("Ana", "Ben", "Li"))
    for person in (ben, li):
        known_person(person.folder, person.nick)
    room_of(ana.folder, "Ana", "Office", SAID, others=people.folder)
    likes(ben, **preferences)
    likes(ana, theme=theme_of_host)
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
        kept = PreferencesFile(person.folder)
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
        ben.sees("Join ↵")
        album.take(ben, "first-run-one-room")


def around(album: Album) -> None:
    """Who and what is around, as the first page shows it: nobody, some rooms, more of them and some of one's own."""
    for theme in ("light", "dark"):
        with album.people() as people, mock.patch.object(
            routes, "WelcomePage", functools.partial(WelcomePage, help_ms=1_500)
        ):
            ben = people.person("Ben", opens=False)
            known_person(ben.folder, "Ben")
            likes(ben, theme=theme)
            ben.opens()
            name = f"{theme}-{round(ben.app.screen_scale * 100)}"
            album.take(ben, f"around-nobody-{name}")
            ben.sees("Should somebody be here?")
            album.take(ben, f"around-help-{name}")
            for count, (title, host) in enumerate((("Garage", "Mia"), ("Workshop", "Ida"), ("日本語の部屋", "Yuki"))):
                listing = Listing(RoomId(f"{count}" * 16), title, bytes([count] * 16), count == 1, ("10.0.0.9",), 29747,
                                  people=(1, 4, 5)[count], host=host)  # fmt: skip
                ben.app.window.heard(RoomFound(listing))
            ben.sees("Join ↵")
            album.take(ben, f"around-{name}")
        with album.people() as people:
            ana, ben = office(people, theme=theme)
            ana.starts_room("Kitchen")
            ben.starts_room("Attic")
            ben.presses("More")
            ben.presses("Stop hosting…")
            ben.presses("Stop hosting")
            for count, title in enumerate(("Garage", "Second floor, the printer people", "Workshop", "The Lighthouse")):
                listing = Listing(RoomId(f"{count}" * 16), title, bytes([count] * 16), count % 2 == 1, ("10.0.0.9",),
                                  29747, people=count + 1, host=("Mia", "Noor", "Sam", "Ida")[count])  # fmt: skip
                ben.app.window.heard(RoomFound(listing))
            ben.app.window.go(WelcomePlace())
            ben.sees("Or")
            album.take(ben, f"around-more-{name}")
            ben.root.geometry("660x440")
            album.take(ben, f"around-narrow-{name}")


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
    for theme in ("light", "dark"):
        with album.people() as people:
            ana, ben = office(people, theme=theme)
            ana.starts_room("Garden")
            ben.enters("Garden")
            ana.picks("Office")
            ana.says("@Ben, the soup is tomato today.", *(text for nick, text in SAID if "\n" not in text))
            ben.until(lambda ben=ben: ben.app.window.state.total_unread(ben.app.window.kept.now) >= len(SAID) - 2)  # type: ignore[misc]
            ben.picks("Office")
            album.take(ben, f"coming-back-{theme}")


def own_rooms(album: Album) -> None:
    """The list with a room that is pinned, one that is muted, mentions, somebody who writes, and found rooms."""
    for theme in ("light", "dark"):
        with album.people() as people:
            ana, ben = office(people, theme=theme)
            for title in ("Kitchen \N{TEAPOT}", "Release 2.0", "Football"):
                ana.starts_room(title)
                ben.enters(title.split()[0])
            for title, texts in (
                ("Football", ("Who plays on Thursday?", "Me!")), ("Release", ("Tagged, **build is green**",)),
                ("Kitchen", ("The kettle is on.", "@Ben, are you coming?", "@Ben?")),
            ):  # fmt: skip
                ben.picks("Office")
                ana.picks(title)
                ana.says(*texts)
            rooms = {room.shown.split()[0]: room.room_id for room in ben.app.window.state.rooms.values()}
            kept = ben.app.window.kept
            kept.change_room(rooms["Football"], muted=True)
            kept.change_room(rooms["Office"], pinned=True)
            ben.app.window.room_choices_changed()
            for count, (title, host) in enumerate((("Garage", "Mia"), ("Workshop", "Ida"))):
                listing = Listing(RoomId(f"{count}" * 16), title, bytes([count] * 16), count == 1, ("10.0.0.9",), 29747,
                                  people=count + 3, host=host)  # fmt: skip
                ben.app.window.heard(RoomFound(listing))
            ana.picks("Release")
            ana.types("And now")
            ben.sees("is writing…", "@ 2")
            album.take(ben, f"own-rooms-{theme}-{round(ben.app.screen_scale * 100)}")


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
        ben.presses("Join…")
        album.take(ben, "join-by-code")


def presence(album: Album) -> None:
    for theme in ("light", "dark"):
        with album.people() as people:
            ana, ben = office(people, theme=theme)
            li = next(one for one in people.open if one.nick == "Li")
            li.app.do(Attend(idle=True))
            ana.app.do(Attend(busy=True))
            ana.app.do(ChangeProfile(status="\N{HEADPHONE} Until three", avatar=Avatar(1, 9)))
            ben.sees("Busy", "Away")
            ben.says("That looks great, I bring the bread.")
            ben.sees_state("I bring the bread.", "✓✓")
            ben.sees_no("Seen by")  # that was under an older one
            for person, seen_by in ((ana, " Ana"), (li, "Ana and Li")):
                person.looks()
                ben.sees("Seen by", seen_by)
            ana.types("Here is how")
            li.types("And")
            ben.looks()
            ben.sees("are writing…")
            album.take(ben, f"presence-{theme}")
            ben.presses("Ben", within=ben.people_pane)
            album.take(ben, f"own-profile-{theme}")
            ben.keys("Escape")
            ben.presses("Ana", within=ben.people_pane)
            album.take(ben, f"profile-busy-{theme}")
            ben.keys("Control-comma")
            album.take(ben, f"settings-presence-{theme}")


def spelling(album: Album) -> None:
    for theme in ("light", "dark"):
        with album.people() as people:
            _, ben = office(people, theme=theme)
            name = f"{theme}-{round(ben.app.screen_scale * 100)}"
            ben.types("I am realy looking foward to it, Ana. See https://sooup.example/manu for teh menu ")
            editor = ben.app.window.main_view.composer.editor  # type: ignore[union-attr]
            ben.until(lambda editor=editor: len(editor.tag_ranges("misspelled")) == 6)  # type: ignore[misc]
            place = editor.bbox("1.21")
            assert place
            at = {"x": place[0], "y": place[1] + 4}
            editor.event_generate(
                "<<ContextMenu>>", **at, rootx=editor.winfo_rootx() + at["x"], rooty=editor.winfo_rooty() + at["y"]
            )
            ben.sees("Add to dictionary")
            album.take(ben, f"spelling-{name}")
            ben.presses("Add to dictionary")
            ben.keys("Control-comma")
            ben.presses("System: ")
            album.take(ben, f"spelling-settings-{name}")


def conversation(album: Album) -> None:
    """What people do with messages: answer, edit, react, pin, delete. README shows it: FOLDER is .github then."""
    for theme in ("light", "dark"):
        with album.people() as people:
            ana, ben = office(people, theme=theme)
            li = next(person for person in people.open if person.nick == "Li")

            def does(person: Person, make: Callable[..., Command], words: str, *arguments: object) -> None:
                message = _message(person, words)
                person.app.window.do(make(person.room_id, message.message_id, *arguments))

            room = ana.room_id
            ana.app.window.do(SetTopic(room, "Lunch, builds and whatever else"))
            does(ana, PinMessage, "The menu is at")
            does(ana, Delete, "Yes!")
            for person, emoji in ((ana, "👍"), (li, "👍"), (ben, "👍"), (li, "🍜")):
                does(person, React, "Lunch at half past", emoji)
            li.app.window.do(
                Say(room, "Then I come at **one**, @Ben", reply_to=_message(li, "No hurry").message_id)
            )
            ben.sees("Then I come at")
            does(li, Edit, "Then I come at", "Then I come at **half past**, @Ben")
            does(ben, React, "Then I come at", "🎉")
            ben.sees("half past, @Ben")
            ben.looks()
            album.take(ben, f"conversation-{theme}")


def _message(person: Person, words: str) -> Message:
    """The message in the room that begins so."""
    found: list[Message] = []

    def is_kept() -> bool:
        reader = person.app.window.reader
        found[:] = [one for one in reader.newest(person.room_id, 50) if one.text.startswith(words)]
        return bool(found)

    person.until(is_kept)
    return found[0]


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


def commands(album: Album) -> None:
    """What opens with a slash, what somebody does, and the question before an unknown command is sent."""
    for theme in ("light", "dark"):
        with album.people() as people:
            _ana, ben = office(people, theme=theme)
            ben.says("/me brings the soup")
            ben.sees("* Ben brings the soup")
            ben.types("/")
            album.take(ben, f"commands-{theme}")
            ben.types("shrug")
            ben.keys("Return")
            album.take(ben, f"commands-unknown-{theme}")
            ben.keys("Escape")


def acting(album: Album) -> None:
    """What is done with messages: answers, edits, reactions, pins, deletions, and the bar with which one does it."""
    for theme in ("light", "dark"):
        with album.people() as people:
            ana, ben = office(people, theme=theme)
            name = f"{theme}-{round(ben.app.screen_scale * 100)}"
            act_in_office(ana, ben)
            points_at(ben, "Lunch at half")
            album.take(ben, f"acting-{name}")
            ben.keys("Escape", "Control-a", "Delete", "Up")
            album.take(ben, f"acting-edit-{name}")
            ben.keys("Escape")
            by_bar(ben, "That is kind", "React")
            album.take(ben, f"acting-picker-{name}")
            ben.keys("Escape")
            ben.presses_in_text("Lunch at half")
            points_at(ben, "Lunch at half")
            album.take(ben, f"acting-jumped-{name}")
            ben.presses("2 pinned messages")
            album.take(ben, f"acting-pinned-{name}")
            ben.keys("Escape")
            by_bar(ana, "No hurry", "More")
            album.take(ana, f"acting-menu-{name}")


def act_in_office(ana: Person, ben: Person) -> None:
    """Some of all that can be done."""
    do = {person: person.app.window.do for person in (ana, ben)}
    room_id = ben.room_id
    lunch, printer, found = (row_of(ben, words).message_id for words in ("Lunch at", "The printer", "Found it"))
    do[ana](React(room_id, lunch, "\N{THUMBS UP SIGN}"))
    do[ben](React(room_id, lunch, "\N{THUMBS UP SIGN}"))
    do[ana](React(room_id, lunch, "\N{STEAMING BOWL}"))
    do[ana](PinMessage(room_id, printer))
    do[ana](PinMessage(room_id, lunch))
    do[ana](SetTopic(room_id, "Lunch, builds and whatever else"))
    do[ana](Delete(room_id, found))
    do[ana](Edit(room_id, row_of(ana, "No hurry").message_id, "No hurry, we will keep two chairs for you."))
    do[ben](Say(room_id, "That is kind.", reply_to=row_of(ben, "No hurry").message_id))
    do[ben](Say(room_id, "And the table is for six.", reply_to=lunch))
    ben.sees("table is for six", "two chairs")
    taken(ben, "table is for six")
    by_bar(ben, "No hurry", "Reply")
    ben.types("Here is how to get there")


def stopped(album: Album) -> None:
    with album.people() as people:
        ana = people.person("Ana")
        again = people.person("Ana again", folder=ana.folder, opens=False)
        again.opens(waits=False)
        again.until(lambda: "Close" in again.reads())
        album.take(again, "stopped-folder-in-use")
        again.presses("Close")
        again.ended()


def private(album: Album) -> None:
    """A private thread, in both themes."""
    for theme in ("light", "dark"):
        with album.people() as people:
            _ana, ben = office(people, theme=theme)
            ben.presses("Li", within=ben.people_pane)
            ben.presses("Write privately", within=ben.people_pane)
            ben.sees("Message Li privately")
            album.take(ben, f"private-begun-{theme}")
            ben.says("The plumber needs the plan, not for the whole team please.")
            li = next(person for person in people.everybody if person.nick == "Li")
            li.picks("Ben")
            li.says("Sure. And where is the key for the safe?")
            ben.says("Behind the tea \N{TEAPOT}")
            li.says("Found it, thanks!")
            ben.sees("Found it, thanks!")
            album.take(ben, f"private-{theme}")
            ben.picks("Office")
            li.says("One more thing")
            ben.sees("One more thing")
            ben.looks_away()
            album.take(ben, f"private-unread-{theme}")


def keeping(album: Album) -> None:
    """Who keeps a room open, in both themes: what its host is asked, and what the others see of it."""
    for theme in ("light", "dark"):
        with album.people() as people:
            ana, ben = office(people, theme, theme=theme)
            window, state = ana.app.window, ana.app.window.state
            room = next(iter(state.rooms.values()))
            heirs = tuple(key for key in room.people.here() if key != room.people.me)
            window.go(Closing())
            window.heard(HeirsChanged(room.room_id, ()))
            album.take(ana, f"keeping-nobody-{theme}")
            window.heard(HeirsChanged(room.room_id, heirs))
            album.take(ana, f"keeping-closing-{theme}")
            ana.presses("Nobody: close it")
            album.take(ana, f"keeping-close-it-{theme}")
            window.go(StopHosting(room.room_id))
            album.take(ana, f"keeping-hand-over-{theme}")
            ana.root.geometry("660x440")
            album.take(ana, f"keeping-narrow-{theme}")
            seen, own = ben.app.window, next(iter(ben.app.window.state.rooms.values()))
            li = next(key for key in own.people.here() if own.people.called(key) == "Li")
            stands = ConnectionChanged(
                own.room_id, own.title, ConnectionState.CONNECTED, Card(li, "Li", 1, bytes(64)), owner=own.owner
            )
            seen.heard(stands)
            seen.heard(KeeperChanged(own.room_id, li, False))
            seen.heard(BroughtBack(own.room_id, 3, 0))
            album.take(ben, f"keeping-talk-{theme}")
            seen.heard(BroughtBack(own.room_id, 0, 2))
            album.take(ben, f"keeping-set-aside-{theme}")
            seen.heard(RebaseAsked(own.room_id, li, 2_314))
            album.take(ben, f"keeping-asked-{theme}")
            seen.heard(BroughtBack(own.room_id, 0, 0))
            seen.heard(replace(stands, owner=own.people.me))
            album.take(ben, f"keeping-mine-{theme}")
            seen.heard(replace(stands, state=ConnectionState.RECONNECTING))
            album.take(ben, f"keeping-away-{theme}")
            hosting = replace(stands, state=ConnectionState.HOSTING, host=None)
            seen.heard(KeeperChanged(own.room_id, own.people.me, True))
            seen.heard(hosting)
            album.take(ben, f"keeping-here-{theme}")


SUBJECTS: tuple[Callable[[Album], None], ...] = (
    first_run, first_rooms, many_rooms, joined, conversation, scaled, unread, without_host, changed_key, passphrase,
    profiles, pages, narrow, commands, acting, stopped,
)  # fmt: skip


def main() -> None:
    """All of them, or those of these subjects."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--dpi", type=int, default=0)
    parser.add_argument("folder", type=Path, nargs="?", default=PICTURES / "pictures")
    parser.add_argument("names", nargs="*")
    asked = parser.parse_args()
    with screen(2400, 1600, asked.dpi):
        by_name = [*SUBJECTS, at_scale, around, own_rooms, spelling, presence, private, keeping]
        for subject in by_name if asked.names else SUBJECTS:
            if not asked.names or subject.__name__ in asked.names:
                subject(Album(asked.folder))


if __name__ == "__main__":
    main()
