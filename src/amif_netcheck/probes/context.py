"""What every probe is given."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from amif_netcheck.catalog.meeting_services import MeetingService
from amif_netcheck.measure.ledger import Ledger
from amif_netcheck.measure.live import LiveValues
from amif_netcheck.measure.names import Names
from amif_netcheck.measure.reach.portal import KnownPage
from amif_netcheck.measure.throughput.rates import EngineChoice
from amif_netcheck.measure.throughput.rates import RatesConfig as RatesWish
from amif_netcheck.model.address import Server
from amif_netcheck.model.facts import SoundCue
from amif_netcheck.platforms.base import Platform
from amif_netcheck.sound.recorder import ReplayableRecording

REFERENCE_IPV4 = ("9.9.9.9", "193.0.14.129")
"""Two public addresses, one in each half of IPv4, as a full tunnel often takes the two halves. Never reached: the way to
them is looked up, and what is sent there ends at the first router."""
REFERENCE_IPV6 = ("2620:fe::fe", "2001:7fd::1")

NO_RATES = RatesWish(engine=EngineChoice.NONE)


class SoundTest(Enum):
    """Did the person ask for a sound test?"""

    NO = "no"
    YES = "yes"
    WITH_ECHO = "with_echo"  # listen for an echo with a headset too


def _say_nothing(_cue: SoundCue) -> None:
    """For runs that nobody watches."""


@dataclass(frozen=True)
class Compare:
    """Well-known places: what they answer tells what the network does. None of them is asked for anything else."""

    page: KnownPage | None = None
    web: tuple[Server, ...] = ()


@dataclass(frozen=True)
class Context:
    """One run, as its probes see it. `meeting` is a host name or an address, empty when none is known.

    `service` is the profile of the service that it is held with, by the name `service_name`.

    `on_cue` is called from a probe's thread, when the person should speak or be quiet; so is `on_recorded`, with a recording
    that can be heard again and has to be closed.

    `sweep`: every address of the subnet may be asked who is there.
    """

    platform: Platform
    meeting: str = ""
    meeting_port: int = 443
    service_name: str = ""
    service: MeetingService | None = None
    compare: Compare = Compare()
    stun: tuple[Server, ...] = ()
    rates: RatesWish = NO_RATES
    sound_test: SoundTest = SoundTest.NO
    on_cue: Callable[[SoundCue], None] = _say_nothing
    on_recorded: Callable[[ReplayableRecording], None] | None = None
    quick: bool = False
    offline: bool = False
    sweep: bool = False
    names: Names = field(default_factory=Names)
    ledger: Ledger = field(default_factory=Ledger)
    live: LiveValues = field(default_factory=LiveValues)
    stop: threading.Event = field(default_factory=threading.Event)
