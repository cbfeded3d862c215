"""Quotes: the line over a message that answers another one. Tk thread, for its images.

    ▎ Ana  Lunch at half past twelve tomorrow? @Ben …

It is one line, cut where the pane ends, and a click on it leads to that message. What is quoted is read anew with the
message, so that it is the text as last edited.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lanchat.core.message import Quote
from lanchat.core.model import MemberKey
from lanchat.core.slash_table import action_of
from lanchat.core.translate import _
from lanchat.desktop.emoji.emoji_data import UNDRAWN
from lanchat.desktop.model.phrases import one_line
from lanchat.desktop.text_layout.line_renderer import FittedLine
from lanchat.desktop.theme.fonts import FontName
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.timeline.actions import Action, JumpToMessage
from lanchat.desktop.timeline.inline_images import InlineImages
from lanchat.desktop.timeline.laid_out_row import ImagePiece, Piece, TextPiece

_BAR, _BAR_HEIGHT, _GAP = 3, 18, 8  # design pixels
_MOST_CHARACTERS = 200  # more are never in one line
_NAME_SHARE = 0.4  # of the line, at most


def quote_pieces(
    theme: Theme, images: InlineImages, quote: Quote | None, called: Callable[[MemberKey], str], room: int,
    tag_of: Callable[[str], str],
) -> list[Piece]:  # fmt: skip
    """The line, without what is left of it. `quote`: None where that message is not here; `room`: pixels; `tag_of`: the
    tag of letters in a colour."""
    px, palette = theme.px, theme.palette
    colour = theme.colour_of(quote.author) if quote is not None else palette.line
    action = JumpToMessage(quote.seq) if quote is not None else None
    bar = ImagePiece(theme.rounded_image(px(_BAR), px(_BAR_HEIGHT), 1, colour), action=action)
    found: list[Piece] = [bar, ImagePiece(images.space(_GAP), action=action)]
    room -= px(_BAR + _GAP)
    if quote is not None:
        name = theme.lines.fit(called(quote.author), "small_bold", round(room * _NAME_SHARE))
        found += _pieces(theme, name, "small_bold", colour, ("answered name", tag_of(colour)), action)
        found.append(ImagePiece(images.space(_GAP), action=action))
        room -= name.width + px(_GAP)
    words = theme.lines.fit(quoted_words(quote), "small", max(0, room))
    return [*found, *_pieces(theme, words, "small", palette.mute, (), action)]


def quoted_words(quote: Quote | None) -> str:
    """What is quoted, in one line."""
    if quote is None:
        return _("a message that is not here")
    if quote.deleted:
        return _("deleted")
    text = action_of(quote.text) or quote.text
    return one_line(text, _MOST_CHARACTERS) or _("something that this lanchat is too old to show")


def _pieces(
    theme: Theme, line: FittedLine, font: FontName, colour: str, tags: tuple[str, ...], action: Action | None
) -> Iterator[Piece]:
    """A fitted line as pieces of the timeline's Text. They stand for nothing when the message is copied."""
    for piece in line.pieces:
        image = None
        if piece.kind == "emoji":
            image = theme.emoji(piece.text, round(theme.fonts.height(font) * 0.86))
        elif piece.kind == "shaped":
            image = theme.shaper.picture(piece.text, font, colour, piece.level % 2 == 1)
        if image is not None:
            yield ImagePiece(image, tags=tags, action=action)
        else:
            letters = UNDRAWN if piece.kind == "emoji" else theme.fonts.drawable(font, piece.text)
            yield TextPiece(letters, tags, action, means="")
