"""The battery, power saving and heat, from `pmset` and NSProcessInfo. `pmset` writes English in every language."""

from __future__ import annotations

import re
import threading

from amif_netcheck.model.facts import Battery, Reason, Unavailable
from amif_netcheck.platforms import portable
from amif_netcheck.platforms.macos.objective_c import AppleObjects
from amif_netcheck.platforms.macos.tools import Tools

_PMSET = "/usr/bin/pmset"
_SECONDS = 1.5
_SOURCE = re.compile(r"^Now drawing from '([^']*)'", re.MULTILINE)
_INTERNAL = re.compile(r"^ *-InternalBattery-\S*[^\n]*?(\d{1,3})%;([^\n]*)", re.MULTILINE | re.ASCII)
_ABSENT = "present: false"
_SPEED = re.compile(r"^\s*CPU_Speed_Limit\s*=\s*(\d{1,3})\b", re.MULTILINE | re.ASCII)
_MODE = re.compile(r"^\s*(lowpowermode|powermode)\s+(\d+)\s*$", re.MULTILINE | re.ASCII)
_LOW = "1"
"""`lowpowermode` is 0 or 1; `powermode` 0 automatic, 1 low, 2 high."""
_FULL_SPEED = 100
_SERIOUS = 2
"""NSProcessInfoThermalStateSerious: "performance is impacted" (NSProcessInfo.h)."""


def battery(tools: Tools) -> Battery | Unavailable:
    """See `Platform.battery`; psutil would take the first of all sources, which may be a UPS."""
    text = tools.output(_PMSET, "-g", "batt", seconds=_SECONDS)
    return portable.battery() if isinstance(text, Unavailable) else parse_battery(text)


def parse_battery(text: str) -> Battery | Unavailable:
    """A line with the source in use, then one for each battery, such as `-InternalBattery-0 (id=1)	79%; AC attached; …`."""
    source = _SOURCE.search(text)
    cells = [(int(charge), rest) for charge, rest in _INTERNAL.findall(text) if _ABSENT not in rest]
    if source is None:
        return Unavailable(reason=Reason.ERROR, detail="pmset: no source of power that can be read")
    if not cells:
        return Unavailable(reason=Reason.NOT_PRESENT, detail="no battery")
    charge = sum(charge for charge, _ in cells) / len(cells)
    return Battery(charge_pct=min(100.0, charge), discharging=source[1] == "Battery Power")


def power_saver(objects: AppleObjects, tools: Tools) -> bool | Unavailable:
    """See `Platform.power_saver`: the low power mode, whatever the Mac runs on."""
    try:
        return objects.low_power()
    except OSError:
        text = tools.output(_PMSET, "-g", seconds=_SECONDS)
        return text if isinstance(text, Unavailable) else parse_power_saver(text)


def parse_power_saver(text: str) -> bool | Unavailable:
    """` lowpowermode         1`, on newer Macs ` powermode            1`; a Mac without the mode has neither line."""
    modes = [mode for _, mode in _MODE.findall(text)]
    if not modes:
        return Unavailable(reason=Reason.UNSUPPORTED, detail="pmset tells no low power mode")
    return _LOW in modes


class HeatWatch:
    """Counts how often the processor was seen slowed down to cool: the system tells the state of the moment."""

    def __init__(self, objects: AppleObjects, tools: Tools) -> None:
        self._objects, self._tools = objects, tools
        self._lock = threading.Lock()
        self._seen = 0

    def slowdowns(self) -> int | Unavailable:
        """See `CpuSample.slowdowns`: one more for each time that it is slowed when this is asked."""
        slowed = self._slowed()
        if isinstance(slowed, Unavailable):
            return slowed
        with self._lock:
            self._seen += slowed
            return self._seen

    def _slowed(self) -> bool | Unavailable:
        state: int | Unavailable
        try:
            state = self._objects.thermal_state()
        except OSError as error:
            state = Unavailable(reason=Reason.UNSUPPORTED, detail=str(error))
        if not isinstance(state, Unavailable) and state >= _SERIOUS:
            return True
        text = self._tools.output(_PMSET, "-g", "therm", seconds=_SECONDS)
        limit = None if isinstance(text, Unavailable) else speed_limit(text)
        if limit is not None:
            return limit < _FULL_SPEED
        return state if isinstance(state, Unavailable) else False


def speed_limit(text: str) -> int | None:
    """The lowest `CPU_Speed_Limit` of `pmset -g therm`, in per cent; Macs with Apple's processors do not write it."""
    limits = [int(limit) for limit in _SPEED.findall(text)]
    return min(limits, default=None)
