from __future__ import annotations

import pytest

from lanchat.core import encoded_log, sessions


@pytest.fixture(autouse=True)
def _small_world(monkeypatch: pytest.MonkeyPatch) -> None:
    """Histories are short: with small Blocks and a short tail in memory they still meet every edge."""
    monkeypatch.setattr(encoded_log, "BLOCK_ENTRIES", 3)
    monkeypatch.setattr(sessions, "TAIL_BYTES", 1_500)
