"""Room passphrases: made, typed, and turned into the secret that the PAKE runs on. Pure; any thread."""

from __future__ import annotations

import secrets
import unicodedata

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

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
