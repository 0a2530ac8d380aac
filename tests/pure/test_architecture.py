"""The architecture page tells of the rooms that there are, and of no others."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import amif_netcheck

SOURCE = Path(amif_netcheck.__file__).parent
ROOT = SOURCE.parent.parent
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
ROOMS = PAGE.partition("## Rooms")[2].partition("## Words")[0]


def test_each_room_is_told_of() -> None:
    told = {
        name.rstrip("/")
        for row in re.findall(r"^\| (.*)$", ROOMS, re.MULTILINE)
        for name in re.findall(r"`(\w+/?)`", row)
    }
    rooms = {
        path.stem
        for path in SOURCE.iterdir()
        if not path.name.startswith("_") and (path.is_dir() or path.suffix == ".py")
    }
    assert rooms <= told


def test_each_room_that_is_told_of_is_there() -> None:
    for name in re.findall(r"^\| `(\w+/?)`", ROOMS, re.MULTILINE):
        path = SOURCE / name
        assert path.is_dir() if name.endswith("/") else path.with_suffix(".py").is_file(), name


def test_the_import_contracts_name_each_room() -> None:
    contracts = (ROOT / "pyproject.toml").read_text(encoding="utf-8").partition("[tool.importlinter]")[2]
    for name in re.findall(r"^\| `(\w+)/?`", ROOMS, re.MULTILINE):
        assert re.search(rf'"(?:amif_netcheck\.)?(?:\w+ \| )*{name}(?: \| \w+)*"', contracts), name


@pytest.mark.parametrize(
    "file", re.findall(r"`([a-z]+/[\w/]+\.(?:py|md|json))`", PAGE.partition("## How to add")[2])
)
def test_each_file_to_touch_is_there(file: str) -> None:
    assert any((base / file).is_file() for base in (SOURCE, ROOT))
