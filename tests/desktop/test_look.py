"""The look: readable colours, sharp pictures at every size."""

from __future__ import annotations

import tkinter as tk

import pytest
from msgspec.structs import fields

from lanchat.core.model import MemberKey
from lanchat.desktop.look import icons
from lanchat.desktop.look.avatars import avatar, colour_of
from lanchat.desktop.look.look import Look
from lanchat.desktop.look.palette import DARK, LIGHT, PEOPLE_DARK, PEOPLE_LIGHT, Palette

BEN, LI = MemberKey(b"b" * 32), MemberKey(b"l" * 32)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """As WCAG 2 counts it: 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_every_text_can_be_read_on_its_ground(palette: Palette) -> None:
    grounds = {
        "text": ["chat", "side", "field", "raised", "rail", "mention", "hover", "selected", "row_hover", "alert_soft"],
        "strong": ["chat", "side", "rail", "selected", "hover", "raised"],
        "mute": ["chat", "side", "rail", "raised", "field", "row_hover"],
        "on_accent": ["accent", "accent_hover"],
        "on_alert": ["alert"],
        "link": ["chat", "mention"],
        "at": ["mention", "chat"],
        "good": ["chat", "side"],
        "caution": ["chat", "side"],
    }
    for text, on in grounds.items():
        for ground in on:
            has = contrast(getattr(palette, text), getattr(palette, ground))
            least = 4.5 if text not in ("mute", "on_accent", "on_alert", "caution", "good") else 3.9
            assert has >= least, f"{text} on {ground}: {has:.2f}"


@pytest.mark.parametrize(
    ("colours", "ground"), [(PEOPLE_LIGHT, "#ffffff"), (PEOPLE_DARK, DARK.chat)], ids=["light", "dark"]
)
def test_every_nick_can_be_read(colours: tuple[str, ...], ground: str) -> None:
    for colour in colours:
        assert contrast(colour, ground) >= 4.2, colour


def test_the_palettes_have_the_same_parts() -> None:
    assert len(fields(Palette)) == len({field.name for field in fields(Palette)})
    assert luminance(LIGHT.chat) > luminance(DARK.chat)


def test_a_member_keeps_its_colour_whatever_its_nick() -> None:
    assert colour_of(BEN, dark=False) == colour_of(BEN, dark=False)
    assert avatar(BEN, "Ben", 40).getpixel((20, 3)) == avatar(BEN, "Anna", 40).getpixel((20, 3))


@pytest.mark.parametrize("nick", ["Ben", "élan", "日本", "👍🏽", "", "‮", "1st", "ß"], ids=range(8))
def test_an_avatar_is_drawn_for_every_nick(nick: str) -> None:
    picture = avatar(LI, nick, 32)
    assert picture.size == (32, 32)
    assert picture.getpixel((0, 0))[3] == 0, "clear outside of the disc"
    colours = picture.convert("RGB").getcolors(32 * 32)
    assert colours is not None
    assert any(min(colour) > 240 for _, colour in colours), "something white is on it"


def test_every_icon_draws_something(look: Look) -> None:
    for name in icons._DRAW:
        box = icons.icon(name, 20, "#ff0000").getbbox()
        assert box is not None, name
        assert box[2] - box[0] > 8 or box[3] - box[1] > 8, name


def test_pictures_are_made_once(root: tk.Tk, look: Look) -> None:
    first = look.avatar(BEN, "Ben", 40, "here")
    assert look.avatar(BEN, "Ben", 40, "here") is first
    assert look.avatar(BEN, "Ben", 40, "away") is not first


def test_a_round_ground_of_any_size_costs_no_new_picture(root: tk.Tk, look: Look) -> None:
    canvas = tk.Canvas(root)
    look.rounded(canvas, (0, 0, 100, 40), 8, look.palette.accent)
    before = len(look.images)
    look.rounded(canvas, (0, 0, 900, 400), 8, look.palette.accent)
    assert len(look.images) == before == 4


def test_a_larger_scale_makes_everything_larger(root: tk.Tk) -> None:
    small, large = Look(root, LIGHT, 1.0).fonts.height("body"), Look(root, LIGHT, 2.0).fonts.height("body")
    assert large >= 2 * small - 2
