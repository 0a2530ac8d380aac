"""Packages for Linux: `python -m tools.package_linux`, on the oldest system that they are for (Debian 12).

Needs uv and dpkg-deb. Writes a .tar.gz of one folder and a .deb into `dist/`, each with its SHA-256 beside it.
"""

from __future__ import annotations

import argparse
import gzip
import platform
import sys
import tarfile
import tempfile
from pathlib import Path

from tools.package_linux import deb, frozen
from tools.packages import archives, project
from tools.packages.project import PackagingError


def main() -> int:
    """Build both; returns an exit code."""
    options = argparse.ArgumentParser(prog="python -m tools.package_linux", description=__doc__)
    options.add_argument("--into", type=Path, default=project.ROOT / "dist", help="a folder (%(default)s)")
    chosen = options.parse_args()
    try:
        for path in build(chosen.into):
            sys.stdout.write(f"{path}  {path.stat().st_size / 1e6:.1f} MB\n")
    except PackagingError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def build(into: Path) -> list[Path]:
    """Write the packages.

    Raises:
        PackagingError: something is missing, or not as it has to be.
    """
    into.mkdir(parents=True, exist_ok=True)
    name = f"{project.NAME}-{project.version()}"
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        folder = work / project.NAME
        frozen.build(folder, work)
        archive = into / f"{name}-linux-{platform.machine()}.tar.gz"
        tar_of(archive, folder, moment=project.moment())
        architecture = project.run("dpkg", "--print-architecture").strip()
        package = into / f"{project.NAME}_{deb.version(project.version())}_{architecture}.deb"
        deb.build(package, folder, work)
    for path in (archive, package):
        archives.write_hash(path)
    return [archive, package]


def tar_of(target: Path, folder: Path, *, moment: int) -> None:
    """Pack a folder under its own name: sorted, root's, every file with the same time."""

    def plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.uid = member.gid = 0
        member.uname = member.gname = "root"
        member.mtime = moment
        member.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
        return member

    with (
        target.open("wb") as file,
        gzip.GzipFile("", "wb", 6, file, mtime=moment) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as archive,
    ):
        for path in [folder, *sorted(folder.rglob("*"))]:
            archive.add(
                path, f"{folder.name}/{path.relative_to(folder)}".rstrip("/."), recursive=False, filter=plain
            )


if __name__ == "__main__":
    raise SystemExit(main())
