"""D-Bus, with patience: the bus may hang, and its client library waits without end for the bus's first answer.

Only buses on Unix sockets are spoken to; none is ever started, nor a service on it.
"""

from __future__ import annotations

import os
import socket
import struct
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from amif_netcheck.children.threads import BackgroundCall
from amif_netcheck.model.facts import Reason, Unavailable

T = TypeVar("T")
K = TypeVar("K")

BUS, BUS_PATH = "org.freedesktop.DBus", "/org/freedesktop/DBus"
PROPERTIES = "org.freedesktop.DBus.Properties"
_LATE = Unavailable(reason=Reason.TIMEOUT, detail="D-Bus did not answer in time")
_SHORTEST_S = 0.01
_CREDENTIALS = struct.Struct("3i")  # struct ucred: process, user, group


class Reply(NamedTuple):
    """What came back: `error` is the name of an error, empty when there is none."""

    body: tuple[Any, ...]
    error: str = ""

    @property
    def value(self) -> Any:
        """The first thing it says, out of its variant; None when it is an error or says nothing."""
        if self.error or not self.body:
            return None
        first = self.body[0]
        return first[1] if isinstance(first, tuple) and len(first) == 2 else first  # noqa: PLR2004

    @property
    def properties(self) -> dict[str, Any]:
        """What `GetAll` says, out of its variants; empty when it is an error."""
        variants = self.value
        return {name: value for name, (_, value) in variants.items()} if isinstance(variants, dict) else {}


@contextmanager
def system(auth_timeout_s: float) -> Iterator[Any]:
    """A `jeepney.io.blocking.DBusConnection` to the system bus, whose socket is closed also where the bus goes away.

    Raises:
        OSError: there is no bus, or it does not let us in (`TimeoutError`).
    """
    from jeepney.bus import get_bus

    with _connected(get_bus("SYSTEM"), auth_timeout_s) as bus:
        yield bus


@contextmanager
def session(auth_timeout_s: float) -> Iterator[Any]:
    """The same to the bus of this user's own session, never to that of another user (as root might, under sudo).

    Raises:
        OSError: see `system`.
    """
    from jeepney.bus import get_bus

    address = os.environ.get("DBUS_SESSION_BUS_ADDRESS") or ""
    folder = os.environ.get("XDG_RUNTIME_DIR") or ""
    if not address and not folder:
        raise FileNotFoundError("this session has no bus")
    place = get_bus(address) if address else str(Path(folder) / "bus")
    with _connected(place, auth_timeout_s, owner=os.geteuid()) as bus:
        yield bus


@contextmanager
def _connected(place: str, auth_timeout_s: float, owner: int | None = None) -> Iterator[Any]:
    from jeepney.io.blocking import DBusConnection, prep_socket

    sock = prep_socket(place, timeout=auth_timeout_s)
    try:
        credentials = sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
        user = _CREDENTIALS.unpack(credentials)[1]
        if owner not in {None, user}:
            raise PermissionError(f"the bus belongs to user {user}")
        yield DBusConnection(sock)
    finally:
        sock.close()


def call(name: str, path: str, face: str, method: str, *arguments: str, signature: str = "") -> Any:
    """A call whose arguments are texts, where `signature` says nothing else. It starts no service."""
    from jeepney import DBusAddress, MessageFlag, new_method_call

    signature = signature or "s" * len(arguments)
    message = new_method_call(DBusAddress(path, name, face), method, signature, arguments)
    message.header.flags |= MessageFlag.no_auto_start
    return message


def ask(bus: Any, questions: Mapping[K, Any], until: float) -> dict[K, Reply]:
    """Send all at once; the replies that came by `until` (`time.monotonic`), so that nobody holds the others up.

    Raises:
        OSError: the bus went away.
    """
    from jeepney import HeaderFields, MessageType

    waiting, replies = {}, {}
    for key, message in questions.items():
        serial = next(bus.outgoing_serial)
        waiting[serial] = key
        bus.send(message, serial=serial)
    while waiting and (left := until - time.monotonic()) > 0:
        try:
            message = bus.receive(timeout=max(_SHORTEST_S, left))
        except TimeoutError:
            break
        serial = message.header.fields.get(HeaderFields.reply_serial)
        if serial in waiting:
            failed = message.header.message_type is MessageType.error
            error = str(message.header.fields.get(HeaderFields.error_name, "?")) if failed else ""
            replies[waiting.pop(serial)] = Reply(message.body, error)
    return replies


def ask_one(bus: Any, question: Any, until: float) -> Reply:
    """The reply to one call.

    Raises:
        OSError: the bus went away, or no answer came by `until` (`TimeoutError`).
    """
    replies = ask(bus, {0: question}, until)
    if not replies:
        raise TimeoutError
    return replies[0]


def last_part(name: str) -> str:
    """`AccessDenied` of `org.freedesktop.DBus.Error.AccessDenied`."""
    return name.rpartition(".")[2]


def answer(until: float, ask: Callable[[], T | Unavailable]) -> T | Unavailable:
    """What `ask` returns by `until` (`time.monotonic`). No error of the bus gets out."""

    def asked() -> T | Unavailable:
        try:
            return ask()
        except TimeoutError:
            return _LATE
        except (OSError, StopIteration, KeyError) as error:  # no bus, or an address of it that makes no sense
            return Unavailable(reason=Reason.NOT_PRESENT, detail=f"no D-Bus: {error!r}")
        except Exception as error:  # noqa: BLE001 - whatever the bus sent: nothing else may fail with it
            return Unavailable(reason=Reason.ERROR, detail=f"D-Bus: {error!r}")

    result = BackgroundCall(asked).result(until)
    late = isinstance(result, Unavailable) and result.reason is Reason.TIMEOUT
    return _LATE if late else result
