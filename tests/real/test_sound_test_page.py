"""The app's page of the sound test on real sound servers: what it shows while one speaks, and that it lets go."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from amif_netcheck import platforms
from amif_netcheck.model.facts import Recording, SoundCue, SoundTestFacts, Unavailable
from amif_netcheck.model.report import Mode
from amif_netcheck.probes.context import Context
from amif_netcheck.run.plan import RunPlan
from amif_netcheck.sound import recorder
from amif_netcheck.tui.screens.sound_test import SoundTestScreen
from tests.real.sound_server import SERVERS, SoundServer
from tests.real.spoken import speech, truth_dbfs
from tests.tui.scenes import Driven, driven

pytestmark = [
    pytest.mark.real("pactl", "paplay", "sox", "espeak-ng", "libportaudio"),
    pytest.mark.timeout(150),
    pytest.mark.xdist_group("busy"),
]

LEVEL_DB = 1.5
SPOKEN_DB = 3.0
"""A tenth of a second against the recording's frames of 20 ms: short peaks are evened out."""
"""Not by the end of the test, which takes three times as long; a busy machine needs a moment."""
CHILD = "amif_netcheck.sound.child"


@pytest.fixture(params=SERVERS)
def server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[SoundServer]:
    with SoundServer(request.param) as running:
        heard_by(running, monkeypatch)
        yield running


@pytest.fixture
def pulseaudio(monkeypatch: pytest.MonkeyPatch) -> Iterator[SoundServer]:
    with SoundServer("pulseaudio") as running:
        heard_by(running, monkeypatch)
        yield running


def heard_by(server: SoundServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """This process, in which the app runs, and its children speak to this server alone."""
    for name in ("PULSE_SERVER", "PIPEWIRE_REMOTE", "DISPLAY", "SSH_CONNECTION", "SSH_TTY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)


@asynccontextmanager
async def opened() -> AsyncIterator[tuple[Driven, SoundTestScreen]]:
    """The page, in an app that has looked at this computer's sound."""
    plan = RunPlan(
        context=Context(platform=platforms.current(), offline=True),
        asked=("headset",),
        mode=Mode.PARTIAL,
    )
    async with driven(plan, "en", (100, 40)) as it:
        await it.done()
        await it.press("m")
        page = it.app.screen
        assert isinstance(page, SoundTestScreen)
        yield it, page


def says(it: Driven, *words: str) -> bool:
    return any(each in it.screen() for each in words)


def streams(server: SoundServer, what: str) -> int:
    return len(server.control("list", "short", what).splitlines())


def recorders() -> int:
    """Processes of ours that record or hold a recording."""
    return sum(map(_records, psutil.Process().children()))


def _records(process: psutil.Process) -> bool:
    try:
        return CHILD in process.cmdline()
    except psutil.NoSuchProcess:  # or one that has ended and is not collected yet
        return False


def mean_dbfs(levels: list[float]) -> float:
    return 10 * math.log10(sum(10 ** (each / 10) for each in levels) / len(levels))


async def test_what_the_meter_shows_is_what_is_recorded(server: SoundServer, tmp_path: Path) -> None:
    server.headset()
    path = speech(tmp_path)
    server.play(path, "mouth")
    before = streams(server, "sink-inputs")
    async with opened() as (it, page):
        assert says(it, "You speak into: Jabra Evolve2 30 Mono")
        assert says(it, "You hear with: Jabra Evolve2 30\n")
        await it.pilot.press("enter")
        await it.until(lambda: page.state.cue is SoundCue.SPEAK)
        voice = page._history
        await it.until(lambda: page.state.cue is SoundCue.LISTEN)
        assert streams(server, "sink-inputs") >= before
        await it.until(lambda: says(it, "Enter does the test again"))
        tested = page._facts
        assert isinstance(tested, SoundTestFacts)
        assert isinstance(tested.recording, Recording)
        assert len(voice._levels) >= 15
        assert mean_dbfs(voice._levels) == pytest.approx(truth_dbfs(path), abs=LEVEL_DB)
        assert voice.spoken == pytest.approx(tested.recording.level_dbfs, abs=SPOKEN_DB)
        assert max(voice._peaks) == pytest.approx(tested.recording.peak_dbfs, abs=LEVEL_DB)
        assert says(it, "✓ Your voice")
        # Once more, and then it is gone.
        assert recorders() == 1
        await it.pilot.press("e")
        await it.until(lambda: streams(server, "sink-inputs") > before)
        await it.until(lambda: page._history.level is not None)
        await it.until(lambda: says(it, "Enter does the test again"))
        assert max(page._history._peaks) == pytest.approx(tested.recording.peak_dbfs, abs=LEVEL_DB)
        await it.pilot.press("escape")
        await it.until(lambda: recorders() == 0)
        await it.until(lambda: streams(server, "sink-inputs") == before)


@pytest.mark.parametrize("moment", ["speak", "quiet", "listen"])
async def test_esc_frees_the_microphone_at_once(pulseaudio: SoundServer, tmp_path: Path, moment: str) -> None:
    pulseaudio.laptop()
    pulseaudio.play(speech(tmp_path), "room")
    listening, playing = streams(pulseaudio, "source-outputs"), streams(pulseaudio, "sink-inputs")
    async with opened() as (it, page):
        await it.pilot.press("enter")
        await it.until(lambda: page.state.cue is SoundCue(moment))
        if moment != "listen":
            await it.until(lambda: streams(pulseaudio, "source-outputs") > listening)
        await it.pilot.press("escape")
        await it.until(lambda: recorders() == 0)
        await it.until(lambda: streams(pulseaudio, "source-outputs") == listening)
        await it.until(lambda: streams(pulseaudio, "sink-inputs") == playing)
        assert not isinstance(it.app.screen, SoundTestScreen)


async def test_a_sound_server_that_stops_is_said_and_esc_still_leaves(
    pulseaudio: SoundServer, tmp_path: Path
) -> None:
    pulseaudio.headset()
    pulseaudio.play(speech(tmp_path), "mouth")
    async with opened() as (it, page):
        await it.pilot.press("enter")
        await it.until(lambda: page.state.cue is SoundCue.SPEAK)
        with pulseaudio.stopped():
            await it.until(lambda: says(it, "nothing came from the microphone any more", "does not answer"))
            assert says(it, "1. Unplug your headset", "1. Restart the computer")
            assert recorders() == 0
            await it.pilot.press("enter")  # and now it does not even begin
            await it.until(lambda: page.state.running)
            await it.pilot.press("escape")
            await it.until(lambda: recorders() == 0 and not isinstance(it.app.screen, SoundTestScreen))


async def test_hearing_again_from_a_server_that_has_stopped_ends(
    pulseaudio: SoundServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pulseaudio.headset()
    pulseaudio.play(speech(tmp_path), "mouth")
    async with opened() as (it, _):
        await it.pilot.press("enter")
        await it.until(lambda: says(it, "e plays the recording again"))
        monkeypatch.setattr(recorder, "_BEGINS_S", 0.5)
        with pulseaudio.stopped():
            await it.pilot.press("e")
            await it.until(lambda: not says(it, "e plays the recording again"))
            await it.until(lambda: says(it, "Enter does the test again"))
            await it.until(lambda: recorders() == 0)


async def test_a_headset_that_is_pulled_out_is_said(pulseaudio: SoundServer, tmp_path: Path) -> None:
    modules = pulseaudio.headset()
    pulseaudio.play(speech(tmp_path), "mouth")
    async with opened() as (it, page):
        await it.pilot.press("enter")
        await it.until(lambda: page.state.cue is SoundCue.SPEAK and page._history.level is not None)
        for module in modules:
            pulseaudio.unload(module)
        await it.until(lambda: says(it, "Enter does the test again"))
        assert says(it, "the microphone went away", "nothing came from the microphone"), it.screen()
        assert says(it, "1. Look whether your headset", "1. Unplug your headset")
        assert not says(it, "You will be heard well", "✓ Your voice")


async def test_a_microphone_that_is_off_is_said(pulseaudio: SoundServer, tmp_path: Path) -> None:
    pulseaudio.headset()
    pulseaudio.control("set-source-mute", "headset_mic", "1")
    pulseaudio.play(speech(tmp_path), "mouth")
    async with opened() as (it, _):
        assert says(it, "The microphone is switched off: nobody will hear you.")
        await it.pilot.press("enter")
        await it.until(lambda: says(it, "nothing is heard: speak"))
        await it.until(lambda: says(it, "Enter does the test again"))
        assert says(it, "✗ Your voice      no sound at all")
        assert says(it, "1. Open Settings, “Sound”: under “Input”")


@pytest.mark.parametrize(
    ("microphone", "words"),
    [
        (True, "what this computer plays is chosen as its microphone"),
        (False, "no microphone could be opened"),
    ],
)
async def test_what_the_computer_plays_is_no_voice(
    pulseaudio: SoundServer, tmp_path: Path, *, microphone: bool, words: str
) -> None:
    """A monitor is the default source: chosen, or because there is nothing else. Somebody speaks in what is played."""
    _, entry = pulseaudio.headset()
    if not microphone:
        pulseaudio.unload(entry)
    pulseaudio.choose(source="headset.monitor")
    pulseaudio.play(speech(tmp_path), "headset")
    listening = streams(pulseaudio, "source-outputs")
    async with opened() as (it, page):
        assert says(it, "You speak into: none is chosen")
        await it.pilot.press("enter")
        await it.until(lambda: says(it, "Enter does the test again"))
        assert says(it, words)
        assert says(it, "1. ")
        assert isinstance(page._facts, SoundTestFacts)
        assert isinstance(page._facts.recording, Unavailable)
        assert streams(pulseaudio, "source-outputs") == listening
