"""The ways of the meeting's media, asked one by one: where to ask, over what, and whose answer belongs to which rung."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from msgspec import structs

from amif_netcheck.catalog.meeting_services import MeetingService, Rung, port_ranges
from amif_netcheck.children.threads import BackgroundCall
from amif_netcheck.measure.proxies import ProxyRoute
from amif_netcheck.measure.reach import relay, web
from amif_netcheck.measure.reach.udp import Target
from amif_netcheck.measure.reach.web import WebTarget
from amif_netcheck.measure.turn import USUAL_PORT, USUAL_TLS_PORT, Credentials, Relay
from amif_netcheck.model.address import Server
from amif_netcheck.model.facts import (
    NOT_REQUESTED,
    MediaLadder,
    MediaRung,
    MediaWay,
    Place,
    PortRange,
    Reason,
    Role,
    Unavailable,
    WithoutUdp,
)
from amif_netcheck.probes.context import Context

_PATIENCE_S = 2.5
"""A filter may stay silent for ever: a lost question to connect is repeated after a second (RFC 6298)."""
_ENOUGH_S = 1.0
"""Silence that was listened to for less proves nothing: then nothing is asked."""
_BEFORE_THE_END_S = 0.1
_MOST_PORTS = 2
"""Of a rung."""
_USUAL_PORTS = {
    MediaWay.TURN_UDP: USUAL_PORT,
    MediaWay.TURN_TCP: USUAL_PORT,
    MediaWay.TURN_TLS: USUAL_TLS_PORT,
    MediaWay.TLS: 443,
}
"""Where a profile tells none."""
_DATAGRAMS = (MediaWay.UDP, MediaWay.TURN_UDP)
_RELAYED = (MediaWay.TURN_TCP, MediaWay.TURN_TLS)
_LIKE_WEB = (MediaWay.TCP, MediaWay.TLS)
_WITHIN_TLS = (MediaWay.TLS, MediaWay.TURN_TLS)


class Door(NamedTuple):
    """A place to ask, over what; with credentials, for a place on the relay there."""

    way: MediaWay
    host: str
    port: int
    credentials: Credentials | None = None


Asked = dict[Door, Place | Unavailable]
ProxyFor = Callable[[str, int], ProxyRoute | None]


def datagram_targets(context: Context) -> list[Target]:
    """Where a STUN question over UDP is asked."""
    doors = [door for door in _doors(context) if _is_stun(door)]
    return [Target(Role.MEDIA, host, port) for host, port in dict.fromkeys((d.host, d.port) for d in doors)]


def connect(context: Context, proxy_for: ProxyFor, until: float) -> Asked:
    """Ask all ways that are connections, and all relays that know us, side by side; by `until` (`time.monotonic`)."""
    doors = dict.fromkeys(door for door in _doors(context) if not _is_stun(door))
    return _ask(context, [door for door in doors if not _is_page(context, door)], proxy_for, until)


def allocate(context: Context, relays: Sequence[Relay], proxy_for: ProxyFor, until: float) -> Asked:
    """Ask the relays that a service has named, with the credentials that it gave, each once; by `until`."""
    doors = {(each.way, each.host, each.port): Door(*each) for each in relays}
    return _ask(context, [*doors.values()], proxy_for, until)


def _ask(context: Context, doors: Sequence[Door], proxy_for: ProxyFor, until: float) -> Asked:
    now = time.monotonic()
    by = min(until - _BEFORE_THE_END_S, now + _PATIENCE_S)
    if by - now < _ENOUGH_S:
        return dict.fromkeys(doors, Unavailable(reason=Reason.TIMEOUT))

    def asked(door: Door) -> BackgroundCall[Place]:
        way, host, port, credentials = door
        if credentials is not None and way in _DATAGRAMS:
            target = Target(Role.MEDIA, host, port)
            ask = partial(relay.allocate_by_datagrams, target, credentials=credentials)
        else:
            visit = WebTarget(Role.MEDIA, host, port, proxy=proxy_for(host, port), tls=way in _WITHIN_TLS)
            ask = (
                partial(relay.ask_relay, visit, credentials=credentials)
                if way in _RELAYED
                else partial(web.ask_place, visit)
            )
        return BackgroundCall(lambda: ask(context.names, context.ledger, until=by, stop=context.stop))

    calls = {door: asked(door) for door in doors}
    return {door: call.result(until) for door, call in calls.items()}


def ladder(
    context: Context,
    udp: tuple[Place, ...] | Unavailable,
    connected: Asked | Unavailable,
    allocated: Asked | Unavailable,
    pages: tuple[Place, ...] | Unavailable,
) -> MediaLadder | Unavailable:
    """The rungs with the places that were asked for them; the meeting's own page stands for the web's way to it.

    What the service itself named (`allocated`) stands beside what a profile says of the same way, and after all others where
    the profile does not have it.
    """
    service = context.service
    if isinstance(allocated, Unavailable) and allocated.reason is Reason.ERROR:
        return Unavailable(reason=Reason.ERROR)
    told = {} if isinstance(allocated, Unavailable) else allocated
    if service is None or not (service.ladder or told):
        return NOT_REQUESTED
    own = None if isinstance(pages, Unavailable) else _first(pages, lambda place: place.role is Role.MEETING)

    def places(doors: Sequence[Door]) -> tuple[Place, ...] | Unavailable:
        if not doors:
            return NOT_REQUESTED
        if all(map(_is_stun, doors)):
            if isinstance(udp, Unavailable):
                return udp
            wanted = {(door.host, door.port) for door in doors}
            return tuple(place for place in udp if (place.server, place.port) in wanted)
        if isinstance(connected, Unavailable):
            return connected
        found = [own if _is_page(context, door) else connected.get(door) for door in doors]
        return _known(found)

    def of_profile(rung: Rung) -> MediaRung:
        way, doors = MediaWay(rung.way), list(_doors_of(context, rung))
        mine = MediaRung(
            way=way,
            ports=tuple(PortRange(first=each[0], last=each[-1]) for each in port_ranges(rung)),
            named=bool(rung.host),
            allocating=any(door.credentials is not None for door in doors),
            places=places(doors),
        )
        return _together(mine, _of_service(way, told)) if any(door.way is way for door in told) else mine

    rungs = tuple(map(of_profile, service.ladder))
    more = dict.fromkeys(door.way for door in told if door.way not in {rung.way for rung in rungs})
    return MediaLadder(
        service=context.service_name,
        without_udp=WithoutUdp.UNKNOWN if service.over_tcp is None else WithoutUdp(service.over_tcp.effect),
        rungs=(*rungs, *(_of_service(way, told) for way in more)),
    )


def media_ports(service: MeetingService | None) -> tuple[int, ...]:
    """One UDP port of each range that the service uses."""
    rungs = () if service is None else service.ladder
    return tuple(each[0] for rung in rungs if MediaWay(rung.way) in _DATAGRAMS for each in port_ranges(rung))


def media_hosts(service: MeetingService | None) -> tuple[str, ...]:
    """Hosts that the profile names for sound and picture, beside the meeting's own."""
    return () if service is None else tuple(dict.fromkeys(rung.host for rung in service.ladder if rung.host))


def relays(context: Context) -> tuple[Server, ...]:
    """The service's relays over UDP, where the delay of its sound and picture can be measured; they may not be there."""
    doors = [door for door in _doors(context) if door.way is MediaWay.TURN_UDP]
    return tuple(Server(host, port) for host, port in dict.fromkeys((d.host, d.port) for d in doors))


def _of_service(way: MediaWay, told: Asked) -> MediaRung:
    """A rung of relays that the service itself has named."""
    ports = dict.fromkeys(door.port for door in told if door.way is way)
    return MediaRung(
        way=way,
        ports=tuple(PortRange(first=port, last=port) for port in ports),
        named=True,
        allocating=True,
        told=True,
        places=_known([place for door, place in told.items() if door.way is way]),
    )


def _together(profile: MediaRung, service: MediaRung) -> MediaRung:
    """One rung of both; of a relay that both name, what the service's own credentials led to counts."""
    if isinstance(service.places, Unavailable):
        return profile
    known = () if isinstance(profile.places, Unavailable) else profile.places
    places = {(place.server, place.port): place for place in (*known, *service.places)}
    return structs.replace(
        service,
        ports=tuple(dict.fromkeys((*profile.ports, *service.ports))),
        places=tuple(places.values()),
    )


def _known(found: Sequence[Place | Unavailable | None]) -> tuple[Place, ...] | Unavailable:
    """Those that were asked to the end; else why none was."""
    known = tuple(place for place in found if isinstance(place, Place))
    missing = (place.reason for place in found if isinstance(place, Unavailable))
    return known or Unavailable(reason=next(missing, Reason.TIMEOUT))


def _doors(context: Context) -> Iterator[Door]:
    """Everything that is asked."""
    for rung in () if context.service is None else context.service.ladder:
        yield from _doors_of(context, rung)


def _doors_of(context: Context, rung: Rung) -> Iterator[Door]:
    way = MediaWay(rung.way)
    usual = [_USUAL_PORTS[way]] if way in _USUAL_PORTS else []
    ports = [each[0] for each in port_ranges(rung)] or usual
    host = rung.host or context.meeting
    credentials = Credentials(rung.username, rung.credential) if rung.username else None
    yield from (Door(way, host, port, credentials) for port in ports[:_MOST_PORTS] if host)


def _is_stun(door: Door) -> bool:
    """Is it asked with one question over UDP?"""
    return door.way in _DATAGRAMS and door.credentials is None


def _is_page(context: Context, door: Door) -> bool:
    """Is it the way of the meeting's own page, which is asked anyway?"""
    return door.way in _LIKE_WEB and (door.host, door.port) == (context.meeting, context.meeting_port)


def _first(places: tuple[Place, ...], fits: Callable[[Place], bool]) -> Place | None:
    return next(filter(fits, places), None)
