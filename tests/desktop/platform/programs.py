"""Stand-ins for the system's programs: real processes, which tell what they were given."""

from __future__ import annotations

import json
import os
import select
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_SCRIPT = """#!{python} -IS
import json, os, sys
stdin = "" if sys.stdin.isatty() else sys.stdin.read()
with open({told!r}, "w") as told:
    told.write(json.dumps({{"argv": sys.argv, "stdin": stdin, "env": dict(os.environ), "in": os.getcwd()}}) + "\\n")
told = {answers!r}.get(" ".join(sys.argv[1:]), {usual!r})
sys.stdout.write(told[0])
sys.exit(told[1])
"""

_SECONDS = 20  # never reached unless something is broken


class Programs:
    """The folder that is all of PATH."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._told = folder / "told"
        os.mkfifo(self._told)
        self._descriptor = os.open(self._told, os.O_RDWR)
        self._rest = b""

    def install(
        self, name: str, says: str = "", code: int = 0, answers: Mapping[str, str] | None = None
    ) -> Path:
        """`answers`: what it says to just these arguments, with exit code 0."""
        path = self.folder / name
        script = _SCRIPT.format(
            python=sys.executable, told=str(self._told), usual=(says, code),
            answers={given: (said, 0) for given, said in (answers or {}).items()},
        )  # fmt: skip
        path.write_text(script, "utf-8")
        path.chmod(0o755)
        return path

    def next(self) -> Any:
        """What the next one to run was given: `argv`, `stdin`, `env`, and `in` which folder. Waits for it."""
        while b"\n" not in self._rest:
            assert select.select([self._descriptor], [], [], _SECONDS)[0], "no program ran"
            self._rest += os.read(self._descriptor, 65536)
        line, _, self._rest = self._rest.partition(b"\n")
        return json.loads(line)

    def nothing_more(self) -> bool:
        """Whether nobody has told anything else up to now."""
        return not self._rest and not select.select([self._descriptor], [], [], 0)[0]

    def close(self) -> None:
        os.close(self._descriptor)
