"""The note: "débranchez les décodeurs TV, les objets connectés". To be there is no fault: a warning needs a sign.

The box and printers are never held against anyone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from amif_netcheck.checks import limits, link_findings, proximity, traffic, vpn
from amif_netcheck.checks.causes import explains
from amif_netcheck.checks.spec import FindingSpec
from amif_netcheck.checks.traffic import left_mbit_s, line_limit
from amif_netcheck.checks.unknown import could_not_tell, unknown_spec
from amif_netcheck.model.facts import (
    Answers,
    Device,
    DeviceKind,
    Facts,
    LinkFacts,
    NeighboursFacts,
    OthersUse,
    Reason,
    Unavailable,
)
from amif_netcheck.model.finding import BAD, Finding, ParamValue, Severity, rank

_WATCHING = (DeviceKind.TV_BOX, DeviceKind.TV, DeviceKind.STREAMER, DeviceKind.CONSOLE)
"""What brings films and games in."""
_SENDING = (DeviceKind.CAMERA,)
"""What sends pictures out, day and night."""
_EATERS = (*_WATCHING, *_SENDING)
_HARMLESS = (DeviceKind.BOX, DeviceKind.PRINTER)
_MILDER = tuple(kind for kind in DeviceKind if kind not in (*_EATERS, *_HARMLESS))

_MEASURED = "measured"
_RATES = (limits.OTHERS_DOWN, limits.OTHERS_UP)
_NOTE = (Severity.INFO,)
_WARNING = (Severity.WARNING,)

_devices = partial(FindingSpec, vocabulary=("devices",), private={"names": "device"})
_cause = partial(_devices, not_at=link_findings.HOME, effort_min=2)

EATING = _cause(
    "neighbours.eating",
    _WARNING,
    limits=_RATES,
    variants=(_MEASURED,),
    explains=link_findings.FAULTS,
    vocabulary=("devices", "direction"),
)
CROWDED = _cause(
    "neighbours.crowded", _WARNING, explains=link_findings.FAULTS, vocabulary=("devices", "sign")
)
THIN = _cause(
    "neighbours.thin",
    _WARNING,
    limits=(limits.ROOM_DOWN, limits.ROOM_UP),
    explains=(link_findings.DOWNLOAD, link_findings.UPLOAD),
)
LOAD = _cause(
    "neighbours.load",
    _WARNING,
    limits=(limits.LOAD,),
    explains=(link_findings.LOAD_DOWN, link_findings.LOAD_UP),
)
USING = _devices(
    "neighbours.using",
    _NOTE,
    limits=_RATES,
    variants=(_MEASURED,),
    effort_min=2,
    vocabulary=("devices", "direction"),
)
PRESENT = _devices("neighbours.present", _NOTE, variants=(_MEASURED,), effort_min=2)
OTHERS = _devices("neighbours.others", _NOTE, variants=(_MEASURED,), nothing_to_do=True)
VIRTUAL = FindingSpec("neighbours.virtual", (Severity.UNKNOWN,))
NOT_ALLOWED = FindingSpec("neighbours.not_allowed", (Severity.UNKNOWN,))
QUIET = FindingSpec("neighbours.quiet", (Severity.OK,))
UNKNOWN = unknown_spec("neighbours")
FINDINGS = (EATING, CROWDED, THIN, LOAD, USING, PRESENT, OTHERS, VIRTUAL, NOT_ALLOWED, QUIET, UNKNOWN)

_OURS = {spec.code: spec for spec in (*traffic.FINDINGS, *vpn.FINDINGS)}
"""What this computer does to itself: it uses up the line, or makes a detour."""
_SUFFERS_NOW = (link_findings.DELAY.code, link_findings.LOSS.code, link_findings.LOSS_BURST.code)
"""Bufferbloat looks like distance, so a delay counts whatever its cause seems to be."""

_DEVICES = "facts.neighbours.devices"
_OTHERS_USE = "facts.neighbours.others"
_TRANSFERS = {"down": "download", "up": "upload"}


def check(facts: Facts, earlier: Sequence[Finding]) -> list[Finding]:
    """Judge who is there and what they use; where the box counts, its figures come first.

    `earlier` are the findings of `link`, `traffic`, `vpn` and `proximity`.
    """
    seen = facts.neighbours
    if isinstance(seen, Unavailable):
        return [could_not_tell(UNKNOWN, seen, "facts.neighbours")]
    level, use, measured = _use(facts, seen.others)
    eaters = _devices_of(seen, _EATERS)
    milder = _devices_of(seen, _MILDER)
    sign = _sign(seen, facts.link, earlier) if eaters else None
    if level is Severity.WARNING:
        return [_finding(EATING, use, eaters, *measured)]
    if sign is not None:
        return [sign]
    if level is Severity.INFO:
        return [_finding(USING, use, eaters, *measured)]
    refused = None if eaters else _refused(seen)
    if refused is None and (eaters or milder):
        return [_finding(PRESENT if eaters else OTHERS, use, eaters or milder, _DEVICES, *measured)]
    quiet = _finding(QUIET, use, [], _DEVICES, *measured)
    return [refused or _out_of_sight(seen, earlier) or _missing(seen) or quiet]


def _devices_of(seen: NeighboursFacts, kinds: Iterable[DeviceKind]) -> list[Device]:
    """The devices of these kinds, in the order of the kinds."""
    return [device for kind in kinds for device in seen.devices if device.kind is kind]


def _named(devices: Sequence[Device]) -> dict[str, ParamValue]:
    """Devices by product, or by kind where that is all we know, with the names that their owner gave them."""
    params: dict[str, ParamValue] = {"devices": [device.product or device.kind.value for device in devices]}
    if any(device.given_name for device in devices):
        params["names"] = [device.given_name for device in devices]
    return params


def _use(
    facts: Facts, others: OthersUse | Unavailable
) -> tuple[Severity, dict[str, ParamValue], tuple[str, ...]]:
    """How much others use for certain, with the limit that it crosses, and evidence; `ok` when nobody counts.

    The limits follow the line as those of `traffic` do.
    """
    if isinstance(others, Unavailable):
        return Severity.OK, {}, ()
    evidence: tuple[str, ...] = (_OTHERS_USE,)
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
    direction, (severity, crossed) = min(judged.items(), key=lambda item: rank(item[1][0]))
    if crossed is not None:
        rate = {"down": others.down_mbit_s, "up": others.up_mbit_s}[direction]
        params |= {"direction": direction, **limits.comparison(rate, limits.OTHERS_DOWN, crossed)}
        if (left_over := left[direction]) is not None:
            params["left_mbit_s"] = left_over
            evidence = (_OTHERS_USE, f"facts.link.{_TRANSFERS[direction]}")
    return severity, params, evidence


def _sign(seen: NeighboursFacts, link: LinkFacts | Unavailable, earlier: Sequence[Finding]) -> Finding | None:
    """A sign that the line suffers, or is too thin to be shared with who is there.

    None while this computer is known to do it to itself: it uses up the line, makes a detour, or is too far from the box.
    """
    bad = [finding for finding in earlier if finding.severity in BAD]
    ours = [_OURS[finding.code] for finding in bad if finding.code in _OURS]
    symptoms = {
        finding.code: finding for finding in bad if not any(explains(cause, finding) for cause in ours)
    }
    too_far = any(finding.code == spec.code for finding in bad for spec in proximity.FINDINGS)
    return (
        _crowded(seen, symptoms)
        or (None if ours or too_far or isinstance(link, Unavailable) else _thin(seen, link))
        or _load(seen, symptoms)
    )


def _crowded(seen: NeighboursFacts, symptoms: Mapping[str, Finding]) -> Finding | None:
    suffers = (symptoms[code] for code in _SUFFERS_NOW if code in symptoms)
    symptom = next((finding for finding in suffers if explains(CROWDED, finding)), None)
    if symptom is None or _others_are_quiet(seen.others):
        return None
    params = {**_named(_devices_of(seen, _EATERS)), "sign": symptom.code}
    return CROWDED.finding(_DEVICES, *symptom.evidence, params=params)


def _thin(seen: NeighboursFacts, link: LinkFacts) -> Finding | None:
    for kinds, name, transfer, limit in (
        (_WATCHING, "download", link.download, limits.ROOM_DOWN),
        (_SENDING, "upload", link.upload, limits.ROOM_UP),
    ):
        devices = _devices_of(seen, kinds)
        if not devices or isinstance(transfer, Unavailable):
            continue
        _, crossed = limits.judge(transfer.p10_mbit_s, limit)
        if crossed is not None:
            params = {**_named(devices), **limits.comparison(transfer.p10_mbit_s, limit, crossed)}
            return THIN.finding(_DEVICES, f"facts.link.{name}", params=params)
    return None


def _load(seen: NeighboursFacts, symptoms: Mapping[str, Finding]) -> Finding | None:
    for kinds, spec in ((_WATCHING, link_findings.LOAD_DOWN), (_SENDING, link_findings.LOAD_UP)):
        devices, symptom = _devices_of(seen, kinds), symptoms.get(spec.code)
        if devices and symptom is not None and explains(LOAD, symptom):
            figures = {name: symptom.params[name] for name in ("value_s", "limit_s", "source")}
            return LOAD.finding(_DEVICES, *symptom.evidence, params={**_named(devices), **figures})
    return None


def _others_are_quiet(others: OthersUse | Unavailable) -> bool:
    """Did the box count so little for others that whatever the line suffers from now, it isn't them?"""
    if isinstance(others, Unavailable):
        return False
    return (
        limits.judge(others.down_mbit_s + others.uncertain_down_mbit_s, limits.OTHERS_DOWN)[0] is Severity.OK
        and limits.judge(others.up_mbit_s + others.uncertain_up_mbit_s, limits.OTHERS_UP)[0] is Severity.OK
    )


def _out_of_sight(seen: NeighboursFacts, earlier: Sequence[Finding]) -> Finding | None:
    """Nobody but a box showed up: inside a virtual computer, whose network may be its host's alone, that tells nothing."""
    virtual = any(finding.code == proximity.VIRTUAL.code for finding in earlier)
    if not virtual or any(device.kind is not DeviceKind.BOX for device in seen.devices):
        return None
    return VIRTUAL.finding("facts.proximity.medium", "facts.proximity.computer")


def _refused(seen: NeighboursFacts) -> Finding | None:
    """This computer lets this program ask none of its neighbours (macOS: Local Network): the table alone shows few of them."""
    for source in (seen.mdns, seen.ssdp):
        if not isinstance(source, Unavailable) or source.reason is not Reason.NOT_PERMITTED:
            return None
    evidence = ("facts.neighbours.mdns", "facts.neighbours.ssdp")
    return NOT_ALLOWED.finding(*evidence, params={"reason": Reason.NOT_PERMITTED.value})


def _missing(seen: NeighboursFacts) -> Finding | None:
    """Nobody showed up: was there anybody whom we asked? Both the system's table and one kind of question are needed."""
    if not isinstance(seen.table, Unavailable) and any(
        isinstance(source, Answers) for source in (seen.mdns, seen.ssdp)
    ):
        return None
    for name in ("mdns", "ssdp", "table"):
        source = getattr(seen, name)
        if isinstance(source, Unavailable):
            return could_not_tell(UNKNOWN, source, f"facts.neighbours.{name}")
    return None


def _finding(
    spec: FindingSpec, use: Mapping[str, ParamValue], devices: list[Device], *evidence: str
) -> Finding:
    """With the devices where there are any; `measured` where the box says, too, how much others use."""
    params = {**use, **(_named(devices) if devices else {})}
    rests_on = dict.fromkeys((*evidence, *([_DEVICES] if devices else [])))
    measured = use and devices and _MEASURED in spec.variants
    return spec.finding(*rests_on, variant=_MEASURED if measured else "", params=params)
