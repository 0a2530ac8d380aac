"""What takes longer than the time that is left is told for after the meeting, wherever the app tells what to do."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from amif_netcheck import demo
from amif_netcheck.meeting.appointment import Appointment
from amif_netcheck.model.facts import Facts
from amif_netcheck.model.finding import Finding, Severity
from amif_netcheck.run.plan import RunPlan
from amif_netcheck.tui.export import short_summary
from amif_netcheck.tui.launch import last_words
from amif_netcheck.tui.screens.checklist import Rows
from amif_netcheck.tui.widgets.verdict import VerdictBanner
from tests.pure.test_agenda import ON_CABLE, report
from tests.tui.scenes import Driven, driven

pytestmark = pytest.mark.timeout(400)

NOW = datetime(2026, 12, 1, 10, tzinfo=UTC)
RESTARTS = re.compile(r"edémarr|teignez votre box")
TIRED = Finding(
    code="apps.memory",
    severity=Severity.WARNING,
    variant="named",
    params={"applications": ["System"], "families": ["system"]},
)
FAR = Finding(code="proximity.wifi_too_weak", severity=Severity.WARNING)
LATE = Finding(code="link.delay", severity=Severity.WARNING, variant="beyond", params={"place": "beyond"})
FORBIDDEN = Finding(code="firewall.meeting_forbidden", severity=Severity.CRITICAL)


def invited(minutes: int) -> RunPlan:
    starts = NOW + timedelta(minutes=minutes)
    return replace(
        demo.plan("ready", system="windows", speed=demo.AT_ONCE), appointment=Appointment(starts=starts)
    )


async def told(it: Driven, facts: Facts, *findings: Finding) -> None:
    """The app, as it is when these are found."""
    made = report(facts, *findings)
    it.session.report = made
    for result in made.checks:
        it.session.rows[result.id].result = result
    it.app._draw()
    await it.settled()


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("minutes", [3, 30])
async def test_steps_that_restart_are_for_later(minutes: int) -> None:
    async with driven(invited(minutes), size=(80, 60), now=lambda: NOW) as it:
        await it.done()
        await told(it, ON_CABLE, TIRED, LATE)
        late = minutes == 3
        pages = []
        for check in ("apps", "link"):
            it.app.screen.query_one(Rows).index = list(it.session.rows).index(check)
            await it.settled()
            pages.append(flat(it.screen()))
            await it.press("enter")
            pages.append(flat(it.screen()))
            await it.press("escape")
        await it.press("o")
        pages += [flat(it.screen()), flat(short_summary(it.session.report, it.session))]  # type: ignore[arg-type]
        pages.append(flat(" ".join(last_words(it.app))))
        restarts = 0
        for page in pages:
            for match in RESTARTS.finditer(page):
                restarts += 1
                assert ("Après la réunion" in page[: match.start()]) is late, page
            assert not late or "avant la réunion" not in page, page
        assert restarts > 3


async def test_a_finding_without_time_is_for_later_as_a_whole() -> None:
    async with driven(invited(1), size=(80, 60), now=lambda: NOW) as it:
        await it.done()
        await told(it, ON_CABLE, FAR)
        assert it.session.waits(it.session.rows["proximity"].result.findings[0])  # type: ignore[union-attr]
        it.app.screen.query_one(Rows).index = 0
        await it.settled()
        shown = it.screen()
        assert shown.count("Après la réunion :") == 2  # in the banner, and before the steps below the list
        await it.press("enter")
        assert "Après la réunion" in it.screen()
        assert "Que faire" not in it.screen()
        assert flat(short_summary(it.session.report, it.session)).count("Après la réunion") == 1  # type: ignore[arg-type]
        assert last_words(it.app)[1].startswith("Après la réunion")


@pytest.mark.parametrize("minutes", [3, -5])
async def test_what_blocks_is_first_in_the_banner_and_in_the_list(minutes: int) -> None:
    async with driven(invited(minutes), size=(80, 60), now=lambda: NOW) as it:
        await it.done()
        await told(it, ON_CABLE, FORBIDDEN, LATE)
        assert "D’abord : " in it.screen()
        await it.press("o")
        shown = it.screen()
        then = "Si vous avez le temps" if minutes > 0 else "Après la réunion"
        assert shown.index("D’abord") < shown.index(then) < shown.index("Si cela ne peut pas")
        first = shown[shown.index("D’abord") : shown.index(then)]
        assert "Pare-feu" in first


async def test_what_there_is_time_for_is_told_anew_as_it_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(VerdictBanner, "TELL_TIME_EVERY_S", 0.02)
    now = [NOW]
    async with driven(invited(30), now=lambda: now[0]) as it:
        await it.done()
        await told(it, ON_CABLE, LATE)
        assert "D’abord : " in it.screen()
        now[0] += timedelta(minutes=29)
        await it.until(lambda: "Après la réunion : " in it.screen())
