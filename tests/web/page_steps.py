"""What people do with the page of a phone, and whose it is, in the lab of `conftest`."""

from __future__ import annotations

import re
from pathlib import Path

from engine.people import People, Person
from lan.lanlab import Lab

from lanchat.core.file_offer import FileOffer
from lanchat.core.model import EntryId
from lanchat.engine import commands, events
from lanchat.engine.commands import InvitationTime
from lanchat.engine.events import FileState
from tests.web.browser import Tab

HOST, PHONE = "h1", "h2"  #: of the lab
PLACE = "taken at 6.2 S 106.8 E"  #: what a photo says of itself


def somebody(network: Lab, people: People, nick: str) -> Person:
    """A person whose lanchat runs on the computer."""
    return network.call(HOST, lambda: people.person(nick))


def invites(host: Person, lasts: InvitationTime = InvitationTime.HALF_HOUR) -> str:
    """The link, as the phone reads it."""
    host.do(commands.InviteGuests(host.room_id, lasts))
    link = host.hears(events.GuestsInvited).link
    return re.sub(r"//[^:]*", f"//{Lab.address(HOST)}", link)


def is_asked(tab: Tab, link: str) -> None:
    tab.opens(link)
    tab.sees("Your name")


def enters(tab: Tab, link: str, nick: str = "Mia") -> None:
    is_asked(tab, link)
    says_name(tab, nick)
    tab.sees("Connected")


def says_name(tab: Tab, nick: str) -> None:
    tab.taps("#name")
    tab.types(nick)
    tab.taps("button", "Enter the room")


def says(tab: Tab, text: str) -> None:
    tab.taps("#text")
    tab.types(text)
    tab.taps("#send")


def offer_seen(person: Person, name: str) -> tuple[EntryId, FileOffer]:
    def offering() -> list[tuple[EntryId, FileOffer]]:
        return [(one.message_id, one.offer) for one in person.room.messages if one.offer and one.offer.name == name]

    person.until(lambda: bool(offering()))
    return offering()[-1]


def gets(person: Person, name: str) -> Path:
    entry_id, _offer = offer_seen(person, name)
    person.do(commands.GetFile(person.room_id, entry_id))
    while (told := person.hears(events.FileChanged, message_id=entry_id)).state is not FileState.HERE:
        pass
    return Path(told.path)
