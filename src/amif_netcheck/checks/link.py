"""The line itself: delay, gaps, rates, and what a busy line does to the delay; and where the fault is, at home or beyond.

The worst factor decides: a sum would let good figures hide a fatal one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import structs

from amif_netcheck.checks import call_quality, limits
from amif_netcheck.checks.concealment import both_ways_alike_pct, worse_way
from amif_netcheck.checks.foretold import Fault, faults, speaks_of_pictures
from amif_netcheck.checks.link_findings import (
    BEYOND,
    BY_CABLE,
    DELAY,
    DOWN,
    DOWNLOAD,
    FINDINGS,
    GOOD,
    HOME,
    HOME_BY_CABLE,
    JITTER,
    LATE,
    LATE_BY_CABLE,
    LATENCY,
    LOAD_DOWN,
    LOAD_UP,
    LOSS,
    LOSS_BURST,
    NO_ANSWER,
    NO_NAMES,
    NO_NETWORK,
    SOME_LOSS,
    SOMEWHERE,
    TOO_FEW,
    UNKNOWN,
    UP,
    UPLOAD,
)
from amif_netcheck.checks.link_rates import proven_mbit_s, rates_and_load, under_load
from amif_netcheck.checks.measurement import Measurement, Violation
from amif_netcheck.checks.service_picture import service_picture
from amif_netcheck.checks.unknown import could_not_tell
from amif_netcheck.model.facts import (
    NOT_REQUESTED,
    Call,
    Computer,
    Engine,
    Facts,
    FirewallFacts,
    Foretold,
    LinkFacts,
    Loaded,
    Loss,
    Medium,
    NameLookup,
    Reason,
    Train,
    Transfer,
    Unavailable,
)
from amif_netcheck.model.finding import Finding, ParamValue, Severity, rank

MAX_GATEWAY_RATIO = 1.5
_MILDER = {LATENCY.code: DELAY.code, JITTER.code: DELAY.code, SOME_LOSS.code: LOSS.code}
"""A note -> the finding that says the same more strongly."""
_HYPOTHETICAL = (LOAD_DOWN.code, LOAD_UP.code)
"""What would happen if somebody used the line is no news when somebody does: `link.delay` is as late as that already."""
_AS_FORETOLD = frozenset(spec.code for spec in (DELAY, LOSS))
_AS_FORETOLD_WITH_PICTURES = _AS_FORETOLD | {spec.code for spec in (DOWNLOAD, UPLOAD, LOAD_DOWN, LOAD_UP)}
"""What the model of the call says better than a single figure."""
_WAYS = ((UPLOAD, UP, "upload"), (DOWNLOAD, DOWN, "download"))
_LIBRARY = {Engine.SPEEDTEST_CLI, Engine.SPEEDTEST_MINI}
_BUSY = "busy"
_IDLE: tuple[str, ...] = ()
_SPECS = {spec.code: spec for spec in FINDINGS}


def check(facts: Facts, _earlier: Sequence[Finding] = ()) -> list[Finding]:
    """Judge the way to the Internet; where it can't be measured, judge the way to the box and say what is missing."""
    link = facts.link
    if isinstance(link, Unavailable):
        return [could_not_tell(UNKNOWN, link, "facts.link")]
    if isinstance(link.internet, Unavailable) and link.internet.reason is Reason.NOT_PRESENT:
        # No way out at all, known without sending anything.
        return [NO_NETWORK.finding("facts.link.internet")]
    findings = [*_worst_by_code([*_at_rest(link), *_interruptions(link.call)]), *rates_and_load(link)]
    if isinstance(link.foretold, Foretold) and isinstance(link.internet, Train):
        findings = _as_foretold(findings, link, link.internet, link.foretold)
    if any(finding.params.get("cause") == _BUSY for finding in findings):
        findings = [finding for finding in findings if finding.code not in _HYPOTHETICAL]
    if isinstance(facts.firewall, FirewallFacts) and facts.firewall.sending_forbidden is True:
        findings = [_forbidden(finding) for finding in findings]
    by_cable = _is_by_cable(facts)
    findings = [*findings, *_unheard(link.call)]
    judged = [_with_medium(finding, by_cable=by_cable) for finding in findings] or [_good(link)]
    return [*judged, *service_picture(facts, link)]


def _as_foretold(
    findings: Sequence[Finding], link: LinkFacts, train: Train, foretold: Foretold
) -> list[Finding]:
    """What the model of the call says in the place of single figures, which say why at most: as notes."""
    told = _AS_FORETOLD_WITH_PICTURES if speaks_of_pictures(foretold) else _AS_FORETOLD
    told -= {spec.code for spec, way, name in _WAYS if _expects_more(link, foretold, way, name)}
    kept = [_as_a_note(finding) if finding.code in told else finding for finding in findings]
    made = [_fault(fault, link, train) for fault in faults(foretold, link)]
    codes = {finding.code for finding in made}
    return [
        *made,
        *(
            finding
            for finding in kept
            if finding is not None and finding.code not in codes and _MILDER.get(finding.code) not in codes
        ),
    ]


def _expects_more(link: LinkFacts, foretold: Foretold, way: str, name: str) -> bool:
    """Is the picture foretold to get more than anything that was measured? Then the rate that was measured counts."""
    transfer, call = getattr(link, name), link.call
    told = foretold.up if way == UP else foretold.down
    if isinstance(transfer, Unavailable) or isinstance(told, Unavailable):
        return False
    half = NOT_REQUESTED if isinstance(call, Unavailable) else call.up if way == UP else call.down
    picture = told.picture
    return not isinstance(picture, Unavailable) and picture.kbit_s.value / 1000 > max(
        transfer.mbit_s, proven_mbit_s(transfer, half)
    )


def _as_a_note(finding: Finding) -> Finding | None:
    """A figure beyond its limit that a call bears: worth a note where there is one for it."""
    if Severity.INFO not in _SPECS[finding.code].severities:
        return None
    return structs.replace(finding, severity=Severity.INFO)


def _fault(fault: Fault, link: LinkFacts, train: Train) -> Finding:
    """The finding of a figure of the call, with the place and the cause that single figures tell."""
    (limit,) = fault.spec.limits
    params: dict[str, ParamValue] = {
        **limits.comparison(fault.value, limit, fault.crossed),
        "place": SOMEWHERE,
        "way": fault.way,
    }
    seen = next((each for each in _measurements(train, link) if each.spec is fault.spec), None)
    if seen is not None:
        located = locate_fault(Violation(seen, fault.severity, fault.crossed), link.gateway)
        params |= {"lost_pct": fault.value, **seen.params, "place": located.params["place"], "way": fault.way}
        if fault.spec is LOSS and seen.value < fault.value / 2:
            params["place"] = SOMEWHERE  # most of it was not seen where the two trains can be compared
    variant = fault.way if fault.way in fault.spec.variants else ""
    if fault.spec is not LOSS:
        params.pop("lost_pct", None)
    elif fault.late:
        variant = LATE
        params["lost_pct"] = 0.0 if seen is None else seen.params.get("lost_pct", 0.0)
    return fault.spec.finding(fault.fact, severity=fault.severity, variant=variant, params=params)


def _forbidden(finding: Finding) -> Finding:
    """This computer lets nothing out: that is no fault of names, servers or the line."""
    if finding.code not in {NO_NAMES.code, NO_ANSWER.code}:
        return finding
    reason = Unavailable(reason=Reason.NOT_PERMITTED)
    return could_not_tell(UNKNOWN, reason, "facts.firewall.sending_forbidden")


def _is_by_cable(facts: Facts) -> bool:
    near = facts.proximity
    return (
        not isinstance(near, Unavailable)
        and near.medium is Medium.ETHERNET
        and near.computer is Computer.PHYSICAL
    )


def _with_medium(finding: Finding, *, by_cable: bool) -> Finding:
    """The same, with the words for its place; and for a cable, where nobody need move closer to the box."""
    if finding.severity is Severity.UNKNOWN or (finding.variant == LATE and not by_cable):
        return finding
    place = str(finding.params.get("place", ""))
    params, evidence = finding.params, finding.evidence
    if by_cable:
        params = {**params, "medium": Medium.ETHERNET.value}
        evidence = (*evidence, "facts.proximity.medium")
        variant = {HOME: HOME_BY_CABLE, BEYOND: BEYOND}.get(place, BY_CABLE)
        if finding.variant == LATE:
            variant = LATE_BY_CABLE
    else:
        variant = place
    if variant not in _SPECS[finding.code].variants:
        variant = finding.variant
    return structs.replace(finding, variant=variant, params=params, evidence=evidence)


def undecided(train: Train) -> bool:
    """Could more requests change what is said of the loss? They could while its interval straddles a limit."""
    if isinstance(train.loss, Unavailable):
        return False
    low, high = (
        limits.judge(both_ways_alike_pct(share, train.loss.mean_run), limits.CONCEALED)[0]
        for share in (train.loss.low_pct, train.loss.high_pct)
    )
    return low is not high


def _at_rest(link: LinkFacts) -> list[Finding]:
    if isinstance(link.internet, Unavailable):
        return [*_home_alone(link.gateway), _not_measured(link, link.internet)]
    if link.internet.sent < limits.MIN_PROBES:
        return [TOO_FEW.finding("facts.link.internet.sent", params={"sent": link.internet.sent})]
    return [locate_fault(violation, link.gateway) for violation in _violations(link.internet, link)]


def _measurements(train: Train, link: LinkFacts | None = None) -> Iterator[Measurement]:
    """What is judged of a train; of the one to the Internet with what else the link showed."""
    yield _delay(train, link)
    yield Measurement(LATENCY, train.rtt_ms.median, "rtt_ms")
    yield Measurement(JITTER, train.jitter_ms, "jitter_ms")
    lost = worse_way(train, link.call if link else NOT_REQUESTED)
    if lost is not None:
        params: dict[str, ParamValue] = {"lost_pct": lost.lost_pct, "way": lost.way}
        yield Measurement(LOSS, lost.concealed_pct, "loss", params, lost.facts)
    elif not isinstance(train.loss_pct, Unavailable):
        yield Measurement(LOSS, 0.0, "loss")
    if not isinstance(train.loss_pct, Unavailable):
        by_chance = train.sent - train.received < limits.MIN_LOST
        yield Measurement(SOME_LOSS, 0.0 if by_chance else train.loss_pct, "loss_pct")
    if not isinstance(train.longest_loss_ms, Unavailable):
        yield Measurement(LOSS_BURST, train.longest_loss_ms, "longest_loss_ms")


def _delay(train: Train, link: LinkFacts | None) -> Measurement:
    """How late one is heard at rest; on a line that somebody keeps busy already, as late as under load."""
    rtt, variation = train.rtt_ms.median, train.rtt_ms.p95 - train.rtt_ms.min
    delay = call_quality.delay_ms(rtt, variation)
    uneven = call_quality.buffer_ms(variation) - call_quality.SHORTEST_BUFFER_MS > rtt / 2
    cause, busy = "jitter" if uneven else "latency", _IDLE
    if link is not None and variation >= limits.BUSY_VARIATION_MS:
        for name, transfer in (("download", link.download), ("upload", link.upload)):
            if isinstance(transfer, Transfer) and isinstance(transfer.loaded_rtt_ms, Loaded):
                loaded = call_quality.delay_ms(transfer.loaded_rtt_ms.median, 0.0)
                if loaded > delay:
                    delay, cause, busy = loaded, _BUSY, (f"{name}.loaded_rtt_ms",)
    return Measurement(DELAY, delay, "rtt_ms", {"cause": cause, "rtt_ms": rtt}, busy)


def _violations(train: Train, link: LinkFacts | None = None) -> list[Violation]:
    """What is beyond its limit; a note goes where the stronger word is said."""
    beyond = {
        measured.spec.code: violation
        for measured in _measurements(train, link)
        if (violation := measured.violation())
    }
    return [violation for code, violation in beyond.items() if _MILDER.get(code) not in beyond]


def _unheard(call: Call | Unavailable) -> Iterator[Finding]:
    """A call that was begun and of which nothing came through, as far as anybody knows: the line is not assessed."""
    if isinstance(call, Call) and isinstance(call.up, Unavailable) and isinstance(call.down, Unavailable):
        yield could_not_tell(UNKNOWN, call.down, "facts.link.call.down")


def _interruptions(call: Call | Unavailable) -> Iterator[Finding]:
    """How long a call that was played was interrupted, each way that is known."""
    if isinstance(call, Unavailable):
        return
    for way, half in (("up", call.up), ("down", call.down)):
        if isinstance(half, Unavailable):
            continue
        burst = Measurement(LOSS_BURST, half.longest_loss_ms, "longest_loss_ms", {"way": way})
        if violation := burst.violation():
            yield violation.finding(f"call.{way}")


def _home_alone(gateway: Train | Unavailable) -> list[Finding]:
    """What the box alone shows: a warning at most, and no loss, as boxes limit how many such requests they answer."""
    if isinstance(gateway, Unavailable) or gateway.sent < limits.MIN_PROBES:
        return []
    return [
        violation.finding(
            "gateway",
            severity=Severity.WARNING if violation.severity is Severity.CRITICAL else violation.severity,
            place=HOME,
        )
        for violation in _violations(gateway)
        if violation.measurement.spec in {DELAY, LATENCY, JITTER}
    ]


def locate_fault(violation: Violation, gateway: Train | Unavailable) -> Finding:
    """Say where: at home when the way to the box accounts for most of the figure, beyond it when for less than half.

    What goes to the Internet crosses the same way to the box: a box that looks much worse than that only answers badly.
    """
    spec, value = violation.measurement.spec, violation.measurement.value
    measured = () if isinstance(gateway, Unavailable) else _measurements(gateway)
    at_home = next((figure.value for figure in measured if figure.spec is spec), None)
    if not value or at_home is None or at_home > value * MAX_GATEWAY_RATIO:
        return violation.finding("internet")
    return violation.finding("internet", "gateway", place=HOME if at_home >= value / 2 else BEYOND)


def _worst_by_code(findings: Sequence[Finding]) -> list[Finding]:
    """Of each code the worst finding, the first of equals; a note goes where the stronger word is said."""
    worst: dict[str, Finding] = {}
    for finding in findings:
        known = worst.get(finding.code)
        if known is None or rank(finding.severity) < rank(known.severity):
            worst[finding.code] = finding
    return [finding for code, finding in worst.items() if _MILDER.get(code) not in worst]


def _good(link: LinkFacts) -> Finding:
    """What was measured; with an estimate of the voice beside it, which decides nothing (ITU-T G.107)."""
    train = link.internet
    assert isinstance(train, Train)  # noqa: S101 - whatever is missing is a finding already
    params: dict[str, ParamValue] = {"rtt_ms": train.rtt_ms.median, "jitter_ms": train.jitter_ms}
    if not isinstance(train.loss_pct, Unavailable):
        params["loss_pct"] = train.loss_pct
        params["voice_mos"] = round(_voice(train, train.loss_pct), 1)
    transfers = {"download": link.download, "upload": link.upload}
    measured = {name: transfer for name, transfer in transfers.items() if isinstance(transfer, Transfer)}
    params |= {f"{name}_mbit_s": transfer.mbit_s for name, transfer in measured.items()}
    weak = [transfer.engine for transfer in measured.values() if transfer.weakness]
    if weak:
        params["engine"] = weak[-1].value
    load = under_load(link)
    variant = ""
    if len(measured) == len(transfers):
        by_library = bool(weak) and weak[-1] in _LIBRARY
        told = isinstance(link.foretold, Foretold) and speaks_of_pictures(link.foretold)
        variant = "library" if by_library else "foretold" if told else "graded" if load else "rates"
    return GOOD.finding("facts.link.internet", variant=variant, params=params | load)


def _voice(train: Train, loss_pct: float) -> float:
    mouth_to_ear = call_quality.delay_ms(train.rtt_ms.median, train.rtt_ms.p95 - train.rtt_ms.min)
    burst = call_quality.burst_ratio(train.loss) if isinstance(train.loss, Loss) else 1.0
    rating = call_quality.EModel().r(
        mouth_to_ear + call_quality.PACKET_MS, call_quality.one_way_pct(loss_pct), burst
    )
    return call_quality.mos(rating)


def _not_measured(link: LinkFacts, missing: Unavailable) -> Finding:
    """Why the Internet side could not be measured: names, silence, or our own reasons."""
    names = link.names
    if isinstance(names, NameLookup) and names.asked and not names.resolved:
        return NO_NAMES.finding("facts.link.names")
    if missing.reason in {Reason.TIMEOUT, Reason.BLOCKED}:
        return NO_ANSWER.finding("facts.link.internet")
    return could_not_tell(UNKNOWN, missing, "facts.link.internet")
