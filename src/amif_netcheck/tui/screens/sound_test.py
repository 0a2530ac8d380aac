"""The sound test, guided: speak, be quiet, listen; then what was heard. Nothing is recorded before the person starts it."""

from __future__ import annotations

import asyncio
import contextlib

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.css.query import NoMatches
from textual.widgets import Footer

from amif_netcheck import engine
from amif_netcheck.advice.language import N_
from amif_netcheck.advice.lookup import say
from amif_netcheck.advice.sound_test import CUES
from amif_netcheck.advice.verdicts import worst_first
from amif_netcheck.model.events import CheckDone, RunDone
from amif_netcheck.model.facts import SoundCue
from amif_netcheck.model.report import CheckResult
from amif_netcheck.tui.drawn import Words
from amif_netcheck.tui.screens.page import Page
from amif_netcheck.tui.session import Session

CHECK = "headset"
_CODES = f"{CHECK}.test_"
BEFORE = N_(
    "Enter starts the test: you speak for four seconds, then be quiet while two short sounds are played, then you hear "
    "yourself. Nothing is kept, nothing is sent."
)


class SoundTestPage(Page[None]):
    """Waits for Enter; Esc stops a test at once."""

    BINDINGS = [  # noqa: RUF012 - Textual's
        Binding("escape,left", "dismiss", N_("Back")),
        Binding("enter", "start", N_("Start")),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.cue: SoundCue | None = None
        self.under_way = False
        self._result: CheckResult | None = None

    def compose(self) -> ComposeResult:
        """See Textual."""
        text = self.session.language.text
        with VerticalScroll():
            yield Words(text("Sound test"), classes="title")
            if self.under_way:
                yield Words(text(CUES[self.cue]) if self.cue else text("One moment…"), classes="cue")
            elif self._result is None:
                yield Words(text(BEFORE))
            else:
                yield from self._outcome(self._result)
        yield Footer(compact=True, show_command_palette=False)

    def _outcome(self, result: CheckResult) -> ComposeResult:
        session, text = self.session, self.session.language.text
        findings = [finding for finding in worst_first(result) if finding.code.startswith(_CODES)]
        for finding in findings or worst_first(result):
            said = say(finding, session.language, session.system)
            yield Words(said.summary, classes="summary")
            if said.meaning:
                yield Words(said.meaning)
            for number, step in enumerate(said.steps, start=1):
                yield Words(f"{number}. {step}")
        yield Words(text("Enter does the test again."), classes="muted")

    def show(self) -> None:
        """See `Page`."""
        self.refresh(recompose=True)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """One test at a time."""
        del parameters
        return None if action == "start" and (self.under_way or self.session.running) else True

    def action_start(self) -> None:
        """Begin."""
        if not self.under_way:
            self.under_way, self.cue, self._result = True, None, None
            self.show()
            self.refresh_bindings()
            self.run_worker(self._test(), exclusive=True)

    async def _test(self) -> None:
        loop = asyncio.get_running_loop()

        def told(cue: SoundCue) -> None:  # in the probe's thread
            with contextlib.suppress(RuntimeError):  # the app has ended
                loop.call_soon_threadsafe(self._told, cue)

        async with contextlib.aclosing(engine.run(engine.with_sound_test(self.session.plan, told))) as events:
            async for event in events:
                if isinstance(event, CheckDone) and event.result.id == CHECK:
                    self._result = event.result
                elif isinstance(event, RunDone) and not self.session.running:
                    self.session.renew(event.report)
        self.under_way = False
        with contextlib.suppress(NoMatches):  # it is being taken down
            self.show()
            self.refresh_bindings()

    def _told(self, cue: SoundCue) -> None:
        self.cue = cue
        if self.is_mounted:
            self.show()
