"""What is looked up in a dictionary, and by whom it would be found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanchat.desktop.model.checked_words import checked_words, name_words
from lanchat.desktop.model.dictionary_languages import best_language, is_written_in, language_name


def words(text: str) -> list[str]:
    return [found.word for found in checked_words(text)]


@pytest.mark.parametrize(
    ("text", "looked_up"),
    [
        ("Hello, wrold!", ["Hello", "wrold"]),
        ("don't it\u2019s 'quoted' \u201cso\u201d", ["don't", "it's", "quoted", "so"]),
        ("**bold** _slanted_ ~~gone~~ (aside)", ["bold", "slanted", "gone", "aside"]),
        ("a well-known e-mail", ["well", "known", "mail"]),
        ("see https://wrold.example/pahge, www.wrold.example and wrold.py", ["see", "and"]),
        ("mail bne@wrold.example or ask @Bnejamin (@Lii)", ["mail", "or", "ask"]),
        ("/topc the kitchen", ["the", "kitchen"]),
        ("run `mkae instal` now", ["run", "now"]),
        ("before\n```\nmkae\ninstal\n```\nafter", ["before", "after"]),
        ("```\nmkae not closed yet", []),
        (":smiel: \U0001f600wow\U0001f44d", ["wow"]),
        ("x86 B2B v1.2 3rd 10am 1,000 12:30", []),
        ("LAN iPhone GitHub I a", []),
        ("--flag $HOME #tag C:\\Temp a/b", []),
        ("привет 日本語", ["привет", "日本語"]),
        ("हिन्दी \u0645\u06cc\u200c\u062e\u0648", ["हिन्दी", "\u0645\u06cc\u200c\u062e\u0648"]),
    ],
)
def test_only_words_of_a_language_are_looked_up(text: str, looked_up: list[str]) -> None:
    assert words(text) == looked_up


@given(st.text(alphabet=st.sampled_from("ab'\u2019`@/.: \n_*é日\U0001f600\u0301"), max_size=60))
def test_each_is_where_it_is_said_to_be(text: str) -> None:
    end = 0
    for found in checked_words(text):
        assert end <= found.start < found.end
        assert text[found.start : found.end].replace("\u2019", "'") == found.word
        end = found.end


def test_a_name_has_words() -> None:
    assert name_words("Anne-Marie O\u2019Neil 2 \U0001f600") == ["anne", "marie", "o'neil"]


def test_a_language_has_letters() -> None:
    assert is_written_in("naïve", "en_GB")
    assert is_written_in("don't", "en")
    assert is_written_in("привет", "ru_RU")
    assert not is_written_in("привет", "en_US")
    assert not is_written_in("hello", "ru")
    assert not is_written_in("日本", "ja_JP"), "no spaces, no words"


def test_a_language_has_a_name() -> None:
    assert language_name("de_AT") == "Deutsch (AT)"
    assert language_name("en") == "English"
    assert language_name("tlh_XX") == "tlh (XX)"


@pytest.mark.parametrize(
    ("installed", "wanted", "found"),
    [
        (["de_AT", "de_DE", "en_US"], ["de_AT.UTF-8"], "de_AT"),
        (["de_AT", "de_DE", "en_US"], ["de_CH.UTF-8", "en"], "de_DE"),
        (["en_AU", "en_US"], ["en_ZA"], "en_US"),
        (["en_US"], ["fr_FR", "en"], "en_US"),
        (["en_US"], ["fr_FR"], ""),
        (["sr_RS", "sr"], ["sr_ME@latin"], "sr"),
        ([], ["en"], ""),
    ],
)
def test_the_dictionary_of_the_persons_language_is_taken(installed: list[str], wanted: list[str], found: str) -> None:
    assert best_language(installed, wanted) == found
