"""What every history has: the loop and its time, chance, connections that break, people who write, and an end."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import Coroutine, Sequence
from random import Random
from typing import TYPE_CHECKING, Any

from lanchat.core.content import Payload, Text, encode
from lanchat.core.limits import NICK_CHARACTERS
from lanchat.core.model import EntryId, MemberKey
from lanchat.network.connection import Connection
from lanchat.trust.signing import make_card
from sim.injected import injected
from sim.machine import ELSEWHERE, media
from sim.promises import Broken
from sim.virtual_loop import VirtualLoop
from sim.wires import CheckedConnection, Wire

if TYPE_CHECKING:
    from sim.nodes import Node

_LATELY = 8  # messages: what happens to these is more than what happens to one of a hundred
_BY_THE_OWNER = ("+pin", "+unpin", *["+topic"] * 5)  # these besides: from others they are refused
_CHANGES = (*["+edit", "+delete", "+react", "+react", "+unreact"] * 2, "+pin", "+unpin", "+topic", "+later", "poll")


class History:
    name = ""  #: for `python -m sim`
    lenient = False  #: hosts take annotations that break the rules
    truth: Any

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self.random = Random(seed)
        self.loop = VirtualLoop(self.random)
        self.loop.set_exception_handler(self._raised)
        self._later: list[bytes] = []  # ids that messages will have
        self.wires: list[Wire] = []
        self._failure: BaseException | None = None
        self._numbers = itertools.count(1)
        self.counts: Counter[str] = Counter()  #: what happened how often

    def run(self, steps: int) -> None:
        """Raises Broken, with a note about how to run this history again."""
        with media(), injected(self.random, self._wall_clock, self._token_bytes, self.lenient):
            self.gather()
            try:
                self.loop.run_until_complete(self._until_its_end(steps))
            except Broken as broken:
                broken.add_note(f"Alone: PYTHONPATH=tests python -m sim {self.name}{self._seed} {steps}")
                raise
            finally:
                self.loop.close()

    def gather(self) -> None:
        """Make the nodes."""
        raise NotImplementedError

    def passes(self, steps: int) -> Coroutine[Any, Any, None]:
        """All that happens."""
        raise NotImplementedError

    @property
    def nodes(self) -> Sequence[Node]:
        raise NotImplementedError

    def owns(self, node: Node) -> bool:
        """Whether this is a device of whose the room is."""
        raise NotImplementedError

    async def _until_its_end(self, steps: int) -> None:
        try:
            await self.passes(steps)
        finally:
            await self._take_apart()
            self._look_for_failure()

    async def _take_apart(self) -> None:
        """Whatever happened, no task is left."""
        for node in self.nodes:
            try:
                await node.crash()
            except Broken as broken:
                self.fail(broken)
        await asyncio.sleep(30)  # what is scheduled still, comes to nothing
        for task in (tasks := asyncio.all_tasks() - {asyncio.current_task()}):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def fail(self, error: BaseException) -> None:
        """A program broke, or a promise did."""
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        self._failure = self._failure or error

    def _raised(self, loop: object, context: dict[str, Any]) -> None:
        self.fail(context.get("exception") or RuntimeError(context["message"]))

    def _look_for_failure(self) -> None:
        if self._failure is not None:
            raise Broken(f"{type(self._failure).__name__}: {self._failure}") from self._failure

    def _wall_clock(self) -> int:
        if self.random.random() < 0.2:
            return self.random.randrange(-(2**53), 2**53) * 1_000_000
        return int(self.loop.time() * 1e9)

    async def pass_time(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self._look_for_failure()

    def _some_seconds(self) -> float:
        chance = self.random.random()
        return chance * 0.15 if chance < 0.9 else chance * 1.5 if chance < 0.98 else chance * 6

    # --- connections -------------------------------------------------------------------------------------------------
    def join(self, host: Node, member: Node) -> tuple[Connection, Connection]:
        """A new connection between two nodes: the host's end, and the member's."""
        ends = CheckedConnection(), CheckedConnection()
        self.wires = [wire for wire in self.wires if not wire.over]
        self.wires.append(Wire(self.loop, self.random, *ends, (host, member)))
        return ends

    def hang_up(self, node: Node) -> None:
        """The program of this node ends."""
        for wire in self.wires:
            for end, whose in zip(wire.ends, wire.between, strict=True):
                if whose is node:
                    end.die()

    # --- people ------------------------------------------------------------------------------------------------------
    def writes(self, node: Node, lengths: tuple[int, ...] = (1, 4, 4, 8, 8, 8, 9)) -> None:
        if node.running:
            texts = [self._new_text(lengths) for _ in range(self._few())]
            node.spawn(node.write([encode(Text(text), self._answered(node)) for text in texts]))

    def _new_text(self, lengths: tuple[int, ...]) -> str:
        return f"{next(self._numbers):x}".ljust(self.random.choice(lengths), "-")

    def _answered(self, node: Node) -> EntryId | None:
        return self._some_target(node) if self.random.random() < 0.2 else None

    def changes(self, node: Node) -> None:
        """Whatever people do to messages, right or wrong."""
        if not node.running:
            return
        payloads = []
        for _ in range(self._few()):
            kind = self.random.choice((*_CHANGES, *_BY_THE_OWNER) if self.owns(node) else _CHANGES)
            lengths = {"+edit": (4, 8, 8, 8, 9), "+topic": (4,)}.get(kind)
            body = self._new_text(lengths) if lengths else ""
            body = self.random.choice("👍🎂") if "react" in kind else body
            target = None if kind == "+topic" else self._some_target(node)
            if not self.truth.is_there(target, node.copy):
                self.truth.foreseen.add(target or b"")
            payloads.append(Payload(kind, target, body.encode()))
        node.spawn(node.write(payloads))

    def _some_target(self, node: Node) -> EntryId:
        """A message, mine or of somebody else, or an annotation; now and then one that is not here, or nowhere."""
        chance = self.random.random()
        if chance < 0.04:
            return ELSEWHERE
        if chance < 0.08:
            self._later.append(self.random.randbytes(16))
            return EntryId(self._later[-1])
        own = chance > 0.6
        fitting = [one for one in node.face.values() if not own or one.author == node.key]
        if fitting and chance < 0.9:
            return self.random.choice(fitting[-_LATELY:]).message_id
        return EntryId(self.random.choice([*self.truth.written, ELSEWHERE]))

    def _token_bytes(self, size: int) -> bytes:
        """Also an id that somebody knew before."""
        if size == 16 and self._later and self.random.random() < 0.2:
            return self._later.pop(self.random.randrange(len(self._later)))
        return self.random.randbytes(size)

    def _few(self) -> int:
        return self.random.choice((1, 1, 1, 2, 3))

    def rename(self, key: MemberKey) -> None:
        devices = [node for node in self.nodes if node.key == key]
        card = devices[0].person.card
        renamed = make_card(devices[0].person.identity, f"{card.nick}'"[:NICK_CHARACTERS], card.revision + 1)
        for node in devices:
            node.rename(renamed)

    # --- faults that all histories have
    def cut(self) -> None:
        if self.wires:
            self.random.choice(self.wires).cut(self.random.random() < 0.3)

    def clog(self) -> None:
        if self.wires:
            wire = self.random.choice(self.wires)
            wire.host.clogged = not wire.host.clogged
            wire.go_on()
