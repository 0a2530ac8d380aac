"""The real program on a plan of a test's own: `python -m tests.tui.program SCENE [ARGUMENTS]`."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from amif_netcheck.cli import main as cli
from amif_netcheck.cli import plan as planning
from amif_netcheck.model.facts import Fact, Unavailable
from amif_netcheck.probes.context import Context
from amif_netcheck.run.plan import RunPlan
from amif_netcheck.tui.driver import Terminal
from amif_netcheck.tui.screens.checklist import ChecklistScreen
from amif_netcheck.tui.screens.help import HelpScreen
from tests.tui import test_hostile_names
from tests.tui.scenes import VPN_ON, hang, plan

ORDER: list[str] = []
WRITE = Terminal.write


def noted(context: Context, until: float) -> Fact | Unavailable:
    """A probe that says when it began, and hangs."""
    ORDER.append("probe")
    Path(os.environ["AMIF_ORDER"]).write_text("\n".join(ORDER), encoding="utf-8")
    return hang(context, until)


def painted(terminal: Terminal, data: str) -> None:
    """What the terminal is given."""
    if "visioconférence" in data:
        ORDER.append("paint")
    WRITE(terminal, data)


def broken_off(page: ChecklistScreen) -> None:
    """It is ended while it is being put up, and finds nothing of what it wants to use."""
    os.kill(os.getpid(), signal.SIGTERM)
    page.app.exit()
    page.query_one("#no-such-widget")


SCENES = {
    "vpn": {"vpn": VPN_ON},
    "hang": {"vpn": hang},
    "crash": {},
    "early": {},
    "deaf": {"vpn": VPN_ON},
    "first": dict.fromkeys(("proximity", "traffic", "vpn", "link"), noted),
}


def main() -> int:
    """Run the command line with its plan replaced.

    In the scene `crash`, opening the help breaks the app; in `deaf` it never hears that the terminal was resized; in
    `early` the app is ended while it is put up; in `hostile` all names are hostile; in `first` the file $AMIF_ORDER tells what came first, a paint or a probe.
    """
    scene, *arguments = sys.argv[1:]

    def own(*_: Any) -> RunPlan:
        if scene == "hostile":
            return test_hostile_names.plan(
                "everything-wrong", test_hostile_names.SHORT, meeting=test_hostile_names.TURNED
            )
        return plan(**SCENES[scene])  # type: ignore[arg-type]

    planning.plan = own  # type: ignore[assignment]
    if scene == "crash":
        HelpScreen.compose = lambda _self: 1 / 0  # type: ignore[method-assign, assignment, return-value]
    if scene == "deaf":
        listen = signal.signal
        signal.signal = lambda number, handler: listen(  # type: ignore[assignment]
            number, signal.SIG_IGN if number == signal.SIGWINCH else handler
        )
    if scene == "early":
        ChecklistScreen.on_mount = broken_off  # type: ignore[assignment]
    if scene == "first":
        Terminal.write = painted  # type: ignore[assignment]
    return cli.main(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
