"""What devices are called, by what they say of themselves or by the maker of their network card."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import translate
from functools import cache

from msgspec import Struct, convert

from amif_netcheck.catalog import read


class KnownDevice(Struct, frozen=True, kw_only=True):
    """An entry of `devices.toml`."""

    id: str
    kind: str
    fr: str
    en: str
    models: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    upnp: tuple[str, ...] = ()
    vendors: tuple[str, ...] = ()


class _Devices(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind: dict[str, dict[str, str]]
    device: tuple[KnownDevice, ...]


@dataclass(frozen=True)
class Traits:
    """What is known of a device; see `devices.toml`."""

    models: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    upnp: tuple[str, ...] = ()
    vendor: str = ""


@cache
def devices() -> _Devices:
    """The file of devices."""
    return convert(read("devices.toml"), _Devices)


def recognise(traits: Traits) -> KnownDevice | None:
    """The device behind these traits: by the most telling of them that any entry knows; None when none does."""
    vendors = [traits.vendor] if traits.vendor else []
    for field, values in (
        ("models", traits.models),
        ("services", traits.services),
        ("upnp", traits.upnp),
        ("vendors", vendors),
    ):
        device = _first(field, values)
        if device is not None:
            return device
    return None


def service_types() -> tuple[str, ...]:
    """The mDNS types that tell something, such as `_googlecast._tcp`."""
    return tuple(dict.fromkeys(service for known in devices().device for service in known.services))


def neighbour_label(key: str, language: str) -> str:
    """What a device, or a kind of devices, is called; `key` is the id of either. Empty when it is unknown."""
    known = next((device for device in devices().device if device.id == key), None)
    if known is not None:
        return known.fr if language == "fr" else known.en
    return devices().kind.get(key, {}).get(language, "")


def _first(field: str, values: Iterable[str]) -> KnownDevice | None:
    folded = [value.casefold() for value in values]
    if not folded:
        return None
    return next(
        (known for known, fits in _patterns(field) if any(fits.match(value) for value in folded)), None
    )


@cache
def _patterns(field: str) -> tuple[tuple[KnownDevice, re.Pattern[str]], ...]:
    """The entries that have patterns in a field; compiled once, as there are more than `fnmatch` remembers."""
    return tuple(
        (known, re.compile("|".join(translate(pattern) for pattern in getattr(known, field))))
        for known in devices().device
        if getattr(known, field)
    )
