"""Running the program, in this process or in one of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.systems import POSIX_ONLY, WINDOWS, is_root

NO_OVERRIDE = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search")
HARMLESS = ("--offline", "--only", "vpn")


def without_roots_rights(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the program bound by file permissions, whoever runs the tests."""
    if WINDOWS:
        pytest.skip(f"{POSIX_ONLY}permissions by chmod")
    prefix = NO_OVERRIDE if is_root() else ()
    command = (*prefix, sys.executable, "-m", "amif_netcheck", *arguments)
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=30)


class Ran:
    """What a call printed and answered."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    def complaint(self) -> str:
        """The one line on stderr; stdout has to be empty."""
        assert self.out == ""
        assert self.err.startswith("amif-netcheck: ")
        assert self.err.count("\n") == 1
        assert "Traceback" not in self.err
        return self.err.removeprefix("amif-netcheck: ").strip()
