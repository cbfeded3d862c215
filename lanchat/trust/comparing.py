"""What two people compare, face to face or by telephone, to know that nobody stands between them. Any thread.

Each takes some 20 ms, on purpose: who looks for a key that compares like another's pays that for every key tried.
"""

from __future__ import annotations

import hashlib
from typing import Final

from lanchat.core.model import MemberKey, digest
from lanchat.trust.wordlist import WORDS

_WORDS: Final = 6  # ten bits each
_GROUPS, _DIGITS = 6, 5  # 99 bits
_ROUNDS: Final = 100_000


def key_words(key: MemberKey) -> tuple[str, ...]:
    """Six words that stand for one key, the same on every screen."""
    number = _slow_number("key words", key)
    return tuple(WORDS[number >> 10 * place & 1023] for place in range(_WORDS))


def pair_numbers(one: MemberKey, other: MemberKey) -> tuple[str, ...]:
    """Six groups of five digits that stand for two keys, whichever of them asks."""
    number = _slow_number("pair numbers", *sorted((one, other)))
    return tuple(f"{number // 10 ** (_DIGITS * place) % 10**_DIGITS:0{_DIGITS}}" for place in range(_GROUPS))


def _slow_number(label: str, *keys: MemberKey) -> int:
    """256 bits."""
    return int.from_bytes(hashlib.pbkdf2_hmac("sha256", digest(label, *keys), label.encode(), _ROUNDS))
