"""A phone comes in by the code on the screen: a real window and host, a camera, and a phone without a browser."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from typing import Any, TypeVar

import pytest
import zxingcpp
from network.phones import Phone
from PIL import ImageGrab

from lanchat.core import frames, limits
from lanchat.core.model import START
from lanchat.trust.identity import Identity
from tests.desktop.hand import AtMouse
from tests.desktop.person import People, Person
from tests.identities import new_identity

T = TypeVar("T")

Pocket = Callable[[Coroutine[Any, Any, Any]], Future[Any]]


@pytest.fixture(autouse=True)
def _any_port(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests beside this one have rooms of their own."""
    monkeypatch.setattr(limits, "GUEST_PORTS", ())


@pytest.fixture
def pocket() -> Iterator[Pocket]:
    """Where phones are, beside the window: it does what it is given."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield lambda what: asyncio.run_coroutine_threadsafe(what, loop)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def done(person: Person, deed: Future[T]) -> T:
    """Its outcome; the window goes on meanwhile."""
    person.until(deed.done)
    return deed.result()


def link_seen(person: Person) -> str:
    """What a camera that looks at the screen reads."""
    found: list[str] = []

    def reads() -> bool:
        found[:] = [code.text for code in zxingcpp.read_barcodes(ImageGrab.grab(), try_invert=False)]
        return bool(found)

    person.until(reads, "no code is on the screen")
    return found[0]


async def comes(link: str, me: Identity, nick: str) -> Phone:
    """All the way into the talk."""
    phone = await Phone.enter(link, me, nick)
    await phone.send(frames.Resume(0, 0, START))
    while not isinstance(await phone.next(), frames.Welcome):
        pass
    return phone


async def is_sent_away(phone: Phone, code: str) -> None:
    while not isinstance(frame := await phone.next(), frames.Refused):
        pass
    assert frame == frames.Refused(code)
    await phone.leave()


async def is_refused(link: str, me: Identity, nick: str, code: str) -> None:
    phone = await Phone.knock(link, me, nick)
    await is_sent_away(phone, code)


def test_phones_come_in_by_the_code_on_the_screen_and_are_sent_away_with_the_mouse(
    people: People, hand: Callable[[Person], AtMouse], pocket: Pocket
) -> None:
    ana = people.person("Ana")
    ana.starts_room("Kitchen")
    ana.presses("More")
    ana.presses("Invite a phone…")
    link, me = link_seen(ana), new_identity()
    mia = done(ana, pocket(comes(link, me, "Mia")))
    ana.sees("Mia", " · guest", "1 of 16 phones are here")
    mouse = hand(ana)
    for words in ("Send away…", "Send away"):
        mouse.points(words)
        mouse.clicks()
    done(ana, pocket(is_sent_away(mia, "removed")))
    done(ana, pocket(is_refused(link, me, "Mia", "removed")))
    done(ana, pocket(is_refused(link, new_identity(), "Mia", "ended")))
    ana.sees("No code lets phones in at the moment.")
    mouse.points("New code")
    mouse.clicks()
    ana.sees("Nobody yet.")
    later = link_seen(ana)
    jo = done(ana, pocket(comes(later, new_identity(), "Jo")))
    mouse.points("New code")
    mouse.clicks()
    ana.sees("Here with an earlier code")
    assert link_seen(ana) not in (link, later)
    for words in ("Withdraw…", "Withdraw and send away"):
        mouse.points(words)
        mouse.clicks()
    done(ana, pocket(is_sent_away(jo, "ended")))
    ana.sees("No code lets phones in at the moment.")
