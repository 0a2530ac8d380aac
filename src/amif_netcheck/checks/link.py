"""The line itself: delay, gaps, rates, and what a busy line does to the delay; and where the fault is, at home or beyond.

The worst factor decides: a sum would let good figures hide a fatal one.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import structs

from amif_netcheck.checks import call_quality, limits
from amif_netcheck.checks.aspect import Measurement, Violation
from amif_netcheck.checks.link_call import played
from amif_netcheck.checks.link_rates import rates_and_load, under_load
from amif_netcheck.checks.sound import both_ways_alike_pct, heard
from amif_netcheck.checks.unknown import could_not_tell
from amif_netcheck.model.facts import (
    NOT_REQUESTED,
    Computer,
    Facts,
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
from amif_netcheck.model.finding import Finding, ParamValue, Severity

MAX_GATEWAY_RATIO = 1.5
_MILDER = {"link.latency": "link.delay", "link.jitter": "link.delay", "link.some_loss": "link.loss"}
"""A note -> the finding that says the same more strongly."""
_SAID_BY_A_BUSY_LINE = ("link.load_down", "link.load_up")
"""What would happen if somebody used the line is no news when somebody does: `link.delay` is as late as that already."""
_NOTHING_ELSE: tuple[str, ...] = ()
_WORST_FIRST = (Severity.CRITICAL, Severity.WARNING, Severity.INFO, Severity.OK, Severity.UNKNOWN)


def check(facts: Facts) -> list[Finding]:
    """Judge the way to the Internet; where it can't be measured, judge the way to the box and say what is missing."""
    link = facts.link
    if isinstance(link, Unavailable):
        return [could_not_tell("link", link, "facts.link")]
    if isinstance(link.internet, Unavailable) and link.internet.reason is Reason.NOT_PRESENT:
        # No way out at all, known without sending anything.
        evidence = ("facts.link.internet",)
        return [Finding(code="link.no_network", severity=Severity.CRITICAL, evidence=evidence)]
    findings = [*_worst_of_each(_at_rest(link), played(link.call)), *rates_and_load(link)]
    if any(each.params.get("cause") == "busy" for each in findings):
        findings = [each for each in findings if each.code not in _SAID_BY_A_BUSY_LINE]
    return [_by_cable(each, facts) for each in findings] or [_good(link)]


def _by_cable(finding: Finding, facts: Facts) -> Finding:
    """The same, with the medium where that is known to be a cable: nobody there need move closer to the box."""
    near = facts.proximity
    if (
        finding.severity is Severity.UNKNOWN
        or isinstance(near, Unavailable)
        or near.medium is not Medium.ETHERNET
        or near.computer is not Computer.PHYSICAL
    ):
        return finding
    return structs.replace(
        finding,
        params={**finding.params, "medium": near.medium.value},
        evidence=(*finding.evidence, "facts.proximity.medium"),
    )


def undecided(train: Train) -> bool:
    """Could more requests change what is said of the loss? They could while its interval straddles a limit."""
    if isinstance(train.loss, Unavailable):
        return False
    low, high = (
        Measurement("", both_ways_alike_pct(share, train.loss.mean_run), limits.CONCEALED, "").excess()
        for share in (train.loss.low_pct, train.loss.high_pct)
    )
    return (low and low.severity) != (high and high.severity)


def _at_rest(link: LinkFacts) -> list[Finding]:
    if isinstance(link.internet, Unavailable):
        return [*_home_alone(link.gateway), _not_measured(link, link.internet)]
    if link.internet.sent < limits.MIN_PROBES:
        params: dict[str, ParamValue] = {"sent": link.internet.sent}
        evidence = ("facts.link.internet.sent",)
        return [Finding(code="link.too_few", severity=Severity.UNKNOWN, params=params, evidence=evidence)]
    return [locate_fault(excess, link.gateway) for excess in _excesses(link.internet, link)]


def _aspects(train: Train, link: LinkFacts | None = None) -> Iterator[Measurement]:
    """What is judged of a train; of the one to the Internet with what else the link showed."""
    yield _delay(train, link)
    yield Measurement("link.latency", train.rtt_ms.median, limits.RTT, "rtt_ms")
    yield Measurement("link.jitter", train.jitter_ms, limits.JITTER, "jitter_ms")
    lost = heard(train, link.call if link else NOT_REQUESTED)
    if lost is not None:
        more: dict[str, ParamValue] = {"lost_pct": lost.lost_pct, "way": lost.way}
        yield Measurement("link.loss", lost.concealed_pct, limits.CONCEALED, "loss", more, lost.facts)
    elif not isinstance(train.loss_pct, Unavailable):
        yield Measurement("link.loss", 0.0, limits.CONCEALED, "loss")
    if not isinstance(train.loss_pct, Unavailable):
        by_chance = train.sent - train.received < limits.MIN_LOST
        yield Measurement("link.some_loss", 0.0 if by_chance else train.loss_pct, limits.LOSS, "loss_pct")
    if not isinstance(train.longest_loss_ms, Unavailable):
        yield Measurement("link.loss_burst", train.longest_loss_ms, limits.LONGEST_LOSS, "longest_loss_ms")


def _delay(train: Train, link: LinkFacts | None) -> Measurement:
    """How late one is heard at rest; on a line that somebody keeps busy already, as late as under load."""
    rtt, variation = train.rtt_ms.median, train.rtt_ms.p95 - train.rtt_ms.min
    delay = call_quality.delay_ms(rtt, variation)
    uneven = call_quality.buffer_ms(variation) - call_quality.SHORTEST_BUFFER_MS > rtt / 2
    cause, also = "jitter" if uneven else "latency", _NOTHING_ELSE
    if link is not None and variation >= limits.BUSY_VARIATION_MS:
        for name, transfer in (("download", link.download), ("upload", link.upload)):
            if isinstance(transfer, Transfer) and isinstance(transfer.loaded_rtt_ms, Loaded):
                loaded = call_quality.delay_ms(transfer.loaded_rtt_ms.median, 0.0)
                if loaded > delay:
                    delay, cause, also = loaded, "busy", (f"{name}.loaded_rtt_ms",)
    return Measurement("link.delay", delay, limits.DELAY, "rtt_ms", {"cause": cause, "rtt_ms": rtt}, also)


def _excesses(train: Train, link: LinkFacts | None = None) -> list[Violation]:
    found = {excess.aspect.code: excess for aspect in _aspects(train, link) if (excess := aspect.excess())}
    return [excess for code, excess in found.items() if _MILDER.get(code) not in found]


def _home_alone(gateway: Train | Unavailable) -> list[Finding]:
    """What the box alone shows: a warning at most, and no loss, as boxes limit how many such requests they answer."""
    if isinstance(gateway, Unavailable) or gateway.sent < limits.MIN_PROBES:
        return []
    return [
        excess.finding(
            "gateway",
            severity=Severity.WARNING if excess.severity is Severity.CRITICAL else excess.severity,
            place="home",
        )
        for excess in _excesses(gateway)
        if excess.aspect.code in {"link.delay", "link.latency", "link.jitter"}
    ]


def locate_fault(excess: Violation, gateway: Train | Unavailable) -> Finding:
    """Say where: at home when the way to the box accounts for most of the figure, beyond it when for less than half.

    What goes to the Internet crosses the same way to the box: a box that looks much worse than that only answers badly.
    """
    code, value = excess.aspect.code, excess.aspect.value
    aspects = [] if isinstance(gateway, Unavailable) else _aspects(gateway)
    at_home = next((aspect.value for aspect in aspects if aspect.code == code), None)
    if at_home is None or at_home > value * MAX_GATEWAY_RATIO:
        return excess.finding("internet")
    return excess.finding("internet", "gateway", place="home" if at_home >= value / 2 else "beyond")


def _worst_of_each(*sources: list[Finding]) -> list[Finding]:
    """Of each code the worst finding; a note goes where the stronger word is said."""
    worst: dict[str, Finding] = {}
    for finding in (each for source in sources for each in source):
        known = worst.get(finding.code)
        if known is None or _WORST_FIRST.index(finding.severity) < _WORST_FIRST.index(known.severity):
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
    for name, transfer in (("download", link.download), ("upload", link.upload)):
        if isinstance(transfer, Transfer):
            params[f"{name}_mbit_s"] = transfer.mbit_s
            if transfer.weakness:
                params["engine"] = transfer.engine.value
    params |= under_load(link)
    return Finding(code="link.good", severity=Severity.OK, params=params, evidence=("facts.link.internet",))


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
        return Finding(code="link.no_names", severity=Severity.UNKNOWN, evidence=("facts.link.names",))
    if missing.reason in {Reason.TIMEOUT, Reason.BLOCKED}:
        return Finding(code="link.no_answer", severity=Severity.UNKNOWN, evidence=("facts.link.internet",))
    return could_not_tell("link", missing, "facts.link.internet")
