"""The app: runs the plan, hands its events to the screens, and does what keys ask for."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.binding import Binding
from textual.css.query import NoMatches

from amif_netcheck.advice.fixes import say_from_afar
from amif_netcheck.advice.language import LANGUAGES, N_, Language
from amif_netcheck.model.events import CheckDone, CheckStarted, LiveValue, Progress, RunDone
from amif_netcheck.model.fix import FixOutcome
from amif_netcheck.model.report import Status
from amif_netcheck.output.escape import for_terminal
from amif_netcheck.run import engine, fixes
from amif_netcheck.run.plan import RunPlan
from amif_netcheck.tui.commands import Command
from amif_netcheck.tui.lifecycle import LifecycleApp
from amif_netcheck.tui.messages import Again, CarryOut, UseMeeting, Watch
from amif_netcheck.tui.palette import Commands, Palette
from amif_netcheck.tui.screens.base import AppScreen
from amif_netcheck.tui.screens.checklist import ChecklistScreen
from amif_netcheck.tui.session import FixInProgress, Session
from amif_netcheck.tui.themes import MONOCHROME, THEMES, colours_of, named

KEY_NAMES = {
    "f1": "F1",
    "enter": N_("Enter"),
    "escape": N_("Esc"),
    "left": "←",
    "space": N_("Space"),
    "question_mark": "?",
    "f2": "F2",
    "ctrl+v": "Ctrl+V",
    "y": N_("y"),
}
"""As they stand on French and English keyboards."""
_NO_MEETING_HERE = N_("A demonstration shows a recorded computer: no meeting can be chosen.")
_STILL_CHECKING = N_("One moment: the check is still under way.")
_NO_COLOURS = N_("This terminal is told to show no colours (NO_COLOR).")


def _look() -> str:
    """The stylesheet beside this file, which may lie in an archive, where Textual would not find it."""
    content: bytes = __spec__.loader.get_data(str(Path(__file__).with_name("look.tcss")))  # type: ignore[union-attr]
    return content.decode()


class NetcheckApp(LifecycleApp):
    """Reads the engine's events and nothing else."""

    TITLE = "amif-netcheck"
    CSS: ClassVar[str] = _look()
    COMMANDS = {Commands}  # noqa: RUF012 - Textual's
    ENABLE_COMMAND_PALETTE = True
    WATCH_EVERY_S: ClassVar[float] = 2.0
    WATCH_UNKNOWN_S: ClassVar[float] = 120.0
    """A row that is unknown for so long is not watched any more."""
    NOTIFICATION_S: ClassVar[float] = 20.0
    BINDINGS = [  # noqa: RUF012 - Textual's
        Binding("question_mark,f1", "help", N_("Help")),
        Binding("f2", "diagnostics", N_("IT desk"), show=False),
        Binding("l", "language", N_("Français")),
        Binding("t", "colours", N_("Colours"), show=False),
        Binding("q", "quit", N_("Quit")),
        Binding("ctrl+q", "quit", N_("Quit"), show=False, priority=True),
        Binding("ctrl+c", "interrupt", show=False, priority=True),
        Binding("ctrl+p", "command_palette", N_("Commands"), show=False, priority=True),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._to_check: FixInProgress | None = None
        self._checking: FixInProgress | None = None
        self.animation_level = "none"
        for theme, _ in THEMES:
            self.register_theme(theme)
        self.register_theme(MONOCHROME)
        usual = named(session.colours) or THEMES[0][0].name
        self.theme = self._styled_with = MONOCHROME.name if self.no_color else usual
        self.stylesheet.set_variables(self.get_css_variables())

    def get_default_screen(self) -> ChecklistScreen:
        """See Textual."""
        page = ChecklistScreen(self.session)
        page.fit(self.size)
        return page

    def refresh_css(self, animate: bool = True) -> None:  # noqa: FBT001, FBT002 - Textual's
        """See Textual, which styles all a second time at the start, for the colours that it has already."""
        if self._styled_with != self.theme:
            self._styled_with = self.theme
            super().refresh_css(animate)

    def on_mount(self) -> None:
        """Paint first, then measure."""
        for note in self.session.plan.notes:
            self.notify(for_terminal(note), timeout=self.NOTIFICATION_S, markup=False)
        self.follow_size()
        self.screen.call_after_refresh(self.screen.call_after_refresh, self.start, self.session.plan)

    def start(self, plan: RunPlan) -> None:
        """Run `plan`: all of it, or some rows again."""
        self.session.begin(plan)
        self._draw()
        self._refresh_keys()
        self.run_worker(self._measure(plan), group="run", exclusive=True, exit_on_error=True)

    async def _measure(self, plan: RunPlan) -> None:
        async with contextlib.aclosing(engine.run(plan)) as events:
            async for event in events:
                self.session.take(event)
                if isinstance(event, Progress | LiveValue):
                    self._draw_progress()
                elif isinstance(event, CheckStarted | CheckDone | RunDone):
                    self._draw()
        self._refresh_keys()
        for screen in self._screens():
            if isinstance(screen, ChecklistScreen):
                with contextlib.suppress(NoMatches):  # as below
                    screen.go_to_first()
                    screen.tell_checked(plan.asked)
        self.call_after_refresh(self._draw)  # a run that ends at once may end while the page is still put up
        self._after_run()

    def _after_run(self) -> None:
        """What a fix was for, and is there still, may go later: it is watched. A fix that ended meanwhile has its turn."""
        checked, self._checking = self._checking, None
        if (
            checked is not None
            and checked.result is not None
            and checked.result.outcome in {FixOutcome.DONE, FixOutcome.UNFINISHED}
            and checked.offer.request in self.session.requests(checked.check)
            and not self.session.watching
        ):
            self._watch(Watch(checked.check))
        waiting, self._to_check = self._to_check, None
        if waiting is not None:
            self.call_later(self._check_fixed, waiting)

    def _draw(self) -> None:
        for screen in self._screens():
            with contextlib.suppress(NoMatches):  # it is being put up or taken down, and draws itself
                screen.show()

    def _draw_progress(self) -> None:
        for screen in self._screens():
            with contextlib.suppress(NoMatches):  # as above
                screen.show_progress()

    def _refresh_keys(self) -> None:
        """Some keys rest while a run goes on."""
        for screen in self._screens():
            screen.refresh_bindings()

    def _screens(self) -> Iterator[AppScreen[None]]:
        return (screen for screen in self.screen_stack if isinstance(screen, AppScreen) and screen.is_mounted)

    # --- what keys do ----------------------------------------------------------------------------

    @on(Again)
    def _again(self, message: Again) -> None:
        if not self.session.running:
            self.start(self.session.plan.again((message.check,) if message.check else None))

    @on(UseMeeting)
    def _use_meeting(self, message: UseMeeting) -> None:
        if not self.session.running:
            self.session.plan = message.plan
            self.session.watching = ""
            for note in message.plan.notes:
                self.notify(for_terminal(note), timeout=self.NOTIFICATION_S, markup=False)
            self.start(message.plan.again())

    @on(CarryOut)
    def _carry_out(self, message: CarryOut) -> None:
        session, fixing = self.session, message.fixing
        if session.fixing is None:
            session.fixing = fixing
            session.fixed.append(fixing)
            self._refresh_keys()
            self.run_worker(self._fix(fixing), group="fix")

    async def _fix(self, fixing: FixInProgress) -> None:
        """The app's, not the page's: it ends also when the page is left."""
        session = self.session
        fixing.result = await fixes.carry_out(session.plan.context.platform, fixing.offer.fix)
        fixing.report, session.fixing = session.report, None
        if not (isinstance(self.screen, AppScreen) and self.screen.shows(fixing)):
            outcome = say_from_afar(fixing.offer.fix, fixing.result.outcome, session.language)
            self.notify(for_terminal(outcome), timeout=self.NOTIFICATION_S, markup=False)
        self._check_fixed(fixing)

    def _check_fixed(self, fixing: FixInProgress) -> None:
        if self.session.running:
            self._to_check = fixing
        else:
            self._checking = fixing
            self.start(self.session.plan.again((fixing.check,)))
        self._draw()

    @on(Watch)
    def _watch(self, message: Watch) -> None:
        session = self.session
        if session.watching == message.check:
            session.watching = ""
        elif session.can_watch(message.check):
            session.watching = message.check
            self.run_worker(self._keep_watch(message.check), group="watch", exclusive=True)
        self._draw()
        self._refresh_keys()

    async def _keep_watch(self, check: str) -> None:
        session = self.session
        last_known = time.monotonic()
        while session.watching == check:
            await asyncio.sleep(self.WATCH_EVERY_S)
            before = session.report
            if session.running or session.watching != check:
                continue
            async with contextlib.aclosing(engine.run(session.plan.again((check,)))) as events:
                async for event in events:
                    if isinstance(event, RunDone):
                        session.renew(event.report, before)
            result = session.rows[check].result
            if result is not None and result.status is not Status.UNKNOWN:
                last_known = time.monotonic()
            if not session.can_watch(check) or time.monotonic() - last_known > self.WATCH_UNKNOWN_S:
                session.watching = ""
                self._refresh_keys()
            self._draw()

    def action_help(self) -> None:
        """Open the help, or close it."""
        from amif_netcheck.tui.screens.help import HelpScreen

        self._toggle(HelpScreen)

    def action_diagnostics(self) -> None:
        """Open what the IT desk asks for, or close it."""
        from amif_netcheck.tui.screens.diagnostics import DiagnosticsScreen

        self._toggle(DiagnosticsScreen)

    def action_agenda(self) -> None:
        """Open the ordered list, or close it."""
        from amif_netcheck.tui.screens.agenda import AgendaScreen

        self._toggle(AgendaScreen)

    def action_meeting(self) -> None:
        """Ask for the meeting's link."""
        from amif_netcheck.tui.screens.meeting import MeetingScreen

        if self.session.read_meeting is None:
            self.notify(self.session.language.text(_NO_MEETING_HERE), markup=False)
        elif self.session.running:
            self.notify(self.session.language.text(_STILL_CHECKING), markup=False)
        else:
            self._toggle(MeetingScreen)

    def _toggle(self, kind: type[AppScreen[None]]) -> None:
        if isinstance(self.screen, kind):
            self.screen.dismiss()
        elif isinstance(self.screen, AppScreen):
            self.push_screen(kind(self.session))

    def action_language(self) -> None:
        """The other language, everywhere, at once."""
        codes = list(LANGUAGES)
        following = codes[(codes.index(self.session.language.code) + 1) % len(codes)]
        self.session.language = Language(following)
        for screen in self._screens():
            screen.retranslate()
        self._remember("", self.session.language.code)

    def action_colours(self) -> None:
        """The next set of colours."""
        names = [theme.name for theme, _ in THEMES]
        if self.theme in names:
            self._colour(names[(names.index(self.theme) + 1) % len(names)])
        else:
            self.notify(self.session.language.text(_NO_COLOURS), markup=False)

    def _colour(self, name: str) -> None:
        self.theme = name
        self._remember(colours_of(name), "")

    def _remember(self, colours: str, language: str) -> None:
        if self.session.remember is not None:
            self.session.remember(colours, language)

    def action_command_palette(self) -> None:
        """Textual's palette, in the session's language."""
        if isinstance(self.screen, AppScreen):
            self.push_screen(Palette(self.session.language))

    def commands(self) -> Iterator[Command]:
        """The palette's commands, named in English."""
        page = next(reversed(list(self._screens())), None)
        yield from page.commands() if page is not None else ()
        yield Command(N_("For the IT desk: facts, log, save the report"), self.action_diagnostics, "f2")
        yield Command(N_("What to do, in order"), self.action_agenda, "o")
        if self.session.read_meeting is not None:
            yield Command(N_("The meeting's link"), self.action_meeting, "v")
        yield Command(N_("Help"), self.action_help, "question_mark")
        yield Command(N_("Français"), self.action_language, "l")
        for theme, words in THEMES if not self.no_color else ():
            yield Command(words, partial(self._colour, theme.name), "t")
        yield Command(N_("Quit"), self.exit, "q")

    def key_name(self, key: str) -> str:
        """A key as it stands on the keyboard."""
        return self.session.language.text(KEY_NAMES.get(key, key))

    def get_key_display(self, binding: Binding) -> str:
        """See Textual."""
        name = KEY_NAMES.get(binding.key.split(",")[0])
        return super().get_key_display(binding) if name is None else self.session.language.text(name)
