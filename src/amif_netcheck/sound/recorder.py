"""The sound test and PortAudio's list of devices: a child does the work (`sound.child`), killed when time is up."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec

from amif_netcheck.catalog.sound_devices import kind_by_name
from amif_netcheck.children import Child
from amif_netcheck.measure.live import LiveValues
from amif_netcheck.measure.stages import guarded
from amif_netcheck.model.facts import (
    NOT_REQUESTED,
    Direction,
    Echo,
    Reason,
    Recording,
    SoundBus,
    SoundCue,
    SoundDevice,
    SoundKind,
    SoundObstacle,
    SoundTestFacts,
    Unavailable,
)
from amif_netcheck.model.live import MICROPHONE, PLAYED, STEP_LEFT

_CHILD = "amif_netcheck.sound.child"
_LONGEST_ANSWER = 1024 * 1024
_POLL_S = 0.02
_RECORD_S = 3.0
LEAST_S = 8.0
"""Starting, recording, and playing back take at least so long."""
_CHIRPS = 2
_KEEP_S = 300.0
"""A recording can be heard again for so long."""
_FRESH_S = 0.5
"""A level that is older is of no moment that one could still mean."""
_BEGINS_S = 4.0
"""Playing begins within this, or never."""
_METERS = ((MICROPHONE, "microphone"), (PLAYED, "played_now"))
_FIGURES = (("dbfs", "rms_dbfs"), ("peak_dbfs", "peak_dbfs"), ("clipped_pct", "clipped_pct"))
_OBSTACLES = {"library": SoundObstacle.NO_LIBRARY, "device": SoundObstacle.NO_DEVICE}
_REASONS = {"device": Reason.NOT_PRESENT, "stream": Reason.BLOCKED}
_STOPPED = Unavailable(reason=Reason.TIMEOUT, detail="the sound system did not answer in time")
_INTERRUPTED = Unavailable(reason=Reason.TIMEOUT, detail="interrupted")
_LIBRARY_MISSING = Unavailable(reason=Reason.NOT_PRESENT, detail="PortAudio's library is missing")
_RELAYS = {"pulse", "pipewire", "default", "sysdefault", "dmix", "jack", "oss"}
"""Names of ALSA that are no devices, but ways to one."""


@dataclass(frozen=True)
class Listed:
    """PortAudio's devices, or what stood in the way."""

    devices: tuple[SoundDevice, ...] | Unavailable
    obstacle: SoundObstacle = SoundObstacle.NONE


def devices(*, until: float, stop: threading.Event) -> Listed:
    """What PortAudio lists, by `until` (`time.monotonic`); kinds are guessed from names."""
    child = Child(_CHILD, {"do": "list"}, longest_line=_LONGEST_ANSWER)
    try:
        while child.last("devices") is None and not child.ended and time.monotonic() < until:
            if stop.wait(_POLL_S):
                break
        child.wait(0)
        listed, failed = child.last("devices"), child.last("error")
        ended = child.ended
    finally:
        child.kill()
    if listed is not None:
        return Listed(devices=as_devices(listed["devices"]))
    if failed is None and not ended:
        return Listed(devices=_STOPPED, obstacle=SoundObstacle.STOPPED)
    return Listed(devices=_failure(failed), obstacle=_obstacle(failed))


class AudioDevice(msgspec.Struct, frozen=True, kw_only=True):
    """A device as PortAudio tells it."""

    name: str
    inputs: int = 0
    outputs: int = 0
    rate: int = 0
    default_input: bool = False
    default_output: bool = False


def as_devices(listed: Any) -> tuple[SoundDevice, ...]:
    """PortAudio's list as devices, defaults first."""
    devices_by_channel = []
    for number, device in enumerate(msgspec.convert(listed, tuple[AudioDevice, ...])):
        if device.name in _RELAYS:
            continue
        kind = kind_by_name(device.name)
        for channels, direction, default in (
            (device.outputs, Direction.OUTPUT, device.default_output),
            (device.inputs, Direction.INPUT, device.default_input),
        ):
            if channels > 0:
                devices_by_channel.append(
                    SoundDevice(
                        name=device.name,
                        direction=direction,
                        kind=kind,
                        bus=_bus(device.name, kind),
                        default=default,
                        apparatus=number + 1,
                        rate_hz=device.rate or None,
                        sure=False,
                    )
                )
    return tuple(sorted(devices_by_channel, key=lambda device: not device.default))


def _bus(name: str, kind: SoundKind) -> SoundBus:
    lowered = name.casefold()
    if "usb" in lowered:
        return SoundBus.USB
    if "bluetooth" in lowered or "airpods" in lowered:
        return SoundBus.BLUETOOTH
    return SoundBus.INTERNAL if kind in {SoundKind.BUILT_IN, SoundKind.HDMI} else SoundBus.UNKNOWN


class ReplayableRecording:
    """A recording that can be heard again, in the process that made it. Close it: that ends the process."""

    def __init__(self, child: Child, resources: contextlib.ExitStack) -> None:
        self._child, self._resources = child, resources
        self._asked, self._until = 1, 0.0

    def play(self) -> None:
        """Begin to play it again; readings show it as they did the first time."""
        self._asked += 1
        self._until = time.monotonic() + _BEGINS_S + _RECORD_S
        self._child.tell({"do": "again"})

    @property
    def playing(self) -> bool:
        """Is it being played? One that hangs is not."""
        played = self._child.last("played") or {}
        return played.get("played", 0) < self._asked and not self.lost

    @property
    def lost(self) -> bool:
        """Can it not be heard any more?"""
        played = self._child.last("played") or {}
        late = played.get("played", 0) < self._asked and time.monotonic() > self._until
        return late or self._child.ended

    def close(self) -> None:
        """Forget it."""
        self._resources.close()


def test(
    *,
    with_echo: bool,
    until: float,
    stop: threading.Event,
    cue: Callable[[SoundCue], None],
    live: LiveValues,
    keep: Callable[[ReplayableRecording], None] | None,
) -> SoundTestFacts:
    """Record, listen for an echo, play back, by `until` (`time.monotonic`). `cue` is called with what the person should do now.

    What was measured before something went wrong is kept, also where `cue` or `keep` crashes. A recording that could be
    played is given to `keep`.
    """
    keep_s = 0.0 if keep is None else _KEEP_S
    chirps = _CHIRPS if with_echo else 0
    child = Child(
        _CHILD, {"do": "test", "record_s": _RECORD_S, "echo": chirps, "play_back": True, "keep_s": keep_s}
    )
    cued: Any = None
    interrupted = False
    with contextlib.ExitStack() as resources:
        resources.callback(child.kill)
        _show(child, live, resources)
        while not child.ended and child.last("done") is None and time.monotonic() < until:
            interrupted = stop.wait(_POLL_S)
            if interrupted:
                break
            step = child.last("cue")
            if step is not None and step != cued:
                cued = step
                guarded("showing a step of the sound test", partial(cue, SoundCue(step["cue"])))
        facts = _facts(child, with_echo=with_echo, interrupted=interrupted)
        if keep is not None and facts.played_back and not interrupted:
            recording = ReplayableRecording(child, resources.pop_all())
            if guarded("keeping a recording", partial(keep, recording)) is not None:
                recording.close()
        return facts


def _show(child: Child, live: LiveValues, resources: contextlib.ExitStack) -> None:
    """Whoever wants to look sees the child's newest message."""

    def figure(of: str, name: str) -> Callable[[], float | None]:
        def reading() -> float | None:
            message = child.last(of)
            if message is None or time.monotonic() - message[of]["at"] > _FRESH_S:
                return None
            return float(message[of][name])

        return reading

    def left() -> float | None:
        step = child.last("cue")
        return None if step is None else max(0.0, step["at"] + step["lasts_s"] - time.monotonic())

    for prefix, of in _METERS:
        for suffix, name in _FIGURES:
            resources.enter_context(live.published(f"{prefix}_{suffix}", figure(of, name)))
    resources.enter_context(live.published(STEP_LEFT, left))


def _facts(child: Child, *, with_echo: bool, interrupted: bool) -> SoundTestFacts:
    failed = child.last("error")
    in_time = child.ended or child.last("done") is not None
    missing = _INTERRUPTED if interrupted else _failure(failed) if in_time else _STOPPED
    obstacle = _obstacle(failed) if in_time else SoundObstacle.STOPPED
    recording, echo = child.last("recording"), child.last("echo")
    if recording is not None:
        obstacle = SoundObstacle.NONE
    return SoundTestFacts(
        recording=missing if recording is None else msgspec.convert(recording["recording"], Recording),
        echo=(missing if echo is None else _echo(echo["echo"])) if with_echo else NOT_REQUESTED,
        played_back=child.last("done") is not None and child.last("played") is not None,
        obstacle=obstacle,
        input=_opened(child, "recorded_from"),
        output=_opened(child, "played_on"),
    )


def _opened(child: Child, key: str) -> str | None:
    """The device's name as `devices` lists it; not known when a sound server chose it."""
    message = child.last(key)
    return None if message is None or message[key] in _RELAYS else str(message[key])


def _echo(message: dict[str, Any]) -> Echo:
    return Echo(
        heard=bool(message["found"]), delay_ms=message.get("delay_ms"), strength_db=message.get("strength_db")
    )


def _failure(failed: dict[str, Any] | None) -> Unavailable:
    if failed is None:
        return Unavailable(reason=Reason.ERROR, detail="the sound test's process ended")
    if failed.get("kind") == "library":
        return _LIBRARY_MISSING
    reason = _REASONS.get(str(failed.get("kind")), Reason.ERROR)
    return Unavailable(reason=reason, detail=str(failed["error"]))


def _obstacle(failed: dict[str, Any] | None) -> SoundObstacle:
    return (
        SoundObstacle.NONE if failed is None else _OBSTACLES.get(str(failed.get("kind")), SoundObstacle.NONE)
    )
