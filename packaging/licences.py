"""The licences of everything that is bundled, gathered from what it came with. Runs in the spec."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable
from importlib.metadata import Distribution, distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

_LICENCE = re.compile(r"(licen[cs]e|copying|notice|authors)[^/]*$", re.IGNORECASE)
_NOT_BUNDLED = {"altgraph", "macholib", "packaging", "pefile", "pip", "pyinstaller-hooks-contrib", "pywin32-ctypes",
                "setuptools", "wheel"}  # fmt: skip
_SYSTEM = ("/lib/", "/lib64/", "/usr/lib/")
_DEBIAN_DOC = Path("/usr/share/doc")
_GUEST_PAGE = ROOT / "lanchat/guest_page/vendor-licences.txt"  # of the JavaScript in it
_FONT_PACKAGE = "fonts-noto-color-emoji"


def gathered(binaries: Iterable[str], font: bool) -> list[tuple[str, Path]]:
    """(name, file) of each licence. `binaries`: the libraries that are bundled, by path; `font`: the emoji font too."""
    found = [("lanchat.txt", ROOT / "LICENSE"), ("Python.txt", _of_python()), ("guest-page.txt", _GUEST_PAGE)]
    for one in distributions():
        found += _of_distribution(one)
    packages = _packages_of(path for path in binaries if path.startswith(_SYSTEM))
    if font:
        packages.add(_FONT_PACKAGE)
    found += [(f"{package}.txt", _DEBIAN_DOC / package / "copyright") for package in sorted(packages)]
    return sorted((name, path) for name, path in found if path.exists())


def _of_python() -> Path:
    """Where each system's Python has it."""
    base = Path(sys.base_prefix)
    places = (base / "LICENSE.txt", base / f"lib/python{sys.version_info[0]}.{sys.version_info[1]}" / "LICENSE.txt")
    return next((place for place in places if place.exists()), places[0])


def _of_distribution(one: Distribution) -> list[tuple[str, Path]]:
    name = one.metadata["Name"]
    if name.casefold() in _NOT_BUNDLED:
        return []
    files = [file for file in one.files or () if ".dist-info" in str(file) and _LICENCE.search(str(file))]
    return [(f"{name}-{file.name.removesuffix('.txt')}.txt", Path(str(one.locate_file(file)))) for file in files]


def _packages_of(paths: Iterable[str]) -> set[str]:
    """The Debian packages these files belong to; none where there is no dpkg."""
    wanted = sorted({str(Path(path).resolve()) for path in paths})
    wanted += [path.removeprefix("/usr") for path in wanted]  # where /lib is /usr/lib, dpkg knows only one of the two
    try:
        told = subprocess.run(["dpkg", "-S", *wanted], capture_output=True, encoding="utf-8", check=False).stdout
    except OSError:
        return set()
    return {line.partition(":")[0] for line in told.splitlines()}
