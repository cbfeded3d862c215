"""The Unicode Bidirectional Algorithm (UAX 9): in which order the characters of a paragraph stand on a line. Pure.

Characters that set a direction (embeddings, overrides, isolates) have no effect here: they make a text read as what it
is not, and `core.text.clean_text` takes them out. So a paragraph is one isolating run sequence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import groupby

#: A character that is written from right to left, or an Arabic digit: without one, a text needs nothing of this.
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]")
#: Letters of scripts that are written from right to left, or whose letters join, stack or change places.
COMPLEX = re.compile(
    "[\u0590-\u109f\u1700-\u18af\u1900-\u19df\u1a00-\u1aaf\u1b00-\u1c4f\u1cd0-\u1cff"
    "\ua800-\ua82f\ua840-\ua8ff\ua930-\ua95f\ua980-\uaadf\uaae0-\uaaff\uabc0-\uabff\ufb1d-\ufdff\ufe70-\ufefc"
    "\U00010800-\U00010fff\U00011000-\U00011fff\U0001e800-\U0001efff]"
)
#: BidiBrackets.txt of Unicode 15; the texts are normalized (NFC), so U+2329 and U+232A are not met.
_OPENING = "([{༺༼᚛⁅⁽₍⌈⌊❨❪❬❮❰❲❴⟅⟦⟨⟪⟬⟮⦃⦅⦇⦉⦋⦍⦏⦑⦓⦕⦗⧘⧚⧼⸢⸤⸦⸨⹕⹗⹙⹛〈《「『【〔〖〘〚﹙﹛﹝（［｛｟｢"  # noqa: RUF001
_CLOSES = ")]}༻༽᚜⁆⁾₎⌉⌋❩❫❭❯❱❳❵⟆⟧⟩⟫⟭⟯⦄⦆⦈⦊⦌⦐⦎⦒⦔⦖⦘⧙⧛⧽⸣⸥⸧⸩⹖⹘⹚⹜〉》」』】〕〗〙〛﹚﹜﹞）］｝｠｣"  # noqa: RUF001
_PAIRS = dict(zip(_OPENING, _CLOSES, strict=True))
_CLOSING = frozenset(_PAIRS.values())
_MOST_OPEN = 63  # brackets open at once (BD16)
_STRONG = {"L": "L", "R": "R", "AL": "R", "EN": "R", "AN": "R"}  # as neutrals see them (N1)
_SETS_DIRECTION = frozenset(("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"))
_NEUTRAL = frozenset(("B", "S", "WS", "ON"))


def has_right_to_left(text: str) -> bool:
    return not text.isascii() and _RIGHT_TO_LEFT.search(text) is not None


def is_right_to_left(text: str) -> bool:
    """Whether a paragraph is: by its first strong character (P2, P3)."""
    if not has_right_to_left(text):
        return False
    return next((kind != "L" for kind in map(unicodedata.bidirectional, text) if kind in ("L", "R", "AL")), False)


def levels(text: str, base: int) -> list[int]:
    """The level of each character of a paragraph; odd: from right to left. `base`: that of the paragraph, 0 or 1."""
    kinds = [_kind(one) for one in text]
    seen = [at for at, kind in enumerate(kinds) if kind != "BN"]  # X9: the others are as if they were not there
    around = "R" if base else "L"
    resolved = [kinds[at] for at in seen]
    _weak(resolved, around)
    _brackets([text[at] for at in seen], resolved, [kinds[at] for at in seen], around)
    _neutral(resolved, around)
    found = [base] * len(text)
    for at, kind in zip(seen, resolved, strict=True):
        if base:
            found[at] = 1 if kind == "R" else 2
        else:
            found[at] = {"L": 0, "R": 1}.get(kind, 2)
    for at, kind in enumerate(kinds):
        if kind == "BN" and at:
            found[at] = found[at - 1]
    return _trailing(kinds, found, base)


def visual_order(line: Sequence[int]) -> list[int]:
    """The indexes of items with these levels, in visual order from left to right (L2)."""
    order = list(range(len(line)))
    for least in range(max(line, default=0), 0, -1):
        start = 0
        while start < len(line):
            end = start
            while end < len(line) and line[order[end]] >= least:
                end += 1
            order[start:end] = order[start:end][::-1]
            start = end + 1
    return order


def _kind(character: str) -> str:
    kind = unicodedata.bidirectional(character) or "L"
    return "BN" if kind in _SETS_DIRECTION else kind


def _weak(kinds: list[str], around: str) -> None:
    """W1 to W7: numbers, what belongs to them, and marks."""
    before, strong, digits = around, around, around
    for at, kind in enumerate(kinds):
        if kind == "NSM":  # W1
            kinds[at] = kind = before
        before = kind
        if kind in ("L", "R", "AL"):
            strong = kind
        elif kind == "EN" and strong == "AL":  # W2
            kinds[at] = "AN"
    kinds[:] = ["R" if kind == "AL" else kind for kind in kinds]  # W3
    for at in range(1, len(kinds) - 1):  # W4
        if kinds[at - 1] == kinds[at + 1] and (
            (kinds[at] == "ES" and kinds[at - 1] == "EN") or (kinds[at] == "CS" and kinds[at - 1] in ("EN", "AN"))
        ):
            kinds[at] = kinds[at - 1]
    at = 0
    for kind, group in groupby(list(kinds)):  # W5
        count = sum(1 for _ in group)
        if kind == "ET" and "EN" in (kinds[at - 1] if at else "", kinds[at + count] if at + count < len(kinds) else ""):
            kinds[at : at + count] = ["EN"] * count
        at += count
    for at, kind in enumerate(kinds):
        if kind in ("ES", "ET", "CS"):  # W6
            kinds[at] = "ON"
        elif kind in ("L", "R"):
            digits = kind
        elif kind == "EN" and digits == "L":  # W7
            kinds[at] = "L"


def _brackets(text: Sequence[str], kinds: list[str], before: Sequence[str], around: str) -> None:
    """N0: both brackets of a pair get one direction. `before`: the types before `_weak`."""
    for first, last in _paired(text, kinds):
        inside = {_STRONG[kind] for kind in kinds[first + 1 : last] if kind in _STRONG}
        if around in inside:
            direction = around
        elif inside:
            context = next((_STRONG[kind] for kind in reversed(kinds[:first]) if kind in _STRONG), around)
            direction = context if context in inside else around
        else:
            continue
        for at in (first, last):
            kinds[at] = direction
            while at + 1 < len(kinds) and before[at + 1] == "NSM":  # marks on a bracket go with it
                at += 1
                kinds[at] = direction


def _paired(text: Sequence[str], kinds: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of brackets (BD16)."""
    opened: list[tuple[str, int]] = []
    pairs: list[tuple[int, int]] = []
    for at, character in enumerate(text):
        if kinds[at] != "ON":
            continue
        if character in _PAIRS:
            if len(opened) == _MOST_OPEN:
                return []
            opened.append((_PAIRS[character], at))
        elif character in _CLOSING:
            for depth in range(len(opened) - 1, -1, -1):
                if opened[depth][0] == character:
                    pairs.append((opened[depth][1], at))
                    del opened[depth:]
                    break
    return sorted(pairs)


def _neutral(kinds: list[str], around: str) -> None:
    """N1 and N2: neutral characters."""
    at = 0
    for neutral, group in groupby(list(kinds), lambda kind: kind in _NEUTRAL):
        count = sum(1 for _ in group)
        if neutral:
            left = _STRONG[kinds[at - 1]] if at else around
            right = _STRONG[kinds[at + count]] if at + count < len(kinds) else around
            kinds[at : at + count] = [left if left == right else around] * count
        at += count


def _trailing(kinds: Sequence[str], found: list[int], base: int) -> list[int]:
    """L1: tabs, what is empty before them, and what is empty at the end have the level of the paragraph."""
    empty = True
    for at in range(len(found) - 1, -1, -1):
        if kinds[at] in ("S", "B"):
            empty = True
        elif kinds[at] not in ("WS", "BN"):
            empty = False
        if empty:
            found[at] = base
    return found
