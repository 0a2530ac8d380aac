"""The note: "quelle que soit votre connexion, soyez au plus près de la source"."""

from __future__ import annotations

from amif_netcheck.checks import limits
from amif_netcheck.checks import link as link_check
from amif_netcheck.checks.unknown import could_not_tell
from amif_netcheck.model.facts import (
    Band,
    Computer,
    Duplex,
    EthernetLink,
    Facts,
    Medium,
    OtherBand,
    ProximityFacts,
    Unavailable,
    WifiLink,
)
from amif_netcheck.model.finding import Finding, ParamValue, Severity

_WITHOUT_HALF_DUPLEX_MBIT_S = 1000
"""From this rate on, no cable works in one direction at a time (IEEE 802.3ab, 802.3bz)."""

_ELSEWHERE = {
    Medium.CELLULAR: "proximity.cellular",
    Medium.TETHERED_PHONE: "proximity.phone",
    Medium.BLUETOOTH: "proximity.bluetooth",
}
_FASTER = (Band.GHZ_5, Band.GHZ_6)


def check(facts: Facts) -> list[Finding]:
    """Judge what carries the meeting: the signal of Wi-Fi, the rate of a cable; on a cable, not a word on Wi-Fi.

    Inside a virtual machine or a container the real link is out of sight, so nothing is called good there. A weak signal
    is a warning when it is very weak, or when the way to the box is seen to suffer.
    """
    near = facts.proximity
    if isinstance(near, Unavailable):
        return [could_not_tell("proximity", near, "facts.proximity")]
    if _is_made_up(near):
        return [_out_of_sight(near)]
    if near.medium is Medium.ETHERNET:
        return _wired(near)
    if near.medium is Medium.WIFI:
        return _wireless(near, facts)
    evidence = ("facts.proximity.medium",)
    if near.medium in _ELSEWHERE:
        return [Finding(code=_ELSEWHERE[near.medium], severity=Severity.INFO, evidence=evidence)]
    return [Finding(code="proximity.medium_unknown", severity=Severity.UNKNOWN, evidence=evidence)]


def _is_made_up(near: ProximityFacts) -> bool:
    """Is the link one that the computer around us emulates? A radio in a virtual machine is a real one, handed through."""
    wrapped = near.computer in {Computer.VIRTUAL_MACHINE, Computer.WSL}
    return near.medium is Medium.VIRTUAL or (wrapped and near.medium in {Medium.ETHERNET, Medium.UNKNOWN})


def _out_of_sight(near: ProximityFacts) -> Finding:
    params: dict[str, ParamValue] = {"interface": near.interface}
    if not isinstance(near.computer, Unavailable):
        params["computer"] = near.computer.value
    return Finding(
        code="proximity.virtual",
        severity=Severity.UNKNOWN,
        params=params,
        evidence=("facts.proximity.medium", "facts.proximity.computer"),
    )


# --- by cable ---------------------------------------------------------------------------------------


def _wired(near: ProximityFacts) -> list[Finding]:
    cable = near.ethernet
    if isinstance(near.computer, Unavailable):  # the cable may be a virtual machine's
        return [could_not_tell("proximity", near.computer, "facts.proximity.computer")]
    if isinstance(cable, Unavailable):
        return [could_not_tell("proximity", cable, "facts.proximity.ethernet")]
    params: dict[str, ParamValue] = {}
    evidence = ("facts.proximity.medium", "facts.proximity.ethernet")
    if not isinstance(cable.rate_mbit_s, Unavailable):
        params["rate_mbit_s"] = cable.rate_mbit_s
        severity, crossed = limits.judge(cable.rate_mbit_s, limits.ETHERNET_RATE)
        if crossed is not None:
            beyond: dict[str, ParamValue] = {
                "value_mbit_s": cable.rate_mbit_s,
                "limit_mbit_s": crossed.value,
                "source": crossed.source,
            }
            return [Finding(code="proximity.wired_slow", severity=severity, params=beyond, evidence=evidence)]
    if cable.duplex is Duplex.HALF:
        code, severity = "proximity.wired_half_duplex", Severity.WARNING
    elif _is_told(cable):
        code, severity = "proximity.wired", Severity.OK
    else:
        code, severity = "proximity.wired_rate_unknown", Severity.UNKNOWN
    return [Finding(code=code, severity=severity, params=params, evidence=evidence)]


def _is_told(cable: EthernetLink) -> bool:
    """Is enough known to call the cable good?"""
    if isinstance(cable.rate_mbit_s, Unavailable):
        return False
    return cable.duplex is Duplex.FULL or cable.rate_mbit_s >= _WITHOUT_HALF_DUPLEX_MBIT_S


# --- by radio ---------------------------------------------------------------------------------------


def _wireless(near: ProximityFacts, facts: Facts) -> list[Finding]:
    wifi = near.wifi
    evidence = ("facts.proximity.medium", "facts.proximity.wifi")
    if isinstance(wifi, Unavailable) or isinstance(wifi.signal_dbm, Unavailable):
        missing = wifi if isinstance(wifi, Unavailable) else wifi.signal_dbm
        assert isinstance(missing, Unavailable)  # noqa: S101 - for mypy
        params: dict[str, ParamValue] = {"reason": missing.reason.value}
        return [
            Finding(
                code="proximity.wifi_unmeasured", severity=Severity.UNKNOWN, params=params, evidence=evidence
            )
        ]
    severity, crossed = limits.judge(wifi.signal_dbm, limits.WIFI_SIGNAL)
    if crossed is None:
        return [_near_enough(wifi, wifi.signal_dbm)]
    beyond: dict[str, ParamValue] = {
        "value_dbm": wifi.signal_dbm,
        "limit_dbm": crossed.value,
        "value_pct": _percent(wifi.signal_dbm),
        "limit_pct": _percent(crossed.value),
        "source": crossed.source,
    }
    code = "proximity.wifi_weak" if severity is Severity.INFO else "proximity.wifi_too_weak"
    suffering = _suffers_at_home(facts)
    if severity is Severity.INFO and suffering:
        return [
            Finding(
                code="proximity.wifi_suffers",
                severity=Severity.WARNING,
                params=beyond,
                evidence=(*evidence, *suffering),
            )
        ]
    return [Finding(code=code, severity=severity, params=beyond, evidence=evidence)]


def _suffers_at_home(facts: Facts) -> tuple[str, ...]:
    """What shows that the way to the box is bad, as `link` judges it; empty when nothing does."""
    if isinstance(facts.link, Unavailable):
        return ()
    bad = [
        finding
        for finding in link_check.check(facts)
        if finding.params.get("place") == "home" and finding.severity in {Severity.WARNING, Severity.CRITICAL}
    ]
    return tuple(dict.fromkeys(path for finding in bad for path in finding.evidence))


def _near_enough(wifi: WifiLink, signal_dbm: float) -> Finding:
    """A good signal; with the faster band at hand where the computer is on the slow one."""
    params: dict[str, ParamValue] = {"signal_dbm": signal_dbm, "signal_pct": _percent(signal_dbm)}
    faster = _faster_band(wifi)
    if faster is None:
        evidence = ("facts.proximity.medium", "facts.proximity.wifi.signal_dbm")
        return Finding(code="proximity.wifi", severity=Severity.OK, params=params, evidence=evidence)
    params |= {"band": faster.band.value, "same_name": "yes" if faster.same_name else "no"}
    return Finding(
        code="proximity.wifi_slow_band",
        severity=Severity.INFO,
        params=params,
        evidence=("facts.proximity.wifi.band", "facts.proximity.wifi.other_bands"),
    )


def _faster_band(wifi: WifiLink) -> OtherBand | None:
    """A band of the same network that is better and near enough; None when there is none, or we are on it."""
    if wifi.band is not Band.GHZ_2_4 or isinstance(wifi.other_bands, Unavailable):
        return None
    for other in wifi.other_bands:
        if other.band not in _FASTER or isinstance(other.signal_dbm, Unavailable):
            continue
        if limits.judge(other.signal_dbm, limits.WIFI_SIGNAL)[1] is None:
            return other
    return None


def _percent(signal_dbm: float) -> float:
    """As Windows counts a signal: 0 at -100 dBm, 100 at -50."""
    return min(100.0, max(0.0, 2 * (signal_dbm + 100)))
