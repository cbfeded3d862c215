"""The system's dictionaries: what they know, and what happens where there are none."""

from __future__ import annotations

import sys
import types
from typing import Any

import pytest

from lanchat.desktop.platform.dictionaries import Dictionary, installed_dictionaries, open_dictionary


def opened(language: str) -> Dictionary:
    dictionary = open_dictionary(language)
    if dictionary is None:
        pytest.skip("needs libenchant-2-2 and hunspell-en-us")
    return dictionary


def test_english_is_known_and_its_errors_are_mended() -> None:
    english = opened("en_US")
    assert english.knows("hello")
    assert english.knows("don't")
    assert not english.knows("wrold")
    assert "world" in english.suggestions("wrold")
    assert "en_US" in installed_dictionaries().languages


@pytest.mark.parametrize("word", ["", "\0", "a\0b", "\ud800", "x" * 10_000, "\U0001f600"])
def test_what_is_no_word_is_no_harm(word: str) -> None:
    english = opened("en_US")
    assert english.knows(word) in (True, False)
    assert isinstance(english.suggestions(word[:100]), list)


@pytest.mark.parametrize("language", ["xx_XX", "", "../../etc/passwd", "en US", "\0"])
def test_a_language_that_is_not_installed_has_no_dictionary(language: str) -> None:
    assert open_dictionary(language) is None


def test_without_the_python_library_there_are_none_and_the_reason_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "enchant", None)
    assert open_dictionary("en_US") is None
    found = installed_dictionaries()
    assert not found.languages
    assert found.problem


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="there Enchant is not asked")
def test_without_a_dictionary_the_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    nothing: Any = types.ModuleType("enchant")
    nothing.Broker = lambda: types.SimpleNamespace(list_languages=lambda: [])
    monkeypatch.setitem(sys.modules, "enchant", nothing)
    assert "hunspell-en-us" in installed_dictionaries().problem


@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_elsewhere_the_reason_is_said(system: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", system)
    assert open_dictionary("en_US") is None
    assert "Linux" in installed_dictionaries().problem
