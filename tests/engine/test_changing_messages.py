"""Messages are answered, edited, deleted, reacted to and pinned; the room gets a topic."""

from __future__ import annotations

import time

import pytest

from engine.people import People, Person
from lanchat.core.message import Message, Reaction
from lanchat.engine import commands, events
from lanchat.engine.commands import Delete, Edit, PinMessage, React, SetTopic


@pytest.fixture
def kitchen(people: People) -> tuple[Person, Person]:
    """Ana hosts, Ben is in."""
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    return ana, ben


def both_see(kitchen: tuple[Person, Person], at: int, **fields: object) -> Message:
    """Both see that the message at this place is so, and both disks have it so."""
    for person in kitchen:

        def seen(person: Person = person) -> bool:
            message = person.room.messages[at]
            return all(getattr(message, name) == value for name, value in fields.items())

        person.until(lambda: len(person.room.messages) > at)  # noqa: B023 - called at once
        person.until(seen)
        assert person.kept() == person.room.messages
    assert kitchen[0].room.messages == kitchen[1].room.messages
    return kitchen[0].room.messages[at]


def test_an_answer_quotes_what_it_answers_as_that_is_now(kitchen: tuple[Person, Person]) -> None:
    ana, ben = kitchen
    ana.says("tea?")
    tea = ben.message("tea?")
    ben.do(commands.Say(ben.room_id, "yes", reply_to=tea.message_id))
    answer = both_see(kitchen, 1, text="yes")
    assert answer.reply_to == tea.message_id
    assert answer.quote is not None
    assert (answer.quote.author, answer.quote.text, answer.quote.seq) == (ana.me, "tea?", tea.seq)
    ana.changes(Edit, tea, "coffee?")
    both_see(kitchen, 0, text="coffee?")
    quote = ben.kept()[1].quote
    assert quote is not None
    assert quote.text == "coffee?"


def test_i_can_edit_what_i_wrote_and_what_it_said_before_can_be_read(kitchen: tuple[Person, Person]) -> None:
    ana, ben = kitchen
    ben.says("helo")
    ben.changes(Edit, ben.message("helo"), "hello")
    message = both_see(kitchen, 0, text="hello")
    assert message.edited_at > 0
    for person in kitchen:
        versions = person.reads(lambda reader: reader.versions(ana.room_id, message.message_id))
        assert [version.text for version in versions] == ["helo", "hello"]
        assert [hit.message.text for hit in person.reads(lambda reader: reader.search("hello"))] == ["hello"]
        assert not person.reads(lambda reader: reader.search("helo"))[1:]


@pytest.mark.parametrize("who", ["the author", "the host"])
def test_what_is_deleted_leaves_every_disk_and_stays_a_line(kitchen: tuple[Person, Person], who: str) -> None:
    ana, ben = kitchen
    ben.says("my secret is 4711")
    ben.changes(Edit, ben.message("my secret is 4711"), "my secret is 0815")
    secret = both_see(kitchen, 0, text="my secret is 0815")
    deleter = ana if who == "the host" else ben
    deleter.changes(Delete, secret)
    both_see(kitchen, 0, deleted=True, deleted_by=deleter.me, text="")
    for person in kitchen:
        assert not person.reads(lambda reader: reader.search("secret"))
        assert not person.reads(lambda reader: reader.versions(ana.room_id, secret.message_id))
        assert [entry.entry.body for entry in person.log()] == [b"", b"", b""]
        person.quits()
        everything = b"".join(path.read_bytes() for path in person.folder.iterdir() if path.is_file())
        assert b"4711" not in everything
        assert b"0815" not in everything


def test_who_comes_later_sees_that_it_was_deleted(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.hosts("Kitchen")
    ana.says("not for Ben", "for Ben")
    ana.changes(Delete, ana.message("not for Ben"))
    ana.until(lambda: ana.room.messages[0].deleted)
    ben.joins("Kitchen")
    both_see((ana, ben), 1, text="for Ben")
    both_see((ana, ben), 0, deleted=True, deleted_by=ana.me)


def test_reactions_are_added_up_and_taken_back(kitchen: tuple[Person, Person]) -> None:
    ana, ben = kitchen
    ana.says("cake!")
    cake = ben.message("cake!")
    ben.changes(React, cake, "👍")
    both_see(kitchen, 0, reactions=(Reaction("👍", (ben.me,)),))
    ana.changes(React, cake, "👍")
    ana.changes(React, cake, "🎂")
    both_see(kitchen, 0, reactions=(Reaction("👍", (ben.me, ana.me)), Reaction("🎂", (ana.me,))))
    ben.changes(React, cake, "👍", False)
    both_see(kitchen, 0, reactions=(Reaction("👍", (ana.me,)), Reaction("🎂", (ana.me,))))


def test_the_host_pins_messages_and_sets_the_topic(kitchen: tuple[Person, Person]) -> None:
    ana, ben = kitchen
    ben.says("the code of the door is 12", "hm")
    ana.changes(PinMessage, ana.message("the code of the door is 12"))
    both_see(kitchen, 0, pinned=True)
    ana.do(SetTopic(ana.room_id, "  Where to eat\nat noon "))
    for person in kitchen:
        person.until(lambda person=person: person.room.topic == "Where to eat at noon")  # type: ignore[misc]
        assert person.reads(lambda reader: reader.topic(ana.room_id)) == "Where to eat at noon"
        pinned = person.reads(lambda reader: reader.pinned(ana.room_id))
        assert [message.text for message in pinned] == ["the code of the door is 12"]
    ana.changes(PinMessage, ana.message("the code of the door is 12"), False)
    both_see(kitchen, 0, pinned=False)


def test_what_is_not_allowed_is_refused_in_words_and_changes_nothing(kitchen: tuple[Person, Person]) -> None:
    ana, ben = kitchen
    ana.says("mine")
    mine = ben.message("mine")
    ben.changes(Edit, mine, "yours")
    assert "Only who wrote it" in ben.hears(events.Problem).what
    ben.changes(Delete, mine)
    assert "Only who wrote it" in ben.hears(events.Problem).what
    ben.changes(PinMessage, mine)
    assert "Only who wrote it" in ben.hears(events.Problem).what
    ben.do(SetTopic(ben.room_id, "Ben's"))
    assert "Only who wrote it" in ben.hears(events.Problem).what
    ben.changes(React, mine, "lol")
    assert "not an emoji" in ben.hears(events.Problem).what
    ben.changes(Edit, mine, " ")
    assert "nothing to send" in ben.hears(events.Problem).what
    both_see(kitchen, 0, text="mine", edited_at=0, deleted=False, pinned=False, reactions=())
    assert not ben.waiting()


def test_a_change_made_while_the_host_is_away_waits(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    room = ana.hosts("Kitchen")
    ben.joins("Kitchen")
    ben.says("a")
    a = ben.message("a")
    ana.do(commands.Leave(room.room_id))
    ben.until(lambda: ben.room.state is events.ConnectionState.RECONNECTING)
    ben.changes(React, a, "👍")
    ben.changes(Edit, a, "b")
    assert ben.waiting() == [], "only messages are shown as waiting"
    ana.hosts("Kitchen", room_id=room.room_id)
    ben.until(lambda: ben.room.messages[0].text == "b" and len(ben.room.messages[0].reactions) == 1, seconds=30)


def test_an_edit_war_and_a_message_that_everybody_likes_are_quick(kitchen: tuple[Person, Person]) -> None:
    ana, _ben = kitchen
    ana.says("0")
    message = ana.message("0")
    began = time.monotonic()
    for number in range(1, 301):
        ana.changes(Edit, message, str(number))
        ana.changes(React, message, "👍", number % 2 == 1)
    both_see(kitchen, 0, text="300", reactions=())
    assert time.monotonic() - began < 30
