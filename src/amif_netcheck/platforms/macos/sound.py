"""Sound on a Mac: CoreAudio's devices, and who uses them. Nothing is opened, and the person is asked for nothing."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from amif_netcheck.children.threads import BackgroundCall
from amif_netcheck.model.facts import Reason, SoundObstacle, Unavailable
from amif_netcheck.platforms.answers import Sound, SoundStream
from amif_netcheck.platforms.macos import bluetooth, processes, sound_devices, sound_objects, sound_streams
from amif_netcheck.platforms.macos.kernel import MacKernel
from amif_netcheck.platforms.macos.properties import (
    NO_SUCH_PROPERTY,
    REFUSALS,
    PropertyError,
    PropertyLibrary,
)
from amif_netcheck.platforms.macos.sound_objects import HalDevices
from amif_netcheck.platforms.macos.tools import Tools
from amif_netcheck.platforms.sound_snapshot import unavailable

_ASSERTIONS = ("/usr/bin/pmset", "-g", "assertions")


class MacSound:
    """Asks CoreAudio. `library` opens it; it may hang for as long as its server does."""

    def __init__(self, library: Callable[[], PropertyLibrary], tools: Tools, kernel: MacKernel) -> None:
        self._library, self._tools, self._kernel = library, tools, kernel

    def ask(self, until: float) -> Sound:
        """See `Platform.sound`; a call that hangs is left behind."""
        sound = BackgroundCall(lambda: self._ask(until)).result(until)
        if not isinstance(sound, Unavailable):
            return sound
        stopped = SoundObstacle.STOPPED if sound.reason is Reason.TIMEOUT else SoundObstacle.NONE
        detail = "CoreAudio did not answer in time" if sound.reason is Reason.TIMEOUT else sound.detail
        return unavailable(sound.reason, detail, stopped)

    def _ask(self, until: float) -> Sound:
        try:
            library = self._library()
            listed = bluetooth.described(
                sound_objects.devices(library), self._tools, (until - time.monotonic()) / 2
            )
        except (OSError, AttributeError) as error:  # no such framework, or none of its functions
            return unavailable(Reason.NOT_PRESENT, f"CoreAudio: {error}")
        except PropertyError as error:
            return unavailable(reason_of(error), f"CoreAudio lists no devices: {error.code}")
        devices = sound_devices.devices(listed)
        return Sound(
            streams=self._streams(library, listed, until),
            devices=devices,
            obstacle=SoundObstacle.NONE if devices else SoundObstacle.NO_DEVICE,
            records_itself=sound_devices.records_itself(listed),
        )

    def _streams(
        self, library: PropertyLibrary, listed: HalDevices, until: float
    ) -> tuple[SoundStream, ...] | Unavailable:
        clients: tuple[sound_streams.SoundClient, ...] | Unavailable
        try:
            clients = sound_streams.clients(sound_objects.processes(library))
        except PropertyError as error:
            clients = self._asserted(error, listed, until)
        if isinstance(clients, Unavailable):
            return clients
        running = processes.running(self._tools, until - time.monotonic()) if clients else ()
        known = () if isinstance(running, Unavailable) else running
        paths = {process.pid: process.path for process in known}
        return sound_streams.streams(clients, paths, own=os.getpid(), responsible=self._kernel.responsible)

    def _asserted(
        self, error: PropertyError, listed: HalDevices, until: float
    ) -> tuple[sound_streams.SoundClient, ...] | Unavailable:
        """By whom the computer is kept awake for sound. That nobody is named is silence only where no device runs."""
        written = self._tools.output(*_ASSERTIONS, seconds=until - time.monotonic())
        if isinstance(written, Unavailable):
            return written
        clients = sound_streams.asserted(written)
        if clients:
            return clients
        if error.code != NO_SUCH_PROPERTY:
            return Unavailable(reason=reason_of(error), detail=f"CoreAudio lists no processes: {error.code}")
        if any(device.running is not False for device in listed.devices):
            return Unavailable(
                reason=Reason.UNSUPPORTED, detail="a device is in use, or may be, by whom is not told"
            )
        return ()


def reason_of(error: PropertyError) -> Reason:
    """What an error of CoreAudio or CoreMediaIO means."""
    if error.code in REFUSALS:
        return Reason.NOT_PERMITTED
    return Reason.UNSUPPORTED if error.code == NO_SUCH_PROPERTY else Reason.ERROR
