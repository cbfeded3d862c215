"""Where a page goes when its host is gone, and what it takes along: without a browser, in Node."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lanchat.network.guest_server import nonce_id
from tests.web.modules import PageModules

HERE = "192.168.1.5:29750"
THERE = "192.168.1.7:29751"
FRAGMENT = "A" * 43
KEY = bytes(range(32))
NONCE = bytes(range(100, 132))
SECRET = b"s" * 32
MINE = Ed25519PrivateKey.from_private_bytes(SECRET).public_key().public_bytes_raw()


def goes_to(page: PageModules, *told: dict[str, Any]) -> list[str]:
    """The addresses at which a page that was told this looks for the room, the first first."""
    next_hosts = page.call("next_hosts", "NextHosts", HERE)
    for frame in told:
        next_hosts.call("heard", frame)
    return list(dict.fromkeys(door["address"].partition(":")[0] for door in next_hosts.call("doors")))


def heirs(*addresses: str) -> dict[str, Any]:
    return {"t": "heirs", "heirs": [[KEY, address, 29748] for address in addresses]}


def test_a_page_goes_to_whoever_was_named_last_then_to_the_others(page: PageModules) -> None:
    moved = {"t": "moved", "heir": [KEY, "192.168.1.7", 29749]}
    assert goes_to(page, heirs("192.168.1.6", "10.0.0.2")) == ["192.168.1.6", "10.0.0.2"]
    assert goes_to(page, heirs("192.168.1.6"), moved) == ["192.168.1.7", "192.168.1.6"]
    assert goes_to(page, heirs("192.168.1.6"), heirs()) == []


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "evil.example", "192.168.1.6.evil.example", "192.168.1.6:80", "192.168.1.6/", "192.168.1.6#", "",
     "192.168.1", "192.168.1.256", "172.32.0.1", "fe80::1", "0.0.0.0", "224.0.0.251", "10.0.0.1@8.8.8.8",
     "127.evil.1.1", "010.8.8.8", "172.017.1.1", "192.168.1.08", "0xa.0.0.1", "10.0.0.-1", "10.0.0. 1", "10.0.0.1.1"],
)  # fmt: skip
def test_a_page_goes_only_to_numbers_of_this_network(page: PageModules, address: str) -> None:
    assert goes_to(page, heirs(address)) == []


def test_an_heir_on_the_hosts_own_computer_is_where_the_host_is(page: PageModules) -> None:
    assert goes_to(page, heirs("127.0.0.1")) == ["192.168.1.5"]


@pytest.mark.parametrize("heir", [None, 7, [], [KEY[:31], "192.168.1.6", 1], [KEY, 7, 1], {"address": "192.168.1.6"}])
def test_what_is_no_heir_is_nowhere(page: PageModules, heir: object) -> None:
    assert goes_to(page, {"t": "heirs", "heirs": [heir]}) == []


def handoff(author: bytes = MINE, count: int = 1, **changed: object) -> dict[str, Any]:
    """Of a guest with so many unsent messages."""
    body = b"x" * 1000
    outbox = [[bytes([n % 256]) * 16, author, b"d" * 8, n, "text", None, body, 0, bytes(64)] for n in range(count)]
    packed = {
        "secretKey": SECRET, "deviceId": b"d" * 8, "nick": "Mia", "revision": 2, "room": "kitchenkitchen22",
        "counter": count, "outbox": outbox,
    }  # fmt: skip
    return {**packed, **changed}


def url_of(page: PageModules, packed: dict[str, Any]) -> Any:
    return page.call("handoff", "urlOf", {"address": THERE, "fragment": FRAGMENT, "nonce": NONCE}, packed)


def unpacked(page: PageModules, url: str, nonce: bytes = NONCE, *trouble: object) -> tuple[Any, str]:
    """What the next page takes out of its URL, where its host gives it this nonce, and what of that is left for the
    code."""
    page.call("fakes", "serves", f"/nonce/{nonce_id(NONCE)}", nonce, *trouble)
    return opened(page, url)


def opened(page: PageModules, url: str) -> tuple[Any, str]:
    window = page.call("fakes", "OpenedWindow", "/", url[url.index("#") :], True)
    return page.call("handoff", "openHandoff", page.call("handoff", "takeSealedHandoff", window)), window.call("shown")


def arrives(page: PageModules, packed: dict[str, Any]) -> Any:
    return unpacked(page, url_of(page, packed))[0]


def test_what_is_taken_along_is_out_of_the_address_at_once(page: PageModules) -> None:
    url = url_of(page, handoff())
    assert url.startswith(f"http://{THERE}/#{FRAGMENT}.")
    assert unpacked(page, url) == (handoff(), f"/#{FRAGMENT}")


def test_an_address_says_nothing_once_the_host_has_forgotten_what_opens_it(page: PageModules) -> None:
    url = url_of(page, handoff())
    sealed = url.rpartition(".")[2]
    assert SECRET not in base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
    assert unpacked(page, url, b"") == (None, f"/#{FRAGMENT}")
    assert unpacked(page, url, b"n" * 32) == (None, f"/#{FRAGMENT}")


INDEX = b"<!doctype html>"


@pytest.mark.parametrize(
    ("name", "served_at", "body"),
    [(nonce_id(b""), "/", INDEX), ("AAA", "/", INDEX), ("%2e%2e/", "/", INDEX),
     (nonce_id(INDEX), f"/nonce/{nonce_id(INDEX)}", INDEX),
     (nonce_id(b"n" * 32), f"/nonce/{nonce_id(b'n' * 32)}", NONCE),
     (f"%2e/{nonce_id(NONCE)}", f"/nonce/{nonce_id(NONCE)}", NONCE)],
)  # fmt: skip
def test_nobody_makes_an_address_that_opens_with_what_everybody_knows(
    page: PageModules, name: str, served_at: str, body: bytes
) -> None:
    """The box is sealed with what the page gets: it would open, and the phone would be who made the address."""
    page.call("fakes", "serves", served_at, body)
    for known in (body, b""):
        door = {"address": THERE, "fragment": FRAGMENT, "nonce": known}
        sealed = page.call("handoff", "urlOf", door, handoff()).rpartition(".")[2]
        assert opened(page, f"#{FRAGMENT}.{name}.{sealed}") == (None, f"/#{FRAGMENT}")


@pytest.mark.parametrize("refuses", [True, False])
def test_who_does_not_reach_the_host_at_once_asks_again(page: PageModules, refuses: bool) -> None:
    url = url_of(page, handoff())
    assert unpacked(page, url, NONCE, 3, refuses)[0] == handoff()
    assert unpacked(page, url, NONCE, 1_000, refuses)[0] is None, "as long as the host knows the nonce"


def test_what_is_too_much_for_an_address_stays_behind_the_newest_first(page: PageModules) -> None:
    came = arrives(page, handoff(count=400))["outbox"]
    assert 100 < len(came) < 200
    assert came == handoff(count=400)["outbox"][: len(came)]


def test_what_somebody_else_wrote_is_not_sent(page: PageModules) -> None:
    assert arrives(page, handoff(author=KEY)) == handoff(outbox=[])


@pytest.mark.parametrize(
    "wrong",
    [{"secretKey": b"s" * 31}, {"deviceId": b""}, {"nick": ""}, {"nick": 7}, {"revision": "2"}, {"room": 7},
     {"counter": None}],
)  # fmt: skip
def test_what_no_page_packed_is_not_taken(page: PageModules, wrong: dict[str, object]) -> None:
    assert arrives(page, handoff(**wrong)) is None


@pytest.mark.parametrize("behind", ["", "AAAA", "????", ".", "gA"])
def test_whatever_stands_behind_the_code_is_gone_from_the_address(page: PageModules, behind: str) -> None:
    assert unpacked(page, f"#{FRAGMENT}.{behind}") == (None, f"/#{FRAGMENT}")


def test_a_link_of_a_qr_code_has_nothing_to_unpack(page: PageModules) -> None:
    assert unpacked(page, f"#{FRAGMENT}") == (None, f"/#{FRAGMENT}")
