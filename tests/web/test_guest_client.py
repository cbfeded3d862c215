"""What the page's client does on its connection: coming in, talking, being held up, cut off, and coming back.

No browser and no network: the page's modules run in Node, and the test is the host at the other end of the channel.
"""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lanchat.core import frames, limits
from lanchat.core.content import Content, Correction, Deletion, ReactionChange, Text, encode
from lanchat.core.encoded_log import pack
from lanchat.core.frames import decode_from_client
from lanchat.core.framing import Splitter
from lanchat.core.model import START, Card, EntryId, LogEntry, MemberKey, RoomId, next_head
from lanchat.trust.guest_channel import GuestCode, HostSide
from lanchat.trust.identity import Identity
from lanchat.trust.signing import make_card, make_entry
from tests.identities import new_identity
from tests.web.modules import PageModules, PageObject

KITCHEN, GARDEN = RoomId("kitchenkitchen22"), RoomId("gardengardengard")
NOW = 1_764_000_000_000
EPOCH = 1
ana, ben = new_identity(), new_identity()
CARDS = {ana.key: make_card(ana, "Ana", 1), ben.key: make_card(ben, "Ben", 1)}


class Host:
    """Ana's computer, as the page finds it: a code, a Log, and the frames it sends."""

    def __init__(self, page: PageModules) -> None:
        self._page = page
        self.code = GuestCode.new()
        self.room_id = KITCHEN
        self.log: list[LogEntry] = []
        self.tab = self.opens()

    # --- the connection
    def opens(
        self, before: PageObject | None = None, most: int = 5_000_000, handoff: dict[str, Any] | None = None
    ) -> PageObject:
        """The link is opened in a tab: of a new browser, or of the one before. `most`: characters it keeps; `handoff`:
        what is taken along from another host's page."""
        self.tab = self._page.call("fakes", "GuestPage", self.code.fragment(MemberKey(ana.key)), before, most, handoff)
        return self.tab

    def greets(self) -> None:
        self._side = HostSide(ana, self.room_id, "Kitchen")
        self._splitter = Splitter(limits.FRAME)
        self.tab.call("receives", self._side.hello())

    def lets_in(self, *, last: int | None = None) -> frames.Resume:
        """Greets whoever has a name, and tells them how far the Log is; not yet what is in it. `last`: where it and
        what they have part."""
        self.greets()
        (answer,) = self.tab.call("sent")
        admission = self._side.received(answer, lambda code_id: self.code if code_id == self.code.code_id else None)
        self.guest: Card = admission.card
        self.says(frames.Entered())
        (resume,) = self.hears()
        assert isinstance(resume, frames.Resume)
        base = min(resume.last, len(self.log)) if last is None else last
        head = self.log[base - 1].head if base else START
        self.says(frames.Welcome(EPOCH, base, head, len(self.log), limits.Limits(burst=3), CARDS[ana.key]))
        return resume

    def says(self, *said: frames.Frame) -> None:
        assert self._side.channel is not None
        for frame in said:
            self.tab.call("receives", self._side.channel.seal(frames.encode(frame)))

    def hears(self) -> list[Any]:
        assert self._side.channel is not None
        bodies = [body for box in self.tab.call("sent") for body in self._splitter.feed(self._side.channel.open(box))]
        return [decode_from_client(body) for body in bodies]

    def asked(self) -> list[list[bytes]]:
        """Whose cards the page asks for, question by question."""
        return [list(frame.keys) for frame in self.hears() if isinstance(frame, frames.Who)]

    def posted(self) -> list[Any]:
        return [frame for frame in self.hears() if isinstance(frame, frames.Post)]

    # --- the Log
    def writes(self, author: Identity, content: Content, target: EntryId | None = None) -> EntryId:
        entry = make_entry(author, KITCHEN, len(self.log) + 1, encode(content, target), NOW)
        return self.takes(entry)

    def takes(self, *entries: Any) -> EntryId:
        for entry in entries:
            seq = len(self.log) + 1
            head = next_head(self.log[-1].head if self.log else START, KITCHEN, EPOCH, seq, NOW, entry)
            self.log.append(LogEntry(entry, EPOCH, seq, NOW, head))
        return EntryId(self.log[-1].entry.entry_id)

    def sends(self, after: int = 0) -> None:
        self.says(pack(self.log[after:]))

    # --- what the person sees
    @property
    def state(self) -> dict[str, Any]:
        return dict(self.tab.call("state"))

    def messages(self) -> list[tuple[str, str]]:
        """Text and state of each."""
        return [(message["text"], message["state"]) for message in self.tab.call("messages")]

    def message(self, text: str) -> dict[str, Any]:
        return next(message for message in self.tab.call("messages") if message["text"] == text)


@pytest.fixture
def stranger(page: PageModules) -> Host:
    """Whose page was opened by somebody without a name."""
    return Host(page)


@pytest.fixture
def host(stranger: Host) -> Host:
    """With Mia in the room, who has read one message of Ana's."""
    stranger.greets()
    stranger.tab.call("do", "callMe", "Mia")
    stranger.writes(ana, Text("Lunch?"))
    stranger.lets_in()
    stranger.sends()
    stranger.hears()
    return stranger


# --- coming in -------------------------------------------------------------------------------------------------------
def test_nothing_is_sent_before_there_is_a_name(stranger: Host) -> None:
    stranger.greets()
    assert stranger.tab.call("sent") == []
    assert (stranger.state["phase"], stranger.state["title"]) == ("name", "Kitchen")


def test_a_guest_asks_for_the_log_from_its_start(stranger: Host) -> None:
    stranger.greets()
    stranger.tab.call("do", "callMe", "Mia")
    stranger.writes(ana, Text("Lunch?"))
    assert stranger.lets_in() == frames.Resume(0, 0, START)
    stranger.sends()
    assert stranger.guest.nick == "Mia"
    assert stranger.messages() == [("Lunch?", "in")]
    assert stranger.state | {"limits": 0} == {
        "phase": "in", "missed": 0, "title": "Kitchen", "nick": "Mia", "hostName": "Ana", "here": ["Ana"], "last": 1,
        "waiting": 0, "limits": 0, "hasEarlier": False,
    }  # fmt: skip


@pytest.mark.parametrize("ends", [False, True])
def test_a_slow_phone_reads_some_in_each_frame_and_all_in_order(host: Host, ends: bool) -> None:
    host.tab.call("worksSlowly", 15)
    texts = [f"{number} {'x' * 1_500}" for number in range(6)]
    for text in texts:
        host.writes(ana, Text(text))
        host.sends(after=len(host.log) - 1)
    assert 1 < len(host.messages()) < 1 + len(texts)
    if ends:
        host.tab.call("closes", 1006)
        assert host.state["phase"] == "away"
    else:
        host.tab.call("passes", 1_000)
    assert host.messages() == [(text, "in") for text in ("Lunch?", *texts)]


@pytest.mark.parametrize(
    ("code", "phase"),
    [("ended", "ended"), ("banned", "banned"), ("removed", "removed"), ("full", "full"), ("nick", "nick"),
     ("replaced", "other-tab")],
)  # fmt: skip
def test_what_ends_it_is_told_apart_and_nothing_is_tried_again(host: Host, code: str, phase: str) -> None:
    host.says(frames.Refused(code))
    host.tab.call("closes", 1000)
    host.tab.call("passes", 60_000)
    assert host.state["phase"] == phase
    assert not host.tab.call("isOpen")


def test_what_passes_is_tried_again(host: Host) -> None:
    host.says(frames.Refused("crowd", 1_000))
    host.tab.call("closes", 1000)
    assert host.state["phase"] == "away"
    host.tab.call("passes", 1_000)
    assert host.tab.call("isOpen")


def test_where_somebody_else_answers_nothing_is_sent_and_it_is_tried_again(host: Host) -> None:
    for _time in range(2):  # another program has the host's place
        host.tab.call("closes", 1006)
        host.tab.call("passes", 10_000)
        host.tab.call("receives", HostSide(ben, KITCHEN, "Kitchen").hello())
        assert (host.state["phase"], host.tab.call("sent")) == ("stranger", [])
        host.tab.call("passes", 20_000)
    host.lets_in()  # and then the host is back
    assert host.state["phase"] == "in"
    host.tab.call("passes", 20_000)
    assert host.tab.call("isOpen")


def test_who_forgets_the_room_where_somebody_else_answers_stays_out(host: Host) -> None:
    host.tab.call("closes", 1006)
    host.tab.call("passes", 10_000)
    host.tab.call("receives", HostSide(ben, KITCHEN, "Kitchen").hello())
    host.tab.call("do", "forget")
    host.tab.call("passes", 20_000)
    assert host.state["phase"] == "no-code"
    assert not host.tab.call("isOpen")


def test_who_has_written_writes_no_more(host: Host) -> None:
    host.says(frames.Typists([ana.key, ben.key], more=False))
    assert len(host.tab.call("typists")) == 2
    host.writes(ana, Text("Now"))
    host.sends(1)
    assert host.tab.call("typists") == [ben.key.hex()]


def test_a_wrong_code_has_ended(stranger: Host) -> None:
    stranger.greets()
    stranger.tab.call("do", "callMe", "Mia")
    stranger.tab.call("closes", 4001)
    assert stranger.state["phase"] == "ended"


# --- the talk --------------------------------------------------------------------------------------------------------
def test_edits_deletions_and_reactions_change_their_message(host: Host) -> None:
    lunch = EntryId(host.log[0].entry.entry_id)
    host.writes(ben, ReactionChange("👍", True), lunch)
    host.writes(ana, ReactionChange("👍", True), lunch)
    host.writes(ana, ReactionChange("🎉", True), lunch)
    host.writes(ana, Correction("Lunch at one?"), lunch)
    host.sends(after=1)
    changed = host.message("Lunch at one?")
    assert (changed["isEdited"], changed["reactions"]) == (True, {"👍": 2, "🎉": 1})
    host.writes(ben, ReactionChange("👍", False), lunch)
    host.writes(ana, ReactionChange("🎉", False), lunch)
    host.sends(after=5)
    assert host.message("Lunch at one?")["reactions"] == {"👍": 1}
    host.writes(ana, Deletion(), lunch)
    host.tab.call("toDraw")
    host.sends(after=7)
    gone = host.message("")
    assert gone["isDeleted"]
    assert host.tab.call("toDraw") == [gone["id"]]


def test_what_changes_a_message_that_is_not_here_changes_nothing(host: Host) -> None:
    host.writes(ana, Correction("of old"), EntryId(bytes(16)))
    host.writes(ana, ReactionChange("👍", True), EntryId(bytes(16)))
    host.writes(ana, Text("An answer"), EntryId(bytes(16)))
    host.sends(after=1)
    assert host.messages() == [("Lunch?", "in"), ("An answer", "in")]


def test_who_is_not_known_is_asked_for_and_then_has_a_name(host: Host) -> None:
    host.writes(ben, Text("Yes"))
    host.sends(after=1)
    assert frames.Who([ben.key]) in host.hears()
    host.says(frames.Cards([CARDS[ben.key]]))
    assert host.message("Yes")["author"] == "Ben"
    assert host.message("Yes")["id"] in host.tab.call("toDraw")
    assert host.state["here"] == ["Ana"]


def test_each_who_is_not_known_is_asked_for_once_and_one_question_at_a_time(host: Host) -> None:
    """The host ends a connection on which a second question comes before its answer."""
    cy, di = new_identity(), new_identity()
    host.writes(ben, Text("one"))
    host.sends(after=1)
    host.writes(cy, Text("two"))
    host.sends(after=2)
    assert host.asked() == [[ben.key]]
    host.says(frames.Cards([CARDS[ben.key]]))
    assert host.asked() == [[cy.key]]
    host.says(frames.Cards([]))  # the host does not know either
    host.writes(di, Text("three"))
    host.sends(after=3)
    assert host.asked() == [[di.key]], "as many are unknown as before, and yet another"
    host.tab.call("closes", 1006)
    host.tab.call("passes", 1_000)
    host.lets_in()
    assert host.asked() == [[cy.key, di.key]], "the answer was lost with the connection"


def test_a_long_talk_does_not_fill_the_phone(host: Host) -> None:
    for number in range(1_200):
        host.writes(ana, Text(f"{number}"))
    for start in range(1, len(host.log), 300):
        host.says(pack(host.log[start : start + 300]))
    shown = host.messages()
    assert (len(shown), shown[0][0], shown[-1][0]) == (1_000, "200", "1199")
    assert host.state["hasEarlier"]
    host.opens(host.tab)
    assert host.lets_in().last == len(host.log)
    assert [text for text, _ in host.messages()] == [f"{number}" for number in range(700, 1_200)]


def test_reactions_push_no_message_out(host: Host) -> None:
    lunch = EntryId(host.log[0].entry.entry_id)
    for number in range(1_100):
        host.writes(ana, ReactionChange("👍", number % 2 == 0), lunch)
    for start in range(1, len(host.log), 300):
        host.says(pack(host.log[start : start + 300]))
    assert host.messages() == [("Lunch?", "in")]


def test_who_is_here_is_who_came_and_did_not_leave(host: Host) -> None:
    host.says(frames.Present([CARDS[ben.key], host.guest], [], all=True))
    assert host.state["here"] == ["Ben", "Mia"]
    host.says(frames.Present([CARDS[ana.key]], [ben.key]))
    assert host.state["here"] == ["Ana", "Mia"]


# --- writing ---------------------------------------------------------------------------------------------------------
def test_what_is_written_waits_until_it_is_in_the_log(host: Host) -> None:
    host.tab.call("says", "Yes")
    assert host.messages() == [("Lunch?", "in"), ("Yes", "waiting")]
    (post,) = host.posted()
    assert post.again
    host.writes(ben, Text("No"))
    host.takes(*post.entries)
    host.sends(after=1)
    assert host.messages() == [("Lunch?", "in"), ("No", "in"), ("Yes", "in")]
    assert host.state["waiting"] == 0


def test_only_so_much_is_under_way_as_the_host_takes_at_once(host: Host) -> None:
    for number in range(7):
        host.tab.call("says", f"{number}")
    posts = host.posted()
    assert sum(len(post.entries) for post in posts) == 3
    assert [post.again for post in posts] == [True, False, False]
    host.takes(*(entry for post in posts for entry in post.entries))
    host.sends(after=1)
    more = host.posted()
    assert sum(len(post.entries) for post in more) == 3
    counters = [entry.counter for post in posts + more for entry in post.entries]
    assert counters == sorted(set(counters))


def test_who_is_to_slow_down_sends_all_that_waits_again_after_a_while(host: Host) -> None:
    for text in ("one", "two"):
        host.tab.call("says", text)
    first = host.posted()
    host.says(frames.SlowDown(2_000))
    host.tab.call("says", "three")
    host.tab.call("passes", 1_900)
    assert host.posted() == [], "nor what is written meanwhile"
    host.tab.call("passes", 200)
    (again,) = host.posted()
    assert again.again
    assert again.entries[:2] == [entry for post in first for entry in post.entries]
    assert len(again.entries) == 3
    host.takes(*again.entries)
    host.sends(after=1)
    assert host.state["waiting"] == 0


@pytest.mark.parametrize("retry_ms", [0, 2**40])
def test_who_is_to_slow_down_for_no_time_or_for_ever_tries_again_within_a_minute(host: Host, retry_ms: int) -> None:
    host.tab.call("says", "one")
    host.posted()
    host.says(frames.SlowDown(retry_ms))
    assert host.posted() == []
    for _second in range(60):
        host.says(frames.Pong())
        host.tab.call("passes", 1_000)
    assert host.posted()


def test_who_is_to_slow_down_and_is_cut_off_begins_at_once_when_back(host: Host) -> None:
    host.tab.call("says", "one")
    host.posted()
    host.says(frames.SlowDown(30_000))
    host.tab.call("closes", 1006)
    host.tab.call("passes", 1_000)
    host.lets_in()
    (post,) = host.posted()
    assert post.again


def test_what_the_room_does_not_take_says_so_and_the_rest_goes_on(host: Host) -> None:
    for text in ("one", "two"):
        host.tab.call("says", text)
    posts = host.posted()
    host.says(frames.Rejected(posts[0].entries[0].entry_id, "right"))
    host.takes(posts[1].entries[0])
    host.sends(after=1)
    assert host.messages() == [("Lunch?", "in"), ("one", "refused"), ("two", "in")]
    assert host.state["waiting"] == 0


def test_what_was_known_already_does_not_wait_any_more(host: Host) -> None:
    host.tab.call("says", "one")
    (post,) = host.posted()
    host.says(frames.Known([post.entries[0].entry_id], [2]))
    assert host.state["waiting"] == 0


# --- being cut off, and coming back ----------------------------------------------------------------------------------
def test_who_comes_back_asks_for_what_is_missing_and_sends_what_waits(host: Host) -> None:
    host.tab.call("says", "Yes")
    (lost,) = host.posted()
    host.tab.call("closes", 1006)
    assert (host.state["phase"], host.state["here"]) == ("away", [])
    host.tab.call("says", "And no")
    lunch = EntryId(host.log[0].entry.entry_id)
    host.writes(ben, ReactionChange("👍", True), lunch)
    host.writes(ben, Text("Today"))
    host.writes(ana, Text("or tomorrow?"))
    host.tab.call("passes", 1_000)
    assert host.lets_in() == frames.Resume(EPOCH, 1, host.log[0].head)
    (post,) = host.posted()
    assert post.again
    assert post.entries[0] == lost.entries[0]
    assert len(post.entries) == 2
    host.takes(*post.entries)
    host.sends(after=1)
    assert host.state["missed"] == 2, "reactions and their own are none"
    assert [text for text, _state in host.messages()] == ["Lunch?", "Today", "or tomorrow?", "Yes", "And no"]


def test_a_log_that_was_cut_back_is_read_from_where_it_parts(host: Host) -> None:
    host.writes(ben, Text("Today"))
    host.writes(ben, Text("or tomorrow?"))
    host.sends(after=1)
    host.tab.call("says", "Yes")
    host.tab.call("closes", 1006)
    del host.log[1:]
    host.writes(ana, Text("Of the other Log"))
    host.tab.call("passes", 1_000)
    assert host.lets_in(last=1).last == 3
    host.sends(after=1)
    assert [text for text, _state in host.messages()] == ["Lunch?", "Yes", "Of the other Log"]
    assert host.state["last"] == 2
    (post,) = host.posted()
    host.takes(*post.entries)
    host.sends(after=2)
    assert host.messages() == [("Lunch?", "in"), ("Of the other Log", "in"), ("Yes", "in")]


def test_what_a_log_gave_up_is_not_in_the_browser_either(host: Host) -> None:
    host.writes(ben, Text("Of the Log that gave way"))
    host.sends(after=1)
    host.tab.call("closes", 1006)
    del host.log[1:]
    host.tab.call("passes", 1_000)
    host.lets_in(last=1)
    host.opens(host.tab)
    assert host.lets_in() == frames.Resume(EPOCH, 1, host.log[0].head)
    assert host.messages() == [("Lunch?", "in")]


def test_much_that_was_said_meanwhile_is_drawn_once_a_second_and_when_all_is_there(host: Host) -> None:
    host.tab.call("closes", 1006)
    ids = [host.writes(ana, Text(f"Meanwhile {number}")).hex() for number in range(5)]
    host.tab.call("passes", 1_000)
    host.lets_in()
    host.tab.call("toDraw")
    host.says(pack(host.log[1:3]))
    assert host.tab.call("toDraw") == [], "they would be out of sight in the next moment"
    host.tab.call("passes", 1_001)
    host.says(pack(host.log[3:4]))
    assert host.tab.call("toDraw") == ids[:3]
    host.says(pack(host.log[4:5]))
    assert host.tab.call("toDraw") == []
    host.says(pack(host.log[5:6]))
    assert host.tab.call("toDraw") == ids[3:]
    later = host.writes(ana, Text("Later")).hex()
    host.sends(after=6)
    assert host.tab.call("toDraw") == [later]


def test_what_came_before_the_connection_was_lost_is_drawn(host: Host) -> None:
    host.tab.call("closes", 1006)
    ids = [host.writes(ana, Text(f"Meanwhile {number}")).hex() for number in range(2)]
    host.tab.call("passes", 1_000)
    host.lets_in()
    host.tab.call("toDraw")
    host.says(pack(host.log[1:2]))
    host.tab.call("closes", 1006)
    assert host.tab.call("toDraw") == ids[:1]


def test_what_does_not_follow_on_what_was_read_takes_its_place(host: Host) -> None:
    """The host has another Log than the one that was read, and a longer one: a newcomer gets its end."""
    host.tab.call("closes", 1006)
    host.log.clear()
    for number in range(5):
        host.writes(ana, Text(f"{number}"))
    host.tab.call("passes", 1_000)
    host.lets_in(last=3)
    host.sends(after=3)
    assert host.messages() == [("3", "in"), ("4", "in")]
    assert host.state["hasEarlier"]


def test_a_host_whose_computer_was_put_back_is_read_anew(host: Host) -> None:
    """It takes a guest who knows a later Log than its own for a forger, each time again."""
    host.tab.call("says", "Yes")
    host.says(frames.Refused("forged"))
    host.tab.call("closes", 1000)
    host.tab.call("passes", 1_000)
    assert host.lets_in() == frames.Resume(0, 0, START)
    (post,) = host.posted()
    host.takes(*post.entries)
    host.sends()
    assert host.messages() == [("Lunch?", "in"), ("Yes", "in")]


def test_a_log_that_was_cut_to_nothing_is_read_anew(host: Host) -> None:
    host.tab.call("closes", 1006)
    host.log.clear()
    host.writes(ana, Text("Anew"))
    host.tab.call("passes", 1_000)
    host.lets_in(last=0)
    host.sends()
    assert host.messages() == [("Anew", "in")]


def test_a_reload_goes_on_where_it_was(host: Host) -> None:
    host.tab.call("says", "Yes")
    host.opens(host.tab)
    assert host.lets_in() == frames.Resume(EPOCH, 1, host.log[0].head)
    assert host.messages() == [("Lunch?", "in"), ("Yes", "waiting")]
    (post,) = host.posted()
    host.takes(*post.entries)
    host.writes(ben, Text("No"))
    host.sends(after=1)
    assert host.messages() == [("Lunch?", "in"), ("Yes", "in"), ("No", "in")]


def test_another_tab_goes_on_with_what_the_first_wrote_and_back(host: Host) -> None:
    first = host.tab
    first.call("says", "From the first")
    host.says(frames.Refused("replaced"))
    host.opens(first)
    host.lets_in()
    host.tab.call("says", "From the second")
    entries = [entry for post in host.posted() for entry in post.entries]
    assert len(entries) == 2
    host.takes(*entries)
    host.sends(after=1)
    host.says(frames.Refused("replaced"))
    host.tab = first
    first.call("do", "come")
    assert host.lets_in().last == 3
    first.call("says", "From the first again")
    (post,) = host.posted()
    assert post.entries[0].counter > entries[1].counter
    assert [text for text, _state in host.messages()] == [
        "Lunch?", "From the first", "From the second", "From the first again",
    ]  # fmt: skip


def test_a_quiet_connection_is_asked_and_then_given_up(host: Host) -> None:
    host.tab.call("passes", 7_000)
    assert frames.Ping() in host.hears()
    host.says(frames.Pong())
    host.tab.call("passes", 14_000)
    assert host.state["phase"] == "in"
    host.tab.call("passes", 3_000)
    assert host.state["phase"] == "away"


def test_who_only_reads_in_a_lively_room_says_that_they_are_there(host: Host) -> None:
    """A host ends a connection on which nothing came for 15 s."""
    for _second in range(10):
        host.writes(ben, Text("and so on"))
        host.sends(after=len(host.log) - 1)
        host.tab.call("passes", 1_000)
    assert host.hears().count(frames.Ping()) in (1, 2)


def test_a_box_that_does_not_open_ends_the_connection(host: Host) -> None:
    host.tab.call("receives", bytes(40))
    assert not host.tab.call("isOpen")


def test_a_host_that_says_goodbye_is_away(host: Host) -> None:
    host.says(frames.Bye())
    host.tab.call("closes", 1000)
    assert (host.state["phase"], host.state["hostName"]) == ("away", "Ana")


def test_who_forgot_the_room_writes_on_all_the_same_when_they_come_again(host: Host) -> None:
    host.tab.call("says", "Before")
    (before,) = host.posted()
    host.takes(*before.entries)
    host.sends(after=1)
    host.says(frames.Refused("ended"))
    host.tab.call("do", "forget")
    assert host.messages() == []
    host.tab.call("passes", 1_000)
    host.opens(host.tab)
    assert host.lets_in() == frames.Resume(0, 0, START)
    host.tab.call("says", "After")
    (after,) = host.posted()
    assert after.entries[0].author == before.entries[0].author


# --- what the browser keeps ------------------------------------------------------------------------------------------
def test_a_browser_that_is_full_keeps_what_was_not_sent_before_anything_else(host: Host) -> None:
    host.opens(most=4_000)
    host.log.clear()
    host.greets()
    host.tab.call("do", "callMe", "Mia")
    for number in range(100):
        host.writes(ana, Text(f"{number} " + 50 * "x"))
    host.lets_in()
    host.sends()
    host.tab.call("passes", 2_000)
    host.tab.call("says", "Not lost")
    host.posted()
    host.opens(host.tab, most=4_000)
    assert host.lets_in() == frames.Resume(0, 0, START), "it comes as a newcomer, and is the same person"
    (post,) = host.posted()
    host.takes(*post.entries)
    host.sends()
    shown = host.messages()
    assert (len(shown), shown[-1]) == (101, ("Not lost", "in"))


def test_who_clears_the_browser_while_the_page_is_open_stays_the_same(host: Host) -> None:
    host.tab.call("isCleared")
    host.tab.call("says", "Yes")
    host.posted()
    host.writes(ben, Text("No"))
    host.sends(after=1)
    before = host.guest
    host.opens(host.tab)
    assert host.lets_in().last == 2
    assert host.guest == before
    assert host.messages() == [("Lunch?", "in"), ("No", "in"), ("Yes", "waiting")]


def test_what_somebody_wrote_whom_the_browser_has_forgotten_is_not_sent_in_anothers_name(host: Host) -> None:
    host.tab.call("says", "Yes")
    host.posted()
    host.tab.call("hides")
    host.tab.call("loses", "lanchat person")
    host.opens(host.tab)
    host.greets()
    host.tab.call("do", "callMe", "Mo")
    host.lets_in()
    assert host.posted() == [], "the host would end the connection, each time again"


def test_two_tabs_that_were_opened_before_a_name_was_said_are_one_guest(stranger: Host) -> None:
    first = stranger.tab
    stranger.greets()
    stranger.opens(first)
    stranger.greets()
    stranger.tab.call("do", "callMe", "Mia")
    stranger.lets_in()
    of_the_second = stranger.guest
    stranger.tab.call("says", "From the second")
    stranger.posted()
    stranger.tab = first
    first.call("do", "callMe", "Mia")
    stranger.lets_in()
    assert stranger.guest.key == of_the_second.key
    (post,) = stranger.posted()
    assert [entry.author for entry in post.entries] == [of_the_second.key]


def test_a_room_that_was_forgotten_is_not_kept_a_moment_later(host: Host) -> None:
    host.writes(ben, Text("No"))
    host.sends(after=1)
    host.tab.call("do", "forget")
    host.tab.call("passes", 5_000)
    assert host.tab.call("names") == ["lanchat person"]


# --- a clock that is wrong -------------------------------------------------------------------------------------------
YEARS = 10 * 365 * 86_400_000


@pytest.mark.parametrize("years", [YEARS, -YEARS])
def test_a_clock_that_is_wrong_by_years_changes_no_order_and_no_time(host: Host, years: int) -> None:
    host.tab.call("setClock", years)
    host.tab.call("says", "one")
    host.tab.call("setClock", -years)
    host.tab.call("says", "two")
    counters = [entry.counter for post in host.posted() for entry in post.entries]
    assert counters == sorted(set(counters))
    host.writes(ben, Text("No"))
    host.sends(after=1)
    assert host.message("No")["at"] == NOW


def test_a_clock_that_is_put_back_does_not_keep_a_dead_connection(host: Host) -> None:
    host.tab.call("setClock", -YEARS)
    host.tab.call("passes", 17_000)
    assert host.state["phase"] == "away"
    host.tab.call("passes", 1_000)
    assert host.tab.call("isOpen")


def test_who_forgot_the_room_and_whose_clock_was_put_back_writes_on_all_the_same(host: Host) -> None:
    host.tab.call("says", "Before")
    (before,) = host.posted()
    host.says(frames.Refused("ended"))
    host.tab.call("do", "forget")
    host.opens(host.tab)
    host.tab.call("setClock", -YEARS)
    host.lets_in()
    host.tab.call("says", "After")
    (after,) = host.posted()
    (one,), (other,) = before.entries, after.entries
    assert one.author == other.author
    assert one.device_id != other.device_id, "the host takes no lower number of the same device"


# --- the next host ---------------------------------------------------------------------------------------------------
def knocks(host: Host) -> list[str]:
    """Where a page asks for Ben, to whom Ana handed the room over, and what: in one round."""
    for _ in range(40):
        if urls := host.tab.call("knocksAt"):
            return [url.removeprefix("ws://") for url in urls]
        host.tab.call("passes", 1_000)
    raise AssertionError("it does not look for Ben")


@pytest.fixture
def left(host: Host) -> Host:
    host.says(frames.Moved(frames.Heir(ben.key, "192.168.1.7", 29748)))
    host.tab.call("closes", 1000)
    return host


def test_a_page_goes_where_the_next_host_answers_what_it_asked(left: Host) -> None:
    _, question, _ = knocks(left)
    left.tab.call("hearsAt", f"ws://{question}", HostSide(ben, KITCHEN, "Kitchen").hello(question))
    (url,) = left.tab.call("went")
    assert url.startswith(f"http://192.168.1.7:29751/#{left.code.fragment(MemberKey(ben.key))}.")


def test_a_page_does_not_go_to_who_repeats_what_the_next_host_said_to_another(left: Host) -> None:
    before = knocks(left)[0]
    for wrong in ("", before, before[:-1], before.rpartition("?")[0], before.replace(".7:", ".8:")):
        for question in knocks(left):
            said = wrong if wrong != question else question.replace(":2975", ":2976")
            left.tab.call("hearsAt", f"ws://{question}", HostSide(ben, KITCHEN, "Kitchen").hello(said))
        assert left.tab.call("went") == []
        assert not set(knocks(left)) & {before}, "each is asked once"


# --- from another host's page ----------------------------------------------------------------------------------------
def handoff(room_id: RoomId = KITCHEN, nick: str = "Mia") -> dict[str, Any]:
    """Of somebody whose key is not kept here."""
    return {
        "secretKey": b"s" * 32, "deviceId": b"d" * 8, "nick": nick, "revision": 2, "room": room_id, "counter": 0,
        "outbox": [],
    }  # fmt: skip


THEIRS = Ed25519PrivateKey.from_private_bytes(b"s" * 32).public_key().public_bytes_raw()


@pytest.mark.parametrize("room_id", [KITCHEN, GARDEN])
@pytest.mark.parametrize("other_code", [False, True])
def test_nobody_in_the_room_becomes_somebody_else_by_an_address(
    host: Host, room_id: RoomId, other_code: bool
) -> None:
    """Whoever made it knows the key in it, and could write in their name."""
    me = host.guest.key
    if other_code:
        host.code = GuestCode.new()
    for _ in range(2):  # a reload changes nothing
        host.opens(host.tab, handoff=handoff(room_id, "Mallory"))
        host.lets_in()
        assert (host.guest.key, host.guest.nick) == (me, "Mia")
        host.opens(host.tab)
        host.lets_in()
        assert host.guest.key == me


def test_who_comes_from_another_hosts_page_stays_who_they_are_beside_who_is_in_other_rooms(host: Host) -> None:
    me = host.guest.key
    host.room_id = GARDEN
    host.opens(host.tab, handoff=handoff(GARDEN))
    host.log.clear()
    host.lets_in()
    assert host.guest.key == THEIRS
    host.opens(host.tab)
    host.lets_in()
    assert host.guest.key == THEIRS
    host.room_id = KITCHEN
    host.opens(host.tab)
    host.lets_in()
    assert host.guest.key == me
    host.opens(host.tab, handoff=handoff(GARDEN))
    host.lets_in()
    assert host.guest.key == me


def test_who_comes_back_from_another_hosts_page_has_the_name_they_have_now(stranger: Host) -> None:
    for nick in ("Mia", "Mia B."):
        stranger.opens(stranger.tab, handoff=handoff(nick=nick))
        stranger.lets_in()
        assert (stranger.guest.key, stranger.guest.nick) == (THEIRS, nick)


def test_a_browser_that_keeps_nothing_is_who_came_from_another_hosts_page(stranger: Host) -> None:
    stranger.opens(most=0, handoff=handoff())
    stranger.lets_in()
    assert stranger.guest.key == THEIRS
