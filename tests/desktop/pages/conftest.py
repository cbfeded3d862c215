from __future__ import annotations

import tkinter as tk
from pathlib import Path
from typing import Any

import pytest

from lanchat.desktop.look.look import Look
from lanchat.desktop.look.palette import LIGHT
from tests.desktop.pages.sitting import Sitting


@pytest.fixture
def sitting(root: tk.Tk, tmp_path: Path) -> Sitting[Any]:
    return Sitting(root, Look(root, LIGHT, 1.0), tmp_path)
