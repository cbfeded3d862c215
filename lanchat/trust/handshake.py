"""The handshake of a connection, both sides: state machines without sockets and clocks, used by one thread at a time.

    TLS is up, `getpeercert`  -> ClientHandshake (checks the host's key; nothing was sent yet)
    Host: hello()             -> Client: received(hello) -> [auth]
    Host: received(auth)      -> [entered], or `passphrase_attempt` is true: consult the PassphraseLimiter, then
    Host: answer_pake()       -> pake; Client: received(pake) -> [confirm]
    Host: received(confirm)   -> [entered]; the attempt is over
    Client: received(entered) -> `entered` is true

A failure raises: Refusal on the host (send its frame, close), JoinError on the client (close). Neither object is used
after that. With a passphrase `answer_pake` takes 7 ms and the client's `received` 40 ms: run them off the event loop.

A client pins the owner of a room, the key that founded it. It lets the owner host, and whoever shows in their hello a
`+keeps` entry of their own with a chain of passes from that owner. A host lets in who shows it such a chain.
"""

from __future__ import annotations

import enum
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from lanchat.core import limits
from lanchat.core.codes import CloseCode
from lanchat.core.frames import Auth, Confirm, Entered, Frame, Hello, Pake, Refused
from lanchat.core.keeping import Passes, Rank, epoch_in
from lanchat.core.listing import key_fingerprint
from lanchat.core.model import Card, DeviceId, Entry, MemberKey, RoomId
from lanchat.core.text import clean_line
from lanchat.trust import join_errors
from lanchat.trust import passphrase as passphrases
from lanchat.trust.identity import Identity, NotAnIdentity, certificate_fingerprint, key_of_certificate
from lanchat.trust.join_errors import Refusal
from lanchat.trust.pake import BadPake, Binding, PakeClient, PakeHost
from lanchat.trust.passes import check_keeping, keeping_of_entitled, unlimited
from lanchat.trust.signing import is_signed, may_come_in

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
    owner: MemberKey | None = None  #: the key that founded the room; None: the host's own
    keeps: Callable[[], Entry | None] = lambda: None  #: the newest `+keeps` entry of this opening
    #: Whether these passes show that this key may keep the room open: it is let in, and not asked for the passphrase.
    is_entitled: Callable[[MemberKey, Passes], bool] = lambda _key, _passes: False


class HostHandshake:
    """The host's side, for one Connection."""

    def __init__(self, policy: HostPolicy) -> None:
        self._policy = policy
        self._nonce = secrets.token_bytes(NONCE_BYTES)
        self._step = HandshakeStep.AUTH
        self._auth: Auth | None = None
        self._pake: PakeHost | None = None
        self._admitted = False
        self.entitled = False  #: the client proved its key, and that it may keep the room open; not admitted yet

    def hello(self) -> Hello:
        """The first frame on a new Connection."""
        policy = self._policy
        owner, keeps = policy.owner or b"", policy.keeps()
        protected = policy.secret is not None
        return Hello(limits.PROTOCOL_VERSION, self._nonce, policy.room_id, policy.title, protected, owner, keeps)

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
        if not may_come_in(auth.card, guest=False):
            raise self._refuse(CloseCode.CARD)
        if auth.hosting and key == self._policy.host_key and auth.hosting == self._policy.run:
            raise self._refuse(CloseCode.SELF)
        if self._policy.is_banned(key):
            raise self._refuse(CloseCode.BANNED)
        self._auth, self.entitled = auth, self._policy.is_entitled(key, auth.passes)
        if auth.pake:
            if self._policy.secret is None:
                raise self._refuse(CloseCode.ORDER)
            self._step = HandshakeStep.ATTEMPT
            return []
        if self._policy.secret is not None and not (self.entitled or self._policy.is_member(key)):
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

    owner: MemberKey
    passphrase: bool
    secret: bytes | None = field(default=None, repr=False)  #: derived from the passphrase, once it was proved
    passes: Passes = ()  #: what entitles us
    generation: int = 0  #: of the passphrase: passes of an older one are void
    highest_rank: Callable[[MemberKey], Rank | None] = unlimited  #: that passes make of a member
    keeper: MemberKey | None = None  #: who hosted it when we were in last; None: that is not known


@dataclass(frozen=True, slots=True)
class Expected:
    """What is known of the room and its host before connecting; None: not known."""

    room_id: RoomId | None = None
    fingerprint: bytes | None = None  #: the host's or the owner's, or its first bytes; from a Listing, a code, a link
    before: tuple[RoomId, ...] = ()  #: of an address: the rooms that were hosted there, the latest first
    #: Whether we go on, given the host's key and the epoch that it proves (0: none), before anything is said to it
    is_wanted: Callable[[MemberKey, int], bool] = lambda _key, _epoch: True

    def __post_init__(self) -> None:
        if self.fingerprint is not None and not 1 <= len(self.fingerprint) <= 16:
            raise ValueError("a fingerprint has 1 to 16 bytes")


@dataclass(repr=False, eq=False)
class ClientHandshake:
    """The client's side, for one Connection. It sends nothing before it has checked the host's hello.

    `check_host` may be asked before: whether the hello is of a host to go on with. The pin is compared only then, since
    the hello names the room: the address may belong to another computer by now, with a room of its own.
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
        self._proving: bytes | None = None
        self.entered = False
        self.room_id = self.expected.room_id
        self.title = ""  #: cleaned; known from hello on
        self.protected = False  #: the room has a passphrase; known from hello on
        self.pinned = False  #: the owner's key was pinned before; known from hello on. False: a first meeting
        self.keeps: Entry | None = None  #: of this opening, checked; known from hello on. An owner may show none
        self.generation = 0  #: of its passes
        self.secret: bytes | None = None  #: to be kept, once in: the host has proved that it is the passphrase's
        try:
            self.host_key = self.owner = key_of_certificate(self.certificate)
        except NotAnIdentity as error:
            raise join_errors.WrongHost from error

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

    def check_host(self, hello: Hello) -> None:
        """Raises a JoinError for a host who is not the wanted room's: WrongHost, KeeperNotEntitled, HostKeyChanged,
        NotWanted.
        What else is wrong with a hello, `received` says."""
        room_id, expected = RoomId(hello.room_id), self.expected
        if hello.version != limits.PROTOCOL_VERSION or expected.room_id not in (None, room_id):
            return
        if expected.before and room_id not in expected.before:
            return
        pin = self.pin_for(room_id)
        if pin is None or self.host_key != pin.owner:  # the owner's word about who owns the room is not needed
            self.owner = MemberKey(hello.owner or self.host_key)
        if pin is not None and self.owner != pin.owner:
            raise join_errors.HostKeyChanged(pin.owner, self.host_key, room_id, self._clean_title(hello))
        if self.host_key != self.owner:
            self._check_keeper(hello, pin)
        elif hello.keeps is not None and hello.keeps.author == self.owner:
            self.keeps = hello.keeps if check_keeping(hello.keeps, room_id, self.owner) is not None else None
        named = expected.fingerprint
        if named is not None and not any(key_fingerprint(key).startswith(named) for key in (self.host_key, self.owner)):
            raise join_errors.WrongHost
        if not expected.is_wanted(self.host_key, epoch_in(self.keeps)):
            raise join_errors.NotWanted

    def believes_refusal(self) -> bool:
        """Whether a refusal that comes in the place of the hello counts. Of a room that is known, it does only from who
        founded it or hosted it last: others have proved nothing before."""
        pin = self.pin_for(self.expected.room_id) if self.expected.room_id is not None else None
        return pin is None or self.host_key in (pin.owner, pin.keeper)

    def _check_keeper(self, hello: Hello, pin: Pin | None) -> None:
        """The host says that somebody else founded the room: passes from there must lead to it."""
        room_id, keeps = RoomId(hello.room_id), hello.keeps
        entitled = keeping_of_entitled(keeps, room_id, self.owner)
        if keeps is None or keeps.author != self.host_key or entitled is None:
            if pin is None:
                raise join_errors.WrongHost
            raise join_errors.HostKeyChanged(pin.owner, self.host_key, room_id, self._clean_title(hello))
        known = (pin.generation, pin.highest_rank) if pin is not None else ()
        keeping = check_keeping(keeps, room_id, self.owner, *known)
        # Only its owner gives a room a passphrase, and the passes of a room that has one are of no generation 0.
        if keeping is None or (hello.passphrase and keeping.passes[0].generation == 0):
            followed = check_keeping(keeps, room_id, self.owner) is not None
            raise join_errors.KeeperNotEntitled(keeps if followed else None)
        self.keeps, self.generation = keeps, keeping.passes[0].generation

    def _check_hello(self, hello: Hello) -> list[Frame]:
        if hello.version != limits.PROTOCOL_VERSION:
            raise self._stop(join_errors.OtherVersion(hello.version, older=hello.version < limits.PROTOCOL_VERSION))
        room_id = RoomId(hello.room_id)
        if self.expected.room_id not in (None, room_id):
            raise self._stop(join_errors.WrongRoom())
        self.room_id, self.title = room_id, self._clean_title(hello)
        if self.expected.before and room_id not in self.expected.before:
            raise self._stop(join_errors.OtherRoomHere(self.expected.before[0], room_id, self.host_key, self.title))
        self.protected = hello.passphrase
        try:
            self.check_host(hello)
        except join_errors.JoinError as stopped:
            raise self._stop(stopped) from None
        pin = self.pin_for(room_id)
        self.pinned = pin is not None
        known_to_have_one = self.passphrase is not None or (pin is not None and pin.passphrase)
        if known_to_have_one and not hello.passphrase:
            raise self._stop(join_errors.Downgrade())
        if hello.passphrase and self.passphrase is None and (pin is None or self._must_ask(pin)):
            raise self._stop(join_errors.PassphraseRequired(room_id, self.title))
        return [self._authenticate(hello, room_id, pin)]

    def _must_ask(self, pin: Pin) -> bool:
        """Whether a host of a known room has to prove the passphrase, and we do not know it. The owner, and who hosted
        the room when we were in last, need not: they may remember our key."""
        return pin.secret is None and self.host_key not in (pin.owner, pin.keeper)

    def _secret(self, room_id: RoomId, pin: Pin | None) -> bytes | None:
        """What to prove; None: that we are a member is enough. What is kept is proved to another host than last time,
        where passes alone are not enough: an owner with whom they count proves with its key who it is."""
        if self.passphrase is not None:
            return passphrases.derive(self.passphrase, room_id)
        if pin is None or not self.protected or self.host_key == pin.keeper:
            return None
        return None if self.host_key == pin.owner and pin.passes else pin.secret

    def _authenticate(self, hello: Hello, room_id: RoomId, pin: Pin | None) -> Auth:
        nonce = secrets.token_bytes(NONCE_BYTES)
        me, device_id = self.identity.key, self.identity.device_id
        binding = Binding(certificate_fingerprint(self.certificate), hello.nonce, nonce, room_id, me, device_id)
        signature = self.identity.sign(binding.to_sign())
        passes = pin.passes if pin is not None else ()
        self._proving = self._secret(room_id, pin)
        if self._proving is None:
            self._step = HandshakeStep.ENTERED
            return Auth(self.card, nonce, device_id, signature, hosting=self.hosting, passes=passes)
        self._pake = PakeClient(self._proving, binding)
        self._step = HandshakeStep.PAKE
        return Auth(self.card, nonce, device_id, signature, self._pake.message, passes=passes)

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
        self._step, self.entered, self.secret = HandshakeStep.FINISHED, True, self._proving
        return []

    def _reason_for(self, frame: Refused) -> join_errors.JoinError:
        """The error that a refusal means at this step."""
        wait = min(frame.retry_ms / 1000, MAX_WAIT_SECONDS)
        typed = self.passphrase is not None  # otherwise it is one that was right before, and nobody guessed
        if self.room_id is not None and self._step is HandshakeStep.PAKE and frame.code == CloseCode.BUSY and typed:
            return join_errors.PassphraseRequired(self.room_id, self.title, wait)
        if self.room_id is not None and self._step is HandshakeStep.ENTERED:
            if frame.code == CloseCode.PASSPHRASE and self._pake is None:
                return join_errors.PassphraseRequired(self.room_id, self.title)
            if frame.code == CloseCode.WRONG and self._pake is not None:
                wrong = join_errors.WrongPassphrase if typed else join_errors.PassphraseRequired
                return wrong(self.room_id, self.title, wait)
        return join_errors.RefusedByHost(frame.code, wait, self.keeps)

    def _clean_title(self, hello: Hello) -> str:
        return clean_line(hello.title, limits.TITLE_CHARACTERS)

    def _stop(self, error: join_errors.JoinError) -> join_errors.JoinError:
        self._step = HandshakeStep.FINISHED
        return error
