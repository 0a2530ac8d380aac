"""What numbers about Wi-Fi mean, the same on every system: bands, channels, per cent, and whether two names are one network."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TypeVar

from msgspec import Struct

from amif_netcheck.model.facts import Band, OtherBand, Reason, Unavailable

Figure = TypeVar("Figure")
Derived = TypeVar("Derived")

_WORST_DBM, _BEST_DBM = -100.0, -50.0
_WEAKEST_DBM, _STRONGEST_DBM = -120.0, 0.0

# IEEE 802.11-2020, annex E, and 802.11ax for 6 GHz.
_JAPANESE_14 = 2484
_CHANNEL_2_AT_6_GHZ = 5935
_BANDS = (
    (2400, 2500, Band.GHZ_2_4),
    (4900, 5925, Band.GHZ_5),
    (5925, 7130, Band.GHZ_6),
    (57_000, 71_000, Band.GHZ_60),
)

_BAND_SUFFIX = re.compile(r"(?<=.)[ _.-]?(?:2[.,]?4|5|6) ?g(?:hz)?$", re.IGNORECASE)
"""What boxes append to a network's name for one of its bands."""


def band_of(frequency_mhz: int) -> Band | None:
    """The band of a channel's centre frequency."""
    return next((band for low, high, band in _BANDS if low <= frequency_mhz < high), None)


def channel_of(frequency_mhz: int) -> int | None:
    """The channel of its centre frequency; None when it is the centre of none."""
    band = band_of(frequency_mhz)
    if frequency_mhz == _JAPANESE_14:
        return 14
    if frequency_mhz == _CHANNEL_2_AT_6_GHZ:
        return 2
    start, step = {
        Band.GHZ_2_4: (2407, 5),
        Band.GHZ_5: (5000 if frequency_mhz >= 5000 else 4000, 5),  # noqa: PLR2004 - Japan's 4.9 GHz counts from 4000
        Band.GHZ_6: (5950, 5),
        Band.GHZ_60: (56_160, 2160),
        None: (0, 1),
    }[band]
    number, rest = divmod(frequency_mhz - start, step)
    return number if band is not None and number > 0 and not rest else None


def percent_of(signal_dbm: float) -> float:
    """The signal as Windows counts it (`wlanSignalQuality` of WLAN_ASSOCIATION_ATTRIBUTES): -100 dBm is 0, -50 is 100."""
    span = _BEST_DBM - _WORST_DBM
    return min(100.0, max(0.0, (signal_dbm - _WORST_DBM) / span * 100))


def derived(
    function: Callable[[Figure], Derived | None], figure: Figure | None, unknown: Unavailable
) -> Derived | Unavailable:
    """What a figure means; `unknown` when there is none, or it means nothing."""
    meaning = None if figure is None else function(figure)
    return unknown if meaning is None else meaning


def is_signal(dbm: float) -> bool:
    """Can this be a received signal? Drivers write 0 or -128 for what they don't know."""
    return _WEAKEST_DBM < dbm < _STRONGEST_DBM


def same_network(one: str, other: str) -> bool:
    """Are these names of one network? The same name, or but for what a box appends for a band ("-5G", "_2.4GHz")."""
    stems = [_BAND_SUFFIX.sub("", name).casefold() for name in (one, other)]
    return bool(stems[0]) and stems[0] == stems[1]


class ScannedNetwork(Struct, frozen=True, kw_only=True):
    """A network that this computer heard."""

    name: str
    frequency_mhz: int
    signal_dbm: float | None


def other_bands(scanned: Iterable[ScannedNetwork], name: str, band: Band) -> tuple[OtherBand, ...]:
    """On which other bands the network `name` is at hand: the strongest of each, the very same name before a similar one."""
    best: dict[Band, tuple[tuple[bool, float], OtherBand]] = {}
    for network in scanned:
        there = band_of(network.frequency_mhz)
        if there is None or there is band or not same_network(network.name, name):
            continue
        same = network.name == name
        rank = (same, _WEAKEST_DBM if network.signal_dbm is None else network.signal_dbm)
        if there not in best or rank > best[there][0]:
            unknown = Unavailable(reason=Reason.UNSUPPORTED, detail="the driver does not tell")
            signal = unknown if network.signal_dbm is None else network.signal_dbm
            best[there] = rank, OtherBand(band=there, signal_dbm=signal, same_name=same)
    return tuple(other for _, other in sorted(best.values(), key=lambda pair: pair[1].band.value))
