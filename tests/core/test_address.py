"""What a person may type to say where a room is."""

from __future__ import annotations

import contextlib
import ipaddress
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanchat.core.address import (
    AddressTarget,
    CodeTarget,
    LinkTarget,
    NotAnAddress,
    Numeric,
    RoomIdTarget,
    address_of_socket,
    can_be_beside,
    parse_where,
    room_code,
    room_link,
)
from lanchat.core.model import RoomId

ipv4s = st.ip_addresses(v=4).map(str)
single = st.ip_addresses().filter(lambda a: not a.is_multicast and not a.is_unspecified)
hosts = single.filter(lambda a: not getattr(a, "ipv4_mapped", None)).map(str)
fingerprints = st.binary(min_size=16, max_size=16)
room_ids = st.text("abcdefghijklmnopqrstuvwxyz234567", min_size=16, max_size=16).map(RoomId)
ports = st.integers(1, 65535)


@given(ipv4s, fingerprints)
def test_a_spoken_code_leads_back_to_the_host(ipv4: str, fingerprint: bytes) -> None:
    code = room_code(ipv4, fingerprint)
    assert [len(part) for part in code.split("-")] == [5, 5, 3]
    assert parse_where(code) == CodeTarget(ipv4, fingerprint[:4])


@given(ipv4s, fingerprints, st.data())
def test_a_code_is_forgiving_about_how_it_is_written(ipv4: str, fingerprint: bytes, data: st.DataObject) -> None:
    code = room_code(ipv4, fingerprint).replace("-", data.draw(st.sampled_from(["", " ", "-", " - "])))
    code = code.replace("0", data.draw(st.sampled_from("0oO"))).replace("1", data.draw(st.sampled_from("1iIlL")))
    assert parse_where(f"  {data.draw(st.sampled_from([code, code.lower()]))}\n") == CodeTarget(ipv4, fingerprint[:4])


def test_half_of_all_typing_mistakes_in_a_code_are_noticed_at_once() -> None:
    code = room_code("192.168.1.42", bytes(range(16)))
    noticed = 0
    for letter in "0123456789ABCDEFGHJKMNPQRSTVWXYZ":
        try:
            parse_where(letter + code[1:])
        except NotAnAddress:
            noticed += 1
    assert noticed == 16


@given(st.lists(hosts, min_size=1, max_size=8), ports, room_ids, fingerprints)
def test_a_link_leads_back_to_the_room(addresses: list[str], port: int, room_id: RoomId, fingerprint: bytes) -> None:
    link = room_link(addresses, port, room_id, fingerprint)
    assert parse_where(link) == LinkTarget(tuple(addresses), port, room_id, fingerprint)


def test_a_link_leaves_out_addresses_only_this_machine_understands() -> None:
    room_id = RoomId("abcdefgh23456777")
    link = room_link(["fe80::1%eth0", "10.77.0.1", "fd77::1"], 29747, room_id, bytes(16))
    assert link == f"lanchat://10.77.0.1,[fd77::1]:29747/{room_id}#{'A' * 22}"
    assert room_link(["fe80::1%eth0"], 29747, room_id, bytes(16)) == ""


@given(hosts, st.none() | ports)
def test_an_address_with_or_without_a_port(host: str, port: int | None) -> None:
    v6 = ipaddress.ip_address(host).version == 6
    text = f"[{host}]" if v6 and port else host
    assert parse_where(text if port is None else f"{text}:{port}") == AddressTarget(host, port)


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("abcdefgh23456777", RoomIdTarget(RoomId("abcdefgh23456777"))),
        (" ABCDEFGH23456777 ", RoomIdTarget(RoomId("abcdefgh23456777"))),
        ("localhost", AddressTarget("localhost")),
        ("anas-laptop.local", AddressTarget("anas-laptop.local")),
        ("anas-laptop:5000", AddressTarget("anas-laptop", 5000)),
        ("fe80::1%eth0", AddressTarget("fe80::1%eth0")),
        ("[fe80::1%3]:29747", AddressTarget("fe80::1%3", 29747)),
        ("::1", AddressTarget("::1")),
        ("::ffff:10.0.0.5", AddressTarget("10.0.0.5")),
        ("[::ffff:a00:5]:29747", AddressTarget("10.0.0.5", 29747)),
    ],
)
def test_places_people_type(text: str, target: object) -> None:
    assert parse_where(text) == target


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "Kitchen", "my room", "10.0.0", "10.0.0.256", "10.0.0.1:", "10.0.0.1:0", "10.0.0.1:65536",
        "10.0.0.1:²", "1.2.3.4:٣", "[::1", "[::1]5", "[::1]:x", "::1]:5", "a..b", "-a.b", "a b.c", "http://10.0.0.1", "lanchat://",
        "lanchat://10.0.0.1:1/abc#x", "lanchat://10.0.0.1/abcdefgh23456777#" + "A" * 22, "0.0.0.0", "224.0.0.251",
        "::ffff:224.0.0.251",
        "lanchat://host.example:1/abcdefgh23456777#" + "A" * 22, "x" * 300 + ".y", "\0", "a\n.b",
        "lanchat://10.0.0.1:1/abcdefgh23456777#" + "A" * 21 + "B",
    ],
)  # fmt: skip
def test_what_names_no_place_is_refused_in_plain_words(text: str) -> None:
    with pytest.raises(NotAnAddress) as caught:
        parse_where(text)
    assert str(caught.value).endswith(".")


@given(st.text(string.printable + "²٣é\u202e") | st.text())
def test_whatever_is_typed_it_is_a_place_or_not_an_address(text: str) -> None:
    with contextlib.suppress(NotAnAddress):
        parse_where(text)


@pytest.mark.parametrize("around", ["<{}>", '"{}"', "'{}'", "{}.", "({})", "\u201c{}\u201d,", "  {}\n", "Come to {}!"])
def test_what_was_copied_with_a_link_is_left_out(around: str) -> None:
    link = room_link(["192.168.1.42"], 29747, RoomId("abcdefghijklmnop"), bytes(16))
    assert parse_where(around.format(link)) == parse_where(link)


@pytest.mark.parametrize("around", ["<{}>", '"{}"', "'{}'", "{}.", "({})", "\u201c{}\u201d,"])
@pytest.mark.parametrize("where", ["192.168.1.42", "192.168.1.42:4000", "[fe80::1]:4000"])
def test_what_was_copied_with_an_address_is_left_out(around: str, where: str) -> None:
    assert parse_where(around.format(where)) == parse_where(where)


@pytest.mark.parametrize(
    ("address", "host", "fits"),
    [
        ("10.0.0.7", "10.0.0.5", True),
        ("2001:db8::7", "192.168.1.5", True),
        ("fe80::7%eth0", "fe80::5%eth0", True),
        ("127.0.0.1", "127.0.0.1", True),
        ("::1", "127.0.0.1", True),
        ("127.0.0.1", "10.0.0.5", False),
        ("127.8.8.8", "10.0.0.5", False),
        ("::1", "10.0.0.5", False),
        ("::ffff:127.0.0.1", "10.0.0.5", False),
        ("0.0.0.0", "10.0.0.5", False),
        ("::", "10.0.0.5", False),
        ("224.0.0.251", "10.0.0.5", False),
        ("ff02::1", "10.0.0.5", False),
        ("255.255.255.255", "10.0.0.5", False),
    ],
)
def test_a_host_cannot_name_our_own_computer_or_a_group(address: str, host: str, fits: bool) -> None:
    assert can_be_beside(Numeric(address), Numeric(host)) is fits


@pytest.mark.parametrize(
    ("name", "address"),
    [
        (("10.0.0.5", 80), "10.0.0.5"),
        (("169.254.3.4", 80), "169.254.3.4"),
        (("2001:db8::1", 80, 0, 0), "2001:db8::1"),
        (("fe80::1", 80, 0, 3), "fe80::1%3"),
        (("fe80::1%eth0", 80, 0, 3), "fe80::1%3"),
    ],
)
def test_an_address_that_means_something_on_one_link_only_says_on_which(
    name: tuple[str, int] | tuple[str, int, int, int], address: str
) -> None:
    assert address_of_socket(name) == address
