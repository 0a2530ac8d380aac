"""Asking Darwin's kernel: what sysctl(3) and a routing socket do, played by stand-ins."""

from __future__ import annotations

import ctypes
import errno
import os
import socket
import sys
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from typing import Any

import pytest

from amif_netcheck.platforms.macos import network_kernel, route_messages
from amif_netcheck.platforms.macos.route_messages import RouteEntry
from tests.recorded.macs import message

DEFAULT = RouteEntry(destination="0.0.0.0", prefix=0, interface=14, flags=3, gateway="192.168.1.1")


def sysctl(*tables: bytes, error: int = 0) -> Callable[[Any, Any], int]:
    """Gives one table after the other, and how long it is where there is no room for it."""
    left: Iterator[bytes] = iter(tables)
    current = next(left, b"")

    def call(buffer: Any, size: Any) -> int:
        nonlocal current
        if error:
            ctypes.set_errno(error)
            return -1
        length = size._obj
        if buffer is not None:
            current = next(left, current)
            if length.value < len(current):
                ctypes.set_errno(errno.ENOMEM)
                return -1
            buffer[: len(current)] = current
        length.value = len(current)
        return 0

    return call


def test_a_table_is_read_to_its_end() -> None:
    assert network_kernel.read(sysctl(b"x" * 500)) == b"x" * 500
    assert network_kernel.read(sysctl(b"")) == b""


def test_a_table_that_grows_while_it_is_read_is_asked_for_again() -> None:
    assert network_kernel.read(sysctl(b"x" * 10, b"y" * 500, b"z" * 501)) == b"z" * 501


def test_a_table_that_never_fits_is_given_up() -> None:
    growing = [b"x" * 10**power for power in range(1, 7)]
    with pytest.raises(OSError, match=os.strerror(errno.ENOMEM)):
        network_kernel.read(sysctl(*growing))


def test_a_refusal_is_the_kernels_own() -> None:
    with pytest.raises(PermissionError):
        network_kernel.read(sysctl(error=errno.EPERM))


@pytest.mark.skipif(sys.platform == "win32", reason="not on Windows: a pair of datagram sockets")
def test_of_all_that_a_routing_socket_tells_the_answer_is_taken() -> None:
    ours, kernels = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    mine = os.getpid()
    with ours, kernels:
        for other in (
            b"short",
            message(DEFAULT, kind=1, pid=mine, sequence=7),
            message(DEFAULT, kind=4, pid=mine + 1, sequence=7),
            message(DEFAULT, kind=4, pid=mine, sequence=6),
        ):
            kernels.send(other)
        right = message(DEFAULT, kind=4, pid=mine, sequence=7)
        kernels.send(right)
        assert network_kernel.ask(ours, ip_address("192.0.2.1"), 7) == right
        assert kernels.recv(1000) == route_messages.question(ip_address("192.0.2.1"), mine, 7)


@pytest.mark.skipif(sys.platform == "win32", reason="not on Windows: a pair of datagram sockets")
def test_an_error_in_the_answer_is_an_error() -> None:
    ours, kernels = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with ours, kernels:
        failed = bytearray(message(DEFAULT, kind=4, pid=os.getpid(), sequence=7))
        failed[24:28] = errno.ESRCH.to_bytes(4, sys.byteorder)
        kernels.send(bytes(failed))
        with pytest.raises(ProcessLookupError):
            network_kernel.ask(ours, ip_address("192.0.2.1"), 7)


@pytest.mark.skipif(sys.platform == "win32", reason="not on Windows: a pair of datagram sockets")
def test_a_routing_socket_that_stays_silent_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network_kernel, "_PATIENCE_S", 0.05)
    ours, kernels = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with ours, kernels, pytest.raises(TimeoutError):
        network_kernel.ask(ours, ip_address("192.0.2.1"), 7)
