"""What all tests share: nobody's settings, logs or language leak into them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings

from amif_netcheck.output.formats import json as json_format
from tests import contract
from tests.alone import Turns
from tests.systems import WINDOWS

settings.register_profile("here", deadline=None, max_examples=70)
# What is drawn at random, Linux draws more of.
settings.register_profile("windows", deadline=None, max_examples=25)
settings.load_profile("windows" if WINDOWS else "here")
json_format.encode = contract.remembering
"""Before any test module takes it by its name."""

_LONGEST_ID = 200
_SHORT_ID = 60

_FOLDERS = (
    *("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_DIRS"),
    *(
        "USERPROFILE",
        "WIN_PD_OVERRIDE_LOCAL_APPDATA",
        "WIN_PD_OVERRIDE_COMMON_APPDATA",
        "WIN_PD_OVERRIDE_PERSONAL",
    ),
)
"""Of Linux and macOS, and of Windows (the last three as `platformdirs` reads them)."""


def pytest_configure(config: pytest.Config) -> None:
    """What times things runs alone."""
    config.pluginmanager.register(Turns())


@pytest.fixture(scope="session")
def _homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Folders that nobody has made yet: most tests need none, and making them takes as long as many a test."""
    base = tmp_path_factory.mktemp("homes")
    return (base / str(number) for number in count())


@pytest.fixture(autouse=True)
def own_home(_homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings, logs and the language come from the test, never from whoever runs it. There is no such folder yet."""
    home = next(_homes)
    for name in _FOLDERS:
        monkeypatch.setenv(name, str(home / name))
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    # Windows and macOS are asked for their own language where the environment names none that we speak.
    monkeypatch.setenv("LANG", "C.UTF-8" if sys.platform == "linux" else "fr_FR.UTF-8")
    return home


@pytest.fixture(autouse=True)
def _every_report_is_of_the_schema() -> Iterator[None]:
    """See `tests.contract`."""
    contract.encoded.clear()
    yield
    if contract.encoded and (not WINDOWS or contract.can_validate()):
        for content in contract.encoded:
            contract.read(content)


@pytest.fixture
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for scheme in ("http", "https", "all", "no"):
        for name in (f"{scheme}_proxy", f"{scheme}_proxy".upper()):
            monkeypatch.delenv(name, raising=False)


def pytest_make_parametrize_id(val: object) -> str | None:
    """The name of a test goes into an environment variable, which on Windows takes 32,767 characters."""
    if isinstance(val, (str, bytes)) and len(val) > _LONGEST_ID:
        begin = val[:_SHORT_ID].decode("latin-1") if isinstance(val, bytes) else val[:_SHORT_ID]
        return f"{begin.encode('unicode_escape').decode()}... {len(val)} in all"
    return None
