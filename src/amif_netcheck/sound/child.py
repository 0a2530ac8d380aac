"""Records from the default microphone, listens for an echo, plays the recording back: with PortAudio, in a process of its own.

PortAudio's list of devices is frozen when it starts, it writes on standard error, and it waits for ever when the sound
server is stopped. Recordings stay in this process: only figures leave it.

Asked by `{"do": "list"}` it answers `{"devices": [...]}`; by `{"do": "test", "record_s": S, "echo": N, "play_back":
bool, "keep_s": S}` (N chirps) it says `{"cue": …, "lasts_s": S, "at": T}` when a step begins (T is `time.monotonic`),
`{"recorded_from": NAME}`, `{"recording": …}`, `{"echo": …}`, `{"played_on": NAME}`, `{"played": 1}` and `{"done": true}`; meanwhile, about ten times a second, `{"microphone":
{"rms_dbfs": …, "peak_dbfs": …, "clipped_pct": …, "at": T}}` of the newest tenth of a second, and the same as `{"played_now":
…}` while the recording is played. For another `keep_s` seconds each line `{"do": "again"}` has it played once more:
`{"played": 2}` and so on. What goes wrong is `{"error": …, "kind": "library", "device", "stream" or "fault"}`.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from amif_netcheck.children import inside, libraries

_RATE = 48000
_BEGIN_S = 3.0
"""A stream that has moved nothing after this never will."""
_STALL_S = 2.0
_REACTION_S = 0.6
"""Nobody speaks the moment they are told to; and the first moments of a stream may be noise."""
_QUIET_S = 0.3
_TAIL_S = 0.8
_EARLY_S = 0.05
_CALLBACKS = 100
"""So many callbacks tell a stream's time: each is a little off, and over minutes clocks drift."""
_SOFTEST_PEAK = 1e-4
_METER_S = 0.1
"""So often a level is told, and of so much sound."""
_AFTER_S = 0.2
"""The end of what was played is still on its way to the ear."""
_LONGEST_NAME = 255


class _StreamError(Exception):
    """A stream that did not move; its words are for experts."""


def _default_device(sounddevice: Any, kind: str) -> dict[str, Any]:
    """The default device; through the sound server where PortAudio reaches it under a name of its own (Linux).

    On Windows the system's newest interface, whose names are whole.
    """
    devices = sounddevice.query_devices()
    channels = f"max_{kind}_channels"
    for name in ("pulse", "pipewire"):
        for device in devices:
            if device["name"] == name and device[channels] > 0:
                return dict(device)
    for interface in sounddevice.query_hostapis():
        index = interface[f"default_{kind}_device"]
        if interface["name"] == "Windows WASAPI" and index >= 0:
            return dict(devices[index])
    return dict(sounddevice.query_devices(kind=kind))


def _rate(sounddevice: Any, device: dict[str, Any], kind: str, channels: int) -> int:
    check = sounddevice.check_input_settings if kind == "input" else sounddevice.check_output_settings
    for rate in (_RATE, int(device["default_samplerate"])):
        try:
            check(device=device["index"], channels=channels, dtype="float32", samplerate=rate)
        except (sounddevice.PortAudioError, ValueError):
            continue
        return rate
    return int(device["default_samplerate"])


class _Meter:
    """Reports how loud the newest sound is, now and then; only figures leave this process."""

    def __init__(self, of: str, newest: Callable[[], Any]) -> None:
        self._of, self._newest = of, newest
        self._due = 0.0

    def report(self) -> None:
        """Called often; reports every tenth of a second."""
        from amif_netcheck.sound import hearing  # noqa: PLC0415 - numpy has to be there

        now = time.monotonic()
        if now < self._due:
            return
        samples = self._newest()
        if len(samples):
            self._due = now + _METER_S
            inside.write_line(**{self._of: {**hearing.meter(samples), "at": now}})


class _Recorder:
    """The microphone, counted: what the callback was given is what there is.

    `began` is the stream's time at which the first sample was in the microphone.
    """

    def __init__(self, sounddevice: Any, numpy: Any) -> None:
        self._numpy = numpy
        device = _default_device(sounddevice, "input")
        self.name = str(device["name"])[:_LONGEST_NAME]
        channels = min(2, int(device["max_input_channels"]))  # sound servers disagree on how two become one
        self.rate = _rate(sounddevice, device, "input", channels)
        self._blocks: list[Any] = []
        self._lock = threading.Lock()
        self._frames = 0
        self._times: deque[float] = deque(maxlen=_CALLBACKS)
        self._stream = sounddevice.InputStream(
            device=device["index"],
            channels=channels,
            dtype="float32",
            samplerate=self.rate,
            callback=self._on_input,
        )
        self.meter = _Meter("microphone", self._newest)

    def _newest(self) -> Any:
        """The last tenth of a second."""
        wanted, newest = round(self.rate * _METER_S), list[Any]()
        with self._lock:
            for block in reversed(self._blocks):
                newest.append(block)
                wanted -= len(block)
                if wanted <= 0:
                    break
        return self._numpy.concatenate(newest[::-1])[max(0, -wanted) :] if newest else ()

    def _on_input(self, data: Any, frames: int, when: Any, _status: Any) -> None:
        with self._lock:
            self._times.append(when.inputBufferAdcTime - self._frames / self.rate)
            self._blocks.append(data.mean(axis=1))
            self._frames += frames

    def __enter__(self) -> Self:
        self._stream.start()
        self.wait_for(1, _BEGIN_S)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if kind is None:  # else the sound server may be stopped, and closing would wait for it
            self._stream.abort()
            self._stream.close()

    @property
    def frames(self) -> int:
        with self._lock:
            return self._frames

    @property
    def began(self) -> float:
        """Each callback tells it anew, more or less late."""
        with self._lock:
            return float(self._numpy.median(list(self._times)))

    def wait_for(self, frames: int, stall_s: float = _STALL_S) -> None:
        """Wait until so many frames have come.

        Raises:
            _StreamError: for a while none came.
        """
        counted, since = self.frames, time.monotonic()
        while self.frames < frames:
            if time.monotonic() - since > stall_s:
                raise _StreamError(f"the microphone stopped after {self.frames} of {frames} frames")
            time.sleep(0.01)
            self.meter.report()
            if self.frames > counted:
                counted, since = self.frames, time.monotonic()

    def samples(self, first: int, frames: int) -> Any:
        with self._lock:
            whole = self._numpy.concatenate(self._blocks)
        return whole[first : first + frames].astype("float64")


class _Player:
    """The loudspeaker, counted. `began` is the stream's time at which its first sample is heard."""

    def __init__(self, sounddevice: Any, numpy: Any, rate: int) -> None:
        self._numpy = numpy
        device = _default_device(sounddevice, "output")
        self.name = str(device["name"])[:_LONGEST_NAME]
        self.rate = rate
        self._sound: Any = ()
        self._position = 0
        self._first = 0
        self._frames = 0
        self._times: deque[float] = deque(maxlen=_CALLBACKS)
        self._lock = threading.Lock()
        self._stream = sounddevice.OutputStream(
            device=device["index"], channels=2, dtype="float32", samplerate=rate, callback=self._on_output
        )
        self.meter = _Meter("played_now", self._newest)

    def _newest(self) -> Any:
        """What was taken in the last tenth of a second."""
        with self._lock:
            return self._sound[max(0, self._position - round(self.rate * _METER_S)) : self._position]

    def _on_output(self, out: Any, frames: int, when: Any, _status: Any) -> None:
        out.fill(0)
        with self._lock:
            self._times.append(when.outputBufferDacTime - self._frames / self.rate)
            part = self._sound[self._position : self._position + frames]
            if len(part):
                if self._position == 0:
                    self._first = self._frames
                out[: len(part)] = part[:, None]
                self._position += len(part)
            self._frames += frames

    def __enter__(self) -> Self:
        self._stream.start()
        self._wait(lambda: self._frames > 0, "the loudspeaker does not start", self.meter.report)
        inside.write_line(played_on=self.name)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if kind is None:  # else the sound server may be stopped, and closing would wait for it
            self._stream.abort()
            self._stream.close()

    def play(self, sound: Any, meanwhile: Callable[[], None]) -> None:
        """Play to the end; `meanwhile` is called often.

        Raises:
            _StreamError: for a while nothing was taken.
        """
        with self._lock:
            self._sound, self._position = sound.astype("float32"), 0
        self._wait(lambda: self._position >= len(sound), "the loudspeaker stopped", meanwhile)

    @property
    def at(self) -> float:
        """The stream's time at which the last sound began to be heard."""
        with self._lock:
            return float(self._numpy.median(list(self._times))) + self._first / self.rate

    def _wait(self, done: Callable[[], bool], complaint: str, meanwhile: Callable[[], None]) -> None:
        counted, since = self._frames, time.monotonic()
        while not done():
            if time.monotonic() - since > _BEGIN_S:
                raise _StreamError(complaint)
            time.sleep(0.01)
            meanwhile()
            if self._frames > counted:
                counted, since = self._frames, time.monotonic()


def _cue(name: str, lasts_s: float) -> None:
    inside.write_line(cue=name, lasts_s=round(lasts_s, 1), at=time.monotonic())


def _record(sounddevice: Any, numpy: Any, seconds: float) -> tuple[Any, int]:
    from amif_netcheck.sound import hearing  # noqa: PLC0415 - numpy has to be there

    with _Recorder(sounddevice, numpy) as recorder:
        inside.write_line(recorded_from=recorder.name)
        _cue("speak", _REACTION_S + seconds)
        first = recorder.frames + round(recorder.rate * _REACTION_S)
        wanted = round(recorder.rate * seconds)
        recorder.wait_for(first + wanted)
        samples = recorder.samples(first, wanted)
    described = hearing.describe(samples, recorder.rate)
    inside.write_line(
        recording={**described, "seconds": len(samples) / recorder.rate, "rate_hz": recorder.rate}
    )
    return samples, recorder.rate


def _listen_for_echo(sounddevice: Any, numpy: Any, times: int) -> None:
    """Play a chirp so many times; the clearest one tells."""
    from amif_netcheck.sound import hearing  # noqa: PLC0415 - numpy has to be there

    _cue("quiet", _QUIET_S + times * (hearing.CHIRP_S + _TAIL_S))
    chirps: list[dict[str, Any]] = []
    try:
        _play_chirps(sounddevice, numpy, times, chirps)
    finally:  # an echo that was heard before something went wrong was one; that none was heard by then says nothing
        echoes = [chirp for chirp in chirps if chirp["found"]]
        if echoes or len(chirps) == times:
            clearest = max(echoes, key=lambda chirp: chirp["strength_db"], default={"found": False})
            inside.write_line(echo={**clearest, "chirps": chirps})


def _play_chirps(sounddevice: Any, numpy: Any, times: int, chirps: list[dict[str, Any]]) -> None:
    """Note each in `chirps` as soon as its echo would have come."""
    from amif_netcheck.sound import hearing  # noqa: PLC0415 - numpy has to be there

    with _Recorder(sounddevice, numpy) as recorder, _Player(sounddevice, numpy, recorder.rate) as player:
        played = hearing.chirp(player.rate)
        recorder.wait_for(recorder.frames + round(recorder.rate * _QUIET_S))
        for _ in range(times):
            first = recorder.frames
            player.play(played, recorder.meter.report)
            recorder.wait_for(recorder.frames + round(recorder.rate * _TAIL_S))
            # The two clocks may be off by some milliseconds: a little before it is due, it may come.
            due = round((player.at - recorder.began) * recorder.rate) - first
            samples = recorder.samples(first, recorder.frames - first)
            since = max(0, due - round(recorder.rate * _EARLY_S))
            echo = hearing.find_echo(samples, played, recorder.rate, since=since)
            if echo is not None:
                delay_ms = round(1000 * (echo.lag - due) / recorder.rate, 1)
                chirps.append({"found": True, "delay_ms": delay_ms, "strength_db": echo.gain_db})
            else:
                chirps.append({"found": False})


def _test(sounddevice: Any, request: dict[str, Any]) -> None:
    import numpy as np  # noqa: PLC0415 - slow to load, and needed here alone

    from amif_netcheck.sound import hearing  # noqa: F401, PLC0415 - all that brings a library is loaded by now

    inside.end_with_parent()
    recorded, rate = _record(sounddevice, np, float(request["record_s"]))
    if request["echo"]:
        _listen_for_echo(sounddevice, np, int(request["echo"]))
    if request["play_back"] and float(np.max(np.abs(recorded))) > _SOFTEST_PEAK:
        _play_back(sounddevice, np, recorded, rate, turn=1)
        inside.write_line(done=True)
        for turn, _ in enumerate(inside.requests(float(request.get("keep_s", 0))), start=2):
            _play_back(sounddevice, np, recorded, rate, turn=turn)
    else:
        inside.write_line(done=True)


def _play_back(sounddevice: Any, numpy: Any, recorded: Any, rate: int, *, turn: int) -> None:
    _cue("listen", len(recorded) / rate + _AFTER_S)
    with _Player(sounddevice, numpy, rate) as player:
        player.play(recorded, player.meter.report)
        time.sleep(_AFTER_S)
    inside.write_line(played=turn)


def _list(sounddevice: Any) -> None:
    interfaces = sounddevice.query_hostapis()
    wanted = {index for index, interface in enumerate(interfaces) if interface["name"] == "Windows WASAPI"}
    devices = []
    for device in sounddevice.query_devices():
        if wanted and device["hostapi"] not in wanted:
            continue
        interface = interfaces[device["hostapi"]]
        devices.append(
            {
                "name": str(device["name"])[:_LONGEST_NAME],
                "inputs": int(device["max_input_channels"]),
                "outputs": int(device["max_output_channels"]),
                "rate": int(device["default_samplerate"]),
                "default_input": interface["default_input_device"] == device["index"],
                "default_output": interface["default_output_device"] == device["index"],
            }
        )
    inside.write_line(devices=devices)


def main() -> None:
    """Do what the line asks for."""
    request = inside.request()
    try:
        with libraries.linker_names():
            import sounddevice  # noqa: PLC0415 - fails where PortAudio's library, or what binds it, is missing or broken
    except Exception as error:  # noqa: BLE001 - the way in which it can't be loaded is for experts
        inside.write_line(error=f"{type(error).__name__}: {error}"[:200], kind="library")
        inside.exit_now()
        return
    try:
        if request["do"] == "list":
            inside.end_with_parent()
            _list(sounddevice)
        else:
            _test(sounddevice, request)
    except _StreamError as error:
        inside.write_line(error=str(error)[:200], kind="stream")
    except (sounddevice.PortAudioError, ValueError, OSError) as error:
        inside.write_line(error=f"{type(error).__name__}: {error}"[:200], kind="device")
    except Exception as error:  # noqa: BLE001 - whatever it is, one line says it
        inside.write_line(error=f"{type(error).__name__}: {error}"[:200], kind="fault")
    inside.exit_now()


if __name__ == "__main__":
    main()
