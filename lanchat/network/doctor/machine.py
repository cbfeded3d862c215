"""This computer itself: its clock, and the folder where everything is kept."""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
import stat
import sys
import time
from pathlib import Path

from lanchat.core import dates
from lanchat.core.health import Finding, Health
from lanchat.core.translate import _

OLDEST, NEWEST = 1_735_689_600, 4_102_444_800  # 2025 and 2100: outside of it a clock was never set
AHEAD_SECONDS = 120.0
LOW_BYTES, FULL_BYTES = 500_000_000, 20_000_000


async def clock(ahead: float | None) -> list[Finding]:
    return [about_clock(time.time(), ahead)]


def about_clock(now: float, ahead: float | None) -> Finding:
    at = dates.moment(round(now * 1000))
    shown = _("{date}, {clock}").format(date=dates.full_date(at.date()), clock=dates.clock(at))
    if not OLDEST < now < NEWEST:
        return Finding(
            "clock", Health.BAD, _("This computer believes that it is {time}.").format(time=shown),
            _("Set its clock: the times of your messages are taken from it."),
        )  # fmt: skip
    if ahead is not None and abs(ahead) > AHEAD_SECONDS:
        minutes = round(abs(ahead) / 60)
        says = _("This computer's clock is {minutes} minutes ahead of the others'.") if ahead > 0 else _(
            "This computer's clock is {minutes} minutes behind the others'.")  # fmt: skip
        return Finding("clock", Health.ODD, says.format(minutes=minutes), _("Let the system set the time by itself."))
    return Finding("clock", Health.GOOD, shown)


async def data(folder: Path, unread: str) -> list[Finding]:
    """`unread`: why what is kept there cannot be read."""
    if unread:
        return [Finding("data", Health.BAD, _("{folder} cannot be used.").format(folder=folder), unread)]
    return await asyncio.to_thread(about_data, folder)


def about_data(folder: Path) -> list[Finding]:
    """Whether it can be written to, whether there is room, and whether it is ours alone."""
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        return [Finding(
            "data", Health.BAD, _("The folder {folder} cannot be written to.").format(folder=folder),
            _("Make it yours again, or choose another with --data-dir."),
        )]  # fmt: skip
    free = shutil.disk_usage(folder).free
    if free < LOW_BYTES:
        says = _("The disk is nearly full: {free} MB are left for {folder}.")
        return [Finding(
            "data", Health.BAD if free < FULL_BYTES else Health.ODD,
            says.format(free=free // 1_000_000, folder=folder),
            _("Delete something large: without room nothing can be kept."),
        )]  # fmt: skip
    if sys.platform != "win32" and folder.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return [Finding(
            "data", Health.ODD, _("Other users of this computer can look into {folder}.").format(folder=folder),
            _("Close it: chmod 700 {folder}").format(folder=shlex.quote(str(folder))),
        )]  # fmt: skip
    return [Finding("data", Health.GOOD, _("{folder}, {free} GB free").format(folder=folder, free=free // 10**9))]
