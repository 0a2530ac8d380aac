"""CoreWLAN, by pyobjc: the one place that touches it. Asks for no scan and no location, and changes nothing."""

from __future__ import annotations

from amif_netcheck.model.facts import Reason, Unavailable
from amif_netcheck.platforms.macos.wifi import CoreWlanReading


def read(interface: str) -> CoreWlanReading | Unavailable:
    """What it says of one interface; see `wifi.Reader`."""
    try:
        import objc
        from CoreWLAN import CWWiFiClient
    except ImportError as error:
        return Unavailable(reason=Reason.UNSUPPORTED, detail=f"CoreWLAN: {error}")
    with objc.autorelease_pool():  # a thread of ours has none
        found = CWWiFiClient.sharedWiFiClient().interfaceWithName_(interface)
        if found is None:
            return Unavailable(reason=Reason.NOT_PRESENT, detail=f"{interface} is no Wi-Fi")
        channel = found.wlanChannel()
        return CoreWlanReading(
            powered=bool(found.powerOn()),
            mode=int(found.interfaceMode()),
            signal_dbm=int(found.rssiValue()),
            noise_dbm=int(found.noiseMeasurement()),
            send_mbit_s=float(found.transmitRate()),
            generation=int(found.activePHYMode()),
            channel=0 if channel is None else int(channel.channelNumber()),
            band=0 if channel is None else int(channel.channelBand()),
            width=0 if channel is None else int(channel.channelWidth()),
        )
