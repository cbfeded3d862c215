"""A host whose data folder was copied: put back from an old copy, or open twice."""

from __future__ import annotations

from engine.people import People, Person
from lanchat.core.model import RoomId
from lanchat.engine import commands, events
from lanchat.engine.events import Connection


def opens_again(host: Person, title: str, room_id: RoomId) -> None:
    host.starts()
    host.hosts(title, room_id=room_id)


def test_a_host_put_back_to_an_older_copy_is_told_so_and_its_member_too(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    room_id = ana.hosts("Kitchen").room_id
    ben.joins("Kitchen")
    ben.says("known to all copies")
    ana.sees("known to all copies")
    ana.quits()
    with ana.put_back_to():
        opens_again(ana, "Kitchen", room_id)
        ben.is_(Connection.CONNECTED)
        ana.says("after the backup, 1", "after the backup, 2")
        ben.sees("after the backup, 2")
        ana.quits()
        ben.is_(Connection.RECONNECTING)
        ben.says("waits")
    opens_again(ana, "Kitchen", room_id)
    ben.is_(Connection.STOPPED)
    stopped = ben.hears(events.ConnectionChanged, state=Connection.STOPPED)
    assert stopped.diverged
    assert "what you write is kept here" in stopped.problem
    told = ana.hears(events.Problem, room_id=room_id).what
    assert "Ben has 2 messages of this room that this computer lacks." in told
    assert "Nothing is lost" in told
    ben.says("waits too")
    assert ben.waiting() == ["waits", "waits too"]
    assert [item.entry.body for item in ben.kept()][-1] == "after the backup, 2"
    assert ben.asks_to_join(room_id).diverged
    ana.hears_nothing(events.Problem)  # once is enough


def test_a_host_that_went_on_after_it_was_put_back_is_told_so_too(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    room_id = ana.hosts("Kitchen").room_id
    ben.joins("Kitchen")
    ana.quits()
    with ana.put_back_to():
        opens_again(ana, "Kitchen", room_id)
        ben.is_(Connection.CONNECTED)
        ana.says("one way")
        ben.sees("one way")
        ben.do(commands.Leave(room_id))
        ben.hears(events.Left)
        ana.quits()
    opens_again(ana, "Kitchen", room_id)
    ana.says("another way", "and on")
    ana.sees("and on")
    assert ben.asks_to_join(room_id).diverged
    assert "Ben has other messages of this room" in ana.hears(events.Problem, room_id=room_id).what
