"""Names that come from outside: made encodable at the border, so that nothing behind it can trip over them."""

from __future__ import annotations

_LONGEST = 255


def clean(name: str) -> str:
    """`name` without lone surrogates (undecodable bytes) and of bounded length; control codes are kept, as data.

    They are escaped where a name is drawn (`output.escape`).
    """
    return name.encode("utf-8", "replace").decode("utf-8")[:_LONGEST]
