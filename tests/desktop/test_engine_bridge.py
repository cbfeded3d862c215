"""The pump: values from another thread arrive on the Tk thread, in order, and Tk goes on drawing meanwhile."""

from __future__ import annotations

import queue
import threading
import time
import tkinter as tk
from collections.abc import Callable
from itertools import pairwise

from lanchat.desktop.engine_bridge import TURN_SECONDS, Pump
from tests.desktop.conftest import CallbackErrors


def run_until(root: tk.Tk, holds: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        root.update()


def test_values_arrive_in_order_on_the_tk_thread(root: tk.Tk) -> None:
    here = threading.get_ident()
    came: list[tuple[int, int]] = []
    pump = Pump[int](root, lambda value: came.append((value, threading.get_ident())), queue.SimpleQueue())
    writer = threading.Thread(target=lambda: [pump.put(n) for n in range(20_000)])
    writer.start()
    run_until(root, lambda: len(came) == 20_000)
    writer.join()
    assert came == [(n, here) for n in range(20_000)]
    pump.close()


def test_tk_has_its_turn_while_much_waits(root: tk.Tk) -> None:
    taken: list[int] = []
    turns: list[int] = []

    def slowly(value: int) -> None:
        time.sleep(TURN_SECONDS / 4)
        taken.append(value)

    def beat() -> None:
        turns.append(len(taken))
        if len(taken) < 40:
            root.after(1, beat)

    pump = Pump[int](root, slowly, queue.SimpleQueue())
    for n in range(40):
        pump.put(n)
    beat()
    run_until(root, lambda: len(taken) == 40)
    assert max(after - before for before, after in pairwise(turns)) <= 12
    pump.close()


def test_a_value_that_fails_does_not_stop_the_next(root: tk.Tk, callback_errors: CallbackErrors) -> None:
    came: list[int] = []

    def take(value: int) -> None:
        if value == 1:
            raise ValueError("one is bad")
        came.append(value)

    pump = Pump[int](root, take, queue.SimpleQueue())
    for n in range(3):
        pump.put(n)
    run_until(root, lambda: len(came) == 2)
    assert came == [0, 2]
    assert len(callback_errors) == 1
    assert "one is bad" in callback_errors.pop()
    pump.close()


def test_nothing_runs_while_nothing_comes(root: tk.Tk) -> None:
    pump = Pump[int](root, lambda value: None, queue.SimpleQueue())
    assert root.tk.splitlist(root.tk.call("after", "info")) == ()
    pump.close()


def test_after_the_end_nothing_comes(root: tk.Tk) -> None:
    came: list[int] = []
    pump = Pump[int](root, came.append, queue.SimpleQueue())
    pump.close()
    pump.put(1)
    root.update()
    assert came == []
