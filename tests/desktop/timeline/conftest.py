from __future__ import annotations

import tkinter as tk
from collections.abc import Iterator
from pathlib import Path

import pytest

from lanchat.desktop.theme.palette import LIGHT
from lanchat.desktop.theme.theme import Theme
from tests.desktop.timeline.talk import Talk, talking


@pytest.fixture
def talk(root: tk.Tk, tmp_path: Path) -> Iterator[Talk]:
    with talking(root, Theme(root, LIGHT, 1.0), tmp_path) as talk:
        yield talk
