"""Phrases: states, numbers, times and people's names in the person's language. Pure, any thread."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import assert_never

from lanchat.core import dates
from lanchat.core.attention import words_about_typists
from lanchat.core.file_words import offer_line
from lanchat.core.formatting import shown_lines
from lanchat.core.limits import NICK_CHARACTERS
from lanchat.core.model import Availability
from lanchat.core.text import clean_line, shown_text
from lanchat.core.translate import _, ngettext
from lanchat.desktop.emoji.emoji_data import EMOJI, split_emoji
from lanchat.desktop.model.room_model import RoomModel
from lanchat.desktop.model.unread import MOST
from lanchat.engine.events import ConnectionState, EntryState, KeyChanged, PassphraseNeeded

_NAME = "lanchat"
_MOST_EMOJI = 8  # of a line: each is an image
_ADDRESSES = 2  # more tell a person nothing
_LAST_CHARACTERS, _LAST_LINES = 200, 4  # of the newest message, of which one line is shown


# --- the list of rooms -----------------------------------------------------------------------------------------------
def my_rooms() -> str:
    return _("My rooms")


def found_here() -> str:
    return _("Found on this network")


def your_rooms() -> str:
    return _("Your rooms")


def about_room(room: RoomModel) -> str:
    """A few words under a room's title: why one cannot go in, or who is there."""
    if state := room_state(room):
        return state
    mine = _("you host") if room.hosted else _("you keep it open")
    return _joined(mine if room.is_kept_here else room.host, here(people_in(room)))


def room_state(room: RoomModel) -> str:
    """Why one cannot go in, or talk, now; "": one can."""
    if room.key_changed:
        elsewhere = isinstance(room.asked, KeyChanged) and room.asked.known_title
        return _("not the room you know") if elsewhere else _("not the host you know")
    if isinstance(room.asked, PassphraseNeeded):
        return _("passphrase needed")
    if room.entering or room.connection is ConnectionState.CONNECTING:
        return _("connecting…")
    if room.connection is ConnectionState.RECONNECTING:
        return _("reconnecting…")
    if room.listing is None and not room.is_live:
        return _("yours, closed") if room.hosted else _("not here now")
    if room.shut and not room.is_live:
        return _("does not answer")
    return ""


def people_in(room: RoomModel) -> int:
    """How many people are in a room, as far as is known; 0: not known."""
    if room_state(room):
        return 0
    listing = room.listing
    return room.here or (listing.people if listing else None) or 0


def last_line(room: RoomModel) -> str:
    """The newest message in one line, with its author; or who is writing. "": nothing was said yet."""
    if room.typists:
        return words_about_typists([room.people.called(key) for key in room.typists], room.more_typists)
    message = room.last
    if message is None:
        return ""
    author = _("You") if message.author == room.people.me else room.people.called(message.author)
    if message.offer is not None:
        return offer_line(author, message.offer, mine=message.author == room.people.me)
    if message.deleted:
        words = _("deleted message")
    elif not message.is_known:
        words = _("something that this lanchat is too old to show")
    else:
        words = preview(message.text)
    return _("{nick}: {text}").format(nick=author, text=words)


def unsent_line(room: RoomModel) -> str:
    """My newest message that is not in the log yet, in one line; "": there is none."""
    if not room.mine.outbox:
        return ""
    newest = list(room.mine.outbox.values())[-1]
    if newest.offer is not None:
        return offer_line(_("You"), newest.offer, mine=True)
    return _("{nick}: {text}").format(nick=_("You"), text=preview(newest.text))


def preview(text: str) -> str:
    """The beginning of a text, without its format, for the list of rooms."""
    return _preview(text[:_LAST_CHARACTERS])


@lru_cache(500)
def _preview(text: str) -> str:
    return " ".join(shown_lines(shown_text(text, lines=_LAST_LINES)).split())


def here(count: int) -> str:
    """How many people are in a room; "": not known."""
    return ngettext("{n} here", "{n} here", count).format(n=count) if count else ""


def unread(count: int) -> str:
    """The number in a pill; "": nothing is unread."""
    return f"{MOST - 1}+" if count >= MOST else str(count or "")


def unread_words(count: int, mentions: int) -> str:
    """What is unread in a room."""
    words = ngettext("{n} unread message", "{n} unread messages", count).format(n=unread(count))
    return _and_mentions(words, mentions)


def while_away(count: int, mentions: int) -> str:
    """What is unread, for who comes back."""
    words = ngettext("While you were away: {n} message", "While you were away: {n} messages", count)
    return _and_mentions(words.format(n=unread(count)), mentions)


def _and_mentions(words: str, mentions: int) -> str:
    if not mentions:
        return words
    named = ngettext("{n} mentions you", "{n} mention you", mentions).format(n=unread(mentions))
    return _("{messages}, {mentions}").format(messages=words, mentions=named)


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
            words = _("You are hosting · code {code}") if room.hosted else _("You keep it open · code {code}")
            return words.format(code=room.hosting.code)
        case ConnectionState.HOSTING:
            return _("You are hosting") if room.hosted else _("You keep it open")
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


def kept_open_by(room: RoomModel) -> str:
    """Who has the room open that I am in, for its header; "" while unknown."""
    if room.connection is not ConnectionState.CONNECTED or not room.host:
        return ""
    words = _("{host} hosts") if room.keeper == room.founder else _("{host} keeps it open")
    return words.format(host=room.host)


def brought_back(count: int) -> str:
    """How many messages are on their way into the room; "": none."""
    words = ngettext("{n} message is being brought back", "{n} messages are being brought back", count)
    return words.format(n=count) if count else ""


def not_brought_back(count: int) -> str:
    words = ngettext("{n} message could not be brought back.", "{n} messages could not be brought back.", count)
    return words.format(n=count)


def done_later(room: RoomModel) -> str:
    """What becomes of a change of a message while nobody has the room open."""
    return _("This is kept, and done when the room goes on.")


# --- what I said -----------------------------------------------------------------------------------------------------
def tick(state: EntryState, peer: str = "") -> str:
    """The meaning of a tick. `peer`: whom it is for, of a private message."""
    if peer and state is EntryState.TAKEN:
        return _("On the host's disk. {name} gets it when they are in the room.").format(name=peer)
    if peer and state is EntryState.DELIVERED:
        return _("{name} has it").format(name=peer)
    meanings = {
        EntryState.WAITING: _("Waiting on this computer until the host is there"),
        EntryState.TAKEN: _("The host has it; nobody else yet"),
        EntryState.DELIVERED: _("Somebody else has it too, or the host has seen it"),
        EntryState.NOT_SENT: _("Not sent"),
    }
    return meanings[state]


# --- times -----------------------------------------------------------------------------------------------------------
def day(of: date, today: date) -> str:
    """The words of the rule between the messages of two days."""
    return _near(of, today) or dates.full_date(of)


def when(milliseconds: int, now: datetime) -> str:
    """The time of one message by itself, as short as it is unambiguous: 20:14, Yesterday 20:14, 20 November 2026."""
    at = dates.moment(milliseconds)
    if at.date() == now.date():
        return dates.clock(at)
    if named := _near(at.date(), now.date()):
        return _("{day} {clock}").format(day=named, clock=dates.clock(at))
    return dates.short_date(at.date())


def when_last(milliseconds: int, now: datetime) -> str:
    """The time of the newest message of a room: 20:14, Yesterday, 20 November 2026."""
    at = dates.moment(milliseconds)
    if at.date() == now.date():
        return dates.clock(at)
    return _near(at.date(), now.date()) or dates.short_date(at.date())


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
        return _("{names} and {last}").format(names=_(", ").join(names[:-1]), last=names[-1])
    rest = len(names) - most
    words = ngettext("{names} and {n} other", "{names} and {n} others", rest)
    return words.format(names=_(", ").join(names[:most]), n=rest)


def availability(state: Availability) -> str:
    """Whether somebody is at their computer, in words."""
    return {Availability.HERE: _("Here"), Availability.AWAY: _("Away"), Availability.BUSY: _("Busy")}[state]


def one_line(text: str, most: int) -> str:
    """The beginning of a message in one line, of at most `most` characters and some emoji; "": it shows nothing."""
    words, kept, emoji = " ".join(shown_lines(shown_text(text)).split()), "", 0
    for piece, is_emoji in split_emoji(words[: 2 * most]):
        emoji += is_emoji
        kept += piece
        if len(kept) > most or emoji > _MOST_EMOJI:
            return kept[:most].rstrip() + "…"
    return kept if len(kept) == len(words) else kept + "…"


def plain_name(name: str, otherwise: str) -> str:
    """A name without emoji, for a button; `otherwise` if nothing is left of it."""
    return clean_line(EMOJI.sub("", name), NICK_CHARACTERS) or otherwise
