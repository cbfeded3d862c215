"""The responder: answers other computers' UDP questions about the rooms hosted here. On the Engine's loop."""

from __future__ import annotations

import asyncio
import ipaddress
import itertools
import socket
from collections import OrderedDict
from functools import partial

import msgspec

from lanchat import __version__
from lanchat.core.address import Numeric, numeric
from lanchat.core.model import RoomId
from lanchat.network.discovery import datagrams
from lanchat.network.discovery.datagrams import (
    AnswerLimiter,
    Asker,
    Goodbye,
    Question,
    RoomDescription,
    answer,
    decode,
    encode,
)
from lanchat.network.discovery.interface import Advert

MAX_ASKERS = 256  # the latest are told when a room closes


class Responder:
    """Opens its sockets with the first room and closes them with the last."""

    def __init__(self, boot_id: str, well_known: int, this_machine_only: bool) -> None:
        self._boot_id = boot_id
        self._well_known = well_known
        self._this_machine_only = this_machine_only
        self._rooms: dict[RoomId, RoomDescription] = {}
        self._ports: dict[tuple[bool, int], datagrams.DatagramPort] = {}
        self._limiter = AnswerLimiter()
        self._turns = itertools.count()
        self._askers: OrderedDict[tuple[str, int], tuple[bytes, datagrams.DatagramPort]] = OrderedDict()

    async def advertise(self, advert: Advert) -> None:
        self._rooms[advert.room_id] = RoomDescription(
            room_id=advert.room_id, title=advert.title, fingerprint=advert.fingerprint, port=advert.port,
            passphrase=advert.passphrase, boot_id=self._boot_id, people=advert.people, host=advert.host,
            app=__version__,
        )  # fmt: skip
        await self.sync_sockets()

    async def withdraw(self, room_id: RoomId) -> None:
        if self._rooms.pop(room_id, None):
            for (address, port), (nonce, via) in self._askers.items():
                via.send(encode(Goodbye(nonce=nonce, room_id=room_id)), address, port)
        await self.sync_sockets()

    def announce_again(self) -> None:
        """Our addresses changed: answer those who asked lately again, from the new ones."""
        for (address, port), (nonce, via) in self._askers.items():
            found = answer(Question(nonce=nonce), list(self._rooms.values()), next(self._turns))
            if found:
                via.send(found, address, port)

    async def close(self) -> None:
        for room_id in list(self._rooms):
            await self.withdraw(room_id)

    async def sync_sockets(self) -> None:
        """Open and close sockets, so that there is one for each port that a question may come to.

        Raises OSError when the system has none left at the moment.
        """
        numbers = {self._well_known, *(room.port for room in self._rooms.values())} if self._rooms else set()
        wanted = {(v6, number) for v6 in (False, True) for number in numbers}
        for key in self._ports.keys() - wanted:
            await self._ports.pop(key).close()
        for v6, number in wanted - self._ports.keys():
            port = datagrams.DatagramPort(partial(self._socket, v6, number), self._on_datagram)
            if await port.open():
                self._ports[v6, number] = port

    def _socket(self, v6: bool, number: int) -> socket.socket:
        return datagrams.responder_socket(v6, number, shared=number == self._well_known)

    def _on_datagram(self, data: bytes, address: Numeric, port: int, via: datagrams.DatagramPort) -> None:
        local = ipaddress.ip_address(address).is_loopback
        question = decode(data)
        if not isinstance(question, Question) or (self._this_machine_only and not local):
            return
        asker = question.asker
        if asker:
            place = numeric(asker.address)
            if not local or asker.passed_by == self._boot_id or place is None:
                return
            address, port = place, asker.port
        if not self._limiter.allows(address, asyncio.get_running_loop().time()):
            return
        found = answer(question, list(self._rooms.values()), next(self._turns))
        if found:
            sender = self._ports.get((":" in address, self._well_known), via) if asker else via
            sender.send(found, address, port)
            self._remember(address, port, question.nonce, sender)
        if question.pass_on and not asker:
            self._pass_on(question, Asker(address, port, self._boot_id))

    def _remember(self, address: str, port: int, nonce: bytes, sender: datagrams.DatagramPort) -> None:
        """Keep whom to tell when a room closes. mDNS tells it too, but not on every network."""
        self._askers.pop((address, port), None)
        self._askers[address, port] = nonce, sender
        if len(self._askers) > MAX_ASKERS:
            self._askers.popitem(last=False)

    def _pass_on(self, question: Question, asker: Asker) -> None:
        shared = self._ports.get((False, self._well_known))
        if shared:
            passed = msgspec.structs.replace(question, pass_on=False, asker=asker)
            shared.send(encode(passed), datagrams.LOCAL_GROUP, self._well_known)
