"""What a Host allows who is in the room with a browser, and what it does not."""

from __future__ import annotations

import msgspec
import pytest
from kitchen import Guest, Kitchen, Person, Phone, card, entry

from lanchat.core import frames, host_actions, limits
from lanchat.core.content import encode
from lanchat.core.file_offer import FileOffer
from lanchat.core.frames import Misbehaved
from lanchat.core.limits import Limits
from lanchat.core.model import START, Head
from lanchat.core.profile import decode_profile


def test_a_guest_reads_the_newest_lines_and_is_told_its_own_limits() -> None:
    ana = Phone(Kitchen(history=300), "ana").comes()
    assert ana.seqs[-1] == 300
    assert len(ana.seqs) < 100
    (welcome,) = ana.got(frames.Welcome)
    assert (welcome.limits.posts_per_second, welcome.limits.burst) == limits.GUEST_POSTS
    assert welcome.limits.text_characters == limits.GUEST_CHARACTERS


def test_a_room_that_allows_less_allows_guests_less() -> None:
    ana = Phone(Kitchen(Limits(posts_per_second=0.5, burst=2, text_characters=9)), "ana").comes()
    (welcome,) = ana.got(frames.Welcome)
    assert (welcome.limits.posts_per_second, welcome.limits.burst, welcome.limits.text_characters) == (0.5, 2, 9)


def test_everybody_sees_who_is_a_guest() -> None:
    kitchen = Kitchen()
    ben = Person(kitchen, "ben").comes()
    Phone(kitchen, "ana").comes()
    kitchen.wait(0.2)
    cards = [one for change in ben.got(frames.Present) for one in change.joined]
    assert {one.nick: decode_profile(one.profile).guest for one in cards}["ana"]


@pytest.mark.parametrize("kind", ["text", "+react", "+unreact", "+edit", "+delete"])
def test_a_guest_talks_and_changes_its_own(kind: str) -> None:
    kitchen = Kitchen()
    ana = Phone(kitchen, "ana").comes()
    (said,) = ana.posts("hello")
    change = entry(ana.card, ana.device, 2, {"+delete": ""}.get(kind, "\N{THUMBS UP SIGN}"), kind)
    target = None if kind == "text" else said.entry_id
    ana.sends(frames.Post([msgspec.structs.replace(change, target=target)]))
    assert not ana.got(frames.Rejected)
    assert len(kitchen.log.entries) == 2


@pytest.mark.parametrize("kind", ["+pin", "+topic", "+ban", "+sealed", "+new", "poll"])
def test_a_guest_does_nothing_to_the_room(kind: str) -> None:
    kitchen = Kitchen()
    ana = Phone(kitchen, "ana").comes()
    ana.sends(frames.Post([entry(ana.card, ana.device, 1, "", kind)]))
    assert [one.code for one in ana.got(frames.Rejected)] == ["right"]
    assert not kitchen.log.entries


@pytest.mark.parametrize(("size", "taken"), [(limits.GUEST_FILE_BYTES, True), (limits.GUEST_FILE_BYTES + 1, False)])
def test_a_guest_offers_files_as_large_as_a_browser_holds(size: int, taken: bool) -> None:
    kitchen = Kitchen()
    ana = Phone(kitchen, "ana").comes()
    body = encode(FileOffer("photo.jpg", size, 1, b"r" * 32, 100)).body
    ana.sends(frames.Post([msgspec.structs.replace(entry(ana.card, ana.device, 1, "", "file"), body=body)]))
    assert bool(kitchen.log.entries) == taken
    assert [one.code for one in ana.got(frames.Rejected)] == ([] if taken else ["long"])


def test_a_guests_words_are_short() -> None:
    ana = Phone(Kitchen(), "ana").comes()
    ana.posts("x" * limits.GUEST_CHARACTERS, "x" * (limits.GUEST_CHARACTERS + 1))
    assert [one.code for one in ana.got(frames.Rejected)] == ["long"]


def test_a_guest_writes_as_fast_as_thumbs_do() -> None:
    ana = Phone(Kitchen(), "ana").comes()
    ana.posts(*map(str, range(6)))
    assert len(ana.got(frames.SlowDown)) == 1


@pytest.mark.parametrize(
    "frame",
    [
        frames.Able(1234), frames.TakeBack(), frames.Holding(1234, []),
        frames.Holding(0, [bytes([number]) * 32 for number in range(limits.GUEST_FILES_HELD + 1)]),
        frames.OwnRead(1),
        frames.Earlier(10), frames.Have(0),
        frames.Post([entry(card("ben"), b"ben.....", 1, "from another Log")], carried=True),
    ],
    ids=lambda frame: type(frame).__name__,
)  # fmt: skip
def test_a_guest_keeps_no_log_and_listens_nowhere(frame: frames.FromClient) -> None:
    ana = Phone(Kitchen(), "ana").comes()
    with pytest.raises(Misbehaved):
        ana.sends(frame)


def test_a_guest_is_told_of_the_hosts_files_only_and_gives_its_own_to_nobody_else() -> None:
    kitchen, root = Kitchen(), b"r" * 32
    ben, ana, zoe = Person(kitchen, "ben").comes(), Phone(kitchen, "ana").comes(), Phone(kitchen, "zoe").comes()
    ben.sends(frames.Holding(1234, [root]))
    zoe.sends(frames.Holding(0, [root]))
    ana.sends(frames.FindSources(root))
    ben.sends(frames.FindSources(root))
    kitchen.host.keeps(root, "has")
    kitchen.wait(0.2)
    assert [(told.sources, told.host) for told in ana.got(frames.Sources)] == [([], None), ([], "has")]
    assert not any(told.sources for told in ben.got(frames.Sources))
    kitchen.host.want([root])
    kitchen.host.want([root])
    kitchen.wait(0.2)
    assert [asked.roots for asked in zoe.got(frames.Wanted)] == [[root]]


def test_a_guest_cannot_keep_the_room_open() -> None:
    kitchen = Kitchen()
    for somebody in (Phone(kitchen, "ana"), Guest(kitchen, "ben")):
        somebody.trusted = True
        somebody.comes()
    kitchen.wait(1)
    asked = kitchen.asked_for(host_actions.Entitle)
    assert [one.key for one in asked] == [card("ben").key]


def test_a_guest_keeps_the_name_it_was_let_in_with() -> None:
    """The host looks at the door whether it looks like somebody else's."""
    ana = Phone(Kitchen(), "ana").comes()
    with pytest.raises(Misbehaved):
        ana.sends(frames.Rename(msgspec.structs.replace(ana.card, nick="host", revision=2)))


def test_a_guest_is_given_the_past_that_it_proves_to_have_had_or_as_much_as_a_newcomer() -> None:
    kitchen = Kitchen(history=2_000)
    for nick, claim in (("ana", frames.Resume(1, 0, START)), ("ben", frames.Resume(1, 7, Head(b"x" * 32)))):
        phone = Phone(kitchen, nick).enters()
        phone.sends(claim)
        (welcome,) = phone.got(frames.Welcome)
        assert welcome.base > 1_500


def test_a_key_is_a_guests_or_a_members() -> None:
    kitchen = Kitchen()
    ana = Phone(kitchen, "ana").comes()
    member = Guest(kitchen, "ana").enters()
    assert member.closed == "devices"
    ana.goes()
    assert Guest(kitchen, "ana").comes().got(frames.Welcome)[0].limits == kitchen.limits


def test_a_guest_that_comes_back_goes_on_where_it_was() -> None:
    kitchen = Kitchen(history=10)
    ana = Phone(kitchen, "ana").comes()
    ana.goes()
    kitchen.host_says("while you were away")
    again = Phone(kitchen, "ana").enters()
    again.sends(frames.Resume(1, 10, kitchen.log.head(10) or START))
    assert again.seqs == [11]
