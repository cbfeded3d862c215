from __future__ import annotations

import tkinter as tk
from collections.abc import Iterator
from pathlib import Path

import pytest

from lanchat.desktop.theme.palette import LIGHT
from lanchat.desktop.theme.theme import Theme
from tests.desktop.composer.author import Author
from tests.desktop.model.telling import BEN, LI, connected, roster
from tests.desktop.stage import open_stage


@pytest.fixture
def ana(root: tk.Tk, tmp_path: Path) -> Iterator[Author]:
    """Before the composer of the kitchen, where Ben, who hosts it, and Li are too."""
    with open_stage(root, Theme(root, LIGHT, 1.0), tmp_path) as stage:
        stage.hear(connected(), roster(BEN, LI, here=3, first=True))
        yield Author(stage)
