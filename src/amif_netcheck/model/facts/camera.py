"""What the others could see one with, and who has it."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

from msgspec import Struct

from amif_netcheck.model.facts.base import NOT_REQUESTED, Fact, Unavailable, private
from amif_netcheck.model.facts.headset import AllowedFor


class CameraBus(Enum):
    """How a camera is attached."""

    USB = "usb"
    INTERNAL = "internal"  # wired to the board by something else than USB
    NETWORK = "network"  # a telephone, or a camera with an address of its own
    VIRTUAL = "virtual"  # a program
    UNKNOWN = "unknown"


class Camera(Struct, frozen=True, kw_only=True):
    """A camera that programs can choose.

    `built_in`: fixed to the computer; None where the system can't tell. `default`: the one that the system gives to who
    names none; None where it has no such choice, or does not tell.
    """

    name: Annotated[str, private("device")]
    bus: CameraBus
    built_in: bool | None = None
    default: bool | None = None


class CameraApplication(Struct, frozen=True, kw_only=True):
    """An application that has a camera now. All names are empty where the system tells no more than that there is one.

    `application` is what it calls itself, `process` its program; `product` and `family` come from the catalogs, empty when
    it isn't known.
    """

    application: str = ""
    process: str = ""
    product: str = ""
    family: str = ""


class CameraFacts(Fact, frozen=True, kw_only=True):
    """All cameras, and who has one.

    `applications` is empty only where surely nobody has a camera that is none of a program's own; `shared`: on this system
    several programs can have the same one. `allowed` is what the person has answered when the system asked whether programs
    may use the camera, and `allowed_for` whom that binds. `meeting_product` and `meeting_given` as in `SoundAppsFacts`.
    """

    cameras: tuple[Camera, ...] | Unavailable
    applications: tuple[CameraApplication, ...] | Unavailable = NOT_REQUESTED
    shared: bool = False
    allowed: bool | Unavailable = NOT_REQUESTED
    allowed_for: AllowedFor = AllowedFor.SANDBOXED
    meeting_product: str = ""
    meeting_given: bool = False
