"""The doctor on a real network between namespaces."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from lan.lanlab import Lab, LabUnavailable
from lanchat.core.health import Finding, Health
from lanchat.network.doctor import reach
from lanchat.network.doctor.checkup import About, check

PORT = 29747


def examined(lab: Lab, *places: str) -> list[Finding]:
    """What h1 is told about each place."""

    async def all_of_them() -> list[Finding]:
        found = await asyncio.gather(*(reach.examine(where, PORT, frozenset()) for where in places))
        return [finding for findings in found for finding in findings]

    return lab.call("h1", lambda: asyncio.run(all_of_them()))


def test_other_machines_are_seen(lab: Lab, tmp_path: Path) -> None:
    findings = lab.call("h1", lambda: asyncio.run(check(About(tmp_path, ("10.77.0.1",)))))
    said = {one.name: one for one in findings}
    assert said["neighbours"].says.startswith("Other machines answer (2)")
    assert said["multicast"].health is Health.GOOD
    assert said["router"].health is Health.GOOD


def test_what_keeps_a_computer_from_being_reached_is_told_apart(lab: Lab) -> None:
    try:
        lab.firewall("h3", f"tcp dport {PORT}")
    except LabUnavailable as error:
        pytest.skip(str(error))
    without, walled, off, elsewhere = examined(lab, "10.77.0.2", "10.77.0.3", "10.77.0.99", "192.168.99.1")
    assert "no room is open" in without.says
    assert "nothing gets through" in walled.says
    assert "Nothing at all answers" in off.says
    assert "No network of this computer leads" in elsewhere.says
