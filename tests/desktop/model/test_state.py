"""What the window knows besides rooms, and what of it is kept from the last time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from lanchat.core.content import Text, encode
from lanchat.core.listing import Finding, Health
from lanchat.core.log import Outcome
from lanchat.core.model import EntryId, LogEntry, MemberKey
from lanchat.core.nicks import Nicks, People
from lanchat.desktop.model.room_model import RoomModel, recall
from lanchat.desktop.model.state import State
from lanchat.engine import commands
from lanchat.engine.events import (
    CheckedUp,
    EntryState,
    Introduced,
    LookedAround,
    NotWritten,
    ProfileChanged,
    Rung,
    Started,
    Stopped,
    Verified,
)
from lanchat.storage.reader import Reader
from lanchat.storage.records import RoomRecord
from lanchat.storage.settings import Preferences
from lanchat.storage.store import Store
from lanchat.trust.identity import Identity
from lanchat.trust.signing import make_card, make_entry
from tests.desktop.model.telling import BEN, GARDEN, KITCHEN, ME, TITLES, came, said
from tests.identities import new_identity


def test_who_i_am(state: State) -> None:
    assert (state.me, state.nick, state.nicks.called(ME)) == (ME, "Ana", "Ana")
    state.apply(ProfileChanged("Anastasia"))
    assert (state.nick, state.nicks.called(ME)) == ("Anastasia", "Anastasia")
    state.apply(came(said(1, text="@anastasia"), said(2, text="@ana")))
    assert state.rooms[KITCHEN].unread.mentions == 1


def test_where_rooms_are_looked_for(state: State) -> None:
    assert not state.looked_around
    state.apply(LookedAround(("Wi-Fi 192.0.2.7",)))
    assert (state.looked_around, state.where) == (True, ("Wi-Fi 192.0.2.7",))


def test_the_doctor_is_at_work_until_it_has_found_something(state: State) -> None:
    state.note(commands.CheckUp())
    assert state.checking
    finding = Finding("port", Health.BAD, "closed")
    state.apply(CheckedUp((finding,)))
    assert (state.checking, state.findings) == (False, (finding,))


def test_whom_i_have_compared_keys_with(state: State) -> None:
    state.apply(Introduced(BEN, "Ben", ("one", "two"), "badge", ("12345",), verified=False))
    state.apply(Verified(BEN, yes=True))
    assert state.verified == {BEN}
    assert state.introduced[BEN].verified
    state.apply(Verified(BEN, yes=False))
    assert state.verified == set()
    assert not state.introduced[BEN].verified


def test_what_only_views_care_for_changes_nothing(state: State) -> None:
    state.apply(NotWritten(KITCHEN, "hm", "The disk is full."))
    state.apply(Rung(""))
    state.apply(Stopped("why"))
    assert not state.rooms


def test_the_title_of_the_window_counts_what_is_unread(state: State) -> None:
    assert state.title(Preferences()) == "lanchat"
    state.apply(came(*map(said, range(1, 4))))
    state.rooms[KITCHEN].called("Kitchen")
    assert state.title(Preferences(), KITCHEN) == "(3) Kitchen — lanchat"
    assert state.title(Preferences(), GARDEN) == "(3) lanchat"
    state.apply(came(*map(said, range(4, 2_000))))
    assert state.title(Preferences(), KITCHEN) == "(999+) Kitchen — lanchat"
    state.read(KITCHEN)
    assert state.title(Preferences(), KITCHEN) == "Kitchen — lanchat"


# --- the next start --------------------------------------------------------------------------------------------------
class Kept:
    """A data folder in which Ana (who is `me`) and Ben have talked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = Store.open(folder)
        self.ana, self.ben = new_identity(), new_identity()
        self._counter = 0
        for room_id, mine in ((KITCHEN, False), (GARDEN, True)):
            key = (self.ana if mine else self.ben).key
            self.store.put_room(RoomRecord(room_id, TITLES[room_id], key, passphrase=not mine, hosted=mine))
        self.store.put_cards([make_card(self.ben, "Ben", 1)])

    def says(self, who: Identity, *texts: str) -> list[LogEntry]:
        made = []
        for text in texts:
            self._counter += 1
            made.append(make_entry(who, KITCHEN, self._counter, encode(Text(text)), 1_000))
        outcomes: list[Outcome] = self.store.log(KITCHEN).append(made, 1_000)
        return [outcome for outcome in outcomes if isinstance(outcome, LogEntry)]

    def start(self) -> State:
        """The window opens."""
        state = State(clock=lambda: 0.0)
        state.apply(Started(self.ana.key, "Ana", first_run=False))
        reader = Reader.open(self.folder)
        try:
            state.begin(reader)
        finally:
            reader.close()
        return state


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    folder = Kept(tmp_path)
    yield folder
    folder.store.close()


def test_the_rooms_of_before_are_there_again(kept: Kept) -> None:
    state = kept.start()
    kitchen, garden = state.rooms[KITCHEN], state.rooms[GARDEN]
    assert (kitchen.title, kitchen.known, kitchen.hosted, kitchen.protected) == ("Kitchen", True, False, True)
    assert (garden.title, garden.known, garden.hosted, garden.protected) == ("Garden", True, True, False)
    assert kitchen.host == "Ben"
    assert state.nicks.called(MemberKey(kept.ben.key)) == "Ben"
    assert not kitchen.is_in


def test_what_was_not_read_is_still_not_read(kept: Kept) -> None:
    kept.says(kept.ben, "one", "two")
    kept.says(kept.ana, "three")
    kept.says(kept.ben, "@ana four", "five")
    kept.store.mark_read(KITCHEN, 1)
    room = kept.start().rooms[KITCHEN]
    assert (room.last_seq, room.unread.read_seq, room.unread.count, room.unread.mentions) == (5, 1, 3, 1)
    room.unread.read(4)
    assert (room.unread.count, room.unread.mentions) == (1, 0)


def test_of_very_much_that_was_not_read_the_number_stays_true_enough(kept: Kept) -> None:
    kept.says(kept.ben, *(f"number {number}" for number in range(600)))
    room = kept.start().rooms[KITCHEN]
    assert room.unread.count == 600
    room.unread.read(100)
    assert 200 <= room.unread.count <= 500
    room.unread.read(590)
    assert room.unread.count == 10
    room.unread.read(600)
    assert room.unread.count == 0


def test_where_no_time_is_left_for_it_what_was_not_read_is_only_counted(kept: Kept) -> None:
    kept.says(kept.ben, "one", "@ana two", "three")
    kept.store.mark_read(KITCHEN, 1)
    room = RoomModel(KITCHEN, People(MemberKey(kept.ana.key), Nicks({})))
    room.unread.read(1)
    with closing(Reader.open(kept.folder)) as reader:
        assert recall(reader, room, 0) == 0
    assert (room.last_seq, room.unread.count, room.unread.mentions) == (3, 2, 0)
    room.unread.read(3)
    assert room.unread.count == 0


def test_what_could_not_be_sent_waits_still(kept: Kept) -> None:
    waiting, refused = (make_entry(kept.ana, KITCHEN, number, encode(Text(f"text {number}")), 1) for number in (1, 2))
    for entry in (waiting, refused):
        kept.store.outbox(KITCHEN).add(entry)
    kept.store.outbox(KITCHEN).refuse(EntryId(refused.entry_id), "long")
    outbox = kept.start().rooms[KITCHEN].mine.outbox
    assert [(one.text, one.state, one.problem) for one in outbox.values()] == [
        ("text 1", EntryState.WAITING, ""),
        ("text 2", EntryState.NOT_SENT, "It is longer than this room allows."),
    ]


def test_what_is_kept_is_not_taken_for_new_when_it_comes_again(kept: Kept) -> None:
    entries = kept.says(kept.ben, "one", "two")
    kept.store.mark_read(KITCHEN, 2)
    state = kept.start()
    state.apply(came(*entries))
    assert state.rooms[KITCHEN].unread.count == 0
