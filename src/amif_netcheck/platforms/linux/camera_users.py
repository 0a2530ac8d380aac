"""Who has a camera: the processes that hold one of its nodes open, and behind PipeWire its clients. Opens no camera for that.

What the kernel has put to sleep nobody uses. Of other accounts' programs the kernel tells us nothing: where a camera is
awake and none of those that we see holds it, nobody knows.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from pathlib import Path
from typing import NamedTuple

from amif_netcheck.children.threads import BackgroundCall
from amif_netcheck.model.facts import CameraBus, Reason, Unavailable
from amif_netcheck.platforms import portable
from amif_netcheck.platforms.answers import CameraUser
from amif_netcheck.platforms.linux import cameras, pipewire_cameras

_OF_PIPEWIRE = frozenset({"pipewire", "wireplumber"})
_INIT = 1

Names = Callable[[], dict[int, str] | Unavailable]
Clients = Callable[[float, Collection[str]], tuple[CameraUser, ...] | Unavailable]


class CameraFolders(NamedTuple):
    """Where the kernel tells: of cameras, of their nodes, of processes."""

    cameras: Path = Path("/sys/class/video4linux")
    nodes: Path = Path("/dev")
    processes: Path = Path("/proc")


def using(
    until: float,
    folders: CameraFolders = CameraFolders(),  # noqa: B008 - immutable
    names: Names = portable.processes,
    clients: Clients = pipewire_cameras.clients,
) -> tuple[CameraUser, ...] | Unavailable:
    """See `Platform.camera_users`; a driver may keep whoever opens its node waiting."""
    return BackgroundCall(lambda: _using(until, folders, names, clients)).result(until)


def _using(
    until: float, folders: CameraFolders, names: Names, clients: Clients
) -> tuple[CameraUser, ...] | Unavailable:
    awake = _awake(folders.cameras, folders.nodes)
    if not awake:
        return ()
    held_by, hidden = holders(awake, folders.processes)
    running = names()
    called = {} if isinstance(running, Unavailable) else running
    server = {pid for pid in held_by if called.get(pid) in _OF_PIPEWIRE}
    users = [CameraUser(process=called.get(pid, ""), pid=pid) for pid in sorted(held_by.keys() - server)]
    if server:
        behind = clients(until, {path for pid in server for path in held_by[pid]})
        # PipeWire opens a camera for somebody: who that is can stay untold.
        users += [CameraUser()] if isinstance(behind, Unavailable) else behind
    if not users and hidden:
        return Unavailable(
            reason=Reason.NOT_PERMITTED,
            detail="a camera is awake, and other accounts' programs can't be seen",
        )
    return tuple(users)


def _awake(folder: Path, nodes: Path) -> set[str]:
    """Paths of the nodes of cameras that are hardware and not asleep."""
    return {
        str(nodes / entry.name)
        for device, entries in cameras.devices(folder).items()
        if cameras.bus(device) is not CameraBus.VIRTUAL
        and not cameras.sleeps(device)
        and any(cameras.is_camera(entry, nodes) for entry in entries)
        for entry in entries
    }


def holders(paths: Collection[str], proc: Path) -> tuple[dict[int, set[str]], bool]:
    """Process id -> those of `paths` that it holds open, without ourselves; and are there processes that we may not look into?"""
    found: dict[int, set[str]] = {}
    try:
        pids = {int(entry.name) for entry in proc.iterdir() if entry.name.isdigit()}
    except OSError:  # no /proc
        return {}, True
    hidden = _INIT not in pids  # where others' processes are not even listed (hidepid)
    for pid in pids - {os.getpid()}:
        try:
            held = {target for fd in (proc / str(pid) / "fd").iterdir() if (target := _target(fd)) in paths}
        except FileNotFoundError:  # it ended meanwhile
            continue
        except OSError:
            hidden = True
            continue
        if held:
            found[pid] = held
    return found, hidden


def _target(descriptor: Path) -> str:
    try:
        return str(descriptor.readlink())
    except OSError:  # closed meanwhile
        return ""
