"""Finding an emoji by what it is called."""

from __future__ import annotations

import emoji
import pytest

from lanchat.desktop.emoji import emoji_data


def first(words: str, recent: tuple[str, ...] = ()) -> str:
    return next((named.sequence for named in emoji_data.search(words, 1, recent)), "")


@pytest.mark.parametrize(
    ("words", "sequence"),
    [("thu", "👍"), ("+1", "👍"), ("tada", "🎉"), ("party pop", "🎉"), ("heart", "❤️"), ("cat", "🐱"), ("Laugh", "😆"),
     ("jempol", "👍"), ("bendera indo", "🇮🇩"), ("indonesia", "🇮🇩"), ("ok", "🆗"), ("smile", "😄")],
)  # fmt: skip
def test_a_few_letters_of_any_word_find_it(words: str, sequence: str) -> None:
    assert first(words) == sequence


def test_what_was_used_lately_comes_first() -> None:
    assert first("h") != "🏠"
    assert first("h", recent=("🏠",)) == "🏠"


def test_tones_of_skin_come_when_they_are_asked_for() -> None:
    assert not emoji_data.search("wave", 1)[0].toned
    assert first("thumbs up dark") == "👍🏿"


@pytest.mark.parametrize("words", ["", "  ", ":", "qqqq", "⁂"])
def test_nothing_is_found_for_nothing(words: str) -> None:
    assert emoji_data.search(words, 9) == []


def test_names_in_both_languages() -> None:
    assert emoji_data.name_of("🎉") == "party popper"
    assert emoji_data.name_of("👍", "id") == "jempol ke atas"
    assert emoji_data.name_of("❤") == emoji_data.name_of("❤️") == "red heart"
    assert emoji_data.name_of("A") == ""


def test_codes_between_colons() -> None:
    assert emoji_data.emoji_of_code("tada") == emoji_data.emoji_of_code("Party_Popper") == "🎉"
    assert emoji_data.emoji_of_code("no_such_thing") == ""
    assert emoji_data.emoji_of_code(emoji_data.code_of("🐈‍⬛")) == "🐈‍⬛"


def test_every_emoji_is_in_one_group() -> None:
    members = "".join(emoji_data.ALL)
    assert len(members) == len(set(members))
    full = {one for one, about in emoji.EMOJI_DATA.items() if about["status"] == emoji.STATUS["fully_qualified"]}
    assert {one for one in full if one[0] not in members} == set()
    assert {named.sequence for named in emoji_data.all_emoji()} == full
    assert len(emoji_data.titles()) == len(emoji_data.ALL)


def test_a_group_shows_one_tone() -> None:
    people = [named.sequence for named in emoji_data.group(1)]
    assert people[0] == "👋"
    assert "👋🏽" not in people
