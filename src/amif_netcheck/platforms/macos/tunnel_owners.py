"""Who stands behind a tunnel: the application that the system runs a VPN for, or the system itself.

A tunnel that a program made by itself, such as OpenVPN's, is hidden among its files, which only an administrator may list.
"""

from __future__ import annotations

from collections.abc import Iterable

from amif_netcheck.model.facts import Carriage, LinkKind, Unavailable
from amif_netcheck.platforms.macos import vpn_services
from amif_netcheck.platforms.macos.ifconfig import Link
from amif_netcheck.platforms.macos.tools import Tools
from amif_netcheck.platforms.macos.topology import MacTopology, kind_of

_OF_THE_SYSTEM = "nesessionmanager"
"""What keeps the system's own IKEv2 and IPsec connections."""


def tunnel_owners(topology: MacTopology, tools: Tools, until: float) -> dict[str, str]:
    """See `Platform.tunnel_owners`: bundles, or what a connection is called where its bundle is not known."""
    tunnels = [
        link
        for link in topology.links.values()
        if link.up and link.addresses and topology.carriage(link) is Carriage.TUNNEL
    ]
    services = vpn_services.listed(tools, until) if tunnels else ()
    known = () if isinstance(services, Unavailable) else services
    named = ((link.name, _owner(link, known, tools, until)) for link in tunnels)
    return {interface: owner for interface, owner in named if owner}


def _owner(link: Link, services: Iterable[vpn_services.VpnService], tools: Tools, until: float) -> str:
    service = vpn_services.owner(link, services, tools, until)
    if service is not None and service.provider:
        return service.provider
    if link.vpn_agents:
        return link.vpn_agents[0].description.removeprefix("VPN: ")
    return _OF_THE_SYSTEM if kind_of(link) is LinkKind.IP_TUNNEL else ""
