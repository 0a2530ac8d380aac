"""Limits as data: each threshold with its unit and the document it comes from.

A value at or above a threshold reaches that severity; of a floor, one below it. `None` means that no source supports a
threshold there.
"""

from __future__ import annotations

from msgspec import Struct

from amif_netcheck.model.finding import ParamValue, Severity


class Threshold(Struct, frozen=True):
    """One figure and where it comes from. `source` is short, for display; `document` is for experts."""

    value: float
    source: str
    document: str


class Limit(Struct, frozen=True, kw_only=True):
    """The thresholds of one quantity; `unit` is the suffix of its name."""

    id: str
    unit: str
    floor: bool = False
    info: Threshold | None = None
    warning: Threshold | None = None
    critical: Threshold | None = None


_TEAMS = "MicrosoftDocs/OfficeDocs-SkypeForBusiness, Teams/prepare-network.md, read in 2026"
_CALLS = "Calls between two browsers over emulated lines, 2026-11 (docs/link.md)"
_MEET = "Google Cloud Community, playbook for the Meet quality tool, read in 2026"
_LMKD = (
    "source.android.com, lmkd, psi_partial_stall_ms, read in 2026: memory is short when programs wait for it"
)
_G114 = "ITU-T Recommendation G.114 (05/2003), One-way transmission time; the rest is capturing and playing"

RTT = Limit(
    id="link.rtt_ms",
    unit="ms",
    info=Threshold(100, "Microsoft Teams, 2026", _TEAMS),
)
DELAY = Limit(
    id="link.delay_ms",
    unit="ms",
    warning=Threshold(150, "ITU-T G.114, 2003", "One way, 150 ms. " + _G114),
    critical=Threshold(340, "ITU-T G.114, 2003", "One way, 400 ms with 60 ms at the ends. " + _G114),
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
    warning=Threshold(2, "amif-netcheck, 2026", _CALLS + ": more than 2 % of the sound made up is heard"),
    critical=Threshold(7, "amif-netcheck, 2026", _CALLS + ": more than 7 % is not understood"),
)
LONGEST_LOSS = Limit(
    id="link.longest_loss_ms",
    unit="ms",
    warning=Threshold(300, "amif-netcheck, 2026", _CALLS + ": 0.3 s cut out every 5 s is heard and seen"),
    critical=Threshold(2000, "amif-netcheck, 2026", _CALLS + ": cuts of seconds make a call unusable"),
)
DOWNLOAD = Limit(
    id="link.download_mbit_s",
    unit="mbit_s",
    floor=True,
    info=Threshold(4.0, "Microsoft Teams, 2026", "Recommended for a meeting, down. " + _TEAMS),
    warning=Threshold(1.0, "BigBlueButton, 2026", "docs.bigbluebutton.org FAQ: at least 1 Mbit/s down"),
    critical=Threshold(0.2, "Microsoft Teams, 2026", "The least for a meeting, down. " + _TEAMS),
)
UPLOAD = Limit(
    id="link.upload_mbit_s",
    unit="mbit_s",
    floor=True,
    info=Threshold(2.5, "Microsoft Teams, 2026", "Recommended for a meeting, up. " + _TEAMS),
    warning=Threshold(0.5, "BigBlueButton, 2026", "docs.bigbluebutton.org FAQ: at least 0.5 Mbit/s up"),
    critical=Threshold(0.15, "Microsoft Teams, 2026", "The least for a meeting, up. " + _TEAMS),
)
LOAD = Limit(
    id="link.load_s",
    unit="s",
    info=Threshold(0.2, "amif-netcheck, 2026", _CALLS + ": a queue of 150 to 200 ms is heard when it fills"),
    warning=Threshold(0.5, "amif-netcheck, 2026", _CALLS + ": a queue of 500 ms ends a call when it fills"),
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
CPU = Limit(
    id="apps.cpu_pct",
    unit="pct",
    info=Threshold(60, "Google Meet, 2026", _MEET + ": from 60 % delays begin"),
    warning=Threshold(
        80, "Google Meet, 2026", _MEET + ": below 80 % in a call; here it is reached before it"
    ),
)
MEMORY_STALLED = Limit(
    id="apps.memory_stalled_pct",
    unit="pct",
    info=Threshold(7, "Android lmkd, 2026", _LMKD + " 70 ms of a second on fast devices"),
    warning=Threshold(20, "Android lmkd, 2026", _LMKD + " 200 ms of a second on slow ones"),
)
MEMORY_AVAILABLE = Limit(
    id="apps.memory_available_pct",
    unit="pct",
    floor=True,
    info=Threshold(10, "earlyoom, 2026", "earlyoom(1): memory is short below 10 % available"),
)
BATTERY = Limit(
    id="apps.battery_pct",
    unit="pct",
    floor=True,
    warning=Threshold(20, "UPower, 2026", "UPower.conf, PercentageLow: a battery is low at 20 %"),
)
WIFI_SIGNAL = Limit(
    id="proximity.signal_dbm",
    unit="dbm",
    floor=True,
    info=Threshold(
        -67, "Cisco", "Voice over Wireless LAN design guides: -67 dBm at the edge of a cell for calls"
    ),
    warning=Threshold(
        -80,
        "Android",
        "AOSP, config_wifi_framework_wifi_score_bad_rssi_threshold_5GHz: phones give up Wi-Fi here",
    ),
)
ETHERNET_RATE = Limit(
    id="proximity.rate_mbit_s",
    unit="mbit_s",
    floor=True,
    warning=Threshold(
        100, "IEEE 802.3u, 1995", "Every network card since agrees on 100 Mbit/s over a sound cable"
    ),
)
_ROOM = (
    "What Teams recommends for a meeting, and 5 Mbit/s for a film in HD (help.netflix.com/node/306). "
    + _TEAMS
)
OTHERS_DOWN = Limit(
    id="neighbours.down_mbit_s", unit="mbit_s", info=TRAFFIC_DOWN.info, warning=TRAFFIC_DOWN.warning
)
OTHERS_UP = Limit(id="neighbours.up_mbit_s", unit="mbit_s", info=TRAFFIC_UP.info, warning=TRAFFIC_UP.warning)
ROOM_DOWN = Limit(
    id="neighbours.room_down_mbit_s",
    unit="mbit_s",
    floor=True,
    warning=Threshold(9.0, "Microsoft Teams, Netflix, 2026", _ROOM),
)
ROOM_UP = Limit(
    id="neighbours.room_up_mbit_s",
    unit="mbit_s",
    floor=True,
    warning=Threshold(2.5, "Microsoft Teams, 2026", "Recommended for a meeting alone, up. " + _TEAMS),
)
NAMES = Limit(
    id="firewall.names_slow_s",
    unit="s",
    info=Threshold(
        2.0, "ITU-T G.1010, 2001", "Recommendation G.1010 (11/2001): a whole web page preferably within 2 s"
    ),
)
WRONG_CLOCK_S = 3600.0
"""A clock that is off by more than an hour explains a certificate out of its dates; by less, the certificate is at fault:
new ones are dated back an hour or so for the clocks of others."""
BUSY_VARIATION_MS = 100.0
"""A round trip that varies so much at rest has somebody's queue in it: the line is in use. In the calls of docs/link.md,
lines with others' traffic had 150 ms and more, lines with 20 ms of jitter each way about 60."""

MIN_PROBES = 50
"""Fewer requests than this can't tell a good line from a bad one: with 50 and no loss at all, the 95 % Wilson interval
still reaches 7 %."""

MIN_LOST = 3
"""Fewer lost requests than this are chance: one of 100 is 1 %, with a 95 % Wilson interval from 0.2 to 5.4 %."""


def judge(value: float, limit: Limit) -> tuple[Severity, Threshold | None]:
    """The severity that `value` reaches, with the threshold that it crossed (None when it is ok)."""
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
