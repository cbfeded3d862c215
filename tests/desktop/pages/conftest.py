from __future__ import annotations

import tkinter as tk
from pathlib import Path
from typing import Any

import pytest

from lanchat.desktop.theme.palette import LIGHT
from lanchat.desktop.theme.theme import Theme
from tests.desktop.pages.page_user import PageUser


@pytest.fixture
def user(root: tk.Tk, tmp_path: Path) -> PageUser[Any]:
    return PageUser(root, Theme(root, LIGHT, 1.0), tmp_path)
