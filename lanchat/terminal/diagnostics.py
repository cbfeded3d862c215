"""`lanchat doctor` and `lanchat --selftest`: what works on this computer and network, and what to do. Main thread.

The self-test runs two people on this computer, in temporary folders: host, find, join, talk, search.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from lanchat.core.listing import Finding, Health
from lanchat.core.model import RoomId
from lanchat.core.translate import _
from lanchat.engine import check_up
from lanchat.engine.commands import Browse, Join, OpenRoom, Say
from lanchat.engine.events import EntryState, EntryStateChanged, Hosting, MessagesAdded, RoomFound
from lanchat.storage import data_folder
from lanchat.terminal.arguments import Options
from lanchat.terminal.console import Console, ConsoleEvent, open_console
from lanchat.terminal.join_room import enter, report_problem
from lanchat.terminal.json_lines import json_line
from lanchat.terminal.output import GAP, GREEN, RED, YELLOW, Paper, Screen, paragraph
from lanchat.terminal.room_commands import open_room
from lanchat.terminal.standard_streams import CommandError, Exit, handle_signals

_SIGNS = {Health.GOOD: ("✓", GREEN), Health.ODD: ("!", YELLOW), Health.BAD: ("✗", RED)}

T = TypeVar("T")

_ARRIVED = (EntryState.TAKEN, EntryState.DELIVERED)
_STEP_SECONDS = 10.0
_TITLE = "lanchat selftest"
_WORDS = ("The kettle is on.", "Two cups, please.")


def run_doctor(options: Options) -> Exit:
    """FAILED when a finding is bad. Works beside a running lanchat, and changes nothing. Raises StorageProblem."""
    with handle_signals():
        findings = check_up.check_alone(data_folder.data_dir(options.data_dir), options.address)
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
    """Sign, name and finding; below it the advice."""
    sign, colour = _SIGNS[finding.health]
    indent = " " * (1 + len(GAP) + column + len(GAP))
    says = paragraph(paper, finding.says, indent).removeprefix(indent)
    lines = [f"{paper.paint(sign, colour)}{GAP}{finding.name.ljust(column)}{GAP}{says}"]
    if finding.advice:
        lines.append(paragraph(paper, finding.advice, indent))
    return "\n".join(lines)


def run_selftest() -> Exit:
    screen = Screen()
    with handle_signals(), tempfile.TemporaryDirectory(prefix="lanchat-selftest-") as folder:
        people = [Options(data_dir=Path(folder, name), nick=name) for name in ("Ana", "Ben")]
        with open_console(people[0]) as ana, open_console(people[1]) as ben:
            good = _steps(screen, ana, ben)
    screen.print(_("Everything works.") if good else _("Something does not work here; `lanchat doctor` may know why."))
    return Exit.DONE if good else Exit.FAILED


def _steps(screen: Screen, ana: Console, ben: Console) -> bool:
    """Ana hosts, Ben joins. Where finding fails, the rest is tried by address."""
    hosting = _step(screen, _("host"), lambda: open_room(ana, OpenRoom(_TITLE)))
    if not isinstance(hosting, Hosting):
        return False
    found = _step(screen, _("find"), lambda: _find(ben, hosting.room_id))
    command = Join(hosting.room_id if found else f"127.0.0.1:{hosting.port}")
    until = time.monotonic() + _STEP_SECONDS
    inside = _step(screen, _("join"), lambda: enter(ben, command, until=until, must_connect=True))
    if inside is None:
        return False
    talked = _step(screen, _("talk"), lambda: _talk(ana, ben, hosting.room_id))
    searched = talked and _step(screen, _("search"), lambda: _search(ben, hosting.room_id))
    return bool(found and searched)


def _step(screen: Screen, name: str, do: Callable[[], T]) -> T | None:
    began = time.monotonic()
    try:
        done = do()
    except CommandError as end:
        screen.print(f"✗  {name.ljust(8)}{end.words}")
        return None
    took = _("{ms} ms").format(ms=round((time.monotonic() - began) * 1000))
    screen.print(f"✓  {name.ljust(8)}{took}")
    return done


def _find(ben: Console, room_id: RoomId) -> bool:
    ben.do(Browse())
    return _await(ben, lambda event: isinstance(event, RoomFound) and event.listing.room_id == room_id)


def _talk(ana: Console, ben: Console, room_id: RoomId) -> bool:
    """Each says something; the host stores it, and the other one gets it."""
    for speaker, listener, words in ((ben, ana, _WORDS[0]), (ana, ben, _WORDS[1])):
        speaker.do(Say(room_id, words))
        _await(speaker, lambda event: isinstance(event, EntryStateChanged) and event.state in _ARRIVED)
        _await(listener, partial(_brings, words))
    return True


def _search(ben: Console, room_id: RoomId) -> bool:
    if not ben.reader.search("kettle", room_id):
        raise CommandError(_("not found"))
    return True


def _brings(words: str, event: ConsoleEvent) -> bool:
    return isinstance(event, MessagesAdded) and any(message.text == words for message in event.messages)


def _await(console: Console, wanted: Callable[[ConsoleEvent], bool]) -> bool:
    """True, once a wanted event has come. Raises CommandError."""
    until = time.monotonic() + _STEP_SECONDS
    while (event := console.next_event(until)) is not None:
        report_problem(event)
        if wanted(event):
            return True
    raise CommandError(_("nothing after {n} s").format(n=round(_STEP_SECONDS)))
