"""Sound on Linux: the sound server's answers (a child asks), and the kernel's own list of who holds the sound cards."""

from __future__ import annotations

import os
import platform

import msgspec

from amif_netcheck.model.facts import DeviceSource, Reason, SoundObstacle, Unavailable
from amif_netcheck.platforms import portable
from amif_netcheck.platforms.answers import Sound, SoundStream
from amif_netcheck.platforms.linux import alsa, pulse, pulse_devices, pulse_server
from amif_netcheck.platforms.sound_snapshot import unavailable

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


def portaudio_package() -> str:
    """The package with PortAudio's library, by what the distribution is or is like."""
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return ""
    names = [release.get("ID", ""), *release.get("ID_LIKE", "").split()]
    return next((_PACKAGES[name] for name in names if name in _PACKAGES), "")


def elsewhere() -> Sound:
    """For a run that sends nothing, when the sound server is another computer's."""
    return unavailable(Reason.NOT_REQUESTED, "offline: the sound server is not on this computer")


def ask(until: float) -> Sound:
    """Ask them, by `until` (`time.monotonic`)."""
    reply = pulse_server.ask_child({}, "sound", until)
    running = portable.processes()
    names = {} if isinstance(running, Unavailable) else running
    if reply.answer is None:
        if not reply.error:
            return _no_answer(asking=reply.asked, ended=reply.ended)
        return without_server(reply.error, alsa.holders(), names, remote=_is_remote())
    try:
        answer = msgspec.convert(reply.answer, pulse.PulseSnapshot)
    except msgspec.ValidationError as problem:
        return unavailable(Reason.ERROR, str(problem))
    devices = pulse_devices.devices(answer)
    return Sound(
        streams=with_server(pulse.streams(answer), alsa.holders() or (), names),
        devices=devices,
        source=DeviceSource.PULSE,
        obstacle=SoundObstacle.NONE if devices else SoundObstacle.NO_DEVICE,
        records_itself=any(
            device.monitor and device.name == answer.default_input for device in answer.inputs
        ),
    )


def _no_answer(*, asking: bool, ended: bool) -> Sound:
    """Only a child that was left without an answer tells something about the sound server."""
    if asking and not ended:
        return unavailable(Reason.TIMEOUT, "the sound server did not answer in time", SoundObstacle.STOPPED)
    if ended:
        return unavailable(Reason.ERROR, "the process that asks the sound server ended")
    return unavailable(Reason.TIMEOUT, "this computer is too busy")


def _is_remote() -> bool:
    return bool(os.environ.get("SSH_CONNECTION") or os.environ.get("SSH_TTY"))


def with_server(
    of_server: tuple[SoundStream, ...], holders: tuple[alsa.Holder, ...], names: dict[int, str]
) -> tuple[SoundStream, ...] | Unavailable:
    """What the server lists, and who holds a sound card beside it; one that can't be named is no silence."""
    streams = (*of_server, *beside_server(holders, names))
    if not streams and any(not names.get(holder.pid) for holder in holders):
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
    nameless = any(not names.get(holder.pid) for holder in holders or ())
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
        SoundStream(
            application="", process=names[holder.pid], pid=holder.pid, use=holder.use, paused=holder.paused
        )
        for holder in holders
        if names.get(holder.pid) and names[holder.pid] not in _SERVERS
    )
