"""What the list and an open line share: what can be done about the line at hand, by key and by name, and why a key rests."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

from textual.binding import Binding
from textual.css.query import NoMatches
from textual.events import Key

from amif_netcheck.advice.language import N_
from amif_netcheck.tui.commands import Command
from amif_netcheck.tui.messages import Again, Watch
from amif_netcheck.tui.screens.base import AppScreen
from amif_netcheck.tui.session import Session
from amif_netcheck.tui.widgets.detail import Detail

_EXCUSED_S = 5.0
STOP_WATCHING = N_("Stop watching")
_SOMETIMES = {"f": "fix", "w": "watch", "g": "signal", "m": "sound_test"}
"""Keys that the help tells of, and that do nothing on most lines."""
_WHERE = {
    "signal": N_("The Wi-Fi signal can be watched on the line of the distance to the box, with Wi-Fi."),
    "sound_test": N_("The sound test: choose the headset's line first."),
    "watch": N_("Watching is for the lines of the VPN, of sound and of the headset, while they are not OK."),
}
_COMMANDS = (
    (N_("Check this line again"), "again", "r"),
    (N_("Let this program do it"), "fix", "f"),
    (N_("Watch this line"), "watch", "w"),
    (N_("The Wi-Fi signal, while you walk"), "signal", "g"),
    (N_("Sound test"), "sound_test", "m"),
    (N_("For experts: codes and figures"), "expert", "x"),
    (N_("Check everything again"), "all_again", "a"),
)


NOTHING_FROM_HERE = N_("Nothing can be done from here about this line: follow its steps.")
"""On the list, which does not show them all."""
FOLLOW_THE_STEPS = N_("This program can't do that for you: follow the steps.")


def excuse(session: Session, check: str, action: str) -> str:
    """Why `action` does nothing now on the line of `check`, in English; and where it does something."""
    row = session.rows[check]
    if session.running or session.report is None or row.result is None:
        return N_("One moment: the check is still under way.")
    if action == "fix" and session.fixing is not None:
        return N_("One moment: this program is still at what you said yes to.")
    if action in _WHERE:
        return _WHERE[action]
    if row.result.status.value == "ok":
        return N_("This line is OK: there is nothing to do.")
    return NOTHING_FROM_HERE


class RowScreen(AppScreen[None]):
    """A page with a line at hand, `selected_check`, and a `Detail` of it."""

    shows_steps = False
    """Does all that is to be done about that line stand on it?"""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._excused = ("", 0.0)

    @property
    def selected_check(self) -> str:
        """The check of the line at hand."""
        raise NotImplementedError

    def on_screen_resume(self) -> None:
        """Whatever was over it may have renewed the line: the sound test does."""
        with contextlib.suppress(NoMatches):  # it is being put up, and draws itself
            self.show()
            self.refresh_bindings()

    def action_again(self) -> None:
        """Check the line again."""
        self.post_message(Again(self.selected_check))

    def action_all_again(self) -> None:
        """Check everything again."""
        self.post_message(Again(None))

    def action_fix(self) -> None:
        """See what the program can do about this line itself."""
        from amif_netcheck.tui.screens.fix import FixScreen

        self.app.push_screen(FixScreen(self.session, self.selected_check))

    def action_watch(self) -> None:
        """Let the line turn by itself, or stop that."""
        self.post_message(Watch(self.selected_check))

    def action_signal(self) -> None:
        """Watch the Wi-Fi signal while walking with the computer."""
        from amif_netcheck.tui.screens.wifi_signal import WifiSignalScreen

        self.app.push_screen(WifiSignalScreen(self.session))

    def action_sound_test(self) -> None:
        """Go to the sound test."""
        from amif_netcheck.tui.screens.sound_test import SoundTestScreen

        self.app.push_screen(SoundTestScreen(self.session))

    def action_expert(self) -> None:
        """Show or hide what experts want to see."""
        self.query_one(Detail).toggle_expert()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a run goes on, nothing can be checked again: the keys are grey."""
        del parameters
        session = self.session
        if action in _SOMETIMES.values() and not self.is_mounted:
            return False
        if action == "signal":
            return session.can_walk(self.selected_check)
        if action == "sound_test":
            return session.can_test_sound(self.selected_check)
        if action == "fix":
            return session.can_fix(self.selected_check)
        if action == "watch":
            return session.can_watch(self.selected_check)
        return None if action in {"again", "all_again"} and session.running else True

    def name_of(self, binding: Binding) -> str:
        """See `AppScreen`; the key that watches ends that too."""
        if binding.action == "watch" and self.is_mounted and self.session.watching == self.selected_check:
            return STOP_WATCHING
        return super().name_of(binding)

    def commands(self) -> Iterator[Command]:
        """See `AppScreen`: what the keys can do at this moment."""
        for name, action, key in _COMMANDS:
            if self.check_action(action, ()):
                watched = action == "watch" and self.session.watching == self.selected_check
                yield Command(STOP_WATCHING if watched else name, getattr(self, f"action_{action}"), key)

    def on_key(self, event: Key) -> None:
        """A key of the help that does nothing on this line says so."""
        action = _SOMETIMES.get(event.key, "")
        if not action or self.check_action(action, ()):
            return
        why = excuse(self.session, self.selected_check, action)
        words = self.session.language.text(
            FOLLOW_THE_STEPS if self.shows_steps and why == NOTHING_FROM_HERE else why
        )
        shown, until = self._excused
        if words != shown or time.monotonic() > until:
            self._excused = (words, time.monotonic() + _EXCUSED_S)
            self.app.notify(words, timeout=_EXCUSED_S, markup=False)
