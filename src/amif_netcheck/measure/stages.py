"""Stages of a measurement: one that crashes takes nothing with it of what the others measured."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from amif_netcheck.model.facts import Reason, Unavailable

log = logging.getLogger(__name__)

T = TypeVar("T")


def guarded(stage: str, work: Callable[[], T]) -> T | Unavailable:
    """What `work` returns; a crash is logged with its traceback and becomes `ERROR`."""
    try:
        return work()
    except Exception as error:
        log.exception("%s crashed", stage)
        return Unavailable(reason=Reason.ERROR, detail=repr(error))
