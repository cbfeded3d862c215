"""Files between honest members: all of it arrives, from whoever has it, and ends when it should."""

from __future__ import annotations

import threading
import time

import pytest

from lanchat.core.file_manifest import CHUNK
from lanchat.network import file_connection
from lanchat.network.file_fetch import FileFetch, FileGive
from lanchat.network.file_shelf import PullEnd
from lanchat.network.transfer_rate import TransferRate
from network.file_peers import (
    PATIENCE_SECONDS,
    OfferedBytes,
    Shelf,
    Taken,
    at,
    caller,
    fetched,
    fetching,
    serving,
)
from tests.identities import new_identity


def test_all_chunks_arrive_and_are_counted() -> None:
    offered, me = OfferedBytes(chunks=40), new_identity()
    shelf, task = Shelf(offered), Taken(offered)
    with serving(shelf) as server:
        assert fetched(server, task, me) is PullEnd.DONE
    assert task.is_whole
    assert task.left == ()
    assert shelf.shared == {me.key: 40}


def test_the_manifest_comes_first_where_it_is_not_here() -> None:
    offered = OfferedBytes()
    task = Taken(offered, with_manifest=False)
    with serving(Shelf(offered)) as server:
        assert fetched(server, task) is PullEnd.DONE
    assert task.is_whole
    assert task.listing is not None


def test_a_manifest_of_many_chunks_comes_whole() -> None:
    """As of 100,000 chunks: larger than one chunk itself."""
    offered = OfferedBytes(chunks=2)

    class Large(OfferedBytes):
        manifest = bytes(CHUNK * 3 + 17)

    large = Large(chunks=2)
    task = Taken(offered, with_manifest=False)
    task.offered = large
    shelf = Shelf()
    shelf.offered[offered.root] = large
    with serving(shelf) as server:
        assert fetched(server, task) is PullEnd.WRONG  # it came, and is another
    assert task.chunks == {}


def test_only_what_is_missing_is_asked_for() -> None:
    offered = OfferedBytes(chunks=30)
    shelf, task = Shelf(offered), Taken(offered, missing=[3, 4, 17, 29])
    with serving(shelf) as server:
        assert fetched(server, task) is PullEnd.DONE
    assert sorted(task.chunks) == [3, 4, 17, 29]
    assert shelf.shared.total() == 4


def test_who_has_a_part_gives_it_and_says_what_it_lacks() -> None:
    offered = OfferedBytes(chunks=10)
    shelf, task = Shelf(), Taken(offered)
    shelf.offered[offered.root] = OfferedBytes(chunks=10, without=frozenset({0, 5, 9}))
    with serving(shelf) as server:
        assert fetched(server, task) is PullEnd.DONE
    assert sorted(task.chunks) == [1, 2, 3, 4, 6, 7, 8]
    assert sorted(task.lacking) == [0, 5, 9]


def test_who_has_nothing_of_it_says_so() -> None:
    offered = OfferedBytes()
    with serving(Shelf()) as server:
        assert fetched(server, Taken(offered, with_manifest=False)) is PullEnd.MISSING
        task = Taken(offered)
        assert fetched(server, task) is PullEnd.DONE
    assert sorted(task.lacking) == [0, 1, 2, 3, 4]


def test_a_file_that_cannot_be_read_is_missing() -> None:
    class Broken(OfferedBytes):
        def read(self, index: int) -> bytes | None:
            if index == 2:
                raise OSError(5, "Input/output error")
            return super().read(index)

    offered = Broken()
    task = Taken(offered)
    with serving(Shelf(offered)) as server:
        assert fetched(server, task) is PullEnd.DONE
    assert task.lacking == [2]


def test_several_members_at_once_get_all_of_it() -> None:
    offered = OfferedBytes(chunks=30)
    tasks = [Taken(offered) for _ in range(6)]
    with serving(Shelf(offered)) as server:
        fetches = [fetching(server, task) for task in tasks]
        assert [task.wait() for task in tasks] == [PullEnd.DONE] * 6
        for fetch in fetches:
            fetch.join(PATIENCE_SECONDS)
    assert all(task.is_whole for task in tasks)


def test_a_member_gives_the_host_what_it_wants_over_its_own_connection() -> None:
    offered, me = OfferedBytes(chunks=30), new_identity()
    host_shelf, task = Shelf(), Taken(offered, with_manifest=False)
    host_shelf.tasks[offered.root] = task
    ends: list[PullEnd] = []
    mine = Shelf(offered)
    with serving(host_shelf) as server:
        give = FileGive(at(server), server.identity.key, caller(me), offered.root, mine, ends.append)
        give.start()
        assert task.wait() is PullEnd.DONE
        give.join(PATIENCE_SECONDS)
        key = server.identity.key
    assert task.is_whole
    assert ends == [PullEnd.DONE]
    assert mine.shared == {key: 30}


def test_a_host_that_wants_nothing_of_it_says_so() -> None:
    offered, ends = OfferedBytes(), list[PullEnd]()
    with serving(Shelf()) as server:
        give = FileGive(at(server), server.identity.key, caller(), offered.root, Shelf(offered), ends.append)
        give.start()
        give.join(PATIENCE_SECONDS)
    assert ends == [PullEnd.MISSING]


def test_the_host_pulls_nothing_but_what_was_given() -> None:
    """Otherwise a host could read what is offered elsewhere."""
    offered, other = OfferedBytes(chunks=2), OfferedBytes(chunks=3)
    host_shelf, task, ends = Shelf(), Taken(other), list[PullEnd]()
    host_shelf.tasks[offered.root] = task  # it asks for another
    mine = Shelf(offered, other)
    with serving(host_shelf) as server:
        give = FileGive(at(server), server.identity.key, caller(), offered.root, mine, ends.append)
        give.start()
        assert task.wait() is PullEnd.DONE
        give.join(PATIENCE_SECONDS)
    assert task.chunks == {}
    assert not mine.shared


def test_stopping_ends_it_at_once_and_says_what_is_left() -> None:
    offered = OfferedBytes(chunks=200)
    task = Taken(offered)
    written = threading.Event()
    task.on_write = lambda index: written.set()
    with serving(Shelf(offered), rate=CHUNK * 4) as server:
        fetch = fetching(server, task)
        assert written.wait(PATIENCE_SECONDS)
        began = time.monotonic()
        fetch.stop()
        assert task.wait() is PullEnd.STOPPED
        assert time.monotonic() - began < 5
        fetch.join(PATIENCE_SECONDS)
    assert set(task.left).isdisjoint(task.chunks)
    assert task.left


def test_what_is_stopped_before_it_began_ends_too() -> None:
    offered = OfferedBytes()
    task = Taken(offered)
    with serving(Shelf(offered)) as server:
        fetch = FileFetch(at(server), server.identity.key, caller(), task)
        fetch.stop()
        fetch.start()
        assert task.wait() is PullEnd.STOPPED
        fetch.join(PATIENCE_SECONDS)


def test_a_full_disk_ends_it_and_is_told() -> None:
    offered = OfferedBytes(chunks=40)
    task = Taken(offered)
    task.disk_full_at = 7
    with serving(Shelf(offered)) as server:
        assert fetched(server, task) is PullEnd.DISK
    assert sorted(task.chunks)[:7] == list(range(7))
    assert 7 in task.left
    assert len(task.chunks) < 20, "what came before the end is still written, and no more is asked for"


def test_nobody_there_is_gone() -> None:
    offered = OfferedBytes()
    task = Taken(offered)
    with serving(Shelf(offered)) as server:
        address, key = at(server), server.identity.key
    fetch = FileFetch(address, key, caller(), task)
    fetch.start()
    assert task.wait() is PullEnd.GONE
    fetch.join(PATIENCE_SECONDS)
    assert task.left == ()


def test_closing_the_server_ends_what_it_serves() -> None:
    offered = OfferedBytes(chunks=200)
    task = Taken(offered)
    written = threading.Event()
    task.on_write = lambda index: written.set()
    with serving(Shelf(offered), rate=CHUNK * 4) as server:
        fetch = fetching(server, task)
        assert written.wait(PATIENCE_SECONDS)
    assert task.wait() is PullEnd.GONE
    fetch.join(PATIENCE_SECONDS)


def test_a_limited_rate_is_kept_by_all_together_and_is_fair() -> None:
    offered = OfferedBytes(chunks=8, tail=CHUNK)
    tasks = [Taken(offered) for _ in range(2)]
    began = time.monotonic()
    with serving(Shelf(offered), rate=CHUNK * 16) as server:
        fetches = [fetching(server, task) for task in tasks]
        for task in tasks:
            assert task.wait() is PullEnd.DONE
        seconds = time.monotonic() - began
        for fetch in fetches:
            fetch.join(PATIENCE_SECONDS)
    assert seconds > (16 - 4) / 16 * 0.8  # 16 chunks at 16 a second, but for the first quarter of a second
    assert all(task.is_whole for task in tasks)


def test_a_receiver_keeps_its_own_limit_too() -> None:
    offered = OfferedBytes(chunks=8, tail=CHUNK)
    task = Taken(offered)
    began = time.monotonic()
    with serving(Shelf(offered)) as server:
        fetch = fetching(server, task, rate=CHUNK * 8)
        assert task.wait() is PullEnd.DONE
        fetch.join(PATIENCE_SECONDS)
    assert time.monotonic() - began > (8 - 2) / 8 * 0.8
    assert task.is_whole


def test_a_change_of_the_limit_lets_those_go_that_wait() -> None:
    rate, stopped = TransferRate(100), threading.Event()
    waits = threading.Event()
    assert rate.wait(1_000, stopped, pytest.fail, 5)
    second = threading.Thread(target=rate.wait, args=(1_000, stopped, waits.set, 0.01))
    second.start()
    assert waits.wait(PATIENCE_SECONDS)
    rate.set(0)
    second.join(PATIENCE_SECONDS)
    assert not second.is_alive()
    assert not rate.wait(10**9, stopped, pytest.fail, 5)


def test_who_hangs_up_while_it_waits_costs_the_others_nothing() -> None:
    rate, stopped = TransferRate(10_000), threading.Event()
    assert rate.wait(10_000, stopped, pytest.fail, 5)

    def hangs_up() -> None:
        raise BrokenPipeError

    for _ in range(100):
        with pytest.raises(BrokenPipeError):
            rate.wait(10_000, stopped, hangs_up, 0.001)
    assert rate.wait(10_000, stopped, pytest.fail, PATIENCE_SECONDS), "after a second, not after a hundred"


def test_they_go_in_the_order_in_which_they_asked() -> None:
    rate, stopped = TransferRate(50_000), threading.Event()
    assert rate.wait(10_000, stopped, pytest.fail, 5)
    went: list[int] = []

    def goes(number: int) -> None:
        rate.wait(5_000, stopped, queued[number].set, 0.001)
        went.append(number)

    queued = [threading.Event() for _ in range(4)]
    threads = [threading.Thread(target=goes, args=(number,)) for number in range(4)]
    for thread, waits in zip(threads, queued, strict=True):
        thread.start()
        assert waits.wait(PATIENCE_SECONDS)
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    assert went == [0, 1, 2, 3]


def test_a_turn_that_brought_nothing_is_given_back() -> None:
    """A source says that it has what it has not, again and again."""
    offered = OfferedBytes(chunks=60, without=frozenset(range(59)))
    task = Taken(offered)
    began = time.monotonic()
    with serving(Shelf(offered)) as server:
        fetch = fetching(server, task, rate=CHUNK * 4)
        assert task.wait() is PullEnd.DONE
        fetch.join(PATIENCE_SECONDS)
    assert time.monotonic() - began < 5, "not fifteen"
    assert set(task.chunks) == {59}


def test_who_waits_for_its_turn_says_so_and_is_not_taken_for_dead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_connection, "IDLE_SECONDS", 1.5)
    monkeypatch.setattr(file_connection, "_LOOK_SECONDS", 0.1)
    monkeypatch.setattr(file_connection, "PING_SECONDS", 0.2)
    offered = OfferedBytes(chunks=2, tail=CHUNK)
    task = Taken(offered)
    with serving(Shelf(offered), rate=CHUNK // 2) as server:
        assert fetched(server, task) is PullEnd.DONE
    assert task.is_whole


@pytest.mark.parametrize("threads", [0, 1])
def test_a_system_that_has_no_more_threads(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """One writer is enough; without any it is tried again later, and nobody waits for ever."""
    left, start = [None] * threads, threading.Thread.start

    def starts(thread: threading.Thread) -> None:
        if thread.name == "lanchat-file-writer":
            if not left:
                raise RuntimeError("can't start new thread")
            left.pop()
        start(thread)

    offered = OfferedBytes()
    with serving(Shelf(offered)) as server, monkeypatch.context() as out:
        out.setattr(threading.Thread, "start", starts)
        assert fetched(server, Taken(offered)) is (PullEnd.DONE if threads else PullEnd.GONE)
    assert not [one for one in threading.enumerate() if one.name == "lanchat-file-writer"]
