"""Names that come from outside: made encodable at the border, so that nothing behind it can trip over them."""

from __future__ import annotations

_LONGEST = 255
_LONGEST_TITLE = 60


def clean(name: str | bytes) -> str:
    """`name` as text of bounded length, with `?` for each byte that is no UTF-8; control codes are kept, as data.

    The same name comes out whether a library hands over bytes or text with escaped bytes. Control codes are escaped where
    a name is drawn (`output.escape`).
    """
    text = name.decode("utf-8", "surrogateescape") if isinstance(name, bytes) else name
    return text.encode("utf-8", "replace").decode("utf-8")[:_LONGEST]


def title(name: str) -> str:
    """A name to be read in a sentence: as `clean`, short and on one line."""
    return " ".join(clean(name).split())[:_LONGEST_TITLE].rstrip()
