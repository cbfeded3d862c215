"""Pictures and files on a phone: sent, got, shown, saved, cut off; and files that want to be more than bytes."""

from __future__ import annotations

import os
import time
from hashlib import sha256
from pathlib import Path

import pytest
from engine.file_people import offers, settle, some_file
from engine.people import People, Person
from lan.lanlab import Lab
from PIL import Image

from tests.web.browser import PATIENCE_SECONDS, Tab
from tests.web.page_steps import HOST, PLACE, enters, gets, invites, offer_seen, says, somebody

pytestmark = pytest.mark.long  # a browser of its own and a lab of network namespaces


@pytest.fixture
def ana(network: Lab, people: People) -> Person:
    """Who hosts the kitchen, and whose files come into a folder of the test."""
    ana = somebody(network, people, "Ana")
    settle(ana)
    ana.hosts("Kitchen")
    return ana


def shows(tab: Tab, name: str = "") -> tuple[int, int]:
    """Width and height of the picture with this name that is to be seen, not its preview."""
    find = f"[...document.querySelectorAll('img.picture:not(.soft)')].find(({{ alt }}) => alt.includes({name!r}))"
    tab.until(f"!!{find}?.naturalWidth")
    width, height = tab.js(f"(({{ naturalWidth, naturalHeight }}) => [naturalWidth, naturalHeight])({find})")
    return width, height


def chooses(tab: Tab, *paths: Path) -> None:
    tab.until("document.getElementById('attach').checkVisibility()")
    tab.chooses("#file-input", *paths)


def sends(tab: Tab, *paths: Path, smaller: bool = True, caption: str = "") -> None:
    chooses(tab, *paths)
    tab.sees(paths[0].name, "#attached")
    if not smaller:
        tab.taps("#smaller")
    tab.taps("#text")
    tab.types(caption)
    tab.taps("#send")


def saved_as(folder: Path, content: bytes) -> str:
    """What the file with these bytes is called that is saved there, alone."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:  # until then it has another ending, or is not written
        whole = [path for path in folder.glob("*") if path.suffix != ".crdownload"]
        if [path.read_bytes() for path in whole] == [content]:
            return whole[0].name
        assert time.monotonic() < deadline


# --- from the phone --------------------------------------------------------------------------------------------------
def test_a_photo_as_it_is_is_for_everybody(network: Lab, people: People, ana: Person, tab: Tab, photo: Path) -> None:
    ben = somebody(network, people, "Ben")
    settle(ben)
    ben.joins("Kitchen")
    enters(tab, invites(ana))
    sends(tab, photo, smaller=False, caption="The menu")
    assert shows(tab, photo.name) == (2_000, 3_000)
    tab.until("!document.querySelector('progress')")
    for person in (ana, ben):
        assert sha256(gets(person, photo.name).read_bytes()).digest() == sha256(photo.read_bytes()).digest()
        _entry_id, offer = offer_seen(person, photo.name)
        assert (offer.media, offer.width, offer.height, offer.caption) == ("image/jpeg", 2_000, 3_000, "The menu")
        assert offer.preview.startswith(b"\xff\xd8\xff")


def test_a_photo_goes_smaller_and_without_its_place_unless_the_person_says_otherwise(
    ana: Person, tab: Tab, photo: Path
) -> None:
    enters(tab, invites(ana))
    sends(tab, photo)
    got = gets(ana, photo.name)
    assert PLACE.encode() in photo.read_bytes()
    assert PLACE.encode() not in got.read_bytes()
    with Image.open(got) as image:
        assert (image.size, dict(image.getexif())) == ((1_365, 2_048), {})
    _entry_id, offer = offer_seen(ana, photo.name)
    assert (offer.width, offer.height) == (1_365, 2_048)


def test_several_files_go_and_the_first_has_the_words(ana: Person, tab: Tab, tmp_path: Path) -> None:
    enters(tab, invites(ana))
    paths = [tmp_path / name for name in ("one.txt", "two.txt", "empty.txt")]
    for path in paths:
        path.write_bytes(path.name.encode() * (0 if path.stem == "empty" else 100_000))
    chooses(tab, *paths)
    tab.taps("#attached-files button", "Do not send two.txt")
    tab.taps("#text")
    tab.types("Both")
    tab.taps("#send")
    assert gets(ana, "one.txt").read_bytes() == paths[0].read_bytes()
    assert gets(ana, "empty.txt").read_bytes() == b""
    assert [one.offer.caption for one in ana.room.messages if one.offer] == ["Both", ""]


def test_what_is_too_large_is_not_sent_and_the_person_is_told(ana: Person, tab: Tab, tmp_path: Path) -> None:
    enters(tab, invites(ana))
    large = tmp_path / "film.mp4"
    large.write_bytes(bytes(10_000_001))
    chooses(tab, large)
    tab.sees("Phones can send files up to 10 MB.", "#attached")
    assert tab.js("document.getElementById('send').disabled")
    says(tab, "Then not")
    ana.sees("Then not")


def test_a_reply_with_a_photo_is_a_reply(ana: Person, tab: Tab, photo: Path) -> None:
    ana.says("What is there?")
    enters(tab, invites(ana))
    tab.taps(".message:not(.mine) .bubble", "What is there?")
    tab.taps("button", "Reply")
    sends(tab, photo)
    offer_seen(ana, photo.name)
    assert [one.reply_to for one in ana.room.messages if one.offer] == [ana.message("What is there?").message_id]


def test_what_the_person_calls_off_is_deleted(ana: Person, tab: Tab, tmp_path: Path) -> None:
    settle(ana, bytes_per_second=50_000)
    enters(tab, invites(ana))
    path = tmp_path / "long.bin"
    path.write_bytes(os.urandom(3_000_000))
    sends(tab, path)
    tab.sees("Is being sent…", "#log")
    tab.taps("button", "Cancel")
    tab.sees("This message was deleted", "#log")
    ana.until(lambda: any(one.deleted for one in ana.room.messages))


# --- to the phone ----------------------------------------------------------------------------------------------------
def test_a_picture_is_shown_when_it_is_tapped_and_saved_as_it_is(
    ana: Person, tab: Tab, photo: Path, tmp_path: Path
) -> None:
    offers(ana, photo)
    enters(tab, invites(ana))
    tab.until("!!document.querySelector('img.soft')?.naturalWidth")
    tab.taps("button", "Show")
    assert shows(tab, photo.name) == (2_000, 3_000)
    folder = tmp_path / "saved"
    tab.saves_to(folder)
    tab.taps("a", "Save")
    assert saved_as(folder, photo.read_bytes()) == photo.name


def test_what_is_cut_off_goes_on_where_it_was(network: Lab, ana: Person, tab: Tab) -> None:
    settle(ana, bytes_per_second=1_500_000)
    offers(ana, some_file(ana, "long.bin", os.urandom(4_000_000)))
    enters(tab, link := invites(ana))
    tab.taps("button", "Get")
    tab.until("document.querySelector('progress')?.value > 500000")
    network.firewall(HOST, f"tcp dport {link.split(':')[2].partition('/')[0]}", verdict="reject with tcp reset")
    tab.sees("Goes on when the room is back", "#log")
    before = tab.js("document.querySelector('progress').value")
    assert before
    network.no_firewall(HOST)
    tab.until("document.querySelector('progress')?.value > 0 && !document.querySelector('#banner.caution')")
    assert tab.js("document.querySelector('progress')?.value ?? 4e6") >= before
    tab.sees("Save", "#log")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", b"<script>top.xss = 1</script>"),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='top.xss=1'/>"),
        ("photo.png", b"\x89PNG\r\n<script>top.xss = 1</script>"),
    ],
)  # fmt: skip
def test_what_is_no_picture_is_bytes_to_be_saved(
    ana: Person, tab: Tab, tmp_path: Path, name: str, content: bytes
) -> None:
    offers(ana, some_file(ana, name, content))
    enters(tab, invites(ana))
    tab.taps("button", "Get")
    tab.saves_to(folder := tmp_path / "saved")
    tab.taps("a", "Save")
    tab.sees("choose Keep", "#log")
    assert saved_as(folder, content) == name
    assert not tab.js("!!document.querySelector('#log img, #log iframe, #log object, #log video')")
    address = tab.js("document.querySelector('#log a').href")
    for path in folder.iterdir():
        path.unlink()
    tab.opens(address)  # in place of the page, where it would be of the page's origin
    saved_as(folder, content)
    assert tab.js("typeof xss + location.pathname") == "undefined/"


def test_what_is_larger_than_a_phone_holds_is_not_got(ana: Person, tab: Tab) -> None:
    offers(ana, some_file(ana, "film.mp4", bytes(10_000_001)))
    enters(tab, invites(ana))
    tab.sees("Phones get files up to 10 MB.", "#log")
    assert not tab.js("!!document.querySelector('#log [data-deed=file-get]')")


def test_what_nobody_has_comes_when_somebody_has_it(network: Lab, people: People, ana: Person, tab: Tab) -> None:
    ben = somebody(network, people, "Ben")
    settle(ben)
    ben.joins("Kitchen")
    settle(ana, store_bytes=0)
    offers(ben, some_file(ben, "notes.txt"))
    offer_seen(ana, "notes.txt")
    enters(tab, invites(ana))
    tab.taps("button", "Get")
    tab.sees("There is no copy of it", "#log")
    settle(ana)
    tab.taps("button", "Try again")
    tab.sees("Save", "#log")
