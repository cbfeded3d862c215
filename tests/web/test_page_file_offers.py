"""What the page makes of a file before it is offered, and of the names and first bytes of files that others offer."""

from __future__ import annotations

import hashlib

import pytest

from lanchat.core.file_manifest import CHUNK, Manifest
from lanchat.core.file_offer import FileOffer, read_offer
from tests.web.modules import PageModules

CONTENT = bytes(range(256)) * 2_050  # two chunks, and a bit


@pytest.mark.parametrize("size", [0, 1, CHUNK, CHUNK + 1, len(CONTENT)])
def test_a_files_manifest_is_that_of_members(page: PageModules, size: int) -> None:
    content = CONTENT[:size]
    made = page.call("file_offer", "manifestOf", page.call("fakes", "ChosenFile", content), "photo.jpg")
    found = Manifest.decode(made["content"], made["root"], size, 1)
    assert [file.path for file in found.files] == ["photo.jpg"]
    for index in range(found.chunks):
        found.check(index, content[index * CHUNK : (index + 1) * CHUNK])


@pytest.mark.parametrize(("most", "preview"), [(4_000, b"p" * 2_048), (1_000, b"")])
def test_an_offer_says_all_of_a_picture_and_leaves_its_preview_out_where_it_would_be_too_long(
    page: PageModules, most: int, preview: bytes
) -> None:
    manifest = b"m" * 100
    root = hashlib.sha256(manifest).digest()
    facts = {"name": "a.jpg", "size": 9, "media": "image/jpeg", "width": 3, "height": 2, "caption": "Look"}
    made = {"root": root, "content": manifest}
    body = page.call("file_offer", "offerBody", made, {**facts, "preview": b"p" * 2_048}, most)
    assert read_offer(body) == FileOffer("a.jpg", 9, 1, root, 100, "image/jpeg", 3, 2, preview, "Look")


@pytest.mark.parametrize(
    ("name", "saved"),
    [
        ("photo.jpg", "photo.jpg"), ("../../x", "_.._x"), ("/etc/passwd", "_etc_passwd"), ("C:\\x.exe", "C__x.exe"),
        ("...", "file"), ("", "file"), (" . ", "file"), (".bashrc", "bashrc"), ("a\nb\tc.txt", "abc.txt"),
        ("\N{RIGHT-TO-LEFT OVERRIDE}gpj.exe", "gpj.exe"), ("\N{ZERO WIDTH SPACE}", "file"),
        ("x" * 300 + ".txt", "x" * 196 + ".txt"),
        ("Fête 🎉.png", "Fête 🎉.png"),
    ],
)  # fmt: skip
def test_what_is_saved_has_a_name_that_stays_in_its_folder(page: PageModules, name: str, saved: str) -> None:
    assert page.call("file_view", "savedName", name) == saved


@pytest.mark.parametrize(
    ("begins", "media"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"GIF89a", "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"), (b"BM", "image/bmp"), (b"", ""), (b"<svg xmlns=", ""), (b"<html>", ""),
        (b"\x89PNG\r\n<script>", ""), (b"RIFF\0\0\0\0WAVE", ""), (b"%PDF-1.7", ""), (b"\xff\xd8", ""),
    ],
)  # fmt: skip
def test_a_picture_is_known_by_how_it_begins_whatever_it_is_said_to_be(
    page: PageModules, begins: bytes, media: str
) -> None:
    assert page.call("file_view", "pictureType", begins) == media
