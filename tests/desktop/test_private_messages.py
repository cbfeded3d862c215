"""Two people in a room write to each other privately, from window to window; a third one sees nothing of it."""

from __future__ import annotations

from contextlib import closing

from lanchat.core.content import Payload, Sealed, encode
from lanchat.core.model import EntryId
from lanchat.desktop.private_thread_view import thread_menu
from lanchat.desktop.sidebar.quick_switcher import switch_targets
from lanchat.desktop.sidebar.room_rows import RoomRow, room_list_rows
from lanchat.desktop.widgets.menus import MenuItem
from lanchat.engine.commands import Forget, React
from lanchat.storage.store import Store
from lanchat.trust.signing import make_card, make_entry
from tests.desktop.past import known_person, room_of
from tests.desktop.person import People, Person
from tests.desktop.presses import here
from tests.identities import new_identity


def in_the_kitchen(people: People) -> tuple[Person, Person, Person]:
    """Ana hosts the Kitchen, Ben and Cleo are in it."""
    ana, ben, cleo = people.person("Ana"), people.person("Ben"), people.person("Cleo")
    ana.starts_room("Kitchen")
    for person in (ben, cleo):
        person.enters("Kitchen")
    ben.sees("Cleo")
    return ana, ben, cleo


def opens_thread(person: Person, nick: str) -> None:
    """From the profile, as a person does."""
    person.looks()
    person.presses(nick, within=person.people_pane)
    person.presses("Write privately", within=person.people_pane)
    person.sees(f"Message {nick} privately")
    person.sees_room("Private, in Kitchen")


def test_they_talk_privately_and_know_who_can_read_it(people: People) -> None:
    ana, ben, cleo = in_the_kitchen(people)
    opens_thread(ben, "Cleo")
    ben.sees(
        "Only you and Cleo can read this",
        "The host, Ana, and others in Kitchen can see that you two write, and when, but not what.",
        "Private, in Kitchen · sealed for two",
        "Sealed for Cleo and you",
    )
    ben.says("the cake is for Ana")
    ben.sees_state("the cake is for Ana", "✓")  # it is on the host's disk: whether Cleo has it is not known yet
    cleo.picks("Ben")
    cleo.sees("the cake is for Ana", "Only you and Ben can read this")
    cleo.says("she will like it")
    ben.sees("she will like it")
    ben.sees_state("the cake is for Ana", "✓✓")
    ben.picks("Kitchen")
    ben.says("hello all")
    ana.sees("hello all")
    assert "cake" not in ana.reads()
    ben.sees_no("the cake is for Ana")


def test_who_is_away_gets_it_later_and_both_have_it_after_a_restart(people: People) -> None:
    _ana, ben, cleo = in_the_kitchen(people)
    cleo.closes_for_good()
    opens_thread(ben, "Cleo")
    ben.sees("Cleo is not here. They get this when they come back.")
    ben.says("for later")
    ben.sees_state("for later", "✓")
    cleo.opens()
    cleo.sees_room("Ben")
    cleo.picks("Ben")
    cleo.sees("for later")
    cleo.says("here I am")
    ben.sees("here I am", "Sealed for Cleo and you")
    ben.sees_state("for later", "✓✓")
    for person in (ben, cleo):
        person.closes_for_good()
        person.opens()
        person.sees("for later")  # the thread is where they were
    ben.sees_state("for later", "✓✓")


def test_a_private_message_is_counted_and_told_without_its_text(people: People) -> None:
    _ana, ben, cleo = in_the_kitchen(people)
    cleo.looks_away()
    opens_thread(ben, "Cleo")
    ben.says("a secret")
    cleo.until(lambda: len(cleo.desktop.notices) == 1)
    (notice,) = cleo.desktop.notices.values()
    assert (notice.title, notice.body) == ("Ben, privately", "A private message in Kitchen")
    cleo.sees_title("(1) Kitchen — lanchat")
    cleo.looks()
    cleo.picks("Ben")
    cleo.sees("a secret")
    cleo.sees_title("Ben — lanchat")
    cleo.until(lambda: not cleo.desktop.notices)


def test_with_a_slash_in_the_room_it_goes_to_one_only(people: People) -> None:
    ana, ben, cleo = in_the_kitchen(people)
    ben.says("/msg Cleo from the kitchen")
    ben.sees("Sent privately to Cleo.")
    cleo.picks("Ben")
    cleo.sees("from the kitchen")
    ana.says("anything else?")
    ben.sees("anything else?")
    assert "from the kitchen" not in ana.reads()
    ben.picks("Cleo")
    ben.sees("from the kitchen")


def test_the_host_who_read_it_gives_the_second_tick(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.starts_room("Kitchen")
    ben.enters("Kitchen")
    ben.sees("hosts this room")
    opens_thread(ben, "Ana")
    ben.sees("Others in Kitchen can see that you two write, and when, but not what.")
    ben.says("only we two are here")
    ben.sees_state("only we two are here", "✓")
    ana.looks()
    ana.picks("Ben")
    ana.sees("only we two are here")
    ben.sees_state("only we two are here", "✓✓")


def test_the_second_tick_is_of_the_one_it_is_for(people: People) -> None:
    """Cleo is away, and Ana, who hosts, is not: the message is on her disk, and she reads on in the room."""
    ana, ben, cleo = in_the_kitchen(people)
    cleo.closes_for_good()
    opens_thread(ben, "Cleo")
    ben.says("are you there?")
    ben.sees_state("are you there?", "✓")
    ben.picks("Kitchen")
    ben.says("all is well")
    ana.looks()
    ana.sees("all is well")
    ben.sees_state("all is well", "✓✓")
    ben.picks("Cleo")
    ben.sees_state("are you there?", "✓")
    cleo.opens()
    cleo.looks()
    cleo.picks("Kitchen")
    cleo.sees("all is well")
    ben.sees_state("are you there?", "✓✓")  # she has read in the room what came after it


def test_what_cannot_be_opened_is_one_quiet_line(people: People) -> None:
    """A stranger sends what nobody sealed, again and again."""
    ana = people.person("Ana", opens=False)
    me, eve = known_person(ana.folder, "Ana"), new_identity()
    room_id = room_of(ana.folder, "Ana", "Kitchen", [("Ana", "hello")], others=people.folder)
    body = encode(Sealed(me.key, bytes(80), bytes(80), bytes(272))).body
    junk = [make_entry(eve, room_id, count, Payload(Sealed.kind, None, body), 1_000) for count in range(1, 40)]
    with closing(Store.open(ana.folder)) as store:
        store.put_cards([make_card(eve, "Eve", 1)])
        store.log(room_id).append(junk, 1_000)
    ana.opens()
    ana.sees_room("Eve")
    ana.sees("cannot be opened here")
    ana.picks("Eve")
    words = "A message from Eve cannot be opened here. It is damaged, or was not sealed for you."
    ana.sees(words)
    assert ana.reads().count(words) == 1
    ana.sees_title("Eve — lanchat")  # nothing is unread
    assert not ana.desktop.notices


def test_nothing_but_text_is_offered_yet(people: People) -> None:
    _ana, ben, _cleo = in_the_kitchen(people)
    opens_thread(ben, "Cleo")
    ben.says("plain")
    ben.sees_state("plain", "✓")
    ben.keys("Up")
    assert ben.writes() == ""
    ben.app.do(React(ben.room_id, EntryId(bytes(16)), "\N{THUMBS UP SIGN}"))
    ben.sees("Private messages cannot be changed, reacted to or pinned yet.")


def test_each_conversation_has_its_own_draft(people: People) -> None:
    _ana, ben, _cleo = in_the_kitchen(people)
    ben.types("to all")
    opens_thread(ben, "Cleo")
    assert ben.writes() == ""
    ben.types("to one")
    ben.picks("Kitchen")
    assert ben.writes() == "to all"
    ben.picks("Cleo")  # the thread stands in the list, although nothing was sent in it
    assert ben.writes() == "to one"
    ben.picks("Kitchen")
    ben.closes_for_good()
    ben.opens()
    ben.picks("Cleo")
    assert ben.writes() == "to one"


def test_its_menu_is_about_the_thread_and_mutes_it(people: People) -> None:
    _ana, ben, cleo = in_the_kitchen(people)
    opens_thread(cleo, "Ben")
    thread = cleo.room_id
    model = cleo.app.window.state.threads[thread]
    items = {item.words: item for item in thread_menu(cleo.app.window, model) if isinstance(item, MenuItem)}
    assert list(items) == ["Who is this?", "Mute", "Files", "Save what was said…", "Go to Kitchen"]
    items["Mute"].command()
    cleo.picks("Kitchen")
    cleo.looks_away()
    opens_thread(ben, "Cleo")
    ben.says("psst")
    cleo.sees_room("psst")
    assert not cleo.desktop.notices


def test_a_lock_means_a_passphrase_and_not_that_it_is_private(people: People) -> None:
    _ana, ben, _cleo = in_the_kitchen(people)
    opens_thread(ben, "Cleo")
    window = ben.app.window
    (row,) = [row for row in room_list_rows(window.state, 0, window.kept.now) if isinstance(row, RoomRow) and row.peer]
    assert row.signs == []
    (target,) = [one for one in switch_targets(window.state) if one.key == ben.room_id]
    assert (target.lock, target.peer) == (False, row.peer)


def test_search_in_the_thread_and_everywhere_finds_it(people: People) -> None:
    _ana, ben, _cleo = in_the_kitchen(people)
    opens_thread(ben, "Cleo")
    ben.says("elderberry")
    ben.sees_state("elderberry", "✓")
    ben.keys(here("Control-f"))
    ben.types("elder")
    ben.sees("1 of 1")
    ben.picks("Kitchen")
    ben.keys(here("Control-f"))
    ben.types("elder")
    ben.sees("Nothing found")  # in the room itself it was not said
    ben.keys("Escape", here("Control-Shift-f"))
    ben.types("elderberry from:ben in:kitchen")
    ben.sees("1 message", "private, with Cleo, in Kitchen")
    ben.keys("Return")
    ben.sees("Only you and Cleo can read this", "elderberry")


def test_the_room_is_forgotten_and_the_thread_with_it(people: People) -> None:
    _ana, ben, _cleo = in_the_kitchen(people)
    opens_thread(ben, "Cleo")
    ben.says("soon forgotten")
    ben.sees_state("soon forgotten", "✓")
    room_id = ben.app.window.state.threads[ben.room_id].thread.room_id
    ben.app.do(Forget(room_id))
    ben.sees_no("soon forgotten")
    assert not ben.app.window.state.threads
