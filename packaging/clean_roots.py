"""Try the downloads on bare systems: `python packaging/clean_roots.py dist`. Minutes; root; the network, once.

Each system is a root folder made by debootstrap from its usual mirror, with no Python, and with only what lanchat asks
of a computer with a screen: libxcb1, fontconfig and a font. There the archive is unpacked and the smoke test runs, by
chroot; then the package is installed and removed.
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
    options: tuple[str, ...] = ()


SYSTEMS = (
    System("Debian 12", "bookworm"),
    System("Debian 13", "trixie"),
    # Debian does not have Ubuntu's keys. Nothing of this root is used but to try our own program in it.
    System("Ubuntu 22.04", "jammy", ("--no-check-gpg",)),
)


def main() -> int:
    options = _options()
    if _PRIVATE not in os.environ:  # in mounts of its own, which go with this program, however it ends
        again = ["unshare", "--mount", sys.executable, __file__, *sys.argv[1:]]
        return subprocess.run(again, env={**os.environ, _PRIVATE: "1"}, check=False).returncode
    failed = [system.name for system in SYSTEMS if not _try(system, options.dist, options.roots / system.suite)]
    print(f"FAILED: {', '.join(failed)}" if failed else f"ok: {', '.join(system.name for system in SYSTEMS)}")
    return 1 if failed else 0


def _try(system: System, dist: Path, root: Path) -> bool:
    print(f"\n== {system.name}", flush=True)
    _make(system, root)
    archive, package = (next(dist.glob(f"lanchat*.{kind}")) for kind in ("tar.xz", "deb"))
    shutil.rmtree(root / "opt/lanchat", ignore_errors=True)
    shutil.unpack_archive(archive, root / "opt", filter="tar")
    smoke = [sys.executable, str(HERE / "smoke.py"), "--root", str(root), "--picture", f"{root}.png"]
    works = subprocess.run([*smoke, "/opt/lanchat/lanchat"], check=False).returncode == 0
    return works and _comes_and_goes(root, package)


def _make(system: System, root: Path) -> None:
    """Unless it was made before."""
    if not (root / "etc/os-release").exists():
        debootstrap = ["debootstrap", "--variant=minbase", *system.options, system.suite, str(root)]
        _run(*debootstrap)
    SCREENS.mkdir(mode=0o1777, exist_ok=True)
    for folder in (Path("/proc"), Path("/dev"), SCREENS):
        inside = root / folder.relative_to("/")
        inside.mkdir(exist_ok=True)
        _run("mount", "--rbind", str(folder), str(inside))
    if not (root / "usr/bin/fc-list").exists():
        _run("chroot", str(root), "apt-get", "install", "-qq", "-y", "--no-install-recommends", *NEEDED)
    assert not (root / "usr/bin/python3").exists(), f"{root} has a Python"


def _comes_and_goes(root: Path, package: Path) -> bool:
    """The package: the command is there, and afterwards is not; what a person has stays."""
    shutil.copy(package, root / "tmp/lanchat.deb")
    kept = root / "root/.local/share/lanchat/kept"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.touch()
    _run("chroot", str(root), "apt-get", "install", "-qq", "-y", "--no-install-recommends", "/tmp/lanchat.deb")
    _run("chroot", str(root), "/usr/bin/lanchat", "--version")
    _run("chroot", str(root), "apt-get", "remove", "-qq", "-y", "lanchat")
    good = kept.exists() and not (root / "usr/bin/lanchat").exists() and not (root / "usr/lib/lanchat").exists()
    print("✓  the package comes and goes" if good else "FAILED: the package leaves something, or takes too much")
    return good


def _run(*command: str) -> None:
    """Its output is shown only when it fails."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
    done = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}\n{done.stdout}{done.stderr}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Try the downloads on bare systems.")
    parser.add_argument("dist", type=Path, help="where build.py has put the downloads")
    parser.add_argument("--roots", type=Path, default=HERE.parent / "build/roots", help="where the systems are kept")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
