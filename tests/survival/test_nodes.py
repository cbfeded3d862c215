"""The tests of survival leave no process behind, however they end."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from survival import nodes


def test_who_could_not_join_in_time_is_ended_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nodes that nobody ends go on talking, and slow down every later test."""
    started: list[subprocess.Popen[str]] = []
    popen, wait_until = subprocess.Popen, nodes.wait_until

    def start(*words: Any, **how: Any) -> subprocess.Popen[str]:
        started.append(popen(*words, **how))
        return started[-1]

    def wait(holds: Any, what: str, seconds: float = 20.0) -> None:
        assert what != "everybody joins", "a busy machine"
        wait_until(holds, what, seconds)

    monkeypatch.setattr(nodes.subprocess, "Popen", start)
    monkeypatch.setattr(nodes, "wait_until", wait)
    with pytest.raises(AssertionError, match="a busy machine"), nodes.town(tmp_path, people=1):
        pass
    assert len(started) == 2
    left = [process for process in started if process.poll() is None]
    for process in left:
        process.kill()
        process.wait()
    assert not left
