"""The same walks through the page in the browsers that phones have: come in, talk, reply, react, read, come back; and
send a photo.

Most phones have Chromium's engine, iPhones have WebKit, and Firefox is Firefox.
"""

from __future__ import annotations

import base64
import io
import json
import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from engine.file_people import settle
from engine.people import Person
from lan.lanlab import Lab
from PIL import Image

from tests.screen import NoScreen, screen
from tests.web.browser import CHROMIUM, Browser
from tests.web.firefox import FIREFOX, Firefox
from tests.web.page_steps import HOST, PHONE, PLACE, enters, gets, invites, offer_seen, says
from tests.web.tab import PageTab
from tests.web.webkit import WEBKIT_DRIVER, WebKit

pytestmark = pytest.mark.long  # browsers, and a lab of network namespaces

AnyBrowser = Browser | Firefox | WebKit


@pytest.fixture(scope="session", params=["chromium", "firefox", "webkit"])
def any_browser(
    request: pytest.FixtureRequest, network: Lab, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AnyBrowser]:
    folder = tmp_path_factory.mktemp(request.param)
    program = {"chromium": CHROMIUM, "firefox": FIREFOX, "webkit": WEBKIT_DRIVER}[request.param]
    if program is None:
        pytest.skip(f"{request.param} is not installed")
    with ExitStack() as screens:
        if request.param == "chromium":
            started: AnyBrowser = Browser(network, PHONE, folder)
        elif request.param == "firefox":
            started = Firefox(network, PHONE, folder)
        else:
            try:
                screens.enter_context(screen())
            except NoScreen as reason:
                pytest.skip(str(reason))
            started = WebKit(network, PHONE, {**os.environ, "HOME": str(folder)})
        yield started
        started.close()


@pytest.fixture
def any_tab(any_browser: AnyBrowser) -> Iterator[PageTab]:
    """Of a phone that has kept nothing yet. At the end nothing must have gone wrong in it."""
    opened = any_browser.tab(any_browser.phone()) if isinstance(any_browser, Browser) else any_browser.tab()
    yield opened
    faults = opened.faults()
    opened.closes()
    assert not faults


def test_a_phone_comes_in_talks_and_comes_back(network: Lab, ana: Person, any_tab: PageTab) -> None:
    tab = any_tab
    enters(tab, link := invites(ana))
    assert not tab.js("isSecureContext")
    assert tab.js("location.href") == link.partition("#")[0]
    tab.sees("Lunch at half past twelve?", "#log")
    ana.sees_here("Ana", "Mia")
    has_keyboard = "matchMedia('(hover: hover)').matches"  # as far as pages know: on a phone a focused field hides half
    tab.until(f"(document.activeElement.id === 'text') === {has_keyboard}")

    says(tab, "They have three today")
    ana.sees("They have three today")
    tab.sees("✓", "#log .mine")
    ana.says("Which ones?")
    tab.sees("Which ones?", "#log")

    tab.taps(".message:not(.mine) .bubble", "Which ones?")
    tab.taps("button", "Reply")
    tab.sees("Reply to Ana: Which ones?", "#answering")
    says(tab, "Lentil")
    assert ana.message("Lentil").reply_to == ana.message("Which ones?").message_id
    tab.until("!![...document.querySelectorAll('#log .mine')].at(-1).querySelector('.ticks')")  # nothing moves any more
    tab.taps(".message:not(.mine) .bubble", "Which ones?")
    tab.taps("button", "React with 👍")
    tab.sees("👍 1", ".reactions")
    ana.until(lambda: bool(ana.message("Which ones?").reactions))

    tab.reloads()
    tab.sees("Connected · 2 here")
    tab.sees("Lentil", "#log .mine")

    ana.quits()
    tab.sees("Ana is away", "header")
    says(tab, "Meanwhile")
    tab.sees("Waits to be sent", "#log .mine")
    network.call(HOST, ana.starts)
    ana.hosts("Kitchen")
    tab.sees("Connected · 2 here")
    ana.sees("Meanwhile")
    ana.says("Back again")
    tab.sees("Back again", "#log")
    assert ana.texts.count("Meanwhile") == 1


@pytest.mark.parametrize("smaller", [True, False])
def test_a_photo_goes_turned_as_it_is_shown(ana: Person, any_tab: PageTab, photo: Path, smaller: bool) -> None:
    settle(ana)
    tab = any_tab
    enters(tab, invites(ana))
    tab.until("document.getElementById('attach').checkVisibility()")
    content = base64.b64encode(photo.read_bytes()).decode()
    tab.js(f"""(() => {{
      const bytes = Uint8Array.from(atob({json.dumps(content)}), (one) => one.charCodeAt(0));
      const chosen = new DataTransfer();
      chosen.items.add(new File([bytes], {json.dumps(photo.name)}, {{ type: 'image/jpeg' }}));
      const input = document.getElementById('file-input');
      input.files = chosen.files;
      input.dispatchEvent(new Event('change'));
    }})()""")
    tab.sees(photo.name, "#attached")
    if not smaller:
        tab.taps("#smaller")
    says(tab, "The menu")
    got = gets(ana, photo.name)
    _entry_id, offer = offer_seen(ana, photo.name)
    assert (offer.width, offer.height) == ((1_365, 2_048) if smaller else (2_000, 3_000))
    assert offer.caption == "The menu"
    if smaller:
        with Image.open(got) as image:
            assert image.size == (offer.width, offer.height)
        assert PLACE.encode() not in got.read_bytes()
    else:
        assert got.read_bytes() == photo.read_bytes()
    with Image.open(io.BytesIO(offer.preview)) as preview:
        corners = preview.convert("L").resize((2, 2)).tobytes()
    assert corners.index(min(corners)) == 1, "the black corner is on the right"
    tab.until("!!document.querySelector('img.picture:not(.soft)')?.naturalWidth")
