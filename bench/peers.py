"""What others' published rules say of the same figures: good, or not. For comparison; each rule with its source.

Rules are read leniently: "not good" agrees with any call that may be called degraded or bad.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from amif_netcheck.model.facts import LinkFacts, Train, Transfer


@dataclass(frozen=True)
class Figures:
    """What a pre-call test looks at: ms, per cent, Mbit/s."""

    rtt_ms: float
    jitter_ms: float
    loss_pct: float
    down_mbit_s: float
    up_mbit_s: float

    @classmethod
    def of(cls, link: LinkFacts) -> Figures | None:
        """The figures at rest; None where there are none."""
        train = link.internet
        if not isinstance(train, Train) or not isinstance(train.loss_pct, float | int):
            return None
        rates = [each.mbit_s if isinstance(each, Transfer) else 0.0 for each in (link.download, link.upload)]
        return cls(train.rtt_ms.median, train.jitter_ms, float(train.loss_pct), *rates)


def _teams(it: Figures) -> bool:
    """MicrosoftDocs, Teams/prepare-network.md: below 100 ms, 30 ms, 1 %; 1.5 Mbit/s is recommended for video."""
    return it.rtt_ms < 100 and it.jitter_ms < 30 and it.loss_pct < 1


def _jitsi(it: Figures) -> bool:
    """jitsi-meet, `premeeting/functions.ts`: loss up to 5 %, 750 kbit/s; delay and jitter are never used."""
    return it.loss_pct <= 5 and min(it.down_mbit_s, it.up_mbit_s) >= 0.75


def _bigbluebutton(it: Figures) -> bool:
    """bigbluebutton-html5, `settings.yml`, `public.stats`: jitter 10 ms, loss 5 %, round trip 500 ms."""
    return it.jitter_ms < 10 and it.loss_pct < 5 and it.rtt_ms < 500


def _zoomcheck(it: Figures) -> bool:
    """zoomcheck 1.0.0: 3 Mbit/s each way, 150 ms, 30 ms, 1 %."""
    return (
        min(it.down_mbit_s, it.up_mbit_s) >= 3
        and it.rtt_ms <= 150
        and it.jitter_ms <= 30
        and it.loss_pct <= 1
    )


def _twilio(it: Figures) -> bool:
    """twilio-video.js, `preflight/mos.ts`, with ms and per cent: above 4.0."""
    effective = it.rtt_ms + 2 * it.jitter_ms + 10
    r = 94.768 - (effective / 40 if effective < 160 else (effective - 120) / 10) - 2.5 * it.loss_pct
    return 1 + 0.035 * r + 7e-6 * r * (r - 60) * (100 - r) > 4


PEERS: dict[str, Callable[[Figures], bool]] = {
    "Teams": _teams,
    "Jitsi": _jitsi,
    "BigBlueButton": _bigbluebutton,
    "zoomcheck": _zoomcheck,
    "Twilio": _twilio,
}
