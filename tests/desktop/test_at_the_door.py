"""What can stand between a person and a room, or come in between: in words, where it happens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from lanchat.core import limits
from lanchat.core.model import RoomId
from lanchat.desktop.conversation_view import NoticeStrip
from lanchat.desktop.view_context import InRoom
from lanchat.desktop.widgets.labels import Paragraph
from lanchat.engine import host_role
from lanchat.engine.events import KeyChanged, NotFound, PassphraseNeeded, RoomFound
from lanchat.storage.records import RoomRecord
from lanchat.storage.store import Store
from lanchat.trust.identity import load_or_create
from tests.desktop.composer.author import below
from tests.desktop.model.telling import KITCHEN, listing
from tests.desktop.person import People, Person
from tests.small_disk import Disk, small_disk


def pretends_to_host(eve: Person, room_id: RoomId, title: str) -> None:
    """Before her lanchat starts: on her disk is a room of hers with the same identity."""
    eve.folder.mkdir(parents=True)
    store = Store.open(eve.folder)
    store.put_room(RoomRecord(room_id, title, load_or_create(eve.folder).key, hosted=True))
    store.close()


def test_a_host_with_another_key_is_stopped_at_the_door_and_explained(people: People) -> None:
    ana, ben, eve = people.person("Ana"), people.person("Ben"), people.person("Eve", opens=False)
    ana.starts_room("Kitchen")
    ben.enters("Kitchen")
    pretends_to_host(eve, ben.room_id, "Kitchen")
    ana.closes_for_good()
    ben.sees("Reconnecting…")
    ben.says("our secret")
    ben.sees_state("our secret", "clock")
    eve.opens()
    eve.picks("Kitchen")
    eve.presses("Open this room")
    eve.sees("You are hosting")
    ben.closes_for_good()
    ben.opens()
    ben.picks("Kitchen")
    ben.sees("The host of Kitchen is not the one you knew", "Nothing was sent.", "The badge you knew")
    ben.presses("I asked Ana: connect")  # not before one says that one has asked
    ben.sees("The host of Kitchen is not the one you knew")
    eve.says("who is there?")
    eve.sees_state("who is there?", "✓")
    assert "our secret" not in eve.reads()
    assert "Ben" not in eve.reads()
    ben.presses("I asked Ana, and the new badge is the right one")
    ben.presses("I asked Ana: connect")
    ben.sees("Connected", "who is there?")


def test_one_question_follows_another(people: People) -> None:
    ana = people.person("Ana")
    window = ana.app.window
    window.heard(RoomFound(listing()))
    window.heard(NotFound(KITCHEN, "nobody answers at 192.0.2.1"))
    window.go(InRoom(KITCHEN))
    ana.sees("Kitchen does not answer")
    window.heard(PassphraseNeeded(KITCHEN, KITCHEN, "Kitchen"))
    ana.sees("Ben asks for this room's passphrase.")
    ana.types("iron")
    window.heard(PassphraseNeeded(KITCHEN, KITCHEN, "Kitchen", wrong=True))
    ana.sees("That is not the passphrase.")
    changed = KeyChanged(KITCHEN, KITCHEN, "Kitchen", "7h2k-0xq9-5b3d-n8wz", "9xpa-32rd-mm2e-0v7t")
    window.heard(changed)
    ana.presses("I asked Ben, and the new badge is the right one")
    window.heard(replace(changed, new_badge="0000-1111-2222-3333"))
    ana.sees("0000-1111-2222-3333")
    ana.sees_no("9xpa-32rd-mm2e-0v7t")
    ana.presses("I asked Ben: connect")  # another change has taken the consent back
    ana.keys("Return")  # the keyboard is at "Do not connect"
    ana.sees("You are Ana")


def test_a_host_with_another_key_that_has_less_of_the_room_gets_it_once_the_person_agrees(people: People) -> None:
    ana, ben, eve = people.person("Ana"), people.person("Ben"), people.person("Eve", opens=False)
    ana.starts_room("Kitchen")
    ben.enters("Kitchen")
    ben.says("long ago")
    ben.sees_state("long ago", "✓")
    pretends_to_host(eve, ben.room_id, "Kitchen")
    ben.closes_for_good()
    ana.closes_for_good()
    eve.opens()
    eve.picks("Kitchen")
    eve.presses("Open this room")
    ben.opens()
    ben.picks("Kitchen")
    ben.presses("I asked Ana, and the new badge is the right one")
    ben.presses("I asked Ana: connect")
    ben.sees("Connected", "long ago")
    eve.sees("long ago")


def test_what_is_said_while_the_host_is_gone_waits_and_goes_when_it_is_back(people: People) -> None:
    ana, ben, li = people.person("Ana"), people.person("Ben"), people.person("Li")
    ana.starts_room("Kitchen")
    ben.enters("Kitchen")
    li.enters("Kitchen")
    ben.says("before")
    ben.sees_state("before", "✓✓")
    ben.types("half a sentence")
    ana.closes_for_good()
    ben.sees("Reconnecting…", "What you write is kept, and sent then.")
    assert ben.writes() == "half a sentence"
    ben.types(" and the rest")
    ben.keys("Return")
    ben.sees_state("half a sentence and the rest", "clock")
    ben.types("one more")
    ana.opens()
    ana.sees("half a sentence and the rest")
    ben.sees("Connected")
    ben.sees_state("half a sentence and the rest", "✓✓")
    assert ben.writes() == "one more"
    for person in (ana, ben, li):
        person.until(lambda person=person: person.has_kept() == ["before", "half a sentence and the rest"])  # type: ignore[misc]


def test_what_the_host_will_not_take_can_be_tried_again(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host_role, "_limits", lambda _: limits.Limits(text_characters=20))
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.starts_room("Kitchen")
    ben.enters("Kitchen")
    ben.says("this is more than the host takes")
    ben.sees("Not sent.", "It is longer than this room allows", "Retry")
    ben.sees_state("this is more than the host takes", "!")
    ana.closes_for_good()
    monkeypatch.undo()
    ana.opens()
    ben.sees("Connected")
    ben.presses_in_text("Retry")
    ben.sees_state("this is more than the host takes", "✓")
    ben.sees_no("Not sent.")
    ana.sees("this is more than the host takes")


def test_what_was_not_sent_can_be_given_up(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host_role, "_limits", lambda _: limits.Limits(text_characters=20))
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.starts_room("Kitchen")
    ben.enters("Kitchen")
    ben.says("this is more than the host takes")
    ben.presses_in_text("Discard")
    ben.sees_no("more than the host takes")


def test_a_room_that_is_gone_can_be_read(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.starts_room("Kitchen")
    ben.enters("Kitchen")
    ana.says("the key is under the mat")
    ben.sees("the key is under the mat")
    ben.closes_for_good()
    ana.closes_for_good()
    ben.opens()
    ben.sees("My rooms")
    ben.picks("Kitchen")
    ben.sees("the key is under the mat")


def test_what_cannot_be_reached_says_what_to_do_next(people: People) -> None:
    ben = people.person("Ben")
    ben.presses("Join…")
    ben.types("127.0.0.1:9")
    ben.keys("Return")
    ben.sees("no room is open there", "Check my computer")


def test_who_hosts_without_a_network_is_not_told_that_people_see_the_room(people: People) -> None:
    ana = people.person("Ana")
    assert ana.network is not None
    ana.network.set(online=False)
    ana.sees("Start one: people see it as soon as this computer is on a network.")
    ana.starts_room("Kitchen")
    ana.sees("this computer is on no network: nobody else can see the room yet")
    ana.presses("Other ways in…")
    ana.sees("This computer is on no network.")
    ana.sees_no("People on this network see")
    ana.presses("Done")
    ana.network.set(online=True)
    ana.sees("You are hosting. People on this network see this room by themselves.")


def test_a_long_notice_over_the_conversation_has_room_around_it(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.starts_room("Kitchen")
    ben.enters("Kitchen")
    ben.root.geometry("600x600")
    ana.closes_for_good()
    ben.sees("What you write is kept, and sent then.")
    (strip,) = (one for one in below(ben.root) if isinstance(one, NoticeStrip))
    (words,) = (one for one in below(strip) if isinstance(one, Paragraph))
    around = words.nametowidget(words.winfo_parent()).winfo_height() - words.winfo_height()
    assert words.winfo_height() > 40, "the notice is not long enough for this"
    assert around >= 12


def test_a_network_that_goes_and_comes_is_followed(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.starts_room("Kitchen")
    ben.sees_room("Kitchen")
    assert ben.network is not None
    ben.network.set(online=False)
    ben.sees_no("Kitchen")
    ben.network.set(online=True)
    ben.sees_room("Kitchen")


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    monkeypatch.setattr(limits, "DISK_RETRY_MS", 200)
    with small_disk(tmp_path / "disk") as disk:
        yield disk


def test_a_full_disk_is_said_and_what_was_written_is_still_in_the_field(disk: Disk, people: People) -> None:
    ana, ben = people.person("Ana", disk.folder / "ana"), people.person("Ben")
    ana.starts_room("Kitchen")
    ben.enters("Kitchen")
    ana.sees("Ben joined")
    disk.fills_up()
    window = ana.app.window
    (room_id,) = window.state.rooms

    def kept() -> int:
        return window.reader.count(room_id) + len(window.reader.outbox(room_id))

    long = "it does not fit any more " * 150
    for number in range(200):  # the file beside the database has some room left
        ana.says(long.strip())
        ana.until(lambda: kept() > number or "This was not sent" in ana.reads())  # noqa: B023
        if "This was not sent" in ana.reads():
            break
    ana.sees("This was not sent", "disk is full")
    ana.until(lambda: ana.writes() == long.strip())
    disk.has_room_again()
    ana.looks()
    ana.keys("Return")
    ben.sees("it does not fit any more")
    ana.until(lambda: ana.writes() == "")
