"""Hangs up a VPN that Windows itself has dialled, as its own menu does. Other products' tunnels are left to their own programs."""

from __future__ import annotations

import time

from amif_netcheck.children.threads import BackgroundCall
from amif_netcheck.model.facts import Reason, Unavailable
from amif_netcheck.model.fix import Fix, FixKind, FixOutcome, FixResult
from amif_netcheck.platforms.text import title
from amif_netcheck.platforms.windows import ras
from amif_netcheck.platforms.windows.ras import Ras, RasConnection, RasLine

_POLL_S = 0.2
_HAND_OVER_S = 0.1
"""What came in time is handed over before nobody waits for it any more."""


def offers(about: tuple[str, ...], until: float, dialler: Ras | None = None) -> tuple[Fix, ...]:
    """One fix when the tunnel interface `about[0]` is that of exactly one VPN that Windows has dialled; else none."""
    found = BackgroundCall(lambda: _dialled(dialler or Ras(), about[0])).result(until)
    if isinstance(found, Unavailable) or len(found) != 1:
        return ()
    connection = found[0]
    return (
        Fix(
            kind=FixKind.DISCONNECT_VPN,
            params={"connection": title(connection.entry), "interface": about[0]},
            target=(str(connection.handle), connection.entry, connection.guid),
        ),
    )


def carry_out(fix: Fix, until: float, dialler: Ras | None = None) -> FixResult:
    """Hang up, and wait by `until` (`time.monotonic`) until Windows says that the connection is no more."""
    by = until - _HAND_OVER_S
    result = BackgroundCall(lambda: _hang_up(dialler or Ras(), fix, by)).result(until)
    if isinstance(result, Unavailable):
        late = result.reason is Reason.TIMEOUT
        return FixResult(outcome=FixOutcome.UNFINISHED if late else FixOutcome.FAILED, detail=result.detail)
    return result


def _dialled(dialler: Ras, entry: str) -> tuple[RasConnection, ...]:
    connections = ras.connections(dialler)
    if isinstance(connections, Unavailable):
        return ()
    return tuple(each for each in connections if each.line is RasLine.VPN and each.entry == entry)


def _hang_up(dialler: Ras, fix: Fix, until: float) -> FixResult:
    handle, entry, guid = int(fix.target[0]), fix.target[1], fix.target[2]
    connections = ras.connections(dialler)
    if isinstance(connections, Unavailable):
        return FixResult(outcome=FixOutcome.FAILED, detail=connections.detail)
    if not any((each.handle, each.entry, each.guid) == (handle, entry, guid) for each in connections):
        return FixResult(outcome=FixOutcome.GONE)
    refused = dialler.hang_up(handle)
    if refused is not None:
        outcome = FixOutcome.REFUSED if refused.reason is Reason.NOT_PERMITTED else FixOutcome.FAILED
        return FixResult(outcome=outcome, detail=refused.detail)
    while True:
        up = dialler.is_up(handle)
        if up is False:
            return FixResult(outcome=FixOutcome.DONE)
        if time.monotonic() + _POLL_S > until:
            detail = up.detail if isinstance(up, Unavailable) else "still connected"
            return FixResult(outcome=FixOutcome.UNFINISHED, detail=detail)
        time.sleep(_POLL_S)
