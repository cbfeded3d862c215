"""For the page's modules a Node process; for the page itself a browser on one computer of a lab, its host on another.

Not on loopback: a browser takes pages from there for safe, and gives them what it gives no page over plain http.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from engine.people import People, Person
from lan.lanlab import Lab, LabUnavailable
from PIL import Image

from tests.web.browser import CHROMIUM, Browser, Tab
from tests.web.modules import NODE, PageModules
from tests.web.page_steps import HOST, PHONE, PLACE, somebody


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageModules]:
    if NODE is None:
        pytest.skip("Node.js is not installed")
    modules = PageModules(tmp_path_factory.mktemp("page"))
    yield modules
    modules.close()


@pytest.fixture(scope="session")
def network() -> Iterator[Lab]:
    """A computer and a phone on one switch."""
    made = Lab(hosts=2)
    try:
        made.up()
    except LabUnavailable as error:
        pytest.skip(str(error))
    yield made
    made.down()


@pytest.fixture(scope="session")
def browser(network: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    started = Browser(network, PHONE, tmp_path_factory.mktemp("chromium"))
    yield started
    started.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[Callable[[], Tab]]:
    """Opens a tab on one phone. At the end nothing must have gone wrong in any."""
    profile, tabs = browser.phone(), []

    def open_tab() -> Tab:
        tabs.append(browser.tab(profile))
        return tabs[-1]

    yield open_tab
    faults = [fault for tab in tabs for fault in tab.faults()]
    browser.forget(profile)
    assert not faults


@pytest.fixture
def tab(phone: Callable[[], Tab]) -> Tab:
    return phone()


@pytest.fixture
def people(network: Lab, tmp_path: Path) -> Iterator[People]:
    everybody = People(tmp_path)
    yield everybody
    network.no_firewall(HOST)
    everybody.leave()


@pytest.fixture
def ana(network: Lab, people: People) -> Person:
    """Who hosts the kitchen, and has said something."""
    ana = somebody(network, people, "Ana")
    ana.hosts("Kitchen")
    ana.says("Lunch at half past twelve?")
    return ana


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """Of a camera's, lying on its side, which says where it was taken."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, PLACE  # orientation, description
    path = tmp_path / "IMG_0001.jpg"
    noise = Image.frombytes("RGB", (120, 90), os.urandom(120 * 90 * 3))
    noise.paste("black", (0, 0, 60, 45))  # the corner by which one sees how it is turned
    noise.resize((3_000, 2_000)).save(path, "JPEG", quality=90, exif=exif)
    return path
