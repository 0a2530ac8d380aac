"""Asks the sound server (PulseAudio, or PipeWire in its clothes) once: devices, cards, and who plays and records.

A process of its own, since libpulse waits for ever when the server is stopped. Answers `{"sound": …}` (the shapes are in
`platforms.linux.pulse`), or `{"error": …}`; before it asks, `{"asking": true}`. Never starts a server, opens no device.

By `{"choose": [{"direction": "output" or "input", "name": …, "port": …}]}` sinks and sources become the default ones, with
that port unless it is empty. It says `{"outcome": …}` when the server says that they are, or that all is as it was before;
the words are those of `model.fix`.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from amif_netcheck.children import inside, libraries

with libraries.linker_names():
    import pulsectl
    from pulsectl import _pulsectl

_POLL_S = 0.05
_BACK_S = 2.0
"""What is put back shows within this, or has failed."""
_ERRORS = {1: "refused", 5: "gone"}
"""PA_ERR_ACCESS and PA_ERR_NOENTITY of libpulse."""
_DECIBEL_VOLUME = 0x20
"""PA_SINK_DECIBEL_VOLUME and PA_SOURCE_DECIBEL_VOLUME of libpulse: its volume means decibels."""
_MOST = 64
_LONGEST = 255
_PROPERTIES = (
    *("device.class", "device.bus", "device.api", "device.form_factor", "device.description"),
    *("device.product.name", "device.master_device", "device.profile.name", "node.virtual", "factory.name"),
    *("device.intended_roles",),
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
    proplist = getattr(of, "proplist", {})
    return {key: str(proplist[key])[:_LONGEST] for key in _PROPERTIES if proplist.get(key)}


def _device(info: Any, *, monitor: bool) -> dict[str, Any]:
    return {
        "name": str(info.name)[:_LONGEST],
        "description": str(info.description or "")[:_LONGEST],
        "index": info.index,
        "mute": bool(info.mute),
        "volume": float(info.volume.value_flat),
        "decibels": bool(info.flags & _DECIBEL_VOLUME),
        "rate": int(info.sample_spec.rate),
        "card": int(info.card),
        "monitor": monitor,
        "port": str(info.port_active.name) if info.port_active else "",
        "ports": {str(port.name)[:_LONGEST]: str(port.available._value) for port in info.port_list[:_MOST]},  # noqa: SLF001
        "port_labels": {
            str(port.name)[:_LONGEST]: str(port.description or "")[:_LONGEST]
            for port in info.port_list[:_MOST]
        },
        "properties": _properties(info),
    }


def _stream(info: Any, source: int) -> dict[str, Any]:
    return {
        "corked": bool(info.corked),
        "mute": bool(info.mute),
        "client": info.client < 2**32 - 1,
        "source": source,
        "peaks": "peaks" in str(info.resample_method) or "resample.peaks" in getattr(info, "proplist", {}),
        "properties": _properties(info),
    }


def _card(info: Any) -> dict[str, Any]:
    return {
        "index": info.index,
        "profile": str(info.profile_active.name) if info.profile_active else "",
        "profiles": [str(profile.name)[:_LONGEST] for profile in info.profile_list[:_MOST]],
        "properties": _properties(info),
    }


def _connected() -> Any:
    pulse = pulsectl.Pulse("amif-netcheck", connect=False)
    pulse.connect(autospawn=False)
    return pulse


def _ask(pulse: Any) -> dict[str, Any]:
    server = pulse.server_info()
    no_monitor = 2**32 - 1
    return {
        "server": str(server.server_name)[:_LONGEST],
        "default_output": str(server.default_sink_name or ""),
        "default_input": str(server.default_source_name or ""),
        "outputs": [_device(info, monitor=False) for info in pulse.sink_list()[:_MOST]],
        "inputs": [
            _device(info, monitor=info.monitor_of_sink != no_monitor) for info in pulse.source_list()[:_MOST]
        ],
        "cards": [_card(info) for info in pulse.card_list()[:_MOST]],
        "playing": [_stream(info, -1) for info in pulse.sink_input_list()[:_MOST]],
        "recording": [_stream(info, int(info.source)) for info in pulse.source_output_list()[:_MOST]],
    }


class _Before(NamedTuple):
    """The default of a direction, and the port of the device that is to become it."""

    default: str
    port: str


def choose(pulse: Any, wanted: list[dict[str, str]]) -> str:
    """Make them the default ones: nothing is changed unless all of them are there. Returns when the server says so.

    When one of them fails, what was changed is put back; `gone` and `refused` say that all is as it was before.
    """
    places = [_find(pulse, target) for target in wanted]
    if not all(places):
        return "gone"
    before = [
        _Before(_default(pulse, target["direction"]), _port(place))
        for target, place in zip(wanted, places, strict=True)
    ]
    changed: list[Callable[[], None]] = []
    try:
        for target, place, was in zip(wanted, places, before, strict=True):
            if target["port"]:  # first: a server does not like a device whose port has nothing in it
                pulse.port_set(place, target["port"])
                changed.append(partial(_put_port, pulse, target, was.port))
            if not _is_default(pulse, target):
                pulse.default_set(place)
                changed.append(partial(_put_default, pulse, target["direction"], was.default))
    except pulsectl.PulseOperationFailed:
        failed = _ERRORS.get(_pulsectl.pa.context_errno(pulse._ctx), "failed")  # noqa: SLF001 - the library keeps it to itself
    else:
        while not all(_is_chosen(pulse, target) for target in wanted):
            if not all(_find(pulse, target) for target in wanted):
                failed = "gone"
                break
            time.sleep(_POLL_S)
        else:
            return "done"
    return failed if _put_back(pulse, changed, wanted, before) else "failed"


def _put_back(
    pulse: Any, changed: list[Callable[[], None]], wanted: list[dict[str, str]], before: list[_Before]
) -> bool:
    """Undo, the last change first. Does the server say that all is as it was before?"""
    for undo in reversed(changed):
        with contextlib.suppress(pulsectl.PulseError):
            undo()
    until = time.monotonic() + _BACK_S
    while not all(_is_as_before(pulse, target, was) for target, was in zip(wanted, before, strict=True)):
        if time.monotonic() > until:
            return False
        time.sleep(_POLL_S)
    return True


def _is_as_before(pulse: Any, wanted: dict[str, str], was: _Before) -> bool:
    place = _named(pulse, wanted["direction"], wanted["name"])
    return _default(pulse, wanted["direction"]) == was.default and (place is None or _port(place) == was.port)


def _put_port(pulse: Any, wanted: dict[str, str], port: str) -> None:
    place = _named(pulse, wanted["direction"], wanted["name"])
    if place is not None and port:
        pulse.port_set(place, port)


def _put_default(pulse: Any, direction: str, name: str) -> None:
    place = _named(pulse, direction, name)
    if place is not None:
        pulse.default_set(place)


def _port(place: Any) -> str:
    return str(place.port_active.name) if place.port_active else ""


def _named(pulse: Any, direction: str, name: str) -> Any:
    places = pulse.sink_list() if direction == "output" else pulse.source_list()
    return next((place for place in places if place.name == name), None)


def _default(pulse: Any, direction: str) -> str:
    server = pulse.server_info()
    return str((server.default_sink_name if direction == "output" else server.default_source_name) or "")


def _find(pulse: Any, wanted: dict[str, str]) -> Any:
    """The sink or source; None when it, or what was plugged into its port, is not there any more."""
    place = _named(pulse, wanted["direction"], wanted["name"])
    if place is None or not wanted["port"]:
        return place
    there = any(port.name == wanted["port"] and port.available != "no" for port in place.port_list)
    return place if there else None


def _is_default(pulse: Any, wanted: dict[str, str]) -> bool:
    return _default(pulse, wanted["direction"]) == wanted["name"]


def _is_chosen(pulse: Any, wanted: dict[str, str]) -> bool:
    place = _find(pulse, wanted)
    if place is None or not _is_default(pulse, wanted):
        return False
    return not wanted["port"] or _port(place) == wanted["port"]


def main() -> None:
    """Ask or choose, say, end."""
    wanted = inside.request().get("choose")
    inside.end_with_parent()
    _pulsectl.force_str = _text
    inside.write_line(asking=True)
    try:
        pulse = _connected()
        if wanted is None:
            inside.write_line(sound=_ask(pulse))
        else:
            inside.write_line(outcome=choose(pulse, wanted))
    except Exception as error:  # noqa: BLE001 - libpulse missing, no server, refused: all the same to whoever asks
        inside.write_line(error=f"{type(error).__name__}: {error}"[:200])
    inside.exit_now()


if __name__ == "__main__":
    main()
