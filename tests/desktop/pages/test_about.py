"""Which lanchat this is, and what it is made with."""

from __future__ import annotations

import importlib.metadata
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

import lanchat
from lanchat.desktop.pages import help_pages
from lanchat.desktop.pages.help_pages import LIBRARIES, PLATFORM, AboutPage, Component
from lanchat.desktop.view_context import AboutLanchat, AllKeys
from tests.desktop.pages.page_user import PageUser

Ana = PageUser[Any]

PROJECT = Path(__file__).parents[3] / "pyproject.toml"


@pytest.fixture
def ana(user: Ana) -> Ana:
    user.root.geometry("824x1600")  # all of it in view
    user.at(lambda master, context: AboutPage(master, context, AboutLanchat()))
    return user


def test_it_says_which_lanchat_this_is_and_where_the_data_is(ana: Ana, tmp_path: Path) -> None:
    assert f"lanchat {lanchat.__version__}" in ana.text
    assert "MIT licence" in ana.text
    ana.click("Keyboard shortcuts")
    assert ana.went == [AllKeys()]


def test_a_link_leads_to_the_library(ana: Ana, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    said: list[str] = []
    monkeypatch.setattr(help_pages, "open_url", lambda address: opened.append(address) or "No program was found.")
    ana.context.say = said.append
    ana.click("zeroconf")
    assert opened == ["https://github.com/python-zeroconf/python-zeroconf"]
    assert said == ["No program was found."]


def test_all_that_is_used_is_named(ana: Ana) -> None:
    needed = tomllib.loads(PROJECT.read_text("utf-8"))["project"]["dependencies"]
    names = {re.match(r"[\w.-]+", one).group().lower() for one in needed}  # type: ignore[union-attr]
    assert {part.name.lower() for part in LIBRARIES} == names
    for part in (*LIBRARIES, *PLATFORM):
        assert part.name in ana.buttons()
        assert part.licence in ana.text
        assert part.address.startswith("https://")


@pytest.mark.parametrize("part", LIBRARIES, ids=lambda part: part.name)
def test_licences_are_those_the_libraries_give(part: Component) -> None:
    try:
        told = importlib.metadata.metadata(part.name)
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("not used on this system")
    classifiers = [one for one in told.get_all("Classifier", []) if one.startswith("License")]
    said = told.get("License-Expression") or " ".join([told.get("License") or "", *classifiers])
    assert part.licence == said or part.licence.split("-")[0] in said
