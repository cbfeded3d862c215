"""Try a built lanchat on bare systems: `python packaging/clean_roots.py FOLDER`. Minutes; root; the network, once.

FOLDER is the program's (dist/lanchat). Each system is a root folder made by debootstrap, with no Python, and with only
what lanchat asks of a computer with a screen: libxcb1, fontconfig and a font. The smoke test runs in each by chroot.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
NEEDED = ("libxcb1", "fontconfig", "fonts-dejavu-core")
SCREENS = Path("/tmp/.X11-unix")
_PRIVATE = "LANCHAT_PRIVATE_MOUNTS"


@dataclass(frozen=True, slots=True)
class System:
    name: str
    suite: str
    mirror: str
    options: tuple[str, ...] = ()


SYSTEMS = (
    System("Debian 12", "bookworm", "http://deb.debian.org/debian"),
    System("Debian 13", "trixie", "http://deb.debian.org/debian"),
    # Debian does not have Ubuntu's keys. Nothing of this root is used but to try our own program in it.
    System("Ubuntu 22.04", "jammy", "http://archive.ubuntu.com/ubuntu", ("--no-check-gpg",)),
)


def main() -> int:
    options = _options()
    if _PRIVATE not in os.environ:  # in mounts of its own, which go with this program, however it ends
        again = ["unshare", "--mount", sys.executable, __file__, *sys.argv[1:]]
        return subprocess.run(again, env={**os.environ, _PRIVATE: "1"}, check=False).returncode
    failed = [system.name for system in SYSTEMS if not _try(system, options.folder, options.roots / system.suite)]
    print(f"FAILED: {', '.join(failed)}" if failed else f"ok: {', '.join(system.name for system in SYSTEMS)}")
    return 1 if failed else 0


def _try(system: System, program: Path, root: Path) -> bool:
    print(f"\n== {system.name}", flush=True)
    if not (root / "etc/os-release").exists():
        debootstrap = ["debootstrap", "--variant=minbase", *system.options, system.suite, str(root), system.mirror]
        _run(*debootstrap, quiet=True)
    for folder in ("/proc", "/dev"):
        _run("mount", "--bind", folder, f"{root}{folder}")
    if not (root / "usr/bin/fc-list").exists():
        _run("chroot", str(root), "apt-get", "install", "-qq", "-y", "--no-install-recommends", *NEEDED, quiet=True)
    assert not (root / "usr/bin/python3").exists(), f"{root} has a Python"
    shutil.rmtree(root / "opt/lanchat", ignore_errors=True)
    shutil.copytree(program, root / "opt/lanchat", symlinks=True)
    SCREENS.mkdir(mode=0o1777, exist_ok=True)
    (root / SCREENS.relative_to("/")).mkdir(exist_ok=True)
    _run("mount", "--bind", str(SCREENS), f"{root}{SCREENS}")
    picture = root.with_name(f"{root.name}.png")
    smoke = [sys.executable, HERE / "smoke.py", "--root", root, "--picture", picture, "/opt/lanchat/lanchat"]
    return subprocess.run([str(word) for word in smoke], check=False).returncode == 0


def _run(*command: str, quiet: bool = False) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL if quiet else None)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Try a built lanchat on bare systems.")
    parser.add_argument("folder", type=Path, help="the program's folder")
    parser.add_argument("--roots", type=Path, default=HERE.parent / "build/roots", help="where the systems are kept")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
