"""The doctor on a real network between namespaces."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from lan.lanlab import Lab, LabUnavailable
from lanchat.core.health import Finding, Health
from lanchat.network.doctor.checkup import About, check

PORT = 29747


def test_other_machines_are_seen_and_what_keeps_one_from_being_reached_is_told_apart(lab: Lab, tmp_path: Path) -> None:
    try:
        lab.firewall("h3", f"tcp dport {PORT}")
    except LabUnavailable as error:
        pytest.skip(str(error))
    places = ["10.77.0.2", "10.77.0.3", "10.77.0.99", "192.168.99.1"]

    async def at_h1() -> list[tuple[Finding, ...]]:
        checks = (check(About(tmp_path, ("10.77.0.1",), place)) for place in places)
        return await asyncio.gather(*checks)

    found = lab.call("h1", lambda: asyncio.run(at_h1()))
    said = {one.name: one for one in found[0]}
    assert said["neighbours"].says.startswith("Other machines answer (")
    assert said["multicast"].health is Health.GOOD
    assert said["router"].health is Health.GOOD
    without, walled, off, elsewhere = (findings[-1].says for findings in found)
    assert "no room is open" in without
    assert "nothing gets through" in walled
    assert "Nothing at all answers" in off
    assert "No network of this computer leads" in elsewhere
