"""Lines drawn at random, by kind, for real calls over them: some to fit the model of the call, some only to judge it.

`python -m bench.draw_lines > tests/data/calls/lines.json`. Which is which is part of the drawing, fixed before any call. Lines
that a model was judged by are known afterwards: the next drawing fits on them and judges on its own.
"""

from __future__ import annotations

import json
import math
import random
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

TRACES = (
    *("att-120", "att-300", "att-480", "tmo-30"),
    *("vzw-30", "umts-420", "evdo-180", "att16-30"),
)
RATES = (250_000, 50_000_000)
"""bit/s of a drawn way."""


class Draw:
    """One line after the other, all from one seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def even(self, low: float, high: float, digits: int = 0) -> float:
        """Between the two."""
        return round(self._random.uniform(low, high), digits)

    def log(self, low: float, high: float) -> float:
        """Between the two, as often below as above their geometric mean; three digits."""
        return float(f"{math.exp(self._random.uniform(math.log(low), math.log(high))):.3g}")

    def often(self, share: float) -> bool:
        """True in that share of the draws."""
        return self._random.random() < share

    def one(self, *choices: Any) -> Any:
        """One of them."""
        return self._random.choice(choices)

    def way(self, name: str, rate: float, **more: float) -> str:
        """One direction, with a queue of 30 ms to 1 s at its rate, at least four packets."""
        queue = max(6000, round(rate / 8 * self.log(0.03, 1.0)))
        fields = {"rate": f"{rate:g}", "queue": queue, **{key: f"{value:g}" for key, value in more.items()}}
        return f"{name}:" + ",".join(f"{key}={value}" for key, value in fields.items())

    def both(self, up: float, down: float, **more: float) -> dict[str, Any]:
        """Both directions with the same delay, loss and jitter."""
        return {"a2b": self.way("a2b", up, **more), "b2a": self.way("b2a", down, **more)}

    def plenty(self, **more: float) -> dict[str, Any]:
        """A line whose rates are no matter."""
        return self.both(self.log(3e6, 2e7), self.log(8e6, 5e7), **more)

    def any(self) -> dict[str, Any]:
        """Everything at once, as it comes: a rate each way, and each trouble with its own chance."""
        up, down = self.log(*RATES), self.log(*RATES)
        ways = {}
        delay = self.log(4, 160)
        lossy, shaky = self.often(0.4), self.often(0.4)
        for name, rate in (("a2b", up), ("b2a", down)):
            more: dict[str, float] = {"delay": delay}
            if shaky:
                more["jitter"] = min(delay, self.log(3, 50))
            if lossy and self.often(0.75):
                more |= {"loss": self.log(0.003, 0.15), "burst": self.one(1, 1, 3, 6)}
            ways[name] = self.way(name, rate, **more)
        line: dict[str, Any] = dict(ways)
        if self.often(0.3):
            line["cross"] = [self.beside()]
        if self.often(0.2):
            line["events"] = [self.held_back(delay)]
        return line

    def beside(self) -> dict[str, Any]:
        """Somebody else's transfer."""
        wish: dict[str, Any] = {"from": self.one("home", "tv", "tv"), "dir": self.one("up", "down")}
        if self.often(0.3):
            wish["streams"] = 2
        return wish

    def held_back(self, delay: float) -> dict[str, Any]:
        """The line holds everything back, again and again; nothing is lost."""
        late = self.even(200, 650)
        ways = self.one(("a2b", "b2a"), ("a2b", "b2a"), ("a2b",), ("b2a",))
        return {
            "every": self.even(2, 9, 1), "for": 0.02,
            "on": [f"{way}:delay={late:g}" for way in ways], "off": [f"{way}:delay={delay:g}" for way in ways],
        }  # fmt: skip

    def cut(self) -> dict[str, Any]:
        """The line carries nothing for a while, again and again."""
        ways = self.one(("a2b", "b2a"), ("a2b", "b2a"), ("a2b",), ("b2a",))
        return {
            "every": self.even(4, 10, 1), "for": self.even(0.25, 1.1, 2),
            "on": [f"{way}:loss=1" for way in ways], "off": [f"{way}:loss=0" for way in ways],
        }  # fmt: skip


def cuts(draw: Draw) -> dict[str, Any]:
    return {**draw.plenty(delay=draw.log(5, 60)), "events": [draw.cut()]}


def stalls(draw: Draw) -> dict[str, Any]:
    delay = draw.log(5, 60)
    more = {"loss": draw.log(0.01, 0.05), "burst": draw.one(1, 4)} if draw.often(0.4) else {}
    return {**draw.plenty(delay=delay, **more), "events": [draw.held_back(delay)]}


def far_and_lossy(draw: Draw) -> dict[str, Any]:
    return draw.plenty(delay=draw.log(60, 230), loss=draw.log(0.008, 0.09), burst=draw.one(1, 1, 3))


def lossy(draw: Draw) -> dict[str, Any]:
    line = draw.plenty(delay=draw.log(5, 60))
    for way in draw.one(("a2b",), ("b2a",), ("a2b", "b2a")):
        line[way] += f",loss={draw.log(0.03, 0.25):g},burst={draw.one(1, 1, 4, 8)}"
    return line


def thin(draw: Draw) -> dict[str, Any]:
    slow, delay = draw.log(110_000, 900_000), draw.log(8, 160)
    fast = draw.log(2e6, 2e7)
    up, down = draw.one((slow, fast), (fast, slow), (slow, slow))
    return draw.both(up, down, delay=delay)


def beside(draw: Draw) -> dict[str, Any]:
    line = draw.both(draw.log(4e5, 1e7), draw.log(2e6, 3e7), delay=draw.log(6, 50))
    if draw.often(0.25):
        line["a2b"] += f",loss={draw.log(0.01, 0.05):g},burst={draw.one(3, 5)}"
    return {**line, "cross": [draw.beside()]}


def cellular(draw: Draw, trace: str) -> dict[str, Any]:
    delay, at = draw.even(15, 45), 1000 * draw.even(35, 60)
    return {
        "a2b": f"a2b:trace=trace-{trace}.up,at={at:g},queue={draw.one(60000, 150000, 300000)},delay={delay:g}",
        "b2a": f"b2a:trace=trace-{trace}.down,at={at:g},queue={draw.one(150000, 500000)},delay={delay:g}",
    }


_KINDS: dict[str, Callable[[Draw], dict[str, Any]]] = {
    "random": Draw.any,
    "cuts": cuts,
    "stalls": stalls,
    "far": far_and_lossy,
    "loss": lossy,
    "thin": thin,
    "beside": beside,
}


@dataclass(frozen=True)
class Drawing:
    """Lines of one seed: how many of each kind, and the cellular ones' recordings (none: as they come)."""

    seed: int
    half: str
    numbers: tuple[int, ...]
    """In the order of the kinds."""
    traces: tuple[str | None, ...]

    def lines(self) -> dict[str, list[dict[str, Any]]]:
        """By kind."""
        draw = Draw(self.seed)
        made = {
            kind: [make(draw) for _ in range(number)]
            for (kind, make), number in zip(_KINDS.items(), self.numbers, strict=True)
        }
        return made | {"cellular": [cellular(draw, trace or draw.one(*TRACES)) for trace in self.traces]}


DRAWINGS = (
    Drawing(20261129, "fit", (26, 6, 8, 8, 6, 8, 8), TRACES),
    Drawing(20261130, "fit", (14, 3, 4, 4, 3, 4, 4), (None,) * 4),
    Drawing(20261201, "fit", (14, 3, 4, 4, 3, 4, 4), (None,) * 4),
    Drawing(20261202, "fit", (14, 3, 4, 4, 3, 4, 4), (None,) * 4),
    Drawing(20261203, "judge", (14, 3, 4, 4, 3, 4, 4), (None,) * 4),
)


def lines() -> list[dict[str, Any]]:
    """All of them, each drawing in an order that leaves the kinds alike wherever one stops."""
    made: list[dict[str, Any]] = []
    known: Counter[str] = Counter()
    for drawing in DRAWINGS:
        by_kind = drawing.lines()
        made += _named(by_kind, drawing.half, known)
        known.update({kind: len(members) for kind, members in by_kind.items()})
    return made


def _named(kinds: dict[str, list[dict[str, Any]]], half: str, known: Counter[str]) -> list[dict[str, Any]]:
    made = []
    for kind, members in kinds.items():
        for number, line in enumerate(members, start=1):
            entry = {"name": f"{kind}-{known[kind] + number}", "kind": kind, "half": half, **line}
            made.append((number / len(members), entry))
    return [line for _, line in sorted(made, key=lambda each: each[0])]


def main() -> int:
    """Print them."""
    print("[\n" + ",\n".join(json.dumps(line) for line in lines()) + "\n]")
    return 0


if __name__ == "__main__":
    sys.exit(main())
