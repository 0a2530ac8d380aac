"""What the app loads before its first paint."""

from __future__ import annotations

import subprocess
import sys

import pytest

MEASURING = {
    *("numpy", "pyroute2", "zeroconf", "speedtest", "icalendar", "sounddevice", "pulsectl", "jeepney"),
    *("amif_netcheck.probes.link", "amif_netcheck.probes.neighbours"),
}
THIS_COMPUTER = "plan(parser(language, IDS).parse_args([]), Settings(), language)"


@pytest.mark.parametrize("planned", ["demo.plan('ready')", THIS_COMPUTER])
def test_what_measures_is_not_loaded_before_the_first_paint(planned: str) -> None:
    """The plan is made, and the app imported: all that happens before it runs."""
    program = f"""
import sys
from amif_netcheck import demo
from amif_netcheck.advice.language import Language
from amif_netcheck.cli.grammar import parser
from amif_netcheck.cli.plan import plan
from amif_netcheck.run.checklist import IDS
from amif_netcheck.settings import Settings
from amif_netcheck.tui import launch
language = Language("fr")
{planned}
print(*sys.modules)
"""
    run = subprocess.run((sys.executable, "-c", program), capture_output=True, encoding="utf-8", check=True)
    loaded = set(run.stdout.split())
    assert "textual.app" in loaded
    assert not loaded & MEASURING
