"""The rules by which markdown-it reads a message: CommonMark's, but for what chats do otherwise. Pure, any thread.

A line end is a line end, and spaces at the beginning of a line stay. A quote or list ends with the line that does not
have its mark. A fence that is not closed is none. Backslashes stay, but for those before a mark (`C:\\temp`); and
`__name__` and `2*3*4` are as written. There are no headings, rules, tables, images, HTML or entities.

All rules take time in proportion to the length of a text; no rule loses any of it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cache
from operator import attrgetter

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block import blockquote as common_blockquote
from markdown_it.rules_block import fence as common_fence
from markdown_it.rules_block import list_block as common_list
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline import emphasis as common_emphasis

from lanchat.core.links import TextLink, can_be_opened, may_stand_for

_DEEPEST = 8  # of quotes and lists in each other
_ITEM = re.compile(r"(?:[-*+]|\d{1,9}[.)])[ \t]+[-*+ \t]*[^-*+\s]")  # not an empty one, nor a rule such as - - -
_QUOTE = re.compile(r">+(?:\s|$)")  # neither >:( nor >_<
_LABELLED = re.compile(
    r"\[([^\[\]\n]{1,200})\]\(((?:https?://|mailto:|lanchat://)[^\s<>()]*(?:\([^\s<>()]*\)[^\s<>()]*)*)\)",
    re.IGNORECASE,
)
_ESCAPED = frozenset("*_~`[]>#-")
_SHRUG = "¯"
_start = attrgetter("start")


@cache
def parser() -> MarkdownIt:
    """The parser, made once. Its `block.parse` and `inline.parse` are called, not `parse`: nothing else is needed."""
    made = MarkdownIt("commonmark", {"maxNesting": 100})
    block, inline = made.block.ruler, made.inline.ruler
    block.at("fence", _fence, {"alt": ["paragraph", "blockquote", "list"]})
    block.at("blockquote", _blockquote, {"alt": ["paragraph", "blockquote", "list"]})
    block.at("list", _list, {"alt": ["paragraph", "blockquote"]})
    block.at("paragraph", _paragraph)
    block.enableOnly(["fence", "blockquote", "list", "paragraph"])
    inline.at("text", _text)
    inline.at("newline", _newline)
    inline.at("escape", _escape)
    inline.at("emphasis", _emphasis)
    inline.at("link", _labelled_link)
    inline.enableOnly(["text", "newline", "escape", "backticks", "strikethrough", "emphasis", "link"])
    made.inline.ruler2.enable("strikethrough")
    return made


# --- blocks ----------------------------------------------------------------------------------------------------------
def _fence(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A fence that is closed. `unclosed` of the environment is the length of the shortest that is not, by its mark and
    where its container ends: a text of many fences is not read to its end again for each."""
    at = state.bMarks[start] + state.tShift[start]
    mark = state.src[at : at + 1]
    if mark not in ("`", "~") or not state.src.startswith(mark * 3, at):
        return False
    length = state.skipCharsStr(at, mark) - at
    if length >= state.env["unclosed"].get((mark, end), length + 1):
        return False
    return _is_closed(state, start, end, mark, length) and common_fence(state, start, end, silent)


def _is_closed(state: StateBlock, start: int, end: int, mark: str, length: int) -> bool:
    for line in range(start + 1, end):
        if state.sCount[line] < state.blkIndent and not state.isEmpty(line):
            return False
        closing = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].rstrip()
        if len(closing) >= length and not closing.strip(mark):
            return True
    state.env["unclosed"][mark, end] = length
    return False


def _blockquote(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    at = state.bMarks[start] + state.tShift[start]
    if state.level >= _DEEPEST or not _QUOTE.match(state.src, at, state.eMarks[start]):
        return False
    return common_blockquote(state, start, end, silent)


def _list(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    at = state.bMarks[start] + state.tShift[start]
    if state.level >= _DEEPEST or not _ITEM.match(state.src, at, state.eMarks[start]):
        return False
    return common_list(state, start, end, silent)


def _paragraph(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """The lines up to an empty one, a line that is outside of the quote or the list, or one of another block."""
    rules = state.md.block.ruler.getRules("paragraph")
    parent, state.parentType = state.parentType, "paragraph"
    line, end = start + 1, state.lineMax
    while line < end and not state.isEmpty(line) and state.sCount[line] >= state.blkIndent:
        if any([rule(state, line, end, True) for rule in rules]):
            break
        line += 1
    state.line, state.parentType = line, parent
    token = state.push("inline", "", 0)
    token.content = state.getLines(start, line, state.blkIndent, False)
    token.map = [start, line]
    return True


# --- within a paragraph ----------------------------------------------------------------------------------------------
def _text(state: StateInline, silent: bool) -> bool:
    """What has no mark, up to the next address; or that address."""
    found = state.md.inline.terminator_re.search(state.src, state.pos, state.posMax)
    end = found.start() if found else state.posMax
    links: list[TextLink] = state.env["links"]
    at = bisect_left(links, state.pos, key=_start) if links else 0
    if at < len(links) and links[at].end <= state.posMax:
        if links[at].start == state.pos:
            if not silent:
                token = state.push("address", "", 0)
                token.content, token.info = state.src[state.pos : links[at].end], links[at].address
            state.pos = links[at].end
            return True
        end = min(end, links[at].start)
    if end == state.pos:
        return False
    if not silent:
        state.append_pending(state.src[state.pos : end])
    state.pos = end
    return True


def _newline(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "\n":
        return False
    if not silent:
        state.append_pending("\n")
    state.pos += 1
    return True


def _escape(state: StateInline, silent: bool) -> bool:
    at = state.pos
    if state.src[at] != "\\":
        return False
    escaped = state.src[at + 1 : at + 2] if at + 1 < state.posMax else ""
    marks = escaped if escaped in _ESCAPED else "\\"
    if state.src[at - 1 : at] == _SHRUG and escaped == "_":
        marks = "\\_"
    if not silent:
        state.append_pending(marks)
    state.pos += 2 if escaped in _ESCAPED and escaped else 1
    return True


def _emphasis(state: StateInline, silent: bool) -> bool:
    at, src = state.pos, state.src
    mark = src[at]
    if silent or mark not in ("*", "_"):
        return False
    end = at + 1
    while end < state.posMax and src[end] == mark:
        end += 1
    before, after = src[at - 1 : at], src[end : end + 1]
    within_word = end == at + 1 and (before + after).isascii() and before.isalnum() and after.isalnum()
    if within_word or (mark == "_" and (end > at + 1 or before == "@")):
        state.append_pending(src[at:end])
        state.pos = end
        return True
    return common_emphasis.tokenize(state, silent)


def _labelled_link(state: StateInline, silent: bool) -> bool:
    """`[words](address)`, if the words do not look like another address: a link never hides where it leads."""
    if state.src[state.pos] != "[":
        return False
    found = _LABELLED.match(state.src, state.pos, state.posMax)
    if found is None or not can_be_opened(found[2]) or not may_stand_for(found[1], found[2]) or not found[1].strip():
        return False
    if not silent:
        end = state.posMax
        state.push("link_open", "a", 1).info = found[2]
        state.pos, state.posMax = found.span(1)
        state.md.inline.tokenize(state)
        state.push("link_close", "a", -1)
        state.posMax = end
    state.pos = found.end()
    return True
