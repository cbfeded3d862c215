"""A day in a room: coming, reading what was said, talking, leaving."""

from __future__ import annotations

import shutil

from engine.people import People, Person
from lanchat.core.limits import Limits
from lanchat.core.profile import Avatar, Profile, decode_profile
from lanchat.engine import commands, events
from lanchat.engine.events import ConnectionState, EntryState
from lanchat.trust import identity


def test_who_joins_can_talk_with_who_hosts(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.hosts("Kitchen")
    joined = ben.joins("Kitchen")
    assert joined.first_meeting
    assert joined.badge == ana.hosting.badge
    ben.says("hello")
    ana.sees("hello")
    ana.says("hi Ben")
    for person in (ana, ben):
        person.reads_as("hello", "hi Ben")
    ana.sees_here("Ana", "Ben")
    ben.sees_here("Ana", "Ben")


def test_a_newcomer_gets_the_last_entries_and_pages_back_to_the_very_first(people: People) -> None:
    ana, ben = people.person("Ana", starts=False), people.person("Ben")
    everything = [f"line {number}" for number in range(1, 451)]
    ana.hosted_yesterday("Kitchen", *everything)
    ana.starts()
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    ben.sees(everything[-1])
    newest = Limits().newcomer_entries
    assert newest <= len(ben.texts) < newest + 100
    assert all(event.backlog for event in ben.unheard if isinstance(event, events.MessagesAdded))
    while ben.looks_back().messages:
        pass
    assert ben.texts == everything
    assert [item.text for item in ben.kept()] == everything
    assert not ben.looks_back().messages


def test_an_entry_is_waiting_then_taken_then_delivered(people: People) -> None:
    ana, ben, cleo = people.person("Ana"), people.person("Ben"), people.person("Cleo")
    ana.hosts("Kitchen")
    ana.says("anybody here?")
    ana.sees_state("anybody here?", EntryState.TAKEN)
    ben.joins("Kitchen")
    ana.sees_state("anybody here?", EntryState.DELIVERED)
    ben.says("I am")
    ben.sees_state("I am", EntryState.TAKEN)
    cleo.joins("Kitchen")
    ben.sees_state("I am", EntryState.DELIVERED)
    assert ben.states[ben.written["I am"]] is EntryState.DELIVERED
    assert not ana.waiting()
    assert not ben.waiting()


def test_nobody_has_what_a_newcomer_never_got(people: People) -> None:
    """Ben gets the last entries only: the first one is on no other disk, so it has no second tick until it is."""
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.hosts("Kitchen")
    ana.says("the first", *map(str, range(310)))
    ana.sees("309")
    ben.joins("Kitchen")
    ana.sees_state("309", EntryState.DELIVERED)
    assert ana.states[ana.written["the first"]] is EntryState.TAKEN
    while "the first" not in ben.texts:
        ben.looks_back()
    ana.says("now you have read it all")
    ana.sees_state("the first", EntryState.DELIVERED)


def test_two_people_alone_get_the_second_tick_when_the_host_has_seen_it(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    ben.says("seen", "not seen")
    ben.sees_state("not seen", EntryState.TAKEN)
    ana.sees("not seen")
    seen = ana.room.messages[0]
    assert seen.text == "seen"
    ana.do(commands.MarkRead(ana.room_id, seen.seq))
    ben.sees_state("seen", EntryState.DELIVERED)
    assert ben.states[ben.written["not seen"]] is EntryState.TAKEN
    ana.do(commands.MarkRead(ana.room_id, 1_000))
    ben.sees_state("not seen", EntryState.DELIVERED)
    ana.says("my own")
    ana.sees_state("my own", EntryState.DELIVERED)


def test_what_the_host_alone_has_seen_of_its_own_is_delivered_to_nobody(people: People) -> None:
    ana = people.person("Ana")
    ana.hosts("Kitchen")
    ana.says("hello?")
    ana.sees_state("hello?", EntryState.TAKEN)
    ana.do(commands.MarkRead(ana.room_id, 1))
    ana.hears_nothing()
    assert ana.states[ana.written["hello?"]] is EntryState.TAKEN


def test_leaving_and_coming_back(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    ana.sees_here("Ana", "Ben")
    ben.leaves()
    ana.sees_here("Ana")
    ana.says("gone already?")
    ana.sees("gone already?")  # it is in the room before he comes
    back = ben.joins("Kitchen")
    assert not back.first_meeting
    assert back.fetched == 1
    ben.sees("gone already?")


def test_who_was_met_in_one_room_is_no_stranger_in_another(people: People) -> None:
    ana, ben, li = people.person("Ana"), people.person("Ben"), people.person("Li")
    ana.hosts("Kitchen")
    ana.hosts("Garden")
    li.hosts("Cellar")
    assert ben.joins("Kitchen").first_meeting
    assert not ben.joins("Garden").first_meeting
    assert ben.joins("Cellar").first_meeting


def test_a_new_name_is_seen_by_all(people: People) -> None:
    ana, ben, cleo = people.person("Ana"), people.person("Ben"), people.person("Cleo")
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    cleo.joins("Kitchen")
    ben.do(commands.ChangeProfile("Benjamin"))
    for person in (ana, ben, cleo):
        person.sees_here("Ana", "Benjamin", "Cleo")
    ana.do(commands.ChangeProfile("Anastasia"))
    for person in (ana, ben, cleo):
        person.sees_here("Anastasia", "Benjamin", "Cleo")
    ben.quits()
    assert ben.starts().nick == "Benjamin"


def test_what_people_say_of_themselves_is_seen_by_all_and_lasts(people: People) -> None:
    ana, ben, cleo = people.person("Ana"), people.person("Ben"), people.person("Cleo")
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    cleo.joins("Kitchen")
    ben.do(commands.ChangeProfile(status="  back\nat \u202etwo ", avatar=Avatar(3, 5)))
    key = decode_profile(ben.reads(lambda reader: reader.card(ben.me)).profile).sealing_key
    said = Profile(sealing_key=key, status="back at two", avatar=Avatar(3, 5))
    assert ben.hears(events.ProfileChanged) == events.ProfileChanged("Ben", said)

    def told(person: Person) -> Profile | None:
        card = person.reads(lambda reader: reader.card(ben.me))
        return decode_profile(card.profile) if card else None

    for person in (ana, cleo):
        person.until(lambda person=person: told(person) == said)
    ben.do(commands.ChangeProfile("Benjamin"))
    cleo.sees_here("Ana", "Benjamin", "Cleo")
    cleo.until(lambda: told(cleo) == said)
    ben.quits()
    assert ben.starts().profile == said
    ben.do(commands.ChangeProfile(status=""))
    assert ben.hears(events.ProfileChanged).profile == Profile(sealing_key=key, avatar=Avatar(3, 5))


def test_a_name_that_cannot_be_seen_is_not_taken(people: People) -> None:
    ana = people.person("Ana")
    ana.do(commands.ChangeProfile("\u200b \n"))
    assert "at least one letter" in ana.hears(events.Problem).what
    ana.quits()
    assert ana.starts().nick == "Ana"


def test_two_with_one_name_are_told_apart_by_their_keys(people: People) -> None:
    ana, one, other = people.person("Ana"), people.person("Kim", people.folder / "one"), people.person("Kim")
    ana.hosts("Kitchen")
    one.joins("Kitchen")
    other.joins("Kitchen")
    one.says("I am Kim")
    other.says("no, I am")
    ana.sees("I am Kim", "no, I am")
    authors = {message.text: message.author for message in ana.room.messages}
    assert authors == {"I am Kim": one.me, "no, I am": other.me}
    ana.sees_here("Ana", "Kim", "Kim")


def test_two_devices_of_one_member(people: People) -> None:
    ana, laptop = people.person("Ana"), people.person("Ben", people.folder / "laptop")
    phone_folder = people.folder / "phone"
    phone_folder.mkdir()
    for name in (identity.FILE, identity.DEVICE_FILE):
        shutil.copy(laptop.folder / name, phone_folder / name)
    phone = people.person("Ben", phone_folder)
    assert phone.me == laptop.me
    ana.hosts("Kitchen")
    laptop.joins("Kitchen")
    phone.joins("Kitchen")
    for number in range(5):
        laptop.says(f"laptop {number}")
        phone.says(f"phone {number}")
    for person in (laptop, phone):
        person.until(lambda person=person: len(person.texts) == 10)
        ana.reads_as(*person.texts)
    assert len(laptop.devices()) == 2
    ana.sees_here("Ana", "Ben")
    phone.quits()
    laptop.says("only one of me left")
    ana.sees("only one of me left")
    ana.sees_here("Ana", "Ben")


def test_one_person_hosts_two_rooms(people: People) -> None:
    ana, ben, cleo = people.person("Ana"), people.person("Ben"), people.person("Cleo")
    kitchen, garden = ana.hosts("Kitchen"), ana.hosts("Garden")
    assert kitchen.room_id != garden.room_id
    assert kitchen.port != garden.port
    ben.joins("Kitchen")
    cleo.joins("Garden")
    ben.says("soup")
    cleo.says("roses")
    ana.room_id = kitchen.room_id
    ana.sees("soup")
    ana.room_id = garden.room_id
    ana.sees("roses")
    ben.reads_as("soup")
    cleo.reads_as("roses")
    ana.leaves()
    cleo.is_(ConnectionState.RECONNECTING)
    ben.says("and bread")
    ana.room_id = kitchen.room_id
    ana.reads_as("soup", "and bread")


def test_one_person_is_in_three_rooms(people: People) -> None:
    hosts = {title: people.person(f"Host of {title}") for title in ("Kitchen", "Garden", "Attic")}
    for title, host in hosts.items():
        host.hosts(title)
    ben = people.person("Ben")
    for title, host in hosts.items():
        ben.joins(title)
        ben.says(f"hello {title}")
        host.sees(f"hello {title}")
    for title, host in hosts.items():
        host.says(f"welcome to the {title}")
        ben.room_id = host.room_id
        ben.reads_as(f"hello {title}", f"welcome to the {title}")


def test_what_was_said_by_those_who_left_has_their_names(people: People) -> None:
    ana, ben, cleo = people.person("Ana"), people.person("Ben"), people.person("Cleo")
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    ben.says("bye")
    ana.sees("bye")
    ben.quits()
    ana.sees_here("Ana")
    cleo.joins("Kitchen")
    cleo.sees("bye")
    cards = cleo.hears(events.CardsCame).cards
    assert [(card.key, card.nick) for card in cards] == [(ben.me, "Ben")]
