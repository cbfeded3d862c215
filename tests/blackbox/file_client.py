"""A puller of files, written from section 5 of `lanchat/core/protocol.md` alone. Imports nothing of lanchat."""

from __future__ import annotations

import hashlib
import socket
import ssl
from typing import Any, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.blackbox import msgpack
from tests.blackbox.client import PATIENCE_SECONDS, Client, require

CHUNK = 262_144


class Manifest(NamedTuple):
    files: list[list[Any]]
    hashes: list[bytes]

    def size_of(self, index: int) -> int:
        return min(CHUNK, sum(size for _path, size in self.files) - index * CHUNK)


def read_manifest(data: bytes, root: bytes) -> Manifest:
    require(hashlib.sha256(data).digest() == root, "the manifest is the one that was offered")
    files, hashes = msgpack.unpack(data)[:2]
    size = sum(one[1] for one in files)
    require(len(hashes) == 32 * -(-size // CHUNK), "a hash for each chunk")
    return Manifest(files, [hashes[start : start + 32] for start in range(0, len(hashes), 32)])


class FilePull(Client):
    """One connection to a holder, in the name of a member."""

    def connect_to(self, port: int, holder: bytes) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.set_alpn_protocols(["lanchat-file/1"])
        plain = socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS)
        self._socket, self._received = context.wrap_socket(plain), b""
        require(self._socket.selected_alpn_protocol() == "lanchat-file/1", "ALPN")
        certificate = self._socket.getpeercert(True) or b""
        key = x509.load_der_x509_certificate(certificate).public_key()
        require(isinstance(key, Ed25519PublicKey) and key.public_bytes_raw() == holder, "the holder we expect")
        self._enter(hashlib.sha256(certificate).digest(), None)
        require(self.title == "", "an empty title")

    def manifest(self, root: bytes, size: int) -> Manifest:
        self._send("get_manifest", root=root)
        frame = self._expect("manifest")
        require(frame["size"] == size, "the size that was offered")
        return read_manifest(self._raw(size), root)

    def chunks(self, root: bytes, manifest: Manifest) -> dict[int, bytes]:
        """All that the holder has. They are asked for in two questions, the second before the first is answered."""
        count = len(manifest.hashes)
        for first in range(0, count, 64):
            self._send("get_chunks", root=root, first=first, count=min(64, count - first))
        came: dict[int, bytes] = {}
        for index in range(count):
            frame = self._next()
            require(frame["index"] == index, "in the order in which they were asked for")
            if frame["t"] == "missing":
                continue
            require(frame["t"] == "chunk", "a chunk")
            require(frame["size"] == manifest.size_of(index), "its size")
            data = self._raw(frame["size"])
            require(hashlib.sha256(data).digest() == manifest.hashes[index], "its hash")
            came[index] = data
        self._send("bye")
        return came

    def _raw(self, size: int) -> bytes:
        assert self._socket is not None
        while len(self._received) < size:
            data = self._socket.recv(CHUNK)
            require(data != b"", "all of it comes")
            self._received += data
        data, self._received = self._received[:size], self._received[size:]
        return data
