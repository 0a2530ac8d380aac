"""What macOS can be asked to change: one file a kind of fix, each with a class that has `offers` and `carry_out`.

A player is not paused: what would do it without asking the person (MediaRemote) is in no documentation, what is documented
(AppleScript, media keys) makes the system ask for rights first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from amif_netcheck.model.fix import Fix, FixKind, FixOutcome, FixRequest, FixResult


class MacFixer(Protocol):
    """One kind of fix."""

    def offers(self, about: tuple[str, ...], until: float) -> tuple[Fix, ...]:
        """What can be done now about a `FixRequest`; changes nothing."""

    def carry_out(self, fix: Fix, until: float) -> FixResult:
        """Do it."""


class MacFixes:
    """All of them, by kind."""

    def __init__(self, fixers: Mapping[FixKind, MacFixer]) -> None:
        self._fixers = fixers

    @property
    def kinds(self) -> frozenset[FixKind]:
        """See `Platform.fixable`."""
        return frozenset(self._fixers)

    def offers(self, request: FixRequest, until: float) -> tuple[Fix, ...]:
        """See `Platform`."""
        fixer = self._fixers.get(request.kind)
        return () if fixer is None else fixer.offers(request.about, until)

    def carry_out(self, fix: Fix, until: float) -> FixResult:
        """See `Platform`."""
        fixer = self._fixers.get(fix.kind)
        return FixResult(outcome=FixOutcome.GONE) if fixer is None else fixer.carry_out(fix, until)
