"""What TLS itself gives: a new encrypted connection to whoever holds the certificate's key."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
from tls_pair import TlsPair

from lanchat.core import limits
from lanchat.trust import identity
from lanchat.trust.identity import load_or_create
from tests.identities import new_identity

ana = new_identity()


def test_both_sides_speak_lanchat_over_tls_1_3() -> None:
    link = TlsPair(ana)
    assert (link.client.tls.version(), link.host.tls.version()) == ("TLSv1.3", "TLSv1.3")
    assert link.client.tls.selected_alpn_protocol() == link.host.tls.selected_alpn_protocol() == limits.ALPN
    assert link.certificate == ana.certificate
    assert link.client.tls.compression() is None


def test_an_identity_from_disk_is_the_one_shown(tmp_path: Path) -> None:
    me = load_or_create(tmp_path)
    assert TlsPair(me).certificate == me.certificate


def test_an_older_tls_is_refused() -> None:
    old = identity.client_context()
    old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises(ssl.SSLError):
        TlsPair(ana, old)


@pytest.mark.parametrize("protocols", [["http/1.1"], ["h2", "lanchat/2"], []])
def test_a_program_that_speaks_something_else_is_noticed_on_both_sides(protocols: list[str]) -> None:
    other = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    other.check_hostname, other.verify_mode = False, ssl.CERT_NONE
    if protocols:
        other.set_alpn_protocols(protocols)
    link = TlsPair(ana, other)
    assert link.client.tls.selected_alpn_protocol() is None
    assert link.host.tls.selected_alpn_protocol() is None


def test_no_session_can_be_resumed() -> None:
    """A resumed session shows no certificate."""
    link = TlsPair(ana)
    link.host.tls.write(b"hi")
    link.carry()
    assert link.client.tls.read(10) == b"hi"
    session = link.client.tls.session
    assert session is None or not session.has_ticket
