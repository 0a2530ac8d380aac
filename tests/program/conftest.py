"""Fixtures of the program's tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from amif_netcheck.cli import main as cli
from tests.program.support import HARMLESS, Ran


@pytest.fixture
def run(capfdbinary: pytest.CaptureFixture[bytes]) -> Any:
    def call(*arguments: str) -> Ran:
        code = cli.main(arguments)
        out, err = capfdbinary.readouterr()
        return Ran(code, out.decode(), err.decode())

    return call


@pytest.fixture
def saved(run: Any, tmp_path: Path) -> Path:
    path = tmp_path / "saved.json"
    run("--json", "-o", str(path), *HARMLESS)
    return path
