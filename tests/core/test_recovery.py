"""How a Host gets back what its disk lost, from members that have it."""

from __future__ import annotations

import pytest
from disks import ROOM
from kitchen import Guest, Kitchen

from lanchat.core import frames, host_actions
from lanchat.core.encoded_log import cut_page
from lanchat.core.host import Host
from lanchat.core.model import START, LogEnd


class Damaged(Kitchen):
    """The first ten of its twenty lines are lost; what is to be put back waits for the disk."""

    def __init__(self) -> None:
        super().__init__(history=20)
        head, last = self.log.head(10), self.log.head(20)
        assert head is not None
        assert last is not None
        self.host = Host(ROOM, LogEnd(1, 10, head, 20, last), self.card, self.limits, missing=True)
        self.guests.clear()

    def somebody_with_all(self, nick: str) -> Guest:
        guest = Guest(self, nick).enters()
        return guest.sends(frames.Resume(1, 20, self.log.head(20))).sends(frames.Have(20))

    @property
    def lost(self) -> frames.Page:
        return cut_page(11, self.log.after(0, 10), START)

    def is_put_back(self) -> None:
        assert self.asked_for(host_actions.PutBack)
        self.host.put_back(self.log.end(), False, self.now)
        self.settle()


@pytest.mark.parametrize("goes", [False, True])
def test_nobody_is_asked_for_a_page_that_is_being_put_back(*, goes: bool) -> None:
    kitchen = Damaged()
    ana, ben = kitchen.somebody_with_all("ana"), kitchen.somebody_with_all("ben")
    assert ana.got(frames.Earlier) == [frames.Earlier(11)]
    ana.sends(kitchen.lost)
    if goes:
        ana.goes()
    for _ in range(3):
        kitchen.wait(9)  # a slow disk
        ben.sends(frames.Ping())
    assert not ben.got(frames.Earlier)
    kitchen.is_put_back()
    assert ben.closed is None


def test_a_page_that_is_given_twice_is_put_back_once() -> None:
    kitchen = Damaged()
    ana = kitchen.somebody_with_all("ana").sends(kitchen.lost).sends(kitchen.lost)
    assert len(kitchen.asked_for(host_actions.PutBack)) == 1
    kitchen.is_put_back()
    assert ana.closed is None
