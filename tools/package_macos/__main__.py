"""The package for macOS: `python -m tools.package_macos --python FOLDER --architecture arm64`, on any Unix.

Needs uv, and an unpacked python-build-standalone of this Python's minor version (`uv python install` fetches one). Writes a
zip of the app into `dist/`, with its SHA-256 beside it. `dmg.sh` makes a disk image of it, and signs, on a Mac.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tools.package_macos import app
from tools.packages import archives, project
from tools.packages.project import PackagingError


def main() -> int:
    """Build it; returns an exit code."""
    options = argparse.ArgumentParser(prog="python -m tools.package_macos", description=__doc__)
    options.add_argument(
        "--python", type=Path, required=True, help="an unpacked python-build-standalone for macOS"
    )
    options.add_argument("--architecture", choices=sorted(app.ARCHITECTURES), required=True)
    options.add_argument("--into", type=Path, default=project.ROOT / "dist", help="a folder (%(default)s)")
    chosen = options.parse_args()
    try:
        path = build(chosen.python, chosen.architecture, chosen.into)
    except PackagingError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{path}  {path.stat().st_size / 1e6:.1f} MB\n")
    return 0


def build(python: Path, architecture: str, into: Path) -> Path:
    """Write the zip.

    Raises:
        PackagingError: something is missing, or not as it has to be.
    """
    into.mkdir(parents=True, exist_ok=True)
    target = into / f"{project.NAME}-{project.version()}-macos-{architecture}.zip"
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        folder = work / "made" / f"{project.NAME}.app"
        app.build(folder, python, architecture, work)
        programs = {
            path.relative_to(folder.parent).as_posix()
            for path in folder.rglob("*")
            if path.is_file() and path.stat().st_mode & 0o100
        }
        members = archives.contents(folder.parent)
        archives.zip_of(target, members, moment=project.moment(), pack=True, programs=programs)
    archives.write_hash(target)
    return target


if __name__ == "__main__":
    raise SystemExit(main())
