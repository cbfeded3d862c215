"""Finds the room that somebody names by a title or a place (address, code, link, room id). Main thread."""

from __future__ import annotations

import math
import re
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass

from lanchat.core.address import NotAnAddress, RoomIdTarget, Target, parse_where, surely_a_place, where_problem
from lanchat.core.listing import Listing
from lanchat.core.model import MemberKey, PrivateThread, RoomId
from lanchat.core.nicks import Nicks, People
from lanchat.core.text import same_title, shown_nick, shown_title, shows_nothing
from lanchat.core.translate import _
from lanchat.engine.commands import Browse
from lanchat.engine.events import LOOK_SECONDS, LookedAround, Problem, RoomFound, RoomGone
from lanchat.engine.slash_actions import SlashOutcome, addressed_to
from lanchat.storage.reader import Reader
from lanchat.storage.records import RoomRecord
from lanchat.terminal.console import Console
from lanchat.terminal.join_room import report_problem
from lanchat.terminal.standard_streams import CommandError, Exit, is_terminal, print_diagnostic

#: A link or a room code, however mistyped: it is no title.
_LIKE_A_PLACE = re.compile(r"\s*(lanchat://|\w{5}-\w{5}-\w{3}\s*$)", re.ASCII | re.IGNORECASE)
#: A numeric address, or a mistyped one. It may be a title, too: a version, a date.
_LIKE_AN_ADDRESS = re.compile(r"\s*\d+(\.\d+)+(:\d*)?\s*$", re.ASCII)
_NAMES_SECONDS = 2.0  # for a host to say what people are called
_AMBIGUITY_SECONDS = 0.4  # after a room of the title answered, for another of the same title to answer


@dataclass(frozen=True, slots=True)
class FoundRoom:
    room_id: RoomId
    title: str
    host: str  #: its host's nick; "" when it is not here
    known: bool
    here: bool


@dataclass(frozen=True, slots=True)
class JoinTarget:
    where: str  #: for the command Join
    away: RoomId | None = None  #: a known room that is not here now


def find_room(console: Console, wanted: str, *, thorough: bool = False, until: float | None = None) -> JoinTarget:
    """The room that `wanted` names. Searches the network where that is needed, until `until`. Raises CommandError.

    `thorough`: for a message that is sent without a look at the room. An unknown room is then taken only when the whole
    first burst of questions found no other of its title.
    """
    if shows_nothing(wanted):
        raise CommandError(_("Say which room: its title, its id, an address, a code or a link."), Exit.USAGE)
    target = _place(wanted)
    joined = known_rooms(console.reader)
    known = {room_id: title for room_id, title in joined.items() if same_title(title, wanted)}
    if target and not known and surely_a_place(wanted):
        if is_terminal(sys.stderr):
            title = joined.get(target.room_id, "") if isinstance(target, RoomIdTarget) else ""
            print_diagnostic(_("Connecting to {wanted}…").format(wanted=shown_title(title) if title else wanted))
        return JoinTarget(wanted)
    if is_terminal(sys.stderr):
        print_diagnostic(_("Looking for {wanted}…").format(wanted=wanted))
    found, others = _browse(console, wanted, known, thorough, until)
    candidates = [
        FoundRoom(
            room_id, shown_title(wanted), host_of(console.nicks, found[room_id]) if room_id in found else "",
            room_id in known, room_id in found,
        )
        for room_id in {**known, **found}
    ]  # fmt: skip
    if candidates:
        chosen = choose(candidates)
        return JoinTarget(chosen.room_id, None if chosen.here else chosen.room_id)
    if target:
        return JoinTarget(wanted)
    if any(record.hosted and same_title(record.title, wanted) for record in console.reader.rooms()):
        words = _("{title} is a room of your own; lanchat host opens it.")
        raise CommandError(words.format(title=shown_title(wanted)), Exit.NOT_FOUND)
    raise CommandError(_not_here(console.nicks, wanted, others), Exit.NOT_FOUND)


def choose(candidates: list[FoundRoom]) -> FoundRoom:
    """The only candidate; of several with one title, the only one both known and here. Raises CommandError."""
    if len(candidates) == 1:
        return candidates[0]
    known_and_here = [candidate for candidate in candidates if candidate.known and candidate.here]
    if len(known_and_here) == 1:
        return known_and_here[0]
    title = candidates[0].title
    words = _("There are {n} rooms called {title}. Use the id of the one you mean:")
    lines = [words.format(n=len(candidates), title=title)]
    for candidate in candidates:
        about = _("hosted by {host}") if candidate.known else _("hosted by {host}, new to you")
        about = about.format(host=candidate.host) if candidate.here else _("not here now")
        lines.append(f"    {candidate.room_id}   {about}")
    raise CommandError("\n".join(lines), Exit.NOT_FOUND)


def kept_room(reader: Reader, wanted: str) -> RoomId:
    """The room with this title or id whose messages are here. Raises CommandError."""
    if shows_nothing(wanted):
        raise CommandError(_("Say which room: its title or its id."), Exit.USAGE)
    records = kept_rooms(reader, wanted)
    if not records:
        words = _("You were never in a room called {title}.")
        raise CommandError(words.format(title=shown_title(wanted)), Exit.NOT_FOUND)
    found = [FoundRoom(one.room_id, shown_title(one.title), "", known=True, here=False) for one in records]
    return choose(found).room_id


def kept_thread(reader: Reader, room_id: RoomId, wanted: str) -> RoomId:
    """The thread with somebody, by nick or key, in which something was written. Raises CommandError."""
    peers = [thread.peer for thread in reader.threads() if thread.room_id == room_id]
    people = People(MemberKey(b""), Nicks({key: nick for key, nick in reader.nicks().items() if key in peers}))
    found = [key for key in peers if key.hex() == wanted.lower()] or people.addressed(wanted)
    if not found:
        words = _("No private messages with {nick} are kept here.")
        raise CommandError(words.format(nick=shown_nick(wanted)), Exit.NOT_FOUND)
    if len(found) > 1:
        keys = ", ".join(key.hex() for key in found)
        raise CommandError(_("Which one? Name one of these keys: {keys}").format(keys=keys), Exit.USAGE)
    return PrivateThread(room_id, found[0]).thread_id


def thread_with(console: Console, room_id: RoomId, wanted: str) -> RoomId:
    """The private thread with somebody whom this computer knows, or hears of when the room was just joined, by nick or
    key. Raises CommandError."""
    until = time.monotonic() + _NAMES_SECONDS
    while True:
        people = People(console.started.me, Nicks({}))
        people.nicks.learn(console.reader.all_cards())
        found = addressed_to(wanted, room_id, people)
        if not isinstance(found, SlashOutcome):
            return found
        if (event := console.next_event(until)) is None:
            raise CommandError(found.problem, Exit.NOT_FOUND)
        report_problem(event)


def kept_rooms(reader: Reader, wanted: str) -> list[RoomRecord]:
    """The rooms with this title or id whose messages are here."""
    return [one for one in reader.rooms() if one.room_id == wanted.lower() or same_title(one.title, wanted)]


def host_of(nicks: Nicks, listing: Listing) -> str:
    return nicks.host_of(listing) or shown_nick("")


def known_rooms(reader: Reader) -> dict[RoomId, str]:
    """The titles of joined rooms of others, the last used first."""
    return {record.room_id: record.title for record in reader.rooms() if not record.hosted}


def _browse(
    console: Console, wanted: str, known: Iterable[RoomId], thorough: bool, give_up: float | None
) -> tuple[dict[RoomId, Listing], dict[RoomId, Listing]]:
    """The rooms on the network with that title, and the others."""
    console.do(Browse())
    found: dict[RoomId, Listing] = {}
    others: dict[RoomId, Listing] = {}
    until = min(time.monotonic() + LOOK_SECONDS, math.inf if give_up is None else give_up)
    while (event := console.next_event(until)) is not None:
        match event:
            case RoomFound(listing) if listing.answering and same_title(listing.title, wanted):
                found[listing.room_id] = listing
                if [*known] == [listing.room_id]:
                    break
                if not thorough:
                    until = min(until, time.monotonic() + _AMBIGUITY_SECONDS)
            case RoomFound(listing):
                others[listing.room_id] = listing
            case RoomGone(listing):
                found.pop(listing.room_id, None)
                others.pop(listing.room_id, None)
            case LookedAround() if thorough or not found:
                break
            case Problem(what=what):
                print_diagnostic(what)
    return found, others


def _place(wanted: str) -> Target | None:
    try:
        return parse_where(wanted)
    except NotAnAddress as problem:
        if _LIKE_A_PLACE.match(wanted):
            raise CommandError(str(problem), Exit.NOT_FOUND) from None
        return None


def _not_here(nicks: Nicks, wanted: str, others: dict[RoomId, Listing]) -> str:
    words = _("There is no room called {title} here.").format(title=shown_title(wanted))
    if _LIKE_AN_ADDRESS.match(wanted) and (problem := where_problem(wanted)):
        return f"{words} {problem}"
    if silent := [listing for listing in others.values() if same_title(listing.title, wanted)]:
        words = _("{title} was here, but its host {host} does not answer.")
        return words.format(title=shown_title(wanted), host=host_of(nicks, silent[0]))
    if others:
        titles = sorted({shown_title(listing.title) for listing in others.values()}, key=str.casefold)
        return words + " " + _("There are: {titles}.").format(titles=", ".join(titles[:10]))
    return words + " " + _("No room was found at all; `lanchat doctor` checks why that may be.")
