from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from people import Person, open_store

from lanchat.storage.reader import Reader
from lanchat.storage.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store with the kitchen in it, hosted here."""
    with open_store(tmp_path) as opened:
        yield opened


@pytest.fixture
def reader(store: Store, tmp_path: Path) -> Iterator[Reader]:
    """A reader of `store`."""
    opened = Reader.open(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def ana() -> Person:
    return Person()


@pytest.fixture
def ben() -> Person:
    return Person()
