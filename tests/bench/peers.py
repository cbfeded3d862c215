"""Other chat servers and brokers under the same load, for the ratios: Debian's packages with their throttles lifted.

Each runs in a folder of its own on free loopback ports, with TLS 1.3 where it can (Redis and NATS: without, said so).
"""

from __future__ import annotations

import datetime
import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.bench.generator import Target

_START_SECONDS = 10.0
_SYSTEM_FOLDERS = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])

#: ffdhe2048 of RFC 7919. TLS 1.3 does not use it, but without it ngircd makes its own first, for up to half a minute.
_DH_PARAMETERS = """\
-----BEGIN DH PARAMETERS-----
MIIBCAKCAQEA//////////+t+FRYortKmq/cViAnPTzx2LnFg84tNpWp4TZBFGQz
+8yTnc4kmz75fS/jY2MMddj2gbICrsRhetPfHtXV/WVhJDP1H18GbtCFY2VVPe0a
87VXE15/V8k1mE8McODmi3fipona8+/och3xWKE2rec1MKzKT0g6eXq8CrGCsyT7
YdEIqUuyyOP7uWrat2DX9GgdT0Kj3jlN9K5W7edjcrsZCwenyO4KbXCeAvzhzffi
7MA0BM0oNC9hkXL+nOmFg/+OTxIy7vKBg8P+OxtMb61zO7X8vC7CIAXFjvGDfRaD
ssbzSibBsu/6iGtCOGEoXJf//////////wIBAg==
-----END DH PARAMETERS-----
"""


@dataclass(frozen=True, slots=True)
class Peer:
    """How to start one, given its folder and a free port: its configuration file's text, and its command line."""

    name: str  #: as the table has it
    program: str
    protocol: str
    config: Callable[[Path, int], str]
    words: Callable[[Path, int], list[str]]


def _ngircd(folder: Path, port: int) -> str:
    return f"""
        [Global]
        Name = irc.bench.test
        Info = bench
        Listen = 127.0.0.1
        Ports = {free_port()}
        [Limits]
        MaxConnections = 0
        MaxConnectionsIP = 0
        MaxJoins = 0
        MaxPenaltyTime = 0
        [Options]
        DNS = no
        Ident = no
        PAM = no
        [SSL]
        CertFile = {folder}/cert.pem
        KeyFile = {folder}/key.pem
        DHFile = {folder}/dh.pem
        Ports = {port}
    """


def _mosquitto(folder: Path, port: int) -> str:
    return f"""
        listener {port} 127.0.0.1
        certfile {folder}/cert.pem
        keyfile {folder}/key.pem
        allow_anonymous true
        max_connections -1
        max_inflight_messages 0
        max_queued_messages 0
        set_tcp_nodelay true
        persistence false
        user {getpass.getuser()}
    """


def _redis(folder: Path, port: int) -> str:
    return f"""
        bind 127.0.0.1
        port {port}
        dir {folder}
        save ""
        appendonly no
        maxclients 5000
        client-output-buffer-limit pubsub 0 0 0
    """


def _nats(folder: Path, port: int) -> str:
    return f"""
        host: 127.0.0.1
        port: {port}
        max_connections: 5000
    """


def _config(folder: Path) -> str:
    return str(folder / "config")


NGIRCD = Peer("ngircd", "ngircd", "irc", _ngircd, lambda folder, _: ["--nodaemon", "--config", _config(folder)])
MOSQUITTO = Peer("mosquitto", "mosquitto", "mqtt", _mosquitto, lambda folder, _: ["-c", _config(folder)])
REDIS = Peer("redis (no TLS)", "redis-server", "redis", _redis, lambda folder, _: [_config(folder)])
NATS = Peer("nats (no TLS)", "nats-server", "nats", _nats, lambda folder, _: ["-c", _config(folder)])


@contextmanager
def running(peer: Peer, folder: Path) -> Iterator[Target | None]:
    """The peer, started and stopped; None: not installed."""
    program = shutil.which(peer.program, path=_SYSTEM_FOLDERS)
    if program is None:
        yield None
        return
    place = folder / peer.program
    place.mkdir()
    port = free_port()
    _write_certificate(place)
    lines = (line.strip() for line in peer.config(place, port).splitlines())
    (place / "config").write_text("\n".join(lines) + "\n", "utf-8")
    with (place / "log").open("wb") as log:
        process = subprocess.Popen([program, *peer.words(place, port)], cwd=place, stdout=log, stderr=log)
        try:
            _wait_for(port, process)
            yield Target(peer.name, peer.protocol, port, process.pid)
        finally:
            process.terminate()
            process.wait()
            shutil.rmtree(place)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"{process.args!r} did not open its port")


def _write_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bench")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (folder / "dh.pem").write_text(_DH_PARAMETERS, "utf-8")
