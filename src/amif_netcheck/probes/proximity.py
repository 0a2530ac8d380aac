"""What carries the meeting out of this computer, and how well: cable, Wi-Fi, phone. Sends nothing."""

from __future__ import annotations

from amif_netcheck.model.facts import Medium, ProximityFacts, Reason, Unavailable
from amif_netcheck.probes.context import Context
from amif_netcheck.probes.egress import egress_interface


def probe(context: Context, until: float) -> ProximityFacts | Unavailable:
    """Look at the hardware under the way to the meeting; by `until` (`time.monotonic`)."""
    interface = egress_interface(context, until)
    if isinstance(interface, Unavailable):
        return interface
    platform = context.platform
    port = platform.port(interface)
    if isinstance(port, Unavailable):
        return port
    other = Unavailable(reason=Reason.NOT_PRESENT, detail=f"carried by {port.medium.value}")
    wired, radio = port.medium is Medium.ETHERNET, port.medium is Medium.WIFI
    return ProximityFacts(
        interface=port.interface,
        medium=port.medium,
        computer=platform.computer(),
        ethernet=platform.ethernet(port.interface) if wired else other,
        wifi=platform.wifi(port.interface, until) if radio else other,
    )
