"""What a card says of a member besides the nick."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanchat.core.model import PROFILE_BYTES
from lanchat.core.profile import EMPTY, Avatar, Profile, changed_profile, decode_profile, encode_profile

_index = st.none() | st.integers(0, 255)
profiles = st.builds(
    Profile,
    sealing_key=st.just(b"") | st.binary(min_size=32, max_size=32),
    status=st.text(max_size=80),
    avatar=st.builds(Avatar, _index, _index, st.just(b"") | st.binary(min_size=32, max_size=32)),
)


@given(profiles)
def test_a_profile_fits_a_card_and_is_read_as_it_was_written(profile: Profile) -> None:
    data = encode_profile(profile)
    assert len(data) <= PROFILE_BYTES
    read = decode_profile(data)
    assert encode_profile(read) == data
    assert (read.sealing_key, read.avatar) == (profile.sealing_key, profile.avatar)
    assert len(read.status) <= 60


@given(st.binary(max_size=300))
def test_any_bytes_are_a_profile(data: bytes) -> None:
    assert isinstance(decode_profile(data), Profile)


@pytest.mark.parametrize(
    "data",
    [b"\x80", b"\xff", b"\x91" * 300, msgspec.msgpack.encode({"s": 3}), msgspec.msgpack.encode({"a": [-1]}),
     msgspec.msgpack.encode({"k": b"short", "a": [None, None, b"short"]}), b"\x81\xa1s\xa1\xff"],
)  # fmt: skip
def test_what_cannot_be_read_is_an_empty_profile(data: bytes) -> None:
    assert decode_profile(data) == EMPTY


def test_what_later_programs_add_is_ignored() -> None:
    later = msgspec.msgpack.encode({"s": "tea", "a": [2, 3, b"", "hat"], "mood": {"deep": [1]}})
    assert decode_profile(later) == Profile(status="tea", avatar=Avatar(2, 3))


def test_a_status_is_one_clean_line_and_gives_way_to_the_rest() -> None:
    assert decode_profile(msgspec.msgpack.encode({"s": "a\x1b[31m\nb\u202e"})).status == "a[31m b"
    full = Profile(sealing_key=bytes(32), status="\U0001f98a" * 60, avatar=Avatar(1, 2, bytes(32)))
    read = decode_profile(encode_profile(full))
    assert 40 <= len(read.status) < 60
    assert (read.sealing_key, read.avatar) == (full.sealing_key, full.avatar)


def test_only_what_is_given_changes() -> None:
    before = Profile(sealing_key=bytes(32), status="tea", avatar=Avatar(1, 2))
    assert changed_profile(before) == before
    assert changed_profile(before, status=" coffee ") == msgspec.structs.replace(before, status="coffee")
    assert changed_profile(before, avatar=Avatar(4, 5)) == msgspec.structs.replace(before, avatar=Avatar(4, 5))
