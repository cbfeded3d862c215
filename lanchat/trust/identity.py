"""The identity of a person and of their device: on disk, as people compare it, and as TLS presents it.

A person is one Ed25519 key (RFC 8032), which is also the key of the certificate that a host presents. Private key and
self-signed certificate share the file `identity.pem` (0600), so that neither exists without the other.

A device is one DeviceId for each data folder and machine, in the file `device`. Each device numbers its own entries
1, 2, 3…, so two devices must never share a DeviceId, even when the data folder was copied, cloned with its disk or
restored from a backup. A new DeviceId is always safe: when in doubt, one is made.

Badges, key words and pair numbers are what two people compare to exclude a man in the middle.

TLS (1.3, RFC 8446) encrypts, and proves that the host holds the key in its certificate; `trust.handshake` checks whose
key it is. Both sides MUST check the agreed ALPN after connecting: Python accepts a mismatch.

`load_or_create` runs on the thread that starts the program; everything else may run on any.
"""

from __future__ import annotations

import base64
import datetime
import hashlib
import hmac
import os
import secrets
import ssl
import stat
import sys
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from lanchat.core import limits
from lanchat.core.model import DeviceId, MemberKey, digest
from lanchat.core.translate import _
from lanchat.trust.passphrase import WORDS
from lanchat.trust.private_files import atomic_write

FILE = "identity.pem"
FILE_BYTES = 16 * 1024  # read at most; a genuine file has under 1 KiB
CERTIFICATE_BYTES = 4 * 1024  # accepted at most; a genuine one has under 400 bytes

_CROCKFORD = str.maketrans("abcdefghijklmnopqrstuvwxyz234567", "0123456789abcdefghjkmnpqrstvwxyz")
_LOOKALIKES = str.maketrans("ilo", "110", "- ")  # letters that Crockford's Base32 reads as digits

DEVICE_FILE = "device"

_WORDS: Final = 6  # ten bits each
_GROUPS, _DIGITS = 6, 5  # 99 bits
_ROUNDS: Final = 100_000  # 20 ms: the price of every key that somebody tries in search of one that compares alike


class IdentityDamaged(Exception):
    """The identity on disk cannot be used; nothing was changed. The text is for the person and says what to do."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(
            _(
                "Your identity, {path}, {problem}. Everything is left as it was: a new identity would make you a "
                "stranger in every room you know. Put the file back from a backup; or, to begin anew as somebody else, "
                "move the files {key_file} and {device_file} away and start again."
            ).format(path=path, problem=problem, key_file=FILE, device_file=DEVICE_FILE)
        )


class NotAnIdentity(ValueError):
    """A certificate that carries no Ed25519 key, or no certificate at all."""


@dataclass(frozen=True, slots=True, eq=False)
class Identity:
    key: MemberKey
    certificate: bytes  #: DER, self-signed; holds nothing about the person or the machine
    device_id: DeviceId
    _private: Ed25519PrivateKey = field(repr=False)
    file: Path  #: of key and certificate

    def sign(self, data: bytes) -> bytes:
        """The signature: 64 bytes."""
        return self._private.sign(data)

    def derive(self, label: str) -> bytes:
        """32 secret bytes for another purpose (HKDF, RFC 5869), the same wherever this identity is put back."""
        return HKDF(SHA256(), 32, None, b"lanchat/1 " + label.encode()).derive(self._private.private_bytes_raw())


def load_or_create(folder: Path, machine: bytes | None = None) -> Identity:
    """The identity in `folder`, made when there is none yet.

    The folder MUST belong to this process alone. `machine`: a machine id; None: this machine's.
    Raises IdentityDamaged, and OSError when the folder cannot be written.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / FILE
    machine = machine_id() if machine is None else machine
    pem = _read(path)
    if pem is not None:
        private, certificate = _parse(path, pem)
    elif (folder / DEVICE_FILE).exists():
        raise IdentityDamaged(path, _("is missing"))  # the device file is written after the identity: there was one
    else:
        private = Ed25519PrivateKey.generate()
        certificate = _certify(private)
        with atomic_write(path) as file:
            file.write(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
            file.write(ssl.DER_cert_to_PEM_cert(certificate).encode())
    key = MemberKey(private.public_key().public_bytes_raw())
    return Identity(key, certificate, device_of(folder, machine), private, path)


def _read(path: Path) -> bytes | None:
    """The file's bytes; None when nothing is at `path`. Raises IdentityDamaged for what cannot be read."""
    try:
        os.lstat(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise IdentityDamaged(path, _("cannot be read ({})").format(error.strerror)) from error
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise IdentityDamaged(path, _("is not a file"))
        with path.open("rb") as file:
            pem = file.read(FILE_BYTES)
            if os.name == "posix" and os.fstat(file.fileno()).st_mode & 0o077:
                with suppress(OSError):  # a file system without permissions
                    os.chmod(file.fileno(), 0o600)
            return pem
    except OSError as error:  # a dangling link, too
        raise IdentityDamaged(path, _("cannot be read ({})").format(error.strerror)) from error


def _parse(path: Path, pem: bytes) -> tuple[Ed25519PrivateKey, bytes]:
    try:
        private = load_pem_private_key(pem, password=None)
        text = pem.decode("ascii")
        certificate = ssl.PEM_cert_to_DER_cert(text[text.index("-----BEGIN CERTIFICATE") :])
        if isinstance(private, Ed25519PrivateKey):
            if key_of_certificate(certificate) == private.public_key().public_bytes_raw():
                return private, certificate
            raise IdentityDamaged(path, _("holds a key and a certificate that do not belong together"))
        raise IdentityDamaged(path, _("holds another kind of key"))
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:  # TypeError: the key is encrypted
        raise IdentityDamaged(path, _("is damaged")) from error


def _certify(private: Ed25519PrivateKey) -> bytes:
    """A self-signed certificate (DER). Its name and dates are never checked: a wrong clock must lock nobody out."""
    from cryptography import x509  # 25 ms, not needed when the identity exists and no room is joined

    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "lanchat")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC))
        .not_valid_after(datetime.datetime(9999, 12, 31, 23, 59, 59, tzinfo=datetime.UTC))
    )
    return builder.sign(private, None).public_bytes(Encoding.DER)


def key_of_certificate(certificate: bytes) -> MemberKey:
    """The key in a certificate (DER). Raises NotAnIdentity for anything but an Ed25519 key."""
    from cryptography import x509

    if len(certificate) > CERTIFICATE_BYTES:
        raise NotAnIdentity("a certificate too large to be genuine")
    try:
        key = x509.load_der_x509_certificate(certificate).public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise NotAnIdentity("not a readable certificate") from error
    if not isinstance(key, Ed25519PublicKey):
        raise NotAnIdentity("a certificate with another kind of key")
    return MemberKey(key.public_bytes_raw())


def certificate_fingerprint(certificate: bytes) -> bytes:
    """32 bytes, to which every proof made on a Connection is bound."""
    return hashlib.sha256(certificate).digest()


def badge(key: MemberKey) -> str:
    """A key to compare and type: 80 bits in four groups of four, `7h2k-0xq9-…`, in Crockford's Base32 (no i l o u)."""
    letters = base64.b32encode(digest("badge", key)[:10]).decode().lower().translate(_CROCKFORD)
    return "-".join(letters[start : start + 4] for start in range(0, 16, 4))


def is_badge_of(typed: str, key: MemberKey) -> bool:
    """Whether `typed` is this key's badge; case, hyphens, blanks and look-alikes do not count."""
    normalised = typed.strip().lower().translate(_LOOKALIKES)
    return hmac.compare_digest(normalised.encode(errors="replace"), badge(key).replace("-", "").encode())


def device_of(folder: Path, machine: bytes) -> DeviceId:
    """The DeviceId of `folder` on this machine; a new one when there is none that matches. Raises OSError."""
    path = folder / DEVICE_FILE
    try:
        with path.open(encoding="ascii") as file:
            words = file.read(200).split()
            kept = bytes.fromhex(words[0]) if words else b""
            if len(kept) == 8 and words[1:] == [_binding(kept, machine, file.fileno())]:
                return DeviceId(kept)
    except (OSError, ValueError):  # missing or damaged; writing the new one raises where that fails, too
        pass
    made = secrets.token_bytes(8)
    with atomic_write(path) as fresh:
        fresh.write(f"{made.hex()} {_binding(made, machine, fresh.fileno())}\n".encode())
    return DeviceId(made)


def _binding(device_id: bytes, machine: bytes, descriptor: int) -> str:
    """A hash that binds a DeviceId to this machine and this file, and reveals neither."""
    file_number = os.fstat(descriptor).st_ino  # a copied or restored file has another inode
    return hashlib.sha256(b"lanchat/1 device" + device_id + machine + str(file_number).encode()).hexdigest()


def machine_id() -> bytes:
    """Bytes that differ between machines and stay the same on one. They are only ever hashed."""
    if sys.platform == "win32":
        import winreg

        place = r"SOFTWARE\Microsoft\Cryptography"
        access = winreg.KEY_READ | winreg.KEY_WOW64_64KEY  # a 32-bit Python would read another part of the registry
        with suppress(OSError), winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, place, 0, access) as key:
            return str(winreg.QueryValueEx(key, "MachineGuid")[0]).encode()
    elif sys.platform == "darwin":
        import ctypes

        uuid_bytes, timeout = ctypes.create_string_buffer(16), (ctypes.c_long * 2)(1, 0)  # a timespec: one second
        if ctypes.CDLL(None).gethostuuid(uuid_bytes, timeout) == 0:
            return uuid_bytes.raw
    else:
        for place in ("/etc/machine-id", "/var/lib/dbus/machine-id"):
            with suppress(OSError):
                return Path(place).read_bytes()[:100]
    return uuid.getnode().to_bytes(8, "big")  # of a network card


def key_words(key: MemberKey) -> tuple[str, ...]:
    """Six words for one key, the same on every computer and in every version."""
    number = _slow_number("key words", key)
    return tuple(WORDS[number >> 10 * place & 1023] for place in range(_WORDS))


def pair_numbers(one: MemberKey, other: MemberKey) -> tuple[str, ...]:
    """Six groups of five digits for two keys, whichever comes first."""
    number = _slow_number("pair numbers", *sorted((one, other)))
    return tuple(f"{number // 10 ** (_DIGITS * place) % 10**_DIGITS:0{_DIGITS}}" for place in range(_GROUPS))


def _slow_number(label: str, *keys: MemberKey) -> int:
    """256 bits (PBKDF2)."""
    return int.from_bytes(hashlib.pbkdf2_hmac("sha256", digest(label, *keys), label.encode(), _ROUNDS))


def host_context(identity: Identity, alpn: str = limits.ALPN) -> ssl.SSLContext:
    """For a host's listener. Raises OSError (ssl.SSLError included) when the identity's file is gone."""
    context = _context(ssl.PROTOCOL_TLS_SERVER, alpn)
    context.num_tickets = 0  # a resumed session presents no certificate, and every proof is bound to the certificate
    context.options |= ssl.OP_NO_TICKET
    context.load_cert_chain(identity.file)
    return context


def client_context(alpn: str = limits.ALPN) -> ssl.SSLContext:
    """For a client. Once connected, `getpeercert(True)` MUST go to a ClientHandshake before a byte is sent."""
    context = _context(ssl.PROTOCOL_TLS_CLIENT, alpn)
    # No authority certifies a key made on somebody's laptop, and addresses prove nothing on a local network: the key
    # in the certificate is compared with the expected one. TLS still proves that the host holds that key.
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _context(protocol: int, alpn: str) -> ssl.SSLContext:
    """The settings of both sides."""
    context = ssl.SSLContext(protocol)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.options |= ssl.OP_NO_COMPRESSION
    context.set_alpn_protocols([alpn])
    return context
