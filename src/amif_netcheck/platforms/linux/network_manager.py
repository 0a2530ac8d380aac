"""Wi-Fi as NetworkManager tells it over D-Bus: a percentage, the frequency, and the access points it heard in minutes.

Reading needs no permission.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

from msgspec import Struct

from amif_netcheck.model.facts import OtherBand, Reason, Unavailable, WifiLink, WifiSource
from amif_netcheck.platforms import radio
from amif_netcheck.platforms.linux import dbus
from amif_netcheck.platforms.text import clean

_NAME = "org.freedesktop.NetworkManager"
_ROOT = "/org/freedesktop/NetworkManager"
_WIRELESS = f"{_NAME}.Device.Wireless"
_ACCESS_POINT = f"{_NAME}.AccessPoint"
_NONE = "/"

_LONGEST_S = 1.5
_HAND_OVER_S = 0.1
"""What came in time is handed over before nobody waits for it any more."""
_MOST_ACCESS_POINTS = 100
_BEST_DBM, _WORST_DBM = -40.0, -100.0
"""The ends of NetworkManager's scale, 100 and 0 per cent (`nm_wifi_utils_level_to_quality`)."""
_KBIT = 1000

_UNTOLD = Unavailable(reason=Reason.UNSUPPORTED, detail="NetworkManager does not tell")


class NetworkManagerProperties(Struct, frozen=True, kw_only=True):
    """Properties by name, as they came: of the device, of its access point, and of all it heard."""

    device: dict[str, Any]
    active: dict[str, Any]
    scanned: list[dict[str, Any]] = []


def link(interface: str, until: float) -> WifiLink | Unavailable:
    """The radio link of `interface`, by `until` (`time.monotonic`)."""
    until = min(until, time.monotonic() + _LONGEST_S)
    answers = dbus.answer(until, lambda: _ask(interface, until - _HAND_OVER_S))
    return answers if isinstance(answers, Unavailable) else parse(answers)


def parse(answers: NetworkManagerProperties) -> WifiLink | Unavailable:
    """The link from NetworkManager's properties. What is missing or of another type counts as unknown."""
    if not answers.active:
        return Unavailable(reason=Reason.NOT_PRESENT, detail="not connected to an access point")
    active = _network(answers.active)
    signal, frequency = active.signal_dbm, active.frequency_mhz or None
    rate = _number(answers.device, "Bitrate")
    return WifiLink(
        source=_UNTOLD if signal is None else WifiSource.NETWORK_MANAGER,
        signal_dbm=_UNTOLD if signal is None else signal,
        signal_pct=radio.derived(radio.percent_of, signal, _UNTOLD),
        estimated=signal is not None,
        noise_dbm=_UNTOLD,
        frequency_mhz=frequency or _UNTOLD,
        band=radio.derived(radio.band_of, frequency, _UNTOLD),
        channel=radio.derived(radio.channel_of, frequency, _UNTOLD),
        width_mhz=_number(answers.active, "Bandwidth") or _UNTOLD,
        receive_mbit_s=_UNTOLD,
        send_mbit_s=rate / _KBIT if rate else _UNTOLD,
        generation=_UNTOLD,
        ssid=active.name or _UNTOLD,
        other_bands=_other_bands(answers.scanned, active),
    )


def _other_bands(
    scanned: list[dict[str, Any]], active: radio.ScannedNetwork
) -> tuple[OtherBand, ...] | Unavailable:
    band = radio.band_of(active.frequency_mhz)
    if band is None or not active.name:
        return _UNTOLD
    return radio.other_bands(map(_network, scanned), active.name, band)


def _network(access_point: dict[str, Any]) -> radio.ScannedNetwork:
    name, strength = access_point.get("Ssid"), _number(access_point, "Strength")
    return radio.ScannedNetwork(
        name=clean(name) if isinstance(name, bytes) else "",
        frequency_mhz=_number(access_point, "Frequency") or 0,
        signal_dbm=None if not strength else _WORST_DBM + min(strength, 100) / 100 * (_BEST_DBM - _WORST_DBM),
    )


def _number(properties: dict[str, Any], name: str) -> int | None:
    value = properties.get(name)
    return value if isinstance(value, int) else None


def _ask(interface: str, until: float) -> NetworkManagerProperties | Unavailable:
    from jeepney import DBusAddress, MessageType, new_method_call

    def left() -> float:
        return max(0.01, until - time.monotonic())

    with dbus.system(left()) as bus:

        def call(path: str, face: str, method: str, signature: str, *arguments: str) -> Any:
            address = DBusAddress(path, bus_name=_NAME, interface=face)
            message = new_method_call(address, method, signature, arguments)
            reply = bus.send_and_get_reply(message, timeout=left())
            if reply.header.message_type is MessageType.error:
                return None
            return reply.body[0] if reply.body else None

        def properties(path: Any, face: str) -> dict[str, Any]:
            if not isinstance(path, str) or path in {"", _NONE}:
                return {}
            values = call(path, "org.freedesktop.DBus.Properties", "GetAll", "s", face)
            return {name: value for name, (_, value) in values.items()} if isinstance(values, dict) else {}

        path = call(_ROOT, _NAME, "GetDeviceByIpIface", "s", interface)
        if not isinstance(path, str):
            return Unavailable(
                reason=Reason.NOT_PRESENT, detail="NetworkManager does not know this interface"
            )
        device = properties(path, _WIRELESS)
        active = properties(device.get("ActiveAccessPoint"), _ACCESS_POINT)
        around = device.get("AccessPoints")
        scanned: list[dict[str, Any]] = []
        with suppress(TimeoutError):  # some of them are better than none of it
            for access_point in (around if isinstance(around, list) else [])[:_MOST_ACCESS_POINTS]:
                scanned.append(properties(access_point, _ACCESS_POINT))  # noqa: PERF401 - the exception keeps what there is
        return NetworkManagerProperties(device=device, active=active, scanned=scanned)
