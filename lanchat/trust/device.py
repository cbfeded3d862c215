"""Which device this is: one DeviceId for each data folder and machine, kept in the file `device`.

An author's device counts its own entries 1, 2, 3…, so two devices must never share a DeviceId, not even when the data
folder was copied, cloned with its disk, or put back from a backup. A new DeviceId is always safe; when in doubt we make
one. Called on the thread that starts the program.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import sys
import uuid
from pathlib import Path

from lanchat.core.model import DeviceId
from lanchat.trust.files import replacing

FILE = "device"


def device_of(folder: Path, machine: bytes) -> DeviceId:
    """The DeviceId of `folder` on this machine, made when there is none that fits. Raises OSError."""
    path = folder / FILE
    try:
        with path.open(encoding="ascii") as file:
            words = file.read(200).split()
            kept = bytes.fromhex(words[0]) if words else b""
            if len(kept) == 8 and words[1:] == [_mark(kept, machine, file.fileno())]:
                return DeviceId(kept)
    except (OSError, ValueError):  # missing or damaged; what stands in the way of a new one, writing it will tell
        pass
    made = secrets.token_bytes(8)
    with replacing(path) as fresh:
        fresh.write(f"{made.hex()} {_mark(made, machine, fresh.fileno())}\n".encode())
    return DeviceId(made)


def _mark(device_id: bytes, machine: bytes, descriptor: int) -> str:
    """What ties a DeviceId to this machine and this very file; says nothing about either to a reader."""
    file_number = os.fstat(descriptor).st_ino  # a copy, and a file put back from a backup, has another
    return hashlib.sha256(b"lanchat/1 device" + device_id + machine + str(file_number).encode()).hexdigest()


def machine_mark() -> bytes:
    """Bytes that differ between machines and stay the same on one. Only ever hashed."""
    if sys.platform == "win32":
        import winreg

        place = r"SOFTWARE\Microsoft\Cryptography"
        access = winreg.KEY_READ | winreg.KEY_WOW64_64KEY  # a 32-bit Python would look elsewhere
        try:
            with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, place, 0, access) as key:
                return str(winreg.QueryValueEx(key, "MachineGuid")[0]).encode()
        except OSError:
            return _by_network_card()
    elif sys.platform == "darwin":
        import ctypes

        found, patience = ctypes.create_string_buffer(16), (ctypes.c_long * 2)(1, 0)  # a timespec: one second
        if ctypes.CDLL(None).gethostuuid(found, patience) == 0:
            return found.raw
        return _by_network_card()
    else:
        for place in ("/etc/machine-id", "/var/lib/dbus/machine-id"):
            try:
                return Path(place).read_bytes()[:100]
            except OSError:
                continue
        return _by_network_card()


def _by_network_card() -> bytes:
    return uuid.getnode().to_bytes(8, "big")
