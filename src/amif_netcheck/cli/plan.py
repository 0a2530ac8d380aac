"""What a run is to do, from what was typed and from the settings."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from datetime import datetime

from amif_netcheck import platforms
from amif_netcheck.advice import appointment as appointments
from amif_netcheck.advice import input_errors
from amif_netcheck.advice.language import Language
from amif_netcheck.catalog.meeting_services import service_of
from amif_netcheck.children import pdf
from amif_netcheck.cli import sound_cues
from amif_netcheck.errors import InputError, UsageError
from amif_netcheck.measure.names import Names
from amif_netcheck.measure.reach.portal import KnownPage
from amif_netcheck.measure.throughput.rates import EngineChoice, RatesConfig
from amif_netcheck.meeting import selection as meetings
from amif_netcheck.meeting import targets
from amif_netcheck.meeting.appointment import Appointment
from amif_netcheck.model.report import Mode
from amif_netcheck.probes.context import Compare, Context, SoundTest
from amif_netcheck.run.checklist import IDS
from amif_netcheck.run.plan import CALL_TIMEOUT_S, QUICK_TIMEOUT_S, SOUND_TEST_TIMEOUT_S, TIMEOUT_S, RunPlan
from amif_netcheck.settings import Settings


def plan(options: argparse.Namespace, settings: Settings, language: Language) -> RunPlan:
    """What was typed beats the settings, which beat the defaults.

    Raises:
        UsageError, InputError: something wished for is unknown or malformed, or no check is left.
    """
    asked = _asked(options, settings, language)
    meeting = _meeting(options.meeting, settings.meeting, options.at, settings)
    name, service = service_of(meeting.host, settings.profile) if meeting.host else ("", None)
    rates = _rates(options, settings)
    sound_test = sound_cues.requested(options)
    return RunPlan(
        asked=asked,
        requested=() if sound_test is SoundTest.NO else ("sound_test",),
        timeout_s=options.timeout or settings.timeout_s or _standard_timeout_s(options, rates, sound_test),
        mode=_mode(options, asked),
        site=settings.site,
        desk=settings.desk,
        token_key=settings.token_key,
        appointment=meeting.appointment,
        notes=_notes(meeting, language),
        context=Context(
            platform=platforms.current(offline=options.offline),
            meeting=meeting.host,
            meeting_port=meeting.port,
            service_name=name,
            service=service,
            compare=_compare(settings),
            stun=tuple(targets.server(text) for text in options.stun or settings.link.stun),
            rates=rates,
            sound_test=sound_test,
            on_cue=sound_cues.on_stderr(language),
            quick=options.quick,
            offline=options.offline,
            sweep=settings.neighbours.sweep,
            names=Names(offline=options.offline),
        ),
    )


def for_meeting(settings: Settings, plan: RunPlan, typed: str, language: Language) -> RunPlan:
    """The same plan for the meeting that was typed after it was made; the time that was known stays where this one has none.

    What was typed may be a whole mail that was pasted.

    Raises:
        InputError: it is no meeting, or its invitation can't be used.
    """
    meeting = _pasted(typed, settings)
    if meeting is None:
        meeting = _meeting(typed, "", None, settings)
    elif meeting.appointment.starts or meeting.appointment.phones:
        meeting = replace(meeting, source=language.text("the pasted text"))
    name, service = service_of(meeting.host, settings.profile) if meeting.host else ("", None)
    known = meeting.appointment.starts is not None
    return replace(
        plan,
        appointment=meeting.appointment if known else Appointment(starts=plan.appointment.starts),
        notes=_notes(meeting, language),
        context=replace(
            plan.context,
            meeting=meeting.host,
            meeting_port=meeting.port,
            service_name=name,
            service=service,
        ),
    )


def link_in(text: str) -> str:
    """The link of the meeting in a text that somebody was sent, or empty."""
    return meetings.in_text(text, datetime.now().astimezone()).link


def _pasted(text: str, settings: Settings) -> meetings.Meeting | None:
    """The meeting in a whole text; None where that is a link, a name or a path alone.

    Raises:
        InputError: no link is in that text, or it can't be used.
    """
    if len(text.splitlines()) < 2 and not ("://" in text and len(text.split()) > 1):  # noqa: PLR2004
        return None
    found = meetings.select_in(text, datetime.now().astimezone(), own_hosts=_own_hosts(settings))
    if found is None:
        raise InputError("no_link_in_text")
    return found


def _own_hosts(settings: Settings) -> list[str]:
    return [host for profile in settings.profile.values() for host in profile.hosts]


def _meeting(typed: str | None, usual: str, at: str | None, settings: Settings) -> meetings.Meeting:
    now = datetime.now().astimezone()
    return meetings.select(typed, usual, at, now, pdf.text_of, own_hosts=_own_hosts(settings))


def _notes(meeting: meetings.Meeting, language: Language) -> tuple[str, ...]:
    """What was read of a file, and what is wrong with it."""
    read = (
        (appointments.understood(meeting.source, meeting.host, _told(meeting.appointment), language),)
        if meeting.source and (meeting.host or meeting.appointment.starts)
        else ()
    )
    return (*read, *(input_errors.describe(note, language) for note in meeting.notes))


def _told(appointment: Appointment) -> Appointment:
    """Without the codes to dial where nobody looks on: what a scheduled run says may be kept."""
    return appointment if sys.stderr.isatty() else replace(appointment, phones=())


def _asked(options: argparse.Namespace, settings: Settings, language: Language) -> tuple[str, ...]:
    """The checks to run; `skip` of the settings holds only where neither `--only` nor `--skip` was typed."""
    only = _ids(options.only, IDS, language) if options.only is not None else IDS
    if options.skip is not None:
        skip = _ids(options.skip, IDS, language)
    else:
        skip = settings.skip if options.only is None else ()
    asked = tuple(check for check in IDS if check in only and check not in skip)
    if not asked:
        message = language.text("No check is left to run; known checks: {ids}")
        raise UsageError(message.format(ids=", ".join(IDS)))
    return asked


def _mode(options: argparse.Namespace, asked: tuple[str, ...]) -> Mode:
    if asked != IDS:
        return Mode.PARTIAL
    return Mode.QUICK if options.quick else Mode.FULL


def _standard_timeout_s(options: argparse.Namespace, rates: RatesConfig, sound_test: SoundTest) -> float:
    full = CALL_TIMEOUT_S if rates.server is not None else TIMEOUT_S
    standard = QUICK_TIMEOUT_S if options.quick else full
    return standard if sound_test is SoundTest.NO else max(standard, SOUND_TEST_TIMEOUT_S)


def _compare(settings: Settings) -> Compare:
    firewall = settings.firewall
    return Compare(
        page=KnownPage(targets.known_page(firewall.page), firewall.page_text) if firewall.page else None,
        web=tuple(targets.web_server(text) for text in firewall.web),
    )


def _rates(options: argparse.Namespace, settings: Settings) -> RatesConfig:
    link = settings.link
    url = options.speed_server if options.speed_server is not None else link.speed_server
    max_mb = options.max_mb if options.max_mb is not None else link.max_mb
    return RatesConfig(
        server=targets.speed_server(url) if url else None,
        engine=EngineChoice(options.speed_engine or link.speed_engine),
        max_bytes=None if max_mb is None else int(max_mb * 1e6),
        metered=link.metered,
    )


def _ids(text: str, known: tuple[str, ...], language: Language) -> tuple[str, ...]:
    ids = tuple(part.strip() for part in text.split(",") if part.strip())
    for check in ids:
        if check not in known:
            message = language.text("Unknown check “{id}”; known checks: {ids}")
            raise UsageError(message.format(id=check, ids=", ".join(known)))
    return ids
