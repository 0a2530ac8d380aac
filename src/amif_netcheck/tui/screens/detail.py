"""One row at length, where there is no room for it beside the list."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Footer

from amif_netcheck.advice.language import N_
from amif_netcheck.tui.messages import Again, Watch
from amif_netcheck.tui.screens.fix import FixPage
from amif_netcheck.tui.screens.page import Page
from amif_netcheck.tui.screens.signal import SignalPage
from amif_netcheck.tui.screens.sound_test import SoundTestPage
from amif_netcheck.tui.session import Session
from amif_netcheck.tui.widgets.detail import Detail


class DetailPage(Page[None]):
    """All about one row."""

    BINDINGS = [  # noqa: RUF012 - Textual's
        Binding("escape,left,backspace", "dismiss", N_("Back")),
        Binding("r", "again", N_("Again")),
        Binding("n", "next(1)", N_("Next")),
        Binding("p", "next(-1)", N_("Previous"), show=False),
        Binding("f", "fix", N_("Fix")),
        Binding("w", "watch", N_("Watch")),
        Binding("g", "signal", N_("Signal")),
        Binding("m", "sound_test", N_("Test")),
        Binding("x", "expert", N_("Experts")),
    ]

    def __init__(self, session: Session, check: str) -> None:
        super().__init__(session)
        self._check = check

    def compose(self) -> ComposeResult:
        """See Textual."""
        yield Detail(self.session, self._check)
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Arrows scroll from the start."""
        self.query_one(Detail).focus()

    def show(self) -> None:
        """See `Page`."""
        self.query_one(Detail).show()

    def show_progress(self) -> None:
        """See `Page`."""
        self.query_one(Detail).show_readings()

    def action_again(self) -> None:
        """Check this row again."""
        self.post_message(Again(self.query_one(Detail).check))

    def action_fix(self) -> None:
        """See what the program can do about this row itself."""
        self.app.push_screen(FixPage(self.session, self.query_one(Detail).check))

    def action_watch(self) -> None:
        """Let the row turn by itself, or stop that."""
        self.post_message(Watch(self.query_one(Detail).check))

    def action_next(self, step: int) -> None:
        """Go to the next row, or to the one before."""
        checks = list(self.session.rows)
        detail = self.query_one(Detail)
        detail.show(checks[(checks.index(detail.check) + step) % len(checks)])
        self.refresh_bindings()

    def action_signal(self) -> None:
        """Watch the Wi-Fi signal while walking with the computer."""
        self.app.push_screen(SignalPage(self.session))

    def action_sound_test(self) -> None:
        """Go to the sound test."""
        self.app.push_screen(SoundTestPage(self.session))

    def action_expert(self) -> None:
        """Show or hide what experts want to see."""
        detail = self.query_one(Detail)
        detail.expert = not detail.expert
        detail.show()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a run goes on, nothing can be checked again: the key is grey."""
        del parameters
        if action == "signal":
            return self.is_mounted and self.session.can_walk(self.query_one(Detail).check)
        if action == "sound_test":
            return self.is_mounted and self.session.can_test_sound(self.query_one(Detail).check)
        if action == "fix":
            return self.is_mounted and self.session.can_fix(self.query_one(Detail).check)
        if action == "watch":
            return self.is_mounted and self.session.can_watch(self.query_one(Detail).check)
        return None if action == "again" and self.session.running else True
