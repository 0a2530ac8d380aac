"""What Linux can be asked to change: one file a kind of fix, each with `offers` and `carry_out` (see `Platform`)."""

from __future__ import annotations

from typing import Protocol

from amif_netcheck.model.fix import Fix, FixKind, FixResult, Wish
from amif_netcheck.platforms.linux.fixes import applications, players, sound_devices, vpn


class _Hand(Protocol):
    """One file of this folder."""

    def offers(self, about: tuple[str, ...], until: float) -> tuple[Fix, ...]:
        """What can be done now about a `Wish`; changes nothing."""

    def carry_out(self, fix: Fix, until: float) -> FixResult:
        """Do it."""


_HANDS: dict[FixKind, _Hand] = {
    FixKind.CHOOSE_DEVICE: sound_devices,
    FixKind.PAUSE_PLAYER: players,
    FixKind.CLOSE_APPLICATION: applications,
    FixKind.DISCONNECT_VPN: vpn,
}
KINDS = frozenset(_HANDS)


def offers(wish: Wish, until: float) -> tuple[Fix, ...]:
    """See `Platform`."""
    return _HANDS[wish.kind].offers(wish.about, until)


def carry_out(fix: Fix, until: float) -> FixResult:
    """See `Platform`."""
    return _HANDS[fix.kind].carry_out(fix, until)
