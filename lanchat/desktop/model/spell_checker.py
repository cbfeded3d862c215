"""SpellChecker: which words are spelled wrongly, and what was perhaps meant. One for all composers. Tk thread.

The dictionary is loaded and asked on a worker thread, one question at a time. What it said of a word is remembered, so
that a word is looked up once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from typing import Protocol, TypeVar

from lanchat.desktop.model.dictionary_languages import best_language, is_written_in
from lanchat.desktop.platform.dictionaries import Dictionary, Installed, installed_dictionaries, open_dictionary
from lanchat.storage.languages import system_languages
from lanchat.storage.settings import PreferencesFile

T = TypeVar("T")

OFFERED = 5  #: words that were perhaps meant
OWN_WORDS = 1_000  #: at most: they are written with every change of the preferences
_REMEMBERED = 20_000  # words: some MB


class RunInBackground(Protocol):
    """See `view_context.Program.run_in_background`."""

    def __call__(self, work: Callable[[], T], then: Callable[[T], None]) -> None: ...


class SpellChecker:
    def __init__(self, kept: PreferencesFile, run_in_background: RunInBackground) -> None:
        self._kept = kept
        self._run_in_background = run_in_background
        self._language = ""  # the chosen one, to which what is remembered belongs
        self._known: dict[str, bool] = {}  # what its dictionary said
        self._ignored: set[str] = set()  # until lanchat ends
        self._worker = _DictionaryWorker()

    @property
    def on(self) -> bool:
        return self._kept.now.spelling

    def installed(self, then: Callable[[Installed, str], None]) -> None:
        """Tell which dictionaries there are, and the language of the one that the system's language suits; "": none."""
        self._run_in_background(self._worker.installed, lambda found: then(*found))

    # --- words -------------------------------------------------------------------------------------------------------
    def unknown(self, words: Collection[str]) -> set[str]:
        """Those that have to be looked up first."""
        if self._language != self._kept.now.spelling_language:
            self._language = self._kept.now.spelling_language
            self._known.clear()
        return {word for word in words if word not in self._known}

    def look_up(self, words: Collection[str], then: Callable[[], None]) -> None:
        """Look these words up, and call `then`."""
        language = self._language

        def said(answers: dict[str, bool]) -> None:
            if language == self._language:
                if len(self._known) > _REMEMBERED:
                    self._known.clear()
                self._known |= answers
            then()

        self._run_in_background(lambda: self._worker.look_up(language, words), said)

    def is_wrong(self, word: str) -> bool:
        """Whether it was looked up and is no word."""
        return not self._known.get(word, True) and not self._is_own(word)

    def suggest(self, word: str, then: Callable[[list[str]], None]) -> None:
        """Tell some words that were perhaps meant."""
        language = self._language
        self._run_in_background(lambda: self._worker.suggestions(language, word), then)

    # --- the person's own --------------------------------------------------------------------------------------------
    def ignore(self, word: str) -> None:
        """Let this word be right until lanchat ends."""
        self._ignored.add(word.casefold())

    def add(self, word: str) -> None:
        """Let this word be right from now on."""
        others = tuple(own for own in self._kept.now.own_words if own != word)
        self._kept.change(own_words=(word, *others)[:OWN_WORDS])

    def remove(self, word: str) -> None:
        """Take back what was added."""
        self._kept.change(own_words=tuple(own for own in self._kept.now.own_words if own != word))

    def _is_own(self, word: str) -> bool:
        """As it was added, or with a capital."""
        own = self._kept.now.own_words
        return word.casefold() in self._ignored or word in own or word.lower() in own


class _DictionaryWorker:
    """Has the dictionary. Worker threads."""

    def __init__(self) -> None:
        self._one_at_a_time = threading.Lock()
        self._open: tuple[str, str, Dictionary | None] | None = None  # the chosen language, its own, its dictionary

    def installed(self) -> tuple[Installed, str]:
        with self._one_at_a_time:
            found = installed_dictionaries()
        return found, _suiting(found)

    def look_up(self, chosen: str, words: Collection[str]) -> dict[str, bool]:
        """Whether each is right. All are where there is no dictionary, and those in another script than its own."""
        with self._one_at_a_time:
            language, dictionary = self._dictionary(chosen)
            return {
                word: dictionary is None or not is_written_in(word, language) or dictionary.knows(word)
                for word in words
            }

    def suggestions(self, chosen: str, word: str) -> list[str]:
        with self._one_at_a_time:
            dictionary = self._dictionary(chosen)[1]
            return dictionary.suggestions(word)[:OFFERED] if dictionary is not None else []

    def _dictionary(self, chosen: str) -> tuple[str, Dictionary | None]:
        """The language and its dictionary. `chosen`: "" as the system asks."""
        if self._open is None or self._open[0] != chosen:
            language = chosen or _suiting(installed_dictionaries())
            self._open = chosen, language, open_dictionary(language) if language else None
        return self._open[1:]


def _suiting(found: Installed) -> str:
    """The installed language that the system's suits; English where the system asks for none."""
    wanted = [name for name in system_languages() if name and name.split(".")[0] not in ("C", "POSIX")]
    return best_language(found.languages, wanted or ["en"])
