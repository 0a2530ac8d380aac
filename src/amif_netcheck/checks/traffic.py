"""The note: "assurez-vous qu'il n'y ait pas de connexions autour (ou peu)", as far as this computer goes."""

from __future__ import annotations

from amif_netcheck.checks import limits
from amif_netcheck.checks.unknown import could_not_tell
from amif_netcheck.model.facts import Application, Facts, TrafficFacts, Unavailable
from amif_netcheck.model.finding import Finding, ParamValue, Severity

_NAMED = 3
"""A sentence names at most so many applications."""

_SHARE = 0.1
"""An application is named when it moves at least this share of the busier direction."""

_PROOF = 0.5
"""Applications are named as a fact when together they move at least this share of it."""

_CODES = {Severity.OK: "traffic.quiet", Severity.INFO: "traffic.some", Severity.WARNING: "traffic.heavy"}


def check(facts: Facts) -> list[Finding]:
    """Judge what this computer sends and receives besides us; the busier direction against its limit decides."""
    traffic = facts.traffic
    if isinstance(traffic, Unavailable):
        return [could_not_tell("traffic", traffic, "facts.traffic")]
    down, down_crossed = limits.judge(traffic.down_mbit_s, limits.TRAFFIC_DOWN)
    up, up_crossed = limits.judge(traffic.up_mbit_s, limits.TRAFFIC_UP)
    severity = next(level for level in (Severity.WARNING, Severity.INFO, Severity.OK) if level in (down, up))
    direction, crossed = ("up", up_crossed) if up is severity and up_crossed else ("down", down_crossed)
    params: dict[str, ParamValue] = {
        "down_mbit_s": traffic.down_mbit_s,
        "up_mbit_s": traffic.up_mbit_s,
    }
    evidence = ["facts.traffic.down_mbit_s", "facts.traffic.up_mbit_s"]
    if crossed is not None:
        params |= {"direction": direction, "limit_mbit_s": crossed.value, "source": crossed.source}
        proven, culprits = _culprits(traffic, direction)
        params["applications" if proven else "likely"] = [each.product or each.process for each in culprits]
        params["families"] = [each.family for each in culprits]
        evidence.append("facts.traffic.applications")
    return [Finding(code=_CODES[severity], severity=severity, params=params, evidence=tuple(evidence))]


def _culprits(traffic: TrafficFacts, direction: str) -> tuple[bool, list[Application]]:
    """Who is behind it, and whether that is proven: together they were measured to move half of it or more.

    Otherwise it is likely at best: those who move some of it, and known applications with open connections, since what
    goes over UDP can't be measured by program.
    """
    if isinstance(traffic.applications, Unavailable):
        return False, []

    def rate(application: Application) -> float:
        return application.up_mbit_s if direction == "up" else application.down_mbit_s

    total = traffic.up_mbit_s if direction == "up" else traffic.down_mbit_s
    movers = sorted((a for a in traffic.applications if rate(a) >= total * _SHARE), key=rate, reverse=True)[
        :_NAMED
    ]
    if movers and sum(rate(each) for each in movers) >= total * _PROOF:
        return True, movers
    holders = [
        each for each in traffic.applications if each.family and each.connections and each not in movers
    ]
    return False, [*movers, *holders][:_NAMED]
