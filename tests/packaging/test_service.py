"""The service that keeps a room open."""

from __future__ import annotations

import configparser
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lanchat.terminal.arguments import parse

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "packaging" / "lanchat@.service"


def service() -> dict[str, list[str]]:
    """The lines of the unit's section Service; a name may come twice."""
    section = UNIT.read_text("utf-8").partition("[Service]")[2].partition("[Install]")[0]
    found: dict[str, list[str]] = {}
    for line in section.splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


def command(line: str) -> list[str]:
    """What systemd would run for the instance Meeting\\x20room."""
    words = shlex.split(line)
    return [word.replace("%I", "Meeting room").replace("%H", "box") for word in words]


def test_it_hosts_a_room_named_by_the_instance() -> None:
    program, *arguments = command(service()["ExecStart"][0])
    options = parse(arguments)
    assert program == "/usr/bin/lanchat"
    assert (options.command, options.title, options.nick) == ("host", "Meeting room", "box")


def test_no_secret_is_on_a_command_line() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    (extra,) = re.findall(r"^ExecStart=(/usr/bin/lanchat host .*)$", readme, re.MULTILINE)
    options = parse(command(extra)[1:])
    assert options.passphrase_file == Path("${CREDENTIALS_DIRECTORY}/passphrase")
    assert "passphrase" not in service()["ExecStart"][0]


def test_what_is_said_stays_out_of_the_journal_and_it_can_write_in_its_own_folder_only() -> None:
    of = {name: values[-1] for name, values in service().items()}
    assert of["StandardOutput"] == "null"
    assert (of["DynamicUser"], of["ProtectSystem"], of["ProtectHome"]) == ("yes", "strict", "yes")
    assert of["Environment"].removeprefix("LANCHAT_DATA_DIR=%S/") == of["StateDirectory"]
    assert of["CapabilityBoundingSet"] == ""


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_systemd_understands_it(tmp_path: Path) -> None:
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text("utf-8").replace("/usr/bin/lanchat", sys.executable), "utf-8")
    told = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, encoding="utf-8", timeout=60)
    assert told.returncode == 0, told.stderr
    assert unit.name not in told.stderr, told.stderr


def test_the_unit_is_one_that_other_programs_can_read() -> None:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.read(UNIT, "utf-8")
    assert parser.sections() == ["Unit", "Service", "Install"]
