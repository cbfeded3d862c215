"""Formatting: a text as blocks of spans: bold, italic, code, quotes, lists, links. Pure, any thread.

What is stored, sent, copied and searched is the text as it was written; this is how it is shown, in the window, on a
terminal and in an exported page. The marks are those of Markdown, read by markdown-it with the rules of
`core.markdown_rules`. Nothing of a text gets lost but the marks.

    **bold**  *italic* or _italic_  ~~strike~~  `code`  [words](https://address)
    > quote   - item   1. item   ``` language … ```

markdown-it is imported when the first text with a mark is read: most have none. Peers write the texts: one of 4,000
characters takes less than 20 ms, whatever is in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from lanchat.core.links import TextLink, links_in

if TYPE_CHECKING:
    from markdown_it.token import Token

BOLD, ITALIC, STRIKE, CODE = 1, 2, 4, 8  #: of `TextSpan.style`, added
BULLET = "•"

BlockKind: TypeAlias = Literal["text", "code"]

_MARKS = re.compile(r"[*_`~\\]|\]\(|^[ \t]*(?:>|(?:[-+]|\d{1,9}[.)])[ \t])", re.MULTILINE)
_BLOCK_MARKS = re.compile(r"^[ \t]*(?:>|[-+*][ \t]|\d{1,9}[.)][ \t]|```|~~~)", re.MULTILINE)
_DELIMITERS = re.compile(r"\*+|_+|~+")
_MOST_DELIMITERS = 300  # of a text; in one that has more, none is a mark
_MOST_LINES = 400  # of a formatted text
_MOST_REMEMBERED = 600  # texts
_LANGUAGE = re.compile(r"[\w+#.-]{1,20}")


class TextSpan(NamedTuple):
    """Words that look the same and lead to the same address."""

    text: str  #: without the marks; may contain line ends
    style: int = 0
    address: str = ""  #: what a link opens


class TextBlock(NamedTuple):
    """Lines of one kind. An empty line of a text is a block without spans."""

    spans: tuple[TextSpan, ...]
    kind: BlockKind = "text"  #: of code there is one span
    quote: int = 0  #: in so many quotes
    depth: int = 0  #: in so many lists
    marker: str = ""  #: of the item of a list that begins with it
    language: str = ""  #: of code, as written

    @property
    def text(self) -> str:
        return "".join([span.text for span in self.spans])


@lru_cache(_MOST_REMEMBERED)
def formatted(text: str) -> tuple[TextBlock, ...]:
    """The blocks of a text, at least one. Each begins on a line of its own."""
    if not _MARKS.search(text):
        return (TextBlock(_with_links(text)),)
    blocks = tuple(_blocks(text))
    return blocks if any([block.spans for block in blocks]) else (TextBlock(_with_links(text)),)


def may_mention(span: TextSpan) -> bool:
    """Whether an @ in this part mentions somebody. In code and in links it does not."""
    return not (span.style & CODE or span.address)


def shown_lines(text: str) -> str:
    """A text as it is shown, without any format: its marks are gone."""
    return "\n".join([_told(block) for block in formatted(text)])


def _told(block: TextBlock) -> str:
    return f"{block.marker} {block.text}" if block.marker else block.text


def _blocks(text: str) -> Iterator[TextBlock]:
    from lanchat.core.markdown_rules import parser  # see the docstring

    lines = text.split("\n")
    if len(lines) > _MOST_LINES:
        yield TextBlock(_with_links(text))
        return
    plain = sum(1 for _run in _DELIMITERS.finditer(text)) > _MOST_DELIMITERS or len(text) > 20_000
    if not _BLOCK_MARKS.search(text):
        yield TextBlock(_with_links(text) if plain else _spans(text))
        return
    made = parser()
    tokens: list[Token] = []
    made.block.parse(text, made, {"unclosed": {}}, tokens)
    quote, markers, marker, next_line = 0, 0, "", 0
    for token in tokens:
        match token.type:
            case "blockquote_open":
                quote += 1
            case "blockquote_close":
                quote -= 1
            case "list_item_open":
                markers += 1
                sign = f"{token.info}{token.markup}" if token.info else BULLET if token.markup in "-*" else "+"
                marker = f"{marker} {sign}".lstrip()
            case "list_item_close":
                if marker:  # it is empty
                    yield TextBlock((), "text", quote, markers, marker)
                    next_line += 1
                    marker = ""
                markers -= 1
            case "inline" | "fence":
                first, end = token.map or (next_line, next_line)
                for empty in range(next_line, first):
                    yield TextBlock((), quote=quote if lines[empty].lstrip().startswith(">") else 0)
                next_line = end
                if token.type == "fence":
                    yield _code(token, quote, markers, marker)
                else:
                    content = token.content.lstrip(" ") if marker else token.content
                    spans = _with_links(content) if plain else _spans(content)
                    yield TextBlock(spans, "text", quote, markers, marker)
                marker = ""
    for empty in range(next_line, len(lines)):
        yield TextBlock((), quote=int(lines[empty].lstrip().startswith(">")))


def _code(token: Token, quote: int, depth: int, marker: str) -> TextBlock:
    language, content = token.info.strip(), token.content.removesuffix("\n")
    if language and not _LANGUAGE.fullmatch(language):  # words after the marks: the first line of the code
        language, content = "", f"{language}\n{content}"
    return TextBlock((TextSpan(content, CODE),), "code", quote, depth, marker, language)


def _spans(text: str) -> tuple[TextSpan, ...]:
    """The spans of a paragraph."""
    from lanchat.core.markdown_rules import parser

    links = links_in(text)
    if not _MARKS.search(text):
        return _apart(text, links)
    made = parser()
    tokens: list[Token] = []
    made.inline.parse(text, made, {"links": links}, tokens)
    found: list[TextSpan] = []
    style, address = 0, ""
    for token in tokens:
        match token.type:
            case "strong_open" | "strong_close":
                style ^= BOLD
            case "em_open" | "em_close":
                style ^= ITALIC
            case "s_open" | "s_close":
                style ^= STRIKE
            case "link_open" | "link_close":
                address = token.info
            case "address":
                found.append(TextSpan(token.content, style, address or token.info))
            case "code_inline":
                found.append(TextSpan(token.content, style | CODE, address))
            case _:
                if token.content:
                    found.append(TextSpan(token.content, style, address))
    return _joined(found)


def _joined(spans: list[TextSpan]) -> tuple[TextSpan, ...]:
    """With those that look the same as one."""
    found: list[TextSpan] = []
    for span in spans:
        if found and found[-1][1:] == span[1:] and not span.address:
            found[-1] = span._replace(text=found[-1].text + span.text)
        else:
            found.append(span)
    return tuple(found)


def _with_links(text: str) -> tuple[TextSpan, ...]:
    return _apart(text, links_in(text))


def _apart(text: str, links: list[TextLink]) -> tuple[TextSpan, ...]:
    found = []
    at = 0
    for link in links:
        if link.start > at:
            found.append(TextSpan(text[at : link.start]))
        found.append(TextSpan(text[link.start : link.end], 0, link.address))
        at = link.end
    if at < len(text):
        found.append(TextSpan(text[at:]))
    return tuple(found)
