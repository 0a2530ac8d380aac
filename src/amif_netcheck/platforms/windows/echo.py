"""ICMP echo by Windows' own calls (IcmpSendEcho2, Icmp6SendEcho2), as a datagram socket that speaks ICMP would give it.

The caller has one end of a pair of sockets. What it sends there is an echo request; a thread takes it at the other end, has
it called out by one of several workers, and an answer comes back as an echo reply with the caller's own sequence number.
Windows counts whole milliseconds, so the times are the caller's.
"""

from __future__ import annotations

import contextlib
import ctypes
import logging
import queue
import socket
import struct
import threading
import weakref
from collections.abc import Callable
from ctypes import POINTER, c_uint8, c_uint16, c_uint32, c_uint64, c_void_p
from ctypes import Structure as Layout
from ipaddress import IPv4Address, ip_address
from typing import Protocol

from amif_netcheck.model.facts import Reason, Unavailable
from amif_netcheck.platforms.answers import Address
from amif_netcheck.platforms.windows import libraries, structures, tables

log = logging.getLogger(__name__)

_DLL = "iphlpapi.dll"
_WAIT_MS = 1000
"""An answer after that is of no use to a call."""
_MOST_WORKERS = 64
"""At 50 requests a second that all stay unanswered for a second."""
_LARGEST = 2048
_HEADER = struct.Struct("!BBHHH")
_REQUESTS = {4: 8, 6: 128}  # RFC 792, RFC 4443
_REPLIES = {4: 0, 6: 129}
_LOOK_S = 0.25
"""How often the thread looks whether the caller's end is closed."""
_INVALID_HANDLE = ctypes.c_void_p(-1).value
_SUCCESS = 0
_ROOM_BEYOND_DATA = 128
"""ipexport.h: the reply's own header, eight bytes for an ICMP error, and an IO_STATUS_BLOCK."""


class EchoReply4(Layout):
    """ICMP_ECHO_REPLY (ipexport.h)."""

    _fields_ = (
        ("address", c_uint8 * 4),
        ("status", c_uint32),
        ("round_trip_ms", c_uint32),
        ("data_size", c_uint16),
        ("reserved", c_uint16),
        ("data", c_uint64),
        ("options", c_uint64 * 2),
    )


class EchoReply6(Layout):
    """ICMPV6_ECHO_REPLY: an IPV6_ADDRESS_EX, packed, comes first; the data come right behind."""

    _fields_ = (
        ("address_ex", c_uint8 * 26),
        ("status", c_uint32),
        ("round_trip_ms", c_uint32),
    )


class EchoCaller(Protocol):
    """What can call an echo out. A handle is used by one thread at a time."""

    def open(self, version: int) -> int | Unavailable:
        """A handle for one IP version."""

    def call(self, handle: int, target: Address, scope: int, data: bytes) -> bytes | None:
        """What came back in time, of an echo reply alone; blocks for a second at most."""

    def close(self, handle: int) -> None:
        """Done with it."""


class IcmpCalls:
    """The calls of iphlpapi.dll."""

    def open(self, version: int) -> int | Unavailable:
        """IcmpCreateFile or Icmp6CreateFile."""
        name = "IcmpCreateFile" if version == 4 else "Icmp6CreateFile"  # noqa: PLR2004 - IP version
        try:
            handle = libraries.function(_DLL, name, result=c_void_p)()
        except libraries.MissingFunctionError as error:
            return libraries.missing(error)
        if handle in {None, _INVALID_HANDLE}:
            return libraries.unavailable(libraries.last_error(), name)
        return int(handle)

    def call(self, handle: int, target: Address, scope: int, data: bytes) -> bytes | None:
        """See `EchoCaller`."""
        room = ctypes.create_string_buffer(_ROOM_BEYOND_DATA + len(data))
        count = self._call_4(handle, target, data, room) if isinstance(target, IPv4Address) else (
            self._call_6(handle, target, scope, data, room)
        )  # fmt: skip
        if not count:
            return None
        base = ctypes.addressof(room)
        return parse_4(room.raw, base) if isinstance(target, IPv4Address) else parse_6(room.raw, len(data))

    def close(self, handle: int) -> None:
        """IcmpCloseHandle."""
        libraries.function(_DLL, "IcmpCloseHandle", c_void_p)(handle)

    def _call_4(
        self, handle: int, target: IPv4Address, data: bytes, room: ctypes.Array[ctypes.c_char]
    ) -> int:
        call = libraries.function(
            _DLL, "IcmpSendEcho2", c_void_p, c_void_p, c_void_p, c_void_p, c_uint32, c_void_p, c_uint16,
            c_void_p, c_void_p, c_uint32, c_uint32,
        )  # fmt: skip
        to = int.from_bytes(target.packed, "little")
        return int(call(handle, None, None, None, to, data, len(data), None, room, len(room), _WAIT_MS))

    def _call_6(
        self, handle: int, target: Address, scope: int, data: bytes, room: ctypes.Array[ctypes.c_char]
    ) -> int:
        sockaddr = POINTER(structures.SockaddrInet)
        call = libraries.function(
            _DLL, "Icmp6SendEcho2", c_void_p, c_void_p, c_void_p, c_void_p, sockaddr, sockaddr, c_void_p,
            c_uint16, c_void_p, c_void_p, c_uint32, c_uint32,
        )  # fmt: skip
        ours = structures.SockaddrInet(family=tables.AF_INET6)
        to = tables.sockaddr(target, scope)
        return int(call(handle, None, None, None, ours, to, data, len(data), None, room, len(room), _WAIT_MS))


def parse_4(room: bytes, base: int) -> bytes | None:
    """The data of an ICMP_ECHO_REPLY in memory at `base`; None for anything but an answer."""
    if len(room) < ctypes.sizeof(EchoReply4):
        return None
    reply = EchoReply4.from_buffer_copy(room)
    begin = reply.data - base
    inside = 0 <= begin <= len(room) - reply.data_size
    return room[begin : begin + reply.data_size] if reply.status == _SUCCESS and inside else None


def parse_6(room: bytes, size: int) -> bytes | None:
    """The data of an ICMPV6_ECHO_REPLY, as many bytes as were sent."""
    begin = ctypes.sizeof(EchoReply6)
    if len(room) < begin + size:
        return None
    reply = EchoReply6.from_buffer_copy(room)
    return room[begin : begin + size] if reply.status == _SUCCESS else None


def echo_socket(address: str, scope: int, caller: EchoCaller | None = None) -> socket.socket | Unavailable:
    """See `Platform.echo_socket`."""
    caller = caller or IcmpCalls()
    target = ip_address(address.partition("%")[0])
    handle = caller.open(target.version)
    if isinstance(handle, Unavailable):
        return handle
    try:
        near, far = _pair()
    except OSError as error:
        caller.close(handle)
        return Unavailable(reason=Reason.ERROR, detail=str(error))
    exchange = _Exchange(caller, handle, target, scope, far)
    threading.Thread(target=exchange.run, args=(weakref.ref(near),), daemon=True).start()
    return near


class _Exchange:
    """The far end of the pair, and the workers that call out what comes there."""

    def __init__(
        self, caller: EchoCaller, handle: int, target: Address, scope: int, far: socket.socket
    ) -> None:
        self._caller, self._first_handle = caller, handle
        self._target, self._scope = target, scope
        self._far = far
        self._waiting: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._idle = threading.Semaphore(0)
        self._workers = 0

    def run(self, near: Callable[[], socket.socket | None]) -> None:
        """Until the caller's end is closed, or nobody holds it any more."""
        version = self._target.version
        self._far.settimeout(_LOOK_S)
        try:
            while (held := near()) is not None and held.fileno() != -1:
                del held
                try:
                    request = self._far.recv(_LARGEST)
                except TimeoutError:
                    continue
                except OSError:  # Windows tells that an answer found the other end closed
                    continue
                if len(request) >= _HEADER.size and request[0] == _REQUESTS[version]:
                    self._hand_over(request)
        finally:
            for _ in range(self._workers):
                self._waiting.put(None)
            if not self._workers:
                self._caller.close(self._first_handle)
            self._far.close()

    def _hand_over(self, request: bytes) -> None:
        """To a worker that has nothing to do, or a new one; lost where all wait for answers, as in a full queue."""
        if not self._idle.acquire(blocking=False):
            if self._workers == _MOST_WORKERS:
                return
            handle = self._caller.open(self._target.version) if self._workers else self._first_handle
            if isinstance(handle, Unavailable):
                return
            self._workers += 1
            threading.Thread(target=self._work, args=(handle,), daemon=True).start()
        self._waiting.put(request)

    def _work(self, handle: int) -> None:
        try:
            while (request := self._waiting.get()) is not None:
                self._answer(handle, request)
                self._idle.release()
        except Exception:
            log.exception("an echo worker stopped")
        finally:
            self._caller.close(handle)

    def _answer(self, handle: int, request: bytes) -> None:
        *_, identifier, sequence = _HEADER.unpack_from(request)
        data = self._caller.call(handle, self._target, self._scope, request[_HEADER.size :])
        if data is not None:
            reply = _HEADER.pack(_REPLIES[self._target.version], 0, 0, identifier, sequence) + data
            with contextlib.suppress(OSError):  # the caller has gone
                self._far.send(reply)


def _pair() -> tuple[socket.socket, socket.socket]:
    """Two datagram sockets that hear nobody but each other: `socket.socketpair` is a stream on Windows."""
    ends: list[socket.socket] = []
    try:
        for _ in range(2):
            end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            ends.append(end)
            end.bind(("127.0.0.1", 0))
        near, far = ends
        near.connect(far.getsockname())
        far.connect(near.getsockname())
    except OSError:
        for end in ends:
            end.close()
        raise
    return near, far
