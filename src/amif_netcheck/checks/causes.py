"""What explains what: a cause is to be fixed before its consequences."""

from __future__ import annotations

from amif_netcheck.checks.spec import FindingSpec
from amif_netcheck.model.finding import Finding
from amif_netcheck.model.report import ReportedFinding


def explains(cause: FindingSpec, finding: Finding | ReportedFinding) -> bool:
    """May `finding` be a consequence of `cause`?

    What goes wrong between the computer and its box is no fault of a VPN or of others on the line, and what goes wrong
    beyond it no cable's or Wi-Fi's (`FindingSpec.not_at`).
    """
    if finding.code == cause.code or (cause.not_at and finding.params.get("place") == cause.not_at):
        return False
    return cause.explains_all or any(finding.code == spec.code for spec in cause.explains)
