"""Links: where addresses are in a text, and which of them may be opened. Pure, any thread.

An address is one of the web (`https://`, `http://`, `www.`), of a room (`lanchat://`) or of mail. Peers write the
texts, so everything here takes at most time in proportion to their length.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import urlsplit

from lanchat.core.address import where_problem

_FULL_WIDTH = "\u3000-\u303f\uff00-\uff0f\uff1a-\uff20\uff3b-\uff65"
_ADDRESS = re.compile(
    rf"(?<![A-Za-z0-9])(?:https?|lanchat)://[^\s<>\"`{_FULL_WIDTH}]+"
    rf"|(?<![A-Za-z0-9.@/-])www\.[A-Za-z0-9-]+\.[^\s<>\"`{_FULL_WIDTH}]+"
    r"|(?<![A-Za-z0-9_.%+@/:-])[A-Za-z0-9][A-Za-z0-9_.%+-]{0,63}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}",
    re.IGNORECASE,
)
_MAIL = re.compile(r"mailto:[A-Za-z0-9][A-Za-z0-9_.%+-]{0,63}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
#: What people may take for an address: a host with a dot, or what looks like one.
_LIKE_AN_ADDRESS = re.compile(
    r"[:/\uff1a\uff0f\u2044\u2215]{2}|[^\s.][.\u2024\u3002\uff0e\uff61]+[^\W\d_]{2}", re.IGNORECASE
)

_SENTENCE_END = '.,;:!?"…»”\u2019'
_MARKS = "'*_~"  # they stand around a link in pairs, and may be part of one
_BRACKETS = {")": "(", "]": "[", "}": "{"}


class TextLink(NamedTuple):
    start: int
    end: int
    address: str  #: what it opens


def links_in(text: str) -> list[TextLink]:
    """The links of a text, in order and apart from each other."""
    if not ("://" in text or "@" in text or "www." in text.lower()):
        return []
    found = []
    for match in _ADDRESS.finditer(text):
        start = match.start()
        link = _without_sentence_end(match.group(), text[start - 1 : start])
        if can_be_opened(opens := address(link)):
            found.append(TextLink(start, start + len(link), opens))
    return found


def address(link: str) -> str:
    """The address that a link opens, as written: of a web page, a room or mail."""
    if link[:4].lower() == "www.":
        return f"http://{link}"
    return link if "://" in link or link[:7] == "mailto:" else f"mailto:{link}"


def can_be_opened(address: str) -> bool:
    if address[:10].lower() == "lanchat://":
        return not where_problem(address)
    return is_web_address(address) or is_mail_address(address)


def may_stand_for(label: str, address: str) -> bool:
    """Whether words may be shown as a link to `address`: they do not look like another address."""
    return label == address or (not _LIKE_AN_ADDRESS.search(label) and not links_in(label))


def is_web_address(url: str) -> bool:
    """One whole http or https address, that no program takes for an option or for two arguments."""
    if not url.isprintable() or " " in url:  # no other space is printable
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def is_mail_address(url: str) -> bool:
    """One whole mailto: address, without a subject or body that would be written into the mail."""
    return _MAIL.fullmatch(url) is not None


def _without_sentence_end(link: str, before: str) -> str:
    """The link without what follows it: the end of a sentence, the marks of a format, and a bracket or mark that was
    opened before it.

    `before`: the character in front of it.
    """
    end = len(link)
    open_ = {closing: link.count(opening) - link.count(closing) for closing, opening in _BRACKETS.items()}
    marks = {mark: link.count(mark) + (mark == before) for mark in _MARKS}
    while end:
        last = link[end - 1]
        if last in _BRACKETS and open_[last] < 0:
            open_[last] += 1
        elif last in "*_~" and link[end - 2 : end - 1] == last:
            marks[last] -= 2
            end -= 1
        elif last in _MARKS and (marks[last] % 2 or last == before):
            marks[last] -= 1
        elif last not in _SENTENCE_END:
            break
        end -= 1
    return link[:end]
