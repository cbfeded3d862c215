"""Two people compare what they see, and remember that they did."""

from __future__ import annotations

import shutil

from engine.people import People
from lanchat.engine import commands, events


def test_both_see_the_same_numbers_and_the_same_words(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    hosting = ana.hosts("Kitchen")
    ben.joins("Kitchen")
    ana.sees_here("Ana", "Ben")
    ana.do(commands.Introduce(ben.me))
    ben.do(commands.Introduce(ana.me))
    ben.do(commands.Introduce(ben.me))
    of_ben, of_ana = ana.hears(events.Introduced), ben.hears(events.Introduced, member=ana.me)
    himself = ben.hears(events.Introduced, member=ben.me)
    assert of_ben.numbers == of_ana.numbers
    assert of_ben.words == himself.words != of_ana.words
    assert (of_ben.nick, of_ana.nick, of_ana.badge) == ("Ben", "Ana", hosting.badge)
    assert himself.numbers == ()
    assert not of_ben.verified


def test_a_stranger_has_words_but_no_name(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.do(commands.Introduce(ben.me))
    assert ana.hears(events.Introduced).nick == ""


def test_whom_one_verified_stays_verified(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.do(commands.Verify(ben.me))
    assert ana.hears(events.Verified) == events.Verified(ben.me, True)
    ana.quits()
    assert ana.reads(lambda reader: reader.verified()) == {ben.me}
    ana.starts()
    ana.do(commands.Introduce(ben.me))
    assert ana.hears(events.Introduced).verified
    ana.do(commands.Verify(ben.me, yes=False))
    ana.do(commands.Introduce(ben.me))
    assert not ana.hears(events.Introduced).verified
    assert ana.reads(lambda reader: reader.verified()) == set()


def test_who_was_verified_is_no_stranger_in_a_room_of_theirs(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.hosts("Kitchen")
    ben.do(commands.Verify(ana.me))
    assert ben.hears(events.Verified) == events.Verified(ana.me, True)
    assert not ben.joins("Kitchen").first_meeting


def test_a_host_that_was_verified_and_has_another_key_now(people: People) -> None:
    ana, ben, eve = people.person("Ana"), people.person("Ben"), people.person("Eve", starts=False)
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    ben.do(commands.Verify(ana.me))
    ben.leaves()
    ana.quits()
    shutil.copytree(ana.folder, eve.folder, ignore=lambda *_: ["identity.pem", "device"])
    eve.starts()
    eve.hosts("Kitchen")
    changed = ben.asks_to_join("Kitchen")
    assert isinstance(changed, events.KeyChanged)
    assert changed.verified
    ben.do(commands.Verify(ana.me, yes=False))
    ben.hears(events.Verified, yes=False)
    assert not ben.asks_to_join("Kitchen").verified
