"""Services on a bus of a test's own, which answer as the test wants: late, never, with errors, with nonsense."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from jeepney import (
    HeaderFields,
    Message,
    MessageType,
    message_bus,
    new_error,
    new_method_return,
)
from jeepney.io.blocking import open_dbus_connection

Answer = Callable[[Message], Message | None]
_POLL_S = 0.02
_END_S = 10


class Service:
    """A process on the bus `address`, called `names`; a context manager.

    `properties`: (signature, value) by path, interface and name. `methods`: what answers a call, by the method's name;
    None is no answer, ever. `asked`: method and arguments of each call so far.
    """

    def __init__(self, address: str, *names: str) -> None:
        self.names = names
        self.properties: dict[tuple[str, str], dict[str, tuple[str, Any]]] = {}
        self.methods: dict[str, Answer] = {"Get": self._get, "GetAll": self._get_all}
        self.asked: list[tuple[str, ...]] = []
        self.hangs = False
        self._bus = open_dbus_connection(address)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> Self:
        for name in self.names:
            self._bus.send_and_get_reply(message_bus.RequestName(name), timeout=_END_S)
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.die()

    @property
    def owner(self) -> str:
        """Its name on the bus that nobody else gets."""
        return str(self._bus.unique_name)

    def release(self) -> None:
        """Give its names back, and stay on the bus."""
        for name in self.names:
            self._bus.send(message_bus.ReleaseName(name))

    def die(self) -> None:
        """Leave the bus."""
        self._ended.set()
        if threading.current_thread() is not self._thread:
            self._thread.join(_END_S)
        self._bus.close()

    def _serve(self) -> None:
        while not self._ended.is_set():
            try:
                message = self._bus.receive(timeout=_POLL_S)
            except TimeoutError:
                continue
            except OSError:
                return
            if message.header.message_type is not MessageType.method_call or self.hangs:
                continue
            member = str(message.header.fields[HeaderFields.member])
            self.asked.append((member, *message.body))
            answer = self.methods.get(member, unknown)(message)
            if answer is not None and not self._ended.is_set():
                self._bus.send(answer)

    def _get(self, message: Message) -> Message:
        face, name = message.body
        found = self.properties.get((message.header.fields[HeaderFields.path], face))
        if found is None or name not in found:
            return unknown(message)
        return new_method_return(message, "v", (found[name],))

    def _get_all(self, message: Message) -> Message:
        found = self.properties.get((message.header.fields[HeaderFields.path], message.body[0]))
        return unknown(message) if found is None else new_method_return(message, "a{sv}", (found,))


def unknown(message: Message) -> Message:
    """As libraries answer for an object that isn't there."""
    return new_error(message, "org.freedesktop.DBus.Error.UnknownObject")


def refusing(error: str) -> Answer:
    """Answers with this error."""
    return lambda message: new_error(message, error, "s", ("no",))


def silent(_message: Message) -> None:
    """Answers never."""


class Player(Service):
    """A media player (MPRIS) that plays, and does what it is told."""

    PATH = "/org/mpris/MediaPlayer2"
    ABOUT, PLAYER = "org.mpris.MediaPlayer2", "org.mpris.MediaPlayer2.Player"

    def __init__(self, address: str, *names: str, identity: str = "Radio", status: str = "Playing") -> None:
        super().__init__(address, *(f"{self.ABOUT}.{name}" for name in names))
        self.state: dict[str, tuple[str, Any]] = {
            "PlaybackStatus": ("s", status),
            "CanPause": ("b", True),
            "CanControl": ("b", True),
            "Metadata": ("a{sv}", {"xesam:title": ("s", "What she listens to")}),
        }
        self.properties[self.PATH, self.PLAYER] = self.state
        self.properties[self.PATH, self.ABOUT] = {"Identity": ("s", identity)}
        self.methods["Pause"] = self._pause

    def _pause(self, message: Message) -> Message:
        self.state["PlaybackStatus"] = ("s", "Paused")
        return new_method_return(message)


if __name__ == "__main__":
    process, identity = sys.argv[2:]
    Path("/proc/self/comm").write_text(process)
    with Player(sys.argv[1], process, identity=identity):
        signal.pause()
