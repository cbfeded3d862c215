"""A phone comes in by its browser, talks, is cut off, comes back, and is sent away: see `conftest` for where."""

from __future__ import annotations

import base64
from collections.abc import Callable

import msgspec
import pytest
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from engine.people import People, Person
from engine.test_succession import has_heirs
from lan.lanlab import Lab
from websockets.sync.client import connect
from websockets.typing import Origin

from lanchat.core import limits
from lanchat.core.model import digest
from lanchat.engine import commands
from lanchat.engine.events import ConnectionState
from lanchat.network.guest_server import nonce_id
from tests.web.browser import Tab
from tests.web.page_steps import HOST, enters, invites, is_asked, says, says_name, somebody

#: What runs, or makes something run, where a page takes text for markup.
MARKUP = [
    "<img src=x onerror=xss=1>", "<script>xss=1</script>", "<svg onload=xss=1>", "<b>Bo</b>",
    "javascript:xss=1", "\"'><iframe srcdoc='<script>top.xss=1</script>'>", "{{xss=1}}${xss=1}",
    "<style>*{display:none}</style>", "</textarea><img src=x onerror=xss=1>", "&lt;img src=x onerror=xss=1&gt;",
]  # fmt: skip

pytestmark = pytest.mark.long  # a browser of its own and a lab of network namespaces


# --- the way in ------------------------------------------------------------------------------------------------------
def test_who_opens_the_link_says_a_name_and_is_in(ana: Person, tab: Tab) -> None:
    is_asked(tab, invites(ana))
    assert not tab.js("isSecureContext")
    assert tab.text("#entrance").split()[:5] == ["You", "are", "invited", "to", "Kitchen"]
    says_name(tab, "Mia")
    tab.sees("Lunch at half past twelve?", "#log")
    ana.sees_here("Ana", "Mia")
    tab.sees("Connected · 2 here")


def test_the_code_is_not_in_the_address_bar_nor_in_the_history(ana: Person, tab: Tab) -> None:
    enters(tab, link := invites(ana))
    assert tab.js("location.href") == link.partition("#")[0]
    history = tab.call("Page.getNavigationHistory")["entries"]
    assert [entry["url"] for entry in history] == ["about:blank", link.partition("#")[0]]


def test_a_link_with_a_wrong_code_says_so(ana: Person, tab: Tab) -> None:
    link = invites(ana)
    place = link.index("#") + 1
    is_asked(tab, f"{link[:place]}{'B' if link[place] == 'A' else 'A'}{link[place + 1 :]}")
    says_name(tab, "Mia")
    tab.sees("This invitation has ended")
    assert ana.roster == ["Ana"]


def test_a_link_to_another_host_tells_nothing_to_who_answers(ana: Person, tab: Tab) -> None:
    link = invites(ana)
    tab.opens(f"{link[:-2]}{'AA' if link[-2:] != 'AA' else 'BA'}")
    tab.sees("Somebody else answers here")


def test_an_address_without_a_code_says_what_is_missing(ana: Person, tab: Tab) -> None:
    tab.opens(invites(ana).partition("#")[0])
    tab.sees("This page needs a code")


def test_a_name_that_somebody_has_is_not_taken_and_others_are_offered(ana: Person, tab: Tab) -> None:
    is_asked(tab, invites(ana))
    says_name(tab, "Ana")
    tab.sees("There is somebody like “Ana” here already.")
    tab.taps(".suggestions button", "Ana 2")
    tab.sees("Connected")
    ana.sees_here("Ana", "Ana 2")


# --- talking ---------------------------------------------------------------------------------------------------------
def test_a_guest_talks_with_everybody(network: Lab, people: People, ana: Person, tab: Tab) -> None:
    ben = somebody(network, people, "Ben")
    ben.joins("Kitchen")
    enters(tab, invites(ana))
    says(tab, "They have three today 🎉")
    for person in (ana, ben):
        person.sees("They have three today 🎉")
    tab.sees("✓✓", "#log .mine")
    ben.says("Keep one for me")
    tab.sees("Keep one for me", "#log")


def test_a_guest_replies_and_reacts(ana: Person, tab: Tab) -> None:
    enters(tab, invites(ana))
    tab.taps(".message:not(.mine) .bubble", "Lunch at half past twelve?")
    tab.taps("button", "Reply")
    tab.sees("Reply to Ana: Lunch at half past twelve?", "#answering")
    says(tab, "Gladly")
    asked = ana.message("Lunch at half past twelve?")
    assert ana.message("Gladly").reply_to == asked.message_id
    tab.taps(".message:not(.mine) .bubble", "Lunch at half past twelve?")
    tab.taps("button", "React with 👍")
    tab.sees("👍 1", ".reactions")
    ana.until(lambda: bool(ana.message("Lunch at half past twelve?").reactions))
    tab.taps(".reactions button")
    ana.until(lambda: not ana.message("Lunch at half past twelve?").reactions)
    tab.until("!document.querySelector('.reactions')")


def test_what_others_write_is_text_only(network: Lab, people: People, tab: Tab) -> None:
    ana = somebody(network, people, MARKUP[0])
    ana.hosts(MARKUP[1])
    ana.says(*MARKUP)
    enters(tab, invites(ana), MARKUP[2])
    tab.taps("#people-button")
    tab.sees(MARKUP[2], "#people")
    for text in MARKUP:
        tab.sees(text, "#log")
    tab.taps(".bubble", MARKUP[0])
    tab.taps("button", "Reply")
    says(tab, MARKUP[3])
    ana.until(lambda: ana.texts.count(MARKUP[3]) == 2)
    tab.sees("✓", "#log .mine")
    assert tab.js("typeof xss") == "undefined"
    assert tab.js("document.querySelectorAll('img, iframe, style, #room svg:not([viewBox])').length") == 0


# --- coming back -----------------------------------------------------------------------------------------------------
def test_a_reload_keeps_the_name_and_the_talk(ana: Person, tab: Tab) -> None:
    enters(tab, invites(ana))
    says(tab, "Here I am")
    ana.sees("Here I am")
    tab.reloads()
    tab.sees("Connected · 2 here")
    tab.sees("Here I am", "#log .mine")
    says(tab, "And again")
    ana.sees("And again")
    ana.sees_here("Ana", "Mia")


def test_who_was_cut_off_comes_back_and_what_they_wrote_is_sent_once(network: Lab, ana: Person, tab: Tab) -> None:
    enters(tab, link := invites(ana))
    says(tab, "Before")
    ana.sees("Before")
    network.firewall(HOST, f"tcp dport {link.split(':')[2].partition('/')[0]}", verdict="reject with tcp reset")
    says(tab, "Meanwhile")
    tab.sees("Looking for the room again…", "#banner")
    tab.sees("Waits to be sent", "#log .mine")
    ana.says("One", "Two")
    network.no_firewall(HOST)
    tab.sees("Back. 2 messages meanwhile.", "#banner")
    tab.taps("button", "To the first")
    assert tab.js("document.querySelector('.new + .message .words').innerText") == "One"
    ana.sees("Meanwhile")
    tab.until("document.querySelector('#log').innerText.split('Meanwhile').length === 2")
    says(tab, "After")
    ana.sees("After")
    assert [ana.texts.count(text) for text in ("Before", "Meanwhile", "After")] == [1, 1, 1]


def test_a_page_that_stays_open_comes_back_when_the_host_is_started_again(
    network: Lab, ana: Person, tab: Tab
) -> None:  # fmt: skip
    enters(tab, invites(ana))
    says(tab, "Before")
    ana.sees("Before")
    ana.quits()
    tab.sees("Ana is away", "header")
    says(tab, "Meanwhile")
    network.call(HOST, ana.starts)
    ana.hosts("Kitchen")
    tab.sees("Connected · 2 here")
    ana.sees("Meanwhile")
    ana.sees_here("Ana", "Mia")
    assert len({message.author for message in ana.room.messages if message.text in ("Before", "Meanwhile")}) == 1


@pytest.mark.parametrize("politely", [True, False])
def test_a_page_goes_on_at_whoever_keeps_the_room_open_next(
    network: Lab, people: People, tab: Tab, politely: bool
) -> None:  # fmt: skip
    words = "laser lentil taxi inside"
    ana, ben = (somebody(network, people, nick) for nick in ("Ana", "Ben"))
    ana.hosts("Kitchen", passphrase=words)
    ben.joins("Kitchen", passphrase=words)
    has_heirs(ana, ben)
    enters(tab, invites(ana))
    says(tab, "Before")
    ben.sees("Before")
    before = tab.js("window.isOld = location.host")
    if politely:
        ana.do(commands.HandOver(ana.room_id, ben.me))
        ben.is_(ConnectionState.HOSTING)
    else:  # the page hears no goodbye
        rules = [f"tcp dport {port}" for port in limits.GUEST_PORTS]
        network.firewall(HOST, *rules, verdict="reject with tcp reset")
        says(tab, "Meanwhile")
        tab.sees("Waits to be sent", "#log .mine")
        ana.quits()
        ben.is_(ConnectionState.HOSTING)
        network.no_firewall(HOST)
        ben.sees("Meanwhile")
    tab.until("!window.isOld && document.readyState === 'complete'")
    tab.sees("Connected")
    tab.sees("Before", "#log .mine")
    says(tab, "After")
    ben.sees("After")
    said = [message for message in ben.room.messages if message.text in ("Before", "Meanwhile", "After")]
    assert len({message.author for message in said}) == 1
    assert "#" not in tab.js("location.href")
    assert tab.js("location.host").split(":")[0] == before.split(":")[0]
    tab.reloads()  # what was taken along is kept there
    tab.sees("Connected")
    ben.until(lambda: ben.roster == (["Ana", "Ben", "Mia"] if politely else ["Ben", "Mia"]))


@pytest.mark.parametrize("knows_nonce", [False, True])
def test_an_address_that_somebody_made_gives_a_phone_no_other_key(
    network: Lab, ana: Person, tab: Tab, knows_nonce: bool
) -> None:
    enters(tab, link := invites(ana))
    says(tab, "Before")
    place = link.removeprefix("http://").partition("/")[0]
    nonce = network.call(HOST, lambda: said_nonce(place)) if knows_nonce else b""
    made = {
        "secretKey": b"s" * 32, "deviceId": b"d" * 8, "nick": "Mallory", "revision": 9, "room": ana.room_id,
        "counter": 1, "outbox": [],
    }  # fmt: skip
    box = ChaCha20Poly1305(digest("guest-handoff", nonce)).encrypt(bytes(12), msgspec.msgpack.encode(made), None)
    tab.opens("about:blank")
    tab.opens(f"{link}.{nonce_id(nonce)}.{base64.urlsafe_b64encode(box).decode().rstrip('=')}")
    tab.sees("Connected")
    says(tab, "After the tap")
    tab.reloads()
    tab.sees("Connected")
    says(tab, "After a reload")
    ana.sees("After a reload")
    said = ("Before", "After the tap", "After a reload")
    assert len({message.author for message in ana.room.messages if message.text in said}) == 1


def said_nonce(place: str) -> bytes:
    """Of a hello of the host's."""
    with connect(f"ws://{place}/ws", origin=Origin(f"http://{place}")) as socket:
        return bytes(msgspec.msgpack.decode(socket.recv(decode=False))["nonce"])


def test_a_withdrawn_code_sends_the_phone_away_for_good(ana: Person, tab: Tab) -> None:
    enters(tab, invites(ana))
    ana.do(commands.WithdrawGuests(ana.room_id))
    tab.sees("This invitation has ended")
    tab.sees("Ask Ana for a new code and scan it. What you read here stays on this phone.")
    tab.sees("Lunch at half past twelve?", "#log")
    assert not tab.js("document.getElementById('composer').checkVisibility()")
    ana.sees_here("Ana")


def test_a_room_that_is_forgotten_is_gone_from_the_phone(ana: Person, tab: Tab) -> None:
    enters(tab, invites(ana))
    ana.do(commands.WithdrawGuests(ana.room_id))
    tab.taps("button", "Forget this room on this phone")
    tab.sees("This page needs a code")
    assert "Lunch" not in tab.text()
    kept = tab.js("[...Object.keys(localStorage), ...Object.keys(sessionStorage)]")
    assert kept == ["lanchat person"]


def test_a_host_who_closes_the_room_is_away(ana: Person, tab: Tab) -> None:
    enters(tab, invites(ana))
    ana.leaves()
    tab.sees("Ana\N{RIGHT SINGLE QUOTATION MARK}s computer is away. The room goes on when it is back.", "#banner")
    tab.sees("Ana is away", "header")
    says(tab, "Until tomorrow")
    tab.sees("What you write is kept on this phone and sent then.", "#banner")


def test_a_second_tab_takes_over_and_the_first_takes_it_back(ana: Person, phone: Callable[[], Tab]) -> None:
    first, second = phone(), phone()
    enters(first, link := invites(ana))
    second.opens(link)
    second.sees("Connected")
    first.sees("This room is open in another tab")
    says(second, "From the second")
    ana.sees("From the second")
    first.taps("button", "Go on here")
    first.sees("From the second", "#log")
    second.sees("This room is open in another tab")
    says(first, "From the first")
    ana.sees("From the first")
    ana.sees_here("Ana", "Mia")


@pytest.mark.parametrize("trouble", ["full", "forbidden", "cleared"])
def test_a_browser_that_keeps_nothing_talks_all_the_same(ana: Person, tab: Tab, trouble: str) -> None:
    refused = "() => { throw new DOMException('no', 'QuotaExceededError'); }"
    if trouble == "full":
        tab.before_its_scripts(f"Storage.prototype.setItem = {refused};")
    elif trouble == "forbidden":
        tab.before_its_scripts(f"Object.defineProperty(window, 'localStorage', {{ get: {refused} }});")
    enters(tab, invites(ana))
    if trouble == "cleared":
        tab.js("localStorage.clear()")
    says(tab, "Nothing is kept of this")
    ana.sees("Nothing is kept of this")
    ana.says("But it came")
    tab.sees("But it came", "#log")
