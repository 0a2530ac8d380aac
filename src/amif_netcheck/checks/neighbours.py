"""The note: "débranchez les décodeurs TV, les objets connectés". To be there is no fault: a warning needs a sign.

The box and printers are never held against anyone.
"""

from __future__ import annotations

from collections.abc import Iterable

from amif_netcheck.checks import limits
from amif_netcheck.checks import link as link_check
from amif_netcheck.checks import proximity as proximity_check
from amif_netcheck.checks import traffic as traffic_check
from amif_netcheck.checks import vpn as vpn_check
from amif_netcheck.checks.traffic import left_mbit_s, line_limit
from amif_netcheck.checks.unknown import could_not_tell
from amif_netcheck.model.facts import (
    Answers,
    DeviceKind,
    Facts,
    LinkFacts,
    NeighboursFacts,
    OthersUse,
    Transfer,
    Unavailable,
)
from amif_netcheck.model.finding import Finding, ParamValue, Severity

_WATCHING = (DeviceKind.TV_BOX, DeviceKind.TV, DeviceKind.STREAMER, DeviceKind.CONSOLE)
"""What brings films and games in."""
_SENDING = (DeviceKind.CAMERA,)
"""What sends pictures out, day and night."""
_EATERS = (*_WATCHING, *_SENDING)
_HARMLESS = (DeviceKind.BOX, DeviceKind.PRINTER)
_MILDER = tuple(kind for kind in DeviceKind if kind not in (*_EATERS, *_HARMLESS))

# A queue that stands full looks like a long way: a delay counts whatever its cause seems to be.
_SUFFERS_NOW = ("link.delay", "link.loss", "link.loss_burst")
_BAD = (Severity.WARNING, Severity.CRITICAL)

_DEVICES = "facts.neighbours.devices"
_OTHERS = "facts.neighbours.others"
_TRANSFERS = {"down": "download", "up": "upload"}


def check(facts: Facts) -> list[Finding]:
    """Judge who is there and what they use; where the box counts, its figures come first."""
    seen = facts.neighbours
    if isinstance(seen, Unavailable):
        return [could_not_tell("neighbours", seen, "facts.neighbours")]
    level, use, measured = _use(facts, seen.others)
    eaters = _named(seen, _EATERS)
    milder = _named(seen, _MILDER)
    sign = _sign(facts, seen) if eaters else None
    if level is Severity.WARNING:
        found = _finding("neighbours.eating", level, use, eaters, *measured)
    elif sign is not None:
        found = sign
    elif level is Severity.INFO:
        found = _finding("neighbours.using", level, use, eaters, *measured)
    elif eaters:
        found = _finding("neighbours.present", Severity.INFO, use, eaters, _DEVICES, *measured)
    elif milder:
        found = _finding("neighbours.others", Severity.INFO, use, milder, _DEVICES, *measured)
    else:
        found = (
            _out_of_sight(seen, facts)
            or _missing(seen)
            or _finding("neighbours.quiet", Severity.OK, use, [], _DEVICES, *measured)
        )
    return [found]


def _named(seen: NeighboursFacts, kinds: Iterable[DeviceKind]) -> list[str]:
    """The devices of these kinds in their order, by product, or by kind where that is all we know."""
    return [
        device.product or device.kind.value
        for kind in kinds
        for device in seen.devices
        if device.kind is kind
    ]


def _use(
    facts: Facts, others: OthersUse | Unavailable
) -> tuple[Severity, dict[str, ParamValue], tuple[str, ...]]:
    """How much others use for certain, with the limit that it crosses, and evidence; `ok` when nobody counts.

    The limits follow the line as those of `traffic` do.
    """
    if isinstance(others, Unavailable):
        return Severity.OK, {}, ()
    evidence: tuple[str, ...] = (_OTHERS,)
    left = {way: left_mbit_s(facts.link, name) for way, name in _TRANSFERS.items()}
    params: dict[str, ParamValue] = {"down_mbit_s": others.down_mbit_s, "up_mbit_s": others.up_mbit_s}
    judged = {
        "down": limits.judge(
            others.down_mbit_s - others.uncertain_down_mbit_s, line_limit(limits.OTHERS_DOWN, left["down"])
        ),
        "up": limits.judge(
            others.up_mbit_s - others.uncertain_up_mbit_s, line_limit(limits.OTHERS_UP, left["up"])
        ),
    }
    for level in (Severity.WARNING, Severity.INFO):
        for direction, (severity, crossed) in judged.items():
            if severity is level and crossed is not None:
                params |= {
                    "direction": direction,
                    "value_mbit_s": params[f"{direction}_mbit_s"],
                    "limit_mbit_s": crossed.value,
                    "source": crossed.source,
                }
                if (left_over := left[direction]) is not None:
                    params["left_mbit_s"] = left_over
                    evidence = (_OTHERS, f"facts.link.{_TRANSFERS[direction]}")
                return level, params, evidence
    return Severity.OK, params, evidence


def _sign(facts: Facts, seen: NeighboursFacts) -> Finding | None:
    """A sign that the line suffers, or is too thin to be shared with who is there.

    None while this computer is known to do it to itself: it uses up the line, makes a detour, or is too far from the box.
    """
    link = facts.link
    if isinstance(link, Unavailable) or _is_our_own_doing(facts):
        return None
    eaters, watching, sending = (_named(seen, kinds) for kinds in (_EATERS, _WATCHING, _SENDING))
    found = {each.code: each for each in link_check.check(facts) if each.severity in _BAD}
    beyond = {code: each for code, each in found.items() if each.params.get("place") != "home"}
    for code in _SUFFERS_NOW:
        if code in beyond and not _others_are_quiet(seen.others):
            evidence = (_DEVICES, *beyond[code].evidence)
            params: dict[str, ParamValue] = {"devices": eaters, "sign": code}
            return Finding(
                code="neighbours.crowded", severity=Severity.WARNING, params=params, evidence=evidence
            )
    for devices, name, limit in (
        (watching, "download", limits.ROOM_DOWN),
        (sending, "upload", limits.ROOM_UP),
    ):
        thin = _thin(link, name, limit, devices)
        if thin is not None and not _is_bad(proximity_check.check(facts)):
            return thin
    for devices, code in ((watching, "link.load_down"), (sending, "link.load_up")):
        if devices and code in beyond:
            load = beyond[code]
            params = {"devices": devices} | {
                name: load.params[name] for name in ("value_s", "limit_s", "source")
            }
            evidence = (_DEVICES, *load.evidence)
            return Finding(
                code="neighbours.load", severity=Severity.WARNING, params=params, evidence=evidence
            )
    return None


def _is_our_own_doing(facts: Facts) -> bool:
    return _is_bad(traffic_check.check(facts)) or _is_bad(vpn_check.check(facts))


def _is_bad(findings: list[Finding]) -> bool:
    return any(each.severity in _BAD for each in findings)


def _thin(link: LinkFacts, name: str, limit: limits.Limit, devices: list[str]) -> Finding | None:
    transfer: Transfer | Unavailable = getattr(link, name)
    if not devices or isinstance(transfer, Unavailable):
        return None
    severity, crossed = limits.judge(transfer.p10_mbit_s, limit)
    if crossed is None:
        return None
    params: dict[str, ParamValue] = {
        "devices": devices,
        "value_mbit_s": transfer.p10_mbit_s,
        "limit_mbit_s": crossed.value,
        "source": crossed.source,
    }
    evidence = (_DEVICES, f"facts.link.{name}")
    return Finding(code="neighbours.thin", severity=severity, params=params, evidence=evidence)


def _others_are_quiet(others: OthersUse | Unavailable) -> bool:
    """Did the box count so little for others that whatever the line suffers from now, it isn't them?"""
    if isinstance(others, Unavailable):
        return False
    return (
        limits.judge(others.down_mbit_s + others.uncertain_down_mbit_s, limits.OTHERS_DOWN)[0] is Severity.OK
        and limits.judge(others.up_mbit_s + others.uncertain_up_mbit_s, limits.OTHERS_UP)[0] is Severity.OK
    )


def _out_of_sight(seen: NeighboursFacts, facts: Facts) -> Finding | None:
    """Nobody but a box showed up: inside a virtual computer, whose network may be its host's alone, that tells nothing."""
    near = proximity_check.check(facts)
    if any(each.kind is not DeviceKind.BOX for each in seen.devices) or not any(
        each.code == "proximity.virtual" for each in near
    ):
        return None
    evidence = ("facts.proximity.medium", "facts.proximity.computer")
    return Finding(code="neighbours.virtual", severity=Severity.UNKNOWN, evidence=evidence)


def _missing(seen: NeighboursFacts) -> Finding | None:
    """Nobody showed up: was there anybody whom we asked? Both the system's table and one kind of question are needed."""
    if not isinstance(seen.table, Unavailable) and any(
        isinstance(source, Answers) for source in (seen.mdns, seen.ssdp)
    ):
        return None
    for name in ("mdns", "ssdp", "table"):
        source = getattr(seen, name)
        if isinstance(source, Unavailable):
            return could_not_tell("neighbours", source, f"facts.neighbours.{name}")
    return None


def _finding(
    code: str, severity: Severity, use: dict[str, ParamValue], devices: list[str], *evidence: str
) -> Finding:
    params = use | ({"devices": devices} if devices else {})
    rests_on = tuple(dict.fromkeys((*evidence, *([_DEVICES] if devices else []))))
    return Finding(code=code, severity=severity, params=params, evidence=rests_on)
