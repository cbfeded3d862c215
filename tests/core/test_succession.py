"""Who opens a room after its keeper, and when."""

from __future__ import annotations

import pytest

from lanchat.core.frames import Heir
from lanchat.core.succession import Ended, Inheritance

ANA, BEN, CLEO = (Heir(name * 32, "10.0.0.1", port) for name, port in ((b"a", 1), (b"b", 2), (b"c", 3)))


def waits(me: Heir, how: Ended, heirs: tuple[Heir, ...] = (ANA, BEN, CLEO), part: float = 0.0) -> float | None:
    return Inheritance(heirs, me.key, me.port, entitled=True).seconds(how, part)


def test_a_lost_room_is_opened_by_one_heir_after_the_other() -> None:
    assert [waits(me, Ended.SILENT) for me in (ANA, BEN, CLEO)] == [0, 2, 4]


def test_a_keeper_that_only_starts_again_finds_its_room_still_its_own() -> None:
    assert [waits(me, Ended.RESET) for me in (ANA, BEN, CLEO)] == [2, 4, 6]


def test_whom_the_keeper_named_opens_at_once_and_the_others_if_that_one_does_not() -> None:
    def moved_to_cleo(me: Heir) -> float | None:
        heirs = Inheritance((ANA, BEN, CLEO), me.key, me.port, entitled=True)
        return heirs.moved_to(CLEO).seconds(Ended.MOVED, 0.0)

    assert [moved_to_cleo(me) for me in (CLEO, ANA, BEN)] == [0, 2, 4]


def test_a_room_that_was_closed_for_all_is_opened_by_nobody() -> None:
    assert waits(ANA, Ended.CLOSED) is None


@pytest.mark.parametrize("how", [Ended.RESET, Ended.SILENT])
def test_who_is_no_heir_waits_until_the_heirs_had_their_turns(how: Ended) -> None:
    last_heir = waits(CLEO, how)
    soonest, latest = (waits(ANA, how, (BEN, CLEO), part) for part in (0.0, 1.0))
    assert last_heir is not None
    assert soonest is not None
    assert latest is not None
    assert last_heir < 60 <= soonest < latest <= 92


def test_who_has_no_passes_or_lets_nobody_in_never_opens_it() -> None:
    without_passes = Inheritance((ANA,), ANA.key, ANA.port, entitled=False)
    without_port = Inheritance((ANA,), ANA.key, 0, entitled=True)
    assert [heir.seconds(Ended.SILENT, 0.0) for heir in (without_passes, without_port)] == [None, None]


def test_another_device_of_the_heir_is_not_the_heir() -> None:
    other_device = Inheritance((ANA,), ANA.key, ANA.port + 1, entitled=True)
    wait = other_device.seconds(Ended.MOVED, 0.0)
    assert wait is not None
    assert wait >= 60
