"""What a Host does for those who come, and against those who misbehave."""

from __future__ import annotations

import msgspec
import pytest
from kitchen import Guest, Kitchen, card, entry

from lanchat.core import client_actions, frames, host_actions
from lanchat.core.frames import Misbehaved
from lanchat.core.limits import DEVICES, Limits
from lanchat.core.model import START, Card, Head, MemberKey


def heads(kitchen: Kitchen, last: int) -> Head:
    head = kitchen.log.head(last)
    assert head is not None
    return head


# --- coming in -------------------------------------------------------------------------------------------------------
def test_a_newcomer_gets_the_last_lines_and_then_what_is_new() -> None:
    kitchen = Kitchen(Limits(newcomer_entries=5), history=20)
    ana = Guest(kitchen, "ana").comes()
    assert ana.seqs == [16, 17, 18, 19, 20]
    kitchen.host_says("hello")
    assert ana.seqs[-1] == 21


def test_newcomers_share_their_bytes() -> None:
    kitchen = Kitchen(Limits(newcomer_entries=5))
    kitchen.host_says(*(f"line {number}" for number in range(300)))
    guests = [Guest(kitchen, nick) for nick in ("ana", "ben", "li")]
    for guest in guests:
        guest.reads = False
        guest.comes()
    given = {id(kitchen.host.next_for(guest.id, 10_000)) for guest in guests}
    assert len(given) == 1
    assert not kitchen.asked_for(host_actions.ReadAfter)


def test_what_is_erased_is_not_sent_any_more_though_it_was_read_for_somebody_already() -> None:
    kitchen = Kitchen(history=600)
    ana, ben = Guest(kitchen, "ana").enters(), Guest(kitchen, "ben").enters()
    for guest, last in ((ana, 1), (ben, 590)):
        guest.reads = False
        guest.sends(frames.Resume(1, last, heads(kitchen, last)))
        kitchen.host.next_for(guest.id, 1)
    kitchen.settle()
    assert len(kitchen.asked_for(host_actions.ReadAfter)) == 2, "what they lack was read from disk for them"
    kitchen.erases = [500, 595]
    kitchen.host_says("delete")
    for guest in (ana, ben):
        guest.reads = True
    kitchen.settle()
    for guest in (ana, ben):
        rows = {run.first + at: row for run in guest.got(frames.Entries) for at, row in enumerate(run.rows)}
        assert {seq for seq, row in rows.items() if not row.body} == set(kitchen.erases) & rows.keys()
    assert ana.seqs == [*range(2, 602)]


def test_who_comes_back_goes_on_where_it_was() -> None:
    kitchen = Kitchen(history=20)
    ana = Guest(kitchen, "ana").enters()
    ana.sends(frames.Resume(1, 12, heads(kitchen, 12)))
    assert ana.seqs == list(range(13, 21))


def test_who_has_it_all_gets_nothing_twice() -> None:
    kitchen = Kitchen(history=20)
    ana = Guest(kitchen, "ana").enters()
    ana.sends(frames.Resume(1, 20, heads(kitchen, 20)))
    assert ana.seqs == []
    kitchen.host_says("new")
    assert ana.seqs == [21]


def test_a_device_that_comes_anew_replaces_itself() -> None:
    kitchen = Kitchen()
    ana, ben = Guest(kitchen, "ana").comes(), Guest(kitchen, "ben").comes()
    again = Guest(kitchen, "ana").comes()
    assert ana.closed == "replaced"
    assert again.closed is None
    kitchen.wait(0.5)
    assert not any(frame.left for frame in ben.got(frames.Present))


def test_two_devices_of_one_member_are_one_member() -> None:
    kitchen = Kitchen()
    ana, book = Guest(kitchen, "ana", "pc").comes(), Guest(kitchen, "ana", "book").comes()
    assert ana.closed is book.closed is None
    kitchen.wait(0.2)
    assert kitchen.here == 2
    ana.goes()
    kitchen.wait(0.2)
    assert kitchen.here == 2
    book.goes()
    kitchen.wait(0.2)
    assert kitchen.here == 1


def test_a_full_room_says_so_and_lets_nobody_wait() -> None:
    kitchen = Kitchen(Limits(members=2))
    for nick in ("ana", "ben"):
        assert Guest(kitchen, nick).comes().closed is None
    assert Guest(kitchen, "ana", "book").comes().closed is None
    li = Guest(kitchen, "li").enters()
    assert li.closed == "full"


def test_one_member_comes_from_so_many_devices_and_no_more() -> None:
    kitchen = Kitchen()
    for number in range(DEVICES):
        assert Guest(kitchen, "ana", f"pc {number}").comes().closed is None
    assert Guest(kitchen, "ana", "one more").enters().closed == "devices"
    assert Guest(kitchen, "ben").comes().closed is None


def test_who_is_sent_away_may_come_back() -> None:
    kitchen = Kitchen()
    ana = Guest(kitchen, "ana").comes()
    kitchen.host.remove(MemberKey(ana.card.key))
    kitchen.settle()
    assert ana.closed == "removed"
    assert Guest(kitchen, "ana").comes().closed is None


def test_a_room_that_closes_says_goodbye() -> None:
    kitchen = Kitchen()
    ana = Guest(kitchen, "ana").comes()
    kitchen.host.stop()
    kitchen.settle()
    assert ana.got(frames.Bye) == [frames.Bye()]
    assert ana.closed == ""


# --- posting ---------------------------------------------------------------------------------------------------------
def test_nobody_hears_what_is_not_on_disk() -> None:
    kitchen = Kitchen()
    ana, ben = Guest(kitchen, "ana").comes(), Guest(kitchen, "ben").comes()
    kitchen.slow = True
    ana.posts("hello")
    assert ben.seqs == []
    kitchen.disk_answers()
    kitchen.settle()
    assert ana.seqs == ben.seqs == [1]


def test_what_comes_while_the_disk_works_goes_in_one_append() -> None:
    kitchen = Kitchen()
    ana, ben = Guest(kitchen, "ana").comes(), Guest(kitchen, "ben").comes()
    kitchen.slow = True
    ana.posts("one")
    ana.posts("two")
    ben.posts("three", "four")
    kitchen.slow = False
    kitchen.disk_answers()
    kitchen.settle()
    assert [len(append.posts) for append in kitchen.asked_for(host_actions.Append)] == [1, 3]
    assert kitchen.texts == ["one", "two", "three", "four"]


def test_an_entry_sent_twice_is_known() -> None:
    kitchen = Kitchen()
    ana = Guest(kitchen, "ana").comes()
    (said,) = ana.posts("hello")
    ana.sends(frames.Post([said]))
    assert ana.got(frames.Known) == [frames.Known([said.entry_id], [1])]
    assert kitchen.texts == ["hello"]


@pytest.mark.parametrize("text", ["x" * 4_001, "\n" * 200 + "x", " \n "])
def test_a_text_beyond_the_limits_is_rejected_and_the_next_is_not(text: str) -> None:
    kitchen = Kitchen()
    ana = Guest(kitchen, "ana").comes()
    wrong, _ = ana.posts(text, "fine")
    assert [answer.entry_id for answer in ana.got(frames.Rejected)] == [wrong.entry_id]
    assert kitchen.texts == ["fine"]
    assert ana.closed is None


def test_a_text_of_just_the_length_is_taken() -> None:
    kitchen = Kitchen()
    Guest(kitchen, "ana").comes().posts("€" * 4_000, "\n" * 199 + "x")
    assert len(kitchen.texts) == 2


@pytest.mark.parametrize("kind", ["", "Text", "te xt", "text!", "tëxt"])
def test_a_kind_without_a_proper_name_is_rejected(kind: str) -> None:
    kitchen = Kitchen()
    ana = Guest(kitchen, "ana").comes()
    ana.sends(frames.Post([entry(ana.card, ana.device, 1, "hello", kind)]))
    assert len(ana.got(frames.Rejected)) == 1


def test_a_kind_of_later_days_is_kept() -> None:
    kitchen = Kitchen()
    ana = Guest(kitchen, "ana").comes()
    ana.sends(frames.Post([entry(ana.card, ana.device, 1, "👍", "reaction")]))
    assert kitchen.texts == ["👍"]


def test_an_older_counter_is_rejected() -> None:
    kitchen = Kitchen()
    ana = Guest(kitchen, "ana").comes()
    ana.sends(frames.Post([entry(ana.card, ana.device, 2, "second"), entry(ana.card, ana.device, 1, "first")]))
    assert kitchen.texts == ["second"]
    assert len(ana.got(frames.Rejected)) == 1


def test_who_forges_is_closed_and_nothing_of_it_is_kept() -> None:
    kitchen = Kitchen()
    ana = Guest(kitchen, "ana").comes()
    said = entry(ana.card, ana.device, 1, "hello")
    ana.sends(frames.Post([msgspec.structs.replace(said, signature=b"x" * 64)]))
    assert ana.closed == "forged"
    assert kitchen.texts == []


def test_a_full_disk_loses_nothing() -> None:
    kitchen = Kitchen()
    ana = Guest(kitchen, "ana").comes()
    kitchen.full = True
    said = ana.posts("hello")
    kitchen.host_says("hello from the host")
    (slowed,) = ana.got(frames.SlowDown)
    assert slowed.code == "disk_full"
    kitchen.full = False
    kitchen.wait(slowed.retry_ms / 1000 + 0.1)
    assert kitchen.texts == ["hello from the host"]
    ana.sends(frames.Post(said, again=True))
    assert kitchen.texts == ["hello from the host", "hello"]


def test_who_comes_while_the_disk_is_full_hears_it_at_once() -> None:
    kitchen = Kitchen()
    kitchen.full = True
    kitchen.host_says("hello from the host")
    ana = Guest(kitchen, "ana").comes()
    said = ana.posts("hello")
    (slowed,) = ana.got(frames.SlowDown)
    assert slowed.code == "disk_full"
    kitchen.full = False
    kitchen.wait(slowed.retry_ms / 1000 + 0.1)
    ana.sends(frames.Post(said, again=True))
    assert kitchen.texts == ["hello from the host", "hello"]


# --- too fast --------------------------------------------------------------------------------------------------------
def test_who_posts_too_fast_is_slowed_down_and_its_order_stays() -> None:
    kitchen = Kitchen(Limits(burst=2))
    ana = Guest(kitchen, "ana").comes()
    _one, _two, three, four = ana.posts("1", "2", "3", "4")
    (slowed,) = ana.got(frames.SlowDown)
    ana.sends(frames.Post([four]))  # it did not read of it yet
    assert kitchen.texts == ["1", "2"]
    kitchen.wait(1)
    ana.sends(frames.Post([four]))
    assert kitchen.texts == ["1", "2"]
    ana.sends(frames.Post([three, four], again=True))
    assert kitchen.texts == ["1", "2", "3", "4"]
    assert slowed.retry_ms <= 1_000


def test_too_early_an_again_is_answered_but_not_taken() -> None:
    kitchen = Kitchen(Limits(burst=1, posts_per_second=0.2))
    ana = Guest(kitchen, "ana").comes()
    _, two = ana.posts("1", "2")
    ana.sends(frames.Post([two], again=True))
    assert kitchen.texts == ["1"]
    assert len(ana.got(frames.SlowDown)) == 2


def test_who_goes_on_and_on_against_slow_down_is_sent_away() -> None:
    kitchen = Kitchen()
    ana = Guest(kitchen, "ana").comes()
    flood = ana.posts(*(str(number) for number in range(40)))
    honest = 20  # under way when the host said slow_down
    for _ in range(honest + 50):
        ana.sends(frames.Post(flood[-1:]))
    with pytest.raises(Misbehaved):
        ana.sends(frames.Post(flood[-1:]))


def test_the_pace_is_the_members_not_the_connections() -> None:
    kitchen = Kitchen(Limits(burst=2, posts_per_second=0.1))
    ana, book = Guest(kitchen, "ana", "pc").comes(), Guest(kitchen, "ana", "book").comes()
    ana.posts("1", "2")
    book.posts("3")
    assert kitchen.texts == ["1", "2"]
    ana.goes()
    again = Guest(kitchen, "ana", "pc").comes()
    again.counter = 2
    again.posts("4")
    assert kitchen.texts == ["1", "2"]


def test_no_more_than_a_burst_waits_for_a_slow_disk() -> None:
    kitchen = Kitchen(Limits(burst=3, posts_per_second=1_000))
    ana = Guest(kitchen, "ana").comes()
    kitchen.slow = True
    ana.posts("1", "2")
    kitchen.wait(1)
    ana.posts("3", "4")
    assert len(ana.got(frames.SlowDown)) == 1


# --- misbehaving -----------------------------------------------------------------------------------------------------
def _stranger() -> frames.Post:
    return frames.Post([entry(card("ben"), b"pc......", 1, "I am Ben")])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "frame",
    [
        _stranger(),
        frames.Post([]),
        frames.Have(1),
        frames.Have(0, 1),
        frames.Who([]),
        frames.Who([b"k" * 32] * 151),
        frames.Rename(card("ben")),
        frames.Resume(0, 0, START),
        frames.Confirm(b"p" * 32),
        frames.Auth(card("ana"), b"n" * 32, b"d" * 8, b"s" * 64),
    ],
    ids=lambda frame: type(frame).__name__,
)
def test_what_no_honest_client_says(frame: frames.FromClient) -> None:
    ana = Guest(Kitchen(), "ana").comes()
    with pytest.raises(Misbehaved):
        ana.sends(frame)


def test_nothing_is_taken_before_resume() -> None:
    kitchen = Kitchen()
    ana = Guest(kitchen, "ana").enters()
    with pytest.raises(Misbehaved):
        ana.posts("hello")
    assert kitchen.texts == []
    assert kitchen.host.next_for(ana.id, 1_000) == b""


def test_an_entry_of_another_member_is_not_taken() -> None:
    ana = Guest(Kitchen(), "ana").comes()
    ben = Guest(ana.kitchen, "ben")
    with pytest.raises(Misbehaved):
        ana.sends(frames.Post([entry(ben.card, ben.device, 1, "hello")]))


def test_what_a_disk_wrote_before_it_was_put_back_is_taken() -> None:
    """Then the device had another id."""
    ana = Guest(Kitchen(), "ana", "pc").comes()
    before = Guest(ana.kitchen, "ana", "before")
    ana.sends(frames.Post([entry(ana.card, before.device, 1, "hello")]))
    assert ana.kitchen.texts == ["hello"]


def test_a_flood_of_small_frames_is_misbehaving() -> None:
    ana = Guest(Kitchen(), "ana").comes()
    for _ in range(399):
        ana.sends(frames.Ping())
    with pytest.raises(Misbehaved):
        ana.sends(frames.Ping())


def test_one_page_at_a_time() -> None:
    kitchen = Kitchen(history=3)
    ana = Guest(kitchen, "ana").comes()
    kitchen.host.received(ana.id, frames.Earlier(2), kitchen.now)
    with pytest.raises(Misbehaved):
        kitchen.host.received(ana.id, frames.Earlier(2), kitchen.now)


def test_frames_under_way_when_a_session_was_closed_are_nothing() -> None:
    kitchen = Kitchen()
    ana = Guest(kitchen, "ana").comes()
    ana.goes()
    ana.sends(frames.Ping())
    assert not kitchen.texts
    assert not ana.got(frames.Pong)


# --- the Log ---------------------------------------------------------------------------------------------------------
def test_a_page_of_the_past() -> None:
    kitchen = Kitchen(history=20)
    ana = Guest(kitchen, "ana").comes()
    ana.sends(frames.Earlier(11, 5))
    (page,) = ana.got(frames.Page)
    assert page.entries.first == 6
    assert len(page.entries.rows) == 5
    assert page.base_head == kitchen.log.head(5)
    assert page.entries.head == kitchen.log.head(10)


def test_nothing_is_before_the_first() -> None:
    kitchen = Kitchen(history=3)
    ana = Guest(kitchen, "ana").comes()
    ana.sends(frames.Earlier(1))
    (page,) = ana.got(frames.Page)
    assert page.entries.rows == []


def test_a_page_of_long_texts_fits_a_frame() -> None:
    kitchen = Kitchen()
    kitchen.host_says(*("€" * 4_000 for _ in range(20)))
    ana = Guest(kitchen, "ana").comes()  # its Splitter refuses what is larger
    ana.sends(frames.Earlier(21))
    (page,) = ana.got(frames.Page)
    assert 1 <= len(page.entries.rows) < 20
    assert page.entries.first + len(page.entries.rows) == 21


def test_who_reads_slowly_holds_nobody_up_and_gets_all_in_the_end() -> None:
    kitchen = Kitchen()
    ana, ben = Guest(kitchen, "ana").comes(), Guest(kitchen, "ben").comes()
    ben.reads = False
    kitchen.host_says(*(f"line {number}" for number in range(500)))
    assert ana.seqs == list(range(1, 501))
    assert ben.seqs == []
    ben.reads = True
    kitchen.settle()
    assert ben.seqs == list(range(1, 501))


def test_a_history_that_cannot_be_read_ends_the_connection() -> None:
    kitchen = Kitchen(history=300)
    kitchen.log.entries.clear()
    ana = Guest(kitchen, "ana").enters()
    ana.sends(frames.Resume(1, 0, START))
    assert ana.closed == "disk"


# --- who is here -----------------------------------------------------------------------------------------------------
def test_everybody_hears_who_comes_and_goes() -> None:
    kitchen = Kitchen()
    ana = Guest(kitchen, "ana").comes()
    (roster,) = ana.got(frames.Present)
    assert roster.all
    assert {one.nick for one in roster.joined} == {"host", "ana"}
    ben = Guest(kitchen, "ben").comes()
    kitchen.wait(0.2)
    ben.goes()
    kitchen.wait(0.2)
    _, came, went = ana.got(frames.Present)
    assert [one.nick for one in came.joined] == ["ben"]
    assert went.left == [ben.card.key]


def test_many_who_come_at_once_are_told_at_once() -> None:
    kitchen = Kitchen()
    ana = Guest(kitchen, "ana").comes()
    crowd = [Guest(kitchen, f"guest {number}").comes() for number in range(400)]
    kitchen.wait(0.5)
    assert len(ana.got(frames.Present)) == 1 + 5  # the roster as found, then 400 cards in frames of 90
    assert sum(len(frame.joined) for frame in ana.got(frames.Present)[1:]) == 400
    roster = crowd[-1].got(frames.Present)
    assert [frame.more for frame in roster] == [True, True, True, True, False]
    assert sum(len(frame.joined) for frame in roster) == 402


def test_who_came_and_left_within_a_moment_was_never_here() -> None:
    kitchen = Kitchen()
    ana = Guest(kitchen, "ana").comes()
    Guest(kitchen, "ben").comes().goes()
    kitchen.wait(0.5)
    assert len(ana.got(frames.Present)) == 1


def test_who_missed_presence_gets_the_whole_roster() -> None:
    kitchen = Kitchen()
    ana, ben = Guest(kitchen, "ana").comes(), Guest(kitchen, "ben").comes()
    kitchen.wait(0.2)
    kitchen.host.missed_news(ana.id, kitchen.now)
    kitchen.wait(0.2)
    again = ana.got(frames.Present)[-1]
    assert again.all
    assert {one.nick for one in again.joined} == {"host", "ana", "ben"}
    assert len(ben.got(frames.Present)) == 1


def test_a_new_nick_is_told() -> None:
    kitchen = Kitchen()
    ana, ben = Guest(kitchen, "ana").comes(), Guest(kitchen, "ben").comes()
    kitchen.wait(0.2)
    new = Card(ana.card.key, "Ana Maria", 2, b"s" * 64)
    ana.sends(frames.Rename(new))
    kitchen.wait(0.2)
    assert ben.got(frames.Present)[-1].joined == [new]
    ana.sends(frames.Rename(ana.card))  # an older card: it changes nothing
    kitchen.wait(0.2)
    assert ben.got(frames.Present)[-1].joined == [new]


def test_the_host_may_have_a_new_nick_too() -> None:
    kitchen = Kitchen()
    ana = Guest(kitchen, "ana").comes()
    kitchen.wait(0.2)
    new = Card(kitchen.card.key, "Cook", 2, b"s" * 64)
    kitchen.own.client.renamed(new, kitchen.now)
    kitchen.own.drain()
    kitchen.wait(0.2)
    assert ana.got(frames.Present)[-1].joined == [new]
    assert Guest(kitchen, "ben").comes().got(frames.Welcome)[0].host == new


def test_cards_of_those_who_are_away() -> None:
    kitchen = Kitchen()
    ana = Guest(kitchen, "ana").comes()
    ana.sends(frames.Who([card("li").key]))
    assert ana.got(frames.Cards) == [frames.Cards([card("li")])]


# --- second ticks ----------------------------------------------------------------------------------------------------
def test_the_second_tick_comes_from_somebody_else() -> None:
    kitchen = Kitchen()
    ana, book, ben = (Guest(kitchen, *who).comes() for who in (("ana", "pc"), ("ana", "book"), ("ben", "pc")))
    ana.posts("hello")
    book.sends(frames.Have(1))
    kitchen.wait(0.2)
    assert ana.got(frames.Delivered) == []
    ben.sends(frames.Have(1))
    kitchen.wait(0.2)
    assert ana.got(frames.Delivered) == book.got(frames.Delivered) == [frames.Delivered(1, 0)]
    assert ben.got(frames.Delivered) == []


def test_the_hosts_own_entries_get_theirs() -> None:
    kitchen = Kitchen()
    ana = Guest(kitchen, "ana").comes()
    kitchen.host_says("hello")
    assert kitchen.own.told(client_actions.OwnDelivered) == []
    ana.sends(frames.Have(1))
    kitchen.wait(0.2)
    assert kitchen.own.told(client_actions.OwnDelivered) == [client_actions.OwnDelivered(1, 0)]


def test_a_newcomer_has_nothing_of_what_was_before_it() -> None:
    kitchen = Kitchen(Limits(newcomer_entries=5), history=20)
    ben = Guest(kitchen, "ben").comes()
    ben.sends(frames.Have(20, 15))
    kitchen.wait(0.2)
    assert kitchen.own.told(client_actions.OwnDelivered) == [client_actions.OwnDelivered(20, 15)]


# --- life ------------------------------------------------------------------------------------------------------------
def test_a_ping_is_answered() -> None:
    assert Guest(Kitchen(), "ana").comes().sends(frames.Ping()).got(frames.Pong)


def test_who_says_nothing_is_gone() -> None:
    kitchen = Kitchen()
    ana, ben = Guest(kitchen, "ana").comes(), Guest(kitchen, "ben").comes()
    for _ in range(4):
        kitchen.wait(4)
        ben.sends(frames.Ping())
    assert ana.closed == "gone"
    assert ben.closed is None
    kitchen.wait(0.2)
    assert kitchen.here == 2


def test_who_enters_and_says_nothing_is_late() -> None:
    kitchen = Kitchen()
    ana = Guest(kitchen, "ana").enters()
    kitchen.wait(11.5)
    assert ana.closed == "slow"


def test_a_host_that_was_stopped_blames_nobody() -> None:
    kitchen = Kitchen()
    ana = Guest(kitchen, "ana").comes()
    kitchen.wait(1)
    kitchen.now += 60
    kitchen.wait(2)
    assert ana.closed is None


def test_who_says_bye_is_gone_at_once() -> None:
    kitchen = Kitchen()
    ana = Guest(kitchen, "ana").comes()
    kitchen.wait(0.2)
    ana.sends(frames.Bye())
    assert ana.closed is not None
    assert kitchen.here == 1


# --- the host's own person -------------------------------------------------------------------------------------------
def test_nothing_slows_the_person_who_hosts() -> None:
    kitchen = Kitchen(Limits(posts_per_second=1, burst=2))
    kitchen.host_says(*map(str, range(500)))
    assert kitchen.texts == list(map(str, range(500)))


def test_the_person_who_hosts_takes_nobodys_place() -> None:
    kitchen = Kitchen(Limits(members=1))
    assert Guest(kitchen, "ana").comes().closed is None
    assert Guest(kitchen, "ben").enters().closed == "full"
    kitchen.own.goes()
    assert kitchen.own.comes().closed is None


def test_what_the_person_who_hosts_has_read_is_delivered_to_them() -> None:
    kitchen = Kitchen()
    ana = Guest(kitchen, "ana").comes()
    ana.posts("hello", "you there?")
    kitchen.wait(0.5)
    assert ana.got(frames.Delivered) == []  # it is on this disk, but nobody has seen it
    kitchen.own.client.read(1, 1, kitchen.now)
    kitchen.wait(0.5)
    assert ana.got(frames.Delivered) == [frames.Delivered(1, 0)]


def test_on_a_full_disk_the_own_entries_wait_too() -> None:
    kitchen = Kitchen()
    kitchen.full = True
    kitchen.host_says("one")
    assert [held.code for held in kitchen.own.told(client_actions.Held)] == ["disk_full"]
    kitchen.full = False
    kitchen.wait(6)
    assert kitchen.texts == ["one"]


def test_the_person_who_hosts_hears_of_what_goes_into_the_log_last() -> None:
    kitchen = Kitchen()
    kitchen.slow = True
    kitchen.host_says("one")
    kitchen.host.stop()
    kitchen.settle()
    kitchen.disk_answers()
    kitchen.settle()
    assert [run.run[0].entry.body for run in kitchen.own.told(client_actions.Apply)] == [b"one"]
