"""What carries the meeting out of this computer, and how well: cable, Wi-Fi, phone. Sends nothing."""

from __future__ import annotations

from amif_netcheck.model.facts import Medium, ProximityFacts, Reason, Unavailable
from amif_netcheck.probes.carrier import carrier
from amif_netcheck.probes.context import Context


def probe(context: Context, until: float) -> ProximityFacts | Unavailable:
    """Look at the hardware under the way to the meeting; by `until` (`time.monotonic`)."""
    interface = carrier(context, until)
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
