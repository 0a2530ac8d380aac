"""Limits as data: each threshold with its unit and the document it comes from.

A value at or above a threshold reaches that severity; of a floor, one below it. `None` means that no source supports a
threshold there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from msgspec import Struct, structs

from amif_netcheck.model.desk import ChangedLimit
from amif_netcheck.model.finding import ParamValue, Severity
from amif_netcheck.model.text import N_


class Threshold(Struct, frozen=True):
    """One figure and where it comes from.

    `source` is short, for display; `document` names where it stands, for experts, and `reading` is what it says there (a
    text to translate).
    """

    value: float
    source: str
    document: str
    reading: str = ""


class Limit(Struct, frozen=True, kw_only=True):
    """The thresholds of one quantity; `unit` is the suffix of its name. `settled`: what a desk has changed is in it."""

    id: str
    unit: str
    floor: bool = False
    info: Threshold | None = None
    warning: Threshold | None = None
    critical: Threshold | None = None
    settled: bool = False


_TEAMS = "MicrosoftDocs/OfficeDocs-SkypeForBusiness, Teams/prepare-network.md, 2026"
_CALLS = "amif-netcheck, docs/link.md, 2026"
_MEET = "Google Cloud Community, Google Meet quality tool, 2026"
_LMKD = "source.android.com, lmkd, psi_partial_stall_ms, 2026"
_G114 = "ITU-T G.114 (05/2003)"
_BIGBLUEBUTTON = "docs.bigbluebutton.org, FAQ, 2026"
_OPENTOK = "Vonage Video API, pre-call test, 2026"
_RECOMMENDED = N_("what is recommended for a meeting")
_LEAST = N_("the least for a meeting")
_A_FIFTH = N_("a fifth of what is recommended for a meeting")

RTT = Limit(
    id="link.rtt_ms",
    unit="ms",
    info=Threshold(100, "Microsoft Teams, 2026", _TEAMS),
)
DELAY = Limit(
    id="link.delay_ms",
    unit="ms",
    warning=Threshold(150, "ITU-T G.114, 2003", _G114, N_("150 ms one way")),
    critical=Threshold(
        340, "ITU-T G.114, 2003", _G114, N_("400 ms one way, of which capturing and playing take 60")
    ),
)
JITTER = Limit(
    id="link.jitter_ms",
    unit="ms",
    info=Threshold(30, "Microsoft Teams, 2026", _TEAMS),
)
LOSS = Limit(
    id="link.loss_pct",
    unit="pct",
    info=Threshold(1, "Microsoft Teams, 2026", _TEAMS),
)
CONCEALED = Limit(
    id="link.concealed_pct",
    unit="pct",
    warning=Threshold(
        2, "amif-netcheck, 2026", _CALLS, N_("in calls over emulated lines, more sound made up is heard")
    ),
    critical=Threshold(
        7,
        "amif-netcheck, 2026",
        _CALLS,
        N_("in calls over emulated lines, speech with more sound made up is not understood"),
    ),
)
LONGEST_LOSS = Limit(
    id="link.longest_loss_ms",
    unit="ms",
    warning=Threshold(
        300,
        "amif-netcheck, 2026",
        _CALLS,
        N_("in calls over emulated lines, such a cut every 5 seconds is heard and seen"),
    ),
    critical=Threshold(
        2000,
        "amif-netcheck, 2026",
        _CALLS,
        N_("in calls over emulated lines, cuts of seconds make a call unusable"),
    ),
)
FROZEN = Limit(
    id="link.frozen_pct",
    unit="pct",
    warning=Threshold(
        2, "amif-netcheck, 2026", _CALLS, N_("in calls over emulated lines, more than a single hitch")
    ),
    critical=Threshold(
        8, "amif-netcheck, 2026", _CALLS, N_("in calls over emulated lines, two seconds in twenty-five")
    ),
)
PICTURE = Limit(
    id="link.picture_mbit_s",
    unit="mbit_s",
    floor=True,
    warning=Threshold(0.3, "OpenTok, 2026", _OPENTOK, N_("the least that is recommended for one picture")),
    critical=Threshold(
        0.08, "amif-netcheck, 2026", _CALLS, N_("in calls over emulated lines, a picture of less is a smear")
    ),
)
DOWNLOAD = Limit(
    id="link.download_mbit_s",
    unit="mbit_s",
    floor=True,
    info=Threshold(4.0, "Microsoft Teams, 2026", _TEAMS, _RECOMMENDED),
    warning=Threshold(1.0, "BigBlueButton, 2026", _BIGBLUEBUTTON, _LEAST),
    critical=Threshold(0.2, "Microsoft Teams, 2026", _TEAMS, _LEAST),
)
UPLOAD = Limit(
    id="link.upload_mbit_s",
    unit="mbit_s",
    floor=True,
    info=Threshold(2.5, "Microsoft Teams, 2026", _TEAMS, _RECOMMENDED),
    warning=Threshold(0.5, "BigBlueButton, 2026", _BIGBLUEBUTTON, _LEAST),
    critical=Threshold(0.15, "Microsoft Teams, 2026", _TEAMS, _LEAST),
)
LOAD = Limit(
    id="link.load_s",
    unit="s",
    info=Threshold(
        0.2,
        "amif-netcheck, 2026",
        _CALLS,
        N_("in calls over emulated lines, a queue of 150 to 200 ms is heard when it fills"),
    ),
    warning=Threshold(
        0.5,
        "amif-netcheck, 2026",
        _CALLS,
        N_("in calls over emulated lines, a queue of 500 ms ends a call when it fills"),
    ),
)
TRAFFIC_DOWN = Limit(
    id="traffic.down_mbit_s",
    unit="mbit_s",
    info=Threshold(0.8, "Microsoft Teams, 2026", _TEAMS, _A_FIFTH),
    warning=Threshold(4.0, "Microsoft Teams, 2026", _TEAMS, _RECOMMENDED),
)
TRAFFIC_UP = Limit(
    id="traffic.up_mbit_s",
    unit="mbit_s",
    info=Threshold(0.5, "Microsoft Teams, 2026", _TEAMS, _A_FIFTH),
    warning=Threshold(2.5, "Microsoft Teams, 2026", _TEAMS, _RECOMMENDED),
)
CPU = Limit(
    id="apps.cpu_pct",
    unit="pct",
    info=Threshold(60, "Google Meet, 2026", _MEET, N_("from here on, delays begin")),
    warning=Threshold(
        80,
        "Google Meet, 2026",
        _MEET,
        N_("less is wanted during a call; here it is reached before the call begins"),
    ),
)
MEMORY_STALLED = Limit(
    id="apps.memory_stalled_pct",
    unit="pct",
    info=Threshold(
        7, "Android lmkd, 2026", _LMKD, N_("programs wait for memory for 70 ms of a second, on fast devices")
    ),
    warning=Threshold(
        20,
        "Android lmkd, 2026",
        _LMKD,
        N_("programs wait for memory for 200 ms of a second, on slow devices"),
    ),
)
MEMORY_AVAILABLE = Limit(
    id="apps.memory_available_pct",
    unit="pct",
    floor=True,
    info=Threshold(10, "earlyoom, 2026", "earlyoom(1)", N_("below this, memory is short")),
)
BATTERY = Limit(
    id="apps.battery_pct",
    unit="pct",
    floor=True,
    warning=Threshold(20, "UPower, 2026", "UPower.conf, PercentageLow"),
)
WIFI_SIGNAL = Limit(
    id="proximity.signal_dbm",
    unit="dbm",
    floor=True,
    info=Threshold(
        -67,
        "Cisco",
        "Cisco, Voice over Wireless LAN",
        N_("the weakest signal that is planned for calls"),
    ),
    warning=Threshold(
        -80,
        "Android",
        "AOSP, config_wifi_framework_wifi_score_bad_rssi_threshold_5GHz",
        N_("here phones give up Wi-Fi"),
    ),
)
ETHERNET_RATE = Limit(
    id="proximity.rate_mbit_s",
    unit="mbit_s",
    floor=True,
    warning=Threshold(
        100,
        "IEEE 802.3u, 1995",
        "IEEE 802.3u",
        N_("every network card since then agrees on it over a sound cable"),
    ),
)
OTHERS_DOWN = Limit(
    id="neighbours.down_mbit_s", unit="mbit_s", info=TRAFFIC_DOWN.info, warning=TRAFFIC_DOWN.warning
)
OTHERS_UP = Limit(id="neighbours.up_mbit_s", unit="mbit_s", info=TRAFFIC_UP.info, warning=TRAFFIC_UP.warning)
ROOM_DOWN = Limit(
    id="neighbours.room_down_mbit_s",
    unit="mbit_s",
    floor=True,
    warning=Threshold(
        9.0,
        "Microsoft Teams, Netflix, 2026",
        _TEAMS + "; help.netflix.com/node/306",
        N_("what is recommended for a meeting, and 5 Mbit/s for a film in HD"),
    ),
)
ROOM_UP = Limit(
    id="neighbours.room_up_mbit_s",
    unit="mbit_s",
    floor=True,
    warning=Threshold(2.5, "Microsoft Teams, 2026", _TEAMS, _RECOMMENDED),
)
NAMES = Limit(
    id="firewall.names_slow_s",
    unit="s",
    info=Threshold(2.0, "ITU-T G.1010, 2001", "ITU-T G.1010 (11/2001)", N_("preferred for a whole web page")),
)
WRONG_CLOCK_S = 3600.0
"""A clock that is off by more than an hour explains a certificate out of its dates; by less, the certificate is at fault:
new ones are dated back an hour or so for the clocks of others."""
CLOCK_OFF_S = 60.0
"""A meeting's time is told in minutes: a clock that is off by one shows another time to it."""
BUSY_VARIATION_MS = 100.0
"""A round trip that varies so much at rest has somebody's queue in it: the line is in use. In the calls of docs/link.md,
lines with others' traffic had 150 ms and more, lines with 20 ms of jitter each way about 60."""

MIN_PROBES = 50
"""Fewer requests than this can't tell a good line from a bad one: with 50 and no loss at all, the 95 % Wilson interval
still reaches 7 %."""

MIN_LOST = 3
"""Fewer lost requests than this are chance: one of 100 is 1 %, with a 95 % Wilson interval from 0.2 to 5.4 %."""


DESK_SOURCE = N_("your IT desk's settings")
"""The source of a threshold that an IT desk has changed."""
LEVELS = ("info", "warning", "critical")
_CHANGED: ContextVar[Mapping[str, ChangedLimit] | None] = ContextVar("changed limits", default=None)


@contextmanager
def changed(limits: Mapping[str, ChangedLimit]) -> Iterator[None]:
    """Within, these thresholds of a desk hold, by the id of their limit."""
    token = _CHANGED.set(limits)
    try:
        yield
    finally:
        _CHANGED.reset(token)


def in_force(limit: Limit) -> Limit:
    """`limit` with what a desk has changed of it; a threshold that it does not have stays absent."""
    change = (_CHANGED.get() or {}).get(limit.id)
    if change is None or limit.settled:
        return limit
    wanted = {level: getattr(change, level) for level in LEVELS}
    thresholds = {
        level: Threshold(value, DESK_SOURCE, DESK_SOURCE)
        for level, value in wanted.items()
        if value is not None and getattr(limit, level) is not None
    }
    return structs.replace(limit, settled=True, **thresholds)


def judge(value: float, limit: Limit) -> tuple[Severity, Threshold | None]:
    """The severity that `value` reaches, with the threshold that it crossed (None when it is ok)."""
    limit = in_force(limit)
    for severity, threshold in (
        (Severity.CRITICAL, limit.critical),
        (Severity.WARNING, limit.warning),
        (Severity.INFO, limit.info),
    ):
        if threshold is None:
            continue
        if value < threshold.value if limit.floor else value >= threshold.value:
            return severity, threshold
    return Severity.OK, None


def comparison(value: float, limit: Limit, crossed: Threshold) -> dict[str, ParamValue]:
    """The params of a finding that `value` is beyond `limit`: both with their unit, and the source of the limit."""
    return {f"value_{limit.unit}": value, f"limit_{limit.unit}": crossed.value, "source": crossed.source}
