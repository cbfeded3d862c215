"""Offers: what could complete the word that is being written: an emoji's name, or who is meant. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lanchat.core.limits import NICK_CHARACTERS
from lanchat.core.model import MemberKey
from lanchat.desktop.emoji import emoji_names

MOST = 7
_EMOJI = re.compile(r"(?<![\w:]):([\w+-]{2,40})$")  # two letters, so that ":D" and ":p" stay what they are
_WHOLE_CODE = re.compile(r"(?<![\w:]):([\w+-]{2,60}):$")
_AT = re.compile(rf"(?<![\w/@])@([^\n@]{{0,{NICK_CHARACTERS}}})$")


@dataclass(frozen=True, slots=True)
class Offer:
    start: int  #: where the word begins that it would stand for
    text: str  #: what would stand there
    words: str  #: what it is called in the list
    emoji: str = ""  #: its picture, or
    member: MemberKey | None = None  #: whose it is


def offers(before: str, people: Iterable[tuple[MemberKey, str]], recent: Sequence[str]) -> list[Offer]:
    """`before`: what is written up to the caret. `people`: who is here, as they call themselves."""
    line = before.rfind("\n") + 1
    if match := _EMOJI.search(before, line):
        found = emoji_names.search(match[1], MOST, recent)
        return [Offer(match.start(), named.sequence, f":{named.codes[0]}:", named.sequence) for named in found]
    if match := _AT.search(before, line):
        begun = match[1].casefold()
        meant = [(key, nick) for key, nick in people if nick.casefold().startswith(begun) and nick.casefold() != begun]
        return [Offer(match.start(), f"@{nick} ", nick, member=key) for key, nick in meant[:MOST]]
    return []


def coded(before: str) -> Offer | None:
    """The emoji whose code between colons has just been finished."""
    match = _WHOLE_CODE.search(before, before.rfind("\n") + 1)
    sequence = emoji_names.emoji_of_code(match[1]) if match else ""
    return Offer(match.start(), sequence, match[0], sequence) if match and sequence else None
