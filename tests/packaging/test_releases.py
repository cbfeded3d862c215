"""A release says what is new, and its workflow runs what is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import release_notes

PROJECT = Path(__file__).parents[2]
CHANGELOG = """# Changelog

## Unreleased

- Not yet.

## 0.2.0 (2027-01-31)

- Faster.
- Calmer.

## 0.1.0

- The first.
"""


def test_it_is_the_section_of_that_version() -> None:
    assert release_notes.notes("v0.2.0", "0.2.0", CHANGELOG) == "- Faster.\n- Calmer.\n"
    assert release_notes.notes("v0.1.0", "0.1.0", CHANGELOG) == "- The first.\n"


@pytest.mark.parametrize(
    ("tag", "version"), [("v0.2.0", "0.1.0"), ("v0.3.0", "0.3.0"), ("v0.2", "0.2")],
    ids=["another version", "nothing written", "half a version"],
)  # fmt: skip
def test_what_does_not_fit_is_no_release(tag: str, version: str) -> None:
    with pytest.raises(release_notes.Unfit):
        release_notes.notes(tag, version, CHANGELOG)


@pytest.mark.parametrize("workflow", ["build", "ci", "release"])
def test_a_workflow_runs_only_what_there_is(workflow: str) -> None:
    text = (PROJECT / ".github/workflows" / f"{workflow}.yml").read_text("utf-8")
    named = re.findall(r"(packaging/\w+\.py|\.ci/\w+|\.github/workflows/\w+\.yml)", text)
    assert named
    for path in named:
        assert (PROJECT / path).exists(), path
