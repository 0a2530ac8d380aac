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
from textual.widgets import Footer

from amif_netcheck.advice.language import N_
from amif_netcheck.advice.lookup import say
from amif_netcheck.measure.live import MICROPHONE, PLAYED, STEP_LEFT
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
)
from amif_netcheck.model.report import CheckResult
from amif_netcheck.probes.sound_test import is_worn
from amif_netcheck.run import engine
from amif_netcheck.run.plan import RunPlan, with_sound_test
from amif_netcheck.sound.recorder import ReplayableRecording
from amif_netcheck.tui.drawn import PlainText
from amif_netcheck.tui.screens.page import AppScreen
from amif_netcheck.tui.session import Session
from amif_netcheck.tui.widgets.body import Body
from amif_netcheck.tui.widgets.level_meter import LOUDNESS_WORDS, LevelHistory, LevelMeter
from amif_netcheck.tui.widgets.sound_outcome import outcome

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


class SoundTestPage(AppScreen[None]):
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
        self.cue: SoundCue | None = None
        self.under_way = False
        self._plan: RunPlan | None = None
        self._result: CheckResult | None = None
        self._tested: SoundTestFacts | Unavailable = NOT_REQUESTED
        self._headset: Fact | Unavailable | None = session.report.facts.headset if session.report else None
        self._hushed = False
        self._with_echo = not is_worn(self._devices())
        self._heard = LevelHistory()
        self._kept: ReplayableRecording | None = None
        self._left = False
        self._expert = False

    # --- what is drawn ---------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """See Textual."""
        yield Body(self.parts)
        yield Footer(compact=True, show_command_palette=False)

    def parts(self) -> Iterator[Widget]:
        """What `Body` shows at this moment."""
        text = self.session.language.text
        yield PlainText(text("Sound test"), classes="title")
        if self.session.plan.demo:
            yield PlainText(text(DEMONSTRATION), classes="watched")
        if self._result is not None and self.cue is None:
            yield from self._outcome(self._result)
            return
        for direction, words in DEVICES:
            name = self._named(direction) or text(NONE_CHOSEN)
            yield PlainText(text(words).format(device=name))
        if not self.under_way and self.cue is None:
            yield from self._before()
        with Vertical(id="steps"):
            yield from self._steps()
        if self.cue is not None:
            yield PlainText(text(_METERED[self.cue]), classes="heading")
            yield LevelMeter(self.session, self._heard)
            yield PlainText(id="loudness")
            if self._expert:
                yield PlainText(id="level", classes="figure")
        elif self.under_way:
            yield PlainText(text("One moment…"), classes="cue")
        else:
            yield PlainText(text(BUSY if self.session.running else BEFORE), classes="cue")

    def _outcome(self, result: CheckResult) -> Iterator[Widget]:
        text, output = self.session.language.text, self._named(Direction.OUTPUT)
        yield from outcome(self._tested, result, output, self.session, expert=self._expert)
        if self._kept is not None:
            yield PlainText(text(HEAR_AGAIN))
        yield PlainText(
            text(AGAIN_OR_FIGURES if self._has_figures() else "Enter does the test again."), classes="muted"
        )

    def _has_figures(self) -> bool:
        """Are there any that are not shown?"""
        tested = self._tested
        return (
            not self._expert
            and isinstance(tested, SoundTestFacts)
            and isinstance(tested.recording, Recording)
        )

    def _before(self) -> Iterator[Widget]:
        """What may be wrong before anybody speaks."""
        session = self.session
        result = session.rows[CHECK].result
        spoilers = [each for each in result.findings if each.code in _SPOILERS] if result else []
        for finding in spoilers:
            yield PlainText(say(finding, session.language, session.system).summary, classes="spoiler")
        yield PlainText(session.language.text(WRONG), classes="limit")

    @property
    def _listed(self) -> list[SoundCue]:
        return [cue for cue in SoundCue if cue is not SoundCue.QUIET or self._with_echo]

    def _line(self, cue: SoundCue, manner: str) -> str:
        mark, number = self.session.symbols.of[manner], self._listed.index(cue) + 1
        return f"{mark} {number}. {self.session.language.text(STEPS[cue])}"

    def _steps(self) -> Iterator[Widget]:
        listed, text = self._listed, self.session.language.text
        reached = listed.index(self.cue) if self.cue is not None else -1
        for number, cue in enumerate(listed):
            manner = "ok" if number < reached else "measuring" if number == reached else "waiting"
            yield PlainText(
                self._line(cue, manner),
                classes=f"guided -{manner}",
                id="current" if cue is self.cue else None,
            )
        last = f"{self.session.symbols.of['waiting']} {len(listed) + 1}. {text(OUTCOME)}"
        yield PlainText(last, classes="guided -waiting")

    def _device(self, direction: Direction) -> SoundDevice | None:
        """The one that is chosen, as it was seen last."""
        return next((each for each in self._devices() if each.direction is direction and each.default), None)

    def _devices(self) -> tuple[SoundDevice, ...]:
        headset = self._headset
        if not isinstance(headset, HeadsetFacts) or isinstance(headset.devices, Unavailable):
            return ()
        return tuple(each for each in headset.devices if each.plugged is not False)

    def _named(self, direction: Direction) -> str:
        device = self._device(direction)
        return device.name if device else ""

    def on_mount(self) -> None:
        """Arrows scroll; from now on the page looks at the readings, which cost nobody anything."""
        self.query_one(Body).focus()
        self.show()
        self.set_interval(LOOK_EVERY_S, self._look)

    def on_unmount(self) -> None:
        """Nothing is left of a recording."""
        self._left = True
        self._forget()

    def show(self) -> None:
        """See `AppScreen`."""
        for body in self.query(Body):
            body.refresh(recompose=True)

    def _look(self) -> None:
        """Show what is heard, and the time left."""
        if self.cue is None and self._kept is not None and self._kept.lost:
            self._forget()
            self._draw()
        if self.cue is None or self._plan is None:
            return
        if not self.under_way and (self._kept is None or not self._kept.playing):
            self._end_of_hearing_again()
            return
        language = self.session.language
        readings = self._plan.context.live.look()
        self._heard.take(readings)
        with contextlib.suppress(NoMatches):  # it is being drawn anew
            self.query_one(LevelMeter).moved()
            words, level = language.text(LOUDNESS_WORDS[self._heard.loudness]), self._heard.level
            judged = self.query_one("#loudness", PlainText)
            judged.say(words)
            judged.set_classes(f"-{self._heard.loudness.value}")
            for figure in self.query("#level").results(PlainText):
                figure.say("" if level is None else language.quantity(round(level), "dbfs"))
            left = math.ceil(readings.get(STEP_LEFT, 0.0))
            step = self.query_one("#current", PlainText)
            step.say(
                self._line(self.cue, "measuring") + (f" · {language.quantity(left, 's')}" if left else "…")
            )

    # --- what keys do ----------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """One test at a time."""
        del parameters
        if action == "hear_again":
            return self._kept is not None and not self._kept.playing
        if action == "expert":
            return self.under_way or self.cue is not None or isinstance(self._tested, SoundTestFacts)
        if action in {"start", "start_again"}:
            fits = (action == "start_again") == (self._result is not None)
            return None if fits and (self.under_way or self._rests()) else fits
        return True

    def _rests(self) -> bool:
        """Something else is under way that the test would get in the way of."""
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
        if self.under_way or self._rests():
            return
        self._forget()
        self.under_way, self.cue, self._result = True, None, None
        self._draw()
        self.run_worker(self._test(), exclusive=True)

    def action_hear_again(self) -> None:
        """Play the recording once more."""
        if self._kept is not None and not self._kept.playing:
            self._kept.play()
            self._told(SoundCue.LISTEN)
            self.refresh_bindings()

    # --- the test --------------------------------------------------------------------------------

    async def _test(self) -> None:
        loop = asyncio.get_running_loop()

        def told(cue: SoundCue) -> None:  # in the probe's thread
            with contextlib.suppress(RuntimeError):  # the app has ended
                loop.call_soon_threadsafe(self._told, cue)

        def recorded(kept: ReplayableRecording) -> None:  # there too
            try:
                loop.call_soon_threadsafe(self._keep, kept)
            except RuntimeError:
                kept.close()

        self._plan = with_sound_test(self.session.plan, told, recorded)
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
                    self._tested = event.report.facts.sound_test
                    self.session.add_sound_test(event.report, since)
        if isinstance(self._tested, Unavailable) or not self._tested.played_back:
            self._forget()
        self.under_way, self.cue, self._result = False, None, result
        self._draw()

    def _told(self, cue: SoundCue) -> None:
        self.cue = cue
        self._hushed = cue is SoundCue.QUIET or (self._hushed and cue is not SoundCue.SPEAK)
        if cue is not SoundCue.SPEAK:  # now it is known
            self._with_echo = self._hushed
        of = PLAYED if cue is SoundCue.LISTEN else MICROPHONE
        self._heard = LevelHistory(of, is_voice=cue is SoundCue.SPEAK)
        if not self._left:
            self.show()

    def _keep(self, kept: ReplayableRecording) -> None:
        if self._left or not self.under_way:
            kept.close()
        else:
            self._kept = kept

    def _end_of_hearing_again(self) -> None:
        self.cue = None
        if self._kept is not None and self._kept.lost:
            self._forget()
        self._draw()

    def _forget(self) -> None:
        if self._kept is not None:
            self._kept.close()
            self._kept = None

    def _draw(self) -> None:
        if not self._left:
            self.show()
            self.refresh_bindings()
