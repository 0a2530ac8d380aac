"""Textual's command palette in the app's language, with the app's commands."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import Any, Protocol, cast

from textual.command import CommandList, CommandPalette, DiscoveryHit, Hit, Hits, Provider, SearchIcon
from textual.content import Content
from textual.widgets.option_list import Option

from amif_netcheck.advice.language import LANGUAGES, Language
from amif_netcheck.tui.commands import Command
from amif_netcheck.tui.session import Session


class CommandSource(Protocol):
    """What the palette asks of the app."""

    session: Session

    def commands(self) -> Iterator[Command]:
        """All commands, named in English."""

    def key_name(self, key: str) -> str:
        """A key as it stands on the keyboard."""


class Palette(CommandPalette):
    """Textual's command palette in the app's language; only one of its texts can't be given."""

    def __init__(self, language: Language, providers: Any = None) -> None:
        super().__init__(
            providers, placeholder=language.text("Search for a command…"), id="--command-palette"
        )
        self._language = language

    def on_mount(self) -> None:
        """Not every terminal has their magnifying glass, and none knows how wide it is."""
        self.query_one(SearchIcon).icon = ">"

    # Textual 8.2 writes this text where no argument reaches it.
    def _start_no_matches_countdown(self, search_value: str) -> None:
        self._stop_no_matches_countdown()

        def show() -> None:
            if search_value:
                words = Content(self._language.text("No such command"))
                self.query_one(CommandList).add_option(Option(words, disabled=True, id=self._NO_MATCHES))
            self._list_visible = bool(search_value)

        self._no_matches_timer = self.set_timer(self._NO_MATCHES_COUNTDOWN, show)


class Commands(Provider):
    """The app's commands: found by their names in all languages."""

    def _all(self) -> Iterator[tuple[str, set[str], Callable[[], Awaitable[None] | None]]]:
        app = cast("CommandSource", self.app)
        languages = [Language(code) for code in LANGUAGES]
        for name, command, key in app.commands():
            words = app.session.language.text(name)
            if key:
                words += f"  ({app.key_name(key)})"
            yield words, {language.text(name) for language in languages}, command

    async def discover(self) -> Hits:
        """All of them."""
        for words, _, command in self._all():
            yield DiscoveryHit(Content(words), command, text=words)

    async def search(self, query: str) -> Hits:
        """Those whose name matches."""
        matcher = self.matcher(query)
        for words, names, command in self._all():
            score = max(matcher.match(name) for name in names)
            if score > 0:
                yield Hit(score, matcher.highlight(words), command, text=words)
