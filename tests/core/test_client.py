"""What people see: lines that come, lines of their own on the way, and a host that may be slow, gone or lying."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
from disks import ROOM, HostDisk
from kitchen import Kitchen, Person, card, device, entry, keeping
from msgspec.structs import replace

from lanchat.core import client_actions, frames
from lanchat.core.client import Client
from lanchat.core.client_actions import RosterChanged
from lanchat.core.encoded_log import pack
from lanchat.core.epoch import next_epoch
from lanchat.core.frames import Entries, Misbehaved
from lanchat.core.limits import Limits
from lanchat.core.model import START, Card, Entry, Head, LogEnd, LogEntry, MemberKey


# --- with an honest host ---------------------------------------------------------------------------------------------
def test_what_one_says_all_see() -> None:
    kitchen = Kitchen()
    ana, ben = Person(kitchen, "ana").comes(), Person(kitchen, "ben").comes()
    ana.says("hello", "everybody")
    kitchen.host_says("hello Ana")
    assert ana.texts == ben.texts == kitchen.texts == ["hello", "everybody", "hello Ana"]
    assert ana.waiting == []


def test_what_was_written_offline_goes_out_in_order() -> None:
    kitchen = Kitchen()
    ana = Person(kitchen, "ana")
    ana.says("one", "two", "three")
    assert ana.waiting == ["one", "two", "three"]
    ana.comes()
    assert kitchen.texts == ana.texts == ["one", "two", "three"]
    assert ana.waiting == []


def test_a_paste_of_many_lines_arrives_whole_and_in_order() -> None:
    kitchen = Kitchen()
    ana = Person(kitchen, "ana").comes()
    lines = [f"line {number}" for number in range(100)]
    ana.says(*lines)
    assert len(kitchen.texts) == 20
    kitchen.wait(20)
    assert kitchen.texts == lines
    assert ana.waiting == []
    assert ana.got(frames.SlowDown) == []  # it went at the host's pace by itself


def test_two_devices_that_share_a_pace_lose_nothing() -> None:
    kitchen = Kitchen(Limits(burst=5))
    pc, book = Person(kitchen, "ana", "pc").comes(), Person(kitchen, "ana", "book").comes()
    pc.says(*(f"pc {number}" for number in range(20)))
    book.says(*(f"book {number}" for number in range(20)))
    kitchen.wait(30)
    assert pc.got(frames.SlowDown) or book.got(frames.SlowDown)
    assert [text for text in kitchen.texts if text.startswith("pc")] == [f"pc {number}" for number in range(20)]
    assert [text for text in kitchen.texts if text.startswith("book")] == [f"book {number}" for number in range(20)]
    assert pc.waiting == book.waiting == []


def test_what_is_too_long_is_given_up_with_the_reason() -> None:
    kitchen = Kitchen()
    ana = Person(kitchen, "ana").comes()
    ana.says("x" * 5_000, "fine")
    (given_up,) = ana.told(client_actions.GiveUp)
    assert given_up.code == "long"
    assert ana.texts == ["fine"]
    assert ana.waiting == []


def test_who_was_away_gets_what_was_missed_as_backlog() -> None:
    kitchen = Kitchen()
    ana, ben = Person(kitchen, "ana").comes(), Person(kitchen, "ben").comes()
    ana.says("before")
    ben.goes()
    ana.says("while Ben was away")
    ben.comes()
    ana.says("after")
    assert ben.texts == ["before", "while Ben was away", "after"]
    assert [apply.backlog for apply in ben.told(client_actions.Apply)] == [False, True, False]
    assert ben.told(client_actions.Welcomed)[-1].missed == 1


def test_a_program_started_again_goes_on_from_its_disk() -> None:
    kitchen = Kitchen()
    ana = Person(kitchen, "ana").comes()
    ana.says("one")
    ana.goes()
    ana.says("two")
    kitchen.host_says("three")
    ana.starts_again().comes()
    assert ana.texts == ["one", "three", "two"]


def test_an_echo_that_was_missed_is_not_said_twice() -> None:
    kitchen = Kitchen()
    ana = Person(kitchen, "ana").comes()
    ana.reads = False
    ana.says("hello")
    ana.goes()
    ana.reads = True
    assert ana.waiting == ["hello"]
    ana.comes()
    assert ana.texts == kitchen.texts == ["hello"]
    assert ana.waiting == []


def test_a_newcomer_pages_back_to_the_beginning() -> None:
    kitchen = Kitchen(Limits(newcomer_entries=10), history=450)
    ana = Person(kitchen, "ana").comes()
    assert ana.texts == kitchen.texts[-10:]
    ana.pages_back()
    assert ana.texts == kitchen.texts[-210:]
    ana.pages_back()
    ana.pages_back()
    assert ana.texts == kitchen.texts
    ana.pages_back()
    assert ana.told(client_actions.Prepend)[-1].run == ()


def test_who_lost_the_replica_but_not_the_outbox_is_settled() -> None:
    kitchen = Kitchen(Limits(newcomer_entries=1))
    ana = Person(kitchen, "ana").comes()
    ana.reads = False
    ana.says("hello")
    ana.goes()
    kitchen.host_says("one", "two", "three")
    ana.reads = True
    ana.disk.base, ana.disk.entries = -1, []
    ana.starts_again().comes()
    assert len(ana.told(client_actions.Settle)) == 1
    assert ana.waiting == []
    ana.pages_back()
    assert ana.texts == ["hello", "one", "two", "three"]


def test_people_see_who_is_here() -> None:
    kitchen = Kitchen()
    ana, ben = Person(kitchen, "ana").comes(), Person(kitchen, "ben").comes()
    kitchen.wait(0.2)
    assert ana.nicks == ben.nicks == {"host", "ana", "ben"}
    ben.client.renamed(Card(ben.card.key, "Benjamin", 2, b"s" * 64), kitchen.now)
    kitchen.wait(0.2)
    assert ana.nicks == {"host", "ana", "Benjamin"}
    ben.goes()
    kitchen.wait(0.2)
    assert ana.nicks == {"host", "ana"}


def test_a_large_roster_comes_as_one_change() -> None:
    kitchen = Kitchen()
    for number in range(400):
        Person(kitchen, f"guest {number}").comes()
    ana = Person(kitchen, "ana").comes()
    kitchen.wait(0.2)
    assert len(ana.nicks) == 402
    assert [change.first for change in ana.told(RosterChanged)] == [True]


def test_authors_who_are_away_are_asked_for_once() -> None:
    kitchen = Kitchen()
    ben = Person(kitchen, "ben").comes()
    ben.says("hello", "and bye")
    ben.goes()
    kitchen.wait(0.2)
    ana = Person(kitchen, "ana").comes()
    ben.comes().says("again")
    (came,) = ana.told(client_actions.CardsCame)
    assert [one.nick for one in came.cards] == ["ben"]


def test_the_second_tick() -> None:
    kitchen = Kitchen()
    ana = Person(kitchen, "ana").comes()
    ana.says("anybody here?")
    kitchen.wait(1)
    assert ana.told(client_actions.OwnDelivered) == []
    Person(kitchen, "ben").comes()
    kitchen.wait(1)
    assert ana.told(client_actions.OwnDelivered)[-1] == client_actions.OwnDelivered(1, 0)


def test_who_reads_back_tells_the_authors_that_it_has_what_it_read() -> None:
    kitchen = Kitchen(Limits(newcomer_entries=2))
    ana = Person(kitchen, "ana").comes()
    ana.says("one", "two", "three", "four", "five")
    ben = Person(kitchen, "ben").comes()
    kitchen.wait(1)
    ben.client.fetch_earlier(kitchen.now)
    ben.drain()
    kitchen.settle()
    kitchen.wait(1)
    assert ben.texts == ["one", "two", "three", "four", "five"]
    assert ana.told(client_actions.OwnDelivered)[-1] == client_actions.OwnDelivered(5, 0)


def test_have_is_said_seldom_in_a_busy_room() -> None:
    kitchen = Kitchen(Limits(burst=100, posts_per_second=100))
    ana, ben = Person(kitchen, "ana").comes(), Person(kitchen, "ben").comes()
    for number in range(100):
        ana.says(f"line {number}")
        kitchen.wait(0.1)
    assert len(ben.texts) == 100


def test_a_full_disk_at_the_host_is_told_and_nothing_is_lost() -> None:
    kitchen = Kitchen()
    ana = Person(kitchen, "ana").comes()
    kitchen.full = True
    ana.says("hello")
    assert ana.told(client_actions.Held) == [client_actions.Held("disk_full", 5.0)]
    assert ana.waiting == ["hello"]
    kitchen.full = False
    kitchen.wait(6)
    assert ana.texts == ["hello"]


def test_idle_people_stay() -> None:
    kitchen = Kitchen()
    ana = Person(kitchen, "ana").comes()
    kitchen.wait(60)
    assert ana.closed is None
    assert kitchen.here == 2


def test_people_who_only_read_a_busy_room_stay() -> None:
    kitchen = Kitchen()
    ana, ben = Person(kitchen, "ana").comes(), Person(kitchen, "ben").comes()
    for number in range(60):
        ana.says(f"line {number}")
        kitchen.wait(0.5)
    assert ben.closed is None


def test_a_host_that_is_silent_is_given_up() -> None:
    kitchen = Kitchen()
    ana = Person(kitchen, "ana").comes()
    kitchen.guests.clear()
    for _ in range(160):
        kitchen.now += 0.1
        ana.tick()
    assert ana.closed == "gone"


def test_a_host_that_never_welcomes_is_given_up() -> None:
    script = Script()
    for second in range(1, 12):
        script.hears(frames.Pong(), now=second)
        script.client.tick(second)
    assert script.client.actions() == [client_actions.Disconnect("gone")]


def test_after_sleep_the_host_is_asked_before_it_is_given_up() -> None:
    kitchen = Kitchen()
    ana = Person(kitchen, "ana").comes()
    kitchen.wait(1)
    kitchen.now += 3_600
    kitchen.wait(10)
    assert ana.closed is None


def test_a_host_that_closes_or_sends_away() -> None:
    kitchen = Kitchen()
    ana = Person(kitchen, "ana").comes()
    ana.arrives(frames.encode(frames.Refused("removed", 3_000)))
    assert ana.told(client_actions.Disconnect) == [client_actions.Disconnect("removed", refused=True, retry_ms=3_000)]
    ben = Person(kitchen, "ben").comes()
    ben.arrives(frames.encode(frames.Bye()))
    assert ben.told(client_actions.Disconnect) == [client_actions.Disconnect("bye")]


# --- with a host that says what it likes -----------------------------------------------------------------------------
ME, LI = card("me"), card("li")


class Script:
    """A Client, and the frames of a host that a test makes up."""

    def __init__(
        self, end: LogEnd | None = None, outbox: tuple[Entry, ...] = (), without_cards: tuple[MemberKey, ...] = ()
    ) -> None:
        self.log = HostDisk()
        for number in range(1, 21):
            self.log.append([entry(LI, device("li"), number, f"line {number}")], 1_000)
        self.client = Client(ROOM, end, outbox, MemberKey(ME.key), without_cards=without_cards)
        self.client.connected(0.0)

    def welcome(self, base: int = 0, epoch: int = 1, **limits: float) -> frames.Welcome:
        head = self.log.head(base)
        assert head is not None
        return frames.Welcome(epoch, base, head, 20, Limits(**limits), LI)  # type: ignore[arg-type]

    def run(self, first: int, last: int) -> Entries:
        return pack(self.log.entries[first - 1 : last])

    def hears(self, *spoken: frames.FromHost, now: float = 0.0) -> list[client_actions.Action]:
        for frame in spoken:
            self.client.received(frame, now)
        return self.client.actions()

    def said(self, actions: list[client_actions.Action]) -> Iterator[frames.FromClient]:
        for action in actions:
            if isinstance(action, client_actions.Send):
                frame = frames.decode_from_client(action.data[4:])
                assert frame is not None
                yield frame


def test_a_gap_means_coming_again() -> None:
    script = Script()
    actions = script.hears(script.welcome(), script.run(1, 5), script.run(7, 9))
    assert actions[-1] == client_actions.Disconnect("gap")
    assert [action.run[-1].seq for action in actions if isinstance(action, client_actions.Apply)] == [5]


def test_what_came_already_is_no_news_either() -> None:
    script = Script()
    actions = script.hears(script.welcome(), script.run(1, 5), script.run(5, 6))
    assert isinstance(actions[-1], client_actions.Disconnect)


def test_resuming_waits_for_the_disk() -> None:
    script = Script()
    script.hears(script.welcome(), script.run(1, 5))
    script.client.disconnected()
    script.client.connected(1.0)
    assert script.client.actions() == []
    script.client.applied(0, 1.0)
    assert script.client.actions() == []
    script.client.applied(5, 1.0)
    (resume,) = script.said(script.client.actions())
    assert resume == frames.Resume(1, 5, script.log.head(5) or START, [frames.LogMark(0, START)])


def test_nothing_is_posted_before_the_replica_is_on_disk() -> None:
    mine = entry(ME, device("me"), 1, "hello")
    script = Script(outbox=(mine,))
    assert not any(isinstance(frame, frames.Post) for frame in script.said(script.hears(script.welcome())))
    script.client.applied(0, 0.0)
    assert frames.Post([mine], again=True) in script.said(script.client.actions())


def test_what_was_under_way_when_the_connection_broke_is_sent_again() -> None:
    mine = entry(ME, device("me"), 1, "hello")
    script = Script(LogEnd(), (mine,))
    for _ in range(2):
        assert frames.Post([mine], again=True) in script.said(script.hears(script.welcome()))
        script.client.disconnected()
        script.client.connected(0.0)


def test_what_the_host_knows_waits_until_it_is_here() -> None:
    mine = entry(ME, device("me"), 1, "hello")
    script = Script(LogEnd(), (mine,))
    script.log.append([mine], 1_000)
    actions = script.hears(script.welcome(), frames.Known([mine.entry_id], [21]), script.run(1, 21))
    assert not any(isinstance(action, client_actions.Settle) for action in actions)
    assert [action.taken for action in actions if isinstance(action, client_actions.Apply)] == [(mine.entry_id,)]


def test_after_slow_down_it_waits_and_starts_again() -> None:
    mine = [entry(ME, device("me"), number, f"mine {number}") for number in range(1, 5)]
    script = Script(LogEnd(), tuple(mine))
    (post,) = (frame for frame in script.said(script.hears(script.welcome())) if isinstance(frame, frames.Post))
    assert post == frames.Post(mine, again=True)
    script.hears(frames.SlowDown(1_000), now=1.0)
    late = entry(ME, device("me"), 5, "written meanwhile")
    script.client.post(late, 1.5)
    assert list(script.said(script.client.actions())) == []
    script.client.tick(3.0)
    posts = [frame for frame in script.said(script.client.actions()) if isinstance(frame, frames.Post)]
    assert [entry for post in posts for entry in post.entries] == [*mine, late]
    assert [post.again for post in posts] == [True]


def test_a_host_cannot_hold_us_for_ever() -> None:
    mine = entry(ME, device("me"), 1, "hello")
    script = Script(LogEnd(), (mine,))
    script.hears(script.welcome(), frames.SlowDown(2**50, "because"))
    script.client.tick(2.0)
    script.hears(frames.Pong(), now=61.0)
    script.client.tick(61.0)
    assert any(isinstance(frame, frames.Post) for frame in script.said(script.client.actions()))


def _changed(run: Entries, **parts: object) -> Entries:
    return msgspec.structs.replace(run, **parts)


@pytest.mark.parametrize(
    "lie",
    [
        lambda run: _changed(run, head=Head(b"x" * 32)),
        lambda run: _changed(run, epoch=0),
        lambda run: _changed(run, epoch=2),
        lambda run: _changed(run, rows=[]),
        lambda run: _changed(run, rows=run.rows[1:]),
        lambda run: _changed(run, rows=run.rows[::-1]),
        lambda run: _changed(run, writers=[]),
        lambda run: _changed(run, writers=[frames.Writer(ME.key, b"d" * 8)]),
    ],
    ids=["head", "no epoch", "later epoch", "nothing", "one left out", "other order", "nobody wrote it", "I wrote it"],
)
def test_entries_that_do_not_fit_their_chain_are_not_taken(lie: object) -> None:
    script = Script()
    script.hears(script.welcome())
    with pytest.raises(Misbehaved):
        script.hears(lie(script.run(1, 5)))  # type: ignore[operator]
    assert script.client.actions() == []


@pytest.mark.parametrize(
    "frame",
    [
        frames.Hello(1, b"n" * 32, ROOM, "Kitchen", False),
        frames.Entered(),
        frames.Page(pack([LogEntry(entry(LI, device("li"), 1, "x"), 1, 1, 0, START)]), START),
        frames.Page(Entries(0, 1, [], [], START), START),
        frames.Known([b"i" * 16], []),
        frames.Welcome(1, 0, START, 0, Limits(), LI),
    ],
    ids=lambda frame: type(frame).__name__,
)
def test_what_no_honest_host_says(frame: frames.FromHost) -> None:
    script = Script()
    script.hears(script.welcome())
    with pytest.raises(Misbehaved):
        script.hears(frame)


def test_a_host_of_an_older_epoch_is_not_followed() -> None:
    script = Script(LogEnd(epoch=2))
    with pytest.raises(Misbehaved):
        script.hears(script.welcome())


def test_a_host_of_a_later_epoch_is_followed_when_it_proves_that() -> None:
    later = next_epoch(1, 7)
    proved = replace(Script().welcome(epoch=later), keeps=keeping(LI, later))
    actions = Script(LogEnd(epoch=1)).hears(proved, Script().run(1, 5))
    assert any(isinstance(action, client_actions.Apply) for action in actions)
    for wrong in (
        replace(proved, keeps=None),
        replace(proved, keeps=keeping(ME, later)),
        replace(proved, keeps=keeping(LI, later + 1)),
    ):
        with pytest.raises(Misbehaved):
            Script(LogEnd(epoch=1)).hears(wrong)


def test_a_host_raises_itself_with_an_entry_of_its_own_only() -> None:
    script = Script()
    later = next_epoch(1, 7)
    for author in (LI, ME):
        log = HostDisk()
        log.append([keeping(author, later), entry(LI, device("li"), 1, "hello")], 1_000)
        script = Script()
        script.hears(replace(script.welcome(), last=0))
        if author is LI:
            actions = script.hears(pack(log.entries))
            (run,) = [action.run for action in actions if isinstance(action, client_actions.Apply)]
            assert run == tuple(log.entries)
        else:
            with pytest.raises(Misbehaved):
                script.hears(pack(log.entries))


def test_a_person_who_scrolls_up_while_the_past_is_fetched_gets_their_page() -> None:
    """It is fetched so that this computer may keep the room open; nobody waits for that."""
    script = Script()
    script.hears(script.welcome(base=10))
    script.client.applied(10, 0.0)
    script.client.succession.port = 1
    script.client.tell_succession(0.0)
    told: list[bool] = []
    for first, last, wanted in ((8, 10, False), (5, 7, True), (3, 4, False), (1, 2, True)):
        if wanted:
            assert script.client.fetch_earlier(0.0)
            assert script.client.fetch_earlier(0.0), "which is the same page"
        came = script.hears(frames.Page(script.run(first, last), script.log.head(first - 1) or START))
        (page,) = [one for one in came if isinstance(one, client_actions.Prepend)]
        script.client.prepended(page.base, page.base_head, True, 0.0)
        told.append(page.recovered)
    assert told == [True, False, True, False]
    assert script.client.fetch_earlier(0.0)
    (nothing,) = [one for one in script.client.actions() if isinstance(one, client_actions.Prepend)]
    assert (nothing.run, nothing.recovered) == ((), False), "nothing is earlier"


@pytest.mark.parametrize("wrong", ["base_head", "elsewhere", "another past"])
def test_a_page_that_does_not_fit_is_not_taken(wrong: str) -> None:
    script = Script()
    script.hears(script.welcome(base=10))
    script.client.applied(10, 0.0)
    assert script.client.fetch_earlier(0.0)
    assert script.client.fetch_earlier(0.0)
    page = frames.Page(script.run(4, 9), script.log.head(3) or START)
    if wrong == "base_head":
        page = frames.Page(script.run(4, 10), Head(b"x" * 32))
    if wrong == "another past":
        page = frames.Page(Script().run(1, 10), START)
    with pytest.raises(Misbehaved):
        script.hears(page)


def test_who_wrote_earlier_and_has_no_card_here_is_asked_for() -> None:
    """The card could not be kept: the disk was full."""
    kim = card("kim")  # Li hosts, and a welcome has the host's card
    script = Script(without_cards=(MemberKey(kim.key),))
    said = list(script.said(script.hears(script.welcome(), script.run(1, 5))))
    assert [one for one in said if isinstance(one, frames.Who)] == [frames.Who([kim.key])]


def test_cards_nobody_asked_for_are_not_taken() -> None:
    script = Script()
    script.hears(script.welcome(), script.run(1, 1))
    assert script.hears(frames.Cards([ME])) == []


def test_a_rejection_of_what_is_not_mine_changes_nothing() -> None:
    script = Script()
    script.hears(script.welcome())
    assert script.hears(frames.Rejected(b"i" * 16, "no")) == []


def test_frames_of_a_connection_given_up_are_nothing() -> None:
    script = Script()
    script.hears(script.welcome(), frames.Bye())
    assert script.hears(script.run(1, 5)) == []
