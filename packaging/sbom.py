"""The parts of lanchat, for machines to read (CycloneDX): `python packaging/sbom.py FILE`. From requirements.lock."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import bundle

_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)


def parts(lock: str) -> dict[str, str]:
    """Name and version of each library that `lock`, the text of a lock file, pins."""
    return dict(_PINNED.findall(lock))


def bill(lock: str) -> dict[str, object]:
    """The whole document."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": _component("application", bundle.NAME, bundle.version())},
        "components": [_component("library", name, version) for name, version in sorted(parts(lock).items())],
    }


def _component(kind: str, name: str, version: str) -> dict[str, str]:
    purl = f"pkg:pypi/{name}@{version}"
    return {"type": kind, "bom-ref": purl, "name": name, "version": version, "purl": purl}


if __name__ == "__main__":
    said = json.dumps(bill((bundle.HERE / "requirements.lock").read_text("utf-8")), indent=2)
    Path(sys.argv[1]).write_text(said + "\n", "utf-8")
