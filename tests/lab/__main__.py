"""A house to walk into: `python -m tests.lab a2b:rate=5e6,queue=64000,delay=12 b2a:rate=3e7,delay=12`.

As root. What is typed while it stands changes the line: settings as above, a list of events in JSON, or Enter for its
counters. It is taken down by Ctrl-C, the end of input or SIGTERM.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import signal
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from tests.lab.addresses import AWAY, AWAY_IPV6, BOX, OTHERS
from tests.lab.house import House
from tests.lab.line import Line
from tests.lab.namespaces import Network
from tests.lab.settings import read_changes

_CANNOT = 2
_ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _why_not() -> str | None:
    if os.geteuid() != 0:
        return "root is needed, to make network namespaces"
    if not Path("/dev/net/tun").exists():
        return "/dev/net/tun is needed, for the emulated line"
    return None


def _introduce(house: House) -> str:
    enter = "\n".join(
        f"  {each.label:9} ip netns exec {each.name} bash"
        for each in (house.home, house.tv, house.box, house.internet)
    )
    return (
        f"The house stands; the box is {BOX}, servers may be started in `internet` at {AWAY}, {', '.join(OTHERS)}"
        f" and {AWAY_IPV6}.\n{enter}\n"
        "Type settings to change the line (a2b:… is up, b2a:… is down; wifi:a2b:… is the Wi-Fi, if there is one),\n"
        "Enter for counters; Ctrl-C takes it all down.\n"
    )


def _obey(house: House, typed: str) -> str:
    """Do what was typed; what there is to say about it."""
    line: Line | None = house.line
    if typed.startswith("wifi:"):
        line, typed = house.wifi, typed.removeprefix("wifi:")
    if line is None:
        return "there is no Wi-Fi: begin with --wifi"
    try:
        if typed.startswith("["):
            line.schedule(json.loads(typed))
        else:
            line.set(typed)
    except ValueError as error:
        return str(error)
    return "\n".join(
        f"{name:4} {json.dumps(dataclasses.asdict(state))}"
        for name, state in (("up", line.up), ("down", line.down))
    )


def _stand(settings: list[str], wifi: str | None) -> None:
    with tempfile.TemporaryDirectory(prefix="amif-lab-") as folder, Network(Path(folder)) as network:
        try:
            house = House(network, *settings, wifi=wifi)
            sys.stdout.write(_introduce(house))
            sys.stdout.flush()
            for typed in sys.stdin:
                sys.stdout.write(_obey(house, typed.strip()) + "\n")
                sys.stdout.flush()
        finally:
            # Taking it down is not interrupted a second time.
            for number in _ENDS:
                signal.signal(number, signal.SIG_IGN)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.lab", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "settings", nargs="*", metavar="SETTING", help="such as a2b:rate=5e6,queue=64000,delay=12"
    )
    parser.add_argument(
        "--wifi", metavar="SETTINGS", help="put a second line between home and box, the Wi-Fi"
    )
    asked = parser.parse_args()
    try:
        for text in (*asked.settings, asked.wifi or ""):
            read_changes(text)
    except ValueError as error:
        parser.error(str(error))
    if (reason := _why_not()) is not None:
        sys.stderr.write(f"tests.lab: {reason}\n")
        return _CANNOT
    for number in _ENDS:
        signal.signal(number, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        _stand(asked.settings, asked.wifi)
    return 0


if __name__ == "__main__":
    sys.exit(main())
