"""Asks the sound server (PulseAudio, or PipeWire in its clothes) once: devices, cards, and who plays and records.

A process of its own, since libpulse waits for ever when the server is stopped. Answers `{"sound": …}` (the shapes are in
`platforms.linux.pulse`), or `{"error": …}`; before it asks, `{"asking": true}`. Never starts a server, opens no device.
"""

from __future__ import annotations

from typing import Any

import pulsectl
from pulsectl import _pulsectl

from amif_netcheck.children import inside

_MOST = 64
_LONGEST = 255
_PROPERTIES = (
    *("device.class", "device.bus", "device.api", "device.form_factor", "device.description"),
    *("device.product.name", "device.master_device", "device.profile.name", "node.virtual", "factory.name"),
    *("bluetooth.protocol", "bluetooth.codec", "bluetooth.battery"),
    *("api.bluez5.profile", "api.bluez5.codec"),
    *("application.name", "application.id", "application.process.binary", "application.process.id"),
    *("application.process.host", "media.role", "stream.monitor", "resample.peaks", "node.link-group"),
)
"""What we look at; titles of what is played are not among it."""


def _text(value: Any, *_: Any) -> Any:
    """Names as text whatever bytes they hold: the library's own way fails on bytes that are no UTF-8."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _properties(of: Any) -> dict[str, str]:
    held = getattr(of, "proplist", {})
    return {key: str(held[key])[:_LONGEST] for key in _PROPERTIES if held.get(key)}


def _device(each: Any, *, monitor: bool) -> dict[str, Any]:
    return {
        "name": str(each.name)[:_LONGEST],
        "description": str(each.description or "")[:_LONGEST],
        "index": each.index,
        "mute": bool(each.mute),
        "volume": float(each.volume.value_flat),
        "rate": int(each.sample_spec.rate),
        "card": int(each.card),
        "monitor": monitor,
        "port": str(each.port_active.name) if each.port_active else "",
        "ports": {str(port.name)[:_LONGEST]: str(port.available._value) for port in each.port_list[:_MOST]},  # noqa: SLF001
        "properties": _properties(each),
    }


def _stream(each: Any, source: int) -> dict[str, Any]:
    return {
        "corked": bool(each.corked),
        "mute": bool(each.mute),
        "client": each.client < 2**32 - 1,
        "source": source,
        "peaks": "peaks" in str(each.resample_method) or "resample.peaks" in getattr(each, "proplist", {}),
        "properties": _properties(each),
    }


def _card(each: Any) -> dict[str, Any]:
    return {
        "index": each.index,
        "profile": str(each.profile_active.name) if each.profile_active else "",
        "profiles": [str(profile.name)[:_LONGEST] for profile in each.profile_list[:_MOST]],
        "properties": _properties(each),
    }


def _ask() -> dict[str, Any]:
    pulse = pulsectl.Pulse("amif-netcheck", connect=False)
    pulse.connect(autospawn=False)
    server = pulse.server_info()
    no_monitor = 2**32 - 1
    return {
        "server": str(server.server_name)[:_LONGEST],
        "default_output": str(server.default_sink_name or ""),
        "default_input": str(server.default_source_name or ""),
        "outputs": [_device(each, monitor=False) for each in pulse.sink_list()[:_MOST]],
        "inputs": [
            _device(each, monitor=each.monitor_of_sink != no_monitor) for each in pulse.source_list()[:_MOST]
        ],
        "cards": [_card(each) for each in pulse.card_list()[:_MOST]],
        "playing": [_stream(each, -1) for each in pulse.sink_input_list()[:_MOST]],
        "recording": [_stream(each, int(each.source)) for each in pulse.source_output_list()[:_MOST]],
    }


def main() -> None:
    """Ask, say, end."""
    inside.wish()
    _pulsectl.force_str = _text
    inside.say(asking=True)
    try:
        inside.say(sound=_ask())
    except Exception as error:  # noqa: BLE001 - libpulse missing, no server, refused: all the same to whoever asks
        inside.say(error=f"{type(error).__name__}: {error}"[:200])
    inside.leave()


if __name__ == "__main__":
    main()
