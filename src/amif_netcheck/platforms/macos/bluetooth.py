"""What Bluetooth says of sound devices: their kind, as their makers declare it, and how full their batteries are.

From `system_profiler`, which reads what the system knows already: nothing is looked for on the air. Its keys and its kinds
are the same in every language.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from msgspec import structs

from amif_netcheck.model.facts import Unavailable
from amif_netcheck.platforms.macos.sound_objects import HalDevice, HalDevices
from amif_netcheck.platforms.macos.tools import Tools

_COMMAND = ("/usr/sbin/system_profiler", "SPBluetoothDataType", "-json", "-detailLevel", "full")
_LONGEST_S = 2.0
_TRANSPORTS = ("blue", "blea")
_LEVELS = (("device_batteryLevelMain",), ("device_batteryLevelLeft", "device_batteryLevelRight"))
"""Of the whole, else of two earbuds; that of their case is of no use to who wears them."""
_PERCENT = re.compile(r"\s*(\d{1,3})\s*%?\s*", re.ASCII)
_FULL = 100


class BluetoothAccessory(NamedTuple):
    """`minor_type` as in the specification's list of minor device classes (`Headset`, `Headphones`), empty where it is unknown."""

    minor_type: str = ""
    battery_pct: float | None = None


def described(listed: HalDevices, tools: Tools, seconds: float) -> HalDevices:
    """The same devices, with what Bluetooth says of those that are its own; they are left as they are when it says nothing."""
    if not any(device.transport in _TRANSPORTS for device in listed.devices):
        return listed
    written = tools.output(*_COMMAND, seconds=min(seconds, _LONGEST_S))
    accessories = {} if isinstance(written, Unavailable) else parse(written)
    return structs.replace(
        listed, devices=tuple(_described(device, accessories) for device in listed.devices)
    )


def _described(device: HalDevice, accessories: dict[str, BluetoothAccessory]) -> HalDevice:
    """A device's identity begins with its address."""
    accessory = accessories.get(_address(device.uid.partition(":")[0]))
    if accessory is None or device.transport not in _TRANSPORTS:
        return device
    return structs.replace(device, minor_type=accessory.minor_type, battery_pct=accessory.battery_pct)


def parse(text: str) -> dict[str, BluetoothAccessory]:
    """Connected devices by their addresses (lower case, no separators)."""
    try:
        report = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    sections = report.get("SPBluetoothDataType") if isinstance(report, dict) else None
    found = {}
    for section in sections if isinstance(sections, list) else ():
        for about in _connected(section):
            address = _address(str(about.get("device_address", "")))
            if address:
                minor_type = about.get("device_minorType")
                found[address] = BluetoothAccessory(
                    minor_type if isinstance(minor_type, str) else "", _battery(about)
                )
    return found


def _connected(section: object) -> Iterator[dict[str, Any]]:
    """Each is a table of its own, whose only key is its name."""
    listed = section.get("device_connected") if isinstance(section, dict) else None
    for named in listed if isinstance(listed, list) else ():
        for about in named.values() if isinstance(named, dict) else ():
            if isinstance(about, dict):
                yield about


def _battery(about: dict[str, Any]) -> float | None:
    for keys in _LEVELS:
        levels = [level for key in keys if (level := _level(about.get(key))) is not None]
        if levels:
            return min(levels)
    return None


def _level(value: object) -> float | None:
    """`85%`, with a space that does not break in some languages, or a number."""
    found = _PERCENT.fullmatch(
        str(value).replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")
    )
    level = float(found[1]) if found else None
    return level if level is not None and level <= _FULL else None


def _address(text: str) -> str:
    return text.replace(":", "").replace("-", "").casefold()
