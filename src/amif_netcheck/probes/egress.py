"""Which interface carries the meeting. Sends nothing but the look-up of the meeting's name."""

from __future__ import annotations

import time
from ipaddress import ip_address

from amif_netcheck.model.facts import Carriage, LinkKind, Reason, Unavailable
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
    answer: tuple[str, str] | Unavailable = Unavailable(reason=Reason.NOT_PRESENT, detail="no route")
    for target in targets:
        answer = platform.egress(target)
        if not isinstance(answer, Unavailable):
            break
    if isinstance(answer, Unavailable):
        return answer
    name = answer[1]
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
