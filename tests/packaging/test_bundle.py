"""What goes into the program that people download."""

from __future__ import annotations

import ast
import plistlib
import runpy
import sys
from pathlib import Path

import bundle
import licences
import pytest
from PIL import _imagingft, features

import lanchat
from lanchat.core.address import room_link
from lanchat.core.model import RoomId
from lanchat.desktop.emoji.emoji_data import _LANGUAGES
from lanchat.desktop.pages.help_pages import LIBRARIES
from lanchat.desktop.platform.desktop_integration import CLASS_NAME
from lanchat.network.discovery.mdns import TYPE
from tests.systems import needs_scripts

#: Of the package, and of no use to the program: what people read, and what catalogues are made of.
FOR_PEOPLE = {".md", ".po"}


def test_the_program_finds_its_files_where_they_are_in_the_source() -> None:
    inside = {f"{folder}/{Path(file).name}" for file, folder in bundle.data() if bundle.PACKAGE in Path(file).parents}
    found = {
        path.relative_to(bundle.ROOT).as_posix()
        for path in bundle.PACKAGE.rglob("*.*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix not in {".py", *FOR_PEOPLE}
    }
    assert inside == found


def test_the_emoji_font_comes_where_the_window_looks_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    font = tmp_path / "NotoColorEmoji.ttf"
    monkeypatch.setattr(bundle, "EMOJI_FONT", font)
    assert (str(font), "lanchat/desktop/emoji") not in bundle.data()
    font.touch()
    assert (str(font), "lanchat/desktop/emoji") in bundle.data()
    assert (bundle.PACKAGE / "desktop/emoji/images.py").exists()


@pytest.mark.skipif(bundle.system() != "linux", reason="elsewhere the system shapes letters")
def test_what_shapes_arabic_comes_under_the_name_that_pillow_asks_for() -> None:
    if not features.check_feature("raqm"):
        pytest.skip("FriBidi is not installed here")
    ((library, folder),) = bundle.binaries()
    assert (Path(library).name, folder) == ("libfribidi.so.0", ".")
    assert bundle.is_used(Path(library).name)
    asked = Path(_imagingft.__file__).read_bytes()
    assert b"libfribidi.so.0" in asked


@pytest.mark.parametrize(
    "place",
    [
        "libtk8.6.so",
        "pillow.libs/libXau-154567c4.so.6.0.0",
        "pillow.libs/libbrotlicommon-53534446.so.1.2.0",
        "_tcl_data/init.tcl",
        "_tcl_data/encoding/cp1252.enc",
        "_tk_data/ttk/clamTheme.tcl",
        *(f"emoji/unicode_codes/emoji_{language}.json" for language in _LANGUAGES),
        "emoji/unicode_codes/emoji.json",
        "lanchat/languages/id.mo",
    ],
)
def test_what_is_used_is_kept(place: str) -> None:
    assert bundle.is_used(place)


@pytest.mark.parametrize(
    "place",
    [
        "libexpat.so.1",
        "libfontconfig.so.1",
        "libXau.so.6",
        "_tcl_data/tzdata/Asia/Jakarta",
        r"_tcl_data\msgs\id.msg",
        "_tk_data/images/logo.eps",
        "emoji/unicode_codes/emoji_fr.json",
        "cryptography-50.0.2.dist-info/RECORD",
    ],
)
def test_what_nothing_asks_for_is_left_out(place: str) -> None:
    assert not bundle.is_used(place)


def test_nothing_that_lanchat_imports_is_left_out() -> None:
    wanted = set()
    for path in bundle.PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                wanted.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                wanted.update({node.module, *(f"{node.module}.{alias.name}" for alias in node.names)})
    assert not wanted & set(bundle.EXCLUDED)


def test_there_is_one_version() -> None:
    assert bundle.version() == lanchat.__version__
    assert f"'ProductVersion', '{lanchat.__version__}'" in bundle.windows_version()


def test_windows_gets_four_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "version", lambda: "1.2.3rc4")
    assert "filevers=(1, 2, 3, 4)" in bundle.windows_version()
    monkeypatch.setattr(bundle, "version", lambda: "1.2")
    assert "filevers=(1, 2, 0, 0)" in bundle.windows_version()


def test_every_library_comes_with_its_licence() -> None:
    names = {name.casefold() for name, _file in licences.gathered([], font=False)}
    elsewhere = {"jeepney"} if sys.platform in ("win32", "darwin") else set()
    for library in LIBRARIES:
        if library.name in elsewhere:
            continue
        assert any(name.startswith(f"{library.name.casefold()}-") for name in names), library.name
    assert {"lanchat.txt", "python.txt", "guest-page.txt"} <= names


@needs_scripts
def test_a_library_of_the_system_comes_with_its_licence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As dpkg tells: once for each name of a file, and more packages for one."""
    (tmp_path / "libtk8.6").mkdir()
    (tmp_path / "libtk8.6" / "copyright").touch()
    dpkg = tmp_path / "dpkg"
    dpkg.write_text("#!/bin/sh\necho 'libtk8.6:amd64: /usr/lib/x86_64-linux-gnu/libtk8.6.so'\nexit 1\n", "utf-8")
    dpkg.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(licences, "_DEBIAN_DOC", tmp_path)
    names = [name for name, _file in licences.gathered(["/usr/lib/x86_64-linux-gnu/libtk8.6.so"], font=False)]
    assert "libtk8.6.txt" in names


def test_the_desktop_knows_the_window_by_its_class() -> None:
    assert f"StartupWMClass={CLASS_NAME}\n" in (bundle.HERE / "lanchat.desktop").read_text("utf-8")


def test_macos_is_told_what_lanchat_asks_for() -> None:
    told = plistlib.loads(plistlib.dumps(bundle.info_plist()))
    assert told["NSBonjourServices"] == [TYPE.removesuffix(".local.")]
    assert told["NSLocalNetworkUsageDescription"]
    assert told["NSHighResolutionCapable"] is True
    assert told["CFBundleVersion"] == lanchat.__version__
    assert not {"LSUIElement", "LSBackgroundOnly"} & set(told), "the Dock icon is the way back to a hidden window"


def test_macos_gives_links_to_lanchat() -> None:
    (kind,) = plistlib.loads(plistlib.dumps(bundle.info_plist()))["CFBundleURLTypes"]
    link = room_link(["192.168.1.42"], 29747, RoomId("a" * 16), b"b" * 16)
    assert [link.partition(":")[0]] == kind["CFBundleURLSchemes"]


def test_icons_are_drawn_for_every_system(tmp_path: Path) -> None:
    pytest.importorskip("tkinter")
    from PIL import Image

    runpy.run_path(str(bundle.HERE / "icon.py"))["draw"](tmp_path)
    with Image.open(tmp_path / "lanchat.ico") as icon:
        assert {(16, 16), (32, 32), (256, 256)} <= icon.info["sizes"]
    with Image.open(tmp_path / "lanchat.icns") as icon:
        assert set(icon.info["sizes"]) >= {(16, 16, 2), *((points, points, 2) for points in (128, 256, 512))}
        edge = icon.convert("RGBA").getchannel("A").getbbox()
        assert edge == (100, 100, 924, 924), "Apple's grid"
    with Image.open(tmp_path / "lanchat-48.png") as icon:
        assert icon.size == (48, 48)


def test_links_to_rooms_open_in_lanchat() -> None:
    entry = (bundle.HERE / "lanchat.desktop").read_text("utf-8").splitlines()
    assert {"Exec=lanchat %u", "MimeType=x-scheme-handler/lanchat;"} <= set(entry)
