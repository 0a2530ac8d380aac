"""Sound on Windows: Core Audio's answer, with the names of programs."""

from __future__ import annotations

import time
from collections.abc import Container

from amif_netcheck.model.facts import DeviceSource, Reason, SoundObstacle, Unavailable
from amif_netcheck.platforms.answers import Sound
from amif_netcheck.platforms.sound_snapshot import unavailable
from amif_netcheck.platforms.windows import (
    cameras,
    core_audio,
    processes,
    sound_devices,
    sound_streams,
)
from amif_netcheck.platforms.windows.cameras import DeviceTree
from amif_netcheck.platforms.windows.com import ComLibrary, asked
from amif_netcheck.platforms.windows.core_audio import AudioSnapshot
from amif_netcheck.platforms.windows.processes import NtKernel, SystemProcess
from amif_netcheck.platforms.windows.registry_values import RegistryReader

_HAND_OVER_S = 0.1
"""What came in time is handed over before nobody waits for it any more."""


class CoreAudio:
    """Asks with these libraries. `tree` tells which things have a camera too."""

    def __init__(
        self, library: ComLibrary, kernel: NtKernel, registry: RegistryReader, tree: DeviceTree
    ) -> None:
        self._library = library
        self._kernel = kernel
        self._registry = registry
        self._tree = tree

    def ask(self, until: float) -> Sound:
        """See `Platform.sound`."""
        library = self._library
        answer = asked(library, lambda: core_audio.snapshot(library, until - _HAND_OVER_S), until)
        running = processes.running(self._kernel) if time.monotonic() < until else {}
        known = {} if isinstance(running, Unavailable) else running
        if isinstance(answer, Unavailable):
            return _no_answer(answer)
        return self._told(answer, known, cameras.containers(self._tree, until))

    def _told(
        self, answer: AudioSnapshot, running: dict[int, SystemProcess], with_camera: Container[str]
    ) -> Sound:
        devices = sound_devices.devices(answer, with_camera)
        return Sound(
            streams=sound_streams.streams(answer, running),
            devices=devices,
            source=DeviceSource.SYSTEM,
            obstacle=SoundObstacle.NONE if devices else SoundObstacle.NO_DEVICE,
        )


def _no_answer(missing: Unavailable) -> Sound:
    """Core Audio hangs with the driver of a device; its service may be stopped."""
    obstacle = {Reason.TIMEOUT: SoundObstacle.STOPPED, Reason.NOT_PRESENT: SoundObstacle.NO_SERVER}
    return unavailable(missing.reason, missing.detail, obstacle.get(missing.reason, SoundObstacle.NONE))
