"""The process that carries packets between two devices, each in a namespace, as a line does: see `line.py`.

`python -m tests.lab.line_process [--tap] [--seed N] NAMESPACE DEVICE NAMESPACE DEVICE`. Each line on stdin is answered
by one of JSON on stdout: settings (`a2b:rate=5e+06,delay=12`), a list of events in JSON, rates
to follow in JSON (`{"a2b": [1e6, …]}`), or nothing but the question.
It ends with its stdin, its parent, or either namespace.
"""

from __future__ import annotations

import argparse
import ctypes
import dataclasses
import fcntl
import gc
import json
import os
import select
import signal
import struct
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

from tests.lab.settings import WAYS, Event, Schedule, Settings, read_changes
from tests.lab.trace import Follower
from tests.lab.way import NEVER, Way

_CLONE_NEWNET = 0x40000000
_TUNSETIFF = 0x400454CA
_IFF_TUN, _IFF_TAP, _IFF_NO_PI = 1, 2, 0x1000
_PR_SET_PDEATHSIG, _PR_SET_TIMERSLACK = 1, 29
_ETHERNET_HEADER = 14
_READ = 2048
_BATCH = 64
_PAUSE_S = 0.0004
_UNPAUSED = 8
"""Between wake-ups there are pauses, so that many packets share one; but not when there were few of late."""
_libc = ctypes.CDLL(None, use_errno=True)


def _enter(namespace: int) -> None:
    if _libc.setns(namespace, _CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def open_device(namespace: str, name: str, *, tap: bool) -> int:
    """A TUN or TAP device in a namespace; it lives as long as its descriptor."""
    home = os.open("/proc/self/ns/net", os.O_RDONLY)
    there = os.open(Path("/run/netns") / namespace, os.O_RDONLY)
    try:
        _enter(there)
        device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        flags = (_IFF_TAP if tap else _IFF_TUN) | _IFF_NO_PI
        fcntl.ioctl(device, _TUNSETIFF, struct.pack("16sH22x", name.encode(), flags))
    finally:
        _enter(home)
        os.close(there)
        os.close(home)
    return device


def _go_first() -> None:
    """Be woken in time on a busy machine; the pauses of `Carrier.run` leave it to the others most of the time."""
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    except OSError:
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, 0, -20)


def _say(answer: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


class Carrier:
    """Two devices and the two ways between them."""

    def __init__(self, devices: tuple[int, int], header: int, seed: int) -> None:
        self._devices = devices
        # A random source for each way, so that what happens on one does not depend on the other.
        self._ways = [Way(Settings(), Random(f"{seed} {name}"), header) for name in WAYS]
        self._schedule = Schedule([], 0)
        self._followers: dict[int, Follower] = {}
        self._asked = b""

    def run(self) -> None:
        """Carry until stdin ends."""
        stdin = sys.stdin.fileno()
        first, second = self._devices
        sources = [first, second, stdin]
        not_before = -NEVER
        while True:
            time.sleep(max(0.0, not_before - time.monotonic()))
            moments = [self._schedule.next_at, *(each.next_at for each in self._followers.values())]
            moments += [way.next_at for way in self._ways]
            wait = min(moments) - time.monotonic()
            ready, _, _ = select.select(sources, (), (), None if wait == NEVER else max(0.0, wait))
            now = time.monotonic()
            not_before = max(not_before, now - _UNPAUSED * _PAUSE_S) + _PAUSE_S
            for at, change in self._schedule.due(now):
                self._change(change, at)
            for index, follower in self._followers.items():
                way = self._ways[index]
                for at, rate in follower.due(now):
                    way.change(way.settings.changed({"rate": rate}), at)
            if first in ready:
                self._ways[0].enter(self._read(first), now)
            if second in ready:
                self._ways[1].enter(self._read(second), now)
            self._write(self._ways[0].arrived(now), second)
            self._write(self._ways[1].arrived(now), first)
            if stdin in ready and not self._hear(stdin):
                return

    def _read(self, device: int) -> list[bytes]:
        packets: list[bytes] = []
        with suppress(BlockingIOError):
            while len(packets) < _BATCH:
                packets.append(os.read(device, _READ))
        return packets

    def _write(self, packets: list[bytes], device: int) -> None:
        for packet in packets:
            # A device that is down takes nothing: lost behind the line, as in a switched off computer.
            with suppress(OSError):
                os.write(device, packet)

    def _change(self, text: str, at: float) -> None:
        changes = read_changes(text)
        changed = [way.settings for way in self._ways]
        for name, change in changes:
            index = WAYS.index(name)
            changed[index] = changed[index].changed(change)
        for way, settings in zip(self._ways, changed, strict=True):
            way.change(settings, at)

    def _hear(self, stdin: int) -> bool:
        """Do what is asked; False when nobody asks any more."""
        heard = os.read(stdin, 65536)
        *lines, self._asked = (self._asked + heard).split(b"\n")
        for line in lines:
            _say(self._answer(line.decode()))
        return bool(heard)

    def _answer(self, line: str) -> dict[str, Any]:
        now = time.monotonic()
        try:
            if line.startswith("["):
                events = [Event.read(each) for each in json.loads(line)]
                for change in self._schedule.rest():
                    self._change(change, now)
                self._schedule = Schedule(events, now)
            elif line.startswith("{"):
                traces = json.loads(line)
                self._followers = {WAYS.index(name): Follower(rates, now) for name, rates in traces.items()}
            else:
                self._change(line, now)
        except (ValueError, TypeError, KeyError) as error:
            return {"error": f"{type(error).__name__}: {error}"}
        return {
            name: {"settings": dataclasses.asdict(way.settings), "counters": dataclasses.asdict(way.counters)}
            for name, way in zip(WAYS, self._ways, strict=True)
        }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.lab.line_process")
    parser.add_argument("--tap", action="store_true", help="carry Ethernet frames between TAP devices")
    parser.add_argument("--seed", type=int, default=1, help="of losses and jitter")
    for side in "ab":
        parser.add_argument(f"namespace_{side}")
        parser.add_argument(f"device_{side}")
    asked = parser.parse_args()
    parent = os.getppid()
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        return
    # Whoever builds it ends it; a Ctrl-C at the terminal reaches this process too.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _libc.prctl(_PR_SET_TIMERSLACK, 1, 0, 0, 0)
    _go_first()
    devices = (
        open_device(asked.namespace_a, asked.device_a, tap=asked.tap),
        open_device(asked.namespace_b, asked.device_b, tap=asked.tap),
    )
    gc.disable()
    _say({"ready": True})
    Carrier(devices, _ETHERNET_HEADER if asked.tap else 0, asked.seed).run()


if __name__ == "__main__":
    main()
