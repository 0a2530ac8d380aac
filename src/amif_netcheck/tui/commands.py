"""What the palette offers."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Command(NamedTuple):
    """Named in English; `key` does the same without the palette."""

    name: str
    run: Callable[[], None]
    key: str = ""
