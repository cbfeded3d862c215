"""ReactionChips: the row of reactions under a message, each an emoji with the number of those who chose it. Tk thread.

A chip is one image of the timeline's Text: a widget for each would make scrolling slow. A click takes my reaction back
or adds mine; the last chip leads to all emoji.
"""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image, ImageDraw, ImageFont

from lanchat.core.message import Reaction
from lanchat.core.model import MemberKey, RoomId
from lanchat.core.translate import _
from lanchat.desktop.emoji import images as emoji_images
from lanchat.desktop.model.phrases import list_names
from lanchat.desktop.text_layout import font_files
from lanchat.desktop.theme import icons
from lanchat.desktop.theme.picture_cache import rounded
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.timeline.actions import PickReaction
from lanchat.desktop.timeline.inline_images import InlineImages
from lanchat.desktop.timeline.laid_out_row import ImagePiece, RowLine
from lanchat.desktop.timeline.rows import MessageRow
from lanchat.engine.commands import React

_HIGH, _EMOJI, _PAD, _GAP, _NUMBER = 24, 16, 8, 4, 12  # design pixels
_PLUS = 16
_MOST_COUNTED = 999
_NAMED = 8  # in the tip of a chip


def chips_line(
    theme: Theme, images: InlineImages, row: MessageRow, room_id: RoomId, me: MemberKey
) -> RowLine:  # fmt: skip
    """The line of a message that has reactions."""
    pieces: list[ImagePiece] = []
    gap = theme.px(_GAP) // 2
    for reaction in row.reactions:
        mine = me in reaction.members
        action = React(room_id, row.message_id, reaction.emoji, not mine)
        image = images.drawn_later(
            ("chip", reaction.emoji, _number(reaction), mine), (2 * _HIGH, _HIGH),
            lambda reaction=reaction, mine=mine: _chip(theme, reaction.emoji, _number(reaction), mine),  # type: ignore[misc]
        )  # fmt: skip
        pieces.append(ImagePiece(image, gap=gap, action=action))
    plus = theme.images.get(("chip", "more", theme.px(_HIGH)), lambda: _more(theme))
    pieces.append(ImagePiece(plus, gap=gap, action=PickReaction(row.message_id)))
    return RowLine(("reactions", "loose"), list(pieces))


def chip_tip(row: MessageRow, emoji: str, called: Callable[[MemberKey], str], me: MemberKey) -> str:
    """Who reacted so, in words."""
    reaction = next((one for one in row.reactions if one.emoji == emoji), None)
    if reaction is None:
        return ""
    names = [_("You")] if me in reaction.members else []
    some = [key for key in reaction.members if key != me]
    # list_names says of the rest how many they are, so they need no names
    names += [called(key) if at <= _NAMED else "" for at, key in enumerate(some)]
    return list_names(names, _NAMED)


def _number(reaction: Reaction) -> str:
    count = len(reaction.members)
    return str(count) if count <= _MOST_COUNTED else f"{_MOST_COUNTED}+"


def _chip(theme: Theme, emoji: str, number: str, mine: bool) -> Image.Image:
    px, palette = theme.px, theme.palette
    fill, edge, ink = (
        (palette.accent_soft, palette.ring, palette.at) if mine else (palette.side, palette.line, palette.mute)
    )
    picture = emoji_images.drawn(emoji, px(_EMOJI)) or emoji_images.pill(
        emoji, px(_EMOJI), palette.selected, palette.text
    )
    font = _font(theme, mine)
    wide = round(font.getlength(number))
    image = rounded(2 * px(_PAD) + picture.width + px(_GAP) + wide, px(_HIGH), px(_HIGH) // 2, fill, edge, px(1))
    image.alpha_composite(picture, (px(_PAD), (px(_HIGH) - picture.height) // 2))
    at = (px(_PAD) + picture.width + px(_GAP), px(_HIGH) / 2)
    ImageDraw.Draw(image).text(at, number, ink, font, "lm")
    return image


def _more(theme: Theme) -> Image.Image:
    px, palette = theme.px, theme.palette
    image = rounded(px(_HIGH) + px(_GAP), px(_HIGH), px(_HIGH) // 2, palette.side, palette.line, px(1))
    smile = icons.icon("smile", px(_PLUS), palette.mute)
    image.alpha_composite(smile, ((image.width - smile.width) // 2, (image.height - smile.height) // 2))
    return image


def _font(theme: Theme, bold: bool) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The window's font for the number, where Pillow can find it; else the one that comes with Pillow."""
    family = theme.fonts.size("small")[0]
    file = font_files.face("0", "", family, bold)
    found = font_files.opened(file.path, file.index, theme.px(_NUMBER)) if file is not None else None
    return found or ImageFont.load_default(float(theme.px(_NUMBER)))
