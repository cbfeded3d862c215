"""Calls that wait: each once, the last wins, and none after its widget."""

from __future__ import annotations

import time
import tkinter as tk

import pytest

from lanchat.desktop.widgets.tk_events import DelayedCalls


@pytest.fixture
def calls(root: tk.Tk) -> DelayedCalls:
    frame = tk.Frame(root, name="waiting")
    return DelayedCalls(frame)


def runs(root: tk.Tk, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        root.update()
        time.sleep(0.002)


def test_a_call_that_is_put_off_comes_once_and_late(root: tk.Tk, calls: DelayedCalls) -> None:
    done: list[tuple[str, float]] = []
    last = 0.0
    for word in ("one", "two", "three", "four"):
        last = time.monotonic()
        calls.restart("word", lambda word=word: done.append((word, time.monotonic())), 100)  # type: ignore[misc]
        runs(root, 0.06)
    assert done == [], "it is put off again and again, longer than its time"
    runs(root, 0.3)
    assert [word for word, _at in done] == ["four"]
    assert done[0][1] - last >= 0.099


def test_a_shorter_time_comes_sooner(root: tk.Tk, calls: DelayedCalls) -> None:
    done: list[str] = []
    calls.restart("word", lambda: done.append("late"), 10_000)
    calls.restart("word", lambda: done.append("soon"), 20)
    runs(root, 0.2)
    assert done == ["soon"]


def test_asking_again_does_not_put_it_off(root: tk.Tk, calls: DelayedCalls) -> None:
    done: list[str] = []
    calls.do("word", lambda: done.append("first"), 50)
    runs(root, 0.03)
    calls.do("word", lambda: done.append("second"), 50)
    runs(root, 0.05)
    assert done == ["first"]


def test_a_call_may_ask_for_itself_again(root: tk.Tk, calls: DelayedCalls) -> None:
    done: list[int] = []

    def again() -> None:
        done.append(len(done))
        if len(done) < 3:
            calls.restart("word", again, 5)

    calls.do("word", again)
    runs(root, 0.2)
    assert done == [0, 1, 2]


def test_none_comes_after_cancelling_or_the_end_of_the_widget(root: tk.Tk, calls: DelayedCalls) -> None:
    done: list[str] = []
    calls.restart("cancelled", lambda: done.append("cancelled"), 10)
    calls.restart("cancelled", lambda: done.append("cancelled"), 20)
    calls.cancel("cancelled")
    calls.cancel("cancelled")
    calls.restart("gone", lambda: done.append("gone"), 10)
    calls.do("idle", lambda: done.append("idle"))
    root.children["waiting"].destroy()
    runs(root, 0.1)
    assert done == []
