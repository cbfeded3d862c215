"""A host and a client joined by real TLS in memory, with every frame as bytes on the way."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Container
from dataclasses import dataclass, field
from typing import Any

from lanchat.core import frames, limits
from lanchat.core.epoch import next_epoch
from lanchat.core.frames import Frame, Splitter
from lanchat.core.keeping import Keeping, Passes, Rank
from lanchat.core.model import Entry, MemberKey, RoomId
from lanchat.trust import identity, passphrase
from lanchat.trust.handshake import ClientHandshake, Expected, HostHandshake, HostPolicy, Pin
from lanchat.trust.identity import Identity, certificate_fingerprint
from lanchat.trust.join_errors import JoinError, Refusal
from lanchat.trust.passes import make_keeping, rank_of
from lanchat.trust.signing import make_card
from tests.identities import new_identity

KITCHEN = RoomId("kitchenkitchen22")
GARDEN = RoomId("gardengardengard")
EPOCH = next_epoch(0, 5)


@dataclass
class Room:
    """A room that somebody hosts."""

    host: Identity = field(default_factory=new_identity)
    room_id: RoomId = KITCHEN
    title: str = "Kitchen"
    secret: bytes | None = None
    members: set[MemberKey] = field(default_factory=set)
    banned: set[MemberKey] = field(default_factory=set)
    owner: Identity | None = None  #: None: who hosts it
    passes: Passes = ()  #: what entitles the host
    generation: int = 0  #: of its passphrase

    def policy(self) -> HostPolicy:
        return HostPolicy(
            self.room_id,
            self.title,
            certificate_fingerprint(self.host.certificate),
            self.secret,
            self.members.__contains__,
            self.banned.__contains__,
            owner=self.owner.key if self.owner else None,
            keeps=self.keeps,
            is_entitled=self._is_entitled,
        )

    def keeps(self) -> Entry:
        """The entry with which the host opened it."""
        return make_keeping(self.host, self.room_id, Keeping(EPOCH, 0, bytes(32), self.passes))

    def _is_entitled(self, key: MemberKey, passes: Passes) -> bool:
        owner = (self.owner or self.host).key
        return rank_of(key, owner, self.room_id, passes, self.generation, without(self.banned)) is not None

    def pin(self, **more: Any) -> Pin:
        """What a member keeps of it."""
        return Pin((self.owner or self.host).key, self.secret is not None, generation=self.generation, **more)


def without(banned: Container[MemberKey]) -> Callable[[MemberKey], Rank | None]:
    """What passes make of a member at most, where these are banned."""
    return lambda key: None if key in banned else Rank.CO_OWNER


def protected(words: str = "apple-banjo-comet-dune", **parts: object) -> Room:
    """A room with a passphrase."""
    return Room(secret=passphrase.derive(words, KITCHEN), **parts)  # type: ignore[arg-type]


class End:
    """One end of a TLS connection."""

    def __init__(self, context: ssl.SSLContext, server_side: bool) -> None:
        self.coming, self.going = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.coming, self.going, server_side=server_side)
        self.sent: list[Frame] = []
        self._server_side = server_side
        self._splitter = Splitter(limits.FRAME_BEFORE_MEMBER)

    def shake(self) -> bool:
        """One step of TLS's own handshake; whether it is over."""
        try:
            self.tls.do_handshake()
        except ssl.SSLWantReadError:
            return False
        return True

    def send(self, frame: Frame) -> None:
        self.sent.append(frame)
        self.tls.write(frames.encode(frame))

    def receive(self) -> list[Frame]:
        decode = frames.decode_from_client if self._server_side else frames.decode_from_host
        try:
            data = self.tls.read(65536)
        except ssl.SSLWantReadError:
            return []
        return [frame for body in self._splitter.feed(data) if (frame := decode(body)) is not None]


class TlsPair:
    """A TLS connection between a client and a host."""

    def __init__(self, host: Identity, context: ssl.SSLContext | None = None) -> None:
        self.client = End(context or identity.client_context(), server_side=False)
        self.host = End(identity.host_context(host), server_side=True)
        done = {self.client: False, self.host: False}
        while not all(done.values()):
            for end in done:
                done[end] = done[end] or end.shake()
                self.carry()
        certificate = self.client.tls.getpeercert(True)
        assert certificate is not None
        self.certificate = certificate

    def carry(self) -> None:
        self.host.coming.write(self.client.going.read())
        self.client.coming.write(self.host.going.read())


@dataclass
class Outcome:
    """How a meeting ended for both; both None: the client is in."""

    refusal: Refusal | None = None
    stopped: JoinError | None = None


def new_client(
    link: TlsPair,
    me: Identity,
    typed: str | None = None,
    expected: Expected | None = None,
    pins: dict[RoomId, Pin] | None = None,
    nick: str = "Ana",
) -> ClientHandshake:
    """A client at the door. Raises JoinError."""
    card = make_card(me, nick, 1)
    return ClientHandshake(me, card, link.certificate, expected or Expected(), (pins or {}).get, typed)


def run_handshake(link: TlsPair, host: HostHandshake, client: ClientHandshake) -> Outcome:
    """Let them talk until nobody has anything to say."""
    ending = Outcome()
    link.host.send(host.hello())
    while ending.refusal is None and ending.stopped is None:
        link.carry()
        to_client, to_host = link.client.receive(), link.host.receive()
        if not to_client and not to_host:
            return ending
        client_hears(link, client, to_client, ending)
        host_hears(link, host, to_host, ending)
    link.carry()
    if ending.stopped is None:
        client_hears(link, client, link.client.receive(), ending)
    return ending


def client_hears(link: TlsPair, client: ClientHandshake, normalised: list[Frame], ending: Outcome) -> None:
    try:
        for frame in normalised:
            for answer in client.received(frame):
                link.client.send(answer)
    except JoinError as error:
        ending.stopped = error


def host_hears(link: TlsPair, host: HostHandshake, normalised: list[Frame], ending: Outcome) -> None:
    try:
        for frame in normalised:
            for answer in host.received(frame):
                link.host.send(answer)
            if host.passphrase_attempt:
                link.host.send(host.answer_pake())
    except Refusal as refusal:
        ending.refusal = refusal
        link.host.send(refusal.frame())
