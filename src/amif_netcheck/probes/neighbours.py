"""Other devices on the local network, by every source side by side, and what they use. What it sends: docs/neighbours.md."""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from ipaddress import IPv4Network, ip_address, ip_network
from typing import TypeVar

import aiooui

from amif_netcheck.catalog.devices import service_types
from amif_netcheck.children.threads import BackgroundCall
from amif_netcheck.measure import mdns, ssdp, upnp
from amif_netcheck.measure.sweep import sweep
from amif_netcheck.model.facts import (
    NOT_REQUESTED,
    Answers,
    Carriage,
    NeighboursFacts,
    OthersUse,
    Reason,
    Unavailable,
)
from amif_netcheck.platforms.answers import Neighbour
from amif_netcheck.probes import others_use
from amif_netcheck.probes.context import Context
from amif_netcheck.probes.egress import egress_interface
from amif_netcheck.probes.sightings import Network, Sightings

log = logging.getLogger(__name__)

LOOKING_S = 3.6
_GATHERING_S = 0.15
"""Before the end: what the threads found is put together."""
_MOST_DEVICES = 100
_MOST_DESCRIPTIONS = 16
_DESCRIBERS = 4
_LONGEST_FETCH_S = 1.2

_SHORTEST_S = 1.9
"""Devices take up to a second to answer a search, and a first question may get lost."""

T = TypeVar("T")


@dataclass(frozen=True)
class _LocalNetwork:
    """Where this computer is: the interface that carries the meeting, its own addresses, its networks, and its box."""

    interface: str
    scope: int
    own: frozenset[str]
    ipv4: str
    link_local: str
    networks: tuple[Network, ...]
    box: str


def probe(context: Context, until: float) -> NeighboursFacts | Unavailable:
    """Look by `until` (`time.monotonic`). With `context.offline` only the system's own table is read."""
    end = min(until, time.monotonic() + LOOKING_S)
    interface = egress_interface(context, end)
    if isinstance(interface, Unavailable):
        return interface
    if _is_tunnel(context, interface):
        return Unavailable(reason=Reason.BLOCKED, detail="a tunnel hides the local network")
    here = _place(context, interface)
    before = context.platform.neighbours(interface)
    talking = _Discovery(context, here, end - _GATHERING_S)
    swept = _sweep(context, here, end - _GATHERING_S)
    talking.wait()
    after = context.platform.neighbours(interface)
    table = before if isinstance(after, Unavailable) else after
    gathered = Sightings(here.networks, here.own)
    in_table = table if isinstance(table, Unavailable) else Answers(devices=gathered.table(table))
    hosts, responders, described, use = talking.results()
    by_mdns = hosts if isinstance(hosts, Unavailable) else Answers(devices=gathered.mdns(hosts))
    by_ssdp = (
        responders
        if isinstance(responders, Unavailable)
        else Answers(devices=gathered.ssdp(responders, described))
    )
    devices = gathered.devices(frozenset({here.box}), _vendors())
    return NeighboursFacts(
        interface=interface,
        devices=tuple(devices[:_MOST_DEVICES]),
        total=len(devices),
        table=in_table,
        mdns=by_mdns,
        ssdp=by_ssdp,
        sweep=swept or _newcomers(before, after),
        others=use,
    )


def _is_tunnel(context: Context, interface: str) -> bool:
    """Is it a tunnel, with nothing known of what carries it?"""
    answer = context.platform.interfaces()
    interfaces = () if isinstance(answer, Unavailable) else answer
    return any(one.name == interface and one.carriage is Carriage.TUNNEL for one in interfaces)


def _place(context: Context, interface: str) -> _LocalNetwork:
    answer = context.platform.interfaces()
    interfaces = () if isinstance(answer, Unavailable) else answer
    mine = next((one.addresses for one in interfaces if one.name == interface), ())
    networks = context.platform.networks(interface)
    gateway = context.platform.gateway()
    at_box = not isinstance(gateway, Unavailable) and gateway.interface == interface
    return _LocalNetwork(
        interface=interface,
        scope=gateway.scope if at_box and not isinstance(gateway, Unavailable) else 0,
        own=frozenset(address for one in interfaces for address in one.addresses),
        ipv4=next((address for address in mine if ip_address(address).version == 4), ""),  # noqa: PLR2004 - IP version
        link_local=next(
            (address for address in mine if ":" in address and ip_address(address).is_link_local), ""
        ),
        networks=()
        if isinstance(networks, Unavailable)
        else tuple(ip_network(network) for network in networks),
        box=gateway.address if at_box and not isinstance(gateway, Unavailable) else "",
    )


class _Discovery:
    """What is asked of the neighbours, all at once; nothing when nothing may be sent."""

    def __init__(self, context: Context, here: _LocalNetwork, end: float) -> None:
        self._context = context
        self._here = here
        self._began = time.monotonic()
        self._end = end
        self._described: dict[str, upnp.Description] = {}
        self._others: BackgroundCall[OthersUse | Unavailable] | None = None
        self._mdns: BackgroundCall[list[mdns.Host] | Unavailable] | None = None
        self._ssdp: BackgroundCall[list[ssdp.Responder] | Unavailable] | None = None
        if context.offline:
            return
        source = here.ipv4 or here.link_local
        if source:
            self._mdns = BackgroundCall(
                partial(mdns.browse, source, here.scope, service_types(), until=end, stop=context.stop)
            )
        if here.ipv4:
            self._ssdp = BackgroundCall(self._search)

    def wait(self) -> None:
        """Until all is in, or the time is up."""
        for name in ("_mdns", "_ssdp", "_others"):  # the search starts the watch over the box's counters
            task: BackgroundCall[object] | None = getattr(self, name)
            if task is not None:
                task.result(self._end)

    def results(
        self,
    ) -> tuple[
        list[mdns.Host] | Unavailable,
        list[ssdp.Responder] | Unavailable,
        dict[str, upnp.Description],
        OthersUse | Unavailable,
    ]:
        """mDNS, SSDP, descriptions by address, and what others use."""
        absent = (
            NOT_REQUESTED
            if self._context.offline
            else Unavailable(reason=Reason.NOT_PRESENT, detail="no address to ask from")
        )
        silent = (
            NOT_REQUESTED
            if self._context.offline
            else Unavailable(reason=Reason.NOT_PRESENT, detail="no counters")
        )
        now = time.monotonic()
        return (
            self._heard_long_enough(self._mdns.result(now)) if self._mdns else absent,
            self._heard_long_enough(self._ssdp.result(now)) if self._ssdp else absent,
            dict(self._described),
            self._others.result(now) if self._others else silent,
        )

    def _heard_long_enough(self, heard: list[T] | Unavailable) -> list[T] | Unavailable:
        """Silence that was too short is none."""
        if heard or self._end - self._began >= _SHORTEST_S:
            return heard
        return Unavailable(
            reason=Reason.TIMEOUT, detail=f"only {self._end - self._began:.1f} s were left to listen"
        )

    def _search(self) -> list[ssdp.Responder] | Unavailable:
        context, here = self._context, self._here
        responders = ssdp.search(
            here.ipv4,
            here.box if ":" not in here.box else "",
            ledger=context.ledger,
            until=self._end,
            stop=context.stop,
            on_location=self._heard,
        )
        if not isinstance(responders, Unavailable):
            self._describe(
                [responder for responder in responders if responder.address != here.box][:_MOST_DESCRIPTIONS]
            )
        return responders

    def _heard(self, responder: ssdp.Responder) -> None:
        """The box's counters are watched from the moment it says where they are."""
        if responder.address == self._here.box and self._others is None:
            where = upnp.fetch_location(responder.locations[-1], responder.address, self._here.networks)
            if where is not None:
                self._others = BackgroundCall(partial(self._watch, where))

    def _watch(self, where: upnp.DescriptionUrl) -> OthersUse | Unavailable:
        ledger = self._context.ledger
        described = upnp.describe(where, ledger, until=min(self._end, time.monotonic() + _LONGEST_FETCH_S))
        if isinstance(described, Unavailable):
            return described
        self._described[self._here.box] = described
        counters = upnp.counters(where, described, ledger)
        if counters is None:
            return Unavailable(reason=Reason.NOT_PRESENT, detail="the box offers no byte counters")
        return others_use.watch(
            counters,
            partial(self._context.platform.counters, self._here.interface),
            until=self._end,
            stop=self._context.stop,
        )

    def _describe(self, responders: list[ssdp.Responder]) -> None:
        """Fetch what each says of itself, a few at a time."""
        waiting: queue.SimpleQueue[tuple[str, upnp.DescriptionUrl]] = queue.SimpleQueue()
        for responder in responders:
            places = (
                upnp.fetch_location(url, responder.address, self._here.networks)
                for url in responder.locations
            )
            where = next((place for place in places if place is not None), None)
            if where is not None:
                waiting.put((responder.address, where))

        def work() -> None:
            while not self._context.stop.is_set() and time.monotonic() < self._end:
                try:
                    address, where = waiting.get_nowait()
                except queue.Empty:
                    return
                until = min(self._end, time.monotonic() + _LONGEST_FETCH_S)
                described = upnp.describe(where, self._context.ledger, until=until)
                if not isinstance(described, Unavailable):
                    self._described[address] = described

        workers = [threading.Thread(target=work, daemon=True) for _ in range(_DESCRIBERS)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(max(0.0, self._end - time.monotonic()))


def _sweep(context: Context, here: _LocalNetwork, end: float) -> Unavailable | None:
    """Ask every address, if the settings want it; why not, or None when it was done."""
    if not context.sweep or context.offline:
        return NOT_REQUESTED
    own = ip_address(here.ipv4) if here.ipv4 else None
    network = next(
        (network for network in here.networks if isinstance(network, IPv4Network) and own in network), None
    )
    if network is None:
        return Unavailable(reason=Reason.NOT_PRESENT, detail="no IPv4 network")
    try:
        sweep(here.ipv4, network, ledger=context.ledger, until=end, stop=context.stop)
    except OSError as error:
        return mdns.refused(error)
    return None


def _newcomers(
    before: tuple[Neighbour, ...] | Unavailable, after: tuple[Neighbour, ...] | Unavailable
) -> Answers | Unavailable:
    """Hosts that are in the system's table now and were not before."""
    if isinstance(after, Unavailable):
        return after
    known = set() if isinstance(before, Unavailable) else {neighbour.mac for neighbour in before}
    return Answers(devices=len({neighbour.mac for neighbour in after} - known))


def _vendors() -> Callable[[str], str]:
    """Maker of a network card by its address, from the list that is on this machine."""
    asyncio.run(aiooui.async_load())
    return lambda mac: aiooui.get_vendor(mac) or ""
