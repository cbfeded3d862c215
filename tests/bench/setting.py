"""Setting: what every measurement is given: the generator, servers to load, and how long it may take."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench import host, peers
from tests.bench.generator import Generator, Report, Target
from tests.bench.peers import Peer


@dataclass(frozen=True, slots=True)
class Setting:
    folder: Path
    generator: Generator
    short: bool  #: for CI: shorter runs, fewer of them
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    @property
    def seconds(self) -> float:
        """How long is measured, after `warm_up`."""
        return 1.5 if self.short else 5.0

    @property
    def warm_up(self) -> float:
        return 0.5 if self.short else 2.0

    def new_folder(self) -> Path:
        made = self.folder / str(next(self._numbers))
        made.mkdir()
        return made

    def host(
        self, main: str = "idle", *, lan: bool = False, offer: Path | None = None, guests: int | None = None
    ) -> AbstractContextManager[Target]:
        """A new lanchat host with an empty room, or one in which a file is offered, or so much was said for phones."""
        return host.running(self.new_folder(), main, lan=lan, offer=offer, guests=guests)

    @contextmanager
    def peer(self, peer: Peer) -> Iterator[Target | None]:
        """A peer; None when it is not installed, or the generator cannot load it."""
        if self.generator.slow:
            yield None
            return
        with peers.running(peer, self.new_folder()) as target:
            yield target

    def load(self, target: Target, **asked: float) -> Report:
        """One run against `target`, as long as this bench's runs are. Raises LoadFailed."""
        usual = {"settle": 0.25 if self.short else 0.5, "warm_up": self.warm_up, "seconds": self.seconds}
        return self.generator.run(target, **{**usual, **asked})
