"""README's own words, tried out."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

from tests.systems import needs_scripts

from .programs import Machine

README = Path(__file__).parents[2] / "README.md"


def block(name: str) -> str:
    """The code block of README that a comment names."""
    found = re.search(rf"<!-- {name} -->\n```\w+\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    assert found, f"README has no block named {name}"
    return found[1]


@needs_scripts
def test_the_bot_of_ten_lines_answers(tmp_path: Path, machine: Machine) -> None:
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    program = bin_folder / "lanchat"
    program.write_text(f'#!/bin/sh\nexec {shlex.join(machine.program())} "$@"\n', "utf-8")
    program.chmod(0o755)
    bot = tmp_path / "bot.py"
    bot.write_text(block("bot"), "utf-8")
    ana = machine.pipe("ana", "host", "Kitchen", "--nick", "Ana")
    ana.expects("Kitchen")
    path = f"{bin_folder}{os.pathsep}{os.environ['PATH']}"
    echo = subprocess.Popen(
        [sys.executable, str(bot)], cwd=tmp_path, env={**os.environ, "PATH": path}, start_new_session=True
    )
    try:
        ana.expects("Echo joined")
        ana.types("!echo is the kettle on?")
        ana.expects("Echo")
        ana.expects("is the kettle on?")
    finally:
        os.killpg(echo.pid, signal.SIGKILL)  # the bot, and the lanchat it runs
        echo.wait()


def test_both_set_up_commands_are_one_line_and_make_their_own_environment() -> None:
    for name in ("run", "tests"):
        (line,) = block(name).strip().splitlines()
        assert line.startswith("python3 -m venv .venv && ")
