"""What the doctor finds, as it is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lanchat.__main__ import main
from lanchat.core.listing import Finding, Health
from lanchat.engine import check_up
from lanchat.terminal.diagnostics import line
from lanchat.terminal.output import Paper

GOOD = Finding("clock", Health.GOOD, "right")
ODD = Finding("multicast", Health.ODD, "is dropped", "Give others the room's code.")
BAD = Finding("port", Health.BAD, "is taken", "Close the other program.")


def test_findings_stand_in_columns_with_the_advice_below() -> None:
    assert line(Paper(), GOOD, 9) == "✓  clock      right"
    assert line(Paper(), ODD, 9) == "!  multicast  is dropped\n              Give others the room's code."


@pytest.mark.parametrize(
    ("findings", "code", "end"),
    [((GOOD,), 0, "Everything is well."), ((GOOD, ODD), 0, ODD.advice), ((BAD,), 1, BAD.advice)],
)
def test_only_what_is_bad_fails(
    findings: tuple[Finding, ...], code: int, end: str, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(check_up, "check_alone", lambda folder, address: findings)
    where = ["--data-dir", str(tmp_path)]
    assert main(["doctor", "192.168.1.42", *where]) == code
    assert capsys.readouterr().out.splitlines()[-1].strip() == end
    assert main(["doctor", "--json", *where]) == code
    told = [json.loads(text) for text in capsys.readouterr().out.splitlines()]
    assert [one["health"] for one in told] == [finding.health.value for finding in findings]
