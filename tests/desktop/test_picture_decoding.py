"""Pictures that others send: shown as they are meant, and refused in plain words where they could do harm."""

from __future__ import annotations

import io
import random
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from lanchat.desktop.pictures.moving_picture import MovingPicture
from lanchat.desktop.pictures.picture_decoding import (
    PictureFrame,
    PictureRefused,
    decoded_preview,
    fitting,
    framed,
    loaded_picture,
    loaded_preview,
    moves,
    read_header,
    scaled,
)
from tests.cpu_time import cpu_seconds

FRAME = PictureFrame((400, 300), 8, "#f6f7f8", "#ffffff")
RED, BLUE = (200, 30, 30), (30, 60, 200)


def scaled_picture(path: Path, box: tuple[int, int]) -> Image.Image:
    with read_header(path) as image:
        return scaled(image, box)



def quarters(size: tuple[int, int] = (200, 100)) -> Image.Image:
    """Red, with a blue quarter at the upper left."""
    image = Image.new("RGB", size, RED)
    image.paste(BLUE, (0, 0, size[0] // 2, size[1] // 2))
    return image


def like(pixel: object, colour: tuple[int, int, int]) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(one - other) < 40 for one, other in zip(pixel[:3], colour, strict=True))


# --- as it is meant --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP", "BMP"])
def test_the_usual_kinds_are_shown(form: str, tmp_path: Path) -> None:
    quarters((800, 600)).save(tmp_path / "picture", form)
    image = scaled_picture(tmp_path / "picture", (400, 300))
    assert image.size == (400, 300)
    assert like(image.getpixel((50, 50)), BLUE)
    assert like(image.getpixel((350, 250)), RED)


@pytest.mark.parametrize("form", ["TIFF", "ICO", "PPM", "TGA", "PCX"])
def test_no_other_kind_is_even_tried(form: str, tmp_path: Path) -> None:
    """Every decoder is a door for hostile bytes."""
    quarters().save(tmp_path / "picture.png", form)
    with pytest.raises(PictureRefused, match="cannot be read"):
        scaled_picture(tmp_path / "picture.png", (400, 300))


@pytest.mark.parametrize(
    ("value", "corner"),
    [(1, "upper left"), (2, "upper right"), (3, "lower right"), (4, "lower left"), (5, "upper left"),
     (6, "upper right"), (7, "lower right"), (8, "lower left")],
)  # fmt: skip
def test_a_picture_is_turned_as_its_camera_says(value: int, corner: str, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = value
    quarters().save(tmp_path / "turned.jpg", exif=exif, quality=95)
    image = scaled_picture(tmp_path / "turned.jpg", (400, 300))
    assert image.size == ((200, 100) if value < 5 else (100, 200))
    x = image.width // 4 if "left" in corner else image.width * 3 // 4
    y = image.height // 4 if "upper" in corner else image.height * 3 // 4
    assert like(image.getpixel((x, y)), BLUE)


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "I;16"])
def test_every_way_to_keep_colours_is_shown(mode: str, tmp_path: Path) -> None:
    image = Image.new("L", (120, 80), 180)
    image = image.point(lambda value: value * 256, "I") if mode.startswith("I") else image
    image.convert(mode).save(tmp_path / "picture.png")
    shown = loaded_picture(tmp_path / "picture.png", FRAME).image
    assert shown is not None
    assert like(shown.getpixel((200, 150)), (180, 180, 180) if mode != "1" else (255, 255, 255)) or mode in ("1", "P")


def test_a_picture_is_never_larger_than_it_is_but_by_the_scale_of_the_screen() -> None:
    assert fitting((100, 50), (400, 300)) == (100, 50)
    assert fitting((100, 50), (400, 300), 2.0) == (200, 100)
    assert fitting((8000, 50), (400, 300), 2.0) == (400, 2)
    assert fitting((1, 100_000), (400, 300)) == (1, 300)


def test_each_point_of_a_framed_picture_is_there_or_not() -> None:
    """Tk draws those fast; the smooth edge of the corners is mixed with what is behind them."""
    shown = framed(quarters((400, 300)), FRAME)
    alpha = shown.getchannel("A")
    assert set(alpha.tobytes()) == {0, 255}
    assert alpha.getpixel((0, 0)) == alpha.getpixel((399, 299)) == 0
    assert alpha.getpixel((200, 0)) == alpha.getpixel((0, 150)) == 255


# --- where it could do harm ------------------------------------------------------------------------------------------
def png_of(width: int, height: int, bits: int = 1, colours: int = 0) -> bytes:
    """A PNG that says it is so large; its pixels are a few bytes."""
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colours, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(6400, 6400), (60_000, 60_000), (2_000_000_000, 1), (40_000_001, 1)])
def test_a_bomb_is_refused_before_it_is_decoded(size: tuple[int, int], tmp_path: Path) -> None:
    (tmp_path / "bomb.png").write_bytes(png_of(*size))
    loaded = loaded_picture(tmp_path / "bomb.png", FRAME)
    assert loaded.image is None
    assert "too large" in loaded.problem or "cannot be read" in loaded.problem


def test_a_bomb_in_a_text_of_a_png_is_refused(tmp_path: Path) -> None:
    """A few kilobytes of compressed text that would be a gigabyte."""
    packed = zlib.compress(bytes(200_000_000), 9)
    data = b"Comment\0\0" + packed
    extra = struct.pack(">I", len(data)) + b"zTXt" + data + struct.pack(">I", zlib.crc32(b"zTXt" + data))
    whole = png_of(100, 100)
    (tmp_path / "bomb.png").write_bytes(whole[:33] + extra + whole[33:])
    assert loaded_picture(tmp_path / "bomb.png", FRAME).image is None


def test_a_jpeg_that_would_be_decoded_for_minutes_is_refused(tmp_path: Path) -> None:
    """Each scan is of a few bytes, and goes over the whole picture."""
    quarters().save(tmp_path / "bomb.jpg", progressive=True)
    content = (tmp_path / "bomb.jpg").read_bytes()
    last = content.rindex(b"\xff\xda")
    assert 2 < content.count(b"\xff\xda") < 20
    scaled_picture(tmp_path / "bomb.jpg", (50, 50))
    (tmp_path / "bomb.jpg").write_bytes(content[:last] + content[last:-2] * 200 + content[-2:])
    with pytest.raises(PictureRefused):
        scaled_picture(tmp_path / "bomb.jpg", (50, 50))


def test_the_frames_of_a_gif_are_not_counted_to_show_it(tmp_path: Path) -> None:
    frame = b"," + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    header = b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + bytes(6)
    (tmp_path / "long.gif").write_bytes(header + frame * 200_000 + b";")

    def looks() -> None:
        with Image.open(tmp_path / "long.gif") as image:
            assert moves(image)

    assert cpu_seconds(looks) < 0.2


def test_a_gif_that_grows_later_stops(tmp_path: Path) -> None:
    """Its header is of a small picture, a later frame of one that would fill the memory."""
    kept = io.BytesIO()
    frames = [Image.effect_noise((20, 20), 90).convert("RGB") for _ in range(3)]
    frames[0].save(kept, "GIF", save_all=True, append_images=frames[1:], duration=50, loop=0)
    data = bytearray(kept.getvalue())
    size = b"\x14\0\x14\0"
    at = [place for place in range(len(data) - 9) if data[place] == 0x2C and data[place + 5 : place + 9] == size]
    assert len(at) >= 2
    data[at[1] + 5 : at[1] + 9] = struct.pack("<HH", 60_000, 60_000)
    (tmp_path / "grows.gif").write_bytes(data)
    moving = MovingPicture(tmp_path / "grows.gif", FRAME)
    shown = 0
    while moving.next_frame() is not None and shown < 10:
        shown += 1
    assert shown <= 1
    assert moving.ended


def test_a_preview_that_is_no_tiny_picture_is_none() -> None:
    large = io.BytesIO()
    Image.new("L", (4000, 4000)).save(large, "PNG")
    for data in (b"", b"x" * 2048, png_of(50_000, 50_000), large.getvalue()):
        assert decoded_preview(data) is None
        assert loaded_preview(data, FRAME, (400, 300)).image is not None, "its room is filled all the same"


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP", "BMP"])
def test_whatever_bytes_come_they_are_shown_or_refused(form: str, tmp_path: Path) -> None:
    kept, chance = io.BytesIO(), random.Random(form)
    frames = [Image.effect_noise((60, 40), 90).convert("RGB") for _ in range(3)]
    more = {"save_all": True, "append_images": frames[1:]} if form in ("GIF", "WEBP") else {}
    frames[0].save(kept, form, **more)
    whole = kept.getvalue()
    path = tmp_path / "picture"
    for _ in range(150):
        data = bytearray(whole[: chance.randrange(1, len(whole))] if chance.random() < 0.3 else whole)
        for _change in range(chance.randrange(12)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        path.write_bytes(data)
        loaded = loaded_picture(path, FRAME)
        assert (loaded.image is None) == bool(loaded.problem)
        moving = MovingPicture(path, FRAME)
        for _frame in range(4):
            moving.next_frame()
        moving.close()


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    assert "not there any more" in loaded_picture(tmp_path / "gone.png", FRAME).problem


# --- moving ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG"])
def test_frames_follow_each_other_and_begin_anew(form: str, tmp_path: Path) -> None:
    frames = [Image.new("RGB", (90, 60), colour) for colour in (RED, BLUE, (20, 160, 60))]
    frames[0].save(tmp_path / "moving", form, save_all=True, append_images=frames[1:], duration=80, loop=0)
    assert loaded_picture(tmp_path / "moving", FRAME).moves
    moving, seen = MovingPicture(tmp_path / "moving", FRAME), []
    for _ in range(6):
        frame = moving.next_frame()
        assert frame is not None
        assert frame.milliseconds == 80
        seen.append(frame.image.getpixel((200, 150)))
    moving.close()
    for at, pixel in enumerate(seen):
        assert like(pixel, (RED, BLUE, (20, 160, 60))[at % 3])


def test_a_gif_that_wants_to_be_shown_once_ends(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (90, 60), colour) for colour in (RED, BLUE)]
    frames[0].save(tmp_path / "once.gif", save_all=True, append_images=frames[1:], duration=80)
    moving = MovingPicture(tmp_path / "once.gif", FRAME)
    assert moving.next_frame() is not None
    assert moving.next_frame() is not None
    assert moving.next_frame() is None


def test_no_frame_is_shorter_than_a_screen_can_show(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (90, 60), colour) for colour in (RED, BLUE)]
    frames[0].save(tmp_path / "fast.gif", save_all=True, append_images=frames[1:], duration=0, loop=0)
    moving = MovingPicture(tmp_path / "fast.gif", FRAME)
    frame = moving.next_frame()
    assert frame is not None
    assert frame.milliseconds == 100
    moving.close()


def test_a_picture_that_stands_still_does_not_play(tmp_path: Path) -> None:
    quarters().save(tmp_path / "still.gif")
    assert MovingPicture(tmp_path / "still.gif", FRAME).next_frame() is None


def test_of_sixty_frames_a_second_some_are_left_out(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (90, 60), (number * 20, 0, 0)) for number in range(12)]
    frames[0].save(tmp_path / "fast.gif", save_all=True, append_images=frames[1:], duration=20, loop=0)
    moving = MovingPicture(tmp_path / "fast.gif", FRAME)
    shown = [moving.next_frame() for _ in range(6)]
    moving.close()
    assert [frame.milliseconds for frame in shown if frame is not None] == [40] * 6, "as long as all of them take"
