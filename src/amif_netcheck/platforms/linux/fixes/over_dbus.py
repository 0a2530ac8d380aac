"""What fixes that are carried out over D-Bus have in common: they end in time, and errors become outcomes."""

from __future__ import annotations

from collections.abc import Callable

from amif_netcheck.model.facts import Reason, Unavailable
from amif_netcheck.model.fix import Fix, FixOutcome, FixResult
from amif_netcheck.platforms.linux import dbus

_HAND_OVER_S = 0.1
"""What came in time is handed over before nobody waits for it any more."""
_REFUSALS = (
    "AccessDenied",
    "AuthFailed",
    "NotSupported",
    "InteractiveAuthorizationRequired",
    "PermissionDenied",
)


def offers(until: float, look: Callable[[float], tuple[Fix, ...]]) -> tuple[Fix, ...]:
    """What `look` finds by the time that it is given; nothing where the bus fails it."""
    fixes = dbus.answer(until, lambda: look(until - _HAND_OVER_S))
    return () if isinstance(fixes, Unavailable) else fixes


def done(until: float, do: Callable[[float], FixResult]) -> FixResult:
    """What came of `do` by the time that it is given."""
    result = dbus.answer(until, lambda: do(until - _HAND_OVER_S))
    if isinstance(result, Unavailable):
        late = result.reason is Reason.TIMEOUT
        return FixResult(outcome=FixOutcome.UNFINISHED if late else FixOutcome.FAILED, detail=result.detail)
    return result


def refused_or_failed(error: str) -> FixResult:
    """What came of it where the answer was this error."""
    refused = dbus.last_part(error) in _REFUSALS
    return FixResult(outcome=FixOutcome.REFUSED if refused else FixOutcome.FAILED, detail=error)
