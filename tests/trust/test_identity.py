"""The identity on disk (made once, private, never replaced silently), the device, and what two people compare."""

from __future__ import annotations

import math
import os
import shutil
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from hypothesis import given
from hypothesis import strategies as st

from lanchat.core.listing import key_fingerprint
from lanchat.core.model import MemberKey
from lanchat.trust.identity import (
    CERTIFICATE_BYTES,
    IdentityDamaged,
    NotAnIdentity,
    badge,
    certificate_fingerprint,
    is_badge_of,
    key_of_certificate,
    key_words,
    load_or_create,
    machine_id,
    pair_numbers,
)
from lanchat.trust.passphrase import WORDS
from lanchat.trust.signing import is_signed
from tests.identities import new_identity
from tests.systems import needs_links, needs_modes

MACHINE = b"this machine"


def kept(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


# --- kept ------------------------------------------------------------------------------------------------------------
def test_who_i_am_stays_the_same(tmp_path: Path) -> None:
    first, again = load_or_create(tmp_path / "data"), load_or_create(tmp_path / "data")
    assert (first.key, first.certificate, first.device_id) == (again.key, again.certificate, again.device_id)
    assert is_signed(first.key, again.sign(b"hello"), b"hello")


def test_everybody_is_somebody_else(tmp_path: Path) -> None:
    one, other = load_or_create(tmp_path / "one"), load_or_create(tmp_path / "other")
    assert one.key != other.key
    assert one.device_id != other.device_id


@needs_modes
def test_nobody_else_can_read_the_key(tmp_path: Path) -> None:
    umask = os.umask(0)
    try:
        load_or_create(tmp_path / "data")
    finally:
        os.umask(umask)
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "data").iterdir()} == {0o600}


@needs_modes
def test_a_key_that_became_readable_is_made_private_again(tmp_path: Path) -> None:
    load_or_create(tmp_path)
    (tmp_path / "identity.pem").chmod(0o644)
    load_or_create(tmp_path)
    assert (tmp_path / "identity.pem").stat().st_mode & 0o777 == 0o600


def test_a_first_start_that_fails_leaves_nothing_half_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            load_or_create(tmp_path)
    assert kept(tmp_path) == {}
    load_or_create(tmp_path)


def test_what_a_power_cut_left_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / ".identity.pem.new").write_bytes(b"half a ke")
    load_or_create(tmp_path)
    assert sorted(kept(tmp_path)) == ["device", "identity.pem"]


# --- damaged ---------------------------------------------------------------------------------------------------------
def refused(folder: Path) -> str:
    before = kept(folder)
    with pytest.raises(IdentityDamaged) as caught:
        load_or_create(folder)
    assert kept(folder) == before, "nothing was changed"
    advice = str(caught.value)
    assert str(folder / "identity.pem") in advice
    assert "backup" in advice
    return advice


def test_a_shortened_key_file_is_never_replaced(tmp_path: Path) -> None:
    load_or_create(tmp_path)
    whole = (tmp_path / "identity.pem").read_bytes()
    for length in range(0, len(whole) - 1, 7):
        (tmp_path / "identity.pem").write_bytes(whole[:length])
        refused(tmp_path)
    (tmp_path / "identity.pem").write_bytes(whole[:-1])  # only the last line's end
    load_or_create(tmp_path)


@pytest.mark.parametrize("content", [b"", b"\0" * 600, b"\xff" * 99, b"-----BEGIN PRIVATE KEY-----\n", b"x" * 100_000])
def test_a_damaged_key_file_is_never_replaced(tmp_path: Path, content: bytes) -> None:
    load_or_create(tmp_path)
    (tmp_path / "identity.pem").write_bytes(content)
    refused(tmp_path)


def test_a_key_under_anothers_certificate_is_refused(tmp_path: Path) -> None:
    load_or_create(tmp_path / "one")
    load_or_create(tmp_path / "other")
    key = (tmp_path / "one" / "identity.pem").read_text("utf-8").partition("-----BEGIN CERTIFICATE")[0]
    certificate = (tmp_path / "other" / "identity.pem").read_text("utf-8")[len(key) :]
    (tmp_path / "one" / "identity.pem").write_text(key + certificate, "utf-8")
    assert "do not belong together" in refused(tmp_path / "one")


def test_another_kind_of_key_is_refused(tmp_path: Path) -> None:
    load_or_create(tmp_path)
    certificate = (tmp_path / "identity.pem").read_bytes().partition(b"-----END PRIVATE KEY-----\n")[2]
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "identity.pem").write_bytes(pem + certificate)
    assert "another kind of key" in refused(tmp_path)


def test_a_key_that_wants_a_password_is_refused(tmp_path: Path) -> None:
    load_or_create(tmp_path)
    certificate = (tmp_path / "identity.pem").read_bytes().partition(b"-----END PRIVATE KEY-----\n")[2]
    key = ed25519.Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"password"))
    (tmp_path / "identity.pem").write_bytes(pem + certificate)
    refused(tmp_path)


def test_a_key_file_that_is_gone_is_not_made_anew(tmp_path: Path) -> None:
    load_or_create(tmp_path)
    (tmp_path / "identity.pem").unlink()
    assert "is missing" in refused(tmp_path)


@needs_links
def test_a_key_on_a_stick_that_is_not_plugged_in_is_not_made_anew(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "identity.pem").symlink_to(tmp_path / "stick" / "identity.pem")
    with pytest.raises(IdentityDamaged, match="cannot be read"):
        load_or_create(tmp_path / "data")
    assert (tmp_path / "data" / "identity.pem").is_symlink()


def test_a_folder_in_the_keys_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "identity.pem").mkdir()
    with pytest.raises(IdentityDamaged):
        load_or_create(tmp_path)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="this user may read everything")
def test_a_key_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    load_or_create(tmp_path)
    (tmp_path / "identity.pem").chmod(0)
    with pytest.raises(IdentityDamaged, match="cannot be read"):
        load_or_create(tmp_path)


# --- the device ------------------------------------------------------------------------------------------------------
def test_a_cloned_data_folder_is_another_device_of_the_same_person(tmp_path: Path) -> None:
    here = load_or_create(tmp_path / "data", MACHINE)
    shutil.copytree(tmp_path / "data", tmp_path / "copy")
    copy = load_or_create(tmp_path / "copy", MACHINE)
    assert copy.key == here.key
    assert copy.device_id != here.device_id
    assert load_or_create(tmp_path / "data", MACHINE).device_id == here.device_id
    assert load_or_create(tmp_path / "copy", MACHINE).device_id == copy.device_id


def test_a_cloned_disk_in_another_machine_is_another_device(tmp_path: Path) -> None:
    here = load_or_create(tmp_path, MACHINE)
    there = load_or_create(tmp_path, b"another machine")
    assert there.key == here.key
    assert there.device_id != here.device_id


def test_a_folder_put_back_from_a_backup_is_another_device(tmp_path: Path) -> None:
    """Its counters would start again from where they were, and the room has seen later ones."""
    here = load_or_create(tmp_path / "data", MACHINE)
    shutil.copytree(tmp_path / "data", tmp_path / "backup")
    load_or_create(tmp_path / "data", MACHINE)
    (tmp_path / "data").rename(tmp_path / "old")
    shutil.copytree(tmp_path / "backup", tmp_path / "data")
    assert load_or_create(tmp_path / "data", MACHINE).device_id != here.device_id


def test_a_moved_folder_stays_the_same_device(tmp_path: Path) -> None:
    here = load_or_create(tmp_path / "data", MACHINE)
    (tmp_path / "data").rename(tmp_path / "moved")
    assert load_or_create(tmp_path / "moved", MACHINE).device_id == here.device_id


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"00", b"0011223344556677", b"zz zz", b"0011223344556677 " * 9])
def test_a_damaged_device_file_makes_a_new_device(tmp_path: Path, content: bytes) -> None:
    here = load_or_create(tmp_path, MACHINE)
    (tmp_path / "device").write_bytes(content)
    anew = load_or_create(tmp_path, MACHINE)
    assert anew.key == here.key
    assert anew.device_id not in (here.device_id, bytes.fromhex("0011223344556677"))
    assert load_or_create(tmp_path, MACHINE).device_id == anew.device_id


def test_the_device_file_tells_nothing_of_the_machine(tmp_path: Path) -> None:
    load_or_create(tmp_path)
    assert machine_id() == machine_id() != b""
    assert machine_id().strip() not in (tmp_path / "device").read_bytes()


# --- the certificate -------------------------------------------------------------------------------------------------
def test_the_certificate_says_nothing_personal_and_never_expires(tmp_path: Path) -> None:
    me = load_or_create(tmp_path)
    certificate = x509.load_der_x509_certificate(me.certificate)
    assert certificate.subject.rfc4514_string() == certificate.issuer.rfc4514_string() == "CN=lanchat"
    assert not list(certificate.extensions)
    assert certificate.not_valid_before_utc.year == 2020
    assert certificate.not_valid_after_utc.year == 9999
    assert key_of_certificate(me.certificate) == me.key


def test_fingerprints_have_their_lengths() -> None:
    me = new_identity()
    assert len(certificate_fingerprint(me.certificate)) == 32
    assert len(key_fingerprint(me.key)) == 16


def certificate_of(private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed448.Ed448PrivateKey) -> bytes:
    """Anybody's certificate for a key that is not ours, put into one that is."""
    ours = x509.load_der_x509_certificate(new_identity().certificate)
    builder = x509.CertificateBuilder(
        ours.issuer, ours.subject, private.public_key(), 7, ours.not_valid_before_utc, ours.not_valid_after_utc
    )
    return builder.sign(ed25519.Ed25519PrivateKey.generate(), None).public_bytes(Encoding.DER)


@pytest.mark.parametrize(
    "private",
    [
        rsa.generate_private_key(65537, 2048),
        ec.generate_private_key(ec.SECP256R1()),
        ed448.Ed448PrivateKey.generate(),
    ],
    ids=["rsa", "p256", "ed448"],
)
def test_a_certificate_with_another_kind_of_key_is_nobodys(private: rsa.RSAPrivateKey) -> None:
    with pytest.raises(NotAnIdentity):
        key_of_certificate(certificate_of(private))


def test_a_certificate_far_too_large_is_nobodys() -> None:
    private = ed25519.Ed25519PrivateKey.generate()
    ours = x509.load_der_x509_certificate(new_identity().certificate)
    builder = x509.CertificateBuilder(
        ours.issuer, ours.subject, private.public_key(), 7, ours.not_valid_before_utc, ours.not_valid_after_utc
    )
    padding = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"), b"x" * CERTIFICATE_BYTES)
    large = builder.add_extension(padding, critical=False).sign(private, None).public_bytes(Encoding.DER)
    with pytest.raises(NotAnIdentity, match="too large"):
        key_of_certificate(large)


def test_garbage_of_every_length_is_nobodys_certificate() -> None:
    good = new_identity().certificate
    for length in range(len(good)):
        with pytest.raises(NotAnIdentity):
            key_of_certificate(good[:length])
    with pytest.raises(NotAnIdentity):
        key_of_certificate(good + b"\0" * CERTIFICATE_BYTES)


@given(st.binary(max_size=400))
def test_random_bytes_are_nobodys_certificate(data: bytes) -> None:
    with pytest.raises(NotAnIdentity):
        key_of_certificate(data)


# --- the badge -------------------------------------------------------------------------------------------------------
def test_a_badge_is_easy_to_type() -> None:
    groups = badge(new_identity().key).split("-")
    assert [len(group) for group in groups] == [4, 4, 4, 4]
    assert set("".join(groups)) <= set("0123456789abcdefghjkmnpqrstvwxyz")


def test_a_key_has_the_same_badge_in_every_version() -> None:
    assert badge(MemberKey(bytes(range(32)))) == "481j-0c7m-s46z-p95x"


def test_a_badge_is_heard_however_it_is_written() -> None:
    key = MemberKey(bytes(range(32)))
    shown = badge(key)
    for typed in (shown, shown.upper(), shown.replace("-", ""), f" {shown.replace('-', ' ')} "):
        assert is_badge_of(typed, key)
    assert is_badge_of(shown.replace("0", "O").replace("1", "l"), key)


@given(st.text(max_size=30))
def test_anything_else_is_not_that_badge(typed: str) -> None:
    assert not is_badge_of(typed, MemberKey(bytes(32)))


def test_a_badge_with_one_wrong_letter_is_refused() -> None:
    key = MemberKey(bytes(range(32)))
    shown = badge(key)
    for place, letter in enumerate(shown):
        if letter != "-":
            assert not is_badge_of(shown[:place] + ("x" if letter != "x" else "y") + shown[place + 1 :], key)


ANA, BEN = MemberKey(b"a" * 32), MemberKey(b"b" * 32)
FROZEN_WORDS = ("panda", "unit", "lounge", "fruit", "goose", "guava")
FROZEN_NUMBERS = ("54493", "26725", "72643", "33057", "90000", "98975")


def test_words_of_a_key_never_change() -> None:
    """Somebody has them on paper."""
    assert key_words(ANA) == key_words(ANA) == FROZEN_WORDS
    assert key_words(ANA) != key_words(BEN)
    assert set(key_words(BEN)) <= set(WORDS)


def test_both_see_the_same_numbers() -> None:
    assert pair_numbers(ANA, BEN) == pair_numbers(BEN, ANA) == FROZEN_NUMBERS
    assert [len(group) for group in pair_numbers(ANA, BEN)] == [5] * 6
    assert all(group.isdecimal() for group in pair_numbers(ANA, BEN))


def test_somebody_in_between_makes_other_numbers() -> None:
    eve = new_identity().key
    seen = {pair_numbers(ANA, BEN), pair_numbers(ANA, eve), pair_numbers(eve, BEN)}
    assert len(seen) == 3


def test_there_are_enough_of_them() -> None:
    assert math.log2(len(WORDS)) * len(key_words(ANA)) >= 60
    assert math.log2(10) * sum(map(len, pair_numbers(ANA, BEN))) >= 99
