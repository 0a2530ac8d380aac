"""Which values of settings are secrets: they are used, and shown nowhere."""

from __future__ import annotations

from typing import Any

KEYS = frozenset({"token_key", "credential", "token"})
_HIDDEN = "…"


def hidden(value: Any, key: str = "") -> Any:
    """The same tables, lists and values, with an ellipsis for every secret that is set."""
    if key in KEYS and value:
        return _HIDDEN
    if isinstance(value, dict):
        return {name: hidden(inner, name) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [hidden(item, key) for item in value]
    return value
