"""Host names to addresses, with a deadline: the system's resolver can't be cancelled, so it is left behind.

That resolver waits 5 s (resolv.conf(5)) for a name server that is dead before it asks the next. Where it takes long, all
of them are asked side by side.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address

from amif_netcheck.measure import dns
from amif_netcheck.model.facts import Reason, Unavailable

Address = IPv4Address | IPv6Address

_LONGEST_S = 60.0
"""Nobody waits so long: it only ends the thread."""
_NO_SUCH_HOST = 11001  # WSAHOST_NOT_FOUND (winerror.h)
_HEAD_START_S = 0.8
"""For the system's resolver alone: it knows more than name servers, such as the names in a file of this computer."""


class Names:
    """Looks each name up once and remembers the answer; safe to use from several threads."""

    def __init__(self, *, offline: bool = False) -> None:
        self._offline = offline
        self._lock = threading.Lock()
        self._lookups: dict[str, _Lookup] = {}

    def start(self, host: str) -> None:
        """Begin to look `host` up, without waiting."""
        self._lookup(host)

    def resolve(self, host: str, *, until: float) -> tuple[Address, ...] | Unavailable:
        """All addresses of `host`, in the system's order of preference, by `until` (`time.monotonic`)."""
        literal = _literal(host)
        if literal is not None:
            return (literal,)
        if self._offline:
            return Unavailable(reason=Reason.NOT_REQUESTED, detail="offline: no name is looked up")
        lookup = self._lookup(host)
        if not lookup.done.wait(max(0.0, until - time.monotonic())):
            return Unavailable(reason=Reason.TIMEOUT, detail="the name servers did not answer in time")
        return lookup.answer

    def took_s(self, host: str) -> float | None:
        """How long looking `host` up took, or has taken so far; None when it was not looked up."""
        with self._lock:
            lookup = self._lookups.get(host)
        return None if lookup is None else lookup.took_s

    def _lookup(self, host: str) -> _Lookup:
        with self._lock:
            if host not in self._lookups:
                self._lookups[host] = _Lookup(host)
            return self._lookups[host]


class TheseAddresses(Names):
    """Every name is these addresses: to go one way and no other."""

    def __init__(self, *addresses: Address) -> None:
        super().__init__()
        self._addresses = addresses

    def resolve(self, host: str, *, until: float) -> tuple[Address, ...] | Unavailable:
        """See `Names`."""
        del host, until
        return self._addresses


class _Lookup:
    """One name, asked of the system's resolver and, where that takes long, of each name server; nobody waits at exit."""

    def __init__(self, host: str) -> None:
        self.done = threading.Event()
        self.answer: tuple[Address, ...] | Unavailable = Unavailable(reason=Reason.ERROR)
        self._host = host
        self._began = time.perf_counter()
        self._ended: float | None = None
        self._lock = threading.Lock()
        self._system_failed = threading.Event()
        self._system_knows_none = False
        self._servers = dns.configured() if dns.is_global(host) else ()
        for ask in (self._ask_system, self._ask_servers):
            threading.Thread(target=ask, daemon=True).start()

    def _ask_system(self) -> None:
        try:
            entries = socket.getaddrinfo(self._host, None, type=socket.SOCK_DGRAM)
        except socket.gaierror as error:
            # Windows also says that there is no such host where no name server can be reached.
            self._system_knows_none = error.errno == _NO_SUCH_HOST and bool(self._servers)
            if error.errno == socket.EAI_AGAIN or self._system_knows_none:
                self._system_failed.set()  # what the name servers say tells why
            else:
                self._end(Unavailable(reason=Reason.NOT_PRESENT, detail=f"name lookup: {error.strerror}"))
        except (OSError, UnicodeError) as error:
            self._end(Unavailable(reason=Reason.ERROR, detail=f"name lookup: {error}"))
        else:
            texts = dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in entries)
            self._end(tuple(ip_address(text) for text in texts))

    def _ask_servers(self) -> None:
        self._system_failed.wait(_HEAD_START_S)
        responses: tuple[dns.DnsResponse, ...] = ()
        if not self.done.is_set():
            by = time.monotonic() + dns.PATIENCE_S
            responses = dns.ask(self._host, self._servers, until=by, stop=self.done, first_only=True)
        codes = {response.code for response in responses if response.code is not None}
        addresses = {address for response in responses for address in response.addresses}
        if addresses:
            self._end(tuple(sorted(addresses, key=lambda address: (-address.version, int(address)))))
        elif codes - {dns.OK, dns.NO_SUCH_NAME}:
            self._end(Unavailable(reason=Reason.BLOCKED, detail="name lookup: the name servers failed"))
        elif not codes or (self._system_failed.is_set() and not self._system_knows_none):
            self._system_failed.wait(_LONGEST_S)
            self._end(Unavailable(reason=Reason.TIMEOUT, detail="name lookup: no name server answers"))
        else:
            self._end(Unavailable(reason=Reason.NOT_PRESENT, detail="name lookup: no such name"))

    def _end(self, answer: tuple[Address, ...] | Unavailable) -> None:
        """What came first counts."""
        with self._lock:
            if self.done.is_set():
                return
            self.answer = answer
            self._ended = time.perf_counter()
            self.done.set()

    @property
    def took_s(self) -> float:
        return (self._ended or time.perf_counter()) - self._began


def leads_nowhere(host: str, addresses: Sequence[Address]) -> bool:
    """Is it a name, and are all its addresses this computer's own or none? So filters sink a name."""
    if not addresses or _literal(host) is not None or host.rstrip(".").casefold() == "localhost":
        return False
    return all(address.is_loopback or address.is_unspecified for address in addresses)


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        return None
