from __future__ import annotations

import tkinter as tk
from collections.abc import Iterator
from pathlib import Path

import pytest

from lanchat.desktop.look.look import Look
from lanchat.desktop.look.palette import LIGHT
from tests.desktop.transcript.talk import Talk, talking


@pytest.fixture
def talk(root: tk.Tk, tmp_path: Path) -> Iterator[Talk]:
    with talking(root, Look(root, LIGHT, 1.0), tmp_path) as talk:
        yield talk
