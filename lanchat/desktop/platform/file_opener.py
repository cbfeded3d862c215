"""Opens a file in the system's program for it, or shows it in the file manager. Any thread; it can take some seconds:
views call this through `ViewContext.open_outside`.

No shell is involved. `open_file` and `show_in_folder` return "" or, in plain words, why it did not work. What could run
on this system (`may_run`) is opened only after the person was asked: `desktop.file_actions` does that.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from pathlib import Path

from lanchat.core.translate import _
from lanchat.desktop.platform import external_programs
from lanchat.desktop.platform.external_programs import find, start
from lanchat.desktop.platform.session_bus import NoAnswer, Service, open_bus

#: Programs, scripts, installers, documents with programs in them, and what else can start or change something when it
#: is opened. Those on every system:
_EVERYWHERE = (
    "appimage apk bash bin command csh deb docm dotm exe fish jar jnlp js jse ksh lua msi php pl potm ppam ppsm pptm "
    "ps1 py pyc pyw pyz rb rpm run sh sldm swf tcl wasm xlam xlsm xltm zsh"
)
#: https://support.microsoft.com/office/blocked-attachments-in-outlook-434752e1-02d3-4e90-9124-8b81e49a8519
#: and disk images, whose contents lose the mark that they came from the network.
_WINDOWS = (
    "ad ade adp app application appref-ms appx appxbundle asp aspx bas bat bgi cab cdxml cer chm cmd cnt cpl crt der "
    "desklink diagcab diagcfg diagpkg dll fxp gadget grp hlp hpj hta htc img inf ins iso isp its library-ms lnk "
    "mad maf mag mam maq mar mas mat mau mav maw mcf mda mdb mde mdt mdw mdz msc msh msh1 msh2 mshxml msix msixbundle "
    "msp mst ocx ops osd pcd pif plg prf prg printerexport ps1xml ps2 psc1 psc2 psd1 psdm1 psm1 pssc rdp reg scf scr "
    "sct search-ms searchconnector-ms settingcontent-ms shb shs sys theme themepack tmp url vb vbe vbp vbs vhd vhdx "
    "vsmacros vsw webpnp website ws wsb wsc wsf wsh xbap xll xnk"
)
_MACOS = (
    "action app applescript bundle caction command component definition dfont dmg dylib fileloc inetloc "
    "kext mobileconfig mpkg osax pkg plugin prefpane qlgenerator savers scpt scptd service sparsebundle "
    "sparseimage terminal tool webloc workflow wdgt xip"
)
_LINUX = "desktop flatpak flatpakref flatpakrepo kdelnk out service snap so"
_ENDS = {
    system: frozenset(f"{_EVERYWHERE} {own}".split())
    for system, own in (("win32", _WINDOWS), ("darwin", _MACOS), ("linux", _LINUX))
}
_SHELL_FOLDER = re.compile(r"\.\{[0-9a-f-]+\}", re.IGNORECASE)  # Windows opens "x.{…}" as what that number stands for
_FILE_MANAGER = Service(
    "org.freedesktop.FileManager1", "/org/freedesktop/FileManager1", "org.freedesktop.FileManager1"
)


def may_run(path: Path, system: str = sys.platform) -> bool:
    """Whether opening it could start a program: by the end of its name, and by its executable bit where there is one.

    A link is judged by what it leads to, too. A folder is one on macOS, where programs are folders; and on Windows,
    where a folder's name can stand for a part of the system.
    """
    names = {path.name, Path(os.path.realpath(path)).name}
    return any(_runs_by_name(name, system) for name in names) or _executable(path, system)


def _runs_by_name(name: str, system: str) -> bool:
    ends = _ENDS.get(system, _ENDS["linux"])
    if system == "win32":
        if ":" in name or _SHELL_FOLDER.search(name):  # the first: a second stream of a file
            return True
        name = name.rstrip(" .")  # which Windows does not see
    return name.rpartition(".")[2].casefold() in ends if "." in name else False


def _executable(path: Path, system: str) -> bool:
    if system == "win32":
        return False
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return stat.S_ISREG(mode) and bool(mode & 0o111)


def open_file(path: Path) -> str:
    """Open a file in its program, or a folder in the file manager. The caller has asked whether what `may_run` may."""
    place = path.absolute()
    if not place.exists():
        return _gone(place)
    if external_programs.open_with_system(str(place)):
        return ""
    return _("No program that opens {name} was found on this computer.").format(name=place.name)


def show_in_folder(path: Path) -> str:
    """Show the folder that it lies in, with it chosen where the file manager can do that."""
    place = path.absolute()
    if not place.exists():
        return _gone(place)
    if sys.platform == "win32":
        shown = _show_in_explorer(place)
    elif sys.platform == "darwin":
        shown = start(["/usr/bin/open", "-R", str(place)])
    else:
        shown = _show_on_desktop(place)
    return "" if shown else _("No program that shows folders was found. It is in {folder}").format(folder=place.parent)


def _show_in_explorer(place: Path) -> bool:
    """Explorer reads its own command line, in which a comma ends the path unless that is in quotes. A name on Windows
    has no quotes in it."""
    explorer = os.path.join(os.environ.get("SYSTEMROOT", r"C:\Windows"), "explorer.exe")
    return start([explorer], f'/select,"{place}"')


def _show_on_desktop(place: Path) -> bool:
    """The file manager that is on the session bus, else the folder.

    https://www.freedesktop.org/wiki/Specifications/file-manager-interface/
    """
    if not find("xdg-open", "gio"):
        return False
    with open_bus() as connection:
        try:
            connection.ask(_FILE_MANAGER, "ShowItems", "ass", [place.as_uri()], "")
        except NoAnswer:
            return external_programs.open_with_system(str(place.parent))
    return True


def _gone(place: Path) -> str:
    return _("It is not there any more: {path}").format(path=place)
