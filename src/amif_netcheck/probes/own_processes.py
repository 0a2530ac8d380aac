"""Which processes are ours: what they do is never the participant's doing."""

from __future__ import annotations

import os

import psutil


def own_pids() -> set[int]:
    """This process and its children."""
    try:
        children = psutil.Process().children(recursive=True)
    except (psutil.Error, OSError):  # no /proc
        children = []
    return {os.getpid(), *(child.pid for child in children)}


def ended_children_s() -> float:
    """Processor seconds of our children that have ended."""
    times = os.times()
    return times.children_user + times.children_system
