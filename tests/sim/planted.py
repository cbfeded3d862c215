"""Planted bugs: one thing wrong in the real code each. The checker must find every one of them.

What needs a second host (a tail dropped on switching, an epoch that is not unique) comes with the hand-over of rooms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lanchat.core.client import Client
from lanchat.core.host import Host
from lanchat.core.keepalive import Keepalive
from lanchat.core.limits import PRESENCE_SECONDS
from lanchat.core.log import AppendQueue
from lanchat.core.member_news import Delivery, Furthest, Presence
from lanchat.core.model import EntryId
from lanchat.core.replica import Outbox
from lanchat.core.sessions import Bucket, SlowedDown
from sim.disks import HostDisk, sign

Method = Callable[..., Any]


@dataclass(frozen=True)
class Bug:
    """`wrong(real)` stands in for the method `name` of `owner`."""

    says: str
    owner: type
    name: str
    wrong: Callable[[Method], Method]


BUGS: list[Bug] = []


def planted(says: str, owner: type, name: str) -> Callable[[Callable[[Method], Method]], None]:
    return lambda wrong: BUGS.append(Bug(says, owner, name, wrong))


# --- the Log ---------------------------------------------------------------------------------------------------------
@planted("acknowledged before it is on disk", HostDisk, "end")
def _(real: Method) -> Method:
    def end(disk: HostDisk) -> Any:
        for item in disk.entries[-1:]:  # the host starts: the last commit before the crash never reached the disk
            disk.entries.pop()
            del disk.numbers[item.entry.author, item.entry.entry_id]
            disk.counters[item.entry.author, item.entry.device_id] -= 1
        return real(disk)

    return end


@planted("no entry is known already", HostDisk, "append_one")
def _(real: Method) -> Method:
    return lambda disk, entry, received_at: disk.put(entry, received_at)


@planted("what is known is forgotten at a restart", HostDisk, "end")
def _(real: Method) -> Method:
    def end(disk: HostDisk) -> Any:
        disk.numbers.clear()
        disk.counters.clear()
        return real(disk)

    return end


@planted("ordered by the sender's clock", HostDisk, "append")
def _(real: Method) -> Method:
    def append(disk: HostDisk, entries: Sequence[Any], received_at: int) -> list[Any]:
        by_clock = sorted(range(len(entries)), key=lambda at: entries[at].sent_at)
        outcomes = real(disk, [entries[at] for at in by_clock], received_at)
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
            new = EntryId(b"again" + entry.entry_id[5:])
            outbox.add(type(entry)(new, *_fields(entry)[1:-1], sign(new)))

    return start_again


def _fields(entry: Any) -> list[Any]:
    return [getattr(entry, name) for name in entry.__struct_fields__]


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
            session.waiting += 1
        return settled

    return settle


@planted("a full disk is not said", AppendQueue, "put_off")
def _(real: Method) -> Method:
    def put_off(posting: Any, *arguments: Any) -> Any:
        real(posting, *arguments)
        return []

    return put_off


# --- presence and second ticks ---------------------------------------------------------------------------------------
@planted("missed presence is not made up for", Host, "missed_presence")
def _(real: Method) -> Method:
    return lambda host, session_id, now: None


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
