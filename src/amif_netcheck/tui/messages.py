"""What screens ask of the app."""

from __future__ import annotations

from textual.message import Message

from amif_netcheck.run.plan import RunPlan
from amif_netcheck.tui.session import FixInProgress


class Again(Message):
    """Check again: one row, or (None) all of them."""

    def __init__(self, check: str | None) -> None:
        super().__init__()
        self.check = check


class Watch(Message):
    """Check one row again and again until it is well; or stop doing so."""

    def __init__(self, check: str) -> None:
        super().__init__()
        self.check = check


class UseMeeting(Message):
    """Check the way to the meeting of this plan, which the person has seen."""

    def __init__(self, plan: RunPlan) -> None:
        super().__init__()
        self.plan = plan


class CarryOut(Message):
    """Do what the person has said yes to, and check the row again."""

    def __init__(self, fixing: FixInProgress) -> None:
        super().__init__()
        self.fixing = fixing
