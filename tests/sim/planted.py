"""Planted bugs: one thing wrong in the real code each. The checker must find every one of them.

What needs a second host (a tail dropped on switching, an epoch that is not unique) comes with the hand-over of rooms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from lanchat.core.attention import Attention
from lanchat.core.client import Client
from lanchat.core.codes import RejectCode
from lanchat.core.content import Correction, Deletion, ReactionChange, TopicText
from lanchat.core.host import Host
from lanchat.core.keepalive import Keepalive
from lanchat.core.limits import PRESENCE_SECONDS
from lanchat.core.log import AppendQueue, Placement
from lanchat.core.member_news import Delivery, Furthest, Presence
from lanchat.core.model import EntryId, LogEnd
from lanchat.core.posting import Outbox
from lanchat.core.sessions import Bucket, SlowedDown
from lanchat.engine.active_room import ActiveRoom
from lanchat.storage import entry_rows, messages, search_index, targets
from lanchat.storage.entry_rows import SEQ_MOST
from lanchat.storage.outbox import RoomOutbox
from lanchat.storage.projection import Projection
from lanchat.storage.room_log import RoomLog
from sim.injected import Signer
from sim.machine import ROOM

Method = Callable[..., Any]


@dataclass(frozen=True)
class Bug:
    """`wrong(real)` stands in for the method `name` of `owner`."""

    says: str
    owner: Any  # a class, or a module
    name: str
    wrong: Callable[[Method], Method]
    since: int = 0  #: the seed of the history that is tried first: few find some bugs


BUGS: list[Bug] = []


def planted(says: str, owner: Any, name: str, since: int = 0) -> Callable[[Callable[[Method], Method]], None]:
    return lambda wrong: BUGS.append(Bug(says, owner, name, wrong, since))


# --- the Log ---------------------------------------------------------------------------------------------------------
@planted("acknowledged before it is on disk", RoomLog, "_write")
def _(real: Method) -> Method:
    def write(log: Any, run: Sequence[Any], targets: Any = None) -> None:
        """What was placed is written with what is placed next."""
        if run:
            held, log.held = getattr(log, "held", []), run
            real(log, held)
            last = run[-1]
            log._end = LogEnd(last.epoch, log._end.base, log._end.base_head, last.seq, last.head)

    return write


@planted("no entry is known already", Placement, "place")
def _(real: Method) -> Method:
    def place(placement: Any, *arguments: Any) -> Any:
        placement.known.clear()
        return real(placement, *arguments)

    return place


@planted("what is in the Log is not looked for", entry_rows, "by_entry_id")
def _(real: Method) -> Method:
    return lambda database, room, entry_ids: {}


@planted("ordered by the sender's clock", RoomLog, "append")
def _(real: Method) -> Method:
    def append(log: Any, entries: Sequence[Any], *arguments: Any) -> list[Any]:
        by_clock = sorted(range(len(entries)), key=lambda at: entries[at].sent_at)
        outcomes = real(log, [entries[at] for at in by_clock], *arguments)
        return [outcomes[by_clock.index(at)] for at in range(len(entries))]

    return append


# --- resuming --------------------------------------------------------------------------------------------------------
def _welcome_from(cursor: Callable[[Host, int], int]) -> Callable[[Method], Method]:
    def wrong(real: Method) -> Method:
        def welcome(host: Host, session: Any, base: int, head: Any, now: float) -> None:
            real(host, session, base, head, now)
            session.cursor = cursor(host, base)

        return welcome

    return wrong


planted("resume off by one", Host, "_welcome")(_welcome_from(lambda host, base: min(base + 1, host.end.last)))
planted("resume overlaps", Host, "_welcome")(_welcome_from(lambda host, base: max(base - 1, 0)))
planted("live before caught up", Host, "_welcome")(_welcome_from(lambda host, base: host.end.last))


@planted("the cursor moves before the row is there", Client, "_entries")
def _(real: Method) -> Method:
    def entries(client: Any, *arguments: Any) -> None:
        real(client, *arguments)
        client._replica.on_disk = client._replica.last

    return entries


@planted("posts before there is a replica", Client, "_post_due")
def _(real: Method) -> Method:
    def post_due(client: Any, now: float) -> None:
        for post in client._outbox.due(now) if client.live else ():
            client._send(post, now)

    return post_due


@planted("a silent host is waited for", Keepalive, "gone")
def _(real: Method) -> Method:
    return lambda pulse, welcomed, now: False


# --- the Outbox ------------------------------------------------------------------------------------------------------
@planted("the Outbox is cleared on sending", Outbox, "due")
def _(real: Method) -> Method:
    def due(outbox: Any, now: float) -> Any:
        posts = real(outbox, now)
        outbox._under_way.clear()
        return posts

    return due


@planted("a new id on every try", Outbox, "_start_again")
def _(real: Method) -> Method:
    def start_again(outbox: Any) -> None:
        real(outbox)
        entries = list(outbox._waiting.values())
        outbox._waiting.clear()
        for entry in entries:
            again = replace(entry, entry_id=EntryId(b"again" + entry.entry_id[5:]))
            signature = Signer(entry.author).sign(again.signed_digest(ROOM))
            outbox.add(replace(again, signature=signature))

    return start_again


@planted("what came back stays in the Outbox", Outbox, "remove")
def _(real: Method) -> Method:
    return lambda outbox, entry_id: real(outbox, entry_id) and False


@planted("the newest goes first", Outbox, "_take")
def _(real: Method) -> Method:
    def take(outbox: Any, most: int) -> Any:
        if outbox._waiting:
            outbox._waiting.move_to_end(next(reversed(outbox._waiting)), last=False)
        return real(outbox, most)

    return take


# --- slow_down -------------------------------------------------------------------------------------------------------
@planted("the host goes on taking after slow_down", SlowedDown, "lets_through")
def _(real: Method) -> Method:
    def lets_through(slowed: Any, again: bool, now: float) -> bool:
        slowed._active = False
        return True

    return lets_through


@planted("after slow_down only the rest is sent", Outbox, "slow_down")
def _(real: Method) -> Method:
    def slow_down(outbox: Any, retry_ms: int, now: float) -> float:
        outbox._hold_until = now + retry_ms / 1000
        outbox._again = True
        return retry_ms / 1000

    return slow_down


@planted("the pace never recovers", Bucket, "_fill")
def _(real: Method) -> Method:
    return lambda bucket, now: None


@planted("what waits for the disk waits for ever", AppendQueue, "settle")
def _(real: Method) -> Method:
    def settle(posting: Any, outcomes: Any) -> Any:
        settled = real(posting, outcomes)
        for session in posting._sessions.values():
            session.posts.waiting += 1
        return settled

    return settle


@planted("a full disk is not said", AppendQueue, "put_off")
def _(real: Method) -> Method:
    def put_off(posting: Any, *arguments: Any) -> Any:
        real(posting, *arguments)
        return []

    return put_off


# --- presence and second ticks ---------------------------------------------------------------------------------------
@planted("missed presence is not made up for", Host, "missed_news", since=69)
def _(real: Method) -> Method:
    return lambda host, session_id, now: None


@planted("who is away is not told to those who come later", Presence, "tell_all_to")
def _(real: Method) -> Method:
    def tell_all_to(presence: Any, session: Any) -> None:
        presence._states.clear()
        real(presence, session)

    return tell_all_to


@planted("a new connection does not say that its person is away", Client, "attend")
def _(real: Method) -> Method:
    return lambda client, sharing, availability, now: real(client, sharing, availability, now) if now else None


@planted("who wrote something once writes for ever", Attention, "news", since=157)
def _(real: Method) -> Method:
    return lambda attention, now: real(attention, -1.0)


@planted("presence of a busy moment is lost", Presence, "tell")
def _(real: Method) -> Method:
    def tell(presence: Any, sessions: Any, now: float) -> Any:
        if now - presence._told < PRESENCE_SECONDS:
            presence._came.clear()
            presence._left.clear()
        return real(presence, sessions, now)

    return tell


@planted("leaving is not told", Presence, "left")
def _(real: Method) -> Method:
    return lambda presence, key: None


@planted("a new nick before the welcome is lost", Client, "renamed")
def _(real: Method) -> Method:
    return lambda client, card, now: real(client, card, now) if client.live else None


@planted("my other device counts for a second tick", Furthest, "beyond")
def _(real: Method) -> Method:
    return lambda furthest, member: furthest._best


@planted("a newcomer counts for what was before it", Delivery, "has")
def _(real: Method) -> Method:
    return lambda delivery, member, seq, base: real(delivery, member, seq, 0)


@planted("a second tick is told once only", Delivery, "tell")
def _(real: Method) -> Method:
    def tell(delivery: Any, sessions: Iterator[Any], now: float) -> Any:
        return real(delivery, [one for one in sessions if one.delivered == (0, 0)], now)

    return tell


# --- what annotations make of messages -------------------------------------------------------------------------------
@planted("nobody but the host looks at the rules", targets, "change_fault")
def _(real: Method) -> Method:
    return lambda change, author, target, host: None if target or isinstance(change, TopicText) else RejectCode.TARGET


@planted("everybody may edit", targets, "change_fault")
def _(real: Method) -> Method:
    def fault(change: Any, author: bytes, target: Any, host: Any) -> Any:
        return real(change, target.author if target and isinstance(change, Correction) else author, target, host)

    return fault


@planted("the host may not delete", targets, "change_fault", since=39)
def _(real: Method) -> Method:
    def fault(change: Any, author: bytes, target: Any, host: Any) -> Any:
        return real(change, author, target, None if isinstance(change, Deletion) else host)

    return fault


@planted("an annotation has an effect on a message after it", Projection, "_take")
def _(real: Method) -> Method:
    return lambda projection, one, targets: real(projection, one._replace(number=one.number | SEQ_MOST), targets)


@planted("annotations that came before their message are forgotten", RoomLog, "_project")
def _(real: Method) -> Method:
    return lambda log, first, last: None


@planted("a deleted text stays in the Log", Projection, "_erase_bodies")
def _(real: Method) -> Method:
    return lambda projection, found: None


@planted("a deleted or edited text stays in the index", search_index, "take_out")
def _(real: Method) -> Method:
    return lambda database, first, last: None


@planted("texts are not in the index", search_index, "put")
def _(real: Method) -> Method:
    return lambda database, texts: None


def _of_a_reaction(wrong: Callable[[Any, Any, Any], bool]) -> Callable[[Method], Method]:
    """`wrong` says whether the rest is to be done."""

    def planted_in(real: Method) -> Method:
        def apply(projection: Any, message: Any, annotation: Any) -> None:
            is_one = isinstance(annotation.change, ReactionChange)
            if not is_one or wrong(projection, message, annotation):
                real(projection, message, annotation)

        return apply

    return planted_in


def _taken_back_first(projection: Any, message: Any, annotation: Any) -> bool:
    values = (message.number, annotation.member)
    projection._database.do("DELETE FROM reactions WHERE message = ? AND member = ?", values)
    return True


planted("a reaction cannot be taken back", Projection, "_apply", since=45)(
    _of_a_reaction(lambda p, m, one: one.change.on)
)
planted("one reaction for each member", Projection, "_apply")(_of_a_reaction(_taken_back_first))


@planted("the topic that came last is the newest", Projection, "_set_topic")
def _(real: Method) -> Method:
    def set_topic(projection: Any, number: int, text: str) -> None:
        projection._database.do("UPDATE rooms SET topic_entry = NULL")
        real(projection, number, text)

    return set_topic


@planted("changes are not told", ActiveRoom, "_say_changes")
def _(real: Method) -> Method:
    return lambda room, seen: None


@planted("answers to what was edited or deleted are not told", messages, "_answers")
def _(real: Method) -> Method:
    return lambda database, place, quoted: []


@planted("a refused annotation stays in the Outbox", RoomOutbox, "refuse")
def _(real: Method) -> Method:
    return lambda outbox, entry_id, code: True
