"""What the registry says of the drivers of network adapters, which everybody may read and no language changes."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

from amif_netcheck.platforms.text import clean
from amif_netcheck.platforms.windows.registry_values import RegistryReader, number, word

_ADAPTERS = r"HKLM\SYSTEM\CurrentControlSet\Control\Class\{4d36e972-e325-11ce-bfc1-08002be10318}"
"""Of each network adapter that was ever set up: GUID_DEVCLASS_NET (devguid.h)."""
_DEVICES = r"HKLM\SYSTEM\CurrentControlSet\Enum"
_VENDOR = re.compile(r"usb\\vid_([0-9a-f]{4})")


class AdapterDriver(Struct, frozen=True, kw_only=True):
    r"""The driver of an adapter: its component id, the device it drives (such as `usb\vid_18d1&pid_4ee3\…`), its service.

    `speed_duplex` is what the person or their administrator has set the cable to: `*SpeedDuplex` of Microsoft's
    standardised keywords, where 0 is "negotiated"; None where there is no such setting.
    """

    component: str = ""
    device: str = ""
    service: str = ""
    speed_duplex: int | None = None

    @property
    def bus(self) -> str:
        """What the device hangs on: `pci`, `usb`, `bth`, `root` and `swd` for software, … ; empty where it isn't told."""
        return self.device.partition("\\")[0]

    @property
    def usb_vendor(self) -> str:
        """Four hexadecimal digits, or empty."""
        found = _VENDOR.match(self.device)
        return found[1] if found else ""


def read(registry: RegistryReader) -> dict[str, AdapterDriver]:
    """All drivers, by the GUID of their adapter in lower case."""
    found: dict[str, AdapterDriver] = {}
    for name in registry.keys(_ADAPTERS):
        if not name.isdigit():
            continue
        adapter = registry.values(f"{_ADAPTERS}\\{name}")
        guid = word(adapter.get("NetCfgInstanceId")).casefold()
        if guid:
            device = word(adapter.get("DeviceInstanceID"))
            found[guid] = parse(adapter, registry.values(f"{_DEVICES}\\{device}") if device else {})
    return found


def parse(adapter: Mapping[str, object], device: Mapping[str, object]) -> AdapterDriver:
    """From the values of the adapter's key and of its device's."""
    component = word(adapter.get("ComponentId")) or word(adapter.get("MatchingDeviceId"))
    return AdapterDriver(
        component=clean(component).casefold(),
        device=clean(word(adapter.get("DeviceInstanceID"))).casefold(),
        service=clean(word(device.get("Service"))).casefold(),
        speed_duplex=number(adapter.get("*SpeedDuplex")),
    )
