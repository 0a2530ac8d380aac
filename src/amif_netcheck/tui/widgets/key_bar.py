"""The keys at the bottom."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Footer


class KeyBar(Footer):
    """Textual's footer, but composed anew only when one of its keys has changed, not whenever the focus moves."""

    def __init__(self) -> None:
        super().__init__(compact=True, show_command_palette=False)
        self._composed: list[tuple[Binding, bool]] = []

    def compose(self) -> ComposeResult:
        """See Textual, whose keys become compact one by one after they are mounted: each would be styled twice."""
        keys = list(super().compose())
        self._composed = self._keys() if keys else []
        for key in keys:
            yield key.add_class("-compact", update=False)

    async def recompose(self) -> None:
        """See Textual."""
        if self.is_attached and self._keys() != self._composed:
            await super().recompose()

    def _keys(self) -> list[tuple[Binding, bool]]:
        """The keys that are drawn, with their names at this moment, and whether they do something."""
        keys = self.screen.active_bindings.values()
        return [(key.binding, key.enabled) for key in keys if key.binding.show]
