"""The languages of dictionaries: what they are called, in which letters they are written, and which suits a person.

A language is named as dictionaries are, `en_US`, with or without the country. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

#: Each language in itself, by its code.
_NAMES = {
    "af": "Afrikaans", "ar": "العربية", "be": "Беларуская", "bg": "Български", "bn": "বাংলা", "br": "Brezhoneg",
    "bs": "Bosanski", "ca": "Català", "cs": "Čeština", "cy": "Cymraeg", "da": "Dansk", "de": "Deutsch",
    "el": "Ελληνικά", "en": "English", "eo": "Esperanto", "es": "Español", "et": "Eesti", "eu": "Euskara",
    "fa": "فارسی", "fi": "Suomi", "fr": "Français", "ga": "Gaeilge", "gd": "Gàidhlig", "gl": "Galego",
    "gu": "ગુજરાતી", "he": "עברית", "hi": "हिन्दी", "hr": "Hrvatski", "hu": "Magyar", "hy": "Հայերեն",
    "id": "Bahasa Indonesia", "is": "Íslenska", "it": "Italiano", "ka": "ქართული", "kk": "Қазақша", "ko": "한국어",
    "lt": "Lietuvių", "lv": "Latviešu", "mk": "Македонски", "mn": "Монгол", "nb": "Norsk bokmål", "ne": "नेपाली",
    "nl": "Nederlands", "nn": "Norsk nynorsk", "oc": "Occitan", "pl": "Polski", "pt": "Português", "ro": "Română",
    "ru": "Русский", "sk": "Slovenčina", "sl": "Slovenščina", "sq": "Shqip", "sr": "Српски", "sv": "Svenska",
    "sw": "Kiswahili", "te": "తెలుగు", "tr": "Türkçe", "uk": "Українська", "uz": "O\u02bbzbekcha", "vi": "Tiếng Việt",
}  # fmt: skip

_LATIN = "A-Za-zªºÀ-ɏɐ-ʯ\u0300-\u036fḀ-ỿﬀ-ﬆ"
#: The letters of languages that are not written in Latin ones. Those at the end have no spaces between words: in them
#: no word can be found, so none is checked.
_LETTERS = {
    "Ѐ-ԯ": ("be", "bg", "kk", "ky", "mk", "mn", "ru", "sr", "tg", "tt", "uk"),
    "Ͱ-Ͽἀ-῿": ("el", "grc"),
    "Ա-֏": ("hy",),
    "\u0590-\u05ff\ufb1d-\ufb4f": ("he", "yi"),
    "\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff": ("ar", "ckb", "fa", "ps", "sd", "ug", "ur"),
    "\u0900-\u0dff": ("as", "bn", "gu", "hi", "kn", "ml", "mr", "ne", "pa", "sa", "si", "ta", "te"),
    "\u10a0-\u10ff\u1c90-\u1cbf": ("ka",),
    "\u1200-\u137f": ("am", "ti"),
    "\u1100-\u11ff\u3130-\u318f\uac00-\ud7af": ("ko",),
    "": ("bo", "dz", "ja", "km", "lo", "my", "th", "zh"),
}
_LETTERS_OF = {language: letters for letters, languages in _LETTERS.items() for language in languages}


def language_name(language: str) -> str:
    """What a person calls it: `Deutsch (AT)`; the code of a language that is not known here."""
    code, *rest = _parts(language)
    return " ".join((_NAMES.get(code, code), *(f"({part})" for part in rest)))


def is_written_in(word: str, language: str) -> bool:
    """Whether the word has letters of the script of `language` only."""
    return _letters(_parts(language)[0]).fullmatch(word) is not None


def best_language(installed: Sequence[str], wanted: Iterable[str]) -> str:
    """Of the installed languages the one for a person who wants these, as locales name them; "": none suits."""
    by_parts = {tuple(_parts(language)): language for language in installed}
    for locale in wanted:
        parts = tuple(_parts(re.split("[.@]", locale)[0]))
        if parts in by_parts:
            return by_parts[parts]
        alike = [language for found, language in by_parts.items() if found[0] == parts[0]]
        if alike:
            usual = {"en": "en_US", "pt": "pt_PT"}.get(parts[0], f"{parts[0]}_{parts[0].upper()}")
            return usual if usual in alike else min(alike, key=lambda one: (len(one), one))
    return ""


def _parts(language: str) -> list[str]:
    return re.split("[_-]", language)


@lru_cache(maxsize=8)
def _letters(code: str) -> re.Pattern[str]:
    return re.compile(f"[{_LETTERS_OF.get(code, _LATIN)}'\u200c\u200d]+")
