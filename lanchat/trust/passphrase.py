"""Room passphrases: made, typed, and turned into the secret that the PAKE runs on. Pure; any thread.

PassphraseLimiter: how often a passphrase may be tried, for one room. Pure: takes the time, holds no clock.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections import deque
from dataclasses import dataclass

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from lanchat.core import limits
from lanchat.core.address import neighbourhood
from lanchat.core.model import RoomId, digest
from lanchat.core.translate import _
from lanchat.trust.wordlist import WORDS

#: Every guess needs a run with the host, which grants 30 a minute: six digits would stand for weeks.
LEAST_CHARACTERS = 6
MOST_CHARACTERS = 100


class UnfitPassphrase(ValueError):
    """A passphrase of the person's own that cannot be used. Its text says why."""


def generate() -> str:
    """Four words out of 1,024: 40 bits. At 30 guesses a minute, 35,000 years to try half of them."""
    return "-".join(secrets.choice(WORDS) for place in range(4))


def normalise(typed: str) -> str:
    """The one form of what was typed: case, the kind of space or hyphen, and how letters are encoded do not count."""
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
    """For a passphrase somebody chose for their room. Raises UnfitPassphrase."""
    length = len(normalise(typed))
    if length < LEAST_CHARACTERS:
        raise UnfitPassphrase(_("A passphrase needs at least {} letters or digits.").format(LEAST_CHARACTERS))
    if length > MOST_CHARACTERS:
        raise UnfitPassphrase(_("A passphrase has at most {} characters.").format(MOST_CHARACTERS))


def derive(passphrase: str, room_id: RoomId) -> bytes:
    """32 bytes for the PAKE. Takes 30 ms and 16 MB on purpose: should a host's copy ever leak, guessing stays slow."""
    salt = digest("passphrase", room_id.encode())
    return Scrypt(salt=salt, length=32, n=2**14, r=8, p=1).derive(normalise(passphrase).encode(errors="replace"))


#: What takes longer waits for the client and costs us nothing; it must not keep others out.
COMPUTING_SECONDS = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class PassphraseAttempt:
    """One granted try. Give it back to `PassphraseGuard.end`, however it went."""

    address: str
    at: float


class TooMany(Exception):
    """Not now. `wait`: after how many seconds it makes sense to ask again."""

    def __init__(self, wait: float) -> None:
        super().__init__(f"too many tries, wait {wait:.0f} s")
        self.wait = wait


class PassphraseLimiter:
    """Few at once, few a minute for each address and for the room; the host is told when many were wrong.

    A right passphrase does not count, so a crowd that knows it is let in as fast as the host can compute. Only granted
    tries are remembered, so the room's own limit bounds the memory, however many addresses ask.
    """

    def __init__(self) -> None:
        self._running: set[PassphraseAttempt] = set()
        self._lately: deque[PassphraseAttempt] = deque()  # oldest first, none older than the longer of the two windows
        self._wrong = 0
        self._next_alarm = limits.PASSPHRASE_ALARM

    def start(self, now: float, address: str) -> PassphraseAttempt:
        """Grant a try to `address`, or raise TooMany. `now`: seconds on a clock that never goes back."""
        if sum(attempt.at > now - COMPUTING_SECONDS for attempt in self._running) >= limits.PASSPHRASE_AT_ONCE:
            raise TooMany(COMPUTING_SECONDS)
        place = neighbourhood(address)
        room, room_window = limits.PASSPHRASE_PER_ROOM
        own, own_window = limits.PASSPHRASE_PER_ADDRESS
        while self._lately and self._lately[0].at <= now - max(room_window, own_window):
            self._lately.popleft()
        self._within(now, [attempt.at for attempt in self._lately], room, room_window)
        self._within(now, [attempt.at for attempt in self._lately if attempt.address == place], own, own_window)
        attempt = PassphraseAttempt(place, now)
        self._running.add(attempt)
        self._lately.append(attempt)
        return attempt

    def end(self, attempt: PassphraseAttempt, right: bool | None) -> bool:
        """How it went (None: it was broken off). True: so many were wrong by now that the host should be told."""
        self._running.remove(attempt)
        if right and attempt in self._lately:
            self._lately.remove(attempt)
        if right is not False:
            return False
        self._wrong += 1
        if self._wrong < self._next_alarm:
            return False
        self._next_alarm *= 2  # tell again, but never fill the screen
        return True

    @staticmethod
    def _within(now: float, times: list[float], most: int, window: float) -> None:
        recent = [at for at in times if at > now - window]
        if len(recent) >= most:
            raise TooMany(recent[0] + window - now)
