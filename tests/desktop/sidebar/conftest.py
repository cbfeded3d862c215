from __future__ import annotations

import tkinter as tk
from collections.abc import Iterator
from pathlib import Path

import pytest

from lanchat.desktop.look.look import Look
from lanchat.desktop.look.palette import DARK
from tests.desktop.stage import Stage, open_stage


@pytest.fixture
def stage(root: tk.Tk, tmp_path: Path) -> Iterator[Stage]:
    with open_stage(root, Look(root, DARK, 1.0), tmp_path) as stage:
        yield stage
