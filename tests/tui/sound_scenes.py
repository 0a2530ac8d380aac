"""A sound test that gives its cues when it is told to, and the app's page of it."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import AsyncIterator
from dataclasses import replace

from msgspec import structs

from amif_netcheck import demo
from amif_netcheck.model.facts import NOT_REQUESTED, Fact, Recording, SoundCue, SoundTestFacts, Unavailable
from amif_netcheck.model.live import MICROPHONE, PLAYED, STEP_LEFT
from amif_netcheck.probes.context import Context, SoundTest
from amif_netcheck.run.plan import RunPlan
from amif_netcheck.run.probing import ProbeSpec
from amif_netcheck.sound.recorder import ReplayableRecording
from amif_netcheck.tui.screens.checklist import Rows
from amif_netcheck.tui.screens.sound_test import SoundTestScreen
from tests.tui.scenes import Driven, driven

GOOD_VOICE = Recording(
    seconds=3.0,
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
GOOD = SoundTestFacts(recording=GOOD_VOICE, played_back=True)
AGAIN = "Entrée refait l’essai"


class Test:
    """Speaks its cues one by one, and shows the same level all the time; its recording can be kept."""

    __test__ = False

    def __init__(
        self, tested: SoundTestFacts = GOOD, *, level: float = -22.0, kept: ReplayableRecording | None = None
    ) -> None:
        self.tested, self.level, self.kept = tested, level, kept
        self.go = threading.Semaphore(0)
        self.asked: list[SoundTest] = []
        self.stopped = threading.Event()

    def __call__(self, context: Context, until: float) -> Fact | Unavailable:
        self.asked.append(context.sound_test)
        listens = self.tested.echo != NOT_REQUESTED
        for cue in SoundCue if listens else (SoundCue.SPEAK, SoundCue.LISTEN):
            of = PLAYED if cue is SoundCue.LISTEN else MICROPHONE
            with contextlib.ExitStack() as shown:
                for name, value in (
                    (f"{of}_dbfs", self.level),
                    (f"{of}_peak_dbfs", self.level + 12),
                    (f"{of}_clipped_pct", 0.0),
                    (STEP_LEFT, 2.4),
                ):
                    shown.enter_context(context.live.published(name, lambda value=value: value))  # type: ignore[misc]
                context.on_cue(cue)
                while not self.go.acquire(timeout=0.02):
                    if context.stop.is_set():
                        self.stopped.set()
                        return self.tested
        if self.kept is not None and context.on_recorded is not None:
            context.on_recorded(self.kept)
        return self.tested


def on(scenario: str, test: Test) -> RunPlan:
    wanted = demo.plan(scenario, system="macos", speed=demo.AT_ONCE)
    probes = {**wanted.probes, "sound_test": ProbeSpec(test, 1.0, 60.0, 1.0, 60.0)}
    return replace(wanted, probes=probes, timeout_s=60.0, demo="")


async def open_page(it: Driven) -> SoundTestScreen:
    await it.done()
    it.app.screen.query_one(Rows).index = list(it.session.rows).index("headset")
    await it.press("m")
    page = it.app.screen
    assert isinstance(page, SoundTestScreen)
    return page


@contextlib.asynccontextmanager
async def opened(
    test: Test, language: str = "fr", scenario: str = "ready", **more: object
) -> AsyncIterator[Driven]:
    async with driven(on(scenario, test), language, **more) as it:  # type: ignore[arg-type]
        await open_page(it)
        yield it


async def through(it: Driven, test: Test, words: str = AGAIN) -> None:
    """Do the whole test."""
    test.go.release(len(SoundCue))
    await it.pilot.press("enter")
    await it.until(lambda: words in it.screen())
