"""Getting in: hello -> auth [-> pake -> confirm] -> entered, on both sides, without sockets or clocks.

    TLS done, `getpeercert` -> ClientHandshake (checks the host's key; nothing was sent yet)
    Host: hello()                     -> Client: received(hello) -> [auth]
    Host: received(auth)              -> [entered], or `passphrase_try` is set: ask the guard, then
    Host: answer_try()                -> pake; Client: received(pake) -> [confirm]
    Host: received(confirm)           -> [entered], and the try is over
    Client: received(entered)         -> `entered`

What fails raises: a Refusal on the Host (send its frame, close), a NotIn on the Client (close). Neither object is used
again after that. With a passphrase `answer_try` takes 7 ms and the client's `received` 40 ms: run them off the loop.
"""

from __future__ import annotations

import enum
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from lanchat.core import limits
from lanchat.core.codes import CloseCode
from lanchat.core.frames import Auth, Confirm, Entered, Frame, Hello, Pake, Refused
from lanchat.core.listing import key_fingerprint
from lanchat.core.model import Card, DeviceId, MemberKey, RoomId
from lanchat.core.text import clean_line
from lanchat.trust import join_errors
from lanchat.trust import passphrase as passphrases
from lanchat.trust.identity import Identity, NotAnIdentity, certificate_fingerprint, key_of_certificate
from lanchat.trust.join_errors import Refusal
from lanchat.trust.pake import BadPake, Binding, PakeClient, PakeHost
from lanchat.trust.signing import is_signed, verify_card

NONCE_BYTES = 32
LONGEST_WAIT = 600.0  # seconds; whatever a host says


class HandshakeStep(enum.Enum):
    """What a handshake waits for."""

    HELLO = enum.auto()
    AUTH = enum.auto()
    GUARD = enum.auto()  #: Host: the driver's leave to go on with the passphrase
    CONFIRM = enum.auto()
    PAKE = enum.auto()
    ENTERED = enum.auto()
    NOTHING = enum.auto()


@dataclass(frozen=True, slots=True)
class HostPolicy:
    """A room as it stands open: what the Host asks of those who come."""

    room_id: RoomId
    title: str
    certificate_fingerprint: bytes
    secret: bytes | None  #: `passphrase.derive` of the room's passphrase; None: open to all
    is_member: Callable[[MemberKey], bool]  #: has been in with the passphrase before, so needs it no more
    is_banned: Callable[[MemberKey], bool]
    host_key: MemberKey | None = None
    run: bytes = b""  #: marks this opening of the room, to tell it from another host with the same key


class HostHandshake:
    """The Host's side, for one Connection."""

    def __init__(self, door: HostPolicy) -> None:
        self._door = door
        self._nonce = secrets.token_bytes(NONCE_BYTES)
        self._step = HandshakeStep.AUTH
        self._auth: Auth | None = None
        self._pake: PakeHost | None = None
        self._in = False

    def hello(self) -> Hello:
        """The first frame on a new Connection."""
        door = self._door
        return Hello(limits.PROTOCOL_VERSION, self._nonce, door.room_id, door.title, door.secret is not None)

    @property
    def passphrase_try(self) -> bool:
        """The client wants to prove the passphrase: consult the PassphraseGuard, then call `answer_try`."""
        return self._step is HandshakeStep.GUARD

    @property
    def key(self) -> MemberKey | None:
        """Who it is, proved; None: not known yet. Not in for that."""
        return MemberKey(self._auth.card.key) if self._auth else None

    @property
    def entered(self) -> tuple[Card, DeviceId] | None:
        """Who is in; None: nobody yet. Only then may the client be told anything of the room."""
        return (self._auth.card, DeviceId(self._auth.device_id)) if self._in and self._auth else None

    def received(self, frame: Frame) -> list[Frame]:
        """The answer to one frame. Raises Refusal."""
        match frame, self._step:
            case Auth(), HandshakeStep.AUTH:
                return self._authenticate(frame)
            case Confirm(), HandshakeStep.CONFIRM:
                return self._confirm(frame)
            case _:
                raise self._refuse(CloseCode.ORDER)

    def answer_try(self) -> Pake:
        """Our side of the passphrase proof, once the guard agreed. Slow: any thread will do. Raises Refusal.

        How long it takes depends on the secret: send it a fixed time after the auth came, never at once.
        """
        if self._step is not HandshakeStep.GUARD or self._auth is None or self._door.secret is None:
            raise RuntimeError("no passphrase is being tried")
        self._pake = PakeHost(self._door.secret, self._binding(self._auth))
        try:
            message = self._pake.answer(self._auth.pake)
        except BadPake as error:
            raise self._refuse(CloseCode.ORDER) from error
        self._step = HandshakeStep.CONFIRM
        return Pake(message)

    def _authenticate(self, auth: Auth) -> list[Frame]:
        key = MemberKey(auth.card.key)
        if not is_signed(key, auth.signature, self._binding(auth).to_sign()):
            raise self._refuse(CloseCode.SIGNATURE)
        if not verify_card(auth.card) or not clean_line(auth.card.nick, limits.NICK_CHARACTERS):
            raise self._refuse(CloseCode.CARD)
        if auth.hosting and key == self._door.host_key:
            raise self._refuse(CloseCode.SELF if auth.hosting == self._door.run else CloseCode.TWIN)
        if self._door.is_banned(key):
            raise self._refuse(CloseCode.BANNED)
        self._auth = auth
        if auth.pake:
            if self._door.secret is None:
                raise self._refuse(CloseCode.ORDER)
            self._step = HandshakeStep.GUARD
            return []
        if self._door.secret is not None and not self._door.is_member(key):
            raise self._refuse(CloseCode.PASSPHRASE)
        return self._let_in(Entered())

    def _confirm(self, frame: Confirm) -> list[Frame]:
        proof = self._pake.check(frame.proof) if self._pake else None
        if proof is None:
            raise self._refuse(CloseCode.WRONG)
        return self._let_in(Entered(proof))

    def _let_in(self, frame: Entered) -> list[Frame]:
        self._step, self._in = HandshakeStep.NOTHING, True
        return [frame]

    def _refuse(self, code: CloseCode) -> Refusal:
        self._step = HandshakeStep.NOTHING
        return Refusal(code)

    def _binding(self, auth: Auth) -> Binding:
        door = self._door
        member, device_id = MemberKey(auth.card.key), DeviceId(auth.device_id)
        return Binding(door.certificate_fingerprint, self._nonce, auth.nonce, door.room_id, member, device_id)


@dataclass(frozen=True, slots=True)
class Pin:
    """What we remember of a room we were in."""

    host_key: MemberKey
    passphrase: bool


@dataclass(frozen=True, slots=True)
class Expected:
    """What is known of the room and its host before we connect; None: not known."""

    room_id: RoomId | None = None
    fingerprint: bytes | None = None  #: the host key's, or its first bytes, from a Listing, a code or a link
    before: tuple[RoomId, ...] = ()  #: for an address: the rooms that were there, the last one first

    def __post_init__(self) -> None:
        if self.fingerprint is not None and not 1 <= len(self.fingerprint) <= 16:
            raise ValueError("a fingerprint has 1 to 16 bytes")


class ClientHandshake:
    """The Client's side, for one Connection. It says nothing before the host's hello was found good."""

    def __init__(
        self,
        identity: Identity,
        card: Card,
        certificate: bytes,
        expected: Expected,
        pin_for: Callable[[RoomId], Pin | None],
        passphrase: str | None = None,
        hosting: bytes = b"",
    ) -> None:
        """`certificate`: the host's, DER, as TLS got it. `pin_for` is called on the thread that feeds frames.
        `hosting`: we host this very room, and this marks our run of it.

        Raises WrongHost, before a byte was sent. Whether the host is the one we knew of a room, its hello decides:
        where a host was, another computer may be today, with a room of its own.
        """
        self._identity = identity
        self._card = card
        self._expected = expected
        self._pin_for = pin_for
        self._passphrase = passphrase
        self._hosting = hosting
        self._certificate_fingerprint = certificate_fingerprint(certificate)
        self._step = HandshakeStep.HELLO
        self._pake: PakeClient | None = None
        self.entered = False
        self.room_id: RoomId | None = expected.room_id
        self.title = ""  #: cleaned; known from hello on
        self.protected = False  #: the room has a passphrase; known from hello on
        self.pinned = False  #: the host is the one we knew; known from hello on. False once in: a first meeting
        try:
            self.host_key = key_of_certificate(certificate)
        except NotAnIdentity as error:
            raise join_errors.WrongHost from error
        if expected.fingerprint is not None and not key_fingerprint(self.host_key).startswith(expected.fingerprint):
            raise join_errors.WrongHost

    def received(self, frame: Frame) -> list[Frame]:
        """The answer to one frame. Slow when there is a passphrase. Raises NotIn."""
        match frame, self._step:
            case Refused(), _:
                raise self._stop(self._told(frame))
            case Hello(), HandshakeStep.HELLO:
                return self._greet(frame)
            case Pake(), HandshakeStep.PAKE:
                return self._prove(frame)
            case Entered(), HandshakeStep.PAKE:  # let in without a proof of the passphrase
                raise self._stop(join_errors.HostUnproven())
            case Entered(), HandshakeStep.ENTERED:
                return self._enter(frame)
            case _:
                raise self._stop(join_errors.HostMisbehaved())

    def _greet(self, hello: Hello) -> list[Frame]:
        if hello.version != limits.PROTOCOL_VERSION:
            raise self._stop(join_errors.OtherVersion(hello.version, older=hello.version < limits.PROTOCOL_VERSION))
        room_id = RoomId(hello.room_id)
        if self._expected.room_id not in (None, room_id):
            raise self._stop(join_errors.WrongRoom())
        self.room_id, self.title = room_id, clean_line(hello.title, limits.TITLE_CHARACTERS)
        if self._expected.before and room_id not in self._expected.before:
            raise self._stop(join_errors.OtherRoomHere(self._expected.before[0], room_id, self.host_key, self.title))
        self.protected = hello.passphrase
        pin = self._check_pin(room_id)
        known_to_have_one = self._passphrase is not None or (pin is not None and pin.passphrase)
        if known_to_have_one and not hello.passphrase:
            raise self._stop(join_errors.Downgrade())
        if hello.passphrase and self._passphrase is None and pin is None:  # a host we knew may remember us
            raise self._stop(join_errors.PassphraseRequired(room_id, self.title))
        return [self._authenticate(hello, room_id)]

    def _authenticate(self, hello: Hello, room_id: RoomId) -> Auth:
        nonce = secrets.token_bytes(NONCE_BYTES)
        me, device_id = self._identity.key, self._identity.device_id
        binding = Binding(self._certificate_fingerprint, hello.nonce, nonce, room_id, me, device_id)
        signature = self._identity.sign(binding.to_sign())
        if self._passphrase is None:
            self._step = HandshakeStep.ENTERED
            return Auth(self._card, nonce, device_id, signature, hosting=self._hosting)
        self._pake = PakeClient(passphrases.derive(self._passphrase, room_id), binding)
        self._step = HandshakeStep.PAKE
        return Auth(self._card, nonce, device_id, signature, self._pake.message)

    def _prove(self, frame: Pake) -> list[Frame]:
        if self._pake is None:
            raise self._stop(join_errors.HostMisbehaved())
        try:
            proof = self._pake.confirm(frame.message)
        except BadPake as error:
            raise self._stop(join_errors.HostMisbehaved()) from error
        self._step = HandshakeStep.ENTERED
        return [Confirm(proof)]

    def _enter(self, frame: Entered) -> list[Frame]:
        if self._pake is not None and not self._pake.check(frame.proof):
            raise self._stop(join_errors.HostUnproven())
        self._step, self.entered = HandshakeStep.NOTHING, True
        return []

    def _check_pin(self, room_id: RoomId) -> Pin | None:
        pin = self._pin_for(room_id)
        if pin is not None and pin.host_key != self.host_key:
            raise self._stop(join_errors.HostKeyChanged(pin.host_key, self.host_key, room_id, self.title))
        self.pinned = pin is not None
        return pin

    def _told(self, frame: Refused) -> join_errors.NotIn:
        """What a refusal means at this point."""
        wait = min(frame.retry_ms / 1000, LONGEST_WAIT)
        if self.room_id is not None and self._step is HandshakeStep.PAKE and frame.code == CloseCode.BUSY:
            return join_errors.PassphraseRequired(self.room_id, self.title, wait)
        if self.room_id is not None and self._step is HandshakeStep.ENTERED:
            if frame.code == CloseCode.PASSPHRASE and self._pake is None:
                return join_errors.PassphraseRequired(self.room_id, self.title)
            if frame.code == CloseCode.WRONG and self._pake is not None:
                return join_errors.WrongPassphrase(self.room_id, self.title, wait)
        return join_errors.RefusedByHost(frame.code, wait)

    def _stop(self, error: join_errors.NotIn) -> join_errors.NotIn:
        self._step = HandshakeStep.NOTHING
        return error
