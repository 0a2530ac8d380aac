"""A run on this computer, or on a recorded one (`demo`): in the app, or as lines of text while it goes on."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from msgspec import structs

from amif_netcheck import log, remembered
from amif_netcheck.advice import appointment
from amif_netcheck.advice.language import Language
from amif_netcheck.cli import plan as planning
from amif_netcheck.cli.delivery import check_output, deliver, keeps_private
from amif_netcheck.model.events import CheckDone, FactReady, RunDone
from amif_netcheck.model.facts import Facts
from amif_netcheck.model.report import Report
from amif_netcheck.output import streams
from amif_netcheck.output.formats.plain import PlainWriter
from amif_netcheck.output.private import redact_result
from amif_netcheck.run import engine
from amif_netcheck.run.interruption import wake_silently
from amif_netcheck.run.plan import RunPlan
from amif_netcheck.settings import Settings

T = TypeVar("T")


def run(options: argparse.Namespace, settings: Settings, language: Language) -> int:
    """Check this computer."""
    check_output(options, language)
    language = _spoken(options, language)
    return _carry_out(planning.plan(options, settings, language), options, settings, language)


def demo(options: argparse.Namespace, settings: Settings, language: Language) -> int:
    """Check a recorded computer."""
    from amif_netcheck import demo as recorded

    check_output(options, language)
    language = _spoken(options, language)
    recorded.require_scenario(options.scenario)
    watched = (
        streams.terminal_width() is not None and options.format in {None, "plain"} and options.output is None
    )
    speed = options.speed or (1.0 if watched else recorded.AT_ONCE)
    plan = recorded.plan(options.scenario, system=options.system, speed=speed, language=language.code)
    return _carry_out(
        replace(plan, desk=settings.desk, token_key=settings.token_key), options, settings, language
    )


def _spoken(options: argparse.Namespace, language: Language) -> Language:
    """In the app, the one that was chosen there last, unless another one is typed."""
    kept = remembered.recall().language if _opens_app(options) and options.lang is None else ""
    return Language(kept) if kept else language


def _carry_out(plan: RunPlan, options: argparse.Namespace, settings: Settings, language: Language) -> int:
    private = keeps_private(options, settings)
    if _opens_app(options):
        from amif_netcheck.platforms import clipboard
        from amif_netcheck.tui import launch

        return launch.run(
            plan,
            language,
            include_private=private,
            verbose=options.verbose,
            colours=remembered.recall().colours or settings.colours,
            read_meeting=None if plan.demo else partial(planning.for_meeting, settings),
            find_link=planning.link_in,
            read_clipboard=clipboard.text,
        )
    log.start(verbose=options.verbose)
    for note in (*plan.notes, *_late(plan, language)):
        streams.write_stderr(f"amif-netcheck: {note}")
    live = _live_writer(plan, options, language)

    async def drive() -> Report:
        facts = Facts()
        async with contextlib.aclosing(engine.run(plan)) as events:
            async for event in events:
                if isinstance(event, RunDone):
                    return event.report
                if isinstance(event, FactReady):
                    facts = structs.replace(facts, **{event.path.removeprefix("facts."): event.fact})
                if live is not None and isinstance(event, CheckDone) and not private:
                    live.row(redact_result(event.result, facts, key=plan.token_key))
                elif live is not None:
                    live.event(event)
        raise RuntimeError("the run ended without a report")

    try:
        with _interruptible_once() as interruptible:
            report = asyncio.run(interruptible(drive()))
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
    finally:
        log.stop()
    return deliver(report, options, settings, language, live=live, appointment=plan.appointment)


def _late(plan: RunPlan, language: Language) -> Iterator[str]:
    """That the meeting has begun, where no app counts the minutes."""
    now = datetime.now().astimezone()
    if plan.appointment.starts is not None and plan.appointment.starts < now:
        yield appointment.line(plan.context.meeting, plan.appointment, now, language, None)


def _live_writer(plan: RunPlan, options: argparse.Namespace, language: Language) -> PlainWriter | None:
    """What writes each row as it is judged: for a terminal alone. Elsewhere the report is written whole, in the note's order."""
    width = streams.terminal_width()
    if width is None or options.format not in {None, "plain"} or options.output is not None:
        return None
    writer = PlainWriter(streams.line, language, plan.context.platform.name, width=width)
    writer.start(plan.demo)
    return writer


def _opens_app(options: argparse.Namespace) -> bool:
    """On a terminal, unless a text or a file was asked for. The app draws on stderr on Unix, so that one counts too.

    A sound test says on stderr when to speak: it has text.
    """
    if options.format or options.output is not None or options.html is not None:
        return False
    if options.sound_test or options.echo:
        return False
    terminals = (sys.stdin, sys.stdout, sys.stderr)
    return os.environ.get("TERM") != "dumb" and all(
        stream is not None and stream.isatty() for stream in terminals
    )


@contextlib.contextmanager
def _interruptible_once() -> Iterator[Callable[[Coroutine[Any, Any, T]], Coroutine[Any, Any, T]]]:
    """Ctrl-C cancels the run; a second one finds it ending already (asyncio's own handler would break the loop)."""

    async def interruptible(work: Coroutine[Any, Any, T]) -> T:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        cancelled = False

        def cancel(_signal: int, _frame: object) -> None:
            nonlocal cancelled
            if not cancelled and task is not None:
                cancelled = True
                loop.call_soon_threadsafe(task.cancel)

        signal.signal(signal.SIGINT, cancel)
        wake_silently()
        return await work

    before = signal.getsignal(signal.SIGINT)
    try:
        yield interruptible
    finally:
        signal.signal(signal.SIGINT, before)
