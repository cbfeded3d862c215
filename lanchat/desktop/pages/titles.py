"""What a room of mine is called unless I say otherwise. Pure."""

from __future__ import annotations

from lanchat.core.limits import TITLE_CHARACTERS
from lanchat.core.text import clean_line
from lanchat.core.translate import _


def own_title(nick: str) -> str:
    return clean_line(_("{me}'s room").format(me=nick), TITLE_CHARACTERS)
