"""What can be done for the person: which findings call for a fix, looking what is possible now, and doing it on their yes."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterable
from typing import NamedTuple, TypeVar

from amif_netcheck.catalog.calls import CALL
from amif_netcheck.children.threads import BackgroundCall
from amif_netcheck.model.facts import (
    Application,
    AppsFacts,
    Facts,
    Program,
    SoundApplication,
    SoundAppsFacts,
    TrafficFacts,
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
_NOTHING_TO_LOSE = frozenset({CALL, "streaming", "p2p"})
"""Families of applications that hold no work which closing could lose; all others are told as steps."""
_DEVICES = {
    "headset.not_chosen": ("output", "input"),
    "headset.output_elsewhere": ("output",),
    "headset.input_elsewhere": ("input",),
}
_TUNNELS = frozenset({"vpn.carries_meeting", "vpn.carries_part", "vpn.beside_internet"})


def wishes(finding: Finding | ReportedFinding, facts: Facts) -> tuple[FixRequest, ...]:
    """The fixes that `finding` calls for, the gentlest first. Pure."""
    params, found = finding.params, []
    if finding.code in _DEVICES and params.get("device"):
        about = (str(params["device"]), *_DEVICES[finding.code])
        found.append(FixRequest(kind=FixKind.CHOOSE_DEVICE, about=about))
    if finding.code in _TUNNELS and params.get("interface"):
        found.append(FixRequest(kind=FixKind.DISCONNECT_VPN, about=(str(params["interface"]),)))
    if finding.code == "sound_apps.plays":
        found.append(FixRequest(kind=FixKind.PAUSE_PLAYER, about=_texts(params.get("processes"))))
    named = _texts(params.get("applications"))
    closable = tuple(dict.fromkeys(_closable(finding.code, named, facts)))
    if closable:
        found.append(FixRequest(kind=FixKind.CLOSE_APPLICATION, about=closable))
    return tuple(found)


def _closable(code: str, named: tuple[str, ...], facts: Facts) -> Iterable[str]:
    """Processes of the named applications that may be asked to close; never those of the meeting's own."""
    check = code.partition(".")[0]
    if isinstance(facts.sound_apps, SoundAppsFacts):
        named = tuple(name for name in named if name != facts.sound_apps.meeting_product)
    seen: list[Program | Application | SoundApplication] = []
    if check == "sound_apps" and isinstance(facts.sound_apps, SoundAppsFacts):
        seen += _tuple(facts.sound_apps.applications)
        yield from (each.process for each in _tuple(facts.sound_apps.calls) if each.product in named)
    if check == "apps" and isinstance(facts.apps, AppsFacts):
        seen += _tuple(facts.apps.programs)
    if check == "traffic" and isinstance(facts.traffic, TrafficFacts):
        seen += _tuple(facts.traffic.applications)
    # Where it isn't known which application the meeting is held with, none for calls is closed.
    families = _NOTHING_TO_LOSE if isinstance(facts.sound_apps, SoundAppsFacts) else _NOTHING_TO_LOSE - {CALL}
    yield from (each.process for each in seen if each.product in named and each.family in families)


def _tuple(fact: tuple[T, ...] | Unavailable) -> tuple[T, ...]:
    return () if isinstance(fact, Unavailable) else fact


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(each) for each in value) if isinstance(value, list) else ()


class Offer(NamedTuple):
    """A fix, and what it is for."""

    wish: FixRequest
    fix: Fix


async def look(platform: Platform, wanted: Iterable[FixRequest]) -> tuple[Offer, ...]:
    """What can be done now, each thing once; changes nothing. What can't be told in time is not offered."""
    found: list[Offer] = []
    for wish in wanted:
        until = time.monotonic() + LOOK_S
        try:
            async with asyncio.timeout(LOOK_S + _GRACE_S):
                call = BackgroundCall(lambda: platform.offers(wish, until))  # noqa: B023 - awaited here
                offers = await asyncio.wrap_future(call.future)
        except Exception:
            log.exception("looking for a fix (%s) failed", wish.kind.value)
            continue
        known = {(offer.fix.kind, offer.fix.target) for offer in found}
        found += [Offer(wish, fix) for fix in offers if (fix.kind, fix.target) not in known]
    return tuple(found)


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
