"""Host names to addresses, with a deadline: the system's resolver can't be cancelled, so it is left behind."""

from __future__ import annotations

import socket
import threading
import time
from ipaddress import IPv4Address, IPv6Address, ip_address

from amif_netcheck.model.facts import Reason, Unavailable

Address = IPv4Address | IPv6Address


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
    """One question to the system's resolver, in a thread that nobody waits for at exit."""

    def __init__(self, host: str) -> None:
        self.done = threading.Event()
        self._began = time.monotonic()
        self._ended: float | None = None
        self.answer: tuple[Address, ...] | Unavailable = Unavailable(reason=Reason.ERROR)
        threading.Thread(target=self._ask, args=(host,), daemon=True).start()

    def _ask(self, host: str) -> None:
        try:
            entries = socket.getaddrinfo(host, None, type=socket.SOCK_DGRAM)
        except socket.gaierror as error:
            again = error.errno == socket.EAI_AGAIN
            reason = Reason.TIMEOUT if again else Reason.NOT_PRESENT
            self.answer = Unavailable(reason=reason, detail=f"name lookup: {error.strerror}")
        except (OSError, UnicodeError) as error:
            self.answer = Unavailable(reason=Reason.ERROR, detail=f"name lookup: {error}")
        else:
            texts = dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in entries)
            self.answer = tuple(ip_address(text) for text in texts)
        self._ended = time.monotonic()
        self.done.set()

    @property
    def took_s(self) -> float:
        return (self._ended or time.monotonic()) - self._began


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        return None
