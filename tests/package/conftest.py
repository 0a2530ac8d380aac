"""Packages, built once a session; skipped with the reason where a tool is missing, a failure where CI=true."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.package.desktop import Desktop, PrefixOnScreen, Screen
from tests.package.windows import WindowsPackages, WindowsUser
from tests.wine.conftest import prepared as prepared  # noqa: PLC0414 - the same Wine as theirs
from tests.wine.prefix import Prefix
from tests.wine.prepare import Prepared


def needs(*programs: str) -> None:
    """Skip without one of these programs, on the path or beside this Python; where CI=true, fail."""
    beside = Path(sys.executable).parent
    missing = [name for name in programs if not shutil.which(name) and not (beside / name).exists()]
    if missing and os.environ.get("CI") == "true":
        pytest.fail(f"needs {', '.join(missing)}: in CI no package may be skipped", pytrace=False)
    if missing:
        pytest.skip(f"needs {', '.join(missing)}")


@pytest.fixture(scope="session")
def windows_packages(prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> WindowsPackages:
    """The portable archive, the setup, and the setup of a version before it."""
    needs("uv", "makensis", "x86_64-w64-mingw32-gcc", "x86_64-w64-mingw32-windres")
    return WindowsPackages(prepared.python.parent, tmp_path_factory.mktemp("windows"))


@pytest.fixture
def windows_user(prepared: Prepared) -> Iterator[WindowsUser]:
    """A Windows of this test's own."""
    with (
        tempfile.TemporaryDirectory(prefix="amif-package-") as folder,
        Prefix(prepared, Path(folder)) as prefix,
    ):
        yield WindowsUser(prefix)


class FrenchPrefix(Prefix):
    """A French Windows: Wine's language is that of the locale it is started with."""

    def environment(self, own: dict[str, str] | None = None) -> dict[str, str]:
        french = {"LC_ALL": "fr_FR.UTF-8", "LOCPATH": str(self.folder.parent / "locales")}
        return super().environment({**french, **(own or {})})


@pytest.fixture
def french_windows_user(prepared: Prepared) -> Iterator[WindowsUser]:
    """A French Windows of this test's own."""
    needs("localedef")
    with tempfile.TemporaryDirectory(prefix="amif-package-") as name:
        locales = Path(name, "locales")
        locales.mkdir()
        made = subprocess.run(
            ["localedef", "--inputfile=fr_FR", "--charmap=UTF-8", str(locales / "fr_FR.UTF-8")],
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode and os.environ.get("CI") != "true":
            pytest.skip(f"needs the sources of locales: {made.stderr.strip()}")
        assert made.returncode == 0, made.stderr
        with FrenchPrefix(prepared, Path(name)) as prefix:
            yield WindowsUser(prefix)


@pytest.fixture(scope="session")
def screen() -> Iterator[Screen]:
    """An X server of its own."""
    needs("Xvfb", "xdotool")
    it = Screen()
    yield it
    it.end()


@pytest.fixture(scope="session")
def desktop(
    prepared: Prepared, screen: Screen, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Desktop]:
    """Somebody in front of it."""
    with PrefixOnScreen(prepared, tmp_path_factory.mktemp("desktop"), screen) as prefix:
        yield Desktop(WindowsUser(prefix), screen)
