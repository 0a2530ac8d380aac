"""The one way to say "could not tell"."""

from __future__ import annotations

from amif_netcheck.checks.spec import FindingSpec
from amif_netcheck.model.facts import Reason, Unavailable
from amif_netcheck.model.finding import Finding, Severity


def unknown_spec(check: str) -> FindingSpec:
    """What a check finds where a fact is missing: the reason is the variant of its words."""
    return FindingSpec(
        f"{check}.unknown",
        (Severity.UNKNOWN,),
        variants=tuple(reason.value for reason in Reason),
    )


def could_not_tell(spec: FindingSpec, missing: Unavailable, *evidence: str) -> Finding:
    """An `unknown` finding that names the reason; never the person's fault, never green."""
    reason = missing.reason.value
    return spec.finding(*evidence, variant=reason, params={"reason": reason})
