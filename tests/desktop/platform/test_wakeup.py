"""What asks lanchat to end while its window waits for the person."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tkinter as tk
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from lanchat.desktop.platform.wakeup import ExitSignals

if sys.platform == "win32":
    pytest.skip("programs send each other no signals; test_windows.py has Ctrl+C", allow_module_level=True)

#: A window that says when it waits and when it is asked to end, and leaves a second later, or sooner.
_PROGRAM = """
import signal, sys, tkinter
from lanchat.desktop.platform.wakeup import ExitSignals

for number in (signal.SIGINT, signal.SIGHUP):  # tests may run in the background, where these are ignored
    signal.signal(number, signal.SIG_DFL)

def ended():
    print("asked", flush=True)
    if "polite" in sys.argv:
        endings.restore()
        root.destroy()

root = tkinter.Tk()
endings = ExitSignals(root, ended)
root.after_idle(lambda: print("waits", flush=True))
root.mainloop()
print("left", flush=True)
"""


@contextmanager
def window(*how: str, through: Sequence[str] = ()) -> Iterator[subprocess.Popen[str]]:
    command = [*through, sys.executable, "-c", _PROGRAM, *how]
    program = subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8")
    assert program.stdout is not None
    try:
        yield program
    finally:
        program.kill()
        program.wait(20)
        program.stdout.close()


def says(program: subprocess.Popen[str]) -> str:
    assert program.stdout is not None
    return program.stdout.readline().strip()


@pytest.mark.usefixtures("display")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_waiting_window_hears_a_signal_and_leaves_politely(number: signal.Signals) -> None:
    with window("polite") as program:
        assert says(program) == "waits"
        program.send_signal(number)
        assert says(program) == "asked"
        assert says(program) == "left"
        assert program.wait(20) == 0


@pytest.mark.usefixtures("display")
def test_who_asks_twice_does_not_wait() -> None:
    with window("slow") as program:
        assert says(program) == "waits"
        program.send_signal(signal.SIGINT)
        assert says(program) == "asked"
        program.send_signal(signal.SIGINT)
        assert program.wait(20) == -signal.SIGINT


@pytest.mark.usefixtures("display")
def test_what_its_starter_ignores_is_ignored() -> None:
    with window("slow", through=["nohup"]) as program:
        assert says(program) == "waits"
        program.send_signal(signal.SIGHUP)
        program.send_signal(signal.SIGTERM)  # had it heard the first, this second would end it
        assert says(program) == "asked"
        program.send_signal(signal.SIGINT)
        assert program.wait(20) == -signal.SIGINT


def test_the_end_of_the_session_is_heard_once(root: tk.Tk) -> None:
    heard: list[str] = []
    endings = ExitSignals(root, lambda: heard.append("asked"))
    for _ in range(2):
        root.tk.call(root.protocol("WM_SAVE_YOURSELF"))
    assert heard == ["asked"]
    endings.restore()


def test_afterwards_everything_is_as_before(root: tk.Tk) -> None:
    before = signal.getsignal(signal.SIGTERM)
    descriptors = len(os.listdir("/dev/fd"))
    endings = ExitSignals(root, lambda: None)
    assert signal.getsignal(signal.SIGTERM) is not before
    endings.restore()
    assert signal.getsignal(signal.SIGTERM) is before
    assert signal.set_wakeup_fd(-1) == -1
    assert len(os.listdir("/dev/fd")) == descriptors
