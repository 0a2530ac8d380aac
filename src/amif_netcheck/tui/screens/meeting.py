"""The meeting's link, typed or pasted: what was understood is shown, and used on a second Enter alone."""

from __future__ import annotations

import asyncio

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.events import Paste
from textual.widgets import Input

from amif_netcheck.advice import input_errors
from amif_netcheck.advice.appointment import entitled
from amif_netcheck.advice.language import N_
from amif_netcheck.errors import InputError
from amif_netcheck.run.plan import RunPlan
from amif_netcheck.tui.messages import UseMeeting
from amif_netcheck.tui.screens.base import AppScreen
from amif_netcheck.tui.session import Session
from amif_netcheck.tui.widgets.key_bar import KeyBar
from amif_netcheck.tui.widgets.text import PlainText

_LONGEST = 2000
_LONGEST_TEXT = 500_000
NO_CLIPBOARD = N_(
    "The clipboard can't be read from here: paste with the terminal's own key, or type the link."
)


def first_line(pasted: str) -> str:
    """What stands for a pasted text that no link was found in."""
    return next((line.strip() for line in pasted.splitlines() if line.strip()), "")[:_LONGEST]


class LinkInput(Input):
    """One line; the clipboard is read when the person presses the key for it."""

    _pasted = ("", "")
    """The whole text, and the line that stands for it."""

    @property
    def meant(self) -> str:
        """What was typed, or the whole text whose link stands here: it may tell the meeting's time, too."""
        whole, shown = self._pasted
        return whole if whole and self.value == shown else self.value.strip()

    def _on_paste(self, event: Paste) -> None:
        """See Textual."""
        event.stop()
        event.prevent_default()
        self.take(event.text)

    def take(self, pasted: str) -> None:
        """Put the link of a pasted text in the place of what is there."""
        pasted = pasted[:_LONGEST_TEXT].strip()
        find_link = self.screen.session.find_link if isinstance(self.screen, MeetingScreen) else None
        is_text = len(pasted.split()) > 1
        link = find_link(pasted)[:_LONGEST] if find_link is not None and is_text else ""
        shown = link or first_line(pasted)
        self._pasted = (pasted, shown) if shown != pasted else ("", "")
        self.value = shown
        self.cursor_position = len(self.value)

    def action_paste(self) -> None:
        """See Textual, which has a clipboard of its own."""
        if isinstance(self.screen, MeetingScreen):
            self.screen.action_paste()


class MeetingScreen(AppScreen[None]):
    """Asks, shows what was understood, and hands it to the app."""

    BINDINGS = [  # noqa: RUF012 - Textual's
        Binding("escape", "dismiss", N_("Back")),
        Binding("ctrl+v", "paste", N_("Paste")),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._understood: RunPlan | None = None
        self._error: InputError | None = None
        self._no_clipboard = False

    def compose(self) -> ComposeResult:
        """See Textual."""
        with Vertical(id="meeting"):
            yield PlainText(id="meeting-title", classes="title")
            yield PlainText(id="meeting-how")
            yield LinkInput(max_length=_LONGEST, id="meeting-link", select_on_focus=False)
            yield PlainText(id="meeting-understood", classes="summary")
            yield PlainText(id="meeting-notes", classes="spoiler")
            yield PlainText(id="meeting-next", classes="cue")
        yield KeyBar()

    def on_mount(self) -> None:
        """Typing begins at once."""
        self.query_one(LinkInput).focus()
        self.show()

    def show(self) -> None:
        """See `AppScreen`."""
        language, text = self.session.language, self.session.language.text
        understood, notes, following = "", "", ""
        if self._error is not None:
            notes = input_errors.describe(self._error, language)
        elif self._no_clipboard:
            notes = text(NO_CLIPBOARD)
        elif self._understood is not None:
            plan = self._understood
            understood = entitled(plan.context.meeting, plan.appointment, self.session.now(), language)
            notes = "\n".join(plan.notes)
            following = text("Enter: use it, and check everything again. Esc: leave all as it was.")
        for name, words in (
            ("title", text("Your meeting")),
            (
                "how",
                text(
                    "Type the meeting's link, or paste it (Ctrl+V); the file of its invitation will do too. Then Enter."
                ),
            ),
            ("understood", understood),
            ("notes", notes),
            ("next", following),
        ):
            self.query_one(f"#meeting-{name}", PlainText).set_text(words)

    @on(Input.Changed)
    def _forget(self) -> None:
        """What was understood was another text."""
        self._understood = self._error = None
        self._no_clipboard = False
        self.show()

    @on(Input.Submitted)
    def _enter(self, submitted: Input.Submitted) -> None:
        if self._understood is not None:
            self.app.post_message(UseMeeting(self._understood))
            self.dismiss()
        elif submitted.value.strip():
            self.run_worker(self._read(self.query_one(LinkInput).meant), exclusive=True)

    async def _read(self, typed: str) -> None:
        read = self.session.read_meeting
        if read is None:
            return
        try:
            plan = await asyncio.to_thread(read, self.session.plan, typed, self.session.language)
        except InputError as error:
            self._error = error
        else:
            self._understood = plan
        self.show()

    def action_paste(self) -> None:
        """Read the clipboard, as the person has just asked."""
        self.run_worker(self._paste(), exclusive=True)

    async def _paste(self) -> None:
        read = self.session.read_clipboard
        try:
            pasted = await asyncio.to_thread(read) if read is not None else ""
        except OSError:
            pasted = ""
        if pasted.strip():
            self.query_one(LinkInput).take(pasted)
        else:
            self._no_clipboard = True
            self.show()
