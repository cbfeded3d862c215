"""RoomAdvert: how others find a room that is open here: Discovery announces it, and its code and link are told, which
contain our addresses. Engine's loop."""

from __future__ import annotations

from lanchat.core.address import room_code, room_link
from lanchat.core.listing import key_fingerprint
from lanchat.core.model import MemberKey
from lanchat.engine import events
from lanchat.engine.active_room import ActiveRoom
from lanchat.engine.own_entries import Person
from lanchat.network.discovery.interface import Discovery, RoomDescription
from lanchat.trust.identity import badge


class RoomAdvert:
    def __init__(
        self, room: ActiveRoom, person: Person, owner: MemberKey, port: int, protected: bool, discovery: Discovery
    ) -> None:
        """`owner`: of the room, whose key its code and link name. `port`: where members are let in."""
        self._room = room
        self._person = person
        self._owner = key_fingerprint(owner)
        self._port = port
        self._protected = protected
        self._discovery = discovery
        self._people = 1  # who are here
        self._ways: events.WaysIn | None = None  # as told

    def advertise(self, epoch: int, people: int | None = None) -> None:
        """Announce the room in this epoch. `people`: how many are here now; None: as many as before."""
        self._people = self._people if people is None else people
        self._discovery.advertise(
            RoomDescription(
                room_id=self._room.room_id,
                title=self._room.title,
                fingerprint=key_fingerprint(self._person.key),
                owner=self._owner,
                epoch=epoch,
                port=self._port,
                passphrase=self._protected,
                people=self._people,
                host=self._person.card.nick,
            )
        )

    def withdraw(self) -> None:
        self._discovery.withdraw(self._room.room_id)

    def hosting_event(self, passphrase: str | None) -> events.Hosting:
        """How others get in, for the host's own person to tell."""
        ways = self._ways = self._ways_in()
        room, own_badge = self._room, badge(self._person.key)
        return events.Hosting(room.room_id, room.title, self._port, ways.code, ways.link, passphrase, own_badge)

    def network_changed(self) -> None:
        """Our addresses may be others now."""
        if self._ways is not None:
            self.tell_ways_in()

    def tell_ways_in(self) -> None:
        """Tell the code and the link, if that is news."""
        if self._ways != (ways := self._ways_in()):
            self._ways = ways
            self._room.tell(ways)

    def _ways_in(self) -> events.WaysIn:
        addresses = self._discovery.addresses()
        ipv4 = next((address for address in addresses if ":" not in address), "")
        return events.WaysIn(
            self._room.room_id,
            room_code(ipv4, self._owner) if ipv4 else "",
            room_link(addresses, self._port, self._room.room_id, self._owner) if addresses else "",
        )
