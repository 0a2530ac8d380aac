"""Pauses what plays, as the keys of a keyboard do: by Windows' media sessions (see `media_sessions`).

Only what the start menu has a name for is offered, so that the person knows to what they say yes.
"""

from __future__ import annotations

import time
from contextlib import suppress

from amif_netcheck.model.facts import Reason, Unavailable
from amif_netcheck.model.fix import Fix, FixKind, FixOutcome, FixResult
from amif_netcheck.platforms.text import title
from amif_netcheck.platforms.windows.com import ComError, asked
from amif_netcheck.platforms.windows.media_sessions import (
    PLAYING,
    Combase,
    MediaLibrary,
    MediaSession,
    sessions,
    shown_name,
)

_MOST_OFFERED = 4
_POLL_S = 0.1
_MARGIN_S = 0.1
_PROGRAM = ".exe"


def offers(about: tuple[str, ...], until: float, library: MediaLibrary | None = None) -> tuple[Fix, ...]:
    """One fix for each player that plays and can be paused; those of the processes in `about` first."""
    used = library or Combase()
    found = asked(used, lambda: _playing(about, used, until - _MARGIN_S), until)
    return () if isinstance(found, Unavailable) else found


def carry_out(fix: Fix, until: float, library: MediaLibrary | None = None) -> FixResult:
    """Pause it, and wait by `until` (`time.monotonic`) until it says that it does not play."""
    used = library or Combase()
    result = asked(used, lambda: _pause(fix.target[0], used, until - _MARGIN_S), until)
    if not isinstance(result, Unavailable):
        return result
    outcomes = {Reason.TIMEOUT: FixOutcome.UNFINISHED, Reason.NOT_PERMITTED: FixOutcome.REFUSED}
    return FixResult(outcome=outcomes.get(result.reason, FixOutcome.FAILED), detail=result.detail)


def _playing(about: tuple[str, ...], library: MediaLibrary, until: float) -> tuple[Fix, ...]:
    named: dict[str, str] = {}
    with sessions(library, until) as present:
        for session in present:
            with suppress(ComError):  # it ended meanwhile
                if session.state == PLAYING and session.can_pause:
                    application = session.application
                    named.setdefault(application, _name(application, library))
    ranked = sorted(
        (not _is_about(application, name, about), name, application)
        for application, name in named.items()
        if name
    )
    return tuple(
        Fix(kind=FixKind.PAUSE_PLAYER, params={"player": name}, target=(application,))
        for _, name, application in ranked[:_MOST_OFFERED]
    )


def _name(application: str, library: MediaLibrary) -> str:
    """As people know it: by the start menu, else by its program's file."""
    if not application:
        return ""
    shown = title(shown_name(application, library))
    if shown or not application.casefold().endswith(_PROGRAM):
        return shown
    return title(application[: -len(_PROGRAM)])


def _is_about(application: str, name: str, about: tuple[str, ...]) -> bool:
    """Is this the player of one of these processes, by what both are called?"""
    known = f"{application} {name}".casefold()
    return any(process.casefold().removesuffix(_PROGRAM) in known for process in about if process)


def _pause(application: str, library: MediaLibrary, until: float) -> FixResult:
    with sessions(library, until) as present:
        playing = [each for each in present if _plays(each, application)]
        if not playing:
            return FixResult(outcome=FixOutcome.GONE)
        taken = [each.pause(until) for each in playing]
        if not any(taken):
            return FixResult(outcome=FixOutcome.REFUSED, detail="the player does not pause")
        while any(_plays(each, application) for each in playing):
            if time.monotonic() + _POLL_S > until:
                return FixResult(outcome=FixOutcome.UNFINISHED, detail="it still plays")
            time.sleep(_POLL_S)
    return FixResult(outcome=FixOutcome.DONE if all(taken) else FixOutcome.FAILED)


def _plays(session: MediaSession, application: str) -> bool:
    with suppress(ComError):
        return session.application == application and session.state == PLAYING
    return False
