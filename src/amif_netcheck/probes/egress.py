"""Which interface carries the meeting. Sends nothing but the look-up of the meeting's name."""

from __future__ import annotations

import time
from collections.abc import Iterable
from ipaddress import ip_address

from amif_netcheck.model.facts import Carriage, LinkKind, Reason, Unavailable
from amif_netcheck.platforms.answers import Address
from amif_netcheck.platforms.base import Platform
from amif_netcheck.probes.context import REFERENCE_IPV4, REFERENCE_IPV6, Context

_NAME_LOOKUP_SHARE = 0.25


def egress_interface(context: Context, until: float) -> str | Unavailable:
    """The interface that carries the meeting; under a tunnel, the hardware that carries the tunnel and all the rest."""
    platform = context.platform
    targets = [ip_address(text) for text in (*REFERENCE_IPV4, *REFERENCE_IPV6)]
    if context.meeting:
        now = time.monotonic()
        meeting = context.names.resolve(context.meeting, until=now + (until - now) * _NAME_LOOKUP_SHARE)
        targets = targets if isinstance(meeting, Unavailable) else [*meeting, *targets]
    name = _first_egress(platform, targets)
    if isinstance(name, Unavailable):
        return name
    interfaces = platform.interfaces()
    known = () if isinstance(interfaces, Unavailable) else interfaces
    # A CLAT is a TUN on which no tunnel goes: it stands on the line, too.
    stands_on_hardware = any(
        interface.name == name and (interface.carriage is Carriage.TUNNEL or interface.kind is LinkKind.TUN)
        for interface in known
    )
    gateway = platform.gateway()
    if stands_on_hardware and not isinstance(gateway, Unavailable):
        return gateway.interface
    return name


def _first_egress(platform: Platform, targets: Iterable[Address]) -> str | Unavailable:
    """The interface of the first target that has one. A target that could not be looked up outweighs one without a route."""
    failures = []
    for target in targets:
        answer = platform.egress(target)
        if not isinstance(answer, Unavailable):
            return answer[1]
        failures.append(answer)
    return next((failure for failure in failures if failure.reason is not Reason.NOT_PRESENT), failures[0])
