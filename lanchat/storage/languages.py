"""The languages lanchat speaks: which there are, which the system wants, and how one is loaded. Any thread.

A language is a catalogue in `lanchat/languages`: `id.po` is what people edit, `id.mo` what is read.
"""

from __future__ import annotations

import gettext
import os
import sys
from pathlib import Path

import lanchat
from lanchat.core import translate

CATALOGUES = Path(lanchat.__file__).parent / "languages"

_MAC_SECONDS = 1.0  # it takes hundredths of one

#: By code, in their own words; English needs no catalogue.
LANGUAGES = {"en": "English", "id": "Bahasa Indonesia"}


def speak(language: str) -> None:
    """Say everything in `language`, a code of LANGUAGES, from now on; "": in the system's, else in English."""
    try:
        with (CATALOGUES / f"{spoken(language)}.mo").open("rb") as file:
            translate.use(gettext.GNUTranslations(file))
    except OSError:  # English, or one that we do not have
        translate.use(gettext.NullTranslations())


def spoken(language: str) -> str:
    """The code of what is spoken when `language` is chosen; "": the system's choice."""
    return language or _of_system() or "en"


def _of_system() -> str:
    """The first language of the system's that lanchat speaks; "" when it speaks none."""
    codes = (name.replace("-", "_").split("_")[0].split(".")[0].lower() for name in _asked_for())
    return next((code for code in codes if code in LANGUAGES), "")


def _asked_for() -> list[str]:
    """What the system says, the most wanted first, as `id_ID.UTF-8` or `id-ID`."""
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return value.split(":")
    if sys.platform == "win32":
        import ctypes
        import locale

        return [locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "")]
    if sys.platform == "darwin":
        import subprocess

        ask = ["/usr/bin/defaults", "read", "-g", "AppleLocale"]
        try:
            said = subprocess.run(ask, capture_output=True, check=False, timeout=_MAC_SECONDS)
        except (OSError, subprocess.TimeoutExpired):
            return []
        return [said.stdout.decode(errors="replace").strip()]
    return []
