"""The link while it is measured: how fast answers come, as a running curve, and both rates as growing bars."""

from __future__ import annotations

from rich.cells import cell_len
from textual.app import RenderResult
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from amif_netcheck.advice.language import N_, SPACE
from amif_netcheck.tui.session import Session
from amif_netcheck.tui.sparkline import sparkline

_CURVE_LINES = 4
_LOW_MS = 50.0
"""The curve's full height is at least so much: a calm line looks calm."""
_SLOWEST_SCALE_MBIT_S = 10.0
_NAME_CELLS = 12
ANSWERS = N_("Answers in")
RATES = (("download_mbit_s", N_("Download")), ("upload_mbit_s", N_("Upload")))


def one_line(session: Session, cells: int, *, longest: int) -> str:
    """The same in a line of its own: `Answers 18 ms ▂▂▃▂  Download 84 Mbit/s`.

    The curve takes what the words leave of `cells`, at most `longest`; no name is parted from its figure.
    """
    language = session.language
    read = {name: values[-1] for name, values in session.readings.items() if values}
    parts = [
        f"{language.text(name)}{SPACE}{language.quantity(read[key], unit)}"
        for key, name, unit in (("latency_ms", ANSWERS, "ms"), *((*rate, "mbit_s") for rate in RATES))
        if key in read
    ]
    room = min(longest, cells - cell_len("  ".join(parts)) - 1)
    if "latency_ms" in read and room > 0:
        levels = session.symbols.levels
        parts[0] += (
            f"{SPACE}{sparkline(session.readings['latency_ms'], room, 1, levels, at_least=_LOW_MS)[0]}"
        )
    return "  ".join(parts)


class LinkLive(Widget):
    """Draws the session's readings; `refresh` after each new one."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """See Textual."""
        del container, viewport, width
        return 1 + _CURVE_LINES + len(RATES)

    def render(self) -> RenderResult:
        """See Textual."""
        session, language = self._session, self._session.language
        width = self.content_size.width
        latency = session.readings.get("latency_ms", [])
        newest = language.quantity(latency[-1], "ms") if latency else "…"
        lines = [f"{language.text(ANSWERS)} {newest}"]
        lines += sparkline(latency, width, _CURVE_LINES, session.symbols.levels, at_least=_LOW_MS)
        most = max(_SLOWEST_SCALE_MBIT_S, *(max(session.readings.get(key, [0.0])) for key, _ in RATES))
        for key, name in RATES:
            values = session.readings.get(key, [])
            shown = language.quantity(values[-1], "mbit_s") if values else "…"
            room = max(0, width - _NAME_CELLS - len(shown) - 1)
            full = round(values[-1] / most * room) if values else 0
            bar = session.symbols.full * full
            lines.append(f"{language.text(name):{_NAME_CELLS}}{bar} {shown}")
        return Content("\n".join(lines))
