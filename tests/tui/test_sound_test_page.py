"""The guided sound test, with a probe that gives its cues when it is told to."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from msgspec import structs

from amif_netcheck import demo
from amif_netcheck.checklist import Probe
from amif_netcheck.model.facts import Fact, SoundCue, SoundTestFacts, Unavailable
from amif_netcheck.model.facts.sound_test import Recording
from amif_netcheck.model.report import Verdict
from amif_netcheck.probes.context import Context, SoundTest
from amif_netcheck.tui.screens.checklist import Rows
from amif_netcheck.tui.screens.sound_test import SoundTestPage
from tests.tui.scenes import driven

pytestmark = pytest.mark.timeout(400)

GOOD_VOICE = Recording(
    seconds=4.0,
    rate_hz=48000,
    rms_dbfs=-25.0,
    peak_dbfs=-8.0,
    level_dbfs=-22.0,
    noise_dbfs=-70.0,
    clipped_pct=0.0,
    all_zero=False,
    speech=True,
)


NO_VOICE = structs.replace(
    GOOD_VOICE,
    rms_dbfs=-120.0,
    peak_dbfs=-120.0,
    level_dbfs=-120.0,
    noise_dbfs=-120.0,
    all_zero=True,
    speech=False,
)


class Test:
    """Speaks its cues one by one."""

    __test__ = False

    def __init__(self, recording: Recording = GOOD_VOICE) -> None:
        self.recording = recording
        self.go = threading.Semaphore(0)
        self.asked: list[SoundTest] = []

    def __call__(self, context: Context, until: float) -> Fact | Unavailable:
        self.asked.append(context.sound_test)
        for cue in (SoundCue.SPEAK, SoundCue.LISTEN):
            context.on_cue(cue)
            while not self.go.acquire(timeout=0.02):
                if context.stop.is_set():
                    break
        return SoundTestFacts(recording=self.recording, played_back=True)


async def test_it_is_guided_and_nothing_is_recorded_before_enter() -> None:
    test = Test()
    wanted = demo.plan("ready", speed=demo.AT_ONCE)
    probes = {**wanted.probes, "sound_test": Probe(test, 1.0, 60.0, 1.0, 60.0)}
    async with driven(replace(wanted, probes=probes, timeout_s=60.0)) as it:
        await it.done()
        assert not test.asked
        it.app.screen.query_one(Rows).index = list(it.session.rows).index("headset")
        await it.press("m")
        assert isinstance(it.app.screen, SoundTestPage)
        assert "Entrée lance l’essai" in it.screen()
        assert not test.asked
        await it.pilot.press("enter")
        await it.until(lambda: "parlez maintenant" in it.screen())
        test.go.release()
        await it.until(lambda: "Écoutez" in it.screen())
        test.go.release()
        await it.until(lambda: "Entrée refait l’essai" in it.screen())
        assert "on vous entendra bien" in it.screen().casefold()
        assert test.asked == [SoundTest.YES]
        assert it.session.report is not None
        assert isinstance(it.session.report.facts.sound_test, SoundTestFacts)
        await it.pilot.press("escape")
        await it.until(lambda: not isinstance(it.app.screen, SoundTestPage))


async def test_the_checklist_below_tells_what_the_test_found() -> None:
    test = Test(NO_VOICE)
    wanted = demo.plan("ready", speed=demo.AT_ONCE)
    probes = {**wanted.probes, "sound_test": Probe(test, 1.0, 60.0, 1.0, 60.0)}
    async with driven(replace(wanted, probes=probes, timeout_s=60.0)) as it:
        await it.done()
        assert "personne ne vous entendra" not in it.screen()
        it.app.screen.query_one(Rows).index = list(it.session.rows).index("headset")
        await it.press("m")
        test.go.release(2)
        await it.pilot.press("enter")
        await it.until(lambda: "Entrée refait l’essai" in it.screen())
        await it.pilot.press("escape")
        await it.until(lambda: "aucun son ne vient du microphone" in it.screen())
        assert it.session.report is not None
        assert it.session.report.verdict is Verdict.NOT_READY


async def test_what_a_test_found_stays_said_when_its_only_row_is_checked_again() -> None:
    test = Test(NO_VOICE)
    wanted = demo.plan("ready", speed=demo.AT_ONCE)
    probes = {**wanted.probes, "sound_test": Probe(test, 1.0, 60.0, 1.0, 60.0)}
    async with driven(replace(wanted, probes=probes, timeout_s=60.0, asked=("headset",))) as it:
        await it.until(lambda: it.session.report is not None)
        await it.pilot.press("m")
        await it.until(lambda: isinstance(it.app.screen, SoundTestPage))
        for _ in SoundCue:
            test.go.release()
        await it.pilot.press("enter")
        await it.until(
            lambda: it.session.report is not None and it.session.report.verdict is Verdict.NOT_READY
        )
        tested = it.session.report
        await it.pilot.press("escape")
        await it.until(lambda: not isinstance(it.app.screen, SoundTestPage))
        await it.pilot.press("a")
        await it.until(lambda: not it.session.running and it.session.report is not tested)
        assert it.session.report is not None
        assert it.session.report.verdict is Verdict.NOT_READY
