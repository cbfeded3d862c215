"""A formatted message as HTML, for an exported page. Pure.

Peers wrote the texts: everything is escaped, and a link leads only where `core.links` lets one lead.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import NamedTuple

from lanchat.core.formatting import BOLD, CODE, ITALIC, STRIKE, TextBlock, TextSpan, formatted

#: Rules of CSS for what is written here.
STYLE = """\
pre, blockquote, .item { margin: 0.35rem 0 0.35rem 2.5rem; white-space: pre-wrap; overflow-wrap: anywhere; }
pre { padding: 0.6rem 0.8rem; border: 1px solid #8884; border-radius: 8px; background: #8881; }
code { padding: 0 0.2em; border-radius: 4px; background: #8882; } pre code { padding: 0; background: none; }
pre small { float: right; opacity: 0.6; }
blockquote { border-left: 3px solid #8888; padding-left: 0.6rem; unicode-bidi: plaintext; }
"""

_ELEMENTS = ((CODE, "code"), (STRIKE, "s"), (ITALIC, "i"), (BOLD, "strong"))  # from the inner to the outer
_DEEPEST = 8


class HtmlText(NamedTuple):
    inline: str  #: of the lines that may follow a name
    blocks: str  #: of what comes after them: quotes, lists, code, and lines between


def html_of(text: str) -> HtmlText:
    """`text` has been cleaned (`core.text`)."""
    blocks = formatted(text)
    plain = next((at for at, one in enumerate(blocks) if one.kind == "code" or one.quote or one.depth), len(blocks))
    inline = "\n".join([_spans(block.spans) for block in blocks[:plain]])
    return HtmlText(inline, "".join([_block(block) for block in blocks[plain:]]))


def _block(block: TextBlock) -> str:
    words = _spans(block.spans)
    if block.kind == "code":
        language = f"<small>{html.escape(block.language)}</small>" if block.language else ""
        found = f"<pre>{language}{words}</pre>\n"
    elif block.depth:
        marker = f"{html.escape(block.marker)} " if block.marker else ""
        found = f'<div class="item">{marker}{words}</div>\n'
    else:
        found = f"<div>{words}</div>\n" if block.quote else f"<p>{words}</p>\n"
    for _level in range(min(block.depth, _DEEPEST) - 1):
        found = f'<div class="item">{found}</div>\n'
    for _level in range(min(block.quote, _DEEPEST)):
        found = f"<blockquote>{found}</blockquote>\n"
    return found


def _spans(spans: Sequence[TextSpan]) -> str:
    return "".join(map(_span, spans))


def _span(span: TextSpan) -> str:
    found = html.escape(span.text)
    for style, element in _ELEMENTS:
        if span.style & style:
            found = f"<{element}>{found}</{element}>"
    if span.address:
        address = html.escape(span.address)
        found = f'<a href="{address}" title="{address}" rel="noreferrer">{found}</a>'
    return found
