"""Prometheus' own tool reads what we write for it."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = pytest.mark.real("promtool")


@pytest.mark.parametrize("scenario", ["ready", "everything-wrong", "no-network", "wifi-far"])
def test_promtool_finds_nothing(scenario: str) -> None:
    command = [sys.executable, "-m", "amif_netcheck", "demo", scenario, "--format", "prometheus"]
    written = subprocess.run(command, capture_output=True, timeout=60, check=False).stdout
    checked = subprocess.run(
        ["promtool", "check", "metrics"], input=written, capture_output=True, timeout=60, check=False
    )
    assert written.count(b"\n# TYPE amif_netcheck_") > 5
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, b"", b"")
