"""What search looks for: how an entry's text goes into the index, and a person's words into a query. Pure.

The index knows words by their beginnings, without case and accents. Scripts written without spaces, and emoji, go in
one character a word, and are found as a phrase.
"""

from __future__ import annotations

import re
import unicodedata

_ALONE = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    "\u2e80-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f"  # Han, Hiragana, Katakana
    "\U00020000-\U0003ffff"  # Han
    "\u2190-\u2bff\U0001f000-\U0001faff"  # symbols, emoji
)
# Not compiled here, for `re` does it at the first use: these take milliseconds, which a start need not wait for.
_ALONE_ONE = f"([{_ALONE}])"
_FINDABLE = f"[^\\W_]|[{_ALONE}]"
_BEGINNING = f"[^\\W_{_ALONE}]{{2,}}\\W*$"  # one letter begins too many words to look through
_UNSAFE = '["\x00-\x1f\ud800-\udfff]'  # would end the quotes, or cannot be written down at all
_WORDS_MOST = 32  # in one query: more cannot be meant, and each costs a look-up


def indexed(text: str) -> str:
    """`text` as the index takes it."""
    if text.isascii():
        return text
    return re.sub(_ALONE_ONE, r" \1 ", unicodedata.normalize("NFKC", text))


def query(text: str) -> str | None:
    """An FTS5 query for entries with every word of `text`; None when it has none. Two letters and more begin a word.

    Every word goes in quotes: what a person types is never syntax.
    """
    found = []
    for word in re.sub(_UNSAFE, " ", text).split()[:_WORDS_MOST]:
        if re.search(_FINDABLE, word):
            found.append(f'"{indexed(word)}"' + ("*" if re.search(_BEGINNING, word) else ""))
    return " ".join(found) or None
