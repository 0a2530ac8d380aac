"""A sound card with a room: what the sink's pipe gives comes back in the source's pipe, later and weaker.

`python -m tests.real.echo_room SINK SOURCE 'SCHEDULE'`: SCHEDULE is JSON, `[[delay_ms, gain_db or null], …]`; null is a room
without an echo. Each sound that is played uses up one of them: the room changes when it has been silent for a while.
16 bit, 48 kHz, the sink in stereo (its left channel is heard), the source in mono.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import sys
import time

import numpy as np

from tests.real.sound_server import hurry

RATE = 48000
_TICK = 240  # 5 ms
_HISTORY = RATE
_PIPE = 16384
_SET_PIPE_SIZE = (
    1031  # fcntl.F_SETPIPE_SZ; a pipe that is shorter runs dry between two of PulseAudio's writes
)
_SILENCE_S = 0.5
_HISS = 3


def main(sink: str, source: str, schedule: list[tuple[float, float | None]]) -> None:
    from_sink = os.open(sink, os.O_RDONLY | os.O_NONBLOCK)
    to_source = os.open(source, os.O_RDWR | os.O_NONBLOCK)
    fcntl.fcntl(from_sink, _SET_PIPE_SIZE, _PIPE)
    hurry(0)
    random = np.random.default_rng(1)
    history = np.zeros(_HISTORY, dtype=np.float64)
    started, ticks = time.monotonic(), 0
    turn, silent, sounded = 0, 0, False
    held = b""
    while True:
        ticks += 1
        time.sleep(max(0.0, started + ticks * _TICK / RATE - time.monotonic()))
        with contextlib.suppress(BlockingIOError):
            held += os.read(from_sink, 4 * _TICK - len(held))
        frames = np.frombuffer(held[: len(held) // 4 * 4], dtype="<i2").reshape(-1, 2)[:, 0]
        held = held[len(frames) * 4 :]
        heard = np.zeros(_TICK)
        if len(frames):
            heard[-len(frames) :] = frames
        silent = 0 if np.any(np.abs(heard) > 1) else silent + _TICK
        sounded = sounded or silent == 0
        if sounded and silent > _SILENCE_S * RATE:
            turn, sounded = turn + 1, False
        history = np.concatenate((history[_TICK:], heard))
        delay_ms, gain_db = schedule[min(turn, len(schedule) - 1)]
        back = np.zeros(_TICK)
        if gain_db is not None:
            # A tick's frames leave at once, while PulseAudio takes them to last that long: half of it on average.
            behind = round(delay_ms * RATE / 1000) + _TICK // 2
            back = history[_HISTORY - _TICK - behind : _HISTORY - behind] * 10 ** (gain_db / 20)
        back = np.clip(back + random.normal(0, _HISS, _TICK), -32768, 32767)
        with contextlib.suppress(BlockingIOError):
            os.write(to_source, back.astype("<i2").tobytes())


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3]))
