"""Runs the probes side by side under deadlines, then the checks; yields events. Every front end reads the same ones."""

from __future__ import annotations

import asyncio
import logging
import platform as python_platform
import threading
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import structs

from amif_netcheck import __version__
from amif_netcheck.children.threads import BackgroundCall
from amif_netcheck.measure.ledger import Ledger
from amif_netcheck.measure.live import LiveValues
from amif_netcheck.measure.names import Names
from amif_netcheck.meeting.appointment import UNKNOWN, Appointment
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
from amif_netcheck.model.facts import NOT_REQUESTED, Fact, Facts, Reason, SoundCue, Unavailable
from amif_netcheck.model.finding import Finding, ParamValue, Severity
from amif_netcheck.model.report import (
    SCHEMA_VERSION,
    CheckResult,
    Mode,
    Privacy,
    ProbeError,
    Report,
    System,
    Tool,
)
from amif_netcheck.probes.context import Context, SoundTest
from amif_netcheck.run import score
from amif_netcheck.run.checklist import CHECKLIST, IDS, PROBES, CheckSpec, ProbeSpec
from amif_netcheck.sound.recorder import ReplayableRecording

log = logging.getLogger(__name__)

TIMEOUT_S = 20.0
CALL_TIMEOUT_S = 30.0
"""With a test server of one's own, which may play a call."""
QUICK_TIMEOUT_S = 5.0
SOUND_TEST_TIMEOUT_S = 19.0
"""A run with a sound test takes at least so long: one speaks, hushes and listens."""
_TICK_S = 0.25
_GRACE_S = 0.3
"""A probe that keeps its own deadline gets this long to hand its facts over."""


@dataclass(frozen=True)
class RunPlan:
    """What to run. `asked` are check ids in the checklist's order; `probes` may be replaced by others.

    `appointment` is for the front end alone, `notes` are what it says once before the run, in the person's language.

    `requested` are probes that run on request only. `system` and `demo` are those of a recorded machine; without them it is this one.
    """

    context: Context
    asked: tuple[str, ...] = IDS
    requested: tuple[str, ...] = ()
    timeout_s: float = TIMEOUT_S
    mode: Mode = Mode.FULL
    probes: dict[str, ProbeSpec] = field(default_factory=lambda: dict(PROBES))
    system: System | None = None
    demo: str = ""
    appointment: Appointment = UNKNOWN
    notes: tuple[str, ...] = ()
    looks: dict[str, ProbeSpec] = field(default_factory=dict)
    """Of a recorded machine: what answers in a probe's place while somebody looks again and again."""

    def again(self, asked: tuple[str, ...] | None = None) -> RunPlan:
        """The same plan for another run, which nothing has stopped yet; of the checks `asked` alone, where given."""
        context = replace(
            self.context,
            platform=self.context.platform.renewed(),
            names=Names(offline=self.context.offline),
            ledger=Ledger(),
            live=LiveValues(),
            stop=threading.Event(),
        )
        return replace(self, context=context, asked=self.asked if asked is None else asked)

    @property
    def entries(self) -> tuple[CheckSpec, ...]:
        """The lines of the checklist that were asked for."""
        return tuple(entry for entry in CHECKLIST if entry.id in self.asked)

    @property
    def subjects(self) -> tuple[str, ...]:
        """The probes those lines need, each once, and those they use that were requested."""
        needed = [subject for entry in self.entries for subject in entry.needs]
        used = [subject for entry in self.entries for subject in entry.uses if subject in self.requested]
        return tuple(dict.fromkeys((*needed, *used)))

    def awaits(self, entry: CheckSpec) -> tuple[str, ...]:
        """The subjects that have to be in before a line is judged."""
        return (*entry.needs, *(subject for subject in entry.uses if subject in self.subjects))

    def usual_s(self, subject: str) -> float:
        """When a probe usually ends, in seconds since the start."""
        probe = self.probes[subject]
        return min(probe.quick_usual_s if self.context.quick else probe.usual_s, self.deadline_s(subject))

    def deadline_s(self, subject: str) -> float:
        """A probe's deadline in seconds since the start, within the run's."""
        probe = self.probes[subject]
        own = probe.quick_deadline_s if self.context.quick else probe.deadline_s
        return max(0.0, min(own, self.timeout_s - _GRACE_S))


async def run(plan: RunPlan) -> AsyncGenerator[Event, None]:
    """Run the plan; the last event is `RunDone` with the report, which carries no words yet.

    Closing the generator, or cancelling the task that reads it, tells the probes to stop and returns at once: their
    threads are never waited for.
    """
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
        report=weigh(
            Report(
                schema_version=SCHEMA_VERSION,
                tool=Tool(name="amif-netcheck", version=__version__),
                system=plan.system
                or System(os=plan.context.platform.name, release=python_platform.release()),
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
            )
        )
    )


def weigh(report: Report) -> Report:
    """The same report with score, coverage, verdict and next action computed from its checks."""
    return structs.replace(
        report,
        score=score.score(report.checks),
        coverage=score.coverage(report.checks),
        verdict=score.verdict(report.checks),
        next_action=score.next_action(report.checks),
    )


def judge_again(report: Report) -> Report:
    """A saved report's facts under today's checks; what was measured, when and how long stays as it was."""
    errors = [error for error in report.errors if not error.where.startswith("checks.")]
    results = []
    durations = {each.id: each.duration_s for each in report.checks}
    for entry in CHECKLIST:
        if entry.id not in report.asked:
            results.append(score.skipped(entry.id, entry.weight))
            continue
        findings = _findings(entry, report.facts, errors)
        results.append(score.result(entry.id, entry.weight, findings, durations.get(entry.id, 0.0)))
    return weigh(
        structs.replace(
            report,
            tool=Tool(name="amif-netcheck", version=__version__),
            checks=tuple(results),
            asked=tuple(check for check in report.asked if check in IDS),
            errors=tuple(errors),
        )
    )


def renewed(earlier: Report, later: Report) -> Report:
    """`earlier` with the facts that `later`, a run of some of its checks, brought anew; all of it judged again."""
    again = [entry for entry in CHECKLIST if entry.id in later.asked]
    subjects = {subject for entry in again for subject in entry.needs}
    subjects |= {
        subject for entry in again for subject in entry.uses if getattr(later.facts, subject) != NOT_REQUESTED
    }
    probes = {f"probes.{subject}" for subject in subjects}
    newer = {each.id: each for each in later.checks if each.id in later.asked}
    return judge_again(
        structs.replace(
            earlier,
            generated_at=later.generated_at,
            duration_s=later.duration_s if set(earlier.asked) <= set(later.asked) else earlier.duration_s,
            facts=structs.replace(
                earlier.facts, **{subject: getattr(later.facts, subject) for subject in subjects}
            ),
            asked=tuple(check for check in IDS if check in {*earlier.asked, *later.asked}),
            checks=tuple(newer.get(each.id, each) for each in earlier.checks),
            errors=(*(error for error in earlier.errors if error.where not in probes), *later.errors),
        )
    )


def with_sound_test(
    plan: RunPlan,
    on_cue: Callable[[SoundCue], None],
    on_recorded: Callable[[ReplayableRecording], None] | None = None,
) -> RunPlan:
    """A run of `headset` alone with its sound test.

    `on_cue` is told, in a thread of ours, what to do now; `on_recorded` is given, there too, a recording to hear again.
    """
    again = plan.again(("headset",))
    return replace(
        again,
        requested=("sound_test",),
        timeout_s=max(plan.timeout_s, SOUND_TEST_TIMEOUT_S),
        context=replace(again.context, sound_test=SoundTest.YES, on_cue=on_cue, on_recorded=on_recorded),
    )


def _findings(entry: CheckSpec, facts: Facts, errors: list[ProbeError]) -> list[Finding]:
    """A check's findings; one that crashes could not tell."""
    try:
        return entry.check(facts)
    except Exception as error:
        log.exception("check %s crashed", entry.id)
        errors.append(ProbeError(where=f"checks.{entry.id}", reason=Reason.ERROR.value, detail=repr(error)))
        params: dict[str, ParamValue] = {"reason": Reason.ERROR.value}
        return [Finding(code=f"{entry.id}.unknown", severity=Severity.UNKNOWN, params=params)]


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
        return {key: _without_surrogates(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_without_surrogates(each) for each in value]
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
            for entry in plan.entries:
                if entry.id not in self.results and all(
                    subject in self._finished_s for subject in plan.awaits(entry)
                ):
                    for event in self._check(entry):
                        yield event
            for name, value in plan.context.live.look().items():
                yield LiveValue(name=name, value=value)
            yield self._progress()

    def _check(self, entry: CheckSpec) -> list[Event]:
        findings = _findings(entry, self.facts, self.errors)
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
            async with asyncio.timeout(until + _GRACE_S - time.monotonic()):
                return await asyncio.wrap_future(
                    BackgroundCall(lambda: probe.run(self._plan.context, until)).future
                )
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
            async with asyncio.timeout(probe.deadline_s + _GRACE_S):
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
