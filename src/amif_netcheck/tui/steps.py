"""Steps as they are taken in the app: where a key does it, the key is named instead of a command to type."""

from __future__ import annotations

from amif_netcheck.advice.invocation import as_started
from amif_netcheck.tui.session import Session

_WITH_LINK = "amif-netcheck --meeting"
"""Stands in the step in every language."""


def taken_here(step: str, session: Session) -> str:
    """`step` with the key for the meeting's link, or else with commands as this program was started."""
    if _WITH_LINK in step and session.read_meeting is not None:
        return session.language.text("Press v and give your meeting's link: the way to it is checked.")
    return as_started(step)
