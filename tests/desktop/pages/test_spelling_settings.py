"""How spelling is checked is chosen in the settings; where it cannot be, they say why."""

from __future__ import annotations

from typing import Any

import pytest

from lanchat.desktop.model import spell_checker
from lanchat.desktop.pages.settings_page import SettingsPage
from lanchat.desktop.platform.dictionaries import Installed
from lanchat.desktop.view_context import SettingsAt
from lanchat.desktop.widgets.buttons import Pressable
from lanchat.desktop.widgets.choices import Switch
from tests.desktop.pages.page_user import PageUser
from tests.desktop.stage import lines_on

Ana = PageUser[Any]


def opens(user: Ana) -> None:
    user.root.geometry("824x1800")
    user.at(lambda master, context: SettingsPage(master, context, SettingsAt()))


@pytest.fixture
def ana(user: Ana, monkeypatch: pytest.MonkeyPatch) -> Ana:
    """On a German's computer with some dictionaries."""
    monkeypatch.setattr(spell_checker, "installed_dictionaries", lambda: Installed(("de_DE", "en_GB", "fr_FR")))
    monkeypatch.setattr(spell_checker, "system_languages", lambda: ["de_DE.UTF-8", "de"])
    opens(user)
    return user


def control(ana: Ana, words: str, kind: type[Pressable]) -> Any:
    """The one with these words."""
    found = [widget for widget in ana.seen() if isinstance(widget, kind) and words in lines_on(widget)]
    assert found, words
    return found[0]


def test_it_is_on_and_can_be_turned_off(ana: Ana) -> None:
    assert ana.context.spelling.on
    control(ana, "Check spelling", Switch).press()
    assert not ana.context.spelling.on


def test_the_dictionary_is_that_of_the_system_until_another_is_chosen(ana: Ana) -> None:
    ana.click("System: Deutsch (DE)")
    ana.root.update()
    control(ana, "Français (FR)", Pressable).press()
    ana.root.update()
    assert ana.context.kept.now.spelling_language == "fr_FR"
    ana.click("Français (FR)")
    assert "English (GB)" not in ana.text


def test_a_dictionary_that_was_removed_is_said_to_be(user: Ana, ana: Ana) -> None:
    user.page.destroy()
    user.context.kept.change(spelling_language="it_IT")
    opens(user)
    assert "Italiano (IT)" in ana.buttons()
    assert "This dictionary is not installed here any more." in ana.text


def test_own_words_can_be_removed(user: Ana, ana: Ana) -> None:
    user.page.destroy()
    user.context.spelling.add("lanchat")
    user.context.spelling.add("mdns")
    opens(user)
    assert "2 words of your own" in ana.text
    ana.click("Remove")
    assert ana.context.kept.now.own_words == ("lanchat",), "the newest comes first"
    ana.click("Remove")
    assert "of your own" not in ana.text


@pytest.mark.parametrize(
    ("installed", "said"),
    [
        (Installed(problem="Nothing is installed."), "Nothing is installed."),
        (Installed(("en_US",)), "No dictionary of your system's language is installed."),
    ],
)
def test_where_there_is_no_dictionary_one_reads_why(
    user: Ana, installed: Installed, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spell_checker, "installed_dictionaries", lambda: installed)
    monkeypatch.setattr(spell_checker, "system_languages", lambda: ["fr_FR.UTF-8"])
    opens(user)
    assert said in user.text
    assert user.button("System").enabled == bool(installed.languages)
