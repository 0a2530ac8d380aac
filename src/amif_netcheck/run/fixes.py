"""What can be done for the person: which findings call for a fix, looking what is possible now, and doing it on their yes."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeVar

from amif_netcheck.catalog.calls import CALL
from amif_netcheck.checks.registry import SPECS
from amif_netcheck.children.threads import BackgroundCall
from amif_netcheck.model.desk import NO_DESK, Desk
from amif_netcheck.model.facts import (
    Application,
    CallApplication,
    CameraApplication,
    Facts,
    Program,
    SoundApplication,
    Unavailable,
)
from amif_netcheck.model.finding import Finding
from amif_netcheck.model.fix import Fix, FixKind, FixOutcome, FixRequest, FixResult
from amif_netcheck.model.report import ReportedFinding
from amif_netcheck.platforms.base import Platform

T = TypeVar("T")
log = logging.getLogger(__name__)

LOOK_S = 3.0
DO_S = 12.0
_GRACE_S = 0.5
_NOT_WHERE_MANAGED = frozenset({FixKind.DISCONNECT_VPN})
_NOTHING_TO_LOSE = frozenset({CALL, "streaming", "p2p"})
"""Families of applications that hold no work which closing could lose; all others are told as steps."""


def requests(
    finding: Finding | ReportedFinding, facts: Facts, desk: Desk = NO_DESK
) -> tuple[FixRequest, ...]:
    """The fixes that `finding` calls for and the `desk` allows, the gentlest first. Pure."""
    forbidden = _NOT_WHERE_MANAGED if desk.managed else frozenset()
    requests = [
        FixRequest(kind=kind, about=_about(kind, finding, facts))
        for kind in SPECS[finding.code].fixes
        if kind not in forbidden
    ]
    return tuple(request for request in requests if request.about)


def _about(kind: FixKind, finding: Finding | ReportedFinding, facts: Facts) -> tuple[str, ...]:
    """What a fix is about, see `FixRequest`; nothing where the finding does not say."""
    params, spec = finding.params, SPECS[finding.code]
    match kind:
        case FixKind.CHOOSE_DEVICE:
            directions = (direction.value for direction in spec.directions)
            return (str(params["device"]), *directions) if params.get("device") else ()
        case FixKind.DISCONNECT_VPN:
            return (str(params["interface"]),) if params.get("interface") else ()
        case FixKind.PAUSE_PLAYER:
            return _texts(params.get("processes"))
        case FixKind.CLOSE_APPLICATION:
            named = set(_texts(params.get("applications"))) - {_meeting(facts)}
            return tuple(dict.fromkeys(_closable(spec.check, named, facts)))


def _meeting(facts: Facts) -> str:
    """The meeting's own application, which is never closed; empty when it isn't known."""
    return "" if isinstance(facts.sound_apps, Unavailable) else facts.sound_apps.meeting_product


def _closable(check: str, named: set[str], facts: Facts) -> Iterator[str]:
    """Processes of the named applications that may be asked to close."""
    # Where it isn't known which application the meeting is held with, none for calls is closed.
    families = _NOTHING_TO_LOSE - ({CALL} if isinstance(facts.sound_apps, Unavailable) else set())
    for application in _seen_by(check, facts):
        family = CALL if isinstance(application, CallApplication) else application.family
        if application.product in named and family in families:
            yield application.process


def _seen_by(
    check: str, facts: Facts
) -> tuple[Program | Application | SoundApplication | CallApplication | CameraApplication, ...]:
    """The applications that a check saw."""
    if check == "sound_apps" and not isinstance(facts.sound_apps, Unavailable):
        return (*_known(facts.sound_apps.calls), *_known(facts.sound_apps.applications))
    if check == "camera" and not isinstance(facts.camera, Unavailable):
        return _known(facts.camera.applications)
    if check == "apps" and not isinstance(facts.apps, Unavailable):
        return _known(facts.apps.programs)
    if check == "traffic" and not isinstance(facts.traffic, Unavailable):
        return _known(facts.traffic.applications)
    return ()


def _known(fact: tuple[T, ...] | Unavailable) -> tuple[T, ...]:
    return () if isinstance(fact, Unavailable) else fact


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(text) for text in value) if isinstance(value, list) else ()


class Offer(NamedTuple):
    """A fix, and what it is for."""

    request: FixRequest
    fix: Fix


async def look_for(platform: Platform, wanted: Iterable[FixRequest]) -> tuple[Offer, ...]:
    """What can be done now, each thing once; changes nothing. What can't be told in time is not offered."""
    possible: list[Offer] = []
    for request in wanted:
        until = time.monotonic() + LOOK_S
        try:
            async with asyncio.timeout(LOOK_S + _GRACE_S):
                call = BackgroundCall(lambda: platform.offers(request, until))  # noqa: B023 - awaited here
                offers = await asyncio.wrap_future(call.future)
        except Exception:
            log.exception("looking for a fix (%s) failed", request.kind.value)
            continue
        known = {(offer.fix.kind, offer.fix.target) for offer in possible}
        possible += [Offer(request, fix) for fix in offers if (fix.kind, fix.target) not in known]
    return tuple(possible)


async def carry_out(platform: Platform, fix: Fix) -> FixResult:
    """Do it: the person has said yes to exactly this."""
    until = time.monotonic() + DO_S
    log.info("fix %s on %s: the person said yes", fix.kind.value, fix.target)
    try:
        async with asyncio.timeout(DO_S + _GRACE_S):
            call = BackgroundCall(lambda: platform.carry_out(fix, until))
            result = await asyncio.wrap_future(call.future)
    except TimeoutError:
        result = FixResult(outcome=FixOutcome.UNFINISHED, detail="no answer in time")
    except Exception as error:
        log.exception("fix %s failed", fix.kind.value)
        result = FixResult(outcome=FixOutcome.FAILED, detail=repr(error))
    log.info("fix %s: %s %s", fix.kind.value, result.outcome.value, result.detail)
    return result
