"""Cameras, as CoreMediaIO lists them: objects with the same kind of properties as CoreAudio's. No picture is asked for.

Transport types are CoreAudio's (IOAudioTypes.h); an iPhone or iPad that serves as a camera has those of Continuity.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec import structs

from amif_netcheck.children.threads import BackgroundCall
from amif_netcheck.model.facts import Camera, CameraBus, Reason, Unavailable
from amif_netcheck.platforms.macos.properties import SYSTEM, PropertyError, PropertyLibrary, PropertyReader
from amif_netcheck.platforms.macos.sound import reason_of
from amif_netcheck.platforms.text import title

_BUSES = {
    "bltn": (CameraBus.INTERNAL, True),
    "pci ": (CameraBus.INTERNAL, True),  # FaceTime cameras of Macs with Intel processors
    "usb ": (CameraBus.USB, None),
    "thun": (CameraBus.USB, False),
    "ccwd": (CameraBus.NETWORK, False),
    "ccwl": (CameraBus.NETWORK, False),
    "virt": (CameraBus.VIRTUAL, False),
    "grup": (CameraBus.VIRTUAL, False),
    "eavb": (CameraBus.NETWORK, False),
}
_PROGRAMS = re.compile(
    r"virtual|\bobs\b|manycam|snap camera|\bcamo\b|mmhmm|epoccam|\bndi\b|ecamm|xsplit|iriun|\bprezi\b|detail camera"
)
"""Programs that call their camera built in or attached by PCI all the same."""
_APPLE = re.compile(r"facetime|vendorid_(0x)?(106b|1452)\b")
"""The maker of USB cameras that are fixed in a Mac; Studio Display has one of Apple's too."""
_SCREEN = re.compile(r"display|desk view")


def present(library: Callable[[], PropertyLibrary], until: float) -> tuple[Camera, ...] | Unavailable:
    """See `Platform.cameras`; `library` opens CoreMediaIO, whose plug-ins may be slow to load."""
    return BackgroundCall(lambda: _present(library)).result(until)


def _present(library: Callable[[], PropertyLibrary]) -> tuple[Camera, ...] | Unavailable:
    found = listed(library)
    if isinstance(found, Unavailable):
        return found
    chosen = PropertyReader(library()).number(SYSTEM, "dIn ")  # kCMIOHardwarePropertyDefaultInputDevice
    return tuple(
        structs.replace(camera, default=thing == chosen) if chosen else camera for thing, camera in found
    )


def listed(library: Callable[[], PropertyLibrary]) -> list[tuple[int, Camera]] | Unavailable:
    """The cameras with their numbers; blocks."""
    try:
        opened = library()
        things = PropertyReader(opened).listed(SYSTEM, "dev#")
    except (OSError, AttributeError) as error:
        return Unavailable(reason=Reason.NOT_PRESENT, detail=f"CoreMediaIO: {error}")
    except PropertyError as error:
        return Unavailable(reason=reason_of(error), detail=f"CoreMediaIO lists no devices: {error.code}")
    reader = PropertyReader(opened)
    return [(thing, camera) for thing in things if (camera := _camera(reader, thing)) is not None]


def _camera(reader: PropertyReader, thing: int) -> Camera | None:
    """None for one that went away meanwhile."""
    name = title(reader.text(thing, "lnam"))
    model, uid = reader.text(thing, "muid"), reader.text(thing, "uid ")
    return camera(name, model, uid, reader.code(thing, "tran")) if name or uid else None


def camera(name: str, model: str, uid: str, transport: str) -> Camera:
    """What it is by its name, its model, its identity and its transport type. Pure."""
    bus, built_in = _BUSES.get(transport, (CameraBus.UNKNOWN, None))
    about = f"{name} {model}".casefold()
    if _PROGRAMS.search(f"{about} {uid.casefold()}"):
        bus, built_in = CameraBus.VIRTUAL, False
    elif bus is CameraBus.USB:
        built_in = bool(_APPLE.search(about)) and not _SCREEN.search(about)
    elif bus is CameraBus.UNKNOWN and model.startswith(("iPhone", "iPad")):
        bus, built_in = CameraBus.NETWORK, False
    return Camera(name=name, bus=bus, built_in=built_in)
