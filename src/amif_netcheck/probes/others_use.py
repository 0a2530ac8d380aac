"""What others use of the line: the box's byte counters, less what this computer moved in the same time."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from amif_netcheck.measure.upnp import Counters
from amif_netcheck.model.facts import OthersUse, Reason, Unavailable
from amif_netcheck.platforms.answers import ByteCounters

_PACE_S = 0.5
_LAST_READING_S = 0.3
"""Before the deadline."""
_SHORTEST_WINDOW_S = 1.0
_32_BIT = 1 << 32
_PLAUSIBLE_WRAP = 1 << 31
_HEADERS_SHARE = 0.05
"""A box counts other headers than a computer does: PPPoE, VLAN, or none of the link's."""
_FLOOR_MBIT_S = 0.1
"""What this computer says to its neighbours, the questions to the box among them, never reaches the line."""
_IDLE_BYTES = 2000

_STILL = Unavailable(reason=Reason.NOT_PRESENT, detail="the box's counters stand still")


@dataclass(frozen=True)
class CounterSample:
    """One counter of the box with this computer's own, read at `at` within `took_s` of each other."""

    at: float
    took_s: float
    box: int
    own: int


def watch(
    box: Counters,
    own: Callable[[], ByteCounters | Unavailable],
    *,
    until: float,
    stop: threading.Event,
) -> OthersUse | Unavailable:
    """Read the counters every half second until `until`."""
    down: list[CounterSample] = []
    up: list[CounterSample] = []
    end = until - _LAST_READING_S
    while True:
        for name, readings in (("Received", down), ("Sent", up)):
            began = time.perf_counter()
            value = box.read(name, until=until)
            mine = own()
            now = time.perf_counter()
            if isinstance(value, Unavailable):
                return value
            if isinstance(mine, Unavailable):
                return mine
            moved = mine.received if name == "Received" else mine.sent
            readings.append(CounterSample(at=now, took_s=now - began, box=value, own=moved))
        left = end - time.monotonic()
        if left <= 0 or stop.wait(min(_PACE_S, left)):
            return use(down, up)


def use(down: Sequence[CounterSample], up: Sequence[CounterSample]) -> OthersUse | Unavailable:
    """What others used, from successive readings of both directions."""
    windows = [_window(readings) for readings in (down, up)]
    measured = [window for window in windows if isinstance(window, _Window)]
    if not measured or any(
        isinstance(window, Unavailable) and (window is not _STILL or _own_moved(readings) > _IDLE_BYTES)
        for window, readings in zip(windows, (down, up), strict=True)
    ):
        return next(window for window in windows if isinstance(window, Unavailable))
    nothing = _Window(measured[0].seconds, 0.0, 0.0, _FLOOR_MBIT_S)
    received, sent = (window if isinstance(window, _Window) else nothing for window in windows)
    if any(window.others < -window.uncertain for window in (received, sent)):
        return Unavailable(
            reason=Reason.UNSUPPORTED,
            detail="this computer moved more than the box did: on the local network",
        )
    return OthersUse(
        window_s=min(received.seconds, sent.seconds),
        down_mbit_s=max(0.0, received.others),
        up_mbit_s=max(0.0, sent.others),
        uncertain_down_mbit_s=received.uncertain,
        uncertain_up_mbit_s=sent.uncertain,
        own_down_mbit_s=received.own,
        own_up_mbit_s=sent.own,
    )


@dataclass(frozen=True)
class _Window:
    """Mbit/s over the time between two changes of a counter."""

    seconds: float
    others: float
    own: float
    uncertain: float


def _window(readings: Sequence[CounterSample]) -> _Window | Unavailable:
    """From the first change of the box's counter to the last: some boxes renew theirs every second or two only."""
    steps = []
    for before, after in itertools.pairwise(readings):
        step = after.box - before.box
        if step < 0 and before.box < _32_BIT and step + _32_BIT < _PLAUSIBLE_WRAP:
            step += _32_BIT
        if step < 0 or after.own < before.own:
            return Unavailable(reason=Reason.NOT_PRESENT, detail="a counter went backwards")
        steps.append(step)
    changed = [index for index, step in enumerate(steps, start=1) if step]
    if not changed:
        return _STILL
    live = len(changed) == len(steps)
    first, last = (0 if live else changed[0]), changed[-1]
    begin, end = readings[first], readings[last]
    seconds = end.at - begin.at
    if seconds < _SHORTEST_WINDOW_S:
        return Unavailable(reason=Reason.TIMEOUT, detail="the box renews its counters too rarely")
    own = _mbit_s(end.own - begin.own, seconds)
    apart_s = begin.took_s + end.took_s if live else 2 * _PACE_S
    return _Window(
        seconds=seconds,
        others=_mbit_s(sum(steps[first:last]), seconds) - own,
        own=own,
        uncertain=_FLOOR_MBIT_S + own * (_HEADERS_SHARE + apart_s / seconds),
    )


def _own_moved(readings: Sequence[CounterSample]) -> int:
    return readings[-1].own - readings[0].own if readings else 0


def _mbit_s(count: int, seconds: float) -> float:
    return count * 8 / 1e6 / seconds
