"""What another process has used. Linux tells; elsewhere the figures are 0 and the table shows them so."""

from __future__ import annotations

import os
import time
from pathlib import Path


def cpu_seconds(pid: int) -> float:
    """CPU time to the nanosecond: the number of a process's clock is made as clock_getcpuclockid(3) does."""
    if not hasattr(time, "clock_gettime"):
        return 0.0
    try:
        return time.clock_gettime(~pid << 3 | 2)
    except OSError:
        return 0.0


def environment() -> dict[str, str]:
    """For a program that is measured: with bytecode, as what people install has it."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def memory_kib(pid: int) -> int:
    """Resident memory."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text("utf-8").split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


class Others:
    """How busy the rest of the machine was meanwhile: a bench beside a compiler measures the compiler too."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._busy = _busy_seconds()
        self._ours = _our_seconds()

    def cores(self) -> float | None:
        """Cores that programs of others kept busy since; None: not known here. Ours count once they have ended."""
        if not self._busy:
            return None
        busy = _busy_seconds() - self._busy - (_our_seconds() - self._ours)
        return max(0.0, busy / (time.monotonic() - self._began))


def _busy_seconds() -> float:
    """CPU time of all processors but for idling and waiting for disks, since the machine started."""
    try:
        fields = Path("/proc/stat").read_text("utf-8").splitlines()[0].split()[1:]
    except OSError:
        return 0.0
    user, nice, system, _idle, _waiting, interrupts, soft_interrupts = (int(field) for field in fields[:7])
    return (user + nice + system + interrupts + soft_interrupts) / os.sysconf("SC_CLK_TCK")


def _our_seconds() -> float:
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system
