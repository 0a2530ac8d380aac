"""What a sound test changes on the pages under its own."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec import structs

from amif_netcheck import demo
from amif_netcheck.model.facts import Echo, SoundCue, SoundTestFacts
from amif_netcheck.model.report import Status, Verdict
from amif_netcheck.run.probing import ProbeSpec
from amif_netcheck.tui.screens.detail import DetailScreen
from amif_netcheck.tui.screens.sound_test import SoundTestScreen
from tests.tui.scenes import driven
from tests.tui.sound_scenes import GOOD, NO_VOICE, Test, on, open_page, opened, through

pytestmark = pytest.mark.timeout(400)


async def test_the_checklist_below_tells_what_the_test_found() -> None:
    test = Test(SoundTestFacts(recording=NO_VOICE))
    async with opened(test) as it:
        await through(it, test)
        await it.pilot.press("escape")
        await it.until(lambda: "aucun son ne vient du microphone" in it.screen())
        assert it.session.report is not None
        assert it.session.report.verdict is Verdict.NOT_READY


async def test_what_a_test_found_stays_said_when_its_only_row_is_checked_again() -> None:
    test = Test(SoundTestFacts(recording=NO_VOICE))
    async with driven(replace(on("ready", test), asked=("headset",))) as it:
        await it.until(lambda: it.session.report is not None)
        await it.pilot.press("m")
        await it.until(lambda: isinstance(it.app.screen, SoundTestScreen))
        test.go.release(len(SoundCue))
        await it.pilot.press("enter")
        await it.until(
            lambda: it.session.report is not None and it.session.report.verdict is Verdict.NOT_READY
        )
        tested = it.session.report
        await it.pilot.press("escape")
        await it.until(lambda: not isinstance(it.app.screen, SoundTestScreen))
        await it.pilot.press("a")
        await it.until(lambda: not it.session.running and it.session.report is not tested)
        assert it.session.report is not None
        assert it.session.report.verdict is Verdict.NOT_READY


async def test_when_another_device_is_chosen_the_old_test_is_not_said_of_it() -> None:
    tested = structs.replace(GOOD, input="Micro MacBook Air", output="Haut-parleurs MacBook Air")
    test = Test(structs.replace(tested, echo=Echo(heard=True, delay_ms=38.0, strength_db=2.0)))
    wanted = on("no-headset", test)
    now = [demo.load("no-headset", "macos").facts.headset]
    probes = {**wanted.probes, "headset": ProbeSpec(lambda *_: now[-1], 0.1, 60.0, 0.1, 60.0)}
    async with driven(replace(wanted, probes=probes, asked=("headset",))) as it:
        await open_page(it)
        await through(it, test)
        row = it.session.rows["headset"]
        assert row.result is not None
        assert "headset.test_echo" in {each.code for each in row.result.findings}
        await it.pilot.press("escape")
        await it.until(lambda: not isinstance(it.app.screen, SoundTestScreen))
        now.append(demo.load("ready", "macos").facts.headset)
        earlier = it.session.report
        await it.pilot.press("a")
        await it.until(lambda: not it.session.running and it.session.report is not earlier)
        assert row.result is not None
        assert [each.code for each in row.result.findings] == ["headset.in_use"]
        assert not it.session.can_watch("headset")


async def test_an_open_line_tells_what_the_test_found() -> None:
    test = Test(SoundTestFacts(recording=NO_VOICE))
    async with driven(replace(on("ready", test), asked=("headset",)), size=(70, 30)) as it:
        await it.done()
        await it.press("enter")
        assert "✓ OK" in it.screen()
        await it.pilot.press("m")
        await it.until(lambda: isinstance(it.app.screen, SoundTestScreen))
        await through(it, test)
        await it.pilot.press("escape")
        await it.until(lambda: isinstance(it.app.screen, DetailScreen))
        await it.until(lambda: "✗ Bloquant" in it.screen())


async def test_what_was_found_while_one_spoke_is_newer_than_the_test() -> None:
    test = Test(SoundTestFacts(recording=NO_VOICE))
    wanted = on("no-headset", test)
    now = [demo.load("no-headset", "macos").facts.headset]
    probes = {**wanted.probes, "headset": ProbeSpec(lambda *_: now[-1], 0.1, 60.0, 0.1, 60.0)}
    async with driven(replace(wanted, probes=probes, asked=("headset",))) as it:
        await open_page(it)
        await it.pilot.press("enter")
        await it.until(lambda: bool(test.asked))
        before = it.session.report
        assert before is not None
        now.append(demo.load("ready", "macos").facts.headset)
        it.app.start(it.session.plan.again(("headset",)))  # as after a fix
        await it.until(lambda: it.session.report is not before and not it.session.running)
        test.go.release(len(SoundCue))
        await it.until(lambda: it.session.rows["headset"].result.status is Status.CRITICAL)  # type: ignore[union-attr]
        report = it.session.report
        assert report is not None
        assert report.facts.headset == now[-1]
        assert report.facts.sound_test == test.tested
