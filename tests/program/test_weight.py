"""What short commands load: nothing that measures, and `--help` not even the model."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from amif_netcheck.model.choices import CHECKS
from amif_netcheck.run.checklist import IDS

MEASURING = {
    *("amif_netcheck.probes", "amif_netcheck.platforms.base", "amif_netcheck.measure", "amif_netcheck.sound"),
    *("amif_netcheck.serve", "amif_netcheck.children", "amif_netcheck.tui", "amif_netcheck.demo"),
    *("amif_netcheck.run.engine", "amif_netcheck.run.probing"),
    *(
        "asyncio",
        "psutil",
        "numpy",
        "sounddevice",
        "pyroute2",
        "jeepney",
        "pulsectl",
        "zeroconf",
        "textual",
        "rich",
    ),
    *("icalendar", "recurring_ical_events", "speedtest", "truststore", "ssl", "subprocess", "platformdirs"),
}
if sys.platform != "linux":
    MEASURING.discard("platformdirs")  # it knows the folders of settings
HEAVY = MEASURING | {
    "msgspec",
    "dataclasses",
    "logging",
    "tomllib",
    "amif_netcheck.checks",
    "amif_netcheck.settings",
}


def loaded(*arguments: str) -> set[str]:
    """The modules that are there when a fresh process has carried out a command."""
    script = (
        "import sys; from amif_netcheck.__main__ import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "sys.stderr.write('\\n'.join(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=60,
    )
    assert done.stdout
    return set(done.stderr.split())


@pytest.mark.parametrize(
    "arguments", [("list",), ("explain",), ("explain", "vpn.carries_meeting"), ("schema",)], ids=" ".join
)
def test_a_command_that_looks_things_up_loads_nothing_that_measures(arguments: tuple[str, ...]) -> None:
    assert loaded(*arguments) & MEASURING == set()


@pytest.mark.parametrize("form", ["--json", "--plain"])
def test_a_report_is_judged_again_without_anything_that_measures(saved: Path, form: str) -> None:
    assert loaded("replay", form, str(saved)) & MEASURING == set()


@pytest.mark.parametrize(
    "arguments", [("--help",), ("list", "--help"), ("replay", "-h"), ("--lang", "en", "--help")]
)
def test_help_loads_next_to_nothing(arguments: tuple[str, ...]) -> None:
    assert loaded(*arguments) & HEAVY == set()


def test_the_checks_that_help_names_are_those_of_the_checklist() -> None:
    assert CHECKS == IDS
