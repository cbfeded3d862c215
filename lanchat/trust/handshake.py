"""The handshake of a connection, both sides: state machines without sockets and clocks, used by one thread at a time.

    TLS is up, `getpeercert`  -> ClientHandshake (checks the host's key; nothing was sent yet)
    Host: hello()             -> Client: received(hello) -> [auth]
    Host: received(auth)      -> [entered], or `passphrase_attempt` is true: consult the PassphraseLimiter, then
    Host: answer_pake()       -> pake; Client: received(pake) -> [confirm]
    Host: received(confirm)   -> [entered]; the attempt is over
    Client: received(entered) -> `entered` is true

A failure raises: Refusal on the host (send its frame, close), JoinError on the client (close). Neither object is used
after that. With a passphrase `answer_pake` takes 7 ms and the client's `received` 40 ms: run them off the event loop.
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
MAX_WAIT_SECONDS = 600.0  # of a wait that the host asks for


class HandshakeStep(enum.Enum):
    """What a handshake waits for: a frame of that kind, or what is said here."""

    HELLO = enum.auto()
    AUTH = enum.auto()
    ATTEMPT = enum.auto()  #: Host: the PassphraseLimiter's permission for an attempt
    CONFIRM = enum.auto()
    PAKE = enum.auto()
    ENTERED = enum.auto()
    FINISHED = enum.auto()  #: nothing: the client is in, or the handshake failed


@dataclass(frozen=True, slots=True)
class HostPolicy:
    """What the host of an open room demands of clients."""

    room_id: RoomId
    title: str
    certificate_fingerprint: bytes
    secret: bytes | None  #: `passphrase.derive` of the room's passphrase; None: open to all
    is_member: Callable[[MemberKey], bool]  #: proved the passphrase before, so it is not needed again
    is_banned: Callable[[MemberKey], bool]
    host_key: MemberKey | None = None
    run: bytes = b""  #: a nonce of this opening of the room: tells it from another host with the same key


class HostHandshake:
    """The host's side, for one Connection."""

    def __init__(self, policy: HostPolicy) -> None:
        self._policy = policy
        self._nonce = secrets.token_bytes(NONCE_BYTES)
        self._step = HandshakeStep.AUTH
        self._auth: Auth | None = None
        self._pake: PakeHost | None = None
        self._admitted = False

    def hello(self) -> Hello:
        """The first frame on a new Connection."""
        policy = self._policy
        return Hello(limits.PROTOCOL_VERSION, self._nonce, policy.room_id, policy.title, policy.secret is not None)

    @property
    def passphrase_attempt(self) -> bool:
        """The client wants to prove the passphrase: consult the PassphraseLimiter, then call `answer_pake`."""
        return self._step is HandshakeStep.ATTEMPT

    @property
    def key(self) -> MemberKey | None:
        """The client's key, once it has proved to own it; None before. It is not admitted by that alone."""
        return MemberKey(self._auth.card.key) if self._auth else None

    @property
    def entered(self) -> tuple[Card, DeviceId] | None:
        """Card and device of the admitted member; None before. Nothing about the room may be sent earlier."""
        return (self._auth.card, DeviceId(self._auth.device_id)) if self._admitted and self._auth else None

    def received(self, frame: Frame) -> list[Frame]:
        """The frames that answer `frame`. Raises Refusal."""
        match frame, self._step:
            case Auth(), HandshakeStep.AUTH:
                return self._authenticate(frame)
            case Confirm(), HandshakeStep.CONFIRM:
                return self._confirm(frame)
            case _:
                raise self._refuse(CloseCode.ORDER)

    def answer_pake(self) -> Pake:
        """The host's PAKE message, once the PassphraseLimiter granted the attempt. Slow; any thread. Raises Refusal.

        Its time depends on the secret: send the frame a fixed time after the auth came, never at once.
        """
        if self._step is not HandshakeStep.ATTEMPT or self._auth is None or self._policy.secret is None:
            raise RuntimeError("no passphrase attempt is under way")
        self._pake = PakeHost(self._policy.secret, self._binding(self._auth))
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
        if auth.hosting and key == self._policy.host_key:
            raise self._refuse(CloseCode.SELF if auth.hosting == self._policy.run else CloseCode.TWIN)
        if self._policy.is_banned(key):
            raise self._refuse(CloseCode.BANNED)
        self._auth = auth
        if auth.pake:
            if self._policy.secret is None:
                raise self._refuse(CloseCode.ORDER)
            self._step = HandshakeStep.ATTEMPT
            return []
        if self._policy.secret is not None and not self._policy.is_member(key):
            raise self._refuse(CloseCode.PASSPHRASE)
        return self._admit(Entered())

    def _confirm(self, frame: Confirm) -> list[Frame]:
        proof = self._pake.check(frame.proof) if self._pake else None
        if proof is None:
            raise self._refuse(CloseCode.WRONG)
        return self._admit(Entered(proof))

    def _admit(self, frame: Entered) -> list[Frame]:
        self._step, self._admitted = HandshakeStep.FINISHED, True
        return [frame]

    def _refuse(self, code: CloseCode) -> Refusal:
        self._step = HandshakeStep.FINISHED
        return Refusal(code)

    def _binding(self, auth: Auth) -> Binding:
        policy = self._policy
        member, device_id = MemberKey(auth.card.key), DeviceId(auth.device_id)
        return Binding(policy.certificate_fingerprint, self._nonce, auth.nonce, policy.room_id, member, device_id)


@dataclass(frozen=True, slots=True)
class Pin:
    """What is remembered of a room that was joined before."""

    host_key: MemberKey
    passphrase: bool


@dataclass(frozen=True, slots=True)
class Expected:
    """What is known of the room and its host before connecting; None: not known."""

    room_id: RoomId | None = None
    fingerprint: bytes | None = None  #: the host key's, or its first bytes, from a Listing, a code or a link
    before: tuple[RoomId, ...] = ()  #: of an address: the rooms that were hosted there, the latest first

    def __post_init__(self) -> None:
        if self.fingerprint is not None and not 1 <= len(self.fingerprint) <= 16:
            raise ValueError("a fingerprint has 1 to 16 bytes")


@dataclass(repr=False, eq=False)
class ClientHandshake:
    """The client's side, for one Connection. It sends nothing before it has checked the host's hello.

    Raises WrongHost before a byte was sent. The pin is compared only after the hello, which names the room: the address
    may belong to another computer by now, with a room of its own.
    """

    identity: Identity
    card: Card
    certificate: bytes  #: the host's, DER, from TLS
    expected: Expected
    pin_for: Callable[[RoomId], Pin | None]  #: called on the thread that calls `received`
    passphrase: str | None = None
    hosting: bytes = b""  #: the `HostPolicy.run` of this room, where it is hosted here, too

    def __post_init__(self) -> None:
        self._step = HandshakeStep.HELLO
        self._pake: PakeClient | None = None
        self.entered = False
        self.room_id = self.expected.room_id
        self.title = ""  #: cleaned; known from hello on
        self.protected = False  #: the room has a passphrase; known from hello on
        self.pinned = False  #: the host's key was pinned before; known from hello on. False: a first meeting
        try:
            self.host_key = key_of_certificate(self.certificate)
        except NotAnIdentity as error:
            raise join_errors.WrongHost from error
        fingerprint = self.expected.fingerprint
        if fingerprint is not None and not key_fingerprint(self.host_key).startswith(fingerprint):
            raise join_errors.WrongHost

    def received(self, frame: Frame) -> list[Frame]:
        """The frames that answer `frame`. Slow when there is a passphrase. Raises JoinError."""
        match frame, self._step:
            case Refused(), _:
                raise self._stop(self._reason_for(frame))
            case Hello(), HandshakeStep.HELLO:
                return self._check_hello(frame)
            case Pake(), HandshakeStep.PAKE:
                return self._answer_pake(frame)
            case Entered(), HandshakeStep.PAKE:  # the host admits us without a PAKE run: it has no passphrase
                raise self._stop(join_errors.HostUnproven())
            case Entered(), HandshakeStep.ENTERED:
                return self._check_entered(frame)
            case _:
                raise self._stop(join_errors.HostMisbehaved())

    def _check_hello(self, hello: Hello) -> list[Frame]:
        if hello.version != limits.PROTOCOL_VERSION:
            raise self._stop(join_errors.OtherVersion(hello.version, older=hello.version < limits.PROTOCOL_VERSION))
        room_id = RoomId(hello.room_id)
        if self.expected.room_id not in (None, room_id):
            raise self._stop(join_errors.WrongRoom())
        self.room_id, self.title = room_id, clean_line(hello.title, limits.TITLE_CHARACTERS)
        if self.expected.before and room_id not in self.expected.before:
            raise self._stop(join_errors.OtherRoomHere(self.expected.before[0], room_id, self.host_key, self.title))
        self.protected = hello.passphrase
        pin = self.pin_for(room_id)
        if pin is not None and pin.host_key != self.host_key:
            raise self._stop(join_errors.HostKeyChanged(pin.host_key, self.host_key, room_id, self.title))
        self.pinned = pin is not None
        known_to_have_one = self.passphrase is not None or (pin is not None and pin.passphrase)
        if known_to_have_one and not hello.passphrase:
            raise self._stop(join_errors.Downgrade())
        if hello.passphrase and self.passphrase is None and pin is None:  # a pinned host may remember our key
            raise self._stop(join_errors.PassphraseRequired(room_id, self.title))
        return [self._authenticate(hello, room_id)]

    def _authenticate(self, hello: Hello, room_id: RoomId) -> Auth:
        nonce = secrets.token_bytes(NONCE_BYTES)
        me, device_id = self.identity.key, self.identity.device_id
        binding = Binding(certificate_fingerprint(self.certificate), hello.nonce, nonce, room_id, me, device_id)
        signature = self.identity.sign(binding.to_sign())
        if self.passphrase is None:
            self._step = HandshakeStep.ENTERED
            return Auth(self.card, nonce, device_id, signature, hosting=self.hosting)
        self._pake = PakeClient(passphrases.derive(self.passphrase, room_id), binding)
        self._step = HandshakeStep.PAKE
        return Auth(self.card, nonce, device_id, signature, self._pake.message)

    def _answer_pake(self, frame: Pake) -> list[Frame]:
        if self._pake is None:
            raise self._stop(join_errors.HostMisbehaved())
        try:
            proof = self._pake.confirm(frame.message)
        except BadPake as error:
            raise self._stop(join_errors.HostMisbehaved()) from error
        self._step = HandshakeStep.ENTERED
        return [Confirm(proof)]

    def _check_entered(self, frame: Entered) -> list[Frame]:
        if self._pake is not None and not self._pake.check(frame.proof):
            raise self._stop(join_errors.HostUnproven())
        self._step, self.entered = HandshakeStep.FINISHED, True
        return []

    def _reason_for(self, frame: Refused) -> join_errors.JoinError:
        """The error that a refusal means at this step."""
        wait = min(frame.retry_ms / 1000, MAX_WAIT_SECONDS)
        if self.room_id is not None and self._step is HandshakeStep.PAKE and frame.code == CloseCode.BUSY:
            return join_errors.PassphraseRequired(self.room_id, self.title, wait)
        if self.room_id is not None and self._step is HandshakeStep.ENTERED:
            if frame.code == CloseCode.PASSPHRASE and self._pake is None:
                return join_errors.PassphraseRequired(self.room_id, self.title)
            if frame.code == CloseCode.WRONG and self._pake is not None:
                return join_errors.WrongPassphrase(self.room_id, self.title, wait)
        return join_errors.RefusedByHost(frame.code, wait)

    def _stop(self, error: join_errors.JoinError) -> join_errors.JoinError:
        self._step = HandshakeStep.FINISHED
        return error
