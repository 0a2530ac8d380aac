"""The note: "quelle que soit votre connexion, soyez au plus près de la source"."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from amif_netcheck.checks import limits, link_findings
from amif_netcheck.checks.causes import explains
from amif_netcheck.checks.link_findings import BEYOND, HOME
from amif_netcheck.checks.spec import FindingSpec
from amif_netcheck.checks.unknown import could_not_tell, unknown_spec
from amif_netcheck.model.facts import (
    NOT_REQUESTED,
    Band,
    Computer,
    Duplex,
    EthernetLink,
    Facts,
    Medium,
    OtherBand,
    ProximityFacts,
    Reason,
    Unavailable,
    WifiLink,
)
from amif_netcheck.model.finding import BAD, Finding, ParamValue, Severity

_WITHOUT_HALF_DUPLEX_MBIT_S = 1000
"""From this rate on, no cable works in one direction at a time (IEEE 802.3ab, 802.3bz)."""

_OK = (Severity.OK,)
_INFO = (Severity.INFO,)
_WARNING = (Severity.WARNING,)
_UNTOLD = (Severity.UNKNOWN,)
_SIGNAL = (limits.WIFI_SIGNAL,)
_OTHER_NAME = "other_name"
_RATE, _LOCATION, _RATE_AND_LOCATION = "rate", "location", "rate_and_location"
"""What is known of Wi-Fi without its signal: a rate, and that the signal is kept from who may not know the location."""

_fault = partial(FindingSpec, explains=link_findings.FAULTS, not_at=BEYOND, effort_min=2)

WIRED = FindingSpec("proximity.wired", _OK)
WIRED_SLOW = _fault("proximity.wired_slow", _WARNING, limits=(limits.ETHERNET_RATE,))
WIRED_HALF_DUPLEX = _fault("proximity.wired_half_duplex", _WARNING)
WIRED_RATE_UNKNOWN = FindingSpec("proximity.wired_rate_unknown", _UNTOLD)
WIRED_UNSURE = FindingSpec("proximity.wired_unsure", _UNTOLD)
WIFI = FindingSpec("proximity.wifi", _OK)
WIFI_WEAK = FindingSpec("proximity.wifi_weak", _INFO, limits=_SIGNAL, effort_min=2)
WIFI_SUFFERS = _fault("proximity.wifi_suffers", _WARNING, limits=_SIGNAL)
WIFI_TOO_WEAK = _fault("proximity.wifi_too_weak", _WARNING, limits=_SIGNAL)
WIFI_SLOW_BAND = FindingSpec(
    "proximity.wifi_slow_band",
    _INFO,
    limits=_SIGNAL,
    variants=(_OTHER_NAME,),
    effort_min=2,
    vocabulary=("band", "same_name"),
)
WIFI_UNMEASURED = FindingSpec(
    "proximity.wifi_unmeasured", _UNTOLD, variants=(_RATE, _LOCATION, _RATE_AND_LOCATION)
)
CELLULAR = FindingSpec("proximity.cellular", _INFO, effort_min=2)
PHONE = FindingSpec("proximity.phone", _INFO, effort_min=2)
BLUETOOTH = FindingSpec("proximity.bluetooth", _INFO, effort_min=3)
VIRTUAL = FindingSpec("proximity.virtual", _UNTOLD, vocabulary=("computer",))
MEDIUM_UNKNOWN = FindingSpec("proximity.medium_unknown", _UNTOLD)
UNKNOWN = unknown_spec("proximity")
FINDINGS = (
    *(WIRED, WIRED_SLOW, WIRED_HALF_DUPLEX, WIRED_RATE_UNKNOWN, WIRED_UNSURE),
    *(WIFI, WIFI_WEAK, WIFI_SUFFERS, WIFI_TOO_WEAK, WIFI_SLOW_BAND, WIFI_UNMEASURED),
    *(CELLULAR, PHONE, BLUETOOTH, VIRTUAL, MEDIUM_UNKNOWN, UNKNOWN),
)

_BY_MEDIUM = {Medium.CELLULAR: CELLULAR, Medium.TETHERED_PHONE: PHONE, Medium.BLUETOOTH: BLUETOOTH}
_FASTER = (Band.GHZ_5, Band.GHZ_6)


def check(facts: Facts, earlier: Sequence[Finding]) -> list[Finding]:
    """Judge what carries the meeting: the signal of Wi-Fi, the rate of a cable; on a cable, not a word on Wi-Fi.

    Inside a virtual machine or a container the real link is out of sight, so nothing is called good there. A weak signal
    is a warning when it is very weak, or when the way to the box is seen to suffer: `earlier` are the findings of `link`.
    """
    near = facts.proximity
    if isinstance(near, Unavailable):
        return [could_not_tell(UNKNOWN, near, "facts.proximity")]
    if _is_made_up(near):
        return [_out_of_sight(near)]
    if near.medium is Medium.ETHERNET:
        return _wired(near)
    if near.medium is Medium.WIFI:
        return [_wireless(near.wifi, earlier)]
    return [_BY_MEDIUM.get(near.medium, MEDIUM_UNKNOWN).finding("facts.proximity.medium")]


def _is_made_up(near: ProximityFacts) -> bool:
    """Is the link one that the computer around us emulates? A radio in a virtual machine is a real one, handed through."""
    wrapped = near.computer in {Computer.VIRTUAL_MACHINE, Computer.WSL}
    return near.medium is Medium.VIRTUAL or (wrapped and near.medium in {Medium.ETHERNET, Medium.UNKNOWN})


def _out_of_sight(near: ProximityFacts) -> Finding:
    params: dict[str, ParamValue] = {"interface": near.interface}
    if not isinstance(near.computer, Unavailable):
        params["computer"] = near.computer.value
    return VIRTUAL.finding("facts.proximity.medium", "facts.proximity.computer", params=params)


# --- by cable ---------------------------------------------------------------------------------------


def _wired(near: ProximityFacts) -> list[Finding]:
    cable = near.ethernet
    params: dict[str, ParamValue]
    if isinstance(near.computer, Unavailable):  # the cable may be a virtual machine's
        params = {"reason": near.computer.reason.value}
        return [WIRED_UNSURE.finding("facts.proximity.medium", "facts.proximity.computer", params=params)]
    if isinstance(cable, Unavailable):
        return [could_not_tell(UNKNOWN, cable, "facts.proximity.ethernet")]
    params = {}
    evidence = ("facts.proximity.medium", "facts.proximity.ethernet")
    if not isinstance(cable.rate_mbit_s, Unavailable):
        params["rate_mbit_s"] = cable.rate_mbit_s
        severity, crossed = limits.judge(cable.rate_mbit_s, limits.ETHERNET_RATE)
        if crossed is not None:
            beyond = limits.comparison(cable.rate_mbit_s, limits.ETHERNET_RATE, crossed)
            return [WIRED_SLOW.finding(*evidence, severity=severity, params=beyond)]
    if cable.duplex is Duplex.HALF:
        spec = WIRED_HALF_DUPLEX
    else:
        spec = WIRED if _is_known(cable) else WIRED_RATE_UNKNOWN
    return [spec.finding(*evidence, params=params)]


def _is_known(cable: EthernetLink) -> bool:
    """Is enough known to call the cable good?"""
    if isinstance(cable.rate_mbit_s, Unavailable):
        return False
    return cable.duplex is Duplex.FULL or cable.rate_mbit_s >= _WITHOUT_HALF_DUPLEX_MBIT_S


# --- by radio ---------------------------------------------------------------------------------------


_BY_RADIO = ("facts.proximity.medium", "facts.proximity.wifi")


def _wireless(wifi: WifiLink | Unavailable, earlier: Sequence[Finding]) -> Finding:
    if isinstance(wifi, Unavailable):
        return _unmeasured(wifi, NOT_REQUESTED)
    if isinstance(wifi.signal_dbm, Unavailable):
        rate = wifi.receive_mbit_s if isinstance(wifi.send_mbit_s, Unavailable) else wifi.send_mbit_s
        return _unmeasured(wifi.signal_dbm, rate)
    signal = wifi.signal_dbm
    severity, crossed = limits.judge(signal, limits.WIFI_SIGNAL)
    if crossed is None:
        return _near_enough(wifi, signal)
    faults = _faults_at_home(earlier) if severity is Severity.INFO else ()
    spec = WIFI_SUFFERS if faults else WIFI_WEAK if severity is Severity.INFO else WIFI_TOO_WEAK
    params = limits.comparison(signal, limits.WIFI_SIGNAL, crossed) | {
        "value_pct": _percent(signal),
        "limit_pct": _percent(crossed.value),
    }
    return spec.finding(*_BY_RADIO, *faults, params=params)


def _unmeasured(missing: Unavailable, rate_mbit_s: float | Unavailable) -> Finding:
    params: dict[str, ParamValue] = {"reason": missing.reason.value}
    variant = _LOCATION if missing.reason is Reason.NOT_PERMITTED else ""
    if not isinstance(rate_mbit_s, Unavailable):
        params["rate_mbit_s"] = rate_mbit_s
        variant = _RATE_AND_LOCATION if variant else _RATE
    return WIFI_UNMEASURED.finding(*_BY_RADIO, variant=variant, params=params)


def _faults_at_home(earlier: Sequence[Finding]) -> tuple[str, ...]:
    """What shows that the way to the box is bad; empty when nothing does."""
    bad = [
        finding
        for finding in earlier
        if finding.severity in BAD and finding.params.get("place") == HOME and explains(WIFI_SUFFERS, finding)
    ]
    return tuple(dict.fromkeys(path for finding in bad for path in finding.evidence))


def _near_enough(wifi: WifiLink, signal_dbm: float) -> Finding:
    """A good signal; with the faster band at hand where the computer is on the slow one."""
    params: dict[str, ParamValue] = {"signal_dbm": signal_dbm, "signal_pct": _percent(signal_dbm)}
    faster = _faster_band(wifi)
    if faster is None:
        return WIFI.finding("facts.proximity.medium", "facts.proximity.wifi.signal_dbm", params=params)
    params |= {"band": faster.band.value, "same_name": "yes" if faster.same_name else "no"}
    return WIFI_SLOW_BAND.finding(
        "facts.proximity.wifi.band",
        "facts.proximity.wifi.other_bands",
        variant="" if faster.same_name else _OTHER_NAME,
        params=params,
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
