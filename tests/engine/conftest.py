from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.people import People


@pytest.fixture
def people(tmp_path: Path) -> Iterator[People]:
    """Everybody in a test, on one network. At the end all leave, and must be able to."""
    everybody = People(tmp_path)
    yield everybody
    everybody.leave()
