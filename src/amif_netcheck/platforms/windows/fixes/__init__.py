"""What Windows can be asked to change: one file a kind of fix, each with `offers` and `carry_out` (see `Platform`).

There is no documented way to choose the device of the whole system or of calls, so that this stays with the person.
"""

from __future__ import annotations

from typing import Protocol

from amif_netcheck.model.fix import Fix, FixKind, FixRequest, FixResult
from amif_netcheck.platforms.windows.fixes import applications, players, vpn


class _WindowsFixHandler(Protocol):
    """One file of this folder."""

    def offers(self, about: tuple[str, ...], until: float) -> tuple[Fix, ...]:
        """What can be done now about a `FixRequest`; changes nothing."""

    def carry_out(self, fix: Fix, until: float) -> FixResult:
        """Do it."""


_HANDLERS: dict[FixKind, _WindowsFixHandler] = {
    FixKind.PAUSE_PLAYER: players,
    FixKind.CLOSE_APPLICATION: applications,
    FixKind.DISCONNECT_VPN: vpn,
}
KINDS = frozenset(_HANDLERS)


def offers(request: FixRequest, until: float) -> tuple[Fix, ...]:
    """See `Platform`."""
    return _HANDLERS[request.kind].offers(request.about, until)


def carry_out(fix: Fix, until: float) -> FixResult:
    """See `Platform`."""
    return _HANDLERS[fix.kind].carry_out(fix, until)
