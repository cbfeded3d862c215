"""What an offer says of a picture, and smaller copies of it that say nothing more."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image, features

from lanchat.storage.picture_files import can_be_shrunk, picture_facts, reduced_picture, shrunk_picture

ORIENTATION, GPS, MAKE = 0x0112, 0x8825, 0x010F
LATITUDE = 2


def photo(path: Path, size: tuple[int, int] = (3000, 2000), orientation: int = 1) -> Path:
    """As a telephone takes it: with where, and how it was held. Its upper left quarter is red."""
    image = Image.effect_noise(size, 40).convert("RGB")
    image.paste("red", (0, 0, size[0] // 2, size[1] // 2))
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKE] = orientation, "Telephone"
    exif.get_ifd(GPS)[LATITUDE] = (52.0, 31.0, 12.0)
    image.save(path, quality=92, exif=exif)
    return path


def screenshot(path: Path) -> Path:
    image = Image.new("RGB", (3000, 1500), "white")
    for left in range(0, 3000, 50):
        image.paste("black", (left, 100, left + 7, 900))
    image.save(path)
    return path


def moving(path: Path) -> Path:
    frames = [Image.new("RGB", (60, 40), colour) for colour in ("red", "blue")]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=100)
    return path


def test_an_offer_says_its_size_as_it_is_shown(tmp_path: Path) -> None:
    facts = picture_facts(photo(tmp_path / "a.jpg", orientation=6))
    assert facts is not None
    assert (facts.media, facts.width, facts.height) == ("image/jpeg", 2000, 3000)
    assert 0 < len(facts.preview) <= 2048
    with Image.open(io.BytesIO(facts.preview)) as preview:
        assert preview.width < preview.height <= 48
        red, green, _blue = preview.convert("RGB").getpixel((preview.width - 4, 4))
        assert red > 180 > green  # turned clockwise: what was at the left is above


@pytest.mark.parametrize("form", ["PNG", "GIF", "BMP", pytest.param("WEBP", marks=pytest.mark.skipif(
    not features.check("webp"), reason="this Pillow reads no WebP"))])  # fmt: skip
def test_common_forms_are_pictures_whatever_their_name(tmp_path: Path, form: str) -> None:
    Image.new("RGB", (100, 50), "green").save(tmp_path / "x.dat", form)
    facts = picture_facts(tmp_path / "x.dat")
    assert facts is not None
    assert facts[:3] == (f"image/{form.lower()}", 100, 50)
    assert facts.preview


@pytest.mark.parametrize("data", [b"", b"no picture", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0"])
def test_what_is_no_picture_is_none(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.png"
    path.write_bytes(data)
    assert picture_facts(path) is None
    assert shrunk_picture(path, tmp_path / "small") is None
    assert picture_facts(tmp_path / "missing.png") is None
    assert picture_facts(tmp_path) is None


def test_a_picture_cut_off_has_no_preview(tmp_path: Path) -> None:
    whole = photo(tmp_path / "a.png")
    cut = tmp_path / "cut.png"
    cut.write_bytes(whole.read_bytes()[:5000])
    facts = picture_facts(cut)
    assert facts is not None
    assert facts == ("image/png", 3000, 2000, b"")
    assert reduced_picture(cut, 100) is None
    assert shrunk_picture(cut, tmp_path) is None


def test_a_bomb_is_not_decoded(tmp_path: Path) -> None:
    Image.new("1", (12_000, 11_000)).save(tmp_path / "bomb.png")
    assert picture_facts(tmp_path / "bomb.png") is None
    Image.new("1", (9_000, 8_000)).save(tmp_path / "large.png")
    facts = picture_facts(tmp_path / "large.png")
    assert facts == ("image/png", 9_000, 8_000, b"")
    assert not can_be_shrunk(tmp_path / "large.png")


def test_a_smaller_copy_is_turned_and_says_nothing_of_where_it_was_taken(tmp_path: Path) -> None:
    original = photo(tmp_path / "a.jpg", orientation=6)
    copy = shrunk_picture(original, tmp_path / "small")
    assert copy == tmp_path / "small" / "a.jpg"
    assert copy.stat().st_size < original.stat().st_size / 2
    with Image.open(copy) as image:
        assert image.size == (1365, 2048)
        assert not image.getexif()
        assert image.convert("RGB").getpixel((1300, 100))[1] < 100  # red
    assert b"Exif" not in copy.read_bytes()
    assert b"Telephone" not in copy.read_bytes()


def test_a_small_photo_keeps_its_size_and_loses_what_is_hidden(tmp_path: Path) -> None:
    copy = shrunk_picture(photo(tmp_path / "a.jpg", (300, 200), orientation=3), tmp_path / "small")
    assert copy is not None
    with Image.open(copy) as image:
        assert image.size == (300, 200)
        assert not image.getexif()


def test_what_a_program_drew_stays_sharp(tmp_path: Path) -> None:
    copy = shrunk_picture(screenshot(tmp_path / "screen.png"), tmp_path / "small")
    assert copy is not None
    assert copy.name == "screen.png"
    with Image.open(copy) as image:
        assert image.format == "PNG"
        assert image.size == (2048, 1024)


def test_clear_ground_stays_clear(tmp_path: Path) -> None:
    Image.new("RGBA", (3000, 100), (255, 0, 0, 0)).save(tmp_path / "a.png")
    copy = shrunk_picture(tmp_path / "a.png", tmp_path / "small")
    assert copy is not None
    with Image.open(copy) as image:
        assert image.mode == "RGBA"
        assert image.getpixel((5, 5))[3] == 0


def test_what_moves_is_not_made_smaller(tmp_path: Path) -> None:
    assert not can_be_shrunk(moving(tmp_path / "a.gif"))
    assert shrunk_picture(tmp_path / "a.gif", tmp_path) is None
    assert can_be_shrunk(photo(tmp_path / "b.jpg"))


def test_copies_of_two_of_the_same_name_are_two(tmp_path: Path) -> None:
    one, other = (shrunk_picture(photo(tmp_path / "a.jpg", (90, 60)), tmp_path / "small") for _ in range(2))
    assert one is not None
    assert other is not None
    assert (one.name, other.name) == ("a.jpg", "a (2).jpg")
