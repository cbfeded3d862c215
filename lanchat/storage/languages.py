"""The languages of the user interface: which there are, which one the system wants, and how it is loaded. Any thread.

Each has a catalogue in `lanchat/languages`: translators edit `id.po`; the program reads `id.mo`, which is made from it.
"""

from __future__ import annotations

import gettext
import os
import sys
from pathlib import Path

import lanchat
from lanchat.core import translate

CATALOGUES = Path(lanchat.__file__).parent / "languages"

_MAC_SECONDS = 1.0  # it usually takes some hundredths of a second

#: The name of each language in itself, by its code. English needs no catalogue.
LANGUAGES = {"en": "English", "id": "Bahasa Indonesia"}


def speak(language: str) -> None:
    """Use `language`, a code of LANGUAGES, from now on; "": the system's if lanchat has it, else English."""
    try:
        with (CATALOGUES / f"{spoken(language)}.mo").open("rb") as file:
            translate.use(gettext.GNUTranslations(file))
    except OSError:  # English, or a language without a catalogue
        translate.use(gettext.NullTranslations())


def spoken(language: str) -> str:
    """The code of the language in use when `language` is chosen; "": as the system asks."""
    return language or _of_system() or "en"


def _of_system() -> str:
    """The first of the system's languages that lanchat has; "" when it has none."""
    codes = (name.replace("-", "_").split("_")[0].split(".")[0].lower() for name in system_languages())
    return next((code for code in codes if code in LANGUAGES), "")


def system_languages() -> list[str]:
    """The languages that the system asks for, the preferred one first, as `id_ID.UTF-8` or `id-ID`."""
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return value.split(":")
    if sys.platform == "win32":
        import ctypes
        import locale

        return [locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "")]
    if sys.platform == "darwin":
        from lanchat.storage.system_programs import run  # 3 ms, which other systems need not spend

        return [(run(["/usr/bin/defaults", "read", "-g", "AppleLocale"], _MAC_SECONDS) or "").strip()]
    return []
