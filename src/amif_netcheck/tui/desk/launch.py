"""Opens the table on a terminal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from textual.app import App
from textual.binding import Binding

from amif_netcheck.advice.language import Language
from amif_netcheck.desk.summary import Summary
from amif_netcheck.errors import ExitCode
from amif_netcheck.model.events import RunDone
from amif_netcheck.model.report import Report
from amif_netcheck.run.plan import RunPlan
from amif_netcheck.tui import symbols
from amif_netcheck.tui.app import KEY_NAMES, NetcheckApp
from amif_netcheck.tui.desk.handled import Handled
from amif_netcheck.tui.desk.overview import Overview
from amif_netcheck.tui.desk.screens import TableScreen
from amif_netcheck.tui.session import Session
from amif_netcheck.tui.themes import CONTRAST, THEMES

Load = Callable[[str], tuple[RunPlan, Report]]
"""The report in a file, and a plan of its computer."""


class DeskApp(App[None]):
    """The table, in the look of the app."""

    TITLE = "amif-netcheck"
    CSS: ClassVar[str] = NetcheckApp.CSS
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, overview: Overview, load: Load) -> None:
        super().__init__()
        self._overview, self._load = overview, load
        self.animation_level = "none"
        for theme, _ in THEMES:
            self.register_theme(theme)
        self.theme = CONTRAST.name if self.no_color else THEMES[0][0].name

    def get_default_screen(self) -> TableScreen:
        """See Textual."""
        return TableScreen(self._overview, self._session)

    def get_key_display(self, binding: Binding) -> str:
        """See Textual: as it stands on the keyboard."""
        named = KEY_NAMES.get(binding.key.split(",")[0])
        return self._overview.language.text(named) if named else super().get_key_display(binding)

    def _session(self, file: str) -> Session:
        plan, report = self._load(file)
        session = Session(plan, self._overview.language, symbols=symbols.of_terminal())
        session.take(RunDone(report=report))
        return session


def run(summary: Summary, language: Language, load: Load, marks: Path | None) -> ExitCode:
    """Show the table until the person leaves it."""
    DeskApp(Overview(tuple(summary.attendees), language, Handled(marks)), load).run()
    return ExitCode.READY
