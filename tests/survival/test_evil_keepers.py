"""A member who has every right to keep a room open does it with bad intent. They may hold back what is said there; but
what was said before is not lost to those who have it, who come back into the room when its owner is there again.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest
from engine.people import People, Person

from lanchat.core import encoded_log, frames
from lanchat.core.content import Text
from lanchat.core.keeping import Keeping, Rank
from lanchat.core.model import Entry, Head, MemberKey
from lanchat.engine import commands, events
from lanchat.engine.events import ConnectionState
from lanchat.storage import data_folder, entry_rows
from lanchat.storage.carried import RoomCarried
from lanchat.storage.open_database import open_for_reading
from lanchat.storage.records import Records
from lanchat.trust.identity import Identity, load_or_create
from lanchat.trust.passes import make_keeping, make_pass
from survival.aside import aside
from survival.evil import Guest, Script
from survival.false_keeper import EPOCH, FalseKeeper

SAID = ("The key is under the mat", "Which mat?", "The green one")


class Scene:
    """Ben was in Ana's kitchen, and so was Cem, who has a pass. Ana is gone; Cem opens the room."""

    def __init__(self, people: People) -> None:
        self.people = people
        self.ana, self.ben, cem = (people.person(nick) for nick in ("Ana", "Ben", "Cem"))
        self.ana.hosts("Kitchen")
        for one in (self.ben, cem):
            one.joins("Kitchen")
        self.ana.says(SAID[0])
        self.ben.sees(SAID[0])
        self.ben.says(SAID[1])
        self.ana.sees(SAID[1])
        self.ana.says(SAID[2])
        for one in (self.ana, self.ben, cem):
            one.sees(*SAID)
        self.entries = [item.entry for item in cem.log()]
        cem.quits()
        self.cem: Identity = load_or_create(cem.folder)
        assert self.ana.room_id is not None
        self.room_id, self.owner = self.ana.room_id, load_or_create(self.ana.folder)

    def keeper(self, script: Script, epoch: int = EPOCH) -> FalseKeeper:
        passes = (make_pass(self.owner, self.room_id, self.cem.key, Rank.MEMBER, 0),)
        return FalseKeeper(self.cem, self.room_id, MemberKey(self.owner.key), passes, script, epoch)

    def ana_comes_back(self) -> None:
        """Everybody is with her again, and everything that was said is there, once."""
        self.ana.starts()
        self.ana.hosts("", room_id=self.room_id)
        self.ben.is_(ConnectionState.CONNECTED)
        self.ben.says("You are back, Ana")
        self.ana.sees("You are back, Ana")
        self.ben.sees(*SAID, "You are back, Ana")
        assert [text for text in texts_on_disk(self.ana) if text in SAID] == list(SAID)
        assert sorted(text for text in texts_on_disk(self.ben) if text in SAID) == sorted(SAID)


def texts_on_disk(person: Person) -> list[str]:
    """What this disk holds of what was said: in the Log, or on its way into one."""
    with closing(open_for_reading(person.folder / data_folder.DATABASE, 5.0)) as database:
        assert person.room_id is not None
        place = Records(database).place(person.room_id)
        assert place is not None
        entries = [item.entry for item in entry_rows.after(database, place, 0, 1_000)]
        carried = RoomCarried(database, place)
        texts = [entry.body.decode() for entry in (*entries, *carried.waiting()) if entry.kind == Text.kind]
        return [*texts, *(one.message.text for one in carried.set_aside_messages())]


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    people = People(tmp_path)
    yield Scene(people)
    people.leave()


# --- what it does with those who come ---------------------------------------------------------------------------------
async def _comes_in(guest: Guest, welcome: frames.Welcome) -> FalseKeeper:
    keeper = guest.host
    assert isinstance(keeper, FalseKeeper)
    await guest.let_in()
    await guest.until(frames.Resume)
    guest.send(welcome)
    return keeper


def _keeper(guest: Guest) -> FalseKeeper:
    assert isinstance(guest.host, FalseKeeper)
    return guest.host


async def _all_posts(guest: Guest, count: int) -> list[Entry]:
    entries: list[Entry] = []
    while len(entries) < count:
        entries += (await guest.until(frames.Post)).entries
    return entries


async def knows_what_it_never_had(guest: Guest) -> None:
    await _comes_in(guest, _keeper(guest).welcome())
    entries = await _all_posts(guest, len(SAID))
    guest.send(frames.Known([entry.entry_id for entry in entries], [0] * len(entries)))


async def knows_it_before_what_it_gives(guest: Guest) -> None:
    await guest.let_in()
    last = (await guest.until(frames.Resume)).last
    guest.send(_keeper(guest).welcome(last, Head(b"x" * 32), last))
    entries = await _all_posts(guest, len(SAID))
    guest.send(frames.Known([entry.entry_id for entry in entries], [*range(1, len(entries) + 1)]))


async def refuses_everything(guest: Guest) -> None:
    await _comes_in(guest, _keeper(guest).welcome())
    for entry in await _all_posts(guest, len(SAID)):
        guest.send(frames.Rejected(entry.entry_id, "kind"))


async def answers_nothing(guest: Guest) -> None:
    await _comes_in(guest, _keeper(guest).welcome())
    await _all_posts(guest, len(SAID))


async def begins_far_later(guest: Guest) -> None:
    await _comes_in(guest, _keeper(guest).welcome(1_000_000, Head(b"x" * 32), 1_000_000))


async def takes_all_words_out(guest: Guest) -> None:
    keeper = _keeper(guest)
    empty = [msgspec.structs.replace(entry, body=b"", erased=sha256(entry.body).digest()) for entry in keeper.before]
    await _comes_in(guest, keeper.welcome(last=1 + len(empty)))
    guest.send(encoded_log.pack(keeper.placed([keeper.keeps, *empty])))


async def tells_it_backwards(guest: Guest) -> None:
    keeper = _keeper(guest)
    backwards = keeper.before[::-1]
    await _comes_in(guest, keeper.welcome(last=1 + len(backwards)))
    guest.send(encoded_log.pack(keeper.placed([keeper.keeps, *backwards])))


@pytest.mark.parametrize(
    "script",
    [knows_what_it_never_had, knows_it_before_what_it_gives, refuses_everything, answers_nothing, takes_all_words_out,
     begins_far_later, tells_it_backwards],
)  # fmt: skip
def test_what_was_said_before_stays_with_those_who_have_it(scene: Scene, script: Script) -> None:
    done = False

    async def play(guest: Guest) -> None:
        nonlocal done
        await script(guest)
        await guest.drain()
        done = True

    evil = scene.keeper(play)
    evil.before = scene.entries
    with aside(evil.announced(scene.people)):
        scene.ana.quits()
        _wait(scene.ben, lambda: done)
        scene.ben.do(commands.Say(scene.room_id, "Hello?"))
        scene.ben.hears(events.EntryWritten)
        assert sorted(text for text in texts_on_disk(scene.ben) if text in SAID) == sorted(SAID)
    scene.ana_comes_back()
    scene.ben.sees("Hello?")


def _wait(person: Person, holds: object) -> None:
    """Until something that is no Event of this person's lanchat."""
    deadline = time.monotonic() + 30
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.02)
    time.sleep(0.3)  # until what was sent is on disk


# --- epochs -----------------------------------------------------------------------------------------------------------
def _reigns(number: int) -> int:
    return number << 40


async def begins_many_reigns(guest: Guest) -> None:
    """As many as a member believes at once, again and again."""
    keeper = _keeper(guest)
    await _comes_in(guest, keeper.welcome())
    head, seq = bytes(32), 0
    for reign in range(50, 500, 50):
        said = make_keeping(keeper.me, keeper.door.room_id, Keeping(_reigns(reign) + 1, seq, head, keeper.passes))
        run = keeper.placed([said], seq, Head(head), _reigns(reign) + 1)
        guest.send(encoded_log.pack(run))
        seq, head = run[-1].seq, run[-1].head


async def begins_epochs_without_passes(guest: Guest) -> None:
    keeper = _keeper(guest)
    await _comes_in(guest, keeper.welcome())
    epoch = EPOCH + (1 << 20)
    said = make_keeping(keeper.me, keeper.door.room_id, Keeping(epoch, 0, bytes(32), ()))
    guest.send(encoded_log.pack(keeper.placed([said], 0, Head(bytes(32)), epoch)))


@pytest.mark.parametrize("script", [begins_many_reigns, begins_epochs_without_passes])
def test_nobody_is_led_so_high_that_the_owner_cannot_follow(scene: Scene, script: Script) -> None:
    done = False

    async def play(guest: Guest) -> None:
        nonlocal done
        await script(guest)
        await guest.drain()
        done = True

    evil = scene.keeper(play)
    with aside(evil.announced(scene.people)):
        scene.ana.quits()
        _wait(scene.ben, lambda: done)
    scene.ana_comes_back()


# --- who comes next ---------------------------------------------------------------------------------------------------
def test_whatever_is_said_of_who_comes_next_is_worth_nothing_without_the_owner(scene: Scene) -> None:
    """Thousands of passes that lead nowhere, and of heirs where nobody is."""
    done = False

    async def play(guest: Guest) -> None:
        nonlocal done
        keeper = await _comes_in(guest, _keeper(guest).welcome())
        passes = tuple(make_pass(keeper.me, scene.room_id, guest.key, Rank.CO_OWNER, 7) for _ in range(8))
        heirs = [frames.Heir(guest.key, "224.0.0.1", 1)] * 5
        for _ in range(2_000):
            guest.send(frames.PassesGiven(passes), frames.Heirs(heirs))
            await guest.drain()
        await guest.until(frames.Post)
        done = True

    evil = scene.keeper(play)
    with aside(evil.announced(scene.people)):
        scene.ana.quits()
        _wait(scene.ben, lambda: done)
        record = scene.ben.reads(lambda reader: reader.rooms())[0]
        assert not record.passes
    scene.ana_comes_back()
