"""Which applications use sound, and which could begin to."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from amif_netcheck.model.facts.base import Fact, Unavailable
from amif_netcheck.model.facts.sound import SoundObstacle


class SoundUse(Enum):
    """What an application does with sound."""

    PLAYS = "plays"
    RECORDS = "records"


class SoundApplication(Struct, frozen=True, kw_only=True):
    """One application that plays or records; several streams of the same kind are one.

    `application` is what it calls itself, `process` its program; `product` and `family` come from the catalogs, empty when
    it isn't known. `muted` and `paused`: so in the sound system, whatever the application shows.
    """

    application: str
    process: str
    product: str = ""
    family: str = ""
    use: SoundUse
    muted: bool = False
    paused: bool = False


class CallApplication(Struct, frozen=True, kw_only=True):
    """An application for calls that is open, silent or not; one for each name that its processes have."""

    product: str
    process: str


class SoundAppsFacts(Fact, frozen=True, kw_only=True):
    """Who uses sound now, and which applications for calls are open.

    `meeting_product` is the application that the given meeting is held with, empty when the meeting or its application
    is not known; `meeting_given` tells the two apart.
    """

    applications: tuple[SoundApplication, ...] | Unavailable
    calls: tuple[CallApplication, ...] | Unavailable
    meeting_product: str = ""
    meeting_given: bool = False
    obstacle: SoundObstacle = SoundObstacle.NONE
