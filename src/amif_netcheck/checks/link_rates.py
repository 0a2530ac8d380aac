"""How much the line carries each way, and how late one is heard when somebody uses it up."""

from __future__ import annotations

from amif_netcheck.checks import limits
from amif_netcheck.checks.aspect import Measurement
from amif_netcheck.model.facts import (
    Call,
    CallWay,
    LinkFacts,
    Loaded,
    Reason,
    Train,
    Transfer,
    Unavailable,
)
from amif_netcheck.model.finding import Finding, ParamValue, Severity

GRADES = ((5, "A+"), (30, "A"), (60, "B"), (200, "C"), (400, "D"))
"""Added median delay under load, in ms, below which a line has the grade (dslreports.com FAQ 17930); else F."""
GRADE_SOURCE = "DSLReports"

_LOAD_CODES = {"download": "link.load_down", "upload": "link.load_up"}
_AT_HOME_SHARE = 0.5
_MS_PER_S = 1000
_SOUND_MBIT_S = 172 * 8 * 50 / 1e6
"""Of a played call: 50 packets a second."""


def rates_and_load(link: LinkFacts) -> list[Finding]:
    """Findings on both directions; nothing where rates were not asked for."""
    findings = []
    played = link.call if isinstance(link.call, Call) else None
    for name, transfer, limit, way in (
        ("download", link.download, limits.DOWNLOAD, played.down if played else None),
        ("upload", link.upload, limits.UPLOAD, played.up if played else None),
    ):
        if isinstance(transfer, Transfer):
            more: dict[str, ParamValue] = {"mean_mbit_s": transfer.mbit_s}
            proven = _proven_mbit_s(transfer, way)
            aspect = Measurement(f"link.{name}", proven, limit, "p10_mbit_s", more)
            if excess := aspect.excess():
                findings.append(excess.finding(name))
            findings += _load(name, transfer, link)
    unknown = {
        name: transfer
        for name, transfer in (("download", link.download), ("upload", link.upload))
        if isinstance(transfer, Unavailable) and transfer.reason is not Reason.NOT_REQUESTED
    }
    if unknown:
        reason = next(iter(unknown.values())).reason.value
        evidence = tuple(f"facts.link.{name}" for name in unknown)
        params: dict[str, ParamValue] = {"reason": reason}
        findings.append(
            Finding(code="link.rates_unknown", severity=Severity.UNKNOWN, params=params, evidence=evidence)
        )
    return findings


def _proven_mbit_s(transfer: Transfer, way: CallWay | None) -> float:
    """What a meeting can count on: the lower tenth of the transfer's seconds, or what a call got through if that is more.

    Where packets get lost, TCP slows down far more than a call does.
    """
    if way is None:
        return transfer.p10_mbit_s
    sound = _SOUND_MBIT_S * (1 - way.audio.pct / 100)
    return max(transfer.p10_mbit_s, way.video_mbit_s + sound)


def under_load(link: LinkFacts) -> dict[str, ParamValue]:
    """What is said of a good line that somebody uses up: of the worse direction; nothing where one could not be seen."""
    if isinstance(link.internet, Unavailable):
        return {}
    medians = [
        transfer.loaded_rtt_ms.median
        for transfer in (link.download, link.upload)
        if isinstance(transfer, Transfer) and isinstance(transfer.loaded_rtt_ms, Loaded)
    ]
    if len(medians) < len(_LOAD_CODES):
        return {}
    added_ms = max(0.0, max(medians) - link.internet.rtt_ms.median)
    return {"added_ms": added_ms, "grade": grade(added_ms), "grade_source": GRADE_SOURCE}


def grade(added_ms: float) -> str:
    """The letter for the median delay that load adds."""
    return next((letter for below, letter in GRADES if added_ms < below), "F")


def _load(name: str, transfer: Transfer, link: LinkFacts) -> list[Finding]:
    if isinstance(link.internet, Unavailable) or isinstance(transfer.loaded_rtt_ms, Unavailable):
        return []
    idle, loaded = link.internet.rtt_ms.median, transfer.loaded_rtt_ms
    letter = grade(loaded.median - idle)
    added = max(0.0, loaded.p95 - idle)
    more: dict[str, ParamValue] = {"grade": letter, "grade_source": GRADE_SOURCE}
    aspect = Measurement(_LOAD_CODES[name], added / _MS_PER_S, limits.LOAD, "loaded_rtt_ms", more)
    excess = aspect.excess()
    if excess is None:
        return []
    return [excess.finding(name, place=_place(added, transfer.gateway_loaded_rtt_ms, link.gateway))]


def _place(added_ms: float, loaded: Loaded | Unavailable, idle: Train | Unavailable) -> str:
    """Where the queue stands: before the box when the way to it takes longer too."""
    if isinstance(loaded, Unavailable) or isinstance(idle, Unavailable):
        return "unknown"
    at_home = loaded.p95 - idle.rtt_ms.median
    return "home" if at_home >= added_ms * _AT_HOME_SHARE else "beyond"
