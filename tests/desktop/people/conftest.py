from __future__ import annotations

import tkinter as tk
from collections.abc import Iterator
from pathlib import Path

import pytest

from lanchat.desktop.theme.palette import DARK
from lanchat.desktop.theme.theme import Theme
from tests.desktop.stage import Stage, open_stage


@pytest.fixture
def stage(root: tk.Tk, tmp_path: Path) -> Iterator[Stage]:
    with open_stage(root, Theme(root, DARK, 1.0), tmp_path) as stage:
        yield stage
