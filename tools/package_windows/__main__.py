"""Packages for Windows, built on Linux: `python -m tools.package_windows --python PYTHON`.

Needs mingw-w64, NSIS and uv. Writes a portable archive and a setup into `dist/`, each with its SHA-256 beside it.
"""

from __future__ import annotations

import argparse
import shlex
import sys
import tempfile
from pathlib import Path

from tools.package_windows import runtime, setup, tree
from tools.packages import archives, project
from tools.packages.project import PackagingError

_LARGEST = 20_000_000
"""Bytes of a setup: a village's line takes a minute for it."""


def main() -> int:
    """Build both; returns an exit code."""
    options = argparse.ArgumentParser(prog="python -m tools.package_windows", description=__doc__)
    options.add_argument(
        "--python",
        type=Path,
        required=True,
        help="python.org's embeddable archive for x64, or the folder of an installed CPython for Windows",
    )
    options.add_argument("--into", type=Path, default=project.ROOT / "dist", help="a folder (%(default)s)")
    options.add_argument(
        "--for-tests",
        action="store_true",
        help="an older NumPy, which Wine 8 can load, and a setup that is not packed; their names say so",
    )
    options.add_argument(
        "--sign", default="", help="a command that signs the file whose name is put after it, in place"
    )
    chosen = options.parse_args()
    try:
        for path in build(chosen.python, chosen.into, for_tests=chosen.for_tests, sign=chosen.sign):
            sys.stdout.write(f"{path}  {path.stat().st_size / 1e6:.1f} MB\n")
    except PackagingError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def build(python: Path, into: Path, *, for_tests: bool, sign: str = "") -> list[Path]:
    """Write the packages.

    Raises:
        PackagingError: something is missing, or not as it has to be.
    """
    into.mkdir(parents=True, exist_ok=True)
    name = f"{project.NAME}-{project.version()}-windows-x64" + ("-for-tests-only" if for_tests else "")
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        folder = work / project.NAME
        tree.build(folder, runtime.read(python, work), work=work, for_wine=for_tests)
        signed(folder / "amif-netcheck.exe", sign)
        archive, program = into / f"{name}-portable.zip", into / f"{name}-setup.exe"
        members = {f"{project.NAME}/{path}": content for path, content in archives.contents(folder).items()}
        archives.zip_of(archive, members, moment=project.moment(), pack=True)
        setup.build(
            program,
            folder,
            version=project.version(),
            icon=work / "icon.ico",
            work=work,
            sign=sign,
            quick=for_tests,
        )
        signed(program, sign)
        if not for_tests and program.stat().st_size > _LARGEST:
            raise PackagingError(f"{program} has {program.stat().st_size} bytes; what was added to it?")
    for path in (archive, program):
        archives.write_hash(path)
    return [archive, program]


def signed(path: Path, command: str) -> None:
    """Have a file signed in place; an empty command signs nothing.

    Raises:
        PackagingError: the command failed.
    """
    if command:
        project.run(*shlex.split(command), path)


if __name__ == "__main__":
    raise SystemExit(main())
