"""The way to the box: what it answers to, without privileges. ICMP, else DNS, else TCP connections."""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import compress

from amif_netcheck import winsock
from amif_netcheck.measure import results
from amif_netcheck.measure.exchange import DnsExchange, EchoExchange, Exchange
from amif_netcheck.measure.ledger import LINK_AND_IPV4, Ledger
from amif_netcheck.measure.socket_errors import Trouble, of_number, trouble, words
from amif_netcheck.measure.train import INTERVAL_S, LATE_AFTER_S, Samples, TrainSender
from amif_netcheck.model.facts import ProbeMethod, Reason, Train, Unavailable

_TRIAL_REQUESTS = 3
_TRIAL_S = 0.4
_DNS_PORT = 53
_TCP_PORTS = (443, 80, 53)
TCP_INTERVAL_S = 0.1
"""Ten connections a second: a box's web server is no target for more."""
_TCP_HANDSHAKE_BYTES = 2 * (LINK_AND_IPV4 + 40)

Socket = tuple[socket.socket, Exchange]


@dataclass(frozen=True)
class GatewayResponder:
    """A box and what it answers to. Of TCP there is no socket to keep: each request is a connection."""

    method: ProbeMethod
    address: str
    scope: int
    sock: socket.socket | None = None

    @property
    def interval_s(self) -> float:
        """The pace that suits the method."""
        return TCP_INTERVAL_S if self.sock is None else INTERVAL_S

    def exchange(self) -> Exchange:
        """Fresh requests, so that late answers to others are not taken for theirs."""
        return EchoExchange(ipv6=":" in self.address) if self.method is ProbeMethod.ICMP else DnsExchange()

    def close(self) -> None:
        """Done with it."""
        if self.sock is not None:
            self.sock.close()


class GatewayTrain:
    """A train of requests to the box. What is known may be read at any time, by any thread."""

    def __init__(self, box: GatewayResponder, ledger: Ledger) -> None:
        self._box, self._ledger = box, ledger
        self._sender = None if box.sock is None else TrainSender(box.sock, box.exchange(), ledger)
        self._result: Samples | None = None
        self._connections = Samples()

    @property
    def facts(self) -> Train | Unavailable:
        """The facts; of a train under way, of the requests whose fate is known."""
        samples = self._result
        if samples is None:
            samples = self._connections if self._sender is None else self._sender.settled()
        box = self._box
        return results.train(box.method, box.address, box.address, samples, interval_s=box.interval_s)

    def run(self, count: int, *, until: float, stop: threading.Event) -> None:
        """As long as `count` requests at a call's pace take; ends by `until` (`time.monotonic`)."""
        if self._sender is not None:
            self._result = self._sender.run(count, until=until, stop=stop)
        else:
            self._connect_again_and_again(count * INTERVAL_S, until=until, stop=stop)

    def _connect_again_and_again(self, duration_s: float, *, until: float, stop: threading.Event) -> None:
        box = self._box
        port = _tcp_port(box.address, box.scope)
        end = min(time.monotonic() + duration_s, until - LATE_AFTER_S)
        while port is not None and time.monotonic() < end and not stop.wait(TCP_INTERVAL_S):
            self._connections.rtt_ns.append(_connect_ns(box.address, port, box.scope, LATE_AFTER_S))
            self._ledger.add(sent=_TCP_HANDSHAKE_BYTES, received=_TCP_HANDSHAKE_BYTES // 2)


def reach(
    address: str,
    scope: int,
    echo_socket: Callable[[str, int], socket.socket | Unavailable],
    *,
    ledger: Ledger,
    stop: threading.Event,
) -> GatewayResponder | Unavailable:
    """Find the best thing that the box answers to, within a second and a half.

    Of TCP only the round trips are of use: the kernel repeats what is lost. A box that answers to nothing is
    `TIMEOUT`: not measured, which says nothing against it; `NOT_PERMITTED` where the system lets nothing out to it.
    `echo_socket`: see `Platform`.
    """
    openers: tuple[Callable[[], Socket], ...] = (
        lambda: _open_echo(address, echo_socket(address, scope)),
        lambda: _open_dns(address, scope),
    )
    usable = _first_that_answers(openers, ledger, stop)
    if isinstance(usable, tuple):
        sock, exchange = usable
        return GatewayResponder(exchange.method, address, scope, sock)
    if _tcp_port(address, scope) is not None:
        return GatewayResponder(ProbeMethod.TCP, address, scope)
    return _forbidden(address, scope) or Unavailable(reason=Reason.TIMEOUT, detail=usable)


def _forbidden(address: str, scope: int, system: str = sys.platform) -> Unavailable | None:
    """Does the system keep us from the local network? macOS says then that there is no route to a host that it knows."""
    exchange = DnsExchange()
    try:
        sock, _ = _open_dns(address, scope)
        with sock:
            sock.send(exchange.request(0))
    except OSError as error:
        said = trouble(error, datagrams=True)
        if said is Trouble.FORBIDDEN or (system == "darwin" and said is Trouble.HOST_UNREACHABLE):
            return Unavailable(reason=Reason.NOT_PERMITTED, detail=f"the box: {words(error, datagrams=True)}")
    return None


def _first_that_answers(
    openers: tuple[Callable[[], Socket], ...], ledger: Ledger, stop: threading.Event
) -> Socket | str:
    """Try all at once; the first of the list that answered wins. Otherwise why each one failed."""
    candidates = [_opened(opener) for opener in openers]
    opened = [candidate for candidate in candidates if not isinstance(candidate, str)]
    answering = _answering(opened, ledger, stop)
    for sock, _ in opened:
        if not answering or sock is not answering[0][0]:
            sock.close()
    return next(iter(answering), None) or "; ".join(
        candidate if isinstance(candidate, str) else f"{candidate[1].method.value}: no answer"
        for candidate in candidates
    )


def _opened(opener: Callable[[], Socket]) -> Socket | str:
    try:
        return opener()
    except OSError as error:
        return words(error, datagrams=True)


def _answering(opened: list[Socket], ledger: Ledger, stop: threading.Event) -> list[Socket]:
    """Those that are answered over, in their order."""
    answered = [False] * len(opened)

    def try_out(index: int, sock: socket.socket, exchange: Exchange) -> None:
        samples = TrainSender(sock, exchange, ledger).run(
            _TRIAL_REQUESTS,
            until=time.monotonic() + _TRIAL_S + LATE_AFTER_S,
            stop=stop,
            interval_s=_TRIAL_S / _TRIAL_REQUESTS,
            patience_s=_TRIAL_S,
        )
        answered[index] = samples.received > 0

    threads = [
        threading.Thread(target=try_out, args=(index, *candidate), daemon=True)
        for index, candidate in enumerate(opened)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return list(compress(opened, answered))


def _open_echo(address: str, sock: socket.socket | Unavailable) -> Socket:
    if isinstance(sock, Unavailable):
        raise OSError(sock.detail)
    return sock, EchoExchange(ipv6=":" in address)


def _open_dns(address: str, scope: int) -> Socket:
    sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
    return _connected(sock, address, _DNS_PORT, scope), DnsExchange()


def _connected(sock: socket.socket, address: str, port: int, scope: int) -> socket.socket:
    try:
        sock.connect((address, port, 0, scope) if ":" in address else (address, port))
    except OSError:
        sock.close()
        raise
    return sock


def _tcp_port(address: str, scope: int) -> int | None:
    """The first port that accepts or refuses; None when all stay silent."""
    return next(
        (port for port in _TCP_PORTS if _connect_ns(address, port, scope, _TRIAL_S) is not None), None
    )


def _connect_ns(address: str, port: int, scope: int, timeout_s: float) -> int | None:
    """Nanoseconds until the other side accepted or refused; None when it stayed silent."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as sock:
        # Closing with a reset leaves nothing behind on either side.
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, winsock.linger(0))
        winsock.connect_once(sock)
        sock.settimeout(timeout_s)
        started = time.perf_counter_ns()
        code = sock.connect_ex((address, port, 0, scope) if family == socket.AF_INET6 else (address, port))
        elapsed = time.perf_counter_ns() - started
    refused = code != 0 and trouble(of_number(code)) is Trouble.REFUSED
    return elapsed if code == 0 or refused else None
