"""A D-Bus of a test's own; with a mock of NetworkManager on it (Debian's python3-dbusmock), or services that a test makes."""

from __future__ import annotations

import os
import subprocess
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from jeepney import DBusAddress, MessageType, new_method_call
from jeepney.io.blocking import open_dbus_connection

from tests.lab.namespaces import end, wait_for

NEEDED = ("dbus-daemon", "python3-dbusmock")

_MANAGER = "org.freedesktop.NetworkManager"
_ROOT = "/org/freedesktop/NetworkManager"
_MOCK = "org.freedesktop.DBus.Mock"
_CLIENT = 2  # NM80211Mode: infrastructure
_START_S = 15


class Bus:
    """A bus with nobody on it; a context manager. `environment` points a program at it, as `SYSTEM` or `SESSION` bus.

    `daemon`: how it is started.
    """

    def __init__(
        self, folder: Path, kind: str = "SESSION", daemon: tuple[str, ...] = ("dbus-daemon", "--session")
    ) -> None:
        self._daemon = daemon
        self.address = f"unix:path={folder / 'bus'}"
        self.variable = f"DBUS_{kind}_BUS_ADDRESS"
        self.environment = {self.variable: self.address}
        self._stack = ExitStack()
        self._folder = folder

    def __enter__(self) -> Self:
        try:
            self.daemon = self._start(
                *self._daemon,
                "--nofork",
                "--nopidfile",
                f"--address={self.address}",
            )
            wait_for(self._answers, _START_S, "the bus")
            self._prepare()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        self._stack.close()

    def _prepare(self) -> None:
        """What a kind of bus needs once it is there."""

    def _start(self, *command: str) -> subprocess.Popen[bytes]:
        log = self._stack.enter_context((self._folder / f"{Path(command[0]).name}.log").open("wb"))
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=os.environ | self.environment
        )
        self._stack.callback(end, process)
        return process

    def _answers(self) -> bool:
        try:
            self.has_owner("org.freedesktop.DBus")
        except OSError:  # bound, but not listening yet
            return False
        return True

    def has_owner(self, name: str) -> bool:
        """Is anybody called so?"""
        with open_dbus_connection(self.address) as bus:
            question = new_method_call(
                DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus"),
                *("NameHasOwner", "s", (name,)),
            )
            return bool(bus.send_and_get_reply(question, timeout=_START_S).body[0])


class Mock(Bus):
    """A system bus with one mock of `python3-dbusmock` on it."""

    def __init__(self, folder: Path, template: str, name: str, *parameters: str) -> None:
        super().__init__(folder, "SYSTEM")
        self._command = ("/usr/bin/python3", "-m", "dbusmock", "--system", "-t", template, *parameters)
        self._name = name

    def _prepare(self) -> None:
        self.mock = self._start(*self._command)
        wait_for(lambda: self.has_owner(self._name), _START_S, f"the mock of {self._name}")


class NetworkManager(Mock):
    """NetworkManager with one Wi-Fi interface."""

    def __init__(self, folder: Path, interface: str = "wlan0") -> None:
        super().__init__(folder, "networkmanager", _MANAGER)
        self._interface = interface
        self._device = ""
        self._count = 0

    def _prepare(self) -> None:
        super()._prepare()
        state = 100  # activated
        self._device = self._call(_ROOT, _MOCK, "AddWiFiDevice", "ssi", "radio", self._interface, state)

    def access_point(self, ssid: str, frequency: int, strength: int, *, active: bool = False) -> str:
        """One more access point that is heard; `active` is the one in use."""
        self._count += 1
        path: str = self._call(
            *(_ROOT, _MOCK, "AddAccessPoint", "ssssuuuyu", self._device, f"ap{self._count}", ssid),
            *(f"02:00:00:00:00:{self._count:02x}", _CLIENT, frequency, 54_000, strength, 0x100),
        )
        if active:
            wireless = f"{_MANAGER}.Device.Wireless"
            properties = {"ActiveAccessPoint": ("o", path), "Bitrate": ("u", 72_200)}
            self._call(
                self._device,
                _MOCK,
                "AddProperties",
                "sa{sv}",
                wireless,
                {"ActiveAccessPoint": properties["ActiveAccessPoint"]},
            )
            self._call(
                self._device,
                _MOCK,
                "UpdateProperties",
                "sa{sv}",
                wireless,
                {"Bitrate": properties["Bitrate"]},
            )
        return path

    def _call(self, path: str, face: str, method: str, signature: str, *arguments: object) -> Any:
        with open_dbus_connection(self.address) as bus:
            message = new_method_call(DBusAddress(path, _MANAGER, face), method, signature, arguments)
            reply = bus.send_and_get_reply(message, timeout=_START_S)
        assert reply.header.message_type is not MessageType.error, reply.body
        return reply.body[0] if reply.body else None
