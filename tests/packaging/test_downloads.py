"""What people download: the same bytes each time, and all that is needed in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import bundle
import downloads
import pytest
import reproducible

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="permissions as Linux has them")


@pytest.fixture(autouse=True)
def _at_one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1800000000")


@pytest.fixture
def built(tmp_path: Path) -> Callable[[str], Path]:
    """Makes the program's folder under a name, as if it had just been built."""

    def make(name: str) -> Path:
        folder = tmp_path / name / "lanchat"
        (folder / "_internal").mkdir(parents=True)
        (folder / "lanchat").write_bytes(b"\x7fELF\0GLIBC_2.4\0GLIBC_2.34\0GLIBC_2.9\0")
        (folder / "lanchat").chmod(0o755)
        (folder / "_internal" / "schema.sql").write_text("words", "utf-8")
        (tmp_path / name / "made").mkdir()
        for size in downloads._SHOWN_SIZES:
            (tmp_path / name / "made" / f"lanchat-{size}.png").write_bytes(b"picture")
        return folder

    return make


def test_the_archive_runs_where_it_is_unpacked(built: Callable[[str], Path], tmp_path: Path) -> None:
    with tarfile.open(downloads.tar_xz(built("one"), tmp_path / "a.tar.xz")) as archive:
        modes = {member.name: member.mode for member in archive if member.isfile()}
        assert {(member.uname, member.uid, member.mtime) for member in archive} == {("root", 0, 1800000000)}
    assert modes == {"lanchat/lanchat": 0o755, "lanchat/_internal/schema.sql": 0o644}


@pytest.mark.parametrize("kind", ["tar_xz", "portable_zip"])
def test_it_is_the_same_whenever_it_is_made(kind: str, built: Callable[[str], Path], tmp_path: Path) -> None:
    made = []
    for when in (1_000_000_000, 1_500_000_000):
        folder = built(str(when))
        for path in folder.rglob("*"):
            os.utime(path, (when, when))
        made.append(getattr(downloads, kind)(folder, tmp_path / f"{when}.download").read_bytes())
    assert made[0] == made[1]


def test_the_portable_one_keeps_everything_in_its_own_folder(built: Callable[[str], Path], tmp_path: Path) -> None:
    with zipfile.ZipFile(downloads.portable_zip(built("one"), tmp_path / "a.zip")) as archive:
        names = archive.namelist()
        assert archive.read("lanchat/_internal/schema.sql") == b"words"
    assert "lanchat/data/" in names


@pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="dpkg-deb makes it")
def test_the_package_brings_a_command_an_entry_and_icons(built: Callable[[str], Path], tmp_path: Path) -> None:
    package = downloads.deb(built("one"), tmp_path / "one" / "made", tmp_path)
    listed = subprocess.run(["dpkg-deb", "-c", package], capture_output=True, encoding="utf-8", check=True).stdout
    assert "./usr/bin/lanchat -> ../lib/lanchat/lanchat" in listed
    for path in ("lib/lanchat/lanchat", "share/applications/lanchat.desktop", "share/doc/lanchat/copyright",
                 "lib/systemd/system/lanchat@.service",
                 "share/icons/hicolor/48x48/apps/lanchat.png"):  # fmt: skip
        assert f" ./usr/{path}\n" in listed
    assert all(" root/root " in line for line in listed.splitlines())
    fields = subprocess.run(["dpkg-deb", "-f", package], capture_output=True, encoding="utf-8", check=True).stdout
    assert f"Version: {bundle.version()}\n" in fields
    assert "libc6 (>= 2.34)" in fields


@pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="dpkg-deb makes it")
def test_removing_the_package_touches_nobodys_data(built: Callable[[str], Path], tmp_path: Path) -> None:
    """It has no program of its own that runs then."""
    package = downloads.deb(built("one"), tmp_path / "one" / "made", tmp_path)
    subprocess.run(["dpkg-deb", "-e", package, tmp_path / "control"], check=True)
    assert {path.name for path in (tmp_path / "control").iterdir()} == {"control"}


@pytest.mark.skipif(shutil.which("makensis") is None, reason="makensis (NSIS) makes it")
def test_the_installer_can_be_made(built: Callable[[str], Path], tmp_path: Path) -> None:
    from PIL import Image

    icon = tmp_path / "lanchat.ico"
    Image.new("RGBA", (32, 32)).save(icon)
    installer = downloads.setup(built("one"), icon, tmp_path / "lanchat-setup.exe")
    assert installer.read_bytes().startswith(b"MZ")


def test_the_sums_are_right(
    built: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundle, "system", lambda: "linux")
    made = downloads.make(built("one"), tmp_path / "one" / "made", tmp_path)
    subprocess.run(["sha256sum", "--check", "--strict", downloads.SUMS], cwd=tmp_path, check=True, capture_output=True)
    assert len((tmp_path / downloads.SUMS).read_text("utf-8").splitlines()) == len(made) - 1


def test_what_differs_between_two_builds_is_named(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        for file in ("same", "changed", "may be run"):
            (tmp_path / name / file).write_text("words", "utf-8")
    assert reproducible.differences(tmp_path / "one", tmp_path / "two") == []
    (tmp_path / "two" / "changed").write_text("Words", "utf-8")
    (tmp_path / "two" / "may be run").chmod(0o755)
    (tmp_path / "two" / "more").touch()
    assert reproducible.differences(tmp_path / "one", tmp_path / "two") == ["changed", "may be run", "more"]
