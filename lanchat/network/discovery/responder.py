"""The responder: answers other computers' UDP questions about the rooms hosted here. On the Engine's loop."""

from __future__ import annotations

import asyncio
import ipaddress
import itertools
from collections import OrderedDict
from dataclasses import dataclass
from functools import partial

import msgspec

from lanchat.core.address import Numeric, numeric
from lanchat.core.model import RoomId
from lanchat.network.discovery import datagrams
from lanchat.network.discovery.datagrams import AnswerLimiter, Asker, Goodbye, Question, answer, decode, encode
from lanchat.network.discovery.interface import RoomDescription

MAX_ASKERS = 256  # the latest are told when a room closes


@dataclass(eq=False)
class Responder:
    rooms: dict[RoomId, RoomDescription]  #: those hosted here, kept by the owner, who calls `sync_sockets` on a change
    boot_id: str
    well_known: int
    this_machine_only: bool

    def __post_init__(self) -> None:
        self._ports: dict[tuple[bool, int], datagrams.DatagramPort] = {}
        self._limiter = AnswerLimiter()
        self._turns = itertools.count()
        self._askers: OrderedDict[tuple[str, int], tuple[bytes, datagrams.DatagramPort]] = OrderedDict()

    def say_goodbye(self, room: RoomDescription) -> None:
        """Tell those who asked lately that this room closes here."""
        for (address, port), (nonce, via) in self._askers.items():
            via.send(encode(Goodbye(nonce=nonce, room_id=room.room_id, fingerprint=room.fingerprint)), address, port)

    def announce_again(self) -> None:
        """Our addresses changed: answer those who asked lately again, from the new ones."""
        for (address, port), (nonce, via) in self._askers.items():
            found = answer(Question(nonce=nonce), list(self.rooms.values()), next(self._turns))
            if found:
                via.send(found, address, port)

    async def close(self) -> None:
        for room in self.rooms.values():
            self.say_goodbye(room)
        self.rooms.clear()
        await self.sync_sockets()

    async def sync_sockets(self) -> None:
        """Open and close sockets, so that there is one for each port that a question may come to; none without rooms.

        Raises OSError when the system has none left at the moment.
        """
        numbers = {self.well_known, *(room.port for room in self.rooms.values())} if self.rooms else set()
        wanted = {(v6, number) for v6 in (False, True) for number in numbers}
        for key in self._ports.keys() - wanted:
            await self._ports.pop(key).close()
        for v6, number in wanted - self._ports.keys():
            make = partial(datagrams.responder_socket, v6, number, shared=number == self.well_known)
            port = datagrams.DatagramPort(make, self._on_datagram)
            if await port.open():
                self._ports[v6, number] = port

    def _on_datagram(self, data: bytes, address: Numeric, port: int, via: datagrams.DatagramPort) -> None:
        local = ipaddress.ip_address(address).is_loopback
        question = decode(data)
        if not isinstance(question, Question) or (self.this_machine_only and not local):
            return
        asker = question.asker
        if asker:
            place = numeric(asker.address)
            if not local or asker.passed_by == self.boot_id or place is None:
                return
            address, port = place, asker.port
        if not self._limiter.allows(address, asyncio.get_running_loop().time()):
            return
        found = answer(question, list(self.rooms.values()), next(self._turns))
        if found:
            sender = self._ports.get((":" in address, self.well_known), via) if asker else via
            sender.send(found, address, port)
            self._remember(address, port, question.nonce, sender)
        if question.pass_on and not asker:
            self._pass_on(question, Asker(address, port, self.boot_id))

    def _remember(self, address: str, port: int, nonce: bytes, sender: datagrams.DatagramPort) -> None:
        """Keep whom to tell when a room closes. mDNS tells it too, but not on every network."""
        self._askers.pop((address, port), None)
        self._askers[address, port] = nonce, sender
        if len(self._askers) > MAX_ASKERS:
            self._askers.popitem(last=False)

    def _pass_on(self, question: Question, asker: Asker) -> None:
        shared = self._ports.get((False, self.well_known))
        if shared:
            passed = msgspec.structs.replace(question, pass_on=False, asker=asker)
            shared.send(encode(passed), datagrams.LOCAL_GROUP, self.well_known)
