"""Where files are: what clients say of the files that they have, and what a Host answers those who look for some. Pure.

Files are named by their root (`core.file_offer`). Nobody need be believed here: every piece of a file proves itself.
The Host itself is the first source of everybody, and is not told of. For itself it has FileDirectory ask who has files
to give them (`wanted`), since it may not reach its clients; they reach it.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Collection, Iterable

from lanchat.core import limits
from lanchat.core.frames import FileSource, FindSources, Frame, Holding, Misbehaved, Sources, Wanted, encode
from lanchat.core.host_actions import Action, FileSought, SendTo
from lanchat.core.sessions import Session

_ROOTS_A_FRAME = 20  # so many in a `holding` cost as much as another frame


class FileDirectory:
    """What a Host knows of who has which files."""

    def __init__(self) -> None:
        self._holders: dict[bytes, dict[Session, None]] = {}  # by root; the one that said so last comes last
        self._roots: dict[Session, tuple[int, tuple[bytes, ...]]] = {}  # and the port
        self._finding: dict[Session, OrderedDict[bytes, None]] = {}
        self._wanted: set[bytes] = set()
        self._copies: dict[bytes, str] = {}  # by root: what the Host says of its own copy
        self._kept = 0

    def heard(self, session: Session, frame: Holding | FindSources, now: float) -> list[Action]:
        """Raises Misbehaved."""
        if isinstance(frame, FindSources):
            return self._find(session, frame.root)
        price = len(frame.roots) // _ROOTS_A_FRAME
        if session.frames.take(price, now) < price:
            raise Misbehaved("too many files at once")
        self._drop(session)
        roots = tuple(dict.fromkeys(frame.roots))
        self._make_room(len(roots))
        roots = roots[: max(0, limits.HOLDING_KEPT - self._kept)]
        new = [root for root in roots if root not in self._holders or session not in self._holders[root]]
        self._kept += len(roots)
        self._roots[session] = frame.port, roots
        for root in roots:
            self._holders.setdefault(root, {})[session] = None
        wanted = [root for root in new if root in self._wanted]
        return [*([_wanted(session, wanted)] if wanted else []), *self._tell_finders(session, new)]

    def forget(self, session: Session) -> None:
        """It is gone."""
        self._drop(session)
        self._finding.pop(session, None)

    def want(self, roots: Collection[bytes]) -> list[Action]:
        """The Host's computer wants the files of these roots, and of no others: ask one who has each, another one each
        time; and whoever says later that they have it. Nobody is asked for many: what one does not give is in the way
        of nobody else's."""
        self._wanted = set(roots)
        asked: dict[Session, list[bytes]] = {}
        for root in roots:
            holders = self._holders.get(root, {})
            free = (one for one in holders if len(asked.get(one, ())) < limits.WANTED_MOST)
            if (first := next(free, None)) is not None:
                del holders[first]
                holders[first] = None
                asked.setdefault(first, []).append(root)
        return [_wanted(session, some) for session, some in asked.items()]

    def keeps(self, root: bytes, copy: str) -> list[Action]:
        """Whether the Host's computer has the files of this root, as in `frames.Sources`: who looks for it is told."""
        if self._copies.get(root, "") == copy:
            return []
        self._copies.pop(root, None)
        self._copies[root] = copy
        if len(self._copies) > limits.HOLDING_KEPT:
            del self._copies[next(iter(self._copies))]
        finders = [session for session, finding in self._finding.items() if root in finding]
        return [action for session in finders for action in self._answer(session, root)]

    def _find(self, session: Session, root: bytes) -> list[Action]:
        finding = self._finding.setdefault(session, OrderedDict())
        finding[root] = None
        finding.move_to_end(root)
        if len(finding) > limits.FINDING_KEPT:
            finding.popitem(last=False)
        return [FileSought(root), *self._answer(session, root)]

    def _answer(self, asker: Session, root: bytes) -> list[Action]:
        """Who is told of anybody does not look any more: else one who says again and again what they have would make
        the Host tell all. Who has it waits for the Host's copy."""
        sources = self._sources(asker, root)
        if sources.host == "has" or (sources.sources and asker not in self._holders.get(root, {})):
            self._finding[asker].pop(root, None)
        return [SendTo(asker.id, encode(sources))]

    def _sources(self, asker: Session, root: bytes) -> Sources:
        """Those who said last that they have it: they were least often in an answer. A guest reaches only the Host."""
        found: list[FileSource] = []
        if asker.member.guest:
            return Sources(root, found, self._copies.get(root))
        for session in reversed(self._holders.get(root, {})):
            port = self._roots[session][0]
            if session is not asker and session.live and session.address and port:
                found.append(FileSource(session.member.key, session.address, port))
            if len(found) == limits.SOURCES_MOST:
                break
        return Sources(root, found, self._copies.get(root))

    def _tell_finders(self, holder: Session, roots: Iterable[bytes]) -> list[Action]:
        """`holder` has the files of these roots now: tell the clients that asked for them while nobody had them."""
        if not self._finding or not self._roots[holder][0]:
            return []
        finders = [
            (session, root)
            for session, finding in self._finding.items()
            for root in roots
            if root in finding and session is not holder
        ]
        return [action for session, root in finders for action in self._answer(session, root)]

    def _make_room(self, count: int) -> None:
        """For so many roots of one client: those that say more than that lose some, so that a few cannot take all."""
        while (lacking := self._kept + count - limits.HOLDING_KEPT) > 0:
            most = max(self._roots, key=lambda one: len(self._roots[one][1]))
            port, roots = self._roots[most]
            left = max(count, len(roots) - lacking)
            if left >= len(roots):
                return
            self._roots[most] = port, roots[:left]
            self._unhold(most, roots[left:])

    def _drop(self, session: Session) -> None:
        _port, roots = self._roots.pop(session, (0, ()))
        self._unhold(session, roots)

    def _unhold(self, session: Session, roots: Collection[bytes]) -> None:
        self._kept -= len(roots)
        for root in roots:
            holders = self._holders[root]
            del holders[session]
            if not holders:
                del self._holders[root]


def _wanted(session: Session, roots: Iterable[bytes]) -> Action:
    return SendTo(session.id, encode(Wanted(list(roots)[: limits.HOLDING_MOST])))


class ClientFiles:
    """What a client has to say of files: which it has, and which it looks for."""

    def __init__(self) -> None:
        self._port = 0
        self._roots: tuple[bytes, ...] = ()
        self._said: tuple[int, tuple[bytes, ...]] = (0, ())  # on this connection
        self._said_at = -math.inf
        self._questions: dict[bytes, None] = {}

    def hold(self, port: int, roots: Iterable[bytes]) -> None:
        """These are here now, the newest first, and can be had at this port of ours; 0: at none."""
        self._port, self._roots = port, tuple(roots)[: limits.HOLDING_MOST]

    def find(self, root: bytes) -> None:
        """Ask who has it."""
        self._questions[root] = None

    def disconnected(self) -> None:
        self._said = (0, ())
        self._questions.clear()

    @property
    def waiting(self) -> bool:
        """Something is to be said."""
        return bool(self._questions) or self._said != (self._port, self._roots)

    def due(self, now: float) -> list[Frame]:
        """What is to be said now."""
        news: list[Frame] = []
        if self._said != (self._port, self._roots) and now - self._said_at >= limits.HOLDING_SECONDS:
            self._said, self._said_at = (self._port, self._roots), now
            news.append(Holding(self._port, list(self._roots)))
        news += [FindSources(root) for root in self._questions]
        self._questions.clear()
        return news
