"""`lanchat doctor`: what is well on this computer and network, what is not, and what to do."""

from __future__ import annotations

from lanchat.core.health import Finding, Health
from lanchat.core.translate import _
from lanchat.engine import check_up
from lanchat.storage import paths
from lanchat.terminal.arguments import Options
from lanchat.terminal.ending import Exit, raise_interrupted, signals_go_to
from lanchat.terminal.json_lines import json_line
from lanchat.terminal.output import GAP, GREEN, RED, YELLOW, Paper, paragraph
from lanchat.terminal.screen import Screen

_SIGNS = {Health.GOOD: ("✓", GREEN), Health.ODD: ("!", YELLOW), Health.BAD: ("✗", RED)}


def run(options: Options) -> Exit:
    """FAILED when something is bad. Works beside a lanchat that runs, and changes nothing. Raises StorageProblem."""
    with signals_go_to(raise_interrupted):
        findings = check_up.check_alone(paths.data_dir(options.data_dir), options.address)
    screen = Screen()
    if options.json:
        for finding in findings:
            screen.print(json_line("finding", name=finding.name, health=finding.health.value, says=finding.says,
                                   advice=finding.advice))  # fmt: skip
    else:
        column = max((len(finding.name) for finding in findings), default=0)
        for finding in findings:
            screen.print(line(screen.paper, finding, column))
        if not any(finding.advice for finding in findings):
            screen.print(_("Everything is well."))
    return Exit.FAILED if any(finding.health is Health.BAD for finding in findings) else Exit.DONE


def line(paper: Paper, finding: Finding, column: int) -> str:
    """A sign, the name, what is found; below it the advice."""
    sign, colour = _SIGNS[finding.health]
    indent = " " * (1 + len(GAP) + column + len(GAP))
    says = paragraph(paper, finding.says, indent).removeprefix(indent)
    lines = [f"{paper.paint(sign, colour)}{GAP}{finding.name.ljust(column)}{GAP}{says}"]
    if finding.advice:
        lines.append(paragraph(paper, finding.advice, indent))
    return "\n".join(lines)
