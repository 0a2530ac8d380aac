"""The one place that weighs: findings to points, points to a score, and what to fix first. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from amif_netcheck.model.finding import Finding, Severity
from amif_netcheck.model.report import CheckResult, NextAction, ReportedFinding, Status, Verdict

POINTS: dict[Status, float | None] = {
    Status.OK: 1.0,
    Status.INFO: 0.8,
    Status.WARNING: 0.5,
    Status.CRITICAL: 0.0,
    Status.UNKNOWN: None,
    Status.SKIPPED: None,
}
ENOUGH_COVERAGE = 0.8

_WORST_FIRST = (Severity.CRITICAL, Severity.WARNING, Severity.UNKNOWN, Severity.INFO, Severity.OK)
"""`unknown` hides `info` and `ok` but not a problem that was seen."""

_TO_FIX = (Severity.CRITICAL, Severity.WARNING, Severity.INFO)

_OF_THE_LINE = (
    *("link.delay", "link.latency", "link.jitter", "link.loss", "link.some_loss", "link.loss_burst"),
    *("link.download", "link.upload", "link.load_down", "link.load_up"),
)

CONSEQUENCES: dict[str, tuple[str, ...]] = {
    "link.no_network": ("",),  # without a network nothing else can be known or mended
    "firewall.captive_portal": ("link.", "vpn.unknown"),
    "firewall.udp_blocked": ("link.no_answer",),
    "vpn.carries_meeting": _OF_THE_LINE,
    "vpn.carries_part": _OF_THE_LINE,
    "traffic.heavy": _OF_THE_LINE,
    "neighbours.eating": _OF_THE_LINE,
    "neighbours.crowded": _OF_THE_LINE,
    "neighbours.thin": ("link.download", "link.upload"),
    "neighbours.load": ("link.load_down", "link.load_up"),
    "proximity.wifi_too_weak": _OF_THE_LINE,
    "proximity.wifi_suffers": _OF_THE_LINE,
    "proximity.wired_slow": _OF_THE_LINE,
    "proximity.wired_half_duplex": _OF_THE_LINE,
}
"""Cause -> beginnings of the codes of its consequences: the cause is to be fixed first."""

NOTHING_TO_DO = frozenset(
    {
        "neighbours.others",
        "firewall.meeting_own_authority",
        "firewall.proxy",
        "firewall.proxy_chosen_by_script",
        "firewall.names_invented",
        "firewall.meeting_inside",
        "firewall.ipv6_broken",
    }
)
"""Worth knowing, but nothing to mend: never what to fix first."""

EFFORT: dict[str, int] = {
    "link.no_network": 2,
    "vpn.carries_meeting": 1,
    "vpn.carries_part": 1,
    "firewall.captive_portal": 1,
    "firewall.clock_wrong": 2,
    "traffic.heavy": 1,
    "traffic.some": 1,
    "apps.battery_low": 1,
    "apps.battery_saver": 1,
    "apps.cpu_busy": 1,
    "apps.heavy_open": 1,
    "apps.hot": 3,
    "apps.memory": 1,
    "apps.memory_low": 1,
    "apps.reboot_pending": 3,
    "proximity.wifi_too_weak": 2,
    "proximity.wifi_suffers": 2,
    "proximity.wifi_weak": 2,
    "proximity.wifi_slow_band": 2,
    "proximity.wired_slow": 2,
    "proximity.wired_half_duplex": 2,
    "proximity.bluetooth": 3,
    "sound_apps.holds_microphone": 1,
    "sound_apps.plays": 1,
    "sound_apps.call_open": 1,
    "headset.input_muted": 1,
    "headset.output_muted": 1,
    "headset.input_low": 1,
    "headset.not_chosen": 1,
    "headset.input_elsewhere": 1,
    "headset.output_elsewhere": 1,
    "headset.test_no_signal": 1,
    "headset.test_silent": 1,
    "headset.test_weak": 1,
    "headset.test_clipped": 1,
    "headset.test_noisy": 2,
    "headset.test_echo": 1,
    "headset.built_in": 2,
    "headset.loudspeaker": 2,
    "headset.own_microphone": 2,
    "headset.webcam_microphone": 2,
    "neighbours.eating": 2,
    "neighbours.crowded": 2,
    "neighbours.thin": 2,
    "neighbours.load": 2,
    "neighbours.using": 2,
    "neighbours.present": 2,
    "link.load_down": 2,
    "link.load_up": 2,
    "link.delay": 3,
    "link.latency": 3,
    "link.jitter": 3,
    "link.loss": 3,
    "link.loss_burst": 3,
    "link.some_loss": 3,
    "link.download": 3,
    "link.upload": 3,
}
"""How long mending takes, in minutes, for someone who never did it; what isn't listed takes longer than all that is."""


def result(check: str, weight: int, findings: Sequence[Finding], duration_s: float) -> CheckResult:
    """A line of the checklist from its findings: the worst one is its status. No findings at all is `unknown`.

    A check that could not tell in part counts as not assessed, unless what it saw is critical: a problem that was seen
    must not make up for what was not.
    """
    status = Status(worst(finding.severity for finding in findings).value)
    in_part = (
        any(finding.severity is Severity.UNKNOWN for finding in findings) and status is not Status.CRITICAL
    )
    share = None if in_part else POINTS[status]
    return CheckResult(
        id=check,
        status=status,
        weight=weight,
        points=None if share is None else weight * share,
        duration_s=duration_s,
        findings=tuple(
            ReportedFinding(code=f.code, severity=f.severity, params=f.params, evidence=f.evidence)
            for f in findings
        ),
    )


def skipped(check: str, weight: int) -> CheckResult:
    """The line of a check that was not asked for."""
    return CheckResult(id=check, status=Status.SKIPPED, weight=weight, points=None, duration_s=0.0)


def worst(severities: Iterable[Severity]) -> Severity:
    """The worst of several; `unknown` when there are none."""
    present = set(severities)
    return next((severity for severity in _WORST_FIRST if severity in present), Severity.UNKNOWN)


def score(results: Iterable[CheckResult]) -> int | None:
    """100 x points / weights assessed; None when nothing was assessed."""
    assessed = [(each.points, each.weight) for each in results if each.points is not None]
    total = sum(weight for _, weight in assessed)
    return round(100 * sum(points for points, _ in assessed) / total) if total else None


def coverage(results: Iterable[CheckResult]) -> float:
    """Weights assessed / weights asked for; 0 when nothing was asked for."""
    asked = [each for each in results if each.status is not Status.SKIPPED]
    total = sum(each.weight for each in asked)
    return round(sum(each.weight for each in asked if each.points is not None) / total, 3) if total else 0.0


def verdict(results: Sequence[CheckResult]) -> Verdict:
    """Critical, then too little known, then warnings: in this order, so that not knowing is never ready."""
    asked = {each.id: each for each in results if each.status is not Status.SKIPPED}
    statuses = {each.status for each in asked.values()}
    if Status.CRITICAL in statuses:
        return Verdict.NOT_READY
    if coverage(results) < ENOUGH_COVERAGE or ("link" in asked and asked["link"].points is None):
        return Verdict.UNDETERMINED
    return Verdict.LIMITED if Status.WARNING in statuses else Verdict.READY


def next_action(results: Sequence[CheckResult]) -> NextAction | None:
    """The finding to fix first: root causes before consequences, then the worst, what weighs most, what is quickest.

    A cause is as bad as the worst of its consequences.
    """
    problems = [
        (finding, each)
        for each in results
        for finding in each.findings
        if finding.severity in _TO_FIX and finding.code not in NOTHING_TO_DO
    ]
    causes = [
        finding
        for finding, _ in problems
        if finding.code in CONSEQUENCES and finding.severity is not Severity.INFO
    ]

    def rank(problem: tuple[ReportedFinding, CheckResult]) -> tuple[bool, int, float, int]:
        finding, each = problem
        consequence = any(_explains(cause, finding) for cause in causes)
        lost = each.weight - (each.points or 0.0)
        slowest = max(EFFORT.values()) + 1
        badness = min(
            _TO_FIX.index(other.severity)
            for other, _ in problems
            if other is finding or (finding in causes and _explains(finding, other))
        )
        return consequence, badness, -lost, EFFORT.get(finding.code, slowest)

    if not problems:
        return None
    finding, each = min(problems, key=rank)
    return NextAction(check=each.id, code=finding.code)


def _explains(cause: ReportedFinding, finding: ReportedFinding) -> bool:
    """Is `finding` a consequence of `cause`?

    What goes wrong between the computer and its box is no fault of a VPN or of others on the line, and what goes wrong
    beyond it no cable's or Wi-Fi's.
    """
    place = finding.params.get("place")
    elsewhere = {"vpn.": "home", "neighbours.": "home", "proximity.": "beyond"}
    if cause.code == finding.code or any(
        cause.code.startswith(check) and place == far for check, far in elsewhere.items()
    ):
        return False
    return finding.code.startswith(CONSEQUENCES[cause.code])
