"""Fixtures of the program's tests."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from amif_netcheck.catalog.speed_servers import PublicSpeedServer, PublicSpeedServers
from amif_netcheck.cli import main as cli
from amif_netcheck.measure.throughput import rates
from tests.program.support import HARMLESS, Ran


@pytest.fixture(autouse=True)
def _no_public_speed_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test asks one: nothing listens where the list leads."""
    nowhere = PublicSpeedServers(cloudflare=PublicSpeedServer(url="http://127.0.0.1:9/"), librespeed=())
    monkeypatch.setattr(rates, "speed_servers", lambda: nowhere)


@pytest.fixture
def run(capfdbinary: pytest.CaptureFixture[bytes]) -> Any:
    def call(*arguments: str) -> Ran:
        code = cli.main(arguments)
        out, err = capfdbinary.readouterr()
        return Ran(code, *(each.decode().replace(os.linesep, "\n") for each in (out, err)))

    return call


@pytest.fixture
def saved(run: Any, tmp_path: Path) -> Path:
    path = tmp_path / "saved.json"
    run("--json", "-o", str(path), *HARMLESS)
    return path
