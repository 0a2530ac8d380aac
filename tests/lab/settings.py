"""How a line behaves in each direction, and how that is written: `a2b:rate=5e+06,queue=64000,delay=12`."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

WAYS = ("a2b", "b2a")
"""The two directions. From the home to the Internet, up, is `a2b`."""

_WAY_NAMES = {"a2b": "a2b", "b2a": "b2a", "up": "a2b", "down": "b2a"}
_BIGGEST_PACKET = 1500


@dataclass(frozen=True)
class Settings:
    """One direction of a line.

    Attributes:
        rate: Bit/s, counted over whole IP packets; None: as fast as they come.
        queue: Bytes that may wait for their turn (the packet under way among them) before new ones are dropped;
            None: any number.
        delay: Constant delay one way, in ms.
        jitter: What is added to the delay, uniform within ± this, in ms. The delay never gets negative, and packets
            keep their order: what overtakes waits.
        loss: Share of the packets that are lost, 0..1, before they queue.
        burst: Mean length of a run of losses, in packets (Gilbert's model). Runs shorter than chance makes them,
            1 / (1 - loss), are not made: so 1 is independent losses.
        cut: Nothing new gets in, whatever the loss says.
    """

    rate: float | None = None
    queue: float | None = None
    delay: float = 0
    jitter: float = 0
    loss: float = 0
    burst: float = 1
    cut: float = 0

    def __post_init__(self) -> None:
        numbers = [number for number in dataclasses.astuple(self) if number is not None]
        if not all(map(math.isfinite, numbers)):
            raise ValueError(f"every setting has to be finite: {numbers}")
        if self.rate is not None and self.rate <= 0:
            raise ValueError(f"rate has to be above 0 bit/s: {self.rate}")
        if self.queue is not None and self.queue < _BIGGEST_PACKET:
            raise ValueError(f"queue has to hold a packet of {_BIGGEST_PACKET} bytes: {self.queue}")
        if min(self.delay, self.jitter) < 0:
            raise ValueError(f"delay and jitter have to be 0 ms or more: {self.delay}, {self.jitter}")
        if not 0 <= self.loss <= 1 or not 0 <= self.cut <= 1:
            raise ValueError(f"loss and cut have to be in 0..1: {self.loss}, {self.cut}")
        if self.burst < 1:
            raise ValueError(f"burst has to be 1 packet or more: {self.burst}")

    def changed(self, change: Mapping[str, Any]) -> Self:
        """With some settings changed and the rest kept."""
        return dataclasses.replace(self, **change)


_NAMES = tuple(each.name for each in dataclasses.fields(Settings))
_MAY_BE_NONE = {"rate", "queue"}


def read_change(text: str) -> dict[str, float | None]:
    """What `rate=5e+06,queue=none` changes.

    Raises:
        ValueError: An unknown name, or no number.
    """
    change: dict[str, float | None] = {}
    for part in text.split(","):
        name, equals, value = part.partition("=")
        if not equals or name not in _NAMES:
            raise ValueError(f"no setting of a line: {part!r} (there are {', '.join(_NAMES)})")
        change[name] = None if value == "none" and name in _MAY_BE_NONE else float(value)
    return change


def read_changes(text: str) -> list[tuple[str, dict[str, float | None]]]:
    """The directions and what changes in them, of `a2b:rate=5e+06,delay=12 b2a:loss=1`; `up` and `down` will do too.

    Raises:
        ValueError: Not written so.
    """
    changes = []
    for word in text.split():
        way, colon, change = word.partition(":")
        if not colon or way not in _WAY_NAMES:
            raise ValueError(f"no direction of a line: {word!r} (a2b:… is up, b2a:… is down)")
        changes.append((_WAY_NAMES[way], read_change(change)))
    return changes


@dataclass(frozen=True)
class Event:
    """Something that happens to a line again and again: `on` at `every`, 2 * `every`, … seconds, `off` `lasts` later."""

    every: float
    lasts: float
    on: str
    off: str

    def __post_init__(self) -> None:
        if not 0 < self.lasts < self.every:
            raise ValueError(
                f"an event has to end before it comes again: {self.lasts} s every {self.every} s"
            )
        read_changes(f"{self.on} {self.off}")

    @classmethod
    def read(cls, written: Mapping[str, Any]) -> Self:
        """An event from `{"every": 5, "for": 0.3, "on": ["a2b:loss=1"], "off": ["a2b:loss=0"]}`."""
        return cls(
            float(written["every"]), float(written["for"]), " ".join(written["on"]), " ".join(written["off"])
        )


class Schedule:
    """The events of a line, counted from the moment they were asked for."""

    def __init__(self, events: list[Event], start: float) -> None:
        self._pending = [(start + each.every, each, True) for each in events]

    @property
    def next_at(self) -> float:
        """When something happens next; infinity if never."""
        return min((at for at, _, _ in self._pending), default=float("inf"))

    def due(self, now: float) -> list[tuple[float, str]]:
        """What has happened up to now and was not told yet: when, and which changes, in order."""
        told = []
        while self.next_at <= now:
            soonest = min(self._pending, key=lambda each: each[0])
            self._pending.remove(soonest)
            at, event, begins = soonest
            told.append((at, event.on if begins else event.off))
            wait = event.lasts if begins else event.every - event.lasts
            self._pending.append((at + wait, event, not begins))
        return told

    def rest(self) -> list[str]:
        """The changes that end what is going on."""
        return [event.off for _, event, begins in self._pending if not begins]
