"""Who announces services by multicast DNS (RFC 6762, RFC 6763) on one interface. What it sends: docs/neighbours.md."""

from __future__ import annotations

import asyncio
import logging
import re
import socket
import struct
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any

from zeroconf import BadTypeInNameException, IPVersion, ServiceStateChange
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from amif_netcheck.measure.socket_errors import of_local_network, words
from amif_netcheck.model.facts import Unavailable

log = logging.getLogger(__name__)

_GROUPS = {4: "224.0.0.251", 6: "ff02::fb"}
_PORT = 5353
_ALL_TYPES = "_services._dns-sd._udp.local."
_TYPE = re.compile(r"_[a-z0-9-]{1,62}\._(?:tcp|udp)\.local\.", re.IGNORECASE)
_QUESTION = (
    struct.pack("!6H", 0, 0, 1, 0, 0, 0) + b"\x09_services\x07_dns-sd\x04_udp\x05local\x00\x00\x0c\x00\x01"
)
"""Which types of services there are (RFC 6763, section 9), as a DNS message."""

_POLL_S = 0.1
_CLOSING_S = 0.4
"""Before the deadline: what is left open is closed."""
_MORE_TYPES_AFTER_S = 1.0
_MOST_MORE_TYPES = 20
_RESOLVING_AFTER_S = 1.4
_MOST_RESOLVED = 24
_MOST_INSTANCES = 2000
_MOST_ADDRESSES = 8


@dataclass
class Host:
    """A host that announces services. `texts` are the TXT records of all its services, as `key=value`."""

    name: str
    addresses: set[str] = field(default_factory=set)
    services: set[str] = field(default_factory=set)
    instances: list[str] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)


def browse(
    source: str, scope: int, types: Iterable[str], *, until: float, stop: threading.Event
) -> list[Host] | Unavailable:
    """Ask for `types` (such as `_airplay._tcp`) and for what else there is, from `source`, until `until`.

    `scope` is the interface's index, for IPv6. Blocks; runs an event loop of its own.
    """
    try:
        _ask_for_types(source, scope)
        # Windows' usual loop ends a socket's receiving at the first refusal (python/cpython#91227, until 3.11.9).
        with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
            wanted = [f"{name}.local." for name in types]
            return runner.run(_browse(source, wanted, until=until, stop=stop))
    except OSError as error:
        return refused(error)


def refused(error: OSError) -> Unavailable:
    """Why a multicast message could not be sent, as a fact."""
    return Unavailable(reason=of_local_network(error), detail=f"multicast: {words(error, datagrams=True)}")


def _ask_for_types(source: str, scope: int) -> None:
    """One question by hand, as the library does not say when the system forbids to send.

    Raises:
        OSError: it does.
    """
    version = ip_address(source).version
    family = socket.AF_INET if version == 4 else socket.AF_INET6  # noqa: PLR2004 - IP version
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        if version == 4:  # noqa: PLR2004 - IP version
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(source))
            sock.bind((source, 0))
            sock.sendto(_QUESTION, (_GROUPS[4], _PORT))
        else:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, scope)
            sock.bind((source, 0, 0, scope))
            sock.sendto(_QUESTION, (_GROUPS[6], _PORT, 0, scope))


async def _browse(source: str, types: list[str], *, until: float, stop: threading.Event) -> list[Host]:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _loop, context: log.debug("mDNS: %s", context.get("message")))
    version = IPVersion.V4Only if ip_address(source).version == 4 else IPVersion.V6Only  # noqa: PLR2004
    zeroconf = AsyncZeroconf(interfaces=[source], ip_version=version)
    announcements = _Announcements(zeroconf)
    try:
        announcements.browse([_ALL_TYPES, *types])
        began = time.monotonic()
        end = until - _CLOSING_S
        more = resolving = False
        while not stop.is_set() and time.monotonic() < end:
            await asyncio.sleep(max(0.0, min(_POLL_S, end - time.monotonic())))
            if not more and time.monotonic() - began > _MORE_TYPES_AFTER_S:
                more = True
                announcements.browse(announcements.other_types(types)[:_MOST_MORE_TYPES])
            if not resolving and time.monotonic() - began > _RESOLVING_AFTER_S:
                resolving = True
                announcements.resolve(end)
        return announcements.hosts()
    finally:
        await announcements.close()


class _Announcements:
    """What was announced so far."""

    def __init__(self, zeroconf: AsyncZeroconf) -> None:
        self._zeroconf = zeroconf
        self._browsers: list[AsyncServiceBrowser] = []
        self._instances: dict[str, str] = {}
        self._types: dict[str, None] = {}
        self._tasks: list[asyncio.Task[bool]] = []

    def browse(self, types: list[str]) -> None:
        if types:
            self._browsers.append(
                AsyncServiceBrowser(self._zeroconf.zeroconf, types, handlers=[self._changed])
            )

    def other_types(self, known: list[str]) -> list[str]:
        return [name for name in self._types if name not in known]

    def resolve(self, end: float) -> None:
        """Ask for what answers left out."""
        for info in self._infos():
            if len(self._tasks) >= _MOST_RESOLVED:
                return
            if not info.load_from_cache(self._zeroconf.zeroconf):
                left_ms = max(1.0, (end - time.monotonic()) * 1000)
                self._tasks.append(
                    asyncio.ensure_future(info.async_request(self._zeroconf.zeroconf, left_ms))
                )

    def hosts(self) -> list[Host]:
        """By host name; names are as the network spelled them."""
        hosts: dict[str, Host] = {}
        for info in self._infos():
            info.load_from_cache(self._zeroconf.zeroconf)
            if not info.server:
                continue
            host = hosts.setdefault(info.server.casefold(), Host(info.server))
            addresses = [address.partition("%")[0] for address in info.parsed_addresses()]
            host.addresses.update(addresses[:_MOST_ADDRESSES])
            host.services.add(info.type.removesuffix(".local.").lower())
            host.instances.append(info.name.removesuffix("." + info.type))
            for key, value in info.properties.items():
                host.texts[_text(key).lower()] = _text(value or b"")
        return list(hosts.values())

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for browser in self._browsers:
            await browser.async_cancel()
        await self._zeroconf.async_close()

    def _changed(self, service_type: str, name: str, state_change: ServiceStateChange, **_: Any) -> None:
        if state_change is not ServiceStateChange.Added or len(self._instances) >= _MOST_INSTANCES:
            return
        if service_type != _ALL_TYPES:
            self._instances[name] = service_type
        elif _TYPE.fullmatch(name) and len(self._types) < _MOST_INSTANCES:
            self._types[name.lower()] = None

    def _infos(self) -> Iterable[AsyncServiceInfo]:
        """What is known of each instance, whatever the order they came in; names that can't be one are left out."""
        for name, service_type in sorted(self._instances.items()):
            try:
                yield AsyncServiceInfo(service_type, name)
            except (BadTypeInNameException, ValueError, UnicodeError):
                log.debug("mDNS: no name of a service: %r", name[:80])


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")
