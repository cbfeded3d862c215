"""FileLayout: where the file of a message stands in its row, and its size, before it is drawn. Tk thread.

A row keeps exactly the room that its picture will have, by what the offer says, so nothing moves when that comes. While
it is out of view an image of one point stands there, with room around it (`TextView.show_file`): hundreds of pictures
that nobody looks at take no memory.
"""

from __future__ import annotations

from lanchat.core.file_offer import FileOffer
from lanchat.core.file_words import shown_file_name
from lanchat.desktop.model.files import is_picture
from lanchat.desktop.pictures.picture_decoding import fitting
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.timeline.file_painter import CARD_SIZE
from lanchat.desktop.timeline.inline_images import InlineImages
from lanchat.desktop.timeline.laid_out_row import FilePlace, ImagePiece, Piece, RowLine, TextPiece
from lanchat.desktop.timeline.voice_cards import VOICE_SIZE

_TALL, _LOW = (400, 300), (320, 240)  # design pixels: the largest picture, in a high pane and in a low one
_LEAST = (96, 68)  # of a tiny picture: it is shown in the middle of a surface; what a phone shows is wider
_NARROWEST = 160  # of a card
_APART = 3  # from the name over it


class FileLayout:
    def __init__(self, theme: Theme, images: InlineImages) -> None:
        self._theme = theme
        self._images = images

    def line(
        self, offer: FileOffer, number: int, beside: ImagePiece | None, room: int, around: str
    ) -> tuple[RowLine, FilePlace]:
        """The line of a row in which the file stands. `number`: of that line; `beside`: the lower half of the avatar,
        before it; `room`: pixels of a line; `around`: the colour behind it."""
        pictured = is_picture(offer)
        usual = VOICE_SIZE if offer.is_voice else CARD_SIZE
        size = self._picture_size(offer, room) if pictured else self._card_size(usual, room)
        blank = self._images.blank(1 + (size[0] + 1) % 2, 1 + (size[1] + 1) % 2)
        apart = self._theme.px(_APART) if beside is not None else 0
        image = ImagePiece(blank, shown_file_name(offer), "top", tags=("file",), size=size, apart=apart)
        before: list[Piece] = [beside, TextPiece("\t", means="")] if beside is not None else []
        tags = ("first", "file line", "first file") if before else ("body", "file line")
        line = RowLine(tags, [*before, image])
        return line, FilePlace(offer, number, len(before), size, pictured, around)

    def _card_size(self, usual: tuple[int, int], room: int) -> tuple[int, int]:
        px = self._theme.px
        return max(px(_NARROWEST), min(px(usual[0]), room)), px(usual[1])

    def _picture_size(self, offer: FileOffer, room: int) -> tuple[int, int]:
        px = self._theme.px
        most = _TALL if self._images.tall else _LOW
        box = max(px(_NARROWEST), min(px(most[0]), room)), px(most[1])
        wide, high = fitting((offer.width, offer.height), box, max(1.0, self._theme.scale))
        return max(wide, min(px(_LEAST[0]), box[0])), max(high, px(_LEAST[1]))
