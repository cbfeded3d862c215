"""What a person in these tests can be asked to do, and how what they are told is written down."""

from __future__ import annotations

import asyncio
import os
import time
from functools import partial
from typing import Any

from lanchat.core.listing import Listing
from lanchat.core.model import RoomId
from lanchat.engine.events import Event, RoomFound, RoomGone
from lanchat.engine.sightings import Sightings
from lanchat.network.dialer import Address
from lanchat.network.discovery.interface import (
    BurstOver,
    Discovery,
    DiscoveryProblem,
    DuplicateHost,
    NetworkChanged,
    RoomDescription,
    RoomLost,
    RoomSeen,
    Sighting,
)


async def do(discovery: Discovery, command: str, given: dict[str, Any], told: list[dict[str, Any]]) -> None:
    match command:
        case "start":
            discovery.remember([tuple(place) for place in given.get("remember", [])])
            sightings = Sightings(discovery, partial(note_row, told), Nobody())

            def hear(sighting: Sighting) -> None:
                told.append(written(sighting))
                sightings.take(sighting)

            await discovery.start(hear)
            discovery.look(on=given.get("look", True))
        case "stop":
            await discovery.stop()
        case "advertise":
            given["fingerprint"], given["owner"] = map(bytes.fromhex, (given["fingerprint"], given["owner"]))
            discovery.advertise(RoomDescription(**given))
        case "withdraw":
            discovery.withdraw(RoomId(given["room_id"]))
        case "ask":
            discovery.ask(given["address"], given["port"])
        case "look":
            discovery.look(**given)
        case "listen":
            await asyncio.start_server(lambda _, writer: writer.close(), port=given["port"])
        case "crash":
            os._exit(9)
        case "exhaust" | "relieve":  # whether the program may open no more files and sockets
            import resource  # Windows has none, and no lab either

            most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
            resource.setrlimit(resource.RLIMIT_NOFILE, (3 if command == "exhaust" else most, most))
        case "count":
            told.append({"what": "counted", "seconds": time.process_time()})


class Nobody:
    """Acts on nothing that is seen."""

    def seen(self, listing: Listing) -> None: ...

    def network_changed(self) -> None: ...

    def look_for_twin(self, room_id: RoomId, addresses: list[Address], epoch: int) -> None: ...


def note_row(told: list[dict[str, Any]], event: Event) -> None:
    """What becomes of the list of rooms on the screen."""
    if isinstance(event, RoomFound | RoomGone):
        told.append(_described("row" if isinstance(event, RoomFound) else "no row", event.listing))


def _described(what: str, one: Listing) -> dict[str, Any]:
    return {
        "what": what, "title": one.title, "room_id": one.room_id, "fingerprint": one.fingerprint.hex(),
        "owner": one.owner.hex(), "epoch": one.epoch,
        "port": one.port, "addresses": list(one.addresses), "people": one.people, "host": one.host,
        "passphrase": one.passphrase, "first": one.addresses[0] if one.addresses else "",
    }  # fmt: skip


def written(sighting: Sighting) -> dict[str, Any]:
    match sighting:
        case RoomSeen(one) | RoomLost(one):
            what = "gone" if isinstance(sighting, RoomLost) else "found" if one.answering else "silent"
            return _described(what, one)
        case NetworkChanged(addresses):
            return {"what": "network", "addresses": list(addresses)}
        case DuplicateHost(room_id, addresses, port, epoch):
            return {"what": "twin", "room_id": room_id, "addresses": list(addresses), "port": port, "epoch": epoch}
        case BurstOver():
            return {"what": "looked"}
        case DiscoveryProblem(why):
            return {"what": "hindered", "why": why}
