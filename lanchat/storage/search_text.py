"""What search looks for: how an entry's text goes into the index, and a person's words into a query. Pure.

The index knows words by their beginnings, without case and accents. Scripts written without spaces, Hangul, whose words
take endings and run together, and emoji go in one character a word, and are found as a phrase. Of signs the index knows
nothing: where a query has some ("C#"), what was found is looked through for them.
"""

from __future__ import annotations

import re
import unicodedata

_HANGUL = "\u1100-\u11ff\ua960-\ua97f\uac00-\ud7ff"
_ALONE = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    "\u2e80-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f"  # Han, Hiragana, Katakana
    "\U00020000-\U0003ffff"  # Han
    f"{_HANGUL}"
    "\u2190-\u2bff\U0001f000-\U0001faff"  # symbols, emoji
)
# Not compiled here, for `re` does it at the first use: these take milliseconds, which a start need not wait for.
_ALONE_ONE = f"([{_ALONE}])"
_FINDABLE = f"[^\\W_]|[{_ALONE}]"
_BEGINNING = f"[^\\W_{_ALONE}]{{2,}}\\W*$"  # one letter begins too many words to look through
_UNSAFE = '["\x00-\x1f\ud800-\udfff]'  # would end the quotes, or cannot be written down at all
#: Letters that people without such a keyboard write otherwise, and that have no accent that could be left out.
_PLAIN = str.maketrans(
    {"\u0131": "i", "İ": "I", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "ħ": "h",
     "Ħ": "H", "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "þ": "th", "Þ": "TH"}
)  # fmt: skip
_WORDS_MOST = 32  # in one query: more cannot be meant, and each costs a look-up


def indexed(text: str) -> str:
    """`text` as the index takes it."""
    if text.isascii():
        return text
    return re.sub(_ALONE_ONE, r" \1 ", unicodedata.normalize("NFKC", text).translate(_PLAIN))


def indexed_in_version_5(text: str) -> str:
    """What databases up to version 5 have in their index."""
    if text.isascii():
        return text
    return re.sub(f"(?![{_HANGUL}]){_ALONE_ONE}", r" \1 ", unicodedata.normalize("NFKC", text))


def signs(text: str) -> str:
    """What `has_signs` is to look for: the words of a query with something in them that the index does not know."""
    found = _folded(re.sub(_UNSAFE.replace('"', ""), " ", text)).split()[:_WORDS_MOST]
    return " ".join(word for word in found if re.sub(_FINDABLE, "", word) and re.search(_FINDABLE, word))


def has_signs(body: bytes, wanted: str) -> bool:
    """Whether all of what `signs` gave stands in a text, which is given in UTF-8."""
    folded = _folded(body.decode("utf-8", "replace"))
    return all(word in folded for word in wanted.split())


def _folded(text: str) -> str:
    """Without case, accents and what is not seen."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.translate(_PLAIN).casefold())
    return "".join(one for one in apart if unicodedata.category(one) not in ("Mn", "Cf"))


def query(text: str) -> str | None:
    """An FTS5 query for entries with every word of `text`; None when it has none. Two letters and more begin a word.

    Every word goes in quotes: what a person types is never syntax.
    """
    found = []
    for word in re.sub(_UNSAFE, " ", text).split()[:_WORDS_MOST]:
        if re.search(_FINDABLE, word):
            found.append(f'"{indexed(word)}"' + ("*" if re.search(_BEGINNING, word) else ""))
    return " ".join(found) or None
