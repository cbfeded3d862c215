"""Phrases: states, numbers, times and people's names in the person's language. Pure, any thread."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import assert_never

from lanchat.core import dates
from lanchat.core.limits import NICK_CHARACTERS
from lanchat.core.text import clean_line, shown_title
from lanchat.core.translate import _, ngettext
from lanchat.desktop.emoji.emoji_data import EMOJI
from lanchat.desktop.model.room_model import RoomModel
from lanchat.desktop.model.unread import MOST
from lanchat.engine.events import ConnectionState, EntryState, KeyChanged, PassphraseNeeded

_NAME = "lanchat"
_ADDRESSES = 2  # more tell a person nothing


# --- the list of rooms -----------------------------------------------------------------------------------------------
def on_this_network() -> str:
    return _("On this network")


def your_rooms() -> str:
    return _("Your rooms")


def no_title() -> str:
    return shown_title("")


def about_room(room: RoomModel) -> str:
    """A few words under a room's title: why one cannot go in, or who is there."""
    if room.key_changed:
        elsewhere = isinstance(room.asked, KeyChanged) and room.asked.known_title
        return _("not the room you know") if elsewhere else _("not the host you know")
    if isinstance(room.asked, PassphraseNeeded):
        return _("passphrase needed")
    if room.entering or room.connection is ConnectionState.CONNECTING:
        return _("connecting…")
    if room.connection is ConnectionState.RECONNECTING:
        return _("reconnecting…")
    if room.connection is ConnectionState.HOSTING:
        return _joined(_("you host"), here(room.here))
    listing = room.listing
    if listing is None and not room.is_live:
        return _("yours, closed") if room.hosted else _("not here now")
    if room.shut and not room.is_live:
        return _("does not answer")
    return _joined(room.host, here(room.here or (listing and listing.people) or 0))


def here(count: int) -> str:
    """How many people are in a room; "": not known."""
    return ngettext("{n} here", "{n} here", count).format(n=count) if count else ""


def unread(count: int) -> str:
    """The number in a pill; "": nothing is unread."""
    return f"{MOST - 1}+" if count >= MOST else str(count or "")


def window_title(title: str, count: int) -> str:
    """`title`: of the room that is shown, or ""."""
    named = _("{room} — {app}").format(room=title, app=_NAME) if title else _NAME
    return _("({n}) {title}").format(n=unread(count), title=named) if count else named


def looked_on(where: Sequence[str]) -> str:
    """Where rooms are looked for, in as few addresses as suffice; without those of IPv6, if there are others."""
    known = [address for address in where if ":" not in address]
    return _(", ").join((known or [address.partition("%")[0] for address in where])[:_ADDRESSES])


# --- above a conversation --------------------------------------------------------------------------------------------
def connection(room: RoomModel) -> str:
    """The state of the connection to the host, for the header of a room."""
    match room.connection:
        case ConnectionState.HOSTING if room.hosting and room.hosting.code:
            return _("You are hosting · code {code}").format(code=room.hosting.code)
        case ConnectionState.HOSTING:
            return _("You are hosting")
        case ConnectionState.CONNECTED:
            return _("Connected")
        case ConnectionState.CONNECTING:
            return _("Connecting…")
        case ConnectionState.RECONNECTING:
            return _("Reconnecting…")
        case ConnectionState.STOPPED:
            return _("Not connected")
        case None if room.entering:
            return _("Opening…") if room.hosted else _("Connecting…")
        case None:
            return _("Closed") if room.hosted else _("Not connected")
        case _:
            assert_never(room.connection)


# --- what I said -----------------------------------------------------------------------------------------------------
def tick(state: EntryState) -> str:
    """The meaning of a tick."""
    match state:
        case EntryState.WAITING:
            return _("Waiting on this computer until the host is there")
        case EntryState.TAKEN:
            return _("The host has it; nobody else yet")
        case EntryState.DELIVERED:
            return _("Somebody else has it too, or the host has seen it")
        case EntryState.NOT_SENT:
            return _("Not sent")
        case _:
            assert_never(state)


# --- times -----------------------------------------------------------------------------------------------------------
def day(of: date, today: date) -> str:
    """The words of the rule between the messages of two days."""
    if named := _near(of, today):
        return named
    return dates.full_date(of)


def when(milliseconds: int, now: datetime) -> str:
    """The time of one message by itself, as short as it is unambiguous: 20:14, Yesterday 20:14, 20 November 2026."""
    at = dates.moment(milliseconds)
    if at.date() == now.date():
        return dates.clock(at)
    if named := _near(at.date(), now.date()):
        return _("{day} {clock}").format(day=named, clock=dates.clock(at))
    return dates.short_date(at.date())


def moment(milliseconds: int) -> str:
    """A date and time in full."""
    at = dates.moment(milliseconds)
    return _("{date}, {clock}").format(date=dates.full_date(at.date()), clock=dates.clock(at))


def _near(of: date, today: date) -> str:
    if of == today:
        return _("Today")
    return _("Yesterday") if of == today - timedelta(days=1) else ""


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


_NAMED = 2


def others_here(room: RoomModel) -> list[str]:
    """The names of everybody in the room but me, in the order of `People.here`."""
    people = room.people
    return [people.called(key) for key in people.here() if key != people.me]


def list_names(names: Sequence[str], most: int = _NAMED) -> str:
    """Ben, Li and 3 others. Of `most` and one more, all are named. `names`: at least one."""
    if len(names) == 1:
        return names[0]
    if len(names) <= most + 1:
        return _("{names} and {last}").format(names=_listed(names[:-1]), last=names[-1])
    rest = len(names) - most
    words = ngettext("{names} and {n} other", "{names} and {n} others", rest)
    return words.format(names=_listed(names[:most]), n=rest)


def plain_name(name: str, otherwise: str) -> str:
    """A name without emoji, for a button; `otherwise` if nothing is left of it."""
    return clean_line(EMOJI.sub("", name), NICK_CHARACTERS) or otherwise


def _listed(names: Sequence[str]) -> str:
    return _(", ").join(names)
