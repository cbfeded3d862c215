from __future__ import annotations

import sys

import pytest


@pytest.fixture(autouse=True, scope="session")
def _linux() -> None:
    if sys.platform != "linux":
        pytest.skip("needs /proc, SIGSTOP and all of 127.0.0.0/8")
