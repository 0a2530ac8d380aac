"""What of a meeting with its own service the line carries: which size of picture, and whether the screen can be shared."""

from __future__ import annotations

from amif_netcheck.catalog.meeting_services import known_services
from amif_netcheck.catalog.service_rates import Grade, WantedRates, wanted_rates
from amif_netcheck.checks.link_findings import SERVICE_PICTURE
from amif_netcheck.model.facts import (
    Facts,
    FirewallFacts,
    Foretold,
    ForetoldPicture,
    ForetoldWay,
    LinkFacts,
    MediaLadder,
    Transfer,
    Unavailable,
)
from amif_netcheck.model.finding import Finding

SLOW_SHARING = "slow_sharing"
_UNHINDERED_KBIT_S = 1600.0
"""From here on the foretold picture, of 640x360, is as good as it gets: the line may carry more."""
_USED = 0.85
"""Of what a line carries, what a sender uses (libwebrtc's `aimd_rate_control.cc`)."""
_KBIT_PER_MBIT = 1000
_SIZES = ((Grade.VIDEO_720P, "720p"), (Grade.VIDEO_360P, "360p"))


def service_picture(facts: Facts, link: LinkFacts) -> list[Finding]:
    """A note where the best picture or the screen will not pass; nothing where all will, or too little is known."""
    service = _service(facts)
    known = known_services().get(service)
    up, down = (_usable_kbit_s(link, way) for way in ("up", "down"))
    if known is None or up is None or down is None:
        return []
    wanted = wanted_rates(service, known)
    size = next((size for grade, size in _SIZES if _fits(wanted[grade], up, down)), "")
    shares = _fits(wanted[Grade.SHARING], up, down)
    if not size or (size == _SIZES[0][1] and shares):
        return []
    return [
        SERVICE_PICTURE.finding(
            "facts.link.foretold",
            "facts.firewall.ladder",
            variant="" if shares else SLOW_SHARING,
            params={"service": known.title or service, "size": size},
        )
    ]


def _service(facts: Facts) -> str:
    if isinstance(facts.firewall, FirewallFacts) and isinstance(facts.firewall.ladder, MediaLadder):
        return facts.firewall.ladder.service
    return ""


def _fits(wanted: WantedRates, up: float, down: float) -> bool:
    """Does it fit? What nobody publishes a figure of is taken to: nothing speaks against it."""
    return (wanted.up_kbit_s or 0) <= up and (wanted.down_kbit_s or 0) <= down


def _usable_kbit_s(link: LinkFacts, name: str) -> float | None:
    """What a meeting can use of one way; None where it isn't known."""
    transfer = link.upload if name == "up" else link.download
    if isinstance(transfer, Unavailable) or not isinstance(link.foretold, Foretold):
        return None
    way = link.foretold.up if name == "up" else link.foretold.down
    if not isinstance(way, ForetoldWay) or not isinstance(way.picture, ForetoldPicture):
        return None
    foretold = way.picture.kbit_s.value
    return foretold if foretold < _UNHINDERED_KBIT_S else _carried(transfer)


def _carried(transfer: Transfer) -> float:
    return _USED * transfer.mbit_s * _KBIT_PER_MBIT
