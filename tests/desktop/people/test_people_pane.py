"""The right pane, as people see it and use it."""

from __future__ import annotations

import time
import tkinter as tk
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from lanchat.core.keeping import Pass, Rank, Role, RoleChange
from lanchat.core.model import Card, MemberKey, RoomId
from lanchat.core.profile import Profile, encode_profile
from lanchat.core.standing import Standing
from lanchat.desktop.people.own_profile import OwnProfile
from lanchat.desktop.people.people_pane import MemberRow, PeoplePane
from lanchat.desktop.widgets.buttons import Button
from lanchat.desktop.widgets.choices import Switch
from lanchat.engine.commands import Ban, ChangeProfile, Command, GiveRole, Introduce, Remove, Verify
from lanchat.engine.events import (
    CardsCame,
    ConnectionState,
    Introduced,
    KeepersChanged,
    RoleGiven,
    RosterChanged,
    StandingChanged,
    Verified,
)
from tests.desktop.model.telling import BEN, KITCHEN, LI, ME, came, connected, hosting, roster, said, stands
from tests.desktop.stage import Stage, click, lines_on
from tests.storage.people import Person, open_store, says

WORDS = ("apple", "river", "stone", "tiger", "lamp", "zebra")
NUMBERS = ("12345", "67890", "11111", "22222", "33333", "44444")


@pytest.fixture
def pane(stage: Stage) -> PeoplePane:
    """I am in the kitchen of Ben, with Li."""
    stage.hear(connected(), roster(ME, BEN, LI, here=3, first=True))
    return put_up(stage)


def put_up(stage: Stage) -> PeoplePane:
    pane = PeoplePane(stage.root, stage.context, KITCHEN)
    pane.place(x=0, y=0, width=196, height=640)
    stage.view = pane
    stage.root.update()
    return pane


def people(pane: PeoplePane) -> list[str]:
    return lines_on(pane.list.canvas)


def seen(widget: tk.Misc) -> Iterator[tk.Misc]:
    for child in widget.winfo_children():
        if child.winfo_viewable():
            yield child
            yield from seen(child)


def text(pane: PeoplePane) -> str:
    """All that a profile says."""
    assert pane.shown_profile is not None
    pane.update()
    said = []
    for widget in seen(pane.shown_profile):
        said.append(str(getattr(widget, "words", "")))
        if isinstance(widget, tk.Canvas):
            said += lines_on(widget)
    return "\n".join(said)


def press(stage: Stage, pane: PeoplePane, words: str) -> None:
    assert pane.shown_profile is not None
    pane.update()
    next(one for one in seen(pane.shown_profile) if isinstance(one, Button) and one.words == words).press()
    stage.root.update()


def buttons(pane: PeoplePane) -> list[str]:
    """What can be pressed in a profile."""
    assert pane.shown_profile is not None
    pane.update()
    return [one.words for one in seen(pane.shown_profile) if isinstance(one, Button)]


def asked(stage: Stage) -> list[Command]:
    return [command for command in stage.commands if not isinstance(command, Introduce)]


def introduced(verified: bool = False) -> Introduced:
    return Introduced(BEN, "Ben", WORDS, "7h2k-0xq9-ab12-cd34", NUMBERS, verified)


def test_people_come_and_go_by_themselves(stage: Stage, pane: PeoplePane) -> None:
    assert people(pane) == ["Here — 3", "Ana", "you", "Ben", "hosts this room", "Li"]
    stage.hear(roster(left=[LI], here=2))
    assert people(pane) == ["Here — 2", "Ana", "you", "Ben", "hosts this room", "Not here — 1", "Li"]


def test_who_wrote_while_i_was_away_is_listed(stage: Stage, pane: PeoplePane) -> None:
    olga = MemberKey(b"o" * 32)
    stage.hear(CardsCame(KITCHEN, (Card(olga, "Olga", 1, bytes(64)),)), came(said(1, olga), said(2), backlog=True))
    assert people(pane)[-2:] == ["Not here — 1", "Olga"]


def test_who_wrote_before_is_listed_from_the_start(stage: Stage, tmp_path: Path) -> None:
    olga = Person()
    with open_store(tmp_path, KITCHEN) as store:
        says(store.log(KITCHEN), olga, "hi")
    stage.hear(connected(), roster(ME, BEN, here=2, first=True))
    pane = put_up(stage)
    lines = [line for line in pane.list.rows if isinstance(line, MemberRow) and line.presence is None]
    assert [line.key for line in lines] == [olga.identity.key]


def test_what_happens_in_other_rooms_changes_nothing(stage: Stage, pane: PeoplePane) -> None:
    before = people(pane)
    stage.hear(roster(left=[LI], here=1, room_id=RoomId("gardengardengard")))
    assert people(pane) == before


def test_a_click_opens_a_profile_and_escape_closes_it(stage: Stage, pane: PeoplePane) -> None:
    click(pane.list.canvas, "Ben")
    assert stage.commands == [Introduce(BEN)]
    assert "hosts this room\nhere now" in text(pane)
    pane.focus_first()
    stage.keys(stage.root.focus_get() or pane, "Escape")
    assert pane.shown_profile is None
    assert pane.list.winfo_viewable()


def test_what_i_type_about_me_stays_when_my_key_words_come(stage: Stage, pane: PeoplePane) -> None:
    click(pane.list.canvas, "Ana")
    own = next(one for one in seen(pane) if isinstance(one, OwnProfile))
    own.status.focus_set()
    stage.root.update()
    stage.keys(stage.root.focus_get() or pane, "t", "e")
    stage.hear(Introduced(ME, "Ana", WORDS, "7h2k-0xq9-ab12-cd34", (), False))
    assert "Your key words" in text(pane)
    stage.keys(stage.root.focus_get() or pane, "a", "Return")
    assert asked(stage) == [ChangeProfile(status="tea")]


def test_the_pointer_leaves_the_keyboard_where_one_writes(stage: Stage, pane: PeoplePane) -> None:
    composer = tk.Text(stage.root)
    composer.place(x=300, y=0)
    composer.focus_force()
    stage.root.update()
    click(pane.list.canvas, "Ben")
    stage.hear(introduced())
    press(stage, pane, "Verify in person")
    pane.profile(None)
    stage.root.update()
    assert stage.root.focus_get() is composer


def test_a_profile_has_the_key_words_once_they_are_known(stage: Stage, pane: PeoplePane) -> None:
    pane.profile(BEN)
    assert "Key words" not in text(pane)
    stage.hear(introduced())
    assert all(word in text(pane) for word in (*WORDS, "7h2k-0xq9-ab12-cd34", "Not verified yet"))
    assert not any(number in text(pane) for number in NUMBERS)


def test_two_people_compare_their_numbers(stage: Stage, pane: PeoplePane) -> None:
    pane.profile(BEN)
    stage.hear(introduced())
    press(stage, pane, "Verify in person")
    assert all(number in text(pane) for number in NUMBERS)
    press(stage, pane, "They match")
    assert asked(stage) == [Verify(BEN)]
    stage.hear(Verified(BEN, True))
    assert "Verified in person" in text(pane)


def test_the_keyboard_alone_is_enough_to_verify(stage: Stage, pane: PeoplePane) -> None:
    stage.keys(pane.list.canvas, "Down", "Return")
    stage.hear(introduced())
    press(stage, pane, "Verify in person")
    stage.keys(stage.root.focus_get() or pane, "Return")
    assert asked(stage) == [Verify(BEN)]


def test_numbers_that_differ_are_explained_and_nothing_is_verified(stage: Stage, pane: PeoplePane) -> None:
    pane.profile(BEN)
    stage.hear(introduced())
    press(stage, pane, "Verify in person")
    press(stage, pane, "They do not")
    assert "Say nothing secret here." in text(pane)
    assert asked(stage) == []


def test_numbers_that_differ_now_undo_what_was_verified(stage: Stage, pane: PeoplePane) -> None:
    stage.hear(Verified(BEN, True))
    pane.profile(BEN)
    stage.hear(introduced(verified=True))
    press(stage, pane, "Undo verification")
    assert asked(stage) == [Verify(BEN, False)]


def test_my_own_profile_has_nothing_to_do(stage: Stage, pane: PeoplePane) -> None:
    click(pane.list.canvas, "Ana")
    stage.hear(Introduced(ME, "Ana", WORDS, "7h2k-0xq9-ab12-cd34", (), False))
    assert "Your key words" in text(pane)
    assert pane.shown_profile is not None
    assert not any(isinstance(widget, Button) for widget in seen(pane.shown_profile))


def test_muting_is_for_me_alone(stage: Stage, pane: PeoplePane) -> None:
    pane.profile(LI)
    press(stage, pane, "Mute for me")
    assert stage.context.kept.now.muted == {LI.hex()}
    assert stage.profiles == [LI]
    pane.profile(LI)
    press(stage, pane, "Unmute")
    assert stage.context.kept.now.muted == frozenset()
    assert asked(stage) == []


def test_who_is_no_host_sends_nobody_away(stage: Stage, pane: PeoplePane) -> None:
    pane.profile(LI)
    assert "As the host" not in text(pane)


@pytest.fixture
def mine(stage: Stage) -> PeoplePane:
    """I host the kitchen; Ben is in it."""
    stage.hear(hosting(), stands(ConnectionState.HOSTING), roster(ME, BEN, here=2, first=True))
    pane = put_up(stage)
    pane.profile(BEN)
    stage.root.update()
    return pane


def test_the_host_sends_somebody_away_after_a_second_thought(stage: Stage, mine: PeoplePane) -> None:
    mine.focus_first()
    stage.root.update()
    press(stage, mine, "Send away…")
    stage.keys(stage.root.focus_get() or mine, "Return")
    assert asked(stage) == [], "what has the keyboard first is to cancel"
    press(stage, mine, "Send away…")
    press(stage, mine, "Send away")
    assert asked(stage) == [Remove(KITCHEN, BEN)]


def test_the_host_bans_somebody_and_lets_them_in_again(stage: Stage, mine: PeoplePane) -> None:
    press(stage, mine, "Ban…")
    press(stage, mine, "Ban")
    stage.hear(StandingChanged(KITCHEN, Standing(ME, {BEN: Rank.OWNER})), roster(left=[BEN], here=1))
    assert "Ben may not come in." in text(mine)
    press(stage, mine, "Let in again")
    assert asked(stage) == [Ban(KITCHEN, BEN), Ban(KITCHEN, BEN, False)]


def test_a_profile_follows_what_happens(stage: Stage, pane: PeoplePane) -> None:
    pane.profile(LI)
    assert "here now" in text(pane)
    stage.hear(roster(left=[LI], here=2))
    assert "not here now" in text(pane)


def test_a_thousand_people_are_shown_at_once(stage: Stage) -> None:
    cards = tuple(Card(number.to_bytes(32, "big"), f"Guest {number:04}", 1, bytes(64)) for number in range(1_000))
    stage.hear(connected(), RosterChanged(KITCHEN, cards, (), 1_000, first=True))
    before = time.thread_time()
    pane = put_up(stage)
    assert time.thread_time() - before < 0.5, "seconds of CPU; a tenth of it on a quiet machine"
    assert people(pane)[0] == "Here — 1001"
    stage.keys(pane.list.canvas, "End")
    assert people(pane)[-1] == "Guest 0999"
    assert len(people(pane)) < 20


def test_the_owner_gives_a_role_and_takes_it_back(stage: Stage, mine: PeoplePane) -> None:
    assert "May keep the room open" not in text(mine), "everybody may"
    stage.hear(KeepersChanged(KITCHEN, "named"))
    stage.root.update()
    switch(stage, mine, "May keep the room open")
    stage.hear(RoleGiven(KITCHEN, BEN, "keeper", ME), ben_is("keeper"))
    stage.root.update()
    assert "may keep it open" in text(mine)
    switch(stage, mine, "Runs the room with you")
    stage.hear(RoleGiven(KITCHEN, BEN, "coowner", ME), ben_is("coowner"))
    stage.root.update()
    assert "co-owner" in text(mine)
    assert "May keep the room open" not in text(mine), "a co-owner does"
    switch(stage, mine, "Runs the room with you")
    assert asked(stage) == [GiveRole(KITCHEN, BEN, role) for role in ("keeper", "coowner", "member")]


def ben_is(role: Role, me: Role = "member") -> StandingChanged:
    """What Ben is in the room of whoever founded it, and what I am."""
    owner = ME if me == "member" else LI
    roles = {
        key: RoleChange(key, Rank.CO_OWNER if one == "coowner" else Rank.MEMBER,
                        Pass(KITCHEN, key, 0, 0, one != "keeper", owner, bytes(64)))
        for key, one in ((BEN, role), (ME, me))
    }  # fmt: skip
    return StandingChanged(KITCHEN, Standing(owner, roles=roles))


def test_a_co_owner_who_keeps_the_room_open_lets_somebody_keep_it_after_them(stage: Stage, mine: PeoplePane) -> None:
    """And bans nobody but members; where another one keeps it, they let nobody keep it."""
    stage.hear(replace(stands(ConnectionState.HOSTING), owner=LI), ben_is("member", me="coowner"))
    stage.root.update()
    assert "Ban…" in buttons(mine)
    press(stage, mine, "Let them keep the room open")
    assert asked(stage) == [GiveRole(KITCHEN, BEN, "keeper")]
    stage.hear(ben_is("coowner", me="coowner"))
    stage.root.update()
    assert not {"Let them keep the room open", "Ban…"} & set(buttons(mine))
    stage.hear(connected(host=BEN, owner=LI), ben_is("member", me="coowner"))
    stage.root.update()
    assert "Let them keep the room open" not in buttons(mine)
    assert "Ban…" in buttons(mine)


def test_a_guest_is_offered_only_what_guests_take_part_in(stage: Stage, mine: PeoplePane) -> None:
    key = encode_profile(Profile(guest=True, sealing_key=b"k" * 32))
    mia = Card(LI, "Mia", 1, bytes(64), key)
    stage.hear(RosterChanged(KITCHEN, (mia,), (), 3), Introduced(LI, "Mia", WORDS, "7h2k-0xq9", NUMBERS, False))
    mine.profile(None)
    stage.root.update()
    assert people(mine)[-2:] == ["Guests — 1", "Mia"]
    click(mine.list.canvas, "Mia")
    assert mine.shown_profile is not None
    offered = [one.words for one in seen(mine.shown_profile) if isinstance(one, Button)]
    assert offered == ["Mute for me", "Send away…", "Ban…"]
    assert "guest, here with a browser" in text(mine)
    assert "Runs the room with you" not in text(mine)
    assert not any(word in text(mine) for word in (*WORDS, "Not verified yet"))
    press(stage, mine, "Send away…")
    press(stage, mine, "Send away")
    stage.hear(RosterChanged(KITCHEN, (), (mia,), 2))
    assert "guest, not here now" in text(mine)
    assert asked(stage) == [Remove(KITCHEN, LI)]


def test_a_guest_who_left_is_marked_beside_a_name_of_any_length(stage: Stage, pane: PeoplePane) -> None:
    mia = Card(LI, "Mia " * 8, 2, bytes(64), encode_profile(Profile(guest=True)))
    stage.hear(RosterChanged(KITCHEN, (mia,), (), 3), RosterChanged(KITCHEN, (), (mia,), 2))
    last = people(pane)[-1]
    assert last.startswith("Mia Mia")
    assert last.endswith("…  · guest")


def test_a_member_gives_no_roles(stage: Stage, pane: PeoplePane) -> None:
    pane.profile(LI)
    stage.root.update()
    assert "Runs the room with you" not in text(pane)


def switch(stage: Stage, pane: PeoplePane, words: str) -> None:
    assert pane.shown_profile is not None
    found = [one for one in seen(pane.shown_profile) if isinstance(one, Switch) and " ".join(lines_on(one)) == words]
    assert len(found) == 1
    found[0].focus_set()
    stage.root.update()
    stage.keys(found[0], "space")
