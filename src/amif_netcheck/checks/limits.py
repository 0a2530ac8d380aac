"""Limits as data: each threshold with its unit and the document it comes from.

A value at or above a threshold reaches that severity. `None` means that no source supports a threshold there.
"""

from __future__ import annotations

from msgspec import Struct

from amif_netcheck.model.finding import Severity


class Threshold(Struct, frozen=True):
    """One figure and where it comes from. `source` is short, for display; `document` is for experts."""

    value: float
    source: str
    document: str


class Limit(Struct, frozen=True, kw_only=True):
    """The thresholds of one quantity; `unit` is the suffix of its name."""

    id: str
    unit: str
    info: Threshold | None = None
    warning: Threshold | None = None
    critical: Threshold | None = None


_TEAMS = "MicrosoftDocs/OfficeDocs-SkypeForBusiness, Teams/prepare-network.md, read in 2026"
_G114 = "ITU-T Recommendation G.114 (05/2003), One-way transmission time; doubled for a round trip"
_CALLS = "Calls between two browsers over emulated lines, 2026-11 (docs/link.md)"

RTT = Limit(
    id="link.rtt_ms",
    unit="ms",
    info=Threshold(100, "Microsoft Teams, 2026", _TEAMS),
    warning=Threshold(300, "ITU-T G.114, 2003", _G114),
    critical=Threshold(800, "ITU-T G.114, 2003", _G114),
)
JITTER = Limit(
    id="link.jitter_ms",
    unit="ms",
    info=Threshold(20, "8x8, 2026", "8x8 network requirements as collected in 2026: jitter below 20 ms"),
    warning=Threshold(30, "Microsoft Teams, 2026", _TEAMS),
    critical=Threshold(
        200, "Vidyo, 2026", "support.vidyo.io, jitter bands below 10, below 100, 200 ms, read in 2026"
    ),
)
LOSS = Limit(
    id="link.loss_pct",
    unit="pct",
    info=Threshold(1, "Microsoft Teams, 2026", _TEAMS),
    warning=Threshold(
        3, "Google Meet, 2026", "Google Meet quality tool playbook (googlecloudcommunity), read in 2026"
    ),
    critical=Threshold(
        10, "Daily, 2026", "docs.daily.co, test-peer-to-peer-call-quality: bad from 10 %, read in 2026"
    ),
)
LONGEST_LOSS = Limit(
    id="link.longest_loss_ms",
    unit="ms",
    warning=Threshold(300, "amif-netcheck, 2026", _CALLS + ": 0.3 s cut out every 5 s is heard and seen"),
    critical=Threshold(2000, "amif-netcheck, 2026", _CALLS + ": cuts of seconds make a call unusable"),
)
TRAFFIC_DOWN = Limit(
    id="traffic.down_mbit_s",
    unit="mbit_s",
    info=Threshold(0.8, "Microsoft Teams, 2026", "A fifth of what Teams recommends for a meeting. " + _TEAMS),
    warning=Threshold(4.0, "Microsoft Teams, 2026", "What Teams recommends for a meeting. " + _TEAMS),
)
TRAFFIC_UP = Limit(
    id="traffic.up_mbit_s",
    unit="mbit_s",
    info=Threshold(0.5, "Microsoft Teams, 2026", "A fifth of what Teams recommends for a meeting. " + _TEAMS),
    warning=Threshold(2.5, "Microsoft Teams, 2026", "What Teams recommends for a meeting. " + _TEAMS),
)
MIN_PROBES = 50
"""Fewer requests than this can't tell a good line from a bad one: with 50 and no loss at all, the 95 % Wilson interval
still reaches 7 %."""

MIN_LOST = 3
"""Fewer lost requests than this are chance: one of 100 is 1 %, with a 95 % Wilson interval from 0.2 to 5.4 %."""

ALL: tuple[Limit, ...] = (RTT, JITTER, LOSS, LONGEST_LOSS, TRAFFIC_DOWN, TRAFFIC_UP)


def judge(value: float, limit: Limit) -> tuple[Severity, Threshold | None]:
    """The severity that `value` reaches, with the threshold that it crossed (None when it is ok)."""
    for severity, threshold in (
        (Severity.CRITICAL, limit.critical),
        (Severity.WARNING, limit.warning),
        (Severity.INFO, limit.info),
    ):
        if threshold is not None and value >= threshold.value:
            return severity, threshold
    return Severity.OK, None
