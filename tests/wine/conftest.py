"""Windows' Python under Wine: skipped with the reason where it is missing, a failure where CI=true."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.real import conftest as real
from tests.wine.prefix import Prefix
from tests.wine.prepare import NotPreparedError, Prepared, found
from tests.wine.windows_python import WindowsPython


def pytest_runtest_setup(item: pytest.Item) -> None:
    """`@pytest.mark.real(…)` means here what it means for the real tests of Linux."""
    if item.get_closest_marker("real"):
        real.pytest_runtest_setup(item)


@pytest.fixture(scope="session")
def prepared() -> Prepared:
    """The cached Python, wheels and prefix."""
    try:
        return found()
    except NotPreparedError as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{missing}: in CI nothing of Windows may be skipped", pytrace=False)
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def windows(prepared: Prepared) -> Iterator[WindowsPython]:
    """Windows' Python in a prefix that the tests of this process share: write nothing to its registry."""
    with tempfile.TemporaryDirectory(prefix="amif-wine-") as folder, Prefix(prepared, Path(folder)) as prefix:
        yield WindowsPython(prefix)


@pytest.fixture
def own_windows(prepared: Prepared) -> Iterator[WindowsPython]:
    """Windows' Python in a prefix of this test's own, for those that write to the registry."""
    with tempfile.TemporaryDirectory(prefix="amif-wine-") as folder, Prefix(prepared, Path(folder)) as prefix:
        yield WindowsPython(prefix)
