"""Tests that time what happens have the machine to themselves: the other workers of a run wait until they are through."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

if sys.platform != "win32":
    import fcntl


@contextmanager
def _turn(name: str, *, alone: bool) -> Iterator[None]:
    """Wait for one's turn among the workers of this run: beside others, or alone.

    Everybody passes the gate first, so who waits to be alone lets nobody else begin meanwhile.
    """
    folder = Path(tempfile.gettempdir())
    with (folder / f"{name}.gate").open("w") as gate, (folder / f"{name}.floor").open("w") as floor:
        fcntl.flock(gate, fcntl.LOCK_EX)
        fcntl.flock(floor, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        fcntl.flock(gate, fcntl.LOCK_UN)
        try:
            yield
        finally:
            fcntl.flock(floor, fcntl.LOCK_UN)  # outright: a forked child may hold the same open file


class Turns:
    """The plugin: `@pytest.mark.alone`, outside of the timeout of a test; and whose turn it is first."""

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Tests that one worker has to take one after the other begin first, whatever the order, or the others wait for it.

        Those that want to be alone come last among them, or else of all: who waits for a test of two minutes to end lets nobody begin.
        """
        items.sort(
            key=lambda item: (
                item.get_closest_marker("xdist_group") is None,
                item.get_closest_marker("alone") is not None,
            )
        )

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Run one test in its turn."""
        run = os.environ.get("PYTEST_XDIST_TESTRUNUID")
        if run is None or sys.platform == "win32":
            return (yield)
        with _turn(f"turns-of-tests-{run}", alone=item.get_closest_marker("alone") is not None):
            return (yield)
