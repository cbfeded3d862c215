"""Where a host lets a client go on: after what both have, whatever each has besides; and who proves a higher epoch."""

from __future__ import annotations

import pytest
from kitchen import Guest, Kitchen, card, keeping
from msgspec.structs import replace

from lanchat.core import frames, host_actions
from lanchat.core.encoded_log import encode_blocks
from lanchat.core.epoch import next_epoch, turn
from lanchat.core.frames import LogMark, Misbehaved, Resume
from lanchat.core.host import Host
from lanchat.core.model import START, Entry, Head, LogEnd

_BEN = card("ben")
_ELSEWHERE = Head(b"x" * 32)


def marks(kitchen: Kitchen, *seqs: int) -> list[LogMark]:
    return [LogMark(seq, kitchen.log.head(seq) or _ELSEWHERE) for seq in seqs]


def resumes(kitchen: Kitchen, frame: Resume, nick: str = "ana") -> Guest:
    guest = Guest(kitchen, nick).enters()
    return guest.sends(frame)


def began_at(guest: Guest) -> tuple[int, bytes]:
    (welcome,) = guest.got(frames.Welcome)
    return welcome.base, welcome.base_head


def keeps_of_ben(epoch: int) -> Entry:
    return keeping(_BEN, epoch)


def claims(kitchen: Kitchen, epoch: int, keeps: Entry | None, nick: str = "ana") -> Guest:
    return resumes(kitchen, Resume(epoch, 20, kitchen.log.head(20) or START, [], keeps), nick)


# --- what both have --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("last", [12, 20, 25])
def test_who_has_another_end_goes_on_after_the_last_entry_that_both_have(last: int) -> None:
    """A host that was put back to an older state, or that went on otherwise."""
    kitchen = Kitchen(history=20)
    ana = resumes(kitchen, Resume(1, last, _ELSEWHERE, marks(kitchen, 3, 9, 21)))
    assert began_at(ana) == (9, kitchen.log.head(9))
    assert ana.seqs == list(range(10, 21))


def test_what_is_in_memory_is_not_looked_for_on_disk() -> None:
    kitchen = Kitchen(history=250)
    recent = encode_blocks(kitchen.log.entries)
    kitchen.host = Host(kitchen.host.room_id, kitchen.log.end(), kitchen.card, kitchen.limits, recent)
    ana = resumes(kitchen, Resume(1, 300, _ELSEWHERE, marks(kitchen, 260, 200, 100)))
    assert began_at(ana) == (200, kitchen.log.head(200))
    assert not kitchen.asked_for(host_actions.ReadCommon)


def test_what_is_not_in_memory_is_looked_for_on_disk_once() -> None:
    kitchen = Kitchen(history=20)
    seqs = [*range(24, 8, -1), 4, 0]
    said = [replace(mark, head=_ELSEWHERE) if mark.seq > 7 else mark for mark in marks(kitchen, *seqs)]
    ana = resumes(kitchen, Resume(1, 24, _ELSEWHERE, said))
    assert began_at(ana) == (4, kitchen.log.head(4))
    assert len(kitchen.asked_for(host_actions.ReadCommon)) == 1


def test_with_nothing_in_common_one_begins_where_the_host_does() -> None:
    kitchen = Kitchen(history=20)
    ana = resumes(kitchen, Resume(1, 25, _ELSEWHERE, marks(kitchen, 24, 23)))
    assert began_at(ana) == (0, START)
    assert ana.seqs == list(range(1, 21))


def test_a_host_that_lost_its_beginning_never_begins_before_it() -> None:
    kitchen = Kitchen(history=20)
    end = kitchen.log.end()
    base_head = kitchen.log.head(10)
    assert base_head is not None
    kitchen.host = Host(kitchen.host.room_id, LogEnd(1, 10, base_head, 20, end.head), kitchen.card, kitchen.limits)
    ana = resumes(kitchen, Resume(1, 25, _ELSEWHERE, marks(kitchen, 4, 0)))
    assert began_at(ana) == (10, base_head)


def test_one_resumes_once() -> None:
    kitchen = Kitchen(history=20)
    kitchen.answers_claims = False
    ana = claims(kitchen, next_epoch(1, 5), keeps_of_ben(next_epoch(1, 5)))
    with pytest.raises(Misbehaved):
        ana.sends(Resume(1, 20, START))


# --- a higher epoch --------------------------------------------------------------------------------------------------
def test_a_host_raises_itself_above_an_opening_that_it_did_not_know() -> None:
    kitchen = Kitchen(history=20)
    kitchen.keepers.add(_BEN.key)
    here = Guest(kitchen, "li").comes()
    claimed = next_epoch(1, 9)
    ana = claims(kitchen, claimed, keeps_of_ben(claimed))
    opening = kitchen.log.entries[-1]
    assert opening.epoch == kitchen.host.end.epoch > claimed
    assert opening.entry.kind == "+keeps"
    (welcome,) = ana.got(frames.Welcome)
    assert welcome.epoch == opening.epoch
    assert welcome.keeps == opening.entry
    assert began_at(ana) == (20, kitchen.log.head(20))
    assert here.closed is None
    assert here.got(frames.Entries)[-1].epoch == opening.epoch
    kitchen.host_says("on")
    assert ana.seqs == here.seqs[-2:] == [21, 22]


def test_all_who_followed_others_wait_for_one_raise() -> None:
    kitchen = Kitchen(history=20)
    kitchen.keepers.add(_BEN.key)
    kitchen.slow = True
    epochs = [next_epoch(1, bits) for bits in range(10)]
    guests = [claims(kitchen, epoch, keeps_of_ben(epoch), f"guest {epoch}") for epoch in epochs]
    kitchen.slow = False
    kitchen.disk_answers()
    kitchen.settle()
    kitchen.wait(3)
    assert all(len(guest.got(frames.Welcome)) == 1 for guest in guests)
    assert len(kitchen.asked_for(host_actions.Raise)) <= 2
    assert turn(kitchen.host.end.epoch) <= 3


def test_a_full_disk_delays_a_raise() -> None:
    kitchen = Kitchen(history=20)
    kitchen.keepers.add(_BEN.key)
    kitchen.full = True
    claimed = next_epoch(1, 9)
    ana = claims(kitchen, claimed, keeps_of_ben(claimed))
    assert not ana.got(frames.Welcome)
    kitchen.full = False
    kitchen.wait(6)
    assert ana.got(frames.Welcome)
    assert len(kitchen.asked_for(host_actions.Raise)) == 1


def test_an_epoch_that_is_not_proved_is_not_believed() -> None:
    kitchen = Kitchen(history=20)
    kitchen.keepers.add(_BEN.key)
    claimed = next_epoch(1, 9)
    keeps = keeps_of_ben(claimed)
    stranger = keeping(card("somebody"), claimed)
    for epoch, proof in (
        (claimed, None),
        (claimed, replace(keeps, signature=b"x" * 64)),
        (claimed, stranger),
        (claimed + 1, keeps),
        (claimed, replace(keeps, kind="text")),
        (claimed, replace(keeps, body=b"no")),
    ):
        assert claims(kitchen, epoch, proof).closed == "forged"
    assert kitchen.host.end.epoch == 1
    assert not kitchen.asked_for(host_actions.Raise)


def test_who_shows_ever_higher_epochs_does_not_fill_the_log() -> None:
    kitchen = Kitchen(history=20)
    kitchen.keepers.add(_BEN.key)
    for _ in range(300):
        claimed = next_epoch(kitchen.host.end.epoch, 9)
        claims(kitchen, claimed, keeps_of_ben(claimed))
        kitchen.wait(1)
    assert len(kitchen.log.entries) <= 20 + 3 + 5


def test_who_leaves_meanwhile_is_not_waited_for() -> None:
    kitchen = Kitchen(history=20)
    kitchen.keepers.add(_BEN.key)
    kitchen.slow = True
    claimed = next_epoch(1, 9)
    ana = claims(kitchen, claimed, keeps_of_ben(claimed))
    ana.goes()
    kitchen.slow = False
    kitchen.disk_answers()
    kitchen.settle()
    assert not ana.got(frames.Welcome)
    assert kitchen.host.end.epoch > claimed
