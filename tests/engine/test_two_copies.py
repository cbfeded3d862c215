"""A host whose data folder was copied: put back from an old copy, or open twice."""

from __future__ import annotations

import shutil

import pytest

from engine.people import People, Person
from lanchat.core.model import RoomId
from lanchat.engine import commands, events, room_disk
from lanchat.engine.events import ConnectionState


def opens_again(host: Person, title: str, room_id: RoomId) -> None:
    host.starts()
    host.hosts(title, room_id=room_id)


def test_a_host_put_back_to_an_older_copy_gets_back_what_its_member_has(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    room_id = ana.hosts("Kitchen").room_id
    ben.joins("Kitchen")
    ben.says("known to all copies")
    ana.sees("known to all copies")
    ana.quits()
    with ana.put_back_to():
        opens_again(ana, "Kitchen", room_id)
        ben.is_(ConnectionState.CONNECTED)
        ana.says("after the backup, 1", "after the backup, 2")
        ben.sees("after the backup, 2")
        ana.quits()
        ben.is_(ConnectionState.RECONNECTING)
        ben.says("waits")
    opens_again(ana, "Kitchen", room_id)
    assert ben.hears(events.Rebased).count == 2
    assert ben.hears(events.BroughtBack) == events.BroughtBack(room_id, 2, 0)
    for person in (ana, ben):
        person.sees("after the backup, 2")
        texts = [item.text for item in person.kept()]
        assert texts == ["known to all copies", "waits", "after the backup, 1", "after the backup, 2"]
    assert ben.hears(events.BroughtBack, left=0).set_aside == 0
    assert ben.waiting() == []
    assert ana.log() == ben.log()


def test_a_host_that_went_on_after_it_was_put_back_has_both_in_the_end(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    room_id = ana.hosts("Kitchen").room_id
    ben.joins("Kitchen")
    ana.quits()
    with ana.put_back_to():
        opens_again(ana, "Kitchen", room_id)
        ben.is_(ConnectionState.CONNECTED)
        ana.says("one way")
        ben.sees("one way")
        ben.do(commands.Leave(room_id))
        ben.hears(events.Left)
        ana.quits()
    opens_again(ana, "Kitchen", room_id)
    ana.says("another way", "and on")
    ana.sees("and on")
    ben.asks_to_join(room_id)
    ben.hears(events.BroughtBack, left=0)
    ana.sees("one way")
    for person in (ana, ben):
        assert [item.text for item in person.kept()] == ["another way", "and on", "one way"]
    ben.says("fine")
    for person in (ana, ben):
        person.sees("fine")
    assert ana.log() == ben.log()


@pytest.fixture
def long_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    """What anybody has said is too much to be brought to another computer without a question."""
    monkeypatch.setattr(room_disk, "_TAIL_MOST", 0)


@pytest.fixture
def asked(people: People, long_ago: None) -> tuple[Person, Person]:
    """Ana's computer was put back to an older state, and Ben, who has more, is asked."""
    ana, ben = people.person("Ana"), people.person("Ben")
    room_id = ana.hosts("Kitchen").room_id
    ben.joins("Kitchen")
    ana.quits()
    with ana.put_back_to():
        opens_again(ana, "Kitchen", room_id)
        ben.is_(ConnectionState.CONNECTED)
        ben.says("only Ben has this")
        ana.sees("only Ben has this")
        ana.quits()
    opens_again(ana, "Kitchen", room_id)
    question = ben.hears(events.RebaseAsked)
    assert question.keeper == ana.me
    assert question.count >= 1
    assert "only Ben has this" in [item.text for item in ben.kept()], "nothing leaves before the answer"
    return ana, ben


def test_much_that_only_we_have_is_brought_to_the_host_when_the_person_agrees(asked: tuple[Person, Person]) -> None:
    ana, ben = asked
    assert ben.room_id is not None
    ben.says("waits")
    ben.do(commands.BringBack(ben.room_id, yes=True))
    ben.hears(events.BroughtBack, left=0)
    for text in ("only Ben has this", "waits"):
        ana.sees(text)


def test_who_does_not_want_that_leaves_with_everything_still_on_disk(asked: tuple[Person, Person]) -> None:
    ana, ben = asked
    assert ben.room_id is not None
    ben.do(commands.BringBack(ben.room_id, yes=False))
    ben.hears(events.Left)
    assert "only Ben has this" in [item.text for item in ben.kept()]
    assert ana.kept() == []


@pytest.fixture
def copied(people: People) -> tuple[Person, Person]:
    """Ana's data folder is on two computers; on neither of them is her room open now."""
    ana = people.person("Ana")
    ana.hosts("Kitchen", passphrase="apple-banjo-comet-dune")
    ana.quits()
    elsewhere = people.folder / "elsewhere"
    shutil.copytree(ana.folder, elsewhere)
    return ana, people.person("Ana", elsewhere, starts=False)


@pytest.mark.parametrize("together", [True, False])
def test_a_room_that_is_open_on_two_computers_becomes_one(copied: tuple[Person, Person], together: bool) -> None:
    """Whether the second was there when it opened, or came onto this network later."""
    here, there = copied
    here.starts()
    there.starts()
    if not together:
        there.network.set(online=False)
    for number, computer in enumerate(copied):
        computer.hosts("Kitchen")
        computer.says(f"said on computer {number}")
    if not together:
        there.network.set(online=True)
    for computer in copied:
        computer.sees("said on computer 0", "said on computer 1")
    states = sorted((computer.room.state for computer in copied), key=str)
    assert states == [ConnectionState.CONNECTED, ConnectionState.HOSTING]
    for computer in copied:
        computer.hears_nothing(events.Problem)


def test_a_room_that_was_open_here_before_is_no_second_one(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    for _ in range(3):
        ana.hosts("Kitchen")
        ben.joins("Kitchen") if ben.room_id is None else ben.is_(ConnectionState.CONNECTED)
        ana.quits()
        ben.is_(ConnectionState.RECONNECTING)
        ana.starts()
    ana.hears_nothing(events.Problem)
