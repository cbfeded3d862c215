"""What lanchat runs with and is built with is written down to the byte."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import sbom
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).parents[2]
RUNTIME = PROJECT / "packaging/requirements.lock"
BUILD = PROJECT / "packaging/build.lock"
each_lock = pytest.mark.parametrize("lock", [RUNTIME, BUILD], ids=lambda path: path.stem)


def wanted() -> list[Requirement]:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    return [Requirement(words) for words in project["dependencies"]]


@each_lock
def test_it_has_everything_that_lanchat_asks_for(lock: Path) -> None:
    pinned = sbom.parts(lock.read_text("utf-8"))
    for one in wanted():
        assert one.specifier.contains(pinned[canonicalize_name(one.name)]), one


@each_lock
def test_it_names_bytes_and_no_place_to_get_them(lock: Path) -> None:
    text = lock.read_text("utf-8")
    entries = re.split(r"\n(?=\w)", text.strip())
    assert len(entries) == len(sbom.parts(text))
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in text
    assert "index" not in text


def test_what_is_built_is_what_runs() -> None:
    runtime, build = (sbom.parts(lock.read_text("utf-8")) for lock in (RUNTIME, BUILD))
    assert runtime.items() <= build.items()
    assert "pyinstaller" in build


def test_the_bill_of_materials_names_every_part() -> None:
    text = RUNTIME.read_text("utf-8")
    bill = sbom.bill(text)
    components = bill["components"]
    assert isinstance(components, list)
    assert {part["name"]: part["version"] for part in components} == sbom.parts(text)
    assert all(part["purl"] == f"pkg:pypi/{part['name']}@{part['version']}" for part in components)
