"""One folder that needs no Python: PyInstaller's, from the packages of the lock file."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tools.packages import project, wheels

HERE = Path(__file__).resolve().parent
_LOADED_BY_NAME = ("amif_netcheck", "textual.widgets", "msgspec", "zeroconf")
"""Packages of which modules are imported by computed names, or by compiled code, which no analysis sees."""
_WITH_DATA = ("amif_netcheck", "aiooui", "tzdata")
_LEFT_OUT = (
    "tkinter",
    "unittest",
    "pydoc",
    "doctest",
    "lib2to3",
    "sqlite3",
    "numpy.random",
    "numpy.f2py",
    "numpy.testing",
)

_OF_THE_SYSTEM = ("libasound.so*",)
"""Libraries that load parts of the system's sound into themselves, and so have to be the system's own."""


def build(target: Path, work: Path) -> None:
    """Make the folder `target`, with the program `amif-netcheck` in it and all else in its `lib`."""
    environment = work / "environment"
    python = environment / "bin" / "python"
    project.uv("venv", "--quiet", "--python", sys.executable, environment)
    listed = work / "requirements.txt"
    project.uv(
        *("export", "--quiet", "--frozen", "--no-default-groups", "--group", "packages", "--no-emit-project"),
        *("--output-file", listed),
        folder=project.ROOT,
    )
    project.uv("pip", "install", "--quiet", "--python", python, "--require-hashes", "--requirements", listed)
    project.uv("pip", "install", "--quiet", "--python", python, "--no-deps", wheels.own_wheel(work))
    words = [
        "--noconfirm",
        "--log-level",
        "ERROR",
        "--onedir",
        "--contents-directory",
        "lib",
        "--name",
        project.NAME,
    ]
    words += ["--recursive-copy-metadata", project.NAME]
    words += [word for name in _LOADED_BY_NAME for word in ("--collect-submodules", name)]
    words += [word for name in _WITH_DATA for word in ("--collect-data", name)]
    words += [word for name in _LEFT_OUT for word in ("--exclude-module", name)]
    words += [
        "--distpath",
        str(work / "frozen"),
        "--workpath",
        str(work / "freezing"),
        "--specpath",
        str(work),
    ]
    project.run(
        python, "-m", "PyInstaller", *words, HERE / "start.py",
        folder=work,
        environment={**os.environ, "PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": str(project.moment())},
    )  # fmt: skip
    (work / "frozen" / project.NAME).rename(target)
    for pattern in _OF_THE_SYSTEM:
        for path in (target / "lib").glob(pattern):
            path.unlink()
    (target / "LICENSE.txt").write_bytes((project.ROOT / "LICENSE").read_bytes())
