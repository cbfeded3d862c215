"""Room passphrases: how they are made, normalised, turned into the PAKE's secret, and how often they may be tried.

They are made of the 1,024 words of words.txt: short, common and English, easy to hear and to spell. No two differ by a
single letter and none is a prefix of another, so a slip of the tongue or the finger makes no other word. Key words
(`trust.identity`) are made of the same list and compared between versions: it MUST NOT change.

Pure; any thread, but each PassphraseLimiter on one. Time is a number given by the caller.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from lanchat.core import limits
from lanchat.core.address import neighbourhood
from lanchat.core.model import RoomId, digest
from lanchat.core.translate import _

#: Ten bits each.
WORDS: Final = tuple(Path(__file__).with_name("words.txt").read_text("ascii").split())

#: Every guess needs a PAKE run with the host, which grants 30 a minute: to try all six-digit numbers takes weeks.
MIN_CHARACTERS = 6
MAX_CHARACTERS = 100

#: A longer attempt waits for the client and costs the host nothing: it must not block others.
COMPUTING_SECONDS = 1.0


class UnfitPassphrase(ValueError):
    """A passphrase that somebody chose and that cannot be used. The text says why."""


def generate() -> str:
    """Four words out of 1,024: 40 bits. At 30 guesses a minute, 35,000 years to try half of them."""
    return "-".join(secrets.choice(WORDS) for place in range(4))


def normalise(typed: str) -> str:
    """The canonical form (NFKC): case, the kind of space or hyphen, and the encoding of letters do not count."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", typed).casefold())
    kept = []
    for character in folded:
        category = unicodedata.category(character)
        if category == "Pd" or category.startswith("Z") or character in "\t\r\n_":
            kept.append(" ")
        elif category not in ("Cc", "Cf"):
            kept.append(character)
    return "-".join("".join(kept).split())


def check_own(typed: str) -> None:
    """Check a passphrase that somebody chose for a new room. Raises UnfitPassphrase."""
    length = len(normalise(typed))
    if length < MIN_CHARACTERS:
        raise UnfitPassphrase(_("A passphrase needs at least {} letters or digits.").format(MIN_CHARACTERS))
    if length > MAX_CHARACTERS:
        raise UnfitPassphrase(_("A passphrase has at most {} characters.").format(MAX_CHARACTERS))


def derive(passphrase: str, room_id: RoomId) -> bytes:
    """32 bytes for the PAKE, by scrypt: 30 ms and 16 MB on purpose, so that guessing is slow if a host's copy leaks."""
    salt = digest("passphrase", room_id.encode())
    return Scrypt(salt=salt, length=32, n=2**14, r=8, p=1).derive(normalise(passphrase).encode(errors="replace"))


@dataclass(frozen=True, slots=True, eq=False)
class PassphraseAttempt:
    """One granted attempt. MUST be given back to `PassphraseLimiter.end`, whatever the result."""

    address: str
    at: float


class TooManyAttempts(Exception):
    """The attempt is not granted. `wait`: seconds until another may be."""

    def __init__(self, wait: float) -> None:
        super().__init__(f"too many tries, wait {wait:.0f} s")
        self.wait = wait


class PassphraseLimiter:
    """The attempts at one room's passphrase: few at once, few a minute for each address and for the room.

    A right passphrase does not count, so a crowd that knows it gets in as fast as the host can compute. Only granted
    attempts are remembered, so the room's limit bounds the memory, however many addresses ask.
    """

    def __init__(self) -> None:
        self._running: set[PassphraseAttempt] = set()
        self._recent: deque[PassphraseAttempt] = deque()  # oldest first, none older than the longer window
        self._wrong = 0
        self._next_alarm = limits.PASSPHRASE_ALARM

    def start(self, now: float, address: str) -> PassphraseAttempt:
        """Grant an attempt to `address`, or raise TooManyAttempts. `now`: seconds of a monotonic clock."""
        if sum(attempt.at > now - COMPUTING_SECONDS for attempt in self._running) >= limits.PASSPHRASE_AT_ONCE:
            raise TooManyAttempts(COMPUTING_SECONDS)
        place = neighbourhood(address)
        bounds = limits.PASSPHRASE_PER_ROOM, limits.PASSPHRASE_PER_ADDRESS
        while self._recent and self._recent[0].at <= now - max(window for _most, window in bounds):
            self._recent.popleft()
        from_there = [attempt for attempt in self._recent if attempt.address == place]
        for attempts, (most, window) in zip((self._recent, from_there), bounds, strict=True):
            recent = [attempt.at for attempt in attempts if attempt.at > now - window]
            if len(recent) >= most:
                raise TooManyAttempts(recent[0] + window - now)
        attempt = PassphraseAttempt(place, now)
        self._running.add(attempt)
        self._recent.append(attempt)
        return attempt

    def end(self, attempt: PassphraseAttempt, right: bool | None) -> bool:
        """Record the result (None: broken off). True: there were so many wrong ones that the host should be warned."""
        self._running.remove(attempt)
        if right and attempt in self._recent:
            self._recent.remove(attempt)
        if right is not False:
            return False
        self._wrong += 1
        if self._wrong < self._next_alarm:
            return False
        self._next_alarm *= 2  # warn again, but ever more seldom
        return True
