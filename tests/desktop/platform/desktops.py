"""A desktop's session bus, a real one, and the services a desktop has there."""

from __future__ import annotations

import os
import queue
import select
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from jeepney import DBusAddress, HeaderFields, Message, MessageType, new_error, new_method_return, new_signal
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, open_dbus_connection

_CONFIGURATION = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path={socket}</listen><policy context="default">
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
"""
_SECONDS = 20  # never reached unless something is broken


@contextmanager
def session_bus_or_skip(folder: Path) -> Iterator[str]:
    """Its address. Nobody is on it but whom the test puts there."""
    if shutil.which("dbus-daemon") is None:
        pytest.skip("dbus-daemon is not installed (Debian: apt install dbus-daemon)")
    configuration = folder / "bus.conf"
    configuration.write_text(_CONFIGURATION.format(socket=folder / "bus"), "utf-8")
    daemon = subprocess.Popen(
        ["dbus-daemon", f"--config-file={configuration}", "--nofork", "--print-address"], stdout=subprocess.PIPE
    )
    assert daemon.stdout is not None
    try:
        yield daemon.stdout.readline().decode().strip()
    finally:
        daemon.terminate()
        daemon.wait(_SECONDS)
        daemon.stdout.close()


class Service:
    """Somebody on the bus, answering on a thread of its own until `close`."""

    name = path = ""
    asker = ""  #: the unique name of who asked last

    def __init__(self, address: str) -> None:
        self._connection: DBusConnection = open_dbus_connection(address)
        self._connection.send_and_get_reply(message_bus.RequestName(self.name), timeout=_SECONDS)
        self._hang_up, self._hung_up = os.pipe()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def answer(self, method: str, body: tuple[Any, ...]) -> tuple[str, tuple[Any, ...]] | None:
        """The signature and values; None: no such method."""
        raise NotImplementedError

    def signal(self, interface: str, name: str, signature: str, *body: object) -> None:
        self.signal_at(self.path, interface, name, signature, *body)

    def signal_at(self, path: str, interface: str, name: str, signature: str, *body: object) -> None:
        emitter = DBusAddress(path, interface=interface)
        self._connection.send(new_signal(emitter, name, signature, body))

    def close(self) -> None:
        os.write(self._hung_up, b"!")
        self._thread.join()
        self._connection.close()
        os.close(self._hang_up)
        os.close(self._hung_up)

    def _serve(self) -> None:
        while True:
            try:
                while True:
                    self._hear(self._connection.receive(timeout=0))
            except TimeoutError:
                pass
            if self._hang_up in select.select([self._hang_up, self._connection.sock], [], [])[0]:
                return

    def _hear(self, message: Message) -> None:
        if message.header.message_type is not MessageType.method_call:
            return
        self.asker = message.header.fields[HeaderFields.sender]
        answer = self.answer(message.header.fields[HeaderFields.member], message.body)
        if answer is None:
            self._connection.send(new_error(message, "org.freedesktop.DBus.Error.UnknownMethod"))
        else:
            self._connection.send(new_method_return(message, answer[0] or None, answer[1]))


class Notifications(Service):
    """What shows notices on a desktop."""

    name = interface = "org.freedesktop.Notifications"
    path = "/org/freedesktop/Notifications"

    def __init__(self, address: str, *can: str) -> None:
        self._can = list(can)
        self._shown: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._taken_away: queue.SimpleQueue[int] = queue.SimpleQueue()
        self._count = 0
        super().__init__(address)

    def next(self) -> dict[str, Any]:
        """The next notice shown: number, replaces, title, body, actions, hints."""
        return self._shown.get(timeout=_SECONDS)

    def next_taken_away(self) -> int:
        return self._taken_away.get(timeout=_SECONDS)

    def click(self, number: int) -> None:
        self.signal(self.interface, "ActionInvoked", "us", number, "default")

    def dismiss(self, number: int) -> None:
        self.signal(self.interface, "NotificationClosed", "uu", number, 2)

    def answer(self, method: str, body: tuple[Any, ...]) -> tuple[str, tuple[Any, ...]] | None:
        match method:
            case "GetCapabilities":
                return "as", (self._can,)
            case "Notify":
                _who, replaces, _icon, title, text, actions, hints, _expires = body
                self._count += not replaces
                number = replaces or self._count
                self._shown.put(
                    {"number": number, "replaces": replaces, "title": title, "body": text, "actions": actions,
                     "hints": hints}
                )  # fmt: skip
                return "u", (number,)
            case "CloseNotification":
                self._taken_away.put(body[0])
                return "", ()
        return None


class Portal(Service):
    """What tells programs of a desktop's settings."""

    name = "org.freedesktop.portal.Desktop"
    path = "/org/freedesktop/portal/desktop"

    def __init__(self, address: str, scheme: int) -> None:
        self._scheme = scheme
        super().__init__(address)

    def set(self, scheme: int) -> None:
        """0: no preference, 1: dark, 2: light."""
        self._scheme = scheme
        setting = ("org.freedesktop.appearance", "color-scheme", ("u", scheme))
        self.signal("org.freedesktop.portal.Settings", "SettingChanged", "ssv", *setting)

    def answer(self, method: str, body: tuple[Any, ...]) -> tuple[str, tuple[Any, ...]] | None:
        if (method, *body) == ("Read", "org.freedesktop.appearance", "color-scheme"):
            return "v", (("v", ("u", self._scheme)),)
        return None
