"""Every word a person reads passes through here, and comes out in the language that is spoken.

One language a process: `use` changes it for all that is said from then on, on any thread; `storage.languages` finds it.
Peers' text goes in as an argument of `format`, never as the pattern.
"""

from __future__ import annotations

from gettext import NullTranslations

_spoken = NullTranslations()  # English, which everything is written in


def use(translations: NullTranslations) -> None:
    """Speak so from now on."""
    global _spoken
    _spoken = translations


def _(message: str) -> str:
    """`message` in the language that is spoken. Call it when it is said, not when a module is read."""
    return _spoken.gettext(message)


def ngettext(one: str, several: str, count: int) -> str:
    """The form that goes with `count` in the language that is spoken."""
    return _spoken.ngettext(one, several, count)
