"""The guided sound test, with a probe that gives its cues when it is told to."""

from __future__ import annotations

import threading
from dataclasses import replace
from functools import partial
from typing import cast

import pytest
from msgspec import structs

from amif_netcheck import demo
from amif_netcheck.advice.scenarios import SCENARIOS
from amif_netcheck.model.facts import (
    NOT_REQUESTED,
    Direction,
    Echo,
    HeadsetFacts,
    Reason,
    Recording,
    SoundCue,
    SoundObstacle,
    SoundTestFacts,
    Unavailable,
)
from amif_netcheck.probes.context import SoundTest
from amif_netcheck.run.probing import ProbeSpec
from amif_netcheck.sound.recorder import ReplayableRecording
from amif_netcheck.tui.screens.sound_test import SoundTestScreen
from amif_netcheck.tui.symbols import Symbols
from tests.tui.scenes import SIZES, Driven, driven
from tests.tui.sound_scenes import AGAIN, GOOD, GOOD_VOICE, NO_VOICE, Test, on, open_page, opened, through
from tests.tui.test_screens import compare, resized

pytestmark = pytest.mark.timeout(400)


def says(it: Driven, *words: str) -> bool:
    return all(each in it.screen() for each in words)


def at(page: SoundTestScreen, cue: SoundCue) -> bool:
    return page.state.cue is cue


def ended(page: SoundTestScreen) -> bool:
    return not page.state.running


async def test_it_is_guided_and_nothing_is_recorded_before_enter() -> None:
    test = Test()
    async with opened(test) as it:
        assert "Entrée lance l’essai" in it.screen()
        assert not test.asked
        await it.pilot.press("enter")
        await it.until(lambda: "▸ 1. Parlez, comme en réunion · 3 s" in it.screen())
        await it.until(lambda: "\n  bien\n" in it.screen())
        assert "dBFS" not in it.screen()
        await it.pilot.press("x")
        await it.until(lambda: "\n  bien\n  -22 dBFS\n" in it.screen())
        test.go.release()
        await it.until(lambda: "▸ 2. Écoutez : voilà comment on vous entend · 3 s" in it.screen())
        assert "✓ 1. Parlez" in it.screen()
        await it.until(lambda: "Ce que vous entendez" in it.screen() and "-22 dBFS\n" in it.screen())
        test.go.release()
        await it.until(lambda: AGAIN in it.screen())
        assert "on vous entendra bien" in it.screen().casefold()
        assert test.asked == [SoundTest.YES]
        assert it.session.report is not None
        assert isinstance(it.session.report.facts.sound_test, SoundTestFacts)
        await it.pilot.press("escape")
        await it.until(lambda: not isinstance(it.app.screen, SoundTestScreen))


@pytest.mark.parametrize(
    ("level", "words"),
    [(-50.0, "trop bas : parlez plus fort"), (-120.0, "rien n’est entendu"), (-20.0, "bien")],
)
async def test_the_meter_says_it_in_words(level: float, words: str) -> None:
    async with opened(Test(level=level)) as it:
        await it.pilot.press("enter")
        await it.until(lambda: f"\n  {words}" in it.screen())


async def test_old_terminals_have_a_meter_too() -> None:
    async with opened(Test(), symbols=Symbols.plain()) as it:
        await it.pilot.press("enter")
        await it.until(lambda: "█░" in it.screen() and "> 1. Parlez" in it.screen())
        assert not set("▸✓━") & set(it.screen())


async def test_the_devices_are_named_before_anybody_speaks_and_a_wrong_choice_is_said() -> None:
    async with opened(Test(), scenario="no-headset") as it:
        assert "Vous parlez dans : Micro MacBook Air\n" in it.screen()
        assert "Vous écoutez avec : Haut-parleurs MacBook Air\n" in it.screen()
        assert "est branché, mais cet ordinateur ne s’en sert" in " ".join(it.screen().split())
        assert "2. Taisez-vous" in it.screen()


async def test_a_devices_name_is_only_a_text() -> None:
    wanted = on("ready", Test())
    headset = demo.load("ready", "macos").facts.headset
    assert isinstance(headset, HeadsetFacts)
    assert not isinstance(headset.devices, Unavailable)
    named = tuple(
        structs.replace(each, name="[red]Micro[/]\x1b[31m") if each.direction is Direction.INPUT else each
        for each in headset.devices
    )
    answer = structs.replace(headset, devices=named)
    probes = {**wanted.probes, "headset": ProbeSpec(lambda *_: answer, 0.1, 60.0, 0.1, 60.0)}
    async with driven(replace(wanted, probes=probes)) as it:
        await open_page(it)
        assert r"Vous parlez dans : [red]Micro[/]\x1b[31m" in it.screen()


async def test_where_no_device_is_known_that_is_said() -> None:
    wanted = on("ready", Test())
    missing = HeadsetFacts(devices=Unavailable(reason=Reason.TIMEOUT), obstacle=SoundObstacle.STOPPED)
    probes = {**wanted.probes, "headset": ProbeSpec(lambda *_: missing, 0.1, 60.0, 0.1, 60.0)}
    async with driven(replace(wanted, probes=probes)) as it:
        await open_page(it)
        assert "Vous parlez dans : rien n’est choisi, ou son nom n’est pas connu" in it.screen()


@pytest.mark.parametrize("steps", range(3))
async def test_esc_stops_it_at_any_moment(steps: int) -> None:
    test = Test(structs.replace(GOOD, echo=Echo(heard=False)))
    async with opened(test) as it:
        await it.pilot.press("enter")
        for step in range(steps + 1):
            await it.until(partial(says, it, f"▸ {step + 1}."))
            if step < steps:
                test.go.release()
        await it.pilot.press("escape")
        await it.until(lambda: not isinstance(it.app.screen, SoundTestScreen))
        await it.until(test.stopped.is_set)


OUTCOMES = {
    "no_signal": (
        SoundTestFacts(recording=NO_VOICE),
        ("✗ Votre voix      aucun son", "1. Ouvrez Réglages Système"),
    ),
    "echo": (
        structs.replace(GOOD, echo=Echo(heard=True, delay_ms=38.0, strength_db=-12.4)),
        ("oui : les autres risquent de s’entendre\n", "1. Utilisez un casque"),
    ),
    "loud_echo": (
        structs.replace(GOOD, echo=Echo(heard=True, delay_ms=38.0, strength_db=2.0)),
        ("! Écho            oui, et fort : les autres risquent", "1. Utilisez un casque"),
    ),
    "faint_echo": (
        structs.replace(GOOD, echo=Echo(heard=True, delay_ms=38.0, strength_db=-42.0)),
        ("✓ Écho            presque aucun : la réunion l’enlève",),
    ),
    "no_echo": (structs.replace(GOOD, echo=Echo(heard=False)), ("✓ Écho            aucun\n",)),
    "no_echo_told": (
        structs.replace(GOOD, echo=Unavailable(reason=Reason.BLOCKED)),
        ("? Écho            n’a pas pu être mesuré", AGAIN),
    ),
    "no_speech": (
        structs.replace(GOOD, recording=structs.replace(GOOD_VOICE, speech=False)),
        ("? Votre voix      personne n’a parlé", "? Bruit           inconnu"),
    ),
    "clipped": (
        structs.replace(GOOD, recording=structs.replace(GOOD_VOICE, clipped_pct=2.0)),
        ("! Votre voix      trop forte, déformée\n", "baissez un peu le"),
    ),
    "not_played": (structs.replace(GOOD, played_back=False), ("? Vous réentendre rien n’a été joué",)),
    "monitor": (
        SoundTestFacts(recording=Unavailable(reason=Reason.NOT_PRESENT), obstacle=SoundObstacle.MONITOR),
        ("ce que joue l’ordinateur est choisi comme", "1. Ouvrez Réglages Système, « Son »"),
    ),
    "no_library": (
        SoundTestFacts(
            recording=Unavailable(reason=Reason.NOT_PRESENT),
            obstacle=SoundObstacle.NO_LIBRARY,
            package="libportaudio2",
        ),
        ("le paquet libportaudio2", "1. Installez le paquet libportaudio2"),
    ),
    "no_device": (
        SoundTestFacts(recording=Unavailable(reason=Reason.NOT_PRESENT), obstacle=SoundObstacle.NO_DEVICE),
        ("aucun microphone", "1. Branchez un casque"),
    ),
    "stopped": (
        SoundTestFacts(recording=Unavailable(reason=Reason.TIMEOUT), obstacle=SoundObstacle.STOPPED),
        ("ne répond pas", "1. Redémarrez"),
    ),
    "pulled_out": (
        SoundTestFacts(recording=Unavailable(reason=Reason.BLOCKED)),
        ("le microphone n’a plus rien donné", "1. Débranchez"),
    ),
    "unknown": (
        SoundTestFacts(recording=Unavailable(reason=Reason.ERROR)),
        ("pour une raison inconnue", "1. Refaites l’essai du son ; s’il échoue"),
    ),
}


@pytest.mark.parametrize("case", OUTCOMES)
async def test_every_outcome_says_what_to_do(case: str) -> None:
    tested, expected = OUTCOMES[case]
    test = Test(tested)
    async with opened(test, size=(100, 40)) as it:
        await through(it, test)
        for words in expected:
            assert words in it.screen()
        assert "amif-netcheck --sound-test" not in it.screen()
        assert "Entrée Recommencer" in it.screen()


FIGURES = (
    "-22 dBFS, au moins -36 dBFS (amif-netcheck, 2026)",
    "48 dB sous la voix, au moins 20 dB (amif-netcheck, 2026)",
    "-12,4 dB par rapport au son joué, 38 ms plus tard ; limite -30 dB (amif-netcheck, 2026)",
)


async def test_figures_are_for_those_who_ask_for_them() -> None:
    test = Test(structs.replace(GOOD, echo=Echo(heard=True, delay_ms=38.0, strength_db=-12.4)))
    async with opened(test, size=(120, 40)) as it:
        assert "x Experts" not in it.screen()
        assert "Entrée Commencer" in it.screen()
        await through(it, test, "Entrée refait l’essai ; x montre les chiffres.")
        assert "x Experts" in it.screen()
        assert "dB" not in it.screen()
        await it.pilot.press("x")
        await it.until(partial(says, it, *FIGURES))
        figures = list(it.app.screen.query(".figure"))
        assert {each.styles.color for each in figures} == {it.app.screen.query_one(".muted").styles.color}
        await it.pilot.press("x")
        await it.until(lambda: "dB" not in it.screen())


class Held:
    """A recording that is played until it is told to end."""

    def __init__(self) -> None:
        self.playing, self.lost = False, False
        self.plays = 0
        self.closed = threading.Event()

    def play(self) -> None:
        self.playing, self.plays = True, self.plays + 1

    def close(self) -> None:
        self.closed.set()


async def test_the_recording_can_be_heard_again_until_the_page_is_left() -> None:
    held = Held()
    test = Test(kept=cast("ReplayableRecording", held))
    async with opened(test) as it:
        assert "Réécouter" not in it.screen()
        await it.pilot.press("e")
        await through(it, test)
        await it.until(lambda: "e Réécouter" in it.screen())
        for count in (1, 2):
            await it.pilot.press("e")
            await it.until(lambda: "▸ 2. Écoutez" in it.screen())
            assert held.plays == count
            await it.pilot.press("e")
            assert held.plays == count
            held.playing = False
            await it.until(lambda: AGAIN in it.screen())
        assert not held.closed.is_set()
        held.lost = True  # by itself, after five minutes
        await it.until(held.closed.is_set)
        await it.until(lambda: "Réécouter" not in it.screen() and AGAIN in it.screen())


@pytest.mark.parametrize("key", ["escape", "enter"])
async def test_another_test_or_leaving_forgets_the_recording(key: str) -> None:
    held = Held()
    test = Test(kept=cast("ReplayableRecording", held))
    async with opened(test) as it:
        await through(it, test)
        await it.until(lambda: "e Réécouter" in it.screen())
        await it.pilot.press(key)
        await it.until(held.closed.is_set)


async def test_while_a_run_goes_on_it_waits_and_says_so() -> None:
    test = Test()
    async with opened(test) as it:
        it.session.running = True
        it.app._draw()
        it.app._refresh_keys()
        await it.until(partial(says, it, "La vérification est encore en cours"))
        await it.pilot.press("enter")
        await it.settled()
        assert not test.asked
        it.session.running = False
        it.app._draw()
        await it.pilot.press("enter")
        await it.until(partial(says, it, "▸ 1. Parlez"))


@pytest.mark.parametrize(
    ("scenario", "echo", "last"),
    [("no-headset", NOT_REQUESTED, "▸ 2. Écoutez"), ("ready", Echo(heard=False), "▸ 3. Écoutez")],
)
async def test_only_steps_that_were_taken_are_ticked(
    scenario: str, echo: Echo | Unavailable, last: str
) -> None:
    """A headset that was put on or taken off since the check."""
    test = Test(structs.replace(GOOD, echo=echo))
    async with opened(test, scenario=scenario) as it:
        test.go.release(1 if echo == NOT_REQUESTED else 2)
        await it.pilot.press("enter")
        await it.until(partial(says, it, last))
        assert says(it, "✓ 2. Taisez-vous") == (echo != NOT_REQUESTED)


async def test_the_language_changes_in_the_middle() -> None:
    async with opened(Test()) as it:
        await it.pilot.press("enter")
        await it.until(lambda: "bien" in it.screen())
        await it.pilot.press("l")
        await it.until(lambda: "▸ 1. Speak, as in a meeting · 3 s" in it.screen())
        await it.until(lambda: "\n  good\n" in it.screen())


@pytest.mark.parametrize("scenario", SCENARIOS)
async def test_a_demonstration_opens_no_microphone_and_ends_in_the_recorded_outcome(scenario: str) -> None:
    async with driven(demo.plan(scenario, speed=demo.AT_ONCE), size=(100, 50)) as it:
        await open_page(it)
        assert "Démonstration : aucun microphone n’est ouvert" in it.screen()
        await it.pilot.press("enter")
        await it.until(partial(says, it, AGAIN, "Votre voix", "Démonstration : rien n’a été joué"))
        assert "L’enregistrement" not in it.screen()
        assert "Réécouter" not in it.screen()


async def test_the_meter_moves_in_a_demonstration() -> None:
    wanted = demo.plan("ready", speed=demo.AT_ONCE)
    at_its_pace = demo.plan("ready").probes["sound_test"]
    levels: set[str] = set()
    async with driven(replace(wanted, probes={**wanted.probes, "sound_test": at_its_pace})) as it:
        await open_page(it)
        await it.pilot.press("enter")

        def ended_at_last() -> bool:
            levels.update(line.strip() for line in it.screen().splitlines() if line.startswith("  █"))
            return AGAIN in it.screen()

        await it.until(ended_at_last)
    assert len(levels) >= 2


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_recorded_test_shows_such_levels_as_it_found(scenario: str) -> None:
    wanted = demo.plan(scenario, speed=20)
    recording = demo.load(scenario).facts.sound_test
    assert isinstance(recording, SoundTestFacts)
    assert isinstance(recording.recording, Recording)
    cues: list[SoundCue] = []
    seen: dict[str, list[float]] = {}
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            for name, value in wanted.context.live.snapshot().items():
                seen.setdefault(name, []).append(value)

    thread = threading.Thread(target=look)
    thread.start()
    context = replace(wanted.context, on_cue=cues.append)
    assert wanted.probes["sound_test"].run(context, float("inf")) == recording
    done.set()
    thread.join()
    listened = isinstance(recording.echo, Echo)
    assert cues == (list(SoundCue) if listened else [SoundCue.SPEAK, SoundCue.LISTEN])
    heard = recording.recording
    for name in ("microphone_dbfs", "played_dbfs"):
        assert (
            heard.noise_dbfs - 0.1 <= min(seen[name]) < max(seen[name]) <= heard.level_dbfs + 1.1 or listened
        )
    assert max(seen["played_peak_dbfs"]) <= heard.peak_dbfs + 1.1
    assert wanted.context.live.snapshot() == {}


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_what_the_steps_look_like(language: str) -> None:
    """The steps stand still: the levels of this test never change."""
    facts = demo.load("no-headset").facts.sound_test
    assert isinstance(facts, SoundTestFacts)
    good = {"fr": "bien", "en": "good"}[language]
    for size in SIZES:
        test = Test(facts)
        async with opened(test, language, "no-headset") as it:
            page = it.app.screen
            assert isinstance(page, SoundTestScreen)
            await resized(it, size)
            compare(it.screen(), f"sound-test-before-{size}-{language}")
            await it.pilot.press("enter")
            for step in ("speak", "quiet", "listen"):
                await it.until(partial(at, page, SoundCue(step)))
                await it.until(partial(says, it, "██", " · 3 s"))
                if step == "speak":
                    await it.until(partial(says, it, f"\n  {good}\n"))
                await it.settled()
                compare(it.screen(), f"sound-test-{step}-{size}-{language}")
                test.go.release()
            await it.until(partial(ended, page))
            await it.settled()
            compare(it.screen(), f"sound-test-outcome-{size}-{language}")
