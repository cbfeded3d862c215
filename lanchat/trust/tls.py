"""The TLS settings of both sides (TLS 1.3, RFC 8446); the sockets are in `network`. Any thread.

TLS encrypts, and proves that the host holds the key in its certificate. `trust.handshake` checks whose key it is.
Both sides MUST check the agreed ALPN after connecting: Python accepts a mismatch.
"""

from __future__ import annotations

import ssl

from lanchat.core import limits
from lanchat.trust.identity import Identity


def host_context(identity: Identity) -> ssl.SSLContext:
    """For a host's listener. Raises OSError (ssl.SSLError included) when the identity's file is gone."""
    context = _context(ssl.PROTOCOL_TLS_SERVER)
    context.num_tickets = 0  # a resumed session presents no certificate, and every proof is bound to the certificate
    context.options |= ssl.OP_NO_TICKET
    identity.load_into(context)
    return context


def client_context() -> ssl.SSLContext:
    """For a client. Once connected, `getpeercert(True)` MUST go to a ClientHandshake before a byte is sent."""
    context = _context(ssl.PROTOCOL_TLS_CLIENT)
    # No authority certifies a key made on somebody's laptop, and addresses prove nothing on a local network: the key
    # in the certificate is compared with the expected one. TLS still proves that the host holds that key.
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _context(protocol: int) -> ssl.SSLContext:
    """The settings of both sides."""
    context = ssl.SSLContext(protocol)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.options |= ssl.OP_NO_COMPRESSION
    context.set_alpn_protocols([limits.ALPN])
    return context
