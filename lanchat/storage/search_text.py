"""Text for the search index: how an entry's text is put into it, and how a person's words become a query. Pure.

The index finds words by their beginnings, and ignores case and accents. Each character of a script written without
spaces, of Hangul (whose words take endings and run together), and each emoji is a word of its own; several are found as
a phrase. The index leaves out signs: where a query has some ("C#"), `has_signs` looks for them in the texts found.
"""

from __future__ import annotations

import re
import unicodedata

from lanchat.core.text import few_marks

_HANGUL = "\u1100-\u11ff\ua960-\ua97f\uac00-\ud7ff"
_ALONE = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    "\u2e80-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f"  # Han, Hiragana, Katakana
    "\U00020000-\U0003ffff"  # Han
    f"{_HANGUL}"
    "\u2190-\u2bff\U0001f000-\U0001faff"  # symbols, emoji
)
# Not compiled here but by `re` at the first use: that takes milliseconds, for which a start need not wait.
_ALONE_ONE = f"([{_ALONE}])"
_FINDABLE = f"[^\\W_]|[{_ALONE}]"
_BEGINNING = f"[^\\W_{_ALONE}]{{2,}}\\W*$"  # two characters at least: too many words begin with one letter
_UNSAFE = '["\x00-\x1f\ud800-\udfff]'  # would end the quotes, or cannot be encoded
#: Letters that people without such a keyboard replace, and that Unicode does not decompose into a letter and an accent.
PLAIN = str.maketrans(
    {"\u0131": "i", "İ": "I", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "ħ": "h",
     "Ħ": "H", "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "þ": "th", "Þ": "TH"}
)  # fmt: skip
_REPLACED = frozenset(map(chr, PLAIN))
_WORDS_MOST = 32  # in one query: nobody means more, and each costs a look-up


def indexed(text: str) -> str:
    """`text` as it is put into the index."""
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKC", few_marks(text))
    if not _REPLACED.isdisjoint(text):
        text = text.translate(PLAIN)
    return " ".join(re.split(_ALONE_ONE, text))  # with a space on both sides of each


def indexed_in_version_5(text: str) -> str:
    """`text` as databases up to version 5 have it in their index."""
    if text.isascii():
        return text
    return re.sub(f"(?![{_HANGUL}]){_ALONE_ONE}", r" \1 ", unicodedata.normalize("NFKC", text))


def signs(text: str) -> str:
    """The words of a query with signs in them, which the index leaves out: what `has_signs` is to look for."""
    found = folded(re.sub(_UNSAFE.replace('"', ""), " ", text)).split()[:_WORDS_MOST]
    return " ".join(word for word in found if re.sub(_FINDABLE, "", word) and re.search(_FINDABLE, word))


def has_signs(body: bytes, wanted: str) -> bool:
    """Whether `body`, a text in UTF-8, contains all words that `signs` gave."""
    text = folded(body.decode("utf-8", "replace"))
    return all(word in text for word in wanted.split())


def has_link(body: bytes) -> bool:
    """Whether `body`, a text in UTF-8, has a link to a page or a room in it."""
    from lanchat.core.links import links_in  # not needed at the start

    return any(not link.address.startswith("mailto:") for link in links_in(body.decode("utf-8", "replace")))


def folded(text: str) -> str:
    """`text` without case, accents and invisible characters."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", few_marks(text).translate(PLAIN).casefold())
    return "".join(one for one in apart if unicodedata.category(one) not in ("Mn", "Cf"))


def query(text: str) -> str | None:
    """An FTS5 query for entries with every word of `text`; None when it has none. Two letters or more match beginnings.

    Every word is put in quotes, so that nothing a person types is query syntax.
    """
    found = []
    for word in re.sub(_UNSAFE, " ", text).split()[:_WORDS_MOST]:
        if re.search(_FINDABLE, word):
            found.append(f'"{indexed(word)}"' + ("*" if re.search(_BEGINNING, word) else ""))
    return " ".join(found) or None
