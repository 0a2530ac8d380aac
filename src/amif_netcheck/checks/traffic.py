"""The note: "assurez-vous qu'il n'y ait pas de connexions autour (ou peu)", as far as this computer goes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import structs

from amif_netcheck.checks import limits, link_findings
from amif_netcheck.checks.limits import Limit, Threshold
from amif_netcheck.checks.spec import FindingSpec
from amif_netcheck.checks.unknown import could_not_tell, unknown_spec
from amif_netcheck.model.facts import (
    Application,
    Confidence,
    Facts,
    LinkFacts,
    TrafficFacts,
    Transfer,
    Unavailable,
)
from amif_netcheck.model.finding import Finding, ParamValue, Severity, worst
from amif_netcheck.model.fix import FixKind

_NAMED = 3
"""A sentence names at most so many applications."""

_SHARE = 0.1
"""An application is named when it moves at least this share of the busier direction."""

_PROOF = 0.5
"""Applications are named as a fact when together they move at least this share of it."""

_BLAMED_SHARE = 0.25
"""On a thin line, traffic is to blame when it takes at least this share of it."""

_P2P = "p2p"
"""The family of downloads from other people's computers."""

_LIMITS = (limits.TRAFFIC_DOWN, limits.TRAFFIC_UP)
_MOVES_BY_ITSELF = frozenset({"cloud_sync", "backup", "update", "p2p"})
"""Families that move much, and nothing but that, whenever they are connected."""

_NAMED_ONES, _PROBABLE, _LIKELY, _HIDDEN, _LIKELY_OR_HIDDEN, _OTHERS = (
    "named",
    "probable",
    "likely",
    "hidden",
    "likely_or_hidden",
    "others",
)
_VARIANTS = (_NAMED_ONES, _PROBABLE, _LIKELY, _HIDDEN, _LIKELY_OR_HIDDEN, _OTHERS)
_WORDS = ("direction", "families")

QUIET = FindingSpec("traffic.quiet", (Severity.OK,))
SOME = FindingSpec(
    "traffic.some",
    (Severity.INFO,),
    limits=_LIMITS,
    variants=_VARIANTS,
    effort_min=1,
    fixes=(FixKind.CLOSE_APPLICATION,),
    vocabulary=_WORDS,
)
HEAVY = FindingSpec(
    "traffic.heavy",
    (Severity.WARNING,),
    limits=_LIMITS,
    variants=_VARIANTS,
    explains=link_findings.FAULTS,
    effort_min=1,
    fixes=(FixKind.CLOSE_APPLICATION,),
    vocabulary=_WORDS,
)
UNKNOWN = unknown_spec("traffic")
FINDINGS = (QUIET, SOME, HEAVY, UNKNOWN)
_BY_SEVERITY = {Severity.OK: QUIET, Severity.INFO: SOME, Severity.WARNING: HEAVY}


def check(facts: Facts, _earlier: Sequence[Finding] = ()) -> list[Finding]:
    """Judge what this computer sends and receives besides us; the busier direction against its limit decides.

    The limits follow the line when `link` has measured it (`line_limit`).
    """
    traffic = facts.traffic
    if isinstance(traffic, Unavailable):
        return [could_not_tell(UNKNOWN, traffic, "facts.traffic")]
    left = {"down": left_mbit_s(facts.link, "download"), "up": left_mbit_s(facts.link, "upload")}
    down, down_crossed = limits.judge(traffic.down_mbit_s, line_limit(limits.TRAFFIC_DOWN, left["down"]))
    up, up_crossed = limits.judge(traffic.up_mbit_s, line_limit(limits.TRAFFIC_UP, left["up"]))
    severity = worst((down, up))
    direction, crossed = ("up", up_crossed) if up is severity and up_crossed else ("down", down_crossed)
    params: dict[str, ParamValue] = {
        "down_mbit_s": traffic.down_mbit_s,
        "up_mbit_s": traffic.up_mbit_s,
    }
    evidence = ["facts.traffic.down_mbit_s", "facts.traffic.up_mbit_s"]
    variant = ""
    if crossed is not None:
        params |= {"direction": direction, "limit_mbit_s": crossed.value, "source": crossed.source}
        if (left_over := left[direction]) is not None:
            params["left_mbit_s"] = left_over
            evidence.append(f"facts.link.{'upload' if direction == 'up' else 'download'}")
        proven, culprits = _culprits(traffic, direction)
        variant = _variant(traffic, direction, culprits, proven=proven)
        if variant == _OTHERS:
            culprits = []
            evidence.append(f"facts.traffic.hidden_{direction}_mbit_s")
        params["applications" if proven else "likely"] = [
            culprit.product or culprit.process for culprit in culprits
        ]
        params["families"] = [culprit.family for culprit in culprits]
        evidence.append("facts.traffic.applications")
    return [_BY_SEVERITY[severity].finding(*evidence, variant=variant, params=params)]


def line_limit(limit: Limit, left_mbit_s: float | None) -> Limit:
    """The limit for traffic beside the meeting on a line that still gave `left_mbit_s`, or None when that is unknown.

    What was left was measured beside that traffic if it went on, and without it if it had ended by then. So:

    * less was left than a meeting wants: the line is too thin for both, and the traffic is to blame when it takes at least
      a quarter of what the line carried, itself and the rest together;
    * more was left: room for both is certain for traffic of `left_mbit_s` less what a meeting wants, even if it had ended
      meanwhile. The fixed limit holds below that.

    A line with more left never has a lower limit, and without a measurement nothing changes.
    """
    limit = limits.in_force(limit)
    if left_mbit_s is None or limit.warning is None or limit.info is None:
        return limit
    wanted = limit.warning.value
    if left_mbit_s < wanted:
        value = max(limit.info.value, left_mbit_s * _BLAMED_SHARE / (1 - _BLAMED_SHARE))
        warning = Threshold(value, "amif-netcheck, 2026", "amif-netcheck, docs/traffic.md, 2026")
    else:
        warning = structs.replace(limit.warning, value=max(wanted, left_mbit_s - wanted))
    info = None if warning.value <= limit.info.value else limit.info
    return structs.replace(limit, info=info, warning=warning)


def left_mbit_s(link: LinkFacts | Unavailable, direction: str) -> float | None:
    """What a meeting could count on in this direction, when that was measured well enough to rely on."""
    transfer = None if isinstance(link, Unavailable) else getattr(link, direction)
    if not isinstance(transfer, Transfer) or transfer.confidence is Confidence.LOW:
        return None
    return transfer.p10_mbit_s


def _variant(traffic: TrafficFacts, direction: str, culprits: Sequence[Application], *, proven: bool) -> str:
    """The words: whom they name, and whether programs that can't be seen are behind it, or may be."""
    if proven:
        return _NAMED_ONES
    rate = getattr(traffic, f"{direction}_mbit_s")
    if traffic.others_hidden and getattr(traffic, f"hidden_{direction}_mbit_s") >= rate * _PROOF:
        return _OTHERS
    if traffic.others_hidden or isinstance(traffic.applications, Unavailable):
        return _LIKELY_OR_HIDDEN if culprits else _HIDDEN
    if culprits and all(_is_probable(culprit) for culprit in culprits):
        return _PROBABLE
    return _LIKELY if culprits else ""


def _culprits(traffic: TrafficFacts, direction: str) -> tuple[bool, list[Application]]:
    """Who is behind it, and whether that is proven: together they were measured to move half of it or more.

    Otherwise it is likely at best, since what goes over UDP can't be measured by program: those who move some of it, then
    `_connected`.
    """
    if isinstance(traffic.applications, Unavailable):
        return False, []

    def rate(of: TrafficFacts | Application) -> float:
        return of.up_mbit_s if direction == "up" else of.down_mbit_s

    total = rate(traffic)
    movers = [application for application in traffic.applications if rate(application) >= total * _SHARE]
    movers = sorted(movers, key=rate, reverse=True)[:_NAMED]
    if movers and sum(map(rate, movers)) >= total * _PROOF:
        return True, movers
    return False, [*movers, *_connected(traffic.applications, besides=movers)][:_NAMED]


def _is_probable(application: Application) -> bool:
    """Is it connected, is moving data all that it does, and does nobody count how much (Windows)?"""
    return not application.counted and application.family in _MOVES_BY_ITSELF and application.connections > 0


def _connected(applications: Iterable[Application], besides: list[Application]) -> list[Application]:
    """Who may move something that nobody counts, the likeliest first.

    Downloads that have UDP sockets without a peer, as BitTorrent over UDP does; who has connections over QUIC, most first;
    who has such sockets else; who is known and has connections, those first that do nothing but move data.
    """

    def ranked(other: Application) -> tuple[int, int]:
        if other.unconnected_udp and other.family == _P2P:
            return 0, -other.unconnected_udp
        if other.quic_connections:
            return 1, -other.quic_connections
        if other.unconnected_udp:
            return 2, -other.unconnected_udp
        return (3, -other.connections) if other.family in _MOVES_BY_ITSELF else (4, 0)

    others = (application for application in applications if application not in besides)
    able = (
        other
        for other in others
        if other.unconnected_udp or other.quic_connections or (other.family and other.connections)
    )
    return sorted(able, key=ranked)
