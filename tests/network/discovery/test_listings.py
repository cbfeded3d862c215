"""The list of rooms, as hosts answer, records arrive and strangers lie."""

from __future__ import annotations

import pytest

from lanchat.core.listing import Listing, Source
from lanchat.core.model import RoomId
from lanchat.network.discovery.interface import RoomDescription, RoomLost, RoomSeen, Sighting
from lanchat.network.discovery.listings import MAX_ADDRESSES, MAX_LISTED, MAX_TRACKED, QUESTIONS_PER_SECOND, Listings
from lanchat.network.host_addresses import Interface

HERE = frozenset({Interface(2, "eth0", "10.77.0.9", 24), Interface(2, "eth0", "fe80::9%2", 64)})
KEY, OTHER = bytes(16), b"e" * 16


class Listed(Listings):
    """A list, and what a face was told."""

    def __init__(self) -> None:
        self.told: list[Sighting] = []
        super().__init__(self.told.append)
        self.set_interfaces(HERE, 0.0)

    @property
    def last(self) -> Listing:
        said = self.told[-1]
        assert isinstance(said, RoomSeen)
        return said.listing

    def pass_time(self, start: float, seconds: float) -> float:
        """Nobody answers for so long."""
        now = start
        while (now := max(now, self.next_at())) <= start + seconds:
            self.poll(now)
        return start + seconds


@pytest.fixture
def rooms() -> Listed:
    return Listed()


def room(n: int = 1, title: str = "Kitchen", **more: object) -> RoomDescription:
    letters = "".join("abcdefghij"[int(digit)] for digit in f"{n:016}")
    return RoomDescription(room_id=letters, title=title, port=29747, boot_id="b1", **{"fingerprint": KEY, **more})  # type: ignore[arg-type]


def test_a_host_that_answers_is_listed_at_once(rooms: Listed) -> None:
    rooms.answered(room(people=3, host="Ana"), "10.77.0.1", 0.0)
    assert (rooms.last.title, rooms.last.addresses, rooms.last.people) == ("Kitchen", ("10.77.0.1",), 3)
    assert rooms.last.answering
    assert rooms.last.source is Source.QUESTION


def test_hearing_the_same_again_is_no_news(rooms: Listed) -> None:
    for now in range(5):
        rooms.answered(room(), "10.77.0.1", float(now))
    assert len(rooms.told) == 1


def test_a_record_is_listed_when_its_host_answers(rooms: Listed) -> None:
    rooms.recorded(room(), ["10.77.0.1"], 0.0)
    assert rooms.told == []
    (probe,) = rooms.poll(0.0)
    assert (probe.addresses, probe.port) == (("10.77.0.1",), 29747)
    rooms.answered(room(), "10.77.0.1", 0.01)
    assert rooms.last.answering


def test_a_record_whose_host_does_not_answer_is_listed_greyed(rooms: Listed) -> None:
    rooms.recorded(room(), ["10.77.0.1"], 0.0)
    rooms.pass_time(0.0, 1.5)
    assert not rooms.last.answering


def test_a_host_behind_a_wall_is_tried_by_connecting_and_listed(rooms: Listed) -> None:
    rooms.recorded(room(), ["10.77.0.1"], 0.0)
    now, connects = 0.0, []
    while not connects:
        now = rooms.next_at()
        connects = [probe for probe in rooms.poll(now) if probe.connect]
    rooms.connected(connects[0].key, "10.77.0.1", now)
    assert now < 1.0
    assert rooms.last.answering


def test_a_host_behind_a_wall_stays_listed_as_long_as_it_takes_connections(rooms: Listed) -> None:
    rooms.recorded(room(), ["10.77.0.1"], 0.0)
    now = 0.0
    while (now := max(now, rooms.next_at())) < 300.0:
        for probe in rooms.poll(now):
            if probe.connect:
                rooms.connected(probe.key, "10.77.0.1", now)
    assert len(rooms.told) == 1
    rooms.pass_time(300.0, 60.0)
    assert isinstance(rooms.told[-1], RoomLost)


def test_a_room_that_stops_answering_is_greyed_then_gone_then_back(rooms: Listed) -> None:
    rooms.answered(room(), "10.77.0.1", 0.0)
    now = rooms.pass_time(0.0, 10.0)
    greyed, gone = rooms.told[1:]
    assert isinstance(greyed, RoomSeen)
    assert not greyed.listing.answering
    assert isinstance(gone, RoomLost)
    rooms.answered(room(), "10.77.0.1", now)
    assert rooms.last.answering


def test_a_goodbye_is_checked_before_it_is_believed(rooms: Listed) -> None:
    rooms.answered(room(), "10.77.0.1", 0.0)
    rooms.said_goodbye(*room().key, 1.0)
    assert len(rooms.told) == 1
    rooms.pass_time(1.0, 0.9)
    assert isinstance(rooms.told[-1], RoomLost)


@pytest.mark.parametrize("named", [True, False])
def test_who_says_goodbye_for_a_room_says_it_for_no_other_host(rooms: Listed, named: bool) -> None:
    """A goodbye that names no host is of an older program: all are asked, and who is there stays."""
    rooms.answered(room(), "10.77.0.1", 0.0)
    rooms.answered(room(fingerprint=OTHER, owner=KEY), "10.77.0.3", 0.0)
    rooms.said_goodbye(RoomId(room().room_id), KEY if named else None, 1.0)
    assert {probe.key[1] for probe in rooms.poll(1.0)} == ({KEY} if named else {KEY, OTHER})
    rooms.answered(room(fingerprint=OTHER, owner=KEY), "10.77.0.3", 1.1)
    rooms.pass_time(1.1, 0.9)
    assert [one.listing.fingerprint for one in rooms.told if isinstance(one, RoomLost)] == [KEY]


def test_two_hosts_of_one_room_are_two_listings(rooms: Listed) -> None:
    rooms.answered(room(epoch=1), "10.77.0.1", 0.0)
    rooms.answered(room(fingerprint=OTHER, owner=KEY, epoch=2), "10.77.0.3", 0.0)
    told = [one.listing for one in rooms.told if isinstance(one, RoomSeen)]
    assert [(one.fingerprint, one.owner, one.epoch) for one in told] == [(KEY, KEY, 1), (OTHER, KEY, 2)]


def test_a_new_epoch_of_a_host_is_news(rooms: Listed) -> None:
    rooms.answered(room(epoch=1), "10.77.0.1", 0.0)
    rooms.answered(room(epoch=2), "10.77.0.1", 1.0)
    assert (rooms.last.epoch, len(rooms.told)) == (2, 2)


def test_my_own_room_is_not_listed_but_one_that_pretends_to_be_it_is(rooms: Listed) -> None:
    rooms.set_own([(RoomId(room().room_id), KEY)])
    rooms.answered(room(), "10.77.0.1", 0.0)
    rooms.recorded(room(), ["10.77.0.1"], 0.0)
    assert rooms.told == []
    rooms.answered(room(fingerprint=OTHER), "10.77.0.3", 0.0)
    assert len(rooms.told) == 1


def test_what_a_host_says_itself_counts_more_than_its_record(rooms: Listed) -> None:
    rooms.answered(room(title="The long title of a kitchen"), "10.77.0.1", 0.0)
    rooms.recorded(room(title="The long"), ["10.77.0.1"], 0.1)
    assert rooms.last.title == "The long title of a kitchen"


def test_titles_are_cleaned(rooms: Listed) -> None:
    rooms.answered(room(title="Kit\x1b[2Jchen\u202e\n", host="A\x07na"), "10.77.0.1", 0.0)
    assert (rooms.last.title, rooms.last.host) == ("Kit[2Jchen", "Ana")


def test_the_nearest_answering_address_comes_first(rooms: Listed) -> None:
    rooms.recorded(room(), ["192.168.5.5", "fe80::1%2", "10.77.0.1", "fd77::1"], 0.0)
    rooms.answered(room(), "fe80::1%2", 0.0)
    assert rooms.last.addresses[0] == "fe80::1%2"
    rooms.answered(room(), "10.77.0.1", 0.1)
    assert rooms.last.addresses[:2] == ("10.77.0.1", "fe80::1%2")


def test_an_address_of_the_past_gives_way_to_the_one_that_answers(rooms: Listed) -> None:
    for address, at in (("10.77.0.1", 0.0), ("fd77::1", 0.0), ("10.77.0.50", 1.0), ("fd77::1", 1.0)):
        rooms.answered(room(), address, at)
    now = 1.0
    while now < 2.0:
        for probe in rooms.poll(now):
            assert set(probe.addresses) == {"10.77.0.1", "10.77.0.50", "fd77::1"}
            rooms.answered(room(), "10.77.0.50", now)
            rooms.answered(room(), "fd77::1", now)
        now = max(now + 0.01, rooms.next_at())
    assert rooms.last.addresses == ("10.77.0.50", "fd77::1")


def test_answers_from_ever_more_addresses_are_not_all_kept(rooms: Listed) -> None:
    for n in range(1000):
        rooms.answered(room(), f"10.77.{n // 250}.{n % 250 + 1}", n / 1000)
    assert len(rooms.last.addresses) == MAX_ADDRESSES
    assert len(rooms.told) == MAX_ADDRESSES


def test_a_host_with_two_good_addresses_keeps_both_in_order(rooms: Listed) -> None:
    now = 0.0
    for address in ("10.77.0.1", "fe80::1%2"):
        rooms.answered(room(), address, now)
    taken = len(rooms.told)
    while now < 20.0:
        for probe in rooms.poll(now):
            for address in probe.addresses:
                rooms.answered(room(), address, now + 0.001)
        now = max(now + 0.01, rooms.next_at())
    assert len(rooms.told) == taken


def test_a_record_cannot_make_us_ask_machines_elsewhere(rooms: Listed) -> None:
    lies = ["8.8.8.8", "127.0.0.1", "224.0.0.1", "fe80::1", "::1", "2600::1", *(f"10.0.0.{n}" for n in range(50))]
    rooms.recorded(room(), lies, 0.0)
    (probe,) = rooms.poll(0.0)
    assert len(probe.addresses) == MAX_ADDRESSES
    assert all(address.startswith("10.0.0.") for address in probe.addresses)


def test_made_up_records_do_not_push_out_an_address_that_answers(rooms: Listed) -> None:
    rooms.answered(room(), "10.77.0.1", 0.0)
    now = 0.0
    for n in range(20):
        rooms.recorded(room(), [f"10.0.{n}.{k}" for k in range(8)], now)
        for probe in rooms.poll(now):
            assert "10.77.0.1" in probe.addresses
            rooms.answered(room(), "10.77.0.1", now + 0.001)
        now += 0.01
    assert not [one for one in rooms.told if isinstance(one, RoomLost)]


def test_a_flood_of_records_does_not_count_as_silence(rooms: Listed) -> None:
    rooms.answered(room(), "10.77.0.1", 0.0)
    for n in range(100):
        rooms.recorded(room(), ["10.77.0.1"], 1.0 + n / 10_000)
        rooms.poll(1.0 + n / 10_000)
    assert rooms.last.answering


def test_the_list_is_bounded_and_a_known_room_still_gets_on_it(rooms: Listed) -> None:
    for n in range(5000):
        rooms.recorded(room(n), ["10.77.0.1"], 0.0)
    assert len(rooms.poll(0.0)) == MAX_TRACKED
    known = room(99_999)
    rooms.prefer([RoomId(known.room_id)])
    rooms.answered(known, "10.77.0.1", 0.1)
    assert rooms.last.room_id == known.room_id
    for n in range(5000, 6000):
        rooms.answered(room(n), "10.77.0.6", 0.2)
    assert not [one for one in rooms.told if isinstance(one, RoomLost) and one.listing.room_id == known.room_id]


def test_a_new_run_of_a_host_replaces_what_was_known_of_the_old(rooms: Listed) -> None:
    rooms.recorded(room(), ["10.77.0.1", "10.77.0.2"], 0.0)
    rooms.answered(room(), "10.77.0.1", 0.0)
    rooms.answered(
        RoomDescription(room_id=room().room_id, title="K", fingerprint=KEY, port=5, boot_id="b2"), "10.77.0.3", 1.0
    )
    assert (rooms.last.port, rooms.last.addresses) == (5, ("10.77.0.3",))


def listed(rooms: Listed) -> dict[str, bool]:
    """What is in the list, and whether it answers."""
    shown: dict[str, bool] = {}
    for one in rooms.told:
        if isinstance(one, RoomSeen):
            shown[one.listing.room_id] = one.listing.answering
        elif isinstance(one, RoomLost):
            del shown[one.listing.room_id]
    return shown


@pytest.mark.parametrize("by_record", [False, True])
def test_a_room_that_answers_pushes_a_silent_one_out_of_a_full_list(rooms: Listed, by_record: bool) -> None:
    """Old records, more than fit, and then a real room opens: heard of by its answer, or by a record too."""
    for n in range(260):
        rooms.recorded(room(n), ["10.77.0.200"], 0.0)
    now = rooms.pass_time(0.0, 8.0)
    assert len(listed(rooms)) == MAX_LISTED
    real = room(999, "Kitchen")
    if by_record:
        rooms.recorded(real, ["10.77.0.1"], now)
        assert real.room_id in [probe.key[0] for probe in rooms.poll(now)]
    rooms.answered(real, "10.77.0.1", now)
    assert listed(rooms)[real.room_id]
    assert len(listed(rooms)) == MAX_LISTED


def test_rooms_that_answer_are_pushed_out_by_nobody(rooms: Listed) -> None:
    for n in range(MAX_LISTED + 1):
        rooms.answered(room(n), "10.77.0.1", 0.0)
    shown = listed(rooms)
    assert len(shown) == MAX_LISTED
    assert room(MAX_LISTED).room_id not in shown


def test_many_rooms_are_asked_no_oftener_in_all(rooms: Listed) -> None:
    asked, now = 0, 0.0
    for n in range(MAX_LISTED):
        rooms.answered(room(n), "10.77.0.1", 0.0)
    while (now := max(now, rooms.next_at())) < 60.0:
        for probe in rooms.poll(now):
            asked += 1
            rooms.answered(room(int("".join(str("abcdefghij".index(c)) for c in probe.key[0]))), "10.77.0.1", now)
    assert asked <= QUESTIONS_PER_SECOND * 60 + MAX_LISTED
    assert all(listed(rooms).values())


def test_an_address_of_the_past_is_dropped_when_the_host_answers_at_another(rooms: Listed) -> None:
    rooms.recorded(room(), ["10.77.0.1"], 0.0)
    rooms.answered(room(), "10.77.0.1", 0.0)
    rooms.recorded(room(), ["10.77.0.50"], 5.0)
    rooms.poll(5.0)
    rooms.answered(room(), "10.77.0.50", 5.01)
    rooms.pass_time(5.01, 1.0)
    assert rooms.last.addresses == ("10.77.0.50",)
