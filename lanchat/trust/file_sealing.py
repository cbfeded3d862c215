"""The bytes of files that are offered privately: encrypted piece by piece, under a key that only the two people have.

The key is new for every offer and stands in the offer, which is sealed (`trust.sealing`). Each piece is sealed by
AES-256-GCM (NIST SP 800-38D), with its number as the nonce: so no two pieces of an offer have the same nonce, if what
is encrypted never changes. `storage.sealed_files` sees to that: it gives away no piece whose hash is not the one that
was offered. What others can see is how many bytes there are.

That no piece was cut off, moved or changed, the hashes of the Manifest already say; its root is in the sealed offer.
"""

from __future__ import annotations

import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lanchat.core.file_offer import KEY_BYTES

_NONCE: Final = 12


class NotSealedSo(ValueError):
    """These bytes were not encrypted under this key as this piece."""


def new_file_key() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


class FileCipher:
    """Encrypts and decrypts the pieces of one offer. Any thread, several at once."""

    def __init__(self, key: bytes) -> None:
        """Raises ValueError for a key of another length."""
        if len(key) != KEY_BYTES:
            raise ValueError("no key")
        self._cipher = AESGCM(key)

    def seal(self, index: int, piece: bytes) -> bytes:
        return self._cipher.encrypt(_nonce(index), piece, None)

    def open(self, index: int, sealed: bytes) -> bytes:
        """Raises NotSealedSo."""
        try:
            return self._cipher.decrypt(_nonce(index), sealed, None)
        except (InvalidTag, ValueError) as error:
            raise NotSealedSo(index) from error


def _nonce(index: int) -> bytes:
    return index.to_bytes(_NONCE, "big")
