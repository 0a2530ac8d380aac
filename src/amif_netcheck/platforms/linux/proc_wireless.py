"""Wi-Fi as /proc/net/wireless tells it: signal and noise only, by drivers of the old interface or its emulation."""

from __future__ import annotations

from pathlib import Path

from amif_netcheck.model.facts import Reason, Unavailable, WifiLink, WifiSource
from amif_netcheck.platforms import radio
from amif_netcheck.platforms.text import clean

_FILE = Path("/proc/net/wireless")
_LEVEL, _NOISE = 2, 3  # after the name: status, link, level, noise
_COLUMNS = 4

_UNTOLD = Unavailable(reason=Reason.UNSUPPORTED, detail="/proc/net/wireless does not tell")


def link(interface: str) -> WifiLink | Unavailable:
    """The signal of `interface`."""
    try:
        content = _FILE.read_bytes()
    except OSError as error:
        return Unavailable(reason=Reason.NOT_PRESENT, detail=f"/proc/net/wireless: {error.strerror}")
    return parse(content, interface)


def parse(content: bytes, interface: str) -> WifiLink | Unavailable:
    """The line of `interface`. Only negative levels are dBm; others have a unit of the driver's own."""
    for line in content.splitlines():
        name, colon, rest = line.partition(b":")
        columns = rest.split()
        if not colon or clean(name.strip()) != interface or len(columns) < _COLUMNS:
            continue
        signal, noise = _dbm(columns[_LEVEL]), _dbm(columns[_NOISE])
        return WifiLink(
            source=_UNTOLD if signal is None else WifiSource.PROC,
            signal_dbm=_UNTOLD if signal is None else signal,
            signal_pct=_UNTOLD if signal is None else radio.percent_of(signal),
            noise_dbm=_UNTOLD if noise is None else noise,
        )
    return Unavailable(reason=Reason.NOT_PRESENT, detail="not in /proc/net/wireless")


def _dbm(text: bytes) -> float | None:
    try:
        value = float(text)  # a full stop at its end marks a value that is fresh
    except ValueError:
        return None
    return value if radio.is_signal(value) else None
