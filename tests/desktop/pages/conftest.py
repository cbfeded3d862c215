from __future__ import annotations

import tkinter as tk
from pathlib import Path
from typing import Any

import pytest

from lanchat.desktop.theme.palette import LIGHT
from lanchat.desktop.theme.theme import Theme
from tests.desktop.pages.sitting import Sitting


@pytest.fixture
def sitting(root: tk.Tk, tmp_path: Path) -> Sitting[Any]:
    return Sitting(root, Theme(root, LIGHT, 1.0), tmp_path)
