"""A line between two namespaces: rate, queue, delay, jitter, losses, cuts, all of which may change while it runs.

The packets are carried in user space, by a process of its own (`line_process.py`), between two TUN devices (or two TAP
devices, where frames of a local network go over it): not every kernel has netem.
"""

from __future__ import annotations

import dataclasses
import json
import select
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.lab.namespaces import Namespace, Network, end
from tests.lab.settings import Settings
from tests.lab.trace import Trace
from tests.lab.way import Counters

_ROOT = Path(__file__).parents[2]
_ANSWER_S = 10
_DEVICE_QUEUE = 10_000


@dataclasses.dataclass(frozen=True)
class State:
    """One direction of a line at one moment."""

    settings: Settings
    counters: Counters


class Line:
    """A running line. `a` is the home's side, `b` the Internet's: up is from a to b."""

    def __init__(
        self,
        network: Network,
        a: tuple[Namespace, str],
        b: tuple[Namespace, str],
        *,
        tap: bool = False,
        seed: int = 1,
    ) -> None:
        """Make a device of the name given in each namespace, and carry between them until the network ends."""
        options = (*(("--tap",) if tap else ()), "--seed", str(seed))
        ends = (a[0].name, a[1], b[0].name, b[1])
        self.process = subprocess.Popen(
            (sys.executable, "-m", "tests.lab.line_process", *options, *ends),
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        network.at_end(lambda: end(self.process))
        self._hear()
        for namespace, device in (a, b):
            # Nobody greets its neighbours over the line: what it counts is what tests send. And no packet is lost
            # before it is counted: the device's own queue never fills.
            namespace.ip_batch(
                f"link set {device} addrgenmode none multicast off",
                f"link set {device} txqueuelen {_DEVICE_QUEUE} up",
            )

    def set(self, *changes: str, up: str = "", down: str = "") -> None:
        """Change settings: `set(up="rate=5e6,delay=12")`, or `set("a2b:rate=5e6 b2a:loss=0.01")`; the rest is kept."""
        named = [f"{name}:{change}" for name, change in (("up", up), ("down", down)) if change]
        self._ask(" ".join([*changes, *named]))

    def cut(self) -> None:
        """Let nothing new in, both ways, until `mend`."""
        self.set(up="cut=1", down="cut=1")

    def mend(self) -> None:
        """As before `cut`."""
        self.set(up="cut=0", down="cut=0")

    def schedule(self, events: Sequence[Mapping[str, Any]]) -> None:
        """From now on these events, in place of any before: `{"every": 5, "for": 0.3, "on": ["a2b:loss=1"], "off": […]}`."""
        self._ask(json.dumps(list(events)))

    def follow(self, traces: Mapping[str, Trace]) -> None:
        """From now on the rates of recorded lines, by way (`a2b`, `b2a`)."""
        self._ask(json.dumps({name: trace.written() for name, trace in traces.items()}))

    @property
    def up(self) -> State:
        """From a to b, now."""
        return _state(self._ask("")["a2b"])

    @property
    def down(self) -> State:
        """From b to a, now."""
        return _state(self._ask("")["b2a"])

    def _ask(self, line: str) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n".encode())
        self.process.stdin.flush()
        answer = self._hear()
        if "error" in answer:
            raise ValueError(answer["error"])
        return answer

    def _hear(self) -> dict[str, Any]:
        """One line of the process; `select` sees the pipe, so nothing may wait in a buffer: one answer a question."""
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], _ANSWER_S)
        answer = self.process.stdout.readline() if ready else b""
        assert answer, f"the line does not answer (ended with {self.process.poll()})"
        heard: dict[str, Any] = json.loads(answer)
        return heard


def _state(answer: Mapping[str, Any]) -> State:
    return State(Settings(**answer["settings"]), Counters(**answer["counters"]))
