"""How much the line carries each way, and how late one is heard when somebody uses it up."""

from __future__ import annotations

from collections.abc import Iterator

from amif_netcheck.checks.link_findings import (
    BEYOND,
    DOWNLOAD,
    HOME,
    LOAD_DOWN,
    LOAD_UP,
    RATES_UNKNOWN,
    SOMEWHERE,
    UPLOAD,
)
from amif_netcheck.checks.measurement import Measurement
from amif_netcheck.checks.spec import FindingSpec
from amif_netcheck.model.facts import (
    NOT_REQUESTED,
    Call,
    CallWay,
    LinkFacts,
    Loaded,
    Reason,
    Train,
    Transfer,
    Unavailable,
)
from amif_netcheck.model.finding import Finding, ParamValue

GRADES = ((5, "A+"), (30, "A"), (60, "B"), (200, "C"), (400, "D"))
"""Added median delay under load, in ms, below which a line has the grade (dslreports.com FAQ 17930); else F."""
GRADE_SOURCE = "DSLReports"

_SPECS = {"download": (DOWNLOAD, LOAD_DOWN), "upload": (UPLOAD, LOAD_UP)}
_AT_HOME_SHARE = 0.5
_MS_PER_S = 1000
_SOUND_MBIT_S = 172 * 8 * 50 / 1e6
"""Of a played call: 50 packets a second."""


def rates_and_load(link: LinkFacts) -> list[Finding]:
    """Findings on both directions; nothing where rates were not asked for."""
    call = link.call if isinstance(link.call, Call) else None
    findings = [
        *_direction("download", link.download, call.down if call else NOT_REQUESTED, link),
        *_direction("upload", link.upload, call.up if call else NOT_REQUESTED, link),
    ]
    missing = {
        name: transfer.reason
        for name, transfer in (("download", link.download), ("upload", link.upload))
        if isinstance(transfer, Unavailable) and transfer.reason is not Reason.NOT_REQUESTED
    }
    if missing:
        reason = next(iter(missing.values())).value
        evidence = (f"facts.link.{name}" for name in missing)
        findings.append(RATES_UNKNOWN.finding(*evidence, params={"reason": reason}))
    return findings


def _direction(
    name: str, transfer: Transfer | Unavailable, way: CallWay | Unavailable, link: LinkFacts
) -> Iterator[Finding]:
    if isinstance(transfer, Unavailable):
        return
    rate, load = _SPECS[name]
    proven = proven_mbit_s(transfer, way)
    figures: dict[str, ParamValue] = {"mean_mbit_s": transfer.mbit_s}
    if (advised := rate.limits[0].info) is not None:
        figures["advised_mbit_s"] = advised.value
    measured = Measurement(rate, proven, "p10_mbit_s", figures)
    if violation := measured.violation():
        yield violation.finding(name)
    yield from _load(load, name, transfer, link)


def proven_mbit_s(transfer: Transfer, way: CallWay | Unavailable) -> float:
    """What a meeting can count on: the lower tenth of the transfer's seconds, or what a call got through if that is more.

    Where packets get lost, TCP slows down far more than a call does.
    """
    if isinstance(way, Unavailable):
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
    if len(medians) < len(_SPECS):
        return {}
    added_ms = max(0.0, max(medians) - link.internet.rtt_ms.median)
    return {"added_ms": added_ms, "grade": grade(added_ms), "grade_source": GRADE_SOURCE}


def grade(added_ms: float) -> str:
    """The letter for the median delay that load adds."""
    return next((letter for below, letter in GRADES if added_ms < below), "F")


def _load(spec: FindingSpec, name: str, transfer: Transfer, link: LinkFacts) -> Iterator[Finding]:
    if isinstance(link.internet, Unavailable) or isinstance(transfer.loaded_rtt_ms, Unavailable):
        return
    idle, loaded = link.internet.rtt_ms.median, transfer.loaded_rtt_ms
    letter = grade(loaded.median - idle)
    added = max(0.0, loaded.p95 - idle)
    params: dict[str, ParamValue] = {"grade": letter, "grade_source": GRADE_SOURCE}
    measured = Measurement(spec, added / _MS_PER_S, "loaded_rtt_ms", params)
    if violation := measured.violation():
        yield violation.finding(name, place=_place(added, transfer.gateway_loaded_rtt_ms, link.gateway))


def _place(added_ms: float, loaded: Loaded | Unavailable, idle: Train | Unavailable) -> str:
    """Where the queue stands: before the box when the way to it takes longer too."""
    if isinstance(loaded, Unavailable) or isinstance(idle, Unavailable):
        return SOMEWHERE
    at_home = loaded.p95 - idle.rtt_ms.median
    return HOME if at_home >= added_ms * _AT_HOME_SHARE else BEYOND
