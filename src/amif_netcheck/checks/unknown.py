"""The one way to say "could not tell"."""

from __future__ import annotations

from amif_netcheck.model.facts import Unavailable
from amif_netcheck.model.finding import Finding, Severity


def could_not_tell(check: str, missing: Unavailable, evidence: str) -> Finding:
    """An `unknown` finding that names the reason; never the person's fault, never green."""
    return Finding(
        code=f"{check}.unknown",
        severity=Severity.UNKNOWN,
        params={"reason": missing.reason.value},
        evidence=(evidence,),
    )
