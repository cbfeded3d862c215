"""Halves: some keyboards send an emoji in two halves, one key press each, and neither is a character. Pure."""

from __future__ import annotations

import re

_HIGH, _LOW = re.compile("[\ud800-\udbff]$"), re.compile("[\udc00-\udfff]")


class Halves:
    def __init__(self) -> None:
        self._first = ""

    def joined(self, text: str) -> str:
        """What was typed, with the first half that waited for it; "" while one waits."""
        if _HIGH.match(text):
            self._first = text
            return ""
        if self._first and _LOW.match(text):
            text = (self._first + text[0]).encode("utf-16", "surrogatepass").decode("utf-16") + text[1:]
        self._first = ""
        return text
