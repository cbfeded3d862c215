"""The look: readable colours, sharp pictures at every size."""

from __future__ import annotations

import tkinter as tk
from typing import get_args

import pytest
from msgspec.structs import fields
from PIL import ImageColor, ImageTk

from lanchat.core.model import Availability, MemberKey
from lanchat.core.profile import EMPTY, Avatar, Profile
from lanchat.desktop.theme import icons
from lanchat.desktop.theme.avatars import avatar, colour_of
from lanchat.desktop.theme.palette import DARK, LIGHT, PEOPLE_DARK, PEOPLE_LIGHT, Palette
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.timeline.text_styles import style
from lanchat.desktop.widgets.emoji_editor import EmojiEditor
from lanchat.desktop.widgets.surfaces import draw_ground, mixed
from lanchat.desktop.widgets.text_field import CopyField, TextField

BEN, LI = MemberKey(b"b" * 32), MemberKey(b"l" * 32)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """As WCAG 2 counts it: 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


#: Grounds of a message: as it is, hovered, for me, jumped to, selected.
ROWS = ("chat", "row_hover", "mention", "accent_soft", "marked")
LISTS = ("side", "hover", "selected", "raised", "chat")  #: grounds of a row of a list

#: What words are written in: the grounds they can stand on. "a+b" is a ground with a tenth of b in it, as a button's.
WORDS = {
    "text": {*ROWS, *LISTS, "card", "field", "rail", "alert_soft", "chat+text", "side+text", "raised+text",
             "field+text"},
    "strong": {*LISTS, "rail", "field", "accent_soft", "mention", "alert_soft", "found", "chat+text", "raised+text"},
    "mute": {*ROWS, *LISTS, "card", "rail", "field", "alert_soft", "chat+text", "side+text"},
    "link": {*ROWS, "side"},
    "at": {*ROWS, "side", "card"},
    "good": {"card", "chat", "side", "rail", "field", "raised"},
    "alert_ink": {*ROWS, *LISTS, "alert_soft", "field"},
    "on_accent": {"accent", "accent_hover"},
    "on_alert": {"alert"},
    "side": {"mute"},
    "chat": {"strong"},
}
#: The same for signs, rings and the thumb of a scrollbar.
SIGNS = {
    "mute": {*WORDS["mute"]},
    "good": {*ROWS, *LISTS, "rail", "alert_soft"},
    "caution": {*LISTS, "rail", "alert_soft"},
    "alert_ink": {*ROWS, *LISTS, "rail", "alert_soft", "field"},
    "ring": {*LISTS, "rail", "field", "accent_soft", "alert_soft", "chat+text", "side+text"},
    "thumb": {"chat", "side", "raised", "field"},
    "strong": {"side", "chat"},
}
BOTH = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])


def ground_of(palette: Palette, name: str) -> str:
    ground, _, other = name.partition("+")
    colour: str = getattr(palette, ground)
    return mixed(colour, getattr(palette, other), 0.1) if other else colour


@BOTH
@pytest.mark.parametrize(("table", "least"), [(WORDS, 4.5), (SIGNS, 3.0)], ids=["words", "signs"])
def test_every_colour_can_be_seen_on_every_ground(palette: Palette, table: dict[str, set[str]], least: float) -> None:
    bad = {
        f"{ink} on {ground}": round(has, 2)
        for ink, grounds in table.items()
        for ground in grounds
        if (has := contrast(getattr(palette, ink), ground_of(palette, ground))) < least
    }
    assert not bad


@BOTH
def test_every_nick_can_be_read_on_every_ground(palette: Palette) -> None:
    for colour in PEOPLE_DARK if palette.dark else PEOPLE_LIGHT:
        for ground in (*ROWS, *LISTS):
            assert contrast(colour, getattr(palette, ground)) >= 4.5, f"{colour} on {ground}"
    for colour in PEOPLE_LIGHT:
        assert contrast("#ffffff", colour) >= 4.5, "the letter on an avatar"


@BOTH
@pytest.mark.parametrize("focused", [True, False])
def test_what_is_selected_can_be_read_wherever_the_keyboard_is(root: tk.Tk, palette: Palette, focused: bool) -> None:
    theme = Theme(root, palette, 1.0)
    timeline = tk.Text(root)
    style(timeline, theme)
    fields = [timeline, TextField(root, theme).field, CopyField(root, theme, "words").field,
              EmojiEditor(root, theme, most=99, on_change=lambda _typed: None, on_full=lambda _over: None)]  # fmt: skip
    for field in fields:
        ground = str(field["selectbackground" if focused else "inactiveselectbackground"])
        assert contrast(str(field["selectforeground"]), ground) >= 4.5, type(field.master).__name__


def test_the_palettes_have_the_same_parts() -> None:
    assert len(fields(Palette)) == len({field.name for field in fields(Palette)})
    assert luminance(LIGHT.chat) > luminance(DARK.chat)


def test_a_member_keeps_its_colour_whatever_its_nick() -> None:
    assert colour_of(BEN, dark=False) == colour_of(BEN, dark=False)
    assert avatar(BEN, "Ben", 40).getpixel((20, 3)) == avatar(BEN, "Anna", 40).getpixel((20, 3))


def test_people_in_one_colour_can_be_told_apart() -> None:
    keys = [bytes([number]) * 32 for number in range(64)]
    colour = colour_of(keys[0], dark=False)
    alike = [key for key in keys if colour_of(key, dark=False) == colour]
    assert len(alike) > 4
    assert len({avatar(key, "", 40).tobytes() for key in alike}) > len(alike) // 2, "by the pattern"
    names = ("Deja", "Dina", "Ana Maria", "Ana Luz", "D")
    assert len({avatar(BEN, name, 40).tobytes() for name in names}) == len(names), "by the initials"


@pytest.mark.parametrize("nick", ["Ben", "élan", "日本", "👍🏽", "", "‮", "1st", "ß"], ids=range(8))
def test_an_avatar_is_drawn_for_every_nick(nick: str) -> None:
    picture = avatar(LI, nick, 32)
    assert picture.size == (32, 32)
    assert picture.getpixel((0, 0))[3] == 0, "clear outside of the disc"
    colours = picture.convert("RGB").getcolors(32 * 32)
    assert colours is not None
    assert any(min(colour) > 240 for _, colour in colours), "something white is on it"


def test_every_icon_draws_something(theme: Theme) -> None:
    for name in get_args(icons.IconName):
        box = icons.icon(name, 20, "#ff0000").getbbox()
        assert box is not None, name
        assert box[2] - box[0] > 8 or box[3] - box[1] > 8, name


def test_pictures_are_made_once(root: tk.Tk, theme: Theme) -> None:
    first = theme.avatar(BEN, "Ben", 40, Availability.HERE)
    assert theme.avatar(BEN, "Ben", 40, Availability.HERE) is first
    assert theme.avatar(BEN, "Ben", 40, Availability.AWAY) is not first


def test_a_round_ground_of_any_size_costs_no_new_picture(root: tk.Tk, theme: Theme) -> None:
    canvas = tk.Canvas(root)
    draw_ground(canvas, theme, (0, 0, 100, 40), 8, theme.palette.accent)
    before = len(theme.images)
    draw_ground(canvas, theme, (0, 0, 900, 400), 8, theme.palette.accent)
    assert len(theme.images) == before == 4


def test_a_larger_scale_makes_everything_larger(root: tk.Tk) -> None:
    small, large = Theme(root, LIGHT, 1.0).fonts.height("body"), Theme(root, LIGHT, 2.0).fonts.height("body")
    assert large >= 2 * small - 2


@pytest.mark.parametrize("wish", [Avatar(3, 5), Avatar(255, 255, b"p" * 32), Avatar(None, 0), Avatar(7, None)])
def test_an_avatar_is_drawn_as_its_member_wants(wish: Avatar) -> None:
    colour = PEOPLE_LIGHT[wish.colour % len(PEOPLE_LIGHT)] if wish.colour is not None else colour_of(BEN, False)
    assert colour_of(BEN, False, wish) == colour
    assert avatar(BEN, "Ben", 20, wish).tobytes() != avatar(BEN, "Ben", 20).tobytes()


def test_a_theme_asks_how_a_member_wants_to_be_drawn(root: tk.Tk) -> None:
    profiles = {BEN: Profile(avatar=Avatar(1, 2))}
    theme = Theme(root, LIGHT, 1.0, lambda key: profiles.get(key, EMPTY))
    first = theme.avatar(BEN, "Ben", 40)
    assert theme.colour_of(BEN) == PEOPLE_LIGHT[1]
    profiles[BEN] = Profile(avatar=Avatar(2, 2))
    assert theme.avatar(BEN, "Ben", 40) is not first
    assert theme.colour_of(BEN) == PEOPLE_LIGHT[2]


@pytest.mark.parametrize("palette", [LIGHT, DARK])
@pytest.mark.parametrize("nick", ["Mia", "☺"])
def test_a_guest_is_a_ring_in_their_colour_and_a_member_a_disc(root: tk.Tk, palette: Palette, nick: str) -> None:
    theme = Theme(root, palette, 1.0, lambda key: Profile(guest=key == LI))
    rim, middle = (20, 1), (20, 6)
    disc, ring = (ImageTk.getimage(theme.avatar(key, nick, 40)) for key in (BEN, LI))
    assert disc.getpixel(middle)[3] == 255
    assert ring.getpixel(middle)[3] == 0, "the ground shows through"
    assert ring.getpixel(rim) == (*ImageColor.getrgb(theme.colour_of(LI)), 255)
    ink = {pixel[:3] for _count, pixel in ring.crop((10, 10, 30, 30)).getcolors() if pixel[3] == 255}
    assert ink == {ImageColor.getrgb(theme.colour_of(LI))}, "initials, or a silhouette"
