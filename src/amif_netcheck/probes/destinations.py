"""Where a way out could lead to."""

from __future__ import annotations

import contextlib
import time
from ipaddress import ip_address

from amif_netcheck.measure import servers
from amif_netcheck.measure.names import Address
from amif_netcheck.model.facts import Unavailable
from amif_netcheck.probes.context import REFERENCE_IPV4, REFERENCE_IPV6, Context

_NAME_LOOKUP_SHARE = 0.25


def destinations(context: Context, until: float) -> list[Address]:
    """What a way out could lead to: the Internet, the meeting, servers given by their address. Only looked up, not used."""
    wanted = [ip_address(text) for text in (*REFERENCE_IPV4, *REFERENCE_IPV6)]
    hosts = [server.host for server in context.stun]
    if context.rates.server is not None:
        hosts.append(context.rates.server.host)
    for host in hosts:
        with contextlib.suppress(ValueError):
            wanted.append(ip_address(host))
    if context.meeting and servers.route_error(wanted) is not None:
        now = time.monotonic()
        meeting = context.names.resolve(context.meeting, until=now + (until - now) * _NAME_LOOKUP_SHARE)
        wanted += [] if isinstance(meeting, Unavailable) else meeting
    return wanted
