"""A host under every attack at hand: honest members hardly notice, what it holds is bounded, nothing goes unhandled."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from lanchat.core import limits
from survival.attacks import ATTACKS
from survival.honest import Chat, chat
from survival.nodes import ENVIRONMENT, Node, Town, town

_LATE = 0.25  # seconds: I11
_BUSY = {"posts_per_second": 30.0, "burst": 60}
_MEGABYTE = 1_000_000


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Town]:
    """A host with its everyday caps, but that the honest may say enough to be measured."""
    with town(tmp_path, people=0, connections=None, **_BUSY) as made:
        yield made


def test_every_attack_in_turn(here: Town) -> None:
    """That the honest are heard; how soon is measured by `--long`, where no other test is in the way."""
    took = asyncio.run(_suffer(here, 0.15))
    everything = [seconds for each in took.values() for seconds in each]
    assert len(everything) > 50
    assert _p99(everything) < 3


@pytest.mark.long
def test_every_attack_in_turn_and_again(here: Town, capsys: pytest.CaptureFixture[str]) -> None:
    took = asyncio.run(_suffer(here, 2.5))
    with capsys.disabled():
        for attack, each in took.items():
            print(f"\n{attack:26} {len(each):4} lines, 99 % of them within {1e3 * _p99(each):4.0f} ms", end="")
    assert not [attack for attack, each in took.items() if _p99(each) >= _LATE]
    before = here.host.memory()
    asyncio.run(_suffer(here, 0.5))
    assert here.host.memory() - before < 10 * _MEGABYTE, "what was held is held for ever"


@pytest.mark.long
def test_guessing_a_passphrase(tmp_path: Path) -> None:
    words = "apple-banjo-comet-dune"
    with town(tmp_path, people=0, connections=None, passphrase=words, **_BUSY) as here:
        took = asyncio.run(_suffer(here, 5, ["guesses"], words))
        assert _p99(took["guesses"]) < _LATE
        assert here.host.journal("problem"), "the host's person hears of it"


async def _suffer(
    here: Town, seconds: float, attacks: Iterable[str] = ATTACKS, passphrase: str | None = None
) -> dict[str, list[float]]:
    """Each attack for so long; what the honest waited for their lines meanwhile."""
    async with chat(here.port, passphrase) as talk:
        await asyncio.sleep(0.1)
        return await _attack(here.port, talk, seconds, attacks, _Held(here.host))


async def _attack(
    port: int, talk: Chat, seconds: float, attacks: Iterable[str], held: _Held
) -> dict[str, list[float]]:
    took: dict[str, list[float]] = {}
    attacker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "survival.attacks", str(port), str(seconds), *attacks,
        stdout=asyncio.subprocess.PIPE, env=ENVIRONMENT,
    )  # fmt: skip
    assert attacker.stdout is not None
    watching = asyncio.create_task(held.watch())
    under = "no attack"
    while under != "over":
        line = await attacker.stdout.readline()
        took[under] = talk.took()
        under = line.decode().strip()
        assert under, "the attacker gave up"
    watching.cancel()
    assert await attacker.wait() == 0
    assert held.connections <= limits.UNAUTHENTICATED + 20  # of strangers, and of members who attack
    assert held.memory < 150 * _MEGABYTE
    return took


class _Held:
    """The most that a host held at once, beyond what it held in the beginning."""

    def __init__(self, host: Node) -> None:
        self._host = host
        self._before = host.descriptors(), host.memory()
        self.connections = self.memory = 0

    async def watch(self) -> None:
        connections, memory = self._before
        while True:
            self.connections = max(self.connections, self._host.descriptors() - connections)
            self.memory = max(self.memory, self._host.memory() - memory)
            await asyncio.sleep(0.02)


def _p99(seconds: list[float]) -> float:
    return sorted(seconds)[len(seconds) * 99 // 100]
