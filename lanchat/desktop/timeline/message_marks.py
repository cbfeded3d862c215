"""What the timeline says about a message besides its words: edited, pinned, and seen by whom. Tk thread.

The marks stand for nothing when a message is copied, and are not found in it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lanchat.core.model import MemberKey
from lanchat.core.translate import _
from lanchat.desktop.model.phrases import list_names
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.timeline.actions import ShowVersions
from lanchat.desktop.timeline.laid_out_row import ImagePiece, Piece, TextPiece
from lanchat.desktop.timeline.rows import MessageRow

_PIN, _SEEN_AVATAR = 11, 16  # design pixels
_SEEN_AVATARS, _SEEN_NAMED = 5, 4


def marks_in_head(theme: Theme, row: MessageRow) -> list[Piece]:
    """What stands beside the name and the time."""
    return _pin(theme) if row.pinned and row.heading.author else []


def marks_after(theme: Theme, row: MessageRow) -> list[Piece]:
    """What stands after the words."""
    marks: list[Piece] = []
    if row.edited:
        marks.append(TextPiece(_("(edited)"), ("edited",), ShowVersions(row.message_id), means=""))
    if row.pinned and not row.heading.author:
        marks += _pin(theme)
    return marks


def seen_line(
    theme: Theme, seen: Sequence[MemberKey], called: Callable[[MemberKey], str]
) -> tuple[list[Piece], str]:  # fmt: skip
    """Who has seen a message of mine, at least one: the pieces before their names, and these."""
    names = [called(key) for key in seen]
    pieces: list[Piece] = [TextPiece(_("Seen by") + " ", means="")]
    pieces += [
        ImagePiece(theme.avatar(key, name, _SEEN_AVATAR), gap=theme.px(1))
        for key, name in list(zip(seen, names, strict=True))[:_SEEN_AVATARS]
    ]
    return pieces, " " + list_names(names, _SEEN_NAMED)


def _pin(theme: Theme) -> list[Piece]:
    icon = theme.icon("pushpin", _PIN, theme.palette.mute)
    return [TextPiece("  ", means=""), ImagePiece(icon, gap=theme.px(3)), TextPiece(_("Pinned"), ("time",), means="")]
