"""The real program on a plan of a test's own: `python -m tests.tui.program SCENE [ARGUMENTS]`."""

from __future__ import annotations

import signal
import sys
from typing import Any

from amif_netcheck import cli, planning
from amif_netcheck.engine import Plan
from amif_netcheck.tui.screens.help import HelpPage
from tests.tui.scenes import VPN_ON, hang, plan

SCENES = {"vpn": {"vpn": VPN_ON}, "hang": {"vpn": hang}, "crash": {}, "deaf": {"vpn": VPN_ON}}


def main() -> int:
    """Run the command line with its plan replaced.

    In the scene `crash`, opening the help breaks the app; in `deaf` it never hears that the terminal was resized.
    """
    scene, *arguments = sys.argv[1:]

    def own(*_: Any) -> Plan:
        return plan(**SCENES[scene])  # type: ignore[arg-type]

    planning.plan = own  # type: ignore[assignment]
    if scene == "crash":
        HelpPage.compose = lambda _self: 1 / 0  # type: ignore[method-assign, assignment, return-value]
    if scene == "deaf":
        listen = signal.signal
        signal.signal = lambda number, handler: listen(  # type: ignore[assignment]
            number, signal.SIG_IGN if number == signal.SIGWINCH else handler
        )
    return cli.main(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
