"""Pressure stall information: how long programs waited for memory."""

from __future__ import annotations

from pathlib import Path

from amif_netcheck.model.facts import Reason, Unavailable

_MEMORY = Path("/proc/pressure/memory")


def memory(path: Path = _MEMORY) -> float | Unavailable:
    """The share of the last ten seconds in which some program waited for memory, in per cent."""
    try:
        text = path.read_text()
    except OSError as error:  # a kernel before 4.20, or with psi=0
        return Unavailable(reason=Reason.UNSUPPORTED, detail=str(error))
    return parse(text)


def parse(text: str) -> float | Unavailable:
    """`some avg10=0.00 avg60=0.00 avg300=0.00 total=0`, then the same with `full`."""
    for line in text.splitlines():
        kind, _, rest = line.partition(" ")
        figures = dict(word.partition("=")[::2] for word in rest.split())
        if kind == "some" and "avg10" in figures:
            try:
                return float(figures["avg10"])
            except ValueError:
                break
    return Unavailable(reason=Reason.UNSUPPORTED, detail="no such line")
