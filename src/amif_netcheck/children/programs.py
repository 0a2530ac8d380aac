"""How a child is started: by this Python, or by the program itself where it is packed into one file or folder without one."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence

OPTION = "--child"
"""The first argument of a packed program that is to be one of its children; for nobody else."""
MODULES = (
    "amif_netcheck.children.pdf_child",
    "amif_netcheck.measure.throughput.speedtest_child",
    "amif_netcheck.platforms.linux.pulse_child",
    "amif_netcheck.sound.child",
)
"""All children: whoever packs the program has to pack them by name, as nothing imports them."""


def command(module: str) -> tuple[str, ...]:
    """The command line that runs one of `MODULES`."""
    if is_packed():
        return (sys.executable, OPTION, module)
    return (sys.executable, "-P", "-m", module)  # -P: nothing is imported from the folder we happen to be in


def asked_for(arguments: Sequence[str]) -> str | None:
    """The child that this process is to be, by its command line; None when it is to be none."""
    if len(arguments) == len((OPTION, "module")) and arguments[0] == OPTION and arguments[1] in MODULES:
        return arguments[1]
    return None


def be(module: str) -> None:
    """Run this child, to its end."""
    importlib.import_module(module).main()


def is_packed() -> bool:
    """Is `sys.executable` the program itself, and no Python? PyInstaller, cx_Freeze and Nuitka say so in `sys.frozen`."""
    return bool(getattr(sys, "frozen", False))


def foreign_environment() -> dict[str, str] | None:
    """What to start the system's own programs with; None is what this process has.

    On Linux PyInstaller leads the linker to the libraries it has packed, and keeps what was there before as `…_ORIG`.
    """
    if not is_packed() or sys.platform != "linux":
        return None
    environment = {name: value for name, value in os.environ.items() if name != "LD_LIBRARY_PATH"}
    if "LD_LIBRARY_PATH_ORIG" in environment:
        environment["LD_LIBRARY_PATH"] = environment["LD_LIBRARY_PATH_ORIG"]
    return environment
