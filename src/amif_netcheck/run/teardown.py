"""The end of all runs of this program."""

from __future__ import annotations

from amif_netcheck import children
from amif_netcheck.run.plan import RunPlan


def tear_down(plan: RunPlan) -> None:
    """Tell the probes to stop, and kill every process that was started for them; takes no longer than 0.6 s."""
    plan.context.stop.set()
    children.end_all()
