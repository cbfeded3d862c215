"""How a room that does not answer any more is noticed; time is a number here."""

from __future__ import annotations

import random

import pytest

from lanchat.network.discovery.schedule import Liveliness, Liveness


class Watch:
    """Beats a liveness whenever it is due and answers as told."""

    def __init__(self, looking: bool = True) -> None:
        self.looking = looking
        self.liveness = Liveness(0.0)
        self.now = 0.0
        self.states: list[tuple[float, Liveliness]] = []
        self.asked: list[float] = []

    def until(self, end: float, answers: float = 0.0, seed: int = 1) -> Watch:
        """`answers`: the share of questions that are answered, 5 ms later."""
        chance = random.Random(seed)
        while self.liveness.next_at <= end and self.liveness.state is not Liveliness.FORGOTTEN:
            self.now = self.liveness.next_at
            if self.liveness.poll(self.now, self.looking):
                self.asked.append(self.now)
                self.note()
                if chance.random() < answers:
                    self.liveness.answered(self.now + 0.005, self.looking)
            self.note()
        self.now = end
        return self

    def note(self) -> None:
        if not self.states or self.states[-1][1] is not self.liveness.state:
            self.states.append((self.now, self.liveness.state))

    def when(self, state: Liveliness) -> float:
        return next(at for at, one in self.states if one is state)


def test_a_room_that_answers_is_asked_every_two_seconds() -> None:
    watch = Watch().until(20.0, answers=1.0)
    assert watch.states[-1][1] is Liveliness.ANSWERING
    assert len(watch.asked) == 10


def test_when_nobody_looks_every_ten() -> None:
    assert len(Watch(looking=False).until(100.0, answers=1.0).asked) == 10


@pytest.mark.parametrize("pulled", [4.1, 5.0, 5.9])
def test_a_pulled_cable_greys_within_four_seconds_and_removes_within_six(pulled: float) -> None:
    watch = Watch().until(pulled, answers=1.0).until(60.0)
    assert watch.when(Liveliness.SILENT) - pulled < 4.0
    assert watch.when(Liveliness.LOST) - pulled < 6.0


def test_when_nobody_looks_it_is_gone_within_fifteen() -> None:
    watch = Watch(looking=False).until(10.5, answers=1.0).until(60.0)
    assert watch.when(Liveliness.LOST) - 10.5 < 15.0


def test_half_of_all_questions_lost_greys_now_and_then_but_hardly_ever_removes() -> None:
    lost = sum(
        any(state is Liveliness.LOST for _, state in Watch().until(2.0, answers=1.0).until(60.0, 0.5, seed).states)
        for seed in range(300)
    )
    assert lost <= 15  # of 300 minutes


def test_a_lost_room_is_asked_often_then_rarely_then_never() -> None:
    watch = Watch().until(1.0, answers=1.0).until(2000.0)
    lost = watch.when(Liveliness.LOST)
    assert sum(lost <= at < lost + 60 for at in watch.asked) == 60
    assert sum(lost + 60 <= at < lost + 600 for at in watch.asked) == 54
    assert watch.liveness.state is Liveliness.FORGOTTEN


def test_a_lost_room_that_answers_is_back() -> None:
    watch = Watch().until(1.0, answers=1.0).until(30.0)
    assert watch.liveness.state is Liveliness.LOST
    assert watch.until(32.0, answers=1.0).liveness.state is Liveliness.ANSWERING


def test_a_goodbye_is_believed_in_half_a_second_when_nobody_answers() -> None:
    watch = Watch().until(3.0, answers=1.0)
    watch.liveness.said_goodbye(3.0)
    watch.until(3.5)
    assert watch.liveness.state is Liveliness.FORGOTTEN


def test_a_room_that_closes_before_it_answered_is_never_shown() -> None:
    watch = Watch()
    watch.liveness.said_goodbye(0.0)
    watch.until(1.0)
    assert [state for _, state in watch.states] == [Liveliness.NEW, Liveliness.FORGOTTEN]


def test_a_forged_goodbye_changes_nothing() -> None:
    watch = Watch().until(3.0, answers=1.0)
    watch.liveness.said_goodbye(3.0)
    watch.until(10.0, answers=1.0)
    assert [state for _, state in watch.states] == [Liveliness.NEW, Liveliness.ANSWERING]


def test_one_that_never_answered_is_grey_after_a_second_and_forgotten_after_minutes() -> None:
    watch = Watch().until(600.0)
    assert watch.when(Liveliness.SILENT) < 1.2
    assert 60.0 < watch.when(Liveliness.FORGOTTEN) < 180.0
    assert Liveliness.LOST not in [state for _, state in watch.states]


def test_a_host_reached_only_by_connecting_is_troubled_rarely() -> None:
    watch = Watch()
    watch.liveness.answered(0.0, looking=True, by_tcp=True)
    for at in range(600):
        if watch.liveness.poll(float(at), looking=True):
            watch.asked.append(float(at))
            watch.liveness.answered(float(at), looking=True, by_tcp=True)
    assert len(watch.asked) <= 20  # a host lets one address in 60 times in ten minutes
