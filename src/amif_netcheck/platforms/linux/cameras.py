"""Cameras by sysfs, and by what each says it can do (VIDIOC_QUERYCAP of linux/videodev2.h). No picture is asked for.

A camera has several nodes: for pictures, for what describes them, for its infrared half. Where a node may not be opened,
the first of each device is taken for the one with pictures.
"""

from __future__ import annotations

import os
import struct
from pathlib import Path

from amif_netcheck.children.threads import BackgroundCall
from amif_netcheck.model.facts import Camera, CameraBus, Unavailable
from amif_netcheck.platforms.text import title

_CLASS, _NODES = Path("/sys/class/video4linux"), Path("/dev")
_CAPABILITY = struct.Struct("=16s32s32sIII12x")
"""struct v4l2_capability: driver, card, bus, version, capabilities of the whole device, and of this node."""
_QUERY_CAPABILITY = 0x80685600  # _IOR('V', 0, struct v4l2_capability)
_CAPTURES = 0x0000_0001 | 0x0000_1000  # a picture in one plane, or in several
_OF_THIS_NODE = 0x8000_0000
_FIXED = {"fixed": True, "removable": False}
_MOST = 64


def present(until: float, folder: Path = _CLASS, nodes: Path = _NODES) -> tuple[Camera, ...] | Unavailable:
    """See `Platform.cameras`: a driver may keep whoever opens its node waiting."""
    return BackgroundCall(lambda: _present(folder, nodes)).result(until)


def captures(capability: bytes) -> bool:
    """Does a node that answers this give pictures?"""
    if len(capability) < _CAPABILITY.size:
        return False
    *_, whole, of_node = _CAPABILITY.unpack_from(capability)
    return bool((of_node if whole & _OF_THIS_NODE else whole) & _CAPTURES)


def devices(folder: Path = _CLASS) -> dict[Path, list[Path]]:
    """The folder of each device -> its nodes' folders. Opens nothing."""
    found: dict[Path, list[Path]] = {}
    for entry in sorted(folder.glob("video*"))[:_MOST]:
        device = (entry / "device").resolve() if (entry / "device").exists() else entry.resolve()
        found.setdefault(device, []).append(entry)
    return found


def is_camera(entry: Path, nodes: Path = _NODES) -> bool:
    """Does a node give pictures? A device that sleeps is woken by the question, for some two seconds."""
    capability = _capability(nodes / entry.name)
    return _read(entry / "index") == "0" if capability is None else captures(capability)


def bus(device: Path) -> CameraBus:
    """By the folder of the device."""
    if "virtual" in device.parts:
        return CameraBus.VIRTUAL
    return CameraBus.USB if any(part.startswith("usb") for part in device.parts) else CameraBus.INTERNAL


def sleeps(device: Path) -> bool:
    """Has the kernel put it to sleep (runtime power management)? Then nobody at all has a picture of it."""
    hardware = device.parent if bus(device) is CameraBus.USB else device
    return _read(hardware / "power" / "runtime_status") == "suspended"


def _present(folder: Path, nodes: Path) -> tuple[Camera, ...]:
    return tuple(
        _camera(title(_read(entry / "name")), device)
        for device, entries in devices(folder).items()
        if (entry := next((entry for entry in entries if is_camera(entry, nodes)), None)) is not None
    )


def _camera(name: str, device: Path) -> Camera:
    """`device` is the hardware's folder: for USB that of an interface, whose parent says whether it is fixed."""
    attached = bus(device)
    fixed = {
        CameraBus.VIRTUAL: False,
        CameraBus.USB: _FIXED.get(_read(device.parent / "removable")),
        CameraBus.INTERNAL: True,
    }
    return Camera(name=name, bus=attached, built_in=fixed[attached])


def _capability(node: Path) -> bytes | None:
    """None where the node may not be opened."""
    import fcntl

    try:
        handle = os.open(node, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        return fcntl.ioctl(handle, _QUERY_CAPABILITY, bytes(_CAPABILITY.size))
    except OSError:
        return b""
    finally:
        os.close(handle)


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace").strip()
    except OSError:
        return ""
