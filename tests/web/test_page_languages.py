"""The page on phones of several languages: what is read there, and what a screen reader pronounces it as."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from engine.people import Person

from lanchat.network import guest_page
from lanchat.network.guest_page import page_files
from tests.web.browser import Tab
from tests.web.modules import PAGE
from tests.web.page_steps import invites

pytestmark = pytest.mark.long  # a browser of its own and a lab of network namespaces

INDONESIAN = {
    "You are invited to": "Anda diundang ke",
    "Your name": "Nama Anda",
    "Enter the room": "Masuk ke ruang",
    "Connected": "Tersambung",
    "1 here": {"other": "{n} di sini"},
    "Message": "Pesan",
    "1 message of yours was not sent. It is kept for the new code.": {"other": "{n} pesan Anda tidak terkirim."},
}


@pytest.fixture(autouse=True)
def _translated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The page has these words in Indonesian, and says all else in English."""
    folder = tmp_path / "guest_page"
    shutil.copytree(PAGE, folder)
    (folder / "words-id.json").write_text(json.dumps(INDONESIAN), "utf-8")
    monkeypatch.setattr(guest_page, "FOLDER", folder)
    page_files.cache_clear()
    yield
    page_files.cache_clear()


@pytest.mark.parametrize("languages", [("id-ID", "id", "en"), ("de", "id"), ("ID",)])
def test_a_phone_in_indonesian_reads_indonesian(ana: Person, tab: Tab, languages: tuple[str, ...]) -> None:
    tab.speaks(*languages)
    tab.opens(invites(ana))
    tab.sees("Anda diundang ke")
    assert tab.js("document.documentElement.lang") == "id"
    assert tab.js("document.querySelector('label[for=name]').innerText") == "Nama Anda"
    tab.taps("#name")
    tab.types("Mia")
    tab.taps("button", "Masuk ke ruang")
    tab.sees("Tersambung · 2 di sini")
    assert tab.js("document.getElementById('text').placeholder") == "Pesan"
    assert tab.js("[...document.querySelectorAll('#log .day')].at(-1).innerText") == tab.js(
        f"new Intl.DateTimeFormat('{languages[0] if languages[0] != 'de' else 'id'}',"
        " { weekday: 'long', day: 'numeric', month: 'long' }).format(Date.now())"
    )


@pytest.mark.parametrize("languages", [("en-GB", "id"), ("de", "fr")])
def test_other_phones_read_english(ana: Person, tab: Tab, languages: tuple[str, ...]) -> None:
    tab.speaks(*languages)
    tab.opens(invites(ana))
    tab.sees("You are invited to")
    assert tab.js("document.documentElement.lang") == "en"
    fetched = "performance.getEntriesByType('resource').filter(({ name }) => name.includes('words-')).length"
    assert tab.js(fetched) == 0, "nothing is waited for"


def test_a_phone_that_does_not_get_the_words_reads_english(ana: Person, tab: Tab) -> None:
    tab.speaks("id")
    tab.before_its_scripts("window.fetch = () => Promise.reject(new TypeError('Failed to fetch'));")
    tab.opens(invites(ana))
    tab.sees("You are invited to")
    assert tab.js("document.documentElement.lang") == "en"
