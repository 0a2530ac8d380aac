"""The test point itself: one port for TCP and UDP, a thread for each connection, one for all datagrams."""

from __future__ import annotations

import contextlib
import logging
import socket
import ssl
import sys
import threading
import time

from amif_netcheck import winsock
from amif_netcheck.measure.socket_errors import Trouble, trouble
from amif_netcheck.serve.access_log import AccessLog
from amif_netcheck.serve.calls import Calls
from amif_netcheck.serve.clients import AdmissionControl, ConnectionLimiter, client_of, plain
from amif_netcheck.serve.config import ServeConfig
from amif_netcheck.serve.connection import ClientConnection, Services
from amif_netcheck.serve.datagrams import Datagrams
from amif_netcheck.serve.routes import Routes
from amif_netcheck.serve.udp_socket import SourceAwareUdpSocket

log = logging.getLogger(__name__)
_BACKLOG = 128
_TRIES = 20
_QUEUE_BYTES = 1 << 20
_STACK_BYTES = 512 * 1024
_PAUSE_S = 0.05
_STOP_CHECK_S = 0.2


class MeasurementServer:
    """Bound to its port when made; `run` serves until it is told to stop.

    Raises:
        OSError: the address or port can't be used.
        ssl.SSLError: certificate and key are no pair, or no PEM. (An `OSError` too.)
    """

    __test__ = False  # pytest takes classes with this name for its own

    def __init__(self, config: ServeConfig) -> None:
        self._token = bool(config.token)
        self._tls = _tls(config) if config.tls else None
        self._tcp, self._udp = _bind(config.host, config.port)
        where = self._tcp.getsockname()
        self.port: int = where[1]
        self._address = f"{where[0]} port {self.port}, {'HTTPS' if self._tls else 'HTTP'} and UDP"
        limits = config.limits
        access_log = AccessLog(addresses=config.log_addresses)
        gate = AdmissionControl(limits)
        udp = SourceAwareUdpSocket(self._udp)
        calls = Calls(gate, access_log, udp.send)
        self._services = Services(Routes(config, calls, self.port), gate, access_log, config)
        self._datagrams = Datagrams(udp, calls, limits.client_packets_s)
        self._connections = ConnectionLimiter(limits.connections, limits.client_connections)

    def run(self, stop: threading.Event) -> None:
        """Serve until `stop` is set. What is under way is left to the end of the process."""
        log.info("listening on %s%s", self._address, ", with a token" if self._token else "")
        threading.stack_size(_STACK_BYTES)
        threading.Thread(target=self._datagrams.run, daemon=True).start()
        threading.Thread(target=self._accept, daemon=True).start()
        while (
            not stop.is_set()
        ):  # no `wait`: a signal's handler that sets it would wait for the lock that `wait` holds
            time.sleep(_STOP_CHECK_S)
        log.info("ended")
        self.close()

    def close(self) -> None:
        """Give the port back."""
        self._tcp.close()
        self._udp.close()

    def _accept(self) -> None:
        while self._tcp.fileno() >= 0:
            try:
                sock, peer = self._tcp.accept()
            except OSError:  # out of file descriptors for a moment, or closed
                time.sleep(_PAUSE_S)
                continue
            address = plain(peer[0])
            if not self._connections.enter(client_of(address)):
                sock.close()
                continue
            try:
                threading.Thread(target=self._serve, args=(sock, address), daemon=True).start()
            except RuntimeError:  # the system has no more threads
                self._connections.leave(client_of(address))
                sock.close()

    def _serve(self, sock: socket.socket, address: str) -> None:
        try:
            with contextlib.suppress(OSError), self._wrapped(sock) as connected:
                ClientConnection(connected, address, self._services).run()
        except Exception:
            log.exception("internal error")
        finally:
            sock.close()
            self._connections.leave(client_of(address))

    def _wrapped(self, sock: socket.socket) -> socket.socket:
        if self._tls is None:
            return sock
        return self._tls.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)


def _tls(config: ServeConfig) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(config.tls_cert, config.tls_key, password=lambda: "")  # never ask at a terminal
    return context


def _bind(host: str, port: int) -> tuple[socket.socket, socket.socket]:
    """A TCP and a UDP socket with the same port; of any free port (0) several are tried."""
    family, _kind, _protocol, _name, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    both = family == socket.AF_INET6 and socket.has_dualstack_ipv6()
    for tries_left in reversed(range(_TRIES)):
        tcp = _socket(family, socket.SOCK_STREAM, both=both)
        udp = _socket(family, socket.SOCK_DGRAM, both=both)
        try:
            tcp.bind(address)
            tcp.listen(_BACKLOG)
            winsock.ignore_refusals(udp)
            udp.bind((address[0], tcp.getsockname()[1], *address[2:]))
        except OSError as error:
            tcp.close()
            udp.close()
            # Windows refuses a port that somebody has for himself alone, or that it keeps for itself (WSAEACCES).
            taken = trouble(error) in {Trouble.IN_USE, Trouble.FORBIDDEN}
            if port or not tries_left or not taken:
                raise
        else:
            return tcp, udp
    raise AssertionError("the last try returns or raises")


def _socket(family: int, kind: int, *, both: bool) -> socket.socket:
    """One of both, ready to be bound, by nobody but us. `both`: it takes IPv4, too."""
    sock = socket.socket(family, kind)
    if kind == socket.SOCK_DGRAM:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _QUEUE_BYTES)
    elif sys.platform != "win32":  # there it would let others take the port
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    winsock.bind_alone(sock)
    if family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(not both))
    return sock
