"""The help: what the program does, and its keys."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal

from amif_netcheck.advice.language import N_
from amif_netcheck.tui.screens.base import AppScreen
from amif_netcheck.tui.widgets.key_bar import KeyBar
from amif_netcheck.tui.widgets.page_content import PageContent
from amif_netcheck.tui.widgets.text import PlainText

KEYS = (
    (N_("Up, Down"), N_("choose a line")),
    (N_("Enter"), N_("open it: what was found, and what to do")),
    (N_("Esc"), N_("go back")),
    ("?", N_("this help")),
    ("r", N_("check this line again")),
    ("f", N_("let this program do it, where it can: it tells you exactly what, and waits for your yes")),
    ("w", N_("watch this line: it turns green by itself once you have closed the VPN or the application")),
    ("g", N_("on the first line, with Wi-Fi: see the signal while you walk with the computer")),
    ("m", N_("on the headset's line: the sound test")),
    ("o", N_("what to do, in order, by the time that is left; and what helps when it is too short")),
    ("v", N_("type or paste the meeting's link, so that the way to it is checked")),
    ("a", N_("check everything again")),
    ("x", N_("codes and figures, for experts")),
    ("F2", N_("for the IT desk: facts, log; save or copy the report")),
    ("l", N_("Français")),
    ("t", N_("other colours: dark, light, high contrast, for colour-blind eyes")),
    ("Ctrl+P", N_("all commands, by name")),
    ("q", N_("quit")),
)


class HelpScreen(AppScreen[None]):
    """Scrolls; any of the keys that open it closes it too."""

    BINDINGS = [Binding("escape,f1,question_mark,left", "dismiss", N_("Back"))]  # noqa: RUF012 - Textual's

    def compose(self) -> ComposeResult:
        """See Textual."""
        yield PageContent(self._all)
        yield KeyBar()

    def show(self) -> None:
        """See `AppScreen`."""
        self.query_one(PageContent).refresh(recompose=True)

    def _all(self) -> ComposeResult:
        text = self.session.language.text
        yield PlainText(text("Help"), classes="title")
        yield PlainText(
            text(
                "This program checks, before a videoconference, whether this computer and its connection are ready, "
                "and says what to fix first. It changes nothing on the computer unless you say yes to it."
            )
        )
        yield PlainText(text("Keys"), classes="heading")
        for key, words in KEYS:
            yield Horizontal(
                PlainText(text(key), classes="key"), PlainText(text(words), classes="step"), classes="line"
            )
        yield PlainText(
            text("The mouse works as well: click a line, or a key at the bottom."), classes="muted"
        )
        yield PlainText(text("What the symbols mean"), classes="heading")
        for status, words in MEANINGS:
            yield Horizontal(
                PlainText(self.session.symbols.marks[status], classes=f"key -{status}"),
                PlainText(text(words), classes="step"),
                classes="line",
            )


MEANINGS = (
    ("ok", N_("fine")),
    ("info", N_("not as advised, but nothing shows that the meeting will suffer")),
    ("warning", N_("will probably be noticed in the meeting")),
    ("critical", N_("to fix before the meeting: you would not be heard or seen")),
    ("unknown", N_("could not be told; that is nobody's fault")),
)
