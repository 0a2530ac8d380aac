"""Days and times as they are written for people."""

from __future__ import annotations

from datetime import datetime

from amif_netcheck.advice.language import Language


def moment(stamp: str, language: Language) -> str:
    """A day and a time on this computer's clock; the text itself where it is none."""
    try:
        when = datetime.fromisoformat(stamp).astimezone()
    except (ValueError, OverflowError, OSError):
        return stamp or "—"
    return when.strftime("%d/%m/%Y %H:%M") if language.code == "fr" else when.strftime("%Y-%m-%d %H:%M")
