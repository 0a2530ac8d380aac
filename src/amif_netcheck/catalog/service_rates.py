"""What a meeting takes of the line, by what one wants of it: sound, a picture, sharing; each sum with whose figures it is made of. Pure."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from amif_netcheck.catalog.meeting_services import GENERIC, Kind, MeetingService, ServiceRate, known_services


class Grade(Enum):
    """What one wants: to be heard; to be seen beside that, in one size or the other; to share the screen beside the sound."""

    SOUND = "sound"
    VIDEO_360P = "video_360p"
    VIDEO_720P = "video_720p"
    SHARING = "sharing"


_STREAMS = {
    Grade.SOUND: ("sound",),
    Grade.VIDEO_360P: ("sound", "video_360p"),
    Grade.VIDEO_720P: ("sound", "video_720p"),
    Grade.SHARING: ("sound", "screen"),
}


class WantedRates(Struct, frozen=True, kw_only=True):
    """kbit/s each way for one grade; None where nobody publishes a figure.

    `of`: the profiles that the figures come from, the service's own or the generic one. `kinds`: what they are; a service
    that sends `at_most` so much makes do with less.
    """

    up_kbit_s: int | None
    down_kbit_s: int | None
    of: tuple[str, ...]
    kinds: tuple[Kind, ...]


def wanted_rates(name: str, service: MeetingService) -> dict[Grade, WantedRates]:
    """What each grade takes of a meeting with this service, `name` in the profiles.

    A stream that its profile has no rate of is taken to be that of any meeting in a browser, and `of` says so.
    """
    generic = known_services()[GENERIC]

    def stream(use: str) -> tuple[str, ServiceRate | None]:
        own = None if service.rates is None else getattr(service.rates, use)
        if own is not None:
            return name, own
        return GENERIC, None if generic.rates is None else getattr(generic.rates, use)

    def wanted(uses: tuple[str, ...]) -> WantedRates:
        streams = [stream(use) for use in uses]
        rates = [rate for _, rate in streams]
        known = [(whose, rate) for whose, rate in streams if rate is not None]
        return WantedRates(
            up_kbit_s=_sum([None if rate is None else rate.up for rate in rates]),
            down_kbit_s=_sum([None if rate is None else rate.down for rate in rates]),
            of=tuple(dict.fromkeys(whose for whose, _ in known)),
            kinds=tuple(dict.fromkeys(rate.kind for _, rate in known)),
        )

    return {grade: wanted(uses) for grade, uses in _STREAMS.items()}


def _sum(rates: list[int | None]) -> int | None:
    known = [rate for rate in rates if rate is not None]
    return sum(known) if len(known) == len(rates) else None
