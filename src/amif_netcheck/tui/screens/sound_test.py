"""The sound test, guided: speak, be quiet, listen; then what was heard. Nothing is recorded before the person starts it."""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import Iterator

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.css.query import NoMatches
from textual.widget import Widget

from amif_netcheck.advice.language import N_
from amif_netcheck.advice.lookup import say
from amif_netcheck.model.events import CheckDone, FactReady, RunDone
from amif_netcheck.model.facts import (
    NOT_REQUESTED,
    Direction,
    Fact,
    HeadsetFacts,
    Recording,
    SoundCue,
    SoundDevice,
    SoundTestFacts,
    Unavailable,
    is_worn,
)
from amif_netcheck.model.live import MICROPHONE, PLAYED, STEP_LEFT
from amif_netcheck.model.report import CheckResult
from amif_netcheck.run import engine
from amif_netcheck.run.plan import RunPlan, with_sound_test
from amif_netcheck.run.sound_test import Loudness, ReplayableRecording
from amif_netcheck.tui.screens.base import AppScreen
from amif_netcheck.tui.session import Session
from amif_netcheck.tui.sound_test_state import Phase, SoundTestState
from amif_netcheck.tui.widgets.key_bar import KeyBar
from amif_netcheck.tui.widgets.level_meter import LOUDNESS_WORDS, LevelHistory, LevelMeter
from amif_netcheck.tui.widgets.page_content import PageContent
from amif_netcheck.tui.widgets.sound_outcome import outcome
from amif_netcheck.tui.widgets.text import PlainText

CHECK = "headset"
LOOK_EVERY_S = 0.1
_SPOILERS = {
    f"{CHECK}.{code}"
    for code in (
        *("not_chosen", "input_elsewhere", "output_elsewhere", "no_microphone"),
        *("no_output", "input_muted", "output_muted"),
    )
}
"""What is known of the devices already, and would spoil the test."""

BEFORE = N_("Enter starts the test. What is recorded is neither kept nor sent.")
DEMONSTRATION = N_("Demonstration: no microphone is opened.")
BUSY = N_("The check is still under way; the sound test can begin when it has ended.")
WRONG = N_("Not the right ones? Choose others in the sound settings of this computer first.")
NONE_CHOSEN = N_("none is chosen, or its name is not known")
DEVICES = (
    (Direction.INPUT, N_("You speak into: {device}")),
    (Direction.OUTPUT, N_("You hear with: {device}")),
)
STEPS = {
    SoundCue.SPEAK: N_("Speak, as in a meeting"),
    SoundCue.QUIET: N_("Be quiet: two short sounds are played"),
    SoundCue.LISTEN: N_("Listen: this is how you are heard"),
}
OUTCOME = N_("The outcome")
HEAR_AGAIN = N_("e plays the recording again; it is gone after five minutes, or when you leave this page.")
AGAIN_OR_FIGURES = N_("Enter does the test again; x shows the figures.")
_METERED = {
    SoundCue.SPEAK: N_("What the microphone hears"),
    SoundCue.QUIET: N_("What the microphone hears"),
    SoundCue.LISTEN: N_("What is played to you"),
}


class SoundTestScreen(AppScreen[None]):
    """Waits for Enter; Esc stops a test at once."""

    BINDINGS = [  # noqa: RUF012 - Textual's
        Binding("escape,left", "dismiss", N_("Back")),
        Binding("enter", "start", N_("Start")),
        Binding("enter", "start_again", N_("Start again")),
        Binding("e", "hear_again", N_("Hear again")),
        Binding("x", "expert", N_("Experts")),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._headset: Fact | Unavailable | None = session.report.facts.headset if session.report else None
        self.state = SoundTestState(with_echo=not is_worn(self._devices()))
        self._plan: RunPlan | None = None
        self._result: CheckResult | None = None
        self._facts: SoundTestFacts | Unavailable = NOT_REQUESTED
        self._history = LevelHistory()
        self._recording: ReplayableRecording | None = None
        self._expert = False

    # --- what is drawn ---------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """See Textual."""
        yield PageContent(self.parts)
        yield KeyBar()

    def parts(self) -> Iterator[Widget]:
        """What `PageContent` shows at this moment."""
        text = self.session.language.text
        yield PlainText(text("Sound test"), classes="title")
        if self.session.plan.demo:
            yield PlainText(text(DEMONSTRATION), classes="watched")
        state = self.state
        if state.phase is Phase.OUTCOME and self._result is not None:
            yield from self._outcome(self._result)
            return
        for direction, words in DEVICES:
            name = self._named(direction) or text(NONE_CHOSEN)
            yield PlainText(text(words).format(device=name))
        if state.phase is Phase.READY:
            yield from self._before()
        with Vertical(id="steps"):
            yield from self._steps()
        if state.cue is not None:
            yield PlainText(text(_METERED[state.cue]), classes="heading")
            yield LevelMeter(self.session, self._history)
            yield PlainText(id="loudness")
            if self._expert:
                yield PlainText(id="level", classes="figure")
        elif state.running:
            yield PlainText(text("One moment…"), classes="cue")
        else:
            yield PlainText(text(BUSY if self.session.running else BEFORE), classes="cue")

    def _outcome(self, result: CheckResult) -> Iterator[Widget]:
        text, output = self.session.language.text, self._named(Direction.OUTPUT)
        yield from outcome(self._facts, result, output, self.session, expert=self._expert)
        if self._recording is not None:
            yield PlainText(text(HEAR_AGAIN))
        yield PlainText(
            text(AGAIN_OR_FIGURES if self._has_figures() else "Enter does the test again."), classes="muted"
        )

    def _has_figures(self) -> bool:
        """Are there any that are not shown?"""
        facts = self._facts
        return (
            not self._expert and isinstance(facts, SoundTestFacts) and isinstance(facts.recording, Recording)
        )

    def _before(self) -> Iterator[Widget]:
        """What may be wrong before anybody speaks."""
        session = self.session
        result = session.rows[CHECK].result
        for finding in (
            (finding for finding in result.findings if finding.code in _SPOILERS) if result else ()
        ):
            yield PlainText(say(finding, session.language, session.system).summary, classes="spoiler")
        yield PlainText(session.language.text(WRONG), classes="limit")

    @property
    def _cues(self) -> list[SoundCue]:
        """The steps of this test, in order."""
        return [cue for cue in SoundCue if cue is not SoundCue.QUIET or self.state.with_echo]

    def _line(self, cue: SoundCue, status: str) -> str:
        mark, number = self.session.symbols.marks[status], self._cues.index(cue) + 1
        return f"{mark} {number}. {self.session.language.text(STEPS[cue])}"

    def _steps(self) -> Iterator[Widget]:
        cues, current, text = self._cues, self.state.cue, self.session.language.text
        reached = cues.index(current) if current is not None else -1
        for number, cue in enumerate(cues):
            status = "ok" if number < reached else "measuring" if number == reached else "waiting"
            yield PlainText(
                self._line(cue, status),
                classes=f"guided -{status}",
                id="current" if cue is current else None,
            )
        last = f"{self.session.symbols.marks['waiting']} {len(cues) + 1}. {text(OUTCOME)}"
        yield PlainText(last, classes="guided -waiting")

    def _device(self, direction: Direction) -> SoundDevice | None:
        """The one that is chosen, as it was seen last."""
        defaults = (device for device in self._devices() if device.direction is direction and device.default)
        return next(defaults, None)

    def _devices(self) -> tuple[SoundDevice, ...]:
        headset = self._headset
        if not isinstance(headset, HeadsetFacts) or isinstance(headset.devices, Unavailable):
            return ()
        return tuple(device for device in headset.devices if device.plugged is not False)

    def _named(self, direction: Direction) -> str:
        device = self._device(direction)
        return device.name if device else ""

    def on_mount(self) -> None:
        """Arrows scroll; from now on the page looks at the readings, which cost nobody anything."""
        self.query_one(PageContent).focus()
        self.show()
        self.set_interval(LOOK_EVERY_S, self._look)

    def on_unmount(self) -> None:
        """Nothing is left of a recording."""
        self.state.go(Phase.LEFT)
        self._forget()

    def show(self) -> None:
        """See `AppScreen`."""
        for content in self.query(PageContent):
            content.refresh(recompose=True)

    def _look(self) -> None:
        """Show what is heard, and the time left."""
        state = self.state
        if state.phase is Phase.OUTCOME and self._recording is not None and self._recording.lost:
            self._forget()
            self._draw()
        if state.phase is Phase.REPLAYING and (self._recording is None or not self._recording.playing):
            self._end_replay()
        if state.cue is None or self._plan is None:
            return
        readings = self._plan.context.live.snapshot()
        self._history.take(readings)
        with contextlib.suppress(NoMatches):  # it is being drawn anew
            self._show_readings(state.cue, seconds_left=math.ceil(readings.get(STEP_LEFT, 0.0)))

    def _show_readings(self, cue: SoundCue, seconds_left: int) -> None:
        language, level, loudness = self.session.language, self._history.level, self._history.loudness
        self.query_one(LevelMeter).moved()
        judgement = self.query_one("#loudness", PlainText)
        judgement.set_text(language.text(LOUDNESS_WORDS[loudness]))
        judgement.update_classes({f"-{other.value}": other is loudness for other in Loudness})
        for figure in self.query("#level").results(PlainText):
            figure.set_text("" if level is None else language.quantity(round(level), "dbfs"))
        time_left = f" · {language.quantity(seconds_left, 's')}" if seconds_left else "…"
        self.query_one("#current", PlainText).set_text(self._line(cue, "measuring") + time_left)

    # --- what keys do ----------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """One test at a time."""
        del parameters
        if action == "hear_again":
            return self._recording is not None and not self._recording.playing
        if action == "expert":
            return self.state.running or isinstance(self._facts, SoundTestFacts)
        if action in {"start", "start_again"}:
            fits = (action == "start_again") == (self._result is not None)
            return None if fits and (self.state.running or self._is_busy()) else fits
        return True

    def _is_busy(self) -> bool:
        """Is something else under way that the test would get in the way of?"""
        return self.session.running or self.session.fixing is not None

    def action_expert(self) -> None:
        """Show or hide figures."""
        self._expert = not self._expert
        self._draw()

    def action_start_again(self) -> None:
        """Begin once more."""
        self.action_start()

    def action_start(self) -> None:
        """Begin."""
        if not self._is_busy() and self.state.go(Phase.STARTING):
            self._forget()
            self._result = None
            self._draw()
            self.run_worker(self._test(), exclusive=True)

    def action_hear_again(self) -> None:
        """Play the recording once more."""
        recording = self._recording
        if (
            recording is not None
            and not recording.playing
            and self.state.go(Phase.REPLAYING, SoundCue.LISTEN)
        ):
            recording.play()
            self._history = LevelHistory(PLAYED, is_voice=False)
            self._draw()

    # --- the test --------------------------------------------------------------------------------

    async def _test(self) -> None:
        loop = asyncio.get_running_loop()

        def on_cue(cue: SoundCue) -> None:  # in the probe's thread
            with contextlib.suppress(RuntimeError):  # the app has ended
                loop.call_soon_threadsafe(self._follow, cue)

        def on_recorded(recording: ReplayableRecording) -> None:  # there too
            try:
                loop.call_soon_threadsafe(self._keep, recording)
            except RuntimeError:
                recording.close()

        self._plan = with_sound_test(self.session.plan, on_cue, on_recorded)
        result: CheckResult | None = None
        since = self.session.report
        async with contextlib.aclosing(engine.run(self._plan)) as events:
            async for event in events:
                if isinstance(event, CheckDone) and event.result.id == CHECK:
                    result = event.result
                elif isinstance(event, FactReady) and event.path == f"facts.{CHECK}":
                    self._headset = event.fact
                    self.show()
                elif isinstance(event, RunDone):
                    self._facts = event.report.facts.sound_test
                    self.session.add_sound_test(event.report, since)
        if isinstance(self._facts, Unavailable) or not self._facts.played_back:
            self._forget()
        self._result = result
        self.state.go(Phase.READY if result is None else Phase.OUTCOME)
        self._draw()

    def _follow(self, cue: SoundCue) -> None:
        if self.state.go(Phase.TESTING, cue):
            prefix = PLAYED if cue is SoundCue.LISTEN else MICROPHONE
            self._history = LevelHistory(prefix, is_voice=cue is SoundCue.SPEAK)
            self.show()

    def _keep(self, recording: ReplayableRecording) -> None:
        if self.state.running:
            self._recording = recording
        else:
            recording.close()

    def _end_replay(self) -> None:
        self.state.go(Phase.OUTCOME)
        if self._recording is not None and self._recording.lost:
            self._forget()
        self._draw()

    def _forget(self) -> None:
        if self._recording is not None:
            self._recording.close()
            self._recording = None

    def _draw(self) -> None:
        if self.state.phase is not Phase.LEFT:
            self.show()
            self.refresh_bindings()
