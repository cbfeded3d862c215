"""What people download, made from the program's folder: archives, packages, installers. The same bytes each time.

Each system makes its own; dpkg-deb, makensis (NSIS) and hdiutil are used where they are installed.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import bundle

SUMS = "SHA256SUMS"
_GLIBC = re.compile(rb"\0GLIBC_(2)\.(\d+)(?=[\0.])")
_SHOWN_SIZES = (16, 24, 32, 48, 64, 128, 256, 512)


def make(program: Path, made: Path, into: Path, system: str = "") -> list[Path]:
    """Everything for this system or the one that is named, and SHA256SUMS of it.

    `program`: the folder; `made`: where the icons are.
    """
    made_here = list(_FOR[system or bundle.system()](program, made, into))
    sums = into / SUMS
    sums.write_text("".join(f"{_sha256(path)}  {path.name}\n" for path in made_here), "utf-8", newline="\n")
    return [*made_here, sums]


# --- Linux -----------------------------------------------------------------------------------------------------------
def _for_linux(program: Path, made: Path, into: Path) -> Iterator[Path]:
    yield tar_xz(program, into / f"{bundle.named('linux')}.tar.xz")
    if shutil.which("dpkg-deb"):
        yield deb(program, made, into)


def tar_xz(program: Path, path: Path) -> Path:
    """One folder, to be unpacked anywhere and run in place."""
    with tarfile.open(path, "w:xz", preset=9) as archive:
        for file in [program, *sorted(program.rglob("*"))]:
            archive.add(file, file.relative_to(program.parent), recursive=False, filter=_anonymous)
    return path


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = "root"
    member.mtime = bundle.moment()
    member.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
    return member


def deb(program: Path, made: Path, into: Path) -> Path:
    """For Debian and Ubuntu. What people have written stays when it is removed: nothing of that is in the package."""
    architecture = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    tree = made / "deb"
    shutil.rmtree(tree, ignore_errors=True)
    shutil.copytree(program, tree / "usr/lib/lanchat", symlinks=True)
    _put(tree / "usr/share/applications/lanchat.desktop", (bundle.HERE / "lanchat.desktop").read_bytes())
    _put(tree / "usr/lib/systemd/system/lanchat@.service", (bundle.HERE / "lanchat@.service").read_bytes())
    _put(tree / "usr/share/doc/lanchat/copyright", (bundle.ROOT / "LICENSE").read_bytes())
    for size in _SHOWN_SIZES:
        icon = (made / f"lanchat-{size}.png").read_bytes()
        _put(tree / f"usr/share/icons/hicolor/{size}x{size}/apps/lanchat.png", icon)
    (tree / "usr/bin").mkdir()
    (tree / "usr/bin/lanchat").symlink_to("../lib/lanchat/lanchat")
    kilobytes = sum(file.lstat().st_size for file in tree.rglob("*")) // 1000
    control = (bundle.HERE / "control.in").read_text("utf-8").format(
        version=bundle.version(), architecture=architecture, size=kilobytes, glibc=glibc_needed(program)
    )  # fmt: skip
    _put(tree / "DEBIAN/control", control.encode())
    for path in tree.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    package = into / f"lanchat_{bundle.version()}_{architecture}.deb"
    always = os.environ | {"SOURCE_DATE_EPOCH": str(bundle.moment())}
    subprocess.run(["dpkg-deb", "--root-owner-group", "-Zxz", "-z9", "--build", tree, package],
                   env=always, check=True, stdout=subprocess.DEVNULL)  # fmt: skip
    return package


def glibc_needed(program: Path) -> str:
    """The oldest glibc on which all of the folder's libraries load."""
    needed = {
        (int(major), int(minor))
        for file in program.rglob("*")
        if file.is_file() and (content := file.read_bytes()).startswith(b"\x7fELF")
        for major, minor in _GLIBC.findall(content)
    }
    return "{}.{}".format(*max(needed))


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


# --- Windows ---------------------------------------------------------------------------------------------------------
def _for_windows(program: Path, made: Path, into: Path) -> Iterator[Path]:
    yield portable_zip(program, into / f"{bundle.named('windows')}-portable.zip")
    if sys.platform == "linux" and shutil.which("makensis"):
        yield setup(program, made / "lanchat.ico", into / f"{bundle.named('windows')}-setup.exe")


def portable_zip(program: Path, path: Path) -> Path:
    """With an empty folder `data`, in which everything is kept then: see lanchat/storage/data_folder.py."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr(zipfile.ZipInfo(f"{program.name}/data/"), b"")
        for file in sorted(program.rglob("*")):
            if file.is_file():
                name = file.relative_to(program.parent).as_posix()
                archive.writestr(zipfile.ZipInfo(name), file.read_bytes(), zipfile.ZIP_DEFLATED)
    return path


def setup(program: Path, icon: Path, path: Path) -> Path:
    """The installer, by NSIS. Only Debian's and Ubuntu's makes one of 64 bits, which is what Wine tries."""
    size = sum(file.stat().st_size for file in program.rglob("*") if file.is_file()) // 1024
    values = {"VERSION": bundle.version(), "SIZE": size, "ID": bundle.windows_id()}
    values |= {name: one.resolve() for name, one in {"PROGRAM": program, "ICON": icon, "INTO": path}.items()}
    words = ["-XTarget amd64-unicode", *(f"-D{name}={value}" for name, value in values.items())]
    always = os.environ | {"SOURCE_DATE_EPOCH": str(bundle.moment())}
    subprocess.run(["makensis", "-V2", "-WX", *words, bundle.HERE / "lanchat.nsi"], env=always, check=True)
    return path


# --- macOS -----------------------------------------------------------------------------------------------------------
def _for_macos(program: Path, made: Path, into: Path) -> Iterator[Path]:
    """The .app, which the spec puts beside the folder, on a disk image with a way to Applications."""
    image = made / "dmg"
    shutil.rmtree(image, ignore_errors=True)
    shutil.copytree(program.with_name("lanchat.app"), image / "lanchat.app", symlinks=True)
    (image / "Applications").symlink_to("/Applications")
    path = into / f"{bundle.named('macos')}.dmg"
    subprocess.run(["hdiutil", "create", "-quiet", "-volname", "lanchat", "-srcfolder", image, "-ov", "-format", "UDZO",
                    path], check=True)  # fmt: skip
    yield path


_FOR = {"linux": _for_linux, "windows": _for_windows, "macos": _for_macos}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
