"""When what is asked, and which addresses one by one; time is a number here."""

from __future__ import annotations

import pytest

from lanchat.network.discovery.schedule import AskOne, Due, Schedule, Step, sweep_targets
from lanchat.network.host_addresses import Interface

ETH = Interface(2, "eth0", "192.168.1.42", 24)
ETH6 = Interface(2, "eth0", "fe80::42%2", 64)
VPN = Interface(9, "wg0", "10.8.0.2", 24)


def run(schedule: Schedule, until: float, empty: bool = True, start: float = 0.0) -> list[tuple[float, Due]]:
    """Everything due up to then, as a patient loop would find it."""
    done: list[tuple[float, Due]] = []
    now = start
    while now <= until:
        done += [(round(now, 2), due) for due in schedule.due(now, empty)]
        now = max(schedule.next_at(), now)
    return done


def times(done: list[tuple[float, Due]], step: Due) -> list[float]:
    return [at for at, due in done if due == step]


def test_a_burst_asks_both_ways_at_once_and_then_again() -> None:
    schedule = Schedule()
    schedule.burst(100.0)
    done = run(schedule, 200.0, start=100.0)
    assert times(done, Step.MDNS_TO_US)[:4] == [100.0, 100.25, 100.5, 101.0]
    assert times(done, Step.EVERYBODY) == [100.0, 100.3, 101.0, 102.5]
    assert times(done, Step.SWEEP) == [101.5]
    assert times(done, Step.LOOKED_AROUND) == [103.0]
    assert schedule.next_at() == float("inf")


def test_while_somebody_looks_it_is_asked_now_and_then() -> None:
    schedule = Schedule()
    schedule.burst(0.0)
    schedule.look(True, 0.0)
    done = run(schedule, 35.0, empty=False)
    assert times(done, Step.EVERYBODY) == [0.0, 0.3, 1.0, 2.5, 10.0, 20.0, 30.0]
    assert times(done, Step.SWEEP) == [1.5]


def test_an_empty_list_has_the_whole_burst_repeated_but_is_reported_once() -> None:
    schedule = Schedule()
    schedule.burst(0.0)
    schedule.look(True, 0.0)
    done = run(schedule, 25.0, empty=True)
    assert times(done, Step.EVERYBODY) == [0.0, 0.3, 1.0, 2.5, 10.0, 10.3, 11.0, 12.5, 20.0, 20.3, 21.0, 22.5]
    assert times(done, Step.LOOKED_AROUND) == [3.0]


def test_a_burst_in_a_burst_begins_anew_and_still_owes_the_report() -> None:
    schedule = Schedule()
    schedule.burst(0.0)
    run(schedule, 1.0)
    schedule.burst(1.2, report=False)
    assert times(run(schedule, 9.0, start=1.2), Step.LOOKED_AROUND) == [4.2]


def test_for_a_room_that_is_away_all_is_asked_anew_often_at_first_and_seldom_later() -> None:
    schedule = Schedule()
    schedule.seek(True, 0.0)
    done = run(schedule, 600.0)
    assert not times(done, Step.LOOKED_AROUND)
    assert [at for at in times(done, Step.SWEEP) if at < 30.0] == [1.5, 11.5, 21.5]
    assert len(times(done, Step.SWEEP_ANEW)) == 3  # more would be a port scan
    minutes = [sum(1 for at in times(done, Step.EVERYBODY) if 60 * n <= at < 60 * n + 60) for n in range(10)]
    assert minutes[0] == 24
    assert max(minutes[2:]) == 4
    schedule.seek(False, 600.0)
    run(schedule, 610.0, start=601.0)
    assert schedule.next_at() == float("inf")


def test_one_address_is_asked_a_few_times_whatever_else_happens() -> None:
    schedule = Schedule()
    schedule.ask_one("10.0.0.1", 5000, 0.0)
    schedule.burst(0.1)
    assert times(run(schedule, 9.0), AskOne("10.0.0.1", 5000)) == [0.0, 0.25, 0.75, 1.5, 3.0]


def test_the_own_subnet_is_swept_once() -> None:
    swept: set[str] = set()
    first = list(sweep_targets(frozenset({ETH}), swept))
    assert len(first) == 253
    assert "192.168.1.42" not in first
    assert list(sweep_targets(frozenset({ETH}), swept)) == []


@pytest.mark.parametrize(
    "one",
    [
        VPN,
        ETH6,
        Interface(2, "eth0", "8.8.8.8", 24),
        Interface(2, "eth0", "169.254.3.4", 16),
        Interface(2, "eth0", "192.168.1.1", 32),
    ],
)
def test_what_is_not_swept(one: Interface) -> None:
    assert list(sweep_targets(frozenset({one}), set())) == []


def test_of_a_large_network_only_the_neighbourhood_is_swept() -> None:
    swept = list(sweep_targets(frozenset({Interface(2, "eth0", "10.1.2.3", 8)}), set()))
    assert (swept[0], swept[-1], len(swept)) == ("10.1.2.1", "10.1.2.254", 253)
