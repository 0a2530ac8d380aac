"""Texts that are shown to people."""

from __future__ import annotations


def N_(text: str) -> str:  # noqa: N802 - gettext's customary mark for a text that is translated later
    """Mark a text for the catalogs; it is translated where it is shown."""
    return text
