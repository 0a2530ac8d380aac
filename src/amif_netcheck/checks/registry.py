"""All findings that there are, in the order of the checklist."""

from __future__ import annotations

from amif_netcheck.checks import (
    apps,
    camera,
    firewall,
    headset,
    link_findings,
    neighbours,
    proximity,
    sound_apps,
    traffic,
    vpn,
)
from amif_netcheck.checks.spec import FindingSpec

SPECS: dict[str, FindingSpec] = {
    spec.code: spec
    for findings in (
        proximity.FINDINGS,
        traffic.FINDINGS,
        neighbours.FINDINGS,
        vpn.FINDINGS,
        firewall.FINDINGS,
        sound_apps.FINDINGS,
        apps.FINDINGS,
        headset.FINDINGS,
        camera.FINDINGS,
        link_findings.FINDINGS,
    )
    for spec in findings
}
"""By code."""
