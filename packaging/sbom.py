"""The parts of a built lanchat, for machines to read (CycloneDX): `python packaging/sbom.py PROGRAM_FOLDER FILE`.

Run by the Python that is in the folder, as build.py does: it knows its own version and those of the libraries in it.
"""

from __future__ import annotations

import hashlib
import json
import platform
import re
import sqlite3
import ssl
import sys
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parent))
import bundle

_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)
_VENDORS = {"cpython": "python:python", "openssl": "openssl:openssl", "sqlite": "sqlite:sqlite", "tcl": "tcl:tcl"}


def parts(lock: str) -> dict[str, str]:
    """Name and version of each library that `lock`, the text of a lock file, pins."""
    return dict(_PINNED.findall(lock))


def libraries(lock: str) -> dict[str, str]:
    """Of these, what is installed on this system, and PyInstaller, whose start program is in every build."""
    found = {}
    for name in [*parts(lock), "pyinstaller"]:
        try:
            found[name] = installed(name)
        except PackageNotFoundError:  # another system's
            continue
    return found


def page_libraries() -> dict[str, str]:
    """Name and version of the JavaScript libraries in the guests' page."""
    lock = json.loads((bundle.HERE / "vendor_page/package-lock.json").read_text("utf-8"))
    parts = {place.removeprefix("node_modules/"): part for place, part in lock["packages"].items() if place}
    return {name: part["version"] for name, part in parts.items() if not part.get("dev")}


def runtimes() -> list[tuple[str, str, str]]:
    """(name, version, where) of what is in the build but is no Python package."""
    import tkinter

    from cryptography.hazmat.backends.openssl import backend
    from PIL import features

    def number(text: str) -> str:
        found = re.search(r"\d+(\.\d+)+\w*", text)
        return found[0] if found else text

    tcl = tkinter.Tcl().call("info", "patchlevel")
    found = [
        ("cpython", platform.python_version(), ""),
        ("openssl", number(ssl.OPENSSL_VERSION), "CPython"),
        ("openssl", number(backend.openssl_version_text()), "cryptography"),
        ("sqlite", sqlite3.sqlite_version, "CPython"),
        ("tcl", str(tcl), ""),
        ("tk", str(tcl), ""),  # the two are released together
    ]
    known = ((name, features.version(name)) for name in ("freetype2", "raqm", "harfbuzz", "fribidi", "zlib", "jpg"))
    found += [(name, number(version), "Pillow") for name, version in known if version]
    return found


def files(folder: Path) -> dict[str, str]:
    """SHA-256 of each file, by its place in the folder."""
    found = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def bill(
    libraries: Mapping[str, str], runtimes: list[tuple[str, str, str]], files: Mapping[str, str]
) -> dict[str, object]:
    """The whole document."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": _package("application", bundle.NAME, bundle.version())},
        "components": [
            *(_package("library", name, version) for name, version in sorted(libraries.items())),
            *(_package("library", name, version, "npm") for name, version in sorted(page_libraries().items())),
            *(_runtime(*one) for one in runtimes),
            *(_file(name, digest) for name, digest in files.items()),
        ],
    }


def _package(kind: str, name: str, version: str, registry: str = "pypi") -> dict[str, Any]:
    purl = f"pkg:{registry}/{quote(name)}@{version}"
    return {"type": kind, "bom-ref": purl, "name": name, "version": version, "purl": purl}


def _runtime(name: str, version: str, where: str) -> dict[str, Any]:
    purl = f"pkg:generic/{name}@{version}"
    made: dict[str, Any] = {
        "type": "library", "bom-ref": f"{purl}#{where}" if where else purl, "name": name, "version": version,
        "purl": purl,
    }  # fmt: skip
    if name in _VENDORS:
        made["cpe"] = f"cpe:2.3:a:{_VENDORS[name]}:{version}:*:*:*:*:*:*:*"
    if where:
        made["description"] = f"within {where}"
    return made


def _file(name: str, digest: str) -> dict[str, Any]:
    return {"type": "file", "bom-ref": f"file:{name}", "name": name, "hashes": [{"alg": "SHA-256", "content": digest}]}


def main() -> int:
    folder, into = map(Path, sys.argv[1:])
    lock = (bundle.HERE / "requirements.lock").read_text("utf-8")
    said = json.dumps(bill(libraries(lock), runtimes(), files(folder)), indent=2)
    into.write_text(said + "\n", "utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
