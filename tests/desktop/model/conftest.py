from __future__ import annotations

import pytest

from lanchat.desktop.model.state import State
from lanchat.engine.events import Started
from tests.desktop.model.telling import ME


@pytest.fixture
def state() -> State:
    """Ana's, who has just started lanchat. Its clock stands at 100 seconds, the one on the wall at noon."""
    state = State(clock=lambda: 100.0, wall_clock=lambda: 1_700_000_000.0)
    state.apply(Started(ME, "Ana", first_run=False))
    return state
