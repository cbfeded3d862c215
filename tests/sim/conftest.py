"""What all simulated histories begin with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sim.machine import media


@pytest.fixture(autouse=True, scope="session")
def _disks_without_a_bug() -> Iterator[None]:
    """What is on a new disk is found out once, before a bug is planted in what writes there."""
    with media():
        yield


@pytest.fixture(autouse=True)
def _heirs_soon() -> None:
    """Replaces the fixture of tests/conftest.py: simulated time costs nothing, and a seed must lead to the same
    history."""
