"""Sound on Linux: the sound server's answers (a child asks), and the kernel's own list of who holds the sound cards."""

from __future__ import annotations

import os
import platform
import threading
import time
from collections.abc import Callable

import msgspec

from amif_netcheck.children import Child
from amif_netcheck.model.facts import Reason, SoundObstacle, Unavailable
from amif_netcheck.platforms.base import Sound, SoundStream
from amif_netcheck.platforms.linux import alsa, processes, pulse, pulse_devices

_CHILD = "amif_netcheck.children.pulse"
_LONGEST_ANSWER = 4 * 1024 * 1024
_FRESH_S = 2.0
"""Two checks ask for the same answer at the same time."""
_SERVERS = frozenset({"pulseaudio", "pipewire", "pipewire-pulse", "wireplumber"})
_PACKAGES = {
    "debian": "libportaudio2",
    "ubuntu": "libportaudio2",
    "fedora": "portaudio",
    "rhel": "portaudio",
    "arch": "portaudio",
    "suse": "libportaudio2",
    "opensuse": "libportaudio2",
    "alpine": "portaudio",
    "gentoo": "media-libs/portaudio",
}


class Reading:
    """Asks once for all who ask at the same time."""

    def __init__(self, ask: Callable[[float], Sound] | None = None) -> None:
        self._ask = ask or _ask
        self._lock = threading.Lock()
        self._answer: Sound | None = None
        self._at = 0.0

    def get(self, until: float) -> Sound:
        """What there is, by `until` (`time.monotonic`)."""
        if not self._lock.acquire(timeout=max(0.0, until - time.monotonic())):
            return _stopped("another check still asks")
        try:
            if self._answer is None or time.monotonic() - self._at > _FRESH_S:
                self._answer = self._ask(until)
                self._at = time.monotonic()
            return self._answer
        finally:
            self._lock.release()


def portaudio_package() -> str:
    """The package with PortAudio's library, by what the distribution is or is like."""
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return ""
    names = [release.get("ID", ""), *release.get("ID_LIKE", "").split()]
    return next((_PACKAGES[name] for name in names if name in _PACKAGES), "")


def _stopped(detail: str) -> Sound:
    unavailable = Unavailable(reason=Reason.TIMEOUT, detail=detail)
    return Sound(streams=unavailable, devices=unavailable, obstacle=SoundObstacle.STOPPED)


def _ask(until: float) -> Sound:
    child = Child(_CHILD, {}, longest_line=_LONGEST_ANSWER)
    try:
        child.wait(until - time.monotonic())
        said, error, ended = child.last("sound"), child.error, child.ended
        asking = child.last("asking") is not None
    finally:
        child.kill()
    running = processes.names()
    names = {} if isinstance(running, Unavailable) else running
    if said is None:
        if not error:
            return _no_answer(asking=asking, ended=ended)
        return without_server(error, alsa.holders(), names, remote=_is_remote())
    try:
        answer = msgspec.convert(said["sound"], pulse.Answer)
    except msgspec.ValidationError as problem:
        unavailable = Unavailable(reason=Reason.ERROR, detail=str(problem))
        return Sound(streams=unavailable, devices=unavailable)
    devices = pulse_devices.devices(answer)
    return Sound(
        streams=with_server(pulse.streams(answer), alsa.holders() or (), names),
        devices=devices,
        obstacle=SoundObstacle.NONE if devices else SoundObstacle.NO_DEVICE,
    )


def _no_answer(*, asking: bool, ended: bool) -> Sound:
    """Only a child that was left without an answer tells something about the sound server."""
    if asking and not ended:
        return _stopped("the sound server did not answer in time")
    missing = Unavailable(
        reason=Reason.ERROR if ended else Reason.TIMEOUT,
        detail="the process that asks the sound server ended" if ended else "this computer is too busy",
    )
    return Sound(streams=missing, devices=missing)


def _is_remote() -> bool:
    return bool(os.environ.get("SSH_CONNECTION") or os.environ.get("SSH_TTY"))


def with_server(
    told: tuple[SoundStream, ...], holders: tuple[alsa.Holder, ...], names: dict[int, str]
) -> tuple[SoundStream, ...] | Unavailable:
    """What the server told, and who holds a sound card beside it; one that can't be named is no silence."""
    streams = (*told, *beside_server(holders, names))
    if not streams and any(not names.get(each.pid) for each in holders):
        return Unavailable(
            reason=Reason.NOT_PERMITTED, detail="a program that can't be named holds a sound card"
        )
    return streams


def without_server(
    error: str, holders: tuple[alsa.Holder, ...] | None, names: dict[int, str], *, remote: bool
) -> Sound:
    """No sound server answers us: then the kernel's list is the truth, unless somebody hides it.

    That may be a server of another session, or whoever holds a card and can't be named.

    `names` are the running processes, `holders` those that hold a sound card (None: this kernel has no sound).
    """
    hidden = not names or bool(_SERVERS & set(names.values()))
    nameless = any(not names.get(each.pid) for each in holders or ())
    reason = Reason.NOT_PERMITTED if hidden or nameless else Reason.NOT_PRESENT
    unavailable = Unavailable(reason=reason, detail=error)
    return Sound(
        streams=unavailable if hidden or nameless or holders is None else beside_server(holders, names),
        devices=unavailable,
        obstacle=SoundObstacle.REMOTE if remote else SoundObstacle.NO_SERVER,
    )


def beside_server(holders: tuple[alsa.Holder, ...], names: dict[int, str]) -> tuple[SoundStream, ...]:
    """Programs that hold a sound card themselves."""
    return tuple(
        SoundStream(application="", process=names[each.pid], pid=each.pid, use=each.use, paused=each.paused)
        for each in holders
        if names.get(each.pid) and names[each.pid] not in _SERVERS
    )
