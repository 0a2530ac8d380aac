"""The engine with probes that crash, hang, are refused: each becomes a fact, and the run goes on."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import aclosing

import pytest
from msgspec import structs

from amif_netcheck.model.events import (
    CheckDone,
    CheckStarted,
    Event,
    FactReady,
    FindingMade,
    Progress,
    RunDone,
)
from amif_netcheck.model.facts import Fact, Facts, LinkFacts, Reason, TrafficFacts, Unavailable, VpnFacts
from amif_netcheck.model.finding import Finding
from amif_netcheck.model.report import Report, Status, Verdict
from amif_netcheck.platforms.unsupported import Unsupported
from amif_netcheck.probes.context import Context
from amif_netcheck.run import engine, judge
from amif_netcheck.run.checklist import CHECKLIST, IDS, CheckSpec
from amif_netcheck.run.plan import RunPlan
from amif_netcheck.run.probing import ProbeSpec
from tests.builders import link, traffic, train, transfer, vpn

Run = Callable[[Context, float], Fact | Unavailable]

GOOD: dict[str, Fact | Unavailable] = {
    "vpn": vpn().vpn,
    "traffic": traffic().traffic,
    "link": link(train()).link,
}


THREE = ("traffic", "vpn", "link")
"""Three lines of the checklist, whatever else it has."""


def plan(timeout_s: float = 5.0, asked: tuple[str, ...] = THREE, **probes: Run) -> RunPlan:
    """Probes that answer at once, but for those given."""

    def answering(subject: str) -> Run:
        return lambda _context, _until: GOOD[subject]

    return RunPlan(
        context=Context(platform=Unsupported()),
        asked=asked,
        timeout_s=timeout_s,
        probes={
            subject: ProbeSpec(
                probes.get(subject, answering(subject)),
                usual_s=0.1,
                deadline_s=0.5,
                quick_usual_s=0.1,
                quick_deadline_s=0.5,
            )
            for subject in GOOD
        },
    )


async def collect(wanted: RunPlan) -> tuple[list[Event], Report]:
    async with aclosing(engine.run(wanted)) as events:
        seen = [event async for event in events]
    last = seen[-1]
    assert isinstance(last, RunDone)
    return seen, last.report


def refuse(_context: Context, _until: float) -> Fact | Unavailable:
    raise PermissionError(13, "not for you")


def crash(_context: Context, _until: float) -> Fact | Unavailable:
    raise ZeroDivisionError


def exit_from_inside(_context: Context, _until: float) -> Fact | Unavailable:
    raise SystemExit(3)


async def test_events_come_in_order_and_the_report_last() -> None:
    seen, report = await collect(plan())
    kinds = [type(event) for event in seen if not isinstance(event, Progress)]
    assert kinds[:3] == [CheckStarted] * 3
    assert kinds[-1] is RunDone
    for check in THREE:
        mine = [
            type(event)
            for event in seen
            if (isinstance(event, FactReady) and event.path == f"facts.{check}")
            or (isinstance(event, FindingMade) and event.check == check)
            or (isinstance(event, CheckDone) and event.result.id == check)
        ]
        assert mine == [FactReady, FindingMade, CheckDone]
    assert report.verdict is Verdict.READY
    assert report.score == 100
    assert [result.id for result in report.checks] == list(IDS)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [(refuse, Reason.NOT_PERMITTED), (crash, Reason.ERROR), (exit_from_inside, Reason.ERROR)],
)
async def test_a_probe_that_fails_is_unknown_and_the_run_goes_on(bad: Run, reason: Reason) -> None:
    _, report = await collect(plan(vpn=bad))
    assert isinstance(report.facts.vpn, Unavailable)
    assert report.facts.vpn.reason is reason
    statuses = {result.id: result.status for result in report.checks if result.id in THREE}
    assert statuses == {"traffic": Status.OK, "vpn": Status.UNKNOWN, "link": Status.OK}
    assert report.verdict is Verdict.UNDETERMINED
    assert [(error.where, error.reason) for error in report.errors] == [("probes.vpn", reason.value)]


async def test_a_probe_that_hangs_is_left_behind_at_its_deadline() -> None:
    forever = threading.Event()
    started = time.monotonic()
    try:
        _, report = await collect(
            plan(link=lambda _context, _until: link(train()).link if forever.wait(60) else GOOD["link"])
        )
    finally:
        forever.set()
    assert time.monotonic() - started < 3
    assert report.facts.link == Unavailable(reason=Reason.TIMEOUT, detail="the probe ran out of time")
    assert report.verdict is Verdict.UNDETERMINED


async def test_the_runs_deadline_cuts_every_probe() -> None:
    wanted = plan(timeout_s=0.4)
    assert [wanted.deadline_s(subject) for subject in wanted.subjects] == pytest.approx([0.1] * 3)


async def test_probes_run_side_by_side() -> None:
    together = threading.Barrier(3, timeout=5)

    def wait(subject: str) -> Run:
        def run(_context: Context, _until: float) -> Fact | Unavailable:
            together.wait()
            return GOOD[subject]

        return run

    _, report = await collect(plan(vpn=wait("vpn"), traffic=wait("traffic"), link=wait("link")))
    assert not report.errors


async def test_closing_the_run_tells_the_probes_to_stop_and_waits_for_none() -> None:
    begun, stopped, forever = threading.Event(), threading.Event(), threading.Event()

    def until_stopped(context: Context, _until: float) -> Fact | Unavailable:
        begun.set()
        if context.stop.wait(10):
            stopped.set()
        forever.wait(10)
        return GOOD["link"]

    started = time.monotonic()
    async with aclosing(engine.run(plan(link=until_stopped))) as events:
        async for event in events:
            if isinstance(event, Progress) and begun.is_set():
                break
    assert time.monotonic() - started < 2
    assert await asyncio.to_thread(stopped.wait, 5)
    forever.set()


async def test_only_what_was_asked_for_is_probed() -> None:
    _, report = await collect(plan(asked=("vpn",), link=crash, traffic=crash))
    assert {result.id: result.status for result in report.checks if result.id in THREE} == {
        "traffic": Status.SKIPPED, "vpn": Status.OK, "link": Status.SKIPPED,
    }  # fmt: skip
    assert report.asked == ("vpn",)
    assert report.coverage == 1
    assert report.facts.link == Unavailable(reason=Reason.NOT_REQUESTED)
    assert not report.errors


async def test_what_a_check_would_like_to_use_is_awaited_only_when_another_line_brings_it() -> None:
    thin = structs.replace(link(train()).link, upload=transfer(1.0))
    slow = threading.Event()
    busy = traffic(0.0, 1.0).traffic

    def after_traffic(_context: Context, _until: float) -> Fact | Unavailable:
        slow.wait(0.2)
        return thin

    seen, both = await collect(
        plan(asked=("traffic", "link"), link=after_traffic, traffic=lambda _context, _until: busy)
    )
    paths = [event.path for event in seen if isinstance(event, FactReady)]
    assert paths == ["facts.traffic", "facts.link"]
    done = [event.result for event in seen if isinstance(event, CheckDone)]
    assert [(each.id, each.findings[0].code) for each in done if each.id == "traffic"] == [
        ("traffic", "traffic.heavy")
    ]
    _, alone = await collect(plan(asked=("traffic",), link=crash, traffic=lambda _context, _until: busy))
    (finding,) = next(each.findings for each in alone.checks if each.id == "traffic")
    assert finding.code == "traffic.some"
    assert alone.facts.link == Unavailable(reason=Reason.NOT_REQUESTED)
    assert alone.errors == ()
    assert both.errors == ()


async def test_a_check_whose_wish_fails_does_with_what_it_has() -> None:
    busy = traffic(0.0, 1.0).traffic
    _, report = await collect(
        plan(asked=("traffic", "link"), link=crash, traffic=lambda _context, _until: busy)
    )
    (finding,) = next(each.findings for each in report.checks if each.id == "traffic")
    assert finding.code == "traffic.some"


async def test_a_check_that_crashes_could_not_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_facts: Facts, _earlier: Sequence[Finding]) -> list[Finding]:
        raise KeyError("x")

    entries = tuple(CheckSpec(e.id, e.weight, broken, e.needs) if e.id == "vpn" else e for e in CHECKLIST)
    monkeypatch.setattr("amif_netcheck.run.plan.IN_ORDER", entries)
    _, report = await collect(plan())
    vpn_result = next(result for result in report.checks if result.id == "vpn")
    assert vpn_result.status is Status.UNKNOWN
    assert vpn_result.findings[0].code == "vpn.unknown"
    assert [error.where for error in report.errors] == ["checks.vpn"]


async def test_judging_a_saved_report_again_gives_the_same_verdict() -> None:
    _, report = await collect(plan())
    assert judge.judge_again(report) == report


async def test_judging_again_follows_todays_rules() -> None:
    _, report = await collect(plan())
    worse = structs.replace(
        report, facts=structs.replace(report.facts, link=link(train(loss=50, run=20)).link)
    )
    assert judge.judge_again(worse).verdict is Verdict.NOT_READY


def test_every_subject_of_the_facts_has_its_type() -> None:
    assert {type(fact) for fact in GOOD.values()} == {VpnFacts, TrafficFacts, LinkFacts}
