"""What goes into the program that people download, and what stays out. Pure; the spec and the tests read it."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
PACKAGE = ROOT / "lanchat"

NAME = "lanchat"
MACOS_ID = "chat.lan.lanchat"  #: by what macOS knows the program
CONSOLE_NAME = "lanchat-cli"  #: Windows only: there a program has a console or a window, not as it is started

#: Where Debian and Ubuntu (fonts-noto-color-emoji) put the font that people's emoji are drawn with.
EMOJI_FONT = Path("/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf")

#: Pillow loads it by this name when it first shapes letters, so that nothing sees the need for it. Most desktops have
#: it, but without it no Arabic or Hebrew can be read.
FRIBIDI = "libfribidi.so.0"

#: Asked for only by name, so that nothing sees the need for it.
HIDDEN_IMPORTS = ("PIL._tkinter_finder", "tkinterdnd2.TkinterDnD")

#: Reached by some library for a case that is not ours: forms of pictures, test tools, consoles of developers, and
#: servers and processes that lanchat does not start.
EXCLUDED = (
    "PIL._avif", "PIL._imagingcms", "PIL.ImageQt", "PIL.ImageShow", "PIL.ImageCms",
    "PIL.FitsImagePlugin", "PIL.PdfImagePlugin", "PIL.SpiderImagePlugin", "PIL.TiffImagePlugin",
    "_pyrepl", "bdb", "curses", "defusedxml", "distutils", "bz2", "doctest", "ensurepip", "idlelib", "lib2to3",
    "multiprocessing", "numpy", "pdb", "pip", "pkg_resources", "pydoc", "pydoc_data", "pygments", "readline",
    "rlcompleter", "setuptools", "tkinter.test", "tkinter.tix", "turtle", "turtledemo", "unittest", "uvloop", "venv",
    "websockets.legacy", "websockets.sync", "websockets.trio", "wheel", "xmlrpc",
)  # fmt: skip

#: What PyInstaller would run before lanchat for libraries that ask differently; a third of the time of `--version`.
NEEDLESS_HOOKS = ("pyi_rth_inspect", "pyi_rth_pkgutil")

#: Of Linux; the system's own are used. Fontconfig reads the system's settings, Debian 12's expat would need its glibc,
#: and the rest is what these and libxcb stand on.
SYSTEM_LIBRARIES = ("libexpat.so", "libfontconfig.so", "libfreetype.so", "libpng16.so", "libbrotlicommon.so",
                    "libbrotlidec.so", "libXau.so", "libXdmcp.so", "libbsd.so", "libmd.so")  # fmt: skip

#: Of what comes with Tcl, Tk and the libraries: catalogues and zones that nothing asks for.
_UNUSED_DATA = re.compile(
    r"_tcl_data/(tzdata|msgs|http1\.0|opt0\.4)/|_tk_data/(msgs|images|demos)/|tcl8/|"
    r"emoji/unicode_codes/emoji_(?!en|id)|[^/]+\.(dist|egg)-info/"
)


def data() -> list[tuple[str, str]]:
    """(file, folder in the bundle) of all that is not code."""
    files = ("storage/schema.sql", "trust/words.txt", "desktop/platform/tone.wav")
    found = [(PACKAGE / file, f"lanchat/{Path(file).parent.as_posix()}") for file in files]
    found += [(path, "lanchat/languages") for path in sorted((PACKAGE / "languages").glob("*.mo"))]
    found += [(path, "lanchat/guest_page") for path in sorted((PACKAGE / "guest_page").iterdir())]
    if EMOJI_FONT.exists():
        found.append((EMOJI_FONT, "lanchat/desktop/emoji"))
    return [(str(path), folder) for path, folder in found]


def binaries() -> list[tuple[str, str]]:
    """(library, folder in the bundle) of those that are loaded only by name."""
    if system() != "linux":
        return []  # Pillow brings its own, or nothing needs it: there the system shapes letters
    folders = (f"/usr/lib/{platform.machine()}-linux-gnu", "/usr/lib64", "/usr/lib", "/lib64")
    found = (Path(folder, FRIBIDI) for folder in folders)
    return [(str(path), ".") for path in found if path.exists()][:1]


def is_used(place: str) -> bool:
    """Whether the file that goes to `place` in the bundle, a library or data, is needed there."""
    place = place.replace("\\", "/")
    return not _UNUSED_DATA.match(place) and not place.rpartition("/")[2].startswith(SYSTEM_LIBRARIES)


def version() -> str:
    """lanchat's, which is written down in one place only."""
    found = re.search(r'^__version__ = "([^"]+)"$', (PACKAGE / "__init__.py").read_text("utf-8"), re.MULTILINE)
    assert found
    return found[1]


def windows_version() -> str:
    """What Windows shows in the program's properties, in PyInstaller's own notation."""
    numbers = tuple(int(part) for part in [*re.findall(r"\d+", version()), "0", "0", "0"][:4])
    words = {
        "CompanyName": "lanchat",
        "FileDescription": "lanchat: chat for the local network",
        "FileVersion": version(),
        "ProductName": "lanchat",
        "ProductVersion": version(),
        "LegalCopyright": "MIT licence",
    }
    strings = ", ".join(f"StringStruct({key!r}, {value!r})" for key, value in words.items())
    return (
        f"VSVersionInfo(ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}), kids=[\n"
        f"  StringFileInfo([StringTable('040904B0', [{strings}])]),\n"
        f"  VarFileInfo([VarStruct('Translation', [0x0409, 0x04B0])]),\n"
        "])\n"
    )


def windows_id() -> str:
    """By what Windows' taskbar knows lanchat's windows, as the program says it."""
    source = (PACKAGE / "desktop/platform/desktop_integration.py").read_text("utf-8")
    found = re.search(r'^WINDOWS_ID = "([^"]+)"', source, re.MULTILINE)
    assert found
    return found[1]


def info_plist() -> dict[str, object]:
    """What macOS is told of lanchat.app, beside what PyInstaller says by itself. Not yet tried there."""
    return {
        "CFBundleVersion": version(),
        "NSHumanReadableCopyright": "MIT licence",
        "LSApplicationCategoryType": "public.app-category.social-networking",
        "NSHighResolutionCapable": True,  # else text is drawn for an old screen, and enlarged
        # Links in other programs: the first that opens such a scheme starts lanchat, or tells the one that runs
        # (lanchat/desktop/platform/macos_desktop.py).
        "CFBundleURLTypes": [
            {"CFBundleURLName": MACOS_ID, "CFBundleURLSchemes": [NAME], "CFBundleTypeRole": "Viewer"}
        ],
        # Since macOS 15 without the first no packet reaches the network, and nothing says so; the second is what is
        # looked for by mDNS. https://developer.apple.com/documentation/technotes/tn3179-understanding-local-network-privacy
        "NSLocalNetworkUsageDescription": "lanchat finds the rooms on your network and talks to the people in them.",
        "NSBonjourServices": ["_lanchat._tcp"],
    }


def moment() -> int:
    """When this version was made, for everything that is built from it: the last commit's time, in seconds."""
    told = os.environ.get("SOURCE_DATE_EPOCH") or subprocess.run(
        ["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    ).stdout
    return int(told)


def system() -> str:
    """This system, as downloads are named: linux, windows or macos."""
    return {"win32": "windows", "darwin": "macos"}.get(sys.platform, "linux")


def named(system: str) -> str:
    """What the names of all downloads for this system begin with."""
    machine = {"amd64": "x86_64", "aarch64": "arm64"}.get(platform.machine().lower(), platform.machine().lower())
    return f"{NAME}-{version()}-{system}-{machine}"
