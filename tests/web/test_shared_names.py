"""What the page and Python must agree on: numbers, and the names of frames, of kinds and of codes."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator

import pytest

from lanchat.core import content, frames, guest_file_frames, limits
from lanchat.core.codes import CloseCode
from lanchat.core.framing import Frame
from lanchat.network.guest_page import FOLDER
from tests.house import ROOT

SCRIPTS = {path.name: path.read_text("utf-8") for path in FOLDER.iterdir() if path.suffix == ".js"}  # type: ignore[attr-defined]
#: const PING_MS = 5_000; // as IDLE_PING_SECONDS in limits.py
SHARED = re.compile(r"^(?:export )?const (\w+) = ([^;]+);.* as (\w+) in (\w+)\.py", re.MULTILINE)
FOUND = [(name, *found) for name, script in sorted(SCRIPTS.items()) for found in SHARED.findall(script)]
#: A comment that says so in other words would be overlooked.
SAID = re.compile(r"^.*\bas (?:\w+ )?in \w+\.py", re.MULTILINE)


@pytest.mark.parametrize(("script", "name", "value", "theirs", "module"), FOUND)
def test_a_number_that_the_page_shares_is_pythons(script: str, name: str, value: str, theirs: str, module: str) -> None:
    (path,) = ROOT.glob(f"lanchat/**/{module}.py")
    ours = getattr(importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts)), theirs)
    times = 1_000 if name.endswith("_MS") and theirs.endswith("_SECONDS") else 1
    expected = [str(one) for one in ours] if isinstance(ours, tuple) else [str(round(ours * times))]
    assert value.replace("_", "").strip("[]").split(", ") == expected


def test_every_number_that_is_said_to_be_shared_is_compared() -> None:
    said = [line for script in SCRIPTS.values() for line in SAID.findall(script)]
    assert len(said) == len(FOUND) >= 20
    assert f'maxlength="{limits.NICK_CHARACTERS}"' in (FOLDER / "index.html").read_text("utf-8")


def test_the_page_knows_only_frames_kinds_and_codes_that_there_are() -> None:
    tags = {str(kind.__struct_config__.tag) for kind in all_frames(Frame)}
    talk = {*re.findall(r"\bt: '(\w+)'", "".join(SCRIPTS.values()))}
    heard = {*re.findall(r"case '(\w+)':", SCRIPTS["client.js"] + SCRIPTS["files.js"])}
    assert frames.Welcome in all_frames(Frame)
    assert guest_file_frames.Piece in all_frames(Frame)
    assert len(talk) > 8
    assert len(heard) > 15
    assert talk | heard <= tags
    kinds = {getattr(one, "kind", None) for one in vars(content).values()} | {content.ReactionChange.kind_off}
    assert {*re.findall(r"case '(\+?\w+)':", SCRIPTS["talk.js"])} <= kinds
    (refused,) = re.findall(r"const REFUSED = \{(.*)\}", SCRIPTS["client.js"])
    codes = {*re.findall(r"(\w+):", refused), *re.findall(r"frame\.code === '(\w+)'", SCRIPTS["client.js"])}
    assert len(codes) > 5
    assert codes <= {code.value for code in CloseCode}


def all_frames(kind: type[Frame]) -> Iterator[type[Frame]]:
    for one in kind.__subclasses__():
        yield one
        yield from all_frames(one)
