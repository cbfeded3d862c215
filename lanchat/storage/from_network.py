"""Marks files that came from others, where the system has such a mark, so that it asks before it runs them.

Windows: the zone identifier, a stream beside the file. macOS: the quarantine attribute. Linux has no mark that
programs ask for. A file system without streams or attributes takes none: that is no error. Any thread.
"""

from __future__ import annotations

import os
import secrets
import shutil
import sys
import time
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

_INTERNET_ZONE = b"[ZoneTransfer]\r\nZoneId=3\r\n"
_QUARANTINE = b"com.apple.quarantine"
_FILE_ATTRIBUTE_HIDDEN = 2
_FILE_NAMED_STREAMS = 0x40000


def mark(path: str) -> None:
    """Mark a file; nothing happens where that cannot be done."""
    if sys.platform == "win32":
        if _has_streams(os.path.splitdrive(os.path.abspath(path))[0]):
            with suppress(OSError), open(f"{path}:Zone.Identifier", "wb") as stream:
                stream.write(_INTERNET_ZONE)
    elif sys.platform == "darwin":
        _quarantine(path)


def copy_file(source: Path, target: Path, *, marked: bool) -> None:
    """Copy a file: it is whole under its new name, or not there. `marked`: it came from others. Raises OSError."""
    beside = target.with_name(f".lanchat-{secrets.token_hex(4)}.part")
    try:
        shutil.copyfile(source, beside)
        if marked:
            mark(str(beside))
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def hide(folder: Path) -> None:
    """Let file managers of Windows not show a folder; elsewhere the dot before its name does that."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.kernel32.SetFileAttributesW(str(folder), _FILE_ATTRIBUTE_HIDDEN)


@cache
def _has_streams(drive: str) -> bool:
    """Whether files of a drive have streams. Without, Wine would make a file beside, with the stream's name."""
    if sys.platform != "win32":
        return False
    import ctypes

    flags = ctypes.c_ulong()
    root = f"{drive}\\"
    asked = ctypes.windll.kernel32.GetVolumeInformationW(root, None, 0, None, None, ctypes.byref(flags), None, 0)
    return not asked or bool(flags.value & _FILE_NAMED_STREAMS)


def _quarantine(path: str) -> None:
    """By setxattr(2), which Python offers on Linux only. The value: flags, seconds since 1970, who brought it."""
    if sys.platform == "darwin" and (setxattr := _setxattr()) is not None:
        value = f"0081;{int(time.time()):08x};lanchat;".encode()
        setxattr(os.fsencode(path), _QUARANTINE, value, len(value), 0, 0)


@cache
def _setxattr() -> Any:
    """https://developer.apple.com/library/archive/documentation/System/Conceptual/ManPages_iPhoneOS/man2/setxattr.2.html"""
    import ctypes
    import ctypes.util

    function = getattr(ctypes.CDLL(ctypes.util.find_library("c")), "setxattr", None)
    if function is not None:
        function.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint32,
                             ctypes.c_int]  # fmt: skip
    return function
