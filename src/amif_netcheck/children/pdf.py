"""The text of a PDF, read in a child that is killed when it takes too long."""

from __future__ import annotations

import base64

from amif_netcheck.children import Child

CHILD = "amif_netcheck.children.pdf_child"
_LONGEST_S = 8.0
_LONGEST_ANSWER = 2 * 1024 * 1024


def text_of(content: bytes) -> str:
    """What is written in a PDF, and where its links lead; empty when that can't be read in time."""
    child = Child(CHILD, {"pdf": base64.b64encode(content).decode()}, longest_line=_LONGEST_ANSWER)
    try:
        child.wait(_LONGEST_S)
        answer = child.last("text")
        return str(answer["text"]) if answer else ""
    finally:
        child.kill()
