"""A Pull from several sources, each with its threads, while others stop, pause and discard it as they like."""

from __future__ import annotations

import asyncio
import random
import threading
from pathlib import Path

import pytest
from network.file_peers import KITCHEN, PATIENCE_SECONDS, OfferedBytes, Shelf, at, caller

from lanchat.core.file_manifest import Manifest
from lanchat.core.file_offer import FileOffer
from lanchat.engine.pull import Pull, PullOwner, SourcePlace
from lanchat.network.connection_limiter import ConnectionLimiter
from lanchat.network.file_fetch import FileFetch
from lanchat.network.file_server import FileServer
from lanchat.network.file_shelf import PullEnd
from lanchat.storage.partial_files import PartialFiles, new_part
from tests.identities import new_identity

OFFERED = OfferedBytes(chunks=48)
SOURCES = 3


class Owner(PullOwner):
    """Says where the bytes go, and counts what it hears."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self.partial: PartialFiles | None = None
        self.ended: asyncio.Queue[PullEnd] = asyncio.Queue()
        self.ends: set[PullEnd] = set()
        self.comes = asyncio.Event()
        self.complete = asyncio.Event()

    def manifest_came(self, pull: Pull, manifest: Manifest) -> None:
        assert self.partial is None, "it came twice"
        self.partial = PartialFiles(manifest, new_part(self.target, manifest.root), self.target)
        pull.write_to(self.partial)
        self.comes.set()

    def source_ended(self, pull: Pull, place: SourcePlace, end: PullEnd) -> None:
        self.ended.put_nowait(end)

    def pull_complete(self, pull: Pull) -> None:
        assert not self.complete.is_set(), "it is told once"
        self.complete.set()


async def pulls(owner: Owner, servers: list[FileServer], seed: int, rounds: int) -> Pull:
    """From all of them, stopped in all ways again and again, for so many rounds, then to the end. After a single round
    it is discarded or closed."""
    chance, me = random.Random(seed), new_identity()
    offer = FileOffer("file.bin", len(OFFERED.data), 1, OFFERED.root, len(OFFERED.manifest), "", 0, 0)
    pull = Pull(offer, owner)
    places = [SourcePlace(KITCHEN, server.identity.key, "127.0.0.1", server.port) for server in servers]

    def begin() -> list[FileFetch]:
        fetches = [
            FileFetch(at(server), server.identity.key, caller(me), pull.source(place))
            for server, place in zip(servers, places, strict=True)
        ]
        for fetch in fetches:
            fetch.start()
        return fetches

    async def all_end(fetches: list[FileFetch]) -> None:
        for fetch in fetches:
            await asyncio.to_thread(fetch.join, PATIENCE_SECONDS)
            owner.ends.add(await owner.ended.get())

    for _ in range(rounds):
        fetches = begin()
        await owner.comes.wait()
        await asyncio.sleep(chance.random() * 0.03)
        match chance.choice(["pause", "one", "drop", "all"]):
            case "pause":
                pull.stop()
            case "one":
                chance.choice(fetches).stop()
            case "drop":
                chance.choice(servers).drop(me.key)
        await asyncio.sleep(chance.random() * 0.01)
        pull.stop()
        for fetch in chance.sample(fetches, len(fetches)):
            fetch.stop()
        if rounds == 1:
            assert owner.partial is not None
            await asyncio.to_thread(owner.partial.discard if seed % 2 else owner.partial.close)
        await all_end(fetches)
        pull.go_on()
    if rounds > 1:
        while not owner.complete.is_set():
            await all_end(begin())
    return pull


@pytest.fixture
def servers() -> list[FileServer]:
    made = [FileServer(KITCHEN, new_identity(), Shelf(OFFERED)) for _ in range(SOURCES)]
    for server in made:
        server._limiter = ConnectionLimiter.lifted(100)
        server.open()
    return made


def over(servers: list[FileServer]) -> None:
    for server in servers:
        server.close()
        assert server.connections == 0
    assert not [one for one in threading.enumerate() if one.name.startswith("lanchat-file")]


@pytest.mark.parametrize("seed", range(6))
def test_whatever_stops_it_all_of_it_comes_in_the_end(tmp_path: Path, servers: list[FileServer], seed: int) -> None:
    async def scene() -> None:
        owner = Owner(tmp_path / "file.bin")
        async with asyncio.timeout(2 * PATIENCE_SECONDS):
            await pulls(owner, servers, seed, rounds=8)
        assert owner.ends <= {PullEnd.DONE, PullEnd.STOPPED, PullEnd.GONE}, "nobody is blamed, and no disk"
        assert owner.partial is not None
        assert owner.partial.finish().path.read_bytes() == OFFERED.data

    asyncio.run(scene())
    over(servers)
    assert [path.name for path in tmp_path.iterdir()] == ["file.bin"]


@pytest.mark.parametrize("seed", range(8))
def test_what_is_discarded_or_closed_in_the_middle_is_written_no_more(
    tmp_path: Path, servers: list[FileServer], seed: int
) -> None:
    async def scene() -> Owner:
        owner = Owner(tmp_path / "file.bin")
        async with asyncio.timeout(2 * PATIENCE_SECONDS):
            await pulls(owner, servers, seed, rounds=1)
        return owner

    owner = asyncio.run(scene())
    over(servers)
    assert owner.partial is not None
    if seed % 2:
        assert list(tmp_path.iterdir()) == []
    else:
        later = PartialFiles(owner.partial.manifest, owner.partial.part, owner.target)
        later.check()
        assert owner.partial.missing() == later.missing() or later.is_whole
        for index in later.missing():
            later.write(index, OFFERED.chunk(index))
        assert later.finish().path.read_bytes() == OFFERED.data
