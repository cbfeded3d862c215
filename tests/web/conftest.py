"""One Node process for all tests of the page's modules."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.web.modules import NODE, PageModules


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageModules]:
    if NODE is None:
        pytest.skip("Node.js is not installed")
    modules = PageModules(tmp_path_factory.mktemp("page"))
    yield modules
    modules.close()
