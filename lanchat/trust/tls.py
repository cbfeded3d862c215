"""How TLS is set up on both sides: configuration only, the sockets live in `network`.

TLS encrypts and proves that the host holds the key in its certificate. Whose key that is, `trust.handshake` decides.
Whoever connects MUST look at the agreed ALPN, on both sides: Python lets a mismatch pass.
"""

from __future__ import annotations

import ssl

from lanchat.core import limits
from lanchat.trust.identity import Identity


def host_context(identity: Identity) -> ssl.SSLContext:
    """For a Host's listener. Raises OSError (ssl.SSLError included) when the identity's file is gone."""
    context = _context(ssl.PROTOCOL_TLS_SERVER)
    context.num_tickets = 0  # a resumed session shows no certificate, and every proof is bound to the certificate
    context.options |= ssl.OP_NO_TICKET
    identity.show_in(context)
    return context


def client_context() -> ssl.SSLContext:
    """For a Client. Once connected, `getpeercert(True)` MUST go to a ClientHandshake before a byte is sent."""
    context = _context(ssl.PROTOCOL_TLS_CLIENT)
    # No authority vouches for a key made on somebody's laptop, and addresses prove nothing on a local network: the
    # certificate's key itself is compared with the one we expect. TLS still proves that the host holds that key.
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _context(protocol: int) -> ssl.SSLContext:
    context = ssl.SSLContext(protocol)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.options |= ssl.OP_NO_COMPRESSION
    context.set_alpn_protocols([limits.ALPN])
    return context
