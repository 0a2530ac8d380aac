"""The Wi-Fi signal while the person walks with the laptop: one reading a second, closer or further."""

from __future__ import annotations

import contextlib

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.css.query import NoMatches

from amif_netcheck.advice.language import N_
from amif_netcheck.model.facts import Fact, ProximityFacts, Unavailable, WifiLink
from amif_netcheck.run import engine
from amif_netcheck.tui.screens.base import AppScreen
from amif_netcheck.tui.session import Session
from amif_netcheck.tui.widgets.gauge import Gauge
from amif_netcheck.tui.widgets.key_bar import KeyBar
from amif_netcheck.tui.widgets.text import PlainText

EVERY_S = 1.0
GOOD_PCT, WEAK_PCT = 66.0, 40.0
"""Of `signal_pct`: what a call wants, and where Wi-Fi is given up; the limits of the check, -67 and -80 dBm."""
MARKS = ((WEAK_PCT, N_("just")), (GOOD_PCT, N_("good")))
_NOTICED_PCT = 3.0
"""A smaller change between two seconds is no step of anybody's."""

CLOSER = N_("You are getting closer: go on.")
FURTHER = N_("You are moving away: turn back.")
STAY = N_("It is good here: stay at this place for the meeting.")
STEADY = N_("Walk slowly towards the box, with the computer open.")


def hint(readings: list[float]) -> str:
    """What the last readings say to somebody who walks, newest last."""
    newest = readings[-1]
    before = readings[-3:-1] or [newest]
    change = newest - sum(before) / len(before)
    if change <= -_NOTICED_PCT:
        return FURTHER
    if newest >= GOOD_PCT:
        return STAY
    return CLOSER if change >= _NOTICED_PCT else STEADY


class WifiSignalScreen(AppScreen[None]):
    """Reads until it is left."""

    BINDINGS = [Binding("escape,left,g", "leave", N_("Back"))]  # noqa: RUF012 - Textual's

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.readings: list[float] = []
        self._away = ""

    def compose(self) -> ComposeResult:
        """See Textual."""
        with Vertical(id="signal"):
            yield PlainText(id="signal-title", classes="title")
            yield PlainText(id="signal-demo", classes="watched")
            yield PlainText(id="signal-value", classes="summary")
            yield Gauge(self.session, marks=MARKS)
            yield PlainText(id="signal-hint", classes="summary")
            yield PlainText(id="signal-best", classes="muted")
        yield KeyBar()

    def on_mount(self) -> None:
        """Start to read."""
        self.show()
        self.run_worker(self._read(), exclusive=True)

    async def _read(self) -> None:
        looks = engine.look_again(self.session.plan, "proximity", every_s=EVERY_S)
        async with contextlib.aclosing(looks) as facts:
            async for fact in facts:
                self._take(fact)
                with contextlib.suppress(NoMatches):  # it is being taken down
                    self.show()

    def _take(self, fact: Fact | Unavailable) -> None:
        wifi = fact.wifi if isinstance(fact, ProximityFacts) else fact
        if isinstance(wifi, WifiLink) and not isinstance(wifi.signal_pct, Unavailable):
            self._away = ""
            self.readings.append(wifi.signal_pct)
        else:
            self._away = N_("The Wi-Fi signal can't be read at this moment.")

    def show(self) -> None:
        """See `AppScreen`."""
        language, text = self.session.language, self.session.language.text
        self.query_one("#signal-title", PlainText).set_text(text("The Wi-Fi signal, here and now"))
        if self.session.plan.demo:
            self.query_one("#signal-demo", PlainText).set_text(
                text("Demonstration: a recorded walk, not your signal.")
            )
        value, advice, best = text("Reading the signal…"), "", ""
        if self.readings:
            value = language.quantity(round(self.readings[-1]), "pct")
            advice = text(hint(self.readings))
            best = text("Best so far: {value}. For a call: {good} or more.").format(
                value=language.quantity(round(max(self.readings)), "pct"),
                good=language.quantity(GOOD_PCT, "pct"),
            )
        self.query_one("#signal-value", PlainText).set_text(text(self._away) if self._away else value)
        self.query_one("#signal-hint", PlainText).set_text("" if self._away else advice)
        self.query_one("#signal-best", PlainText).set_text(best)
        self.query_one(Gauge).refresh()
        self.query_one(Gauge).value = self.readings[-1] if self.readings and not self._away else None

    def action_leave(self) -> None:
        """Back to the list."""
        self.dismiss()
