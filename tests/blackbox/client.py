"""A small client, written from `lanchat/core/protocol.md` alone. Imports nothing of lanchat."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import socket
import ssl
import struct
import time
from collections import deque
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tests.blackbox import msgpack, page

PATIENCE_SECONDS = 20.0
MOST = 65_536

Frame = dict[str, Any]


class Refused(Exception):
    """The host closed the connection; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Broken(Exception):
    """The host did what the page does not allow."""


def require(holds: bool, what: str) -> None:
    if not holds:
        raise Broken(what)


class Replica:
    """What somebody has of a room's Log: base+1 … last, every entry of it checked."""

    def __init__(self) -> None:
        self.epoch = self.base = self.last = 0
        self.base_head = self.head = page.START
        self.entries: list[list[Any]] = []
        self.room_id = ""

    @property
    def texts(self) -> list[str]:
        return [entry[6].decode() for entry in self.entries if entry[4] != "+keeps"]

    def begin(self, welcome: Frame) -> None:
        if self.epoch == 0:
            self.base = self.last = welcome["base"]
            self.base_head = self.head = welcome["base_head"]
        require((welcome["base"], welcome["base_head"]) == (self.last, self.head), "it goes on where we are")
        require(welcome["epoch"] >= max(1, self.epoch), "epochs never go down")
        self.epoch = welcome["epoch"]

    def follow(self, frame: Frame) -> None:
        require(frame["first"] == self.last + 1, "no gap")
        run, self.head = self._checked(frame, self.head)
        self.entries += run
        self.last += len(run)
        self._check_order()

    def precede(self, frame: Frame) -> bool:
        """A page of what came before; False: there is none."""
        run, head = self._checked(frame["entries"], frame["base_head"])
        if not run:
            return False
        require(frame["entries"]["first"] + len(run) == self.base + 1, "it ends where we begin")
        require(head == self.base_head, "and its chain leads here")
        self.base, self.base_head = self.base - len(run), frame["base_head"]
        self.entries[:0] = run
        self._check_order()
        return True

    def _checked(self, frame: Frame, head: bytes) -> tuple[list[list[Any]], bytes]:
        run = page.unpack_run(frame)
        for seq, received_at, entry in run:
            signed = page.entry_digest(self.room_id, entry)
            require(page.is_signed(entry[1], entry[8], signed), "every entry is signed by its author")
            head = page.next_head(head, self.room_id, frame["epoch"], seq, received_at, entry)
        require(not run or head == frame["head"], "the chain head fits")
        return [entry for _, _, entry in run], head

    def _check_order(self) -> None:
        require(len({(entry[1], entry[0]) for entry in self.entries}) == len(self.entries), "every entry once")
        counters: dict[tuple[bytes, bytes], int] = {}
        for _, author, device_id, counter, kind, *_ in self.entries:
            if kind == "+keeps":  # says who keeps the room open; it is none of those that the device counts
                continue
            require(counter > counters.get((author, device_id), 0), "a device's entries in order")
            counters[author, device_id] = counter


class Client:
    """Somebody with a key, a nick and a replica; at most one connection at a time."""

    def __init__(self, nick: str, passphrase: str | None = None) -> None:
        self._key = Ed25519PrivateKey.generate()
        self.me = self._key.public_key().public_bytes_raw()
        self.nick = nick
        self.device_id = secrets.token_bytes(8)
        self.replica = Replica()
        self.room_id = self.title = ""
        self.host_key: bytes | None = None
        self.here: dict[bytes, str] = {}
        self.delivered = 0
        self.limits: dict[str, Any] = {}
        self._passphrase = passphrase
        self._counter = 0
        self._socket: ssl.SSLSocket | None = None
        self._received = b""
        self._frames: deque[Frame] = deque()
        self._roster: dict[bytes, str] | None = None
        self._posted = False

    # --- bytes -------------------------------------------------------------------------------------------------------
    def _send(self, kind: str, **fields: Any) -> None:
        assert self._socket is not None
        body = msgpack.pack({"t": kind, **fields})
        self._socket.sendall(struct.pack(">I", len(body)) + body)

    def _next(self) -> Frame:
        """The next frame. Raises Refused."""
        assert self._socket is not None
        while len(self._received) < 4 or len(self._received) < 4 + struct.unpack_from(">I", self._received)[0]:
            data = self._socket.recv(MOST)
            require(data != b"", "it says why it closes")
            self._received += data
        (length,) = struct.unpack_from(">I", self._received)
        require(1 <= length <= MOST, "frames have their limit")
        body, self._received = self._received[4 : 4 + length], self._received[4 + length :]
        frame: Frame = msgpack.unpack(body)
        if frame["t"] == "refused":
            raise Refused(frame["code"])
        return frame

    def _expect(self, kind: str) -> Frame:
        frame = self._next()
        require(frame["t"] == kind, f"{kind}, not {frame['t']}")
        return frame

    # --- getting in --------------------------------------------------------------------------------------------------
    def connect(self, port: int, proves: bool = True) -> None:
        """In the room, and up to date. `proves`: with the passphrase, where there is one."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.set_alpn_protocols(["lanchat/1"])
        plain = socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS)
        self._socket, self._received = context.wrap_socket(plain), b""
        require(self._socket.version() == "TLSv1.3", "TLS 1.3")
        require(self._socket.selected_alpn_protocol() == "lanchat/1", "ALPN")
        certificate = self._socket.getpeercert(True) or b""
        key = x509.load_der_x509_certificate(certificate).public_key()
        assert isinstance(key, Ed25519PublicKey)
        require(self.host_key in (None, key.public_bytes_raw()), "the host we know")
        self.host_key = key.public_bytes_raw()
        self._enter(hashlib.sha256(certificate).digest(), self._passphrase if proves else None)
        self._resume()

    def _enter(self, certificate: bytes, passphrase: str | None) -> None:
        hello = self._expect("hello")
        require(hello["version"] == 1, "version 1")
        self.room_id = self.replica.room_id = hello["room_id"]
        self.title = hello["title"]
        nonce = secrets.token_bytes(32)
        binding = (certificate, hello["nonce"], nonce, self.room_id.encode(), self.me, self.device_id)
        auth: Frame = {"card": self.card(1), "nonce": nonce, "device_id": self.device_id}
        auth["signature"] = self._key.sign(page.auth_digest(binding))
        if passphrase is None:
            self._send("auth", **auth)
            require(self._expect("entered").get("proof", b"") == b"", "no proof where none is asked for")
            return
        require(hello["passphrase"], "a room that is known to have a passphrase has one")
        spake = page.Spake2Client(page.secret_of(passphrase, self.room_id), binding, secrets.randbits(512))
        self._send("auth", **auth, pake=spake.message)
        mine, theirs = spake.proofs(self._expect("pake")["message"])
        self._send("confirm", proof=mine)
        require(hmac.compare_digest(self._expect("entered")["proof"], theirs), "the host knows the passphrase, too")

    def _resume(self) -> None:
        self._roster, self._posted = None, False
        self._send("resume", epoch=self.replica.epoch, last=self.replica.last, head=self.replica.head)
        welcome = self._expect("welcome")
        self._check_card(welcome["host"])
        require(welcome["host"][0] == self.host_key, "the host's card is the host's")
        self.limits = welcome["limits"]
        self.replica.begin(welcome)
        self.until(lambda: self.replica.last >= welcome["last"] and self.me in self.here)

    def card(self, revision: int) -> list[Any]:
        signature = self._key.sign(page.card_digest(self.me, self.nick, revision))
        return [self.me, self.nick, revision, signature]

    @staticmethod
    def _check_card(card: list[Any]) -> None:
        key, nick, revision, signature, profile = (*card, b"")[:5]
        require(page.is_signed(key, signature, page.card_digest(key, nick, revision, profile)), "cards are signed")

    # --- in the room -------------------------------------------------------------------------------------------------
    def until(self, holds: Any) -> None:
        """Take in what comes until `holds()`."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            require(time.monotonic() < deadline, "it comes in time")
            self._take_in(self._next())

    def _take_in(self, frame: Frame) -> None:
        match frame["t"]:
            case "ping":
                self._send("pong")
            case "entries":
                self.replica.follow(frame)
                self._send("have", seq=self.replica.last, base=self.replica.base)
            case "present":
                self._hear(frame)
            case "delivered":
                self.delivered = frame["seq"]
            case _:
                self._frames.append(frame)

    def _hear(self, frame: Frame) -> None:
        if frame.get("all"):
            self._roster = {}
        here = self.here if self._roster is None else self._roster
        for card in frame.get("joined", []):
            self._check_card(card)
            here[card[0]] = card[1]
        for key in frame.get("left", []):
            here.pop(key, None)
        if self._roster is not None and not frame.get("more"):
            self.here, self._roster = self._roster, None

    def answer(self, *kinds: str) -> Frame:
        """The next frame of these kinds."""
        self.until(lambda: any(frame["t"] in kinds for frame in self._frames))
        found = next(frame for frame in self._frames if frame["t"] in kinds)
        self._frames.remove(found)
        return found

    def entry(self, text: str | bytes, kind: str = "text", target: bytes | None = None) -> list[Any]:
        self._counter += 1
        body, sent_at = text.encode() if isinstance(text, str) else text, int(time.time() * 1000)
        entry = [secrets.token_bytes(16), self.me, self.device_id, self._counter, kind, target, body, sent_at]
        return [*entry, self._key.sign(page.entry_digest(self.room_id, [*entry, b"", None])), None]

    def post(self, *entries: list[Any]) -> None:
        self._send("post", entries=list(entries), again=not self._posted)
        self._posted = True

    def starts_again(self) -> None:
        """After a `slow_down`: the next post begins the Outbox anew."""
        self._posted = False

    def say(self, text: str | bytes, kind: str = "text", target: bytes | None = None) -> list[Any]:
        """Until it came back: the host has it on its disk."""
        entry = self.entry(text, kind, target)
        self.post(entry)
        self.until(lambda: any(one[0] == entry[0] for one in self.replica.entries))
        return entry

    def page_back(self) -> bool:
        self._send("earlier", before=self.replica.base + 1, limit=200)
        return self.replica.precede(self.answer("page"))

    def ask_who(self, *keys: bytes) -> dict[bytes, str]:
        self._send("who", keys=list(keys))
        cards = self.answer("cards")["cards"]
        for card in cards:
            self._check_card(card)
        return {card[0]: card[1] for card in cards}

    def rename(self, nick: str) -> None:
        self.nick = nick
        self._send("rename", card=self.card(2))
        self.until(lambda: self.here[self.me] == nick)

    def tell(self, tag: str, **fields: Any) -> None:
        """`typing`, `available` or `read`."""
        self._send(tag, **fields)

    def ping(self) -> None:
        self._send("ping")
        self.answer("pong")

    def leave(self) -> None:
        self._send("bye")
        self.cut()

    def cut(self) -> None:
        """Without a word."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
