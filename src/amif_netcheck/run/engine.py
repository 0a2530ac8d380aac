"""Runs the probes side by side under deadlines, then the checks; yields events. Every front end reads the same ones."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import structs

from amif_netcheck import __version__
from amif_netcheck.children.threads import BackgroundCall
from amif_netcheck.model.events import (
    CheckDone,
    CheckStarted,
    Event,
    FactReady,
    FindingMade,
    LiveValue,
    Progress,
    RunDone,
)
from amif_netcheck.model.facts import Fact, Facts, Reason, Unavailable
from amif_netcheck.model.finding import Finding
from amif_netcheck.model.report import (
    SCHEMA_VERSION,
    CheckResult,
    Privacy,
    ProbeError,
    Report,
    System,
    Tool,
)
from amif_netcheck.platforms import release
from amif_netcheck.run import judge, score
from amif_netcheck.run.checklist import CHECKLIST, CheckSpec
from amif_netcheck.run.plan import GRACE_S, RunPlan
from amif_netcheck.run.probing import load

log = logging.getLogger(__name__)

_TICK_S = 0.25


async def run(plan: RunPlan) -> AsyncGenerator[Event, None]:
    """Run the plan; the last event is `RunDone` with the report, which carries no words yet.

    Closing the generator, or cancelling the task that reads it, tells the probes to stop and returns at once: their
    threads are never waited for.
    """
    loading = BackgroundCall(lambda: load(plan.probes[subject] for subject in plan.subjects))
    await asyncio.wrap_future(loading.future)
    started = time.monotonic()
    generated_at = datetime.now(UTC).astimezone()
    runner = _RunState(plan, started)
    try:
        async for event in runner.events():
            yield event
    finally:
        plan.context.stop.set()
        runner.cancel()
    results = tuple(
        runner.results.get(entry.id) or score.skipped(entry.id, entry.weight) for entry in CHECKLIST
    )
    yield RunDone(
        report=judge.weigh(
            Report(
                schema_version=SCHEMA_VERSION,
                tool=Tool(name="amif-netcheck", version=__version__),
                system=plan.system or System(os=plan.context.platform.name, release=release.of_system()),
                generated_at=generated_at.isoformat(timespec="seconds"),
                duration_s=time.monotonic() - started,
                mode=plan.mode,
                asked=tuple(entry.id for entry in plan.entries),
                language="",
                verdict=score.verdict(results),
                score=None,
                coverage=0.0,
                next_action=None,
                checks=results,
                facts=runner.facts,
                privacy=Privacy.FULL,
                errors=tuple(runner.errors),
                demo=plan.demo,
                site=plan.site,
                desk=plan.desk,
            )
        )
    )


def _as_json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _writable(fact: Fact | Unavailable) -> Fact | Unavailable:
    """The same with `\ufffd` for what is no text: names may hold bytes that Python keeps as lone surrogates."""
    try:
        msgspec.json.encode(fact)
    except UnicodeEncodeError:
        return msgspec.convert(_without_surrogates(msgspec.to_builtins(fact)), type(fact))
    return fact


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_surrogates(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_surrogates(item) for item in value]
    return (
        value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        if isinstance(value, str)
        else value
    )


class _RunState:
    """The state of one run."""

    def __init__(self, plan: RunPlan, started: float) -> None:
        self.facts = Facts()
        self.results: dict[str, CheckResult] = {}
        self.errors: list[ProbeError] = []
        self._findings: dict[str, list[Finding]] = {}
        self._plan = plan
        self._started = started
        self._tasks: dict[asyncio.Task[Fact | Unavailable], str] = {}
        self._finished_s: dict[str, float] = {}

    def cancel(self) -> None:
        for task in self._tasks:
            task.cancel()

    async def events(self) -> AsyncIterator[Event]:
        plan = self._plan
        for entry in plan.entries:
            yield CheckStarted(check=entry.id)
        for subject in plan.subjects:
            self._tasks[asyncio.create_task(self._watch(subject))] = subject
        pending = set(self._tasks)
        yield self._progress()
        while pending:
            done, pending = await asyncio.wait(pending, timeout=_TICK_S, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                subject = self._tasks[task]
                fact = _writable(task.result())
                self._finished_s[subject] = time.monotonic() - self._started
                self.facts = structs.replace(self.facts, **{subject: fact})
                log.info("facts.%s after %.2f s: %s", subject, self._finished_s[subject], _as_json(fact))
                yield FactReady(path=f"facts.{subject}", fact=fact)
            judged = {entry.id: self._check(entry) for entry in plan.in_order if self._can_be_judged(entry)}
            for entry in plan.entries:
                for event in judged.get(entry.id, ()):
                    yield event
            for name, value in plan.context.live.snapshot().items():
                yield LiveValue(name=name, value=value)
            yield self._progress()

    def _can_be_judged(self, entry: CheckSpec) -> bool:
        """Is it still to be judged, and are its facts and the findings before it in, as far as they are part of this run?"""
        return (
            entry.id not in self.results
            and all(subject in self._finished_s for subject in self._plan.awaits(entry))
            and all(check in self.results for check in entry.after if check in self._plan.asked)
        )

    def _check(self, entry: CheckSpec) -> list[Event]:
        findings = judge.judge(entry, self.facts, self._findings, self.errors, self._plan.desk.limits)
        self._findings[entry.id] = findings
        log.info("check %s: %s", entry.id, _as_json(findings))
        duration_s = max(self._finished_s[need] for need in entry.needs)
        self.results[entry.id] = score.result(entry.id, entry.weight, findings, duration_s)
        made: list[Event] = [FindingMade(check=entry.id, finding=finding) for finding in findings]
        return [*made, CheckDone(result=self.results[entry.id])]

    def _progress(self) -> Progress:
        """By the clock against the slowest probe that still runs: what it usually takes, then its deadline."""
        elapsed = time.monotonic() - self._started
        plan = self._plan
        ends = [
            plan.usual_s(subject) if elapsed < plan.usual_s(subject) else plan.deadline_s(subject)
            for subject in plan.subjects
            if subject not in self._finished_s
        ]
        left = max(0.0, max(ends, default=0.0) - elapsed)
        return Progress(fraction=elapsed / (elapsed + left) if elapsed + left > 0 else 1.0, left_s=left)

    async def _watch(self, subject: str) -> Fact | Unavailable:
        """One probe, in a thread of its own, until its deadline; whatever goes wrong becomes a fact."""
        probe = self._plan.probes[subject]
        until = self._started + self._plan.deadline_s(subject)
        try:
            async with asyncio.timeout(until + GRACE_S - time.monotonic()):
                call = BackgroundCall(lambda: probe.run(self._plan.context, until))
                return await asyncio.wrap_future(call.future)
        except TimeoutError:
            log.warning("probe %s did not return within its %.1f s", subject, until - self._started)
            self.errors.append(ProbeError(where=f"probes.{subject}", reason=Reason.TIMEOUT.value))
            return Unavailable(reason=Reason.TIMEOUT, detail="the probe ran out of time")
        except PermissionError as error:
            log.warning("probe %s was refused: %s", subject, error)
            self.errors.append(
                ProbeError(where=f"probes.{subject}", reason=Reason.NOT_PERMITTED.value, detail=str(error))
            )
            return Unavailable(reason=Reason.NOT_PERMITTED, detail=str(error))
        except Exception as error:
            log.exception("probe %s crashed", subject)
            self.errors.append(
                ProbeError(where=f"probes.{subject}", reason=Reason.ERROR.value, detail=repr(error))
            )
            return Unavailable(reason=Reason.ERROR, detail=repr(error))


async def look_again(
    plan: RunPlan, subject: str, *, every_s: float
) -> AsyncGenerator[Fact | Unavailable, None]:
    """Ask one probe again and again, for as long as it is listened to; it should be one that takes no time."""
    probe = plan.looks.get(subject, plan.probes[subject])
    while True:
        # What was looked up once is not looked up each second.
        context = replace(plan.again().context, names=plan.context.names)
        began = time.monotonic()
        try:
            async with asyncio.timeout(probe.deadline_s + GRACE_S):
                deadline = began + probe.deadline_s
                call = BackgroundCall(lambda: probe.run(context, deadline))  # noqa: B023 - awaited here
                yield await asyncio.wrap_future(call.future)
        except TimeoutError:
            yield Unavailable(reason=Reason.TIMEOUT)
        except Exception as error:
            log.exception("probe %s crashed", subject)
            yield Unavailable(reason=Reason.ERROR, detail=repr(error))
        finally:
            context.stop.set()
        await asyncio.sleep(max(0.0, began + every_s - time.monotonic()))
