"""What the network lets through, asked side by side: UDP, web servers, a known page, names. What it sends: docs/firewall.md."""

from __future__ import annotations

import logging
import secrets
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from functools import partial
from ipaddress import IPv4Network, IPv6Network, ip_address

from msgspec import structs

from amif_netcheck.children.threads import BackgroundCall
from amif_netcheck.measure import dns, proxies, servers
from amif_netcheck.measure.names import Address, leads_nowhere
from amif_netcheck.measure.proxies import ProxyRoute
from amif_netcheck.measure.reach import portal, proxy, sending, udp, web
from amif_netcheck.measure.reach.udp import Target
from amif_netcheck.measure.reach.web import WebTarget
from amif_netcheck.model.address import is_address, url_port
from amif_netcheck.model.facts import (
    NOT_REQUESTED,
    Certificate,
    FirewallFacts,
    MeetingAddress,
    NameServer,
    Outcome,
    Place,
    Portal,
    Proxy,
    ProxyKind,
    ProxySource,
    Reason,
    Resolver,
    Role,
    Trust,
    Unavailable,
)
from amif_netcheck.platforms.answers import ProxySetting
from amif_netcheck.platforms.text import clean
from amif_netcheck.probes import media_ladder
from amif_netcheck.probes.context import REFERENCE_IPV4, REFERENCE_IPV6, Context
from amif_netcheck.probes.destinations import destinations
from amif_netcheck.probes.service_room import ServiceRoom

log = logging.getLogger(__name__)

_MEETING_UDP_PORTS = (3478, 443)
"""Where relays of meetings answer (TURN, RFC 8656); an answer proves that UDP passes, silence proves nothing."""
_MOST_STUN = 4
_COMPARING_AFTER = 0.55
"""The share of the time after which the others are asked beside a meeting that did not answer yet; it keeps all of its own."""
_BEFORE_THE_END_S = 0.2
_HTTP_PORT = 80
_USUAL_PORTS = {"http": 80, "https": 443, "socks": 1080, "socks4": 1080, "socks5": 1080, "socks5h": 1080}

_INSIDE: tuple[IPv4Network | IPv6Network, ...] = (
    *(
        IPv4Network(network)
        for network in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16")
    ),
    *(IPv6Network(network) for network in ("fc00::/7", "fe80::/10")),
)


def probe(context: Context, until: float) -> FirewallFacts | Unavailable:
    """Ask by `until` (`time.monotonic`)."""
    if context.offline:
        return NOT_REQUESTED
    nowhere = servers.route_error(destinations(context, until))
    if nowhere is not None:
        return _forbidden(context, nowhere) if nowhere.reason is Reason.BLOCKED else nowhere
    by = until - _BEFORE_THE_END_S
    impossible = f"amif-{secrets.token_hex(4)}.invalid."
    for host in (context.meeting, impossible):
        if host:
            context.names.start(host)
    settings = context.platform.proxy_settings()
    asked_udp = BackgroundCall(lambda: _udp(context, by))
    asked_web = BackgroundCall(lambda: _web(context, settings, by))

    def proxy_for(host: str, port: int) -> ProxyRoute | None:
        return _proxy_for(host, port, settings)

    asked_media = BackgroundCall(lambda: media_ladder.connect(context, proxy_for, by))
    room = ServiceRoom(context, proxy_for, until=by)
    asked_page = BackgroundCall(lambda: _page(context, by))
    asked_names = BackgroundCall(lambda: _resolver(context, impossible, by))
    asked_proxies = BackgroundCall(lambda: _proxies(context, settings, by))
    datagrams, pages = asked_udp.result(until), asked_web.result(until)
    return FirewallFacts(
        meeting_host=context.meeting,
        udp=datagrams if isinstance(datagrams, Unavailable) else _without_media(datagrams),
        web=pages,
        portal=asked_page.result(until),
        proxies=asked_proxies.result(until),
        resolver=asked_names.result(until),
        sending_forbidden=sending.is_forbidden(
            map(ip_address, (*REFERENCE_IPV4, *REFERENCE_IPV6)), context.ledger
        ),
        ladder=media_ladder.ladder(context, datagrams, asked_media.result(until), room.relays(until), pages),
        signalling=room.signalling(until),
    )


def _forbidden(context: Context, nowhere: Unavailable) -> FirewallFacts:
    """What is known where the system's routes forbid every way out: it needs no question."""
    return FirewallFacts(
        meeting_host=context.meeting,
        udp=nowhere,
        web=nowhere,
        portal=nowhere,
        proxies=nowhere,
        resolver=nowhere,
        sending_forbidden=True,
    )


# --- UDP ----------------------------------------------------------------------------------------


def _udp(context: Context, until: float) -> tuple[Place, ...]:
    targets = [Target(Role.STUN, server.host, server.port) for server in context.stun[:_MOST_STUN]]
    if context.rates.server is not None:  # `serve` answers STUN on the same port
        targets.append(Target(Role.TEST_POINT, context.rates.server.host, context.rates.server.port))
    if context.meeting:
        targets += [Target(Role.MEETING, context.meeting, port) for port in _MEETING_UDP_PORTS]
        asked = {(target.host, target.port) for target in targets}
        media = media_ladder.datagram_targets(context)
        targets += [target for target in media if (target.host, target.port) not in asked]
    return udp.ask(targets, context.names, context.ledger, until=until, stop=context.stop)


def _without_media(places: tuple[Place, ...]) -> tuple[Place, ...]:
    """Those that tell whether UDP passes at all: ports of media prove nothing by their silence, and are their rungs'."""
    return tuple(place for place in places if place.role is not Role.MEDIA)


# --- the web ------------------------------------------------------------------------------------


def _web(
    context: Context, settings: tuple[ProxySetting, ...] | Unavailable, until: float
) -> tuple[Place, ...]:
    """The meeting; to compare, well-known servers unless the meeting answers and proves who it is."""

    def web_target(role: Role, host: str, port: int, *, tls: bool = True) -> BackgroundCall[Place]:
        wanted = WebTarget(role, host, port, proxy=_proxy_for(host, port, settings), tls=tls)
        by = until - _BEFORE_THE_END_S
        return BackgroundCall(
            lambda: web.ask_place(wanted, context.names, context.ledger, until=by, stop=context.stop)
        )

    tasks: list[BackgroundCall[Place]] = []
    if context.rates.server is not None:
        tasks.append(
            web_target(Role.TEST_POINT, context.rates.server.host, context.rates.server.port, tls=False)
        )
    fine = False
    if context.meeting:
        port = context.meeting_port
        proves_itself = port != _HTTP_PORT and not is_address(context.meeting)  # certificates are for names
        meeting = web_target(Role.MEETING, context.meeting, port, tls=proves_itself)
        tasks.append(meeting)
        seen = meeting.result(_share(until, _COMPARING_AFTER))
        fine = not isinstance(seen, Unavailable) and _is_fine(seen)
    if not fine:
        tasks += [web_target(Role.PUBLIC, server.host, server.port) for server in context.compare.web]
    places = []
    for task in tasks:
        place = task.result(until)
        if not isinstance(place, Unavailable):
            places.append(place)
        elif place.reason is Reason.ERROR:
            raise RuntimeError(place.detail)
    return tuple(places)


def _is_fine(place: Place) -> bool:
    """It opened, and proved who it is: nothing that a network puts in its place can do that."""
    return isinstance(place.certificate, Certificate) and place.certificate.trust is Trust.PUBLIC


def _share(until: float, share: float) -> float:
    now = time.monotonic()
    return now + (until - now) * share


# --- a known page -------------------------------------------------------------------------------


def _page(context: Context, until: float) -> Portal | Unavailable:
    if context.compare.page is None:
        return NOT_REQUESTED
    return portal.check_page(
        context.compare.page, context.names, context.ledger, until=until, stop=context.stop
    )


# --- proxies ------------------------------------------------------------------------------------


def _proxy_for(host: str, port: int, settings: tuple[ProxySetting, ...] | Unavailable) -> ProxyRoute | None:
    """The proxy that a browser would use for this server, the environment's before the desktop's."""
    if url := proxies.configured_url("https"):
        return None if proxies.is_bypassed(host, port) else proxies.parse(url)
    manual = () if isinstance(settings, Unavailable) else settings
    setting = next((setting for setting in manual if setting.kind is ProxyKind.MANUAL), None)
    return None if setting is None or _is_exempt(host, port, setting) else proxies.parse(setting.url)


def _is_exempt(host: str, port: int, setting: ProxySetting) -> bool:
    """Do a desktop's settings name this server as one to ask without the proxy?"""
    return proxies.is_listed(host, port, setting.exceptions) is not setting.exceptions_only


def _proxies(
    context: Context, settings: tuple[ProxySetting, ...] | Unavailable, until: float
) -> tuple[Proxy, ...]:
    """All that are set up. What a desktop's settings say is not known everywhere: the environment's always is."""
    named = list(_all_proxies(context, settings))
    calls = [
        BackgroundCall(partial(proxy.connect, each.server, each.port, context.names, until=until))
        if each.kind is ProxyKind.MANUAL and each.server and each.port
        else None
        for each in named
    ]
    ended = [None if call is None else call.result(until) for call in calls]
    return tuple(
        structs.replace(each, reached=Outcome.SILENT if isinstance(reached, Unavailable) else reached)
        for each, reached in zip(named, ended, strict=True)
    )


def _all_proxies(context: Context, settings: tuple[ProxySetting, ...] | Unavailable) -> Iterator[Proxy]:
    host, port = context.meeting, context.meeting_port
    from_environment = urllib.request.getproxies_environment()
    source = ProxySource.ENVIRONMENT if from_environment else ProxySource.SYSTEM
    first: Proxy | None = None
    if url := proxies.configured_url("https") or proxies.configured_url("http"):
        exempt = bool(host) and proxies.is_bypassed(host, port)
        first = _described(source, ProxyKind.MANUAL, url, exempts_meeting=exempt)
        yield first
    for setting in () if isinstance(settings, Unavailable) else settings:
        exempt = bool(host) and setting.kind is ProxyKind.MANUAL and _is_exempt(host, port, setting)
        named = _described(setting.source, setting.kind, setting.url, exempts_meeting=exempt)
        if first is None or (named.kind, named.server, named.port) != (first.kind, first.server, first.port):
            yield named


def _described(source: ProxySource, kind: ProxyKind, url: str, *, exempts_meeting: bool) -> Proxy:
    """A proxy by its host and port alone: an address may hold a password."""
    try:
        parts = urllib.parse.urlsplit(url if "://" in url else f"http://{url}")
        host, port = parts.hostname or "", url_port(parts) or _USUAL_PORTS.get(parts.scheme, 0)
    except ValueError:
        host, port = "", 0
    return Proxy(
        source=source,
        kind=kind,
        server=clean(host),
        port=port,
        spoken=kind is ProxyKind.MANUAL and proxies.parse(url) is not None,
        exempts_meeting=exempts_meeting,
    )


# --- names --------------------------------------------------------------------------------------


def _resolver(context: Context, impossible: str, until: float) -> Resolver:
    well_known = [server.host for server in (*context.compare.web, *context.stun)]
    hosts = [context.meeting, *well_known]
    names = [host for host in well_known if dns.is_global(host) and not is_address(host)]
    asked_servers = BackgroundCall(lambda: _name_servers(context, names[0] if names else impossible, until))
    invented = context.names.resolve(impossible, until=until)
    invents: bool | Unavailable = True
    if isinstance(invented, Unavailable):
        invents = False if invented.reason is Reason.NOT_PRESENT else invented
    known = [took for host in hosts if (took := context.names.took_s(host)) is not None]
    return Resolver(
        invents=invents,
        slowest_s=round(max(known), 3) if known else NOT_REQUESTED,
        meeting=_meeting_address(context, until),
        servers=asked_servers.result(until),
    )


def _name_servers(context: Context, host: str, until: float) -> tuple[NameServer, ...]:
    responses = dns.ask(host, dns.configured(), until=until, stop=context.stop)
    return tuple(NameServer(address=each.server, outcome=each.outcome) for each in responses)


def _meeting_address(context: Context, until: float) -> MeetingAddress | Unavailable:
    if not context.meeting or is_address(context.meeting):
        return NOT_REQUESTED
    addresses = context.names.resolve(context.meeting, until=until)
    if isinstance(addresses, Unavailable):
        return addresses
    if leads_nowhere(context.meeting, addresses):
        return MeetingAddress.SINKHOLE
    return MeetingAddress.INSIDE if any(map(_is_inside, addresses)) else MeetingAddress.PUBLIC


def _is_inside(address: Address) -> bool:
    return any(address.version == network.version and address in network for network in _INSIDE)
