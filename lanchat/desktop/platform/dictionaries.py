"""The system's dictionaries for spell checking: which are installed, and what one knows. Any thread, one at a time.

On Linux they are those of Enchant, a C library that asks Hunspell, Aspell and others. pyenchant finds it by name, so
the packaged program uses the system's as well. Where it is missing there are no dictionaries, and `Installed.problem`
says so. Windows and macOS have spell checkers of their own, which are not used yet.
"""

from __future__ import annotations

import logging
import sys
from typing import Any, Protocol

from msgspec import Struct

from lanchat.core.translate import _

_log = logging.getLogger(__name__)


class Dictionary(Protocol):
    def knows(self, word: str) -> bool:
        """Whether the word is spelled correctly. A word that cannot be looked up is known."""

    def suggestions(self, word: str) -> list[str]:
        """Words that were perhaps meant, the likeliest first."""


class Installed(Struct, frozen=True):
    languages: tuple[str, ...] = ()  #: as `en_US`, sorted
    problem: str = ""  #: why there are none, in plain words


def installed_dictionaries() -> Installed:
    """What is installed on this system. It may take tenths of a second."""
    if sys.platform in ("win32", "darwin"):
        return Installed(problem=_("lanchat checks spelling on Linux only, so far."))
    broker = _broker()
    if broker is None:
        return Installed(problem=_("Spell checking needs Enchant, which is not installed here (libenchant-2-2)."))
    languages = tuple(sorted(set(broker.list_languages())))
    if not languages:
        return Installed(problem=_("No dictionary is installed here. For English it is the package hunspell-en-us."))
    return Installed(languages)


def open_dictionary(language: str) -> Dictionary | None:
    """Load one, which takes up to a second; None where it is not installed or cannot be read."""
    broker = None if sys.platform in ("win32", "darwin") else _broker()
    if broker is None or not language:
        return None
    from enchant.errors import Error

    try:
        return _EnchantDictionary(broker.request_dict(language))
    except (Error, ValueError) as error:  # a language that is no name of one is a ValueError
        _log.warning("no dictionary for %s: %s", language, error)
        return None


def _broker() -> Any:
    """Enchant's list of dictionaries; None where Enchant is not installed."""
    try:
        import enchant
    except (ImportError, OSError, AttributeError) as error:  # OSError: the C library is there and cannot be loaded
        _log.info("no spell checking: %s", error)
        return None
    return enchant.Broker()


class _EnchantDictionary:
    def __init__(self, dictionary: Any) -> None:
        from enchant.errors import Error

        self._dictionary = dictionary
        self._refusals = (Error, ValueError)

    def knows(self, word: str) -> bool:
        try:
            return bool(self._dictionary.check(word))
        except self._refusals:
            return True

    def suggestions(self, word: str) -> list[str]:
        try:
            return [str(one) for one in self._dictionary.suggest(word)]
        except self._refusals:
            return []
