"""A package for Debian 12 and 13 and Ubuntu 24.04: the frozen folder in /usr/lib, a command, an entry in the menu.

Each of the three has another Python, so none of theirs is used; what it needs of the system is the C library alone.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import shutil
from pathlib import Path

from tools.packages import icon, project
from tools.packages.project import PackagingError

_ICONS = (48, 128, 256)
_DESKTOP = """\
[Desktop Entry]
Type=Application
Name={title_en}
Name[fr]={title_fr}
Comment=Is this computer ready, and what should be fixed first?
Comment[fr]=Cet ordinateur est-il prêt, et que faut-il régler d’abord ?
Exec=amif-netcheck
Icon=amif-netcheck
Terminal=true
Categories=Network;VideoConference;
"""
_CONTROL = """\
Package: amif-netcheck
Version: {version}
Architecture: {architecture}
Maintainer: {publisher}
Installed-Size: {kilobytes}
Depends: libc6 (>= {glibc})
Recommends: libportaudio2, libpulse0
Section: net
Priority: optional
Homepage: {homepage}
Description: checks, before a videoconference, whether computer and line are ready
 Measures in twenty seconds what disturbs a videoconference (a weak Wi-Fi, a
 VPN, other applications, a busy line, the wrong microphone), and says in
 French or English what to fix first.
"""
_COPYRIGHT = """\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: amif-netcheck

Files: *
Copyright: The amif-netcheck authors
License: Expat
{licence}
Comment:
 /usr/lib/amif-netcheck/lib holds Python and the libraries that the program needs,
 each with its licence in its .dist-info folder.
"""


def glibc(folder: Path) -> str:
    """The C library that the programs and libraries in a folder need, by the versions of the symbols that they name.

    Raises:
        PackagingError: there is none in it that names any.
    """
    needed = {
        tuple(map(int, found.split(b".")))
        for path in folder.rglob("*")
        if path.is_file() and (content := path.read_bytes())[:4] == b"\x7fELF"
        for found in re.findall(rb"GLIBC_(2\.\d+)", content)
    }
    if not needed:
        raise PackagingError(f"no program in {folder}")
    return ".".join(map(str, max(needed)))


def version(ours: str) -> str:
    """A Python version in Debian's order: `0.2.0rc1` comes before `0.2.0`, `0.2.0.dev3` before both."""
    return re.sub(r"\.?(dev|a|b|rc)(\d+)", r"~\1\2", ours)


def build(target: Path, frozen: Path, work: Path) -> None:
    """Write the .deb of a frozen folder."""
    root = work / "deb"
    shutil.copytree(frozen, root / "usr" / "lib" / project.NAME, symlinks=True)
    command = root / "usr" / "bin" / project.NAME
    command.parent.mkdir(parents=True)
    command.symlink_to(f"/usr/lib/{project.NAME}/{project.NAME}")
    titles = {"title_fr": project.TITLE_FR, "title_en": project.TITLE_EN}
    _write(root / "usr/share/applications/amif-netcheck.desktop", _DESKTOP.format(**titles).encode())
    for size in _ICONS:
        _write(root / f"usr/share/icons/hicolor/{size}x{size}/apps/amif-netcheck.png", icon.png(size))
    for source, shared in project.shared_files():
        content = (project.ROOT / source).read_bytes()
        manual = shared.startswith("share/man/")
        target_file = root / "usr" / (f"{shared}.gz" if manual else shared)
        _write(target_file, gzip.compress(content, mtime=0) if manual else content)
    documents = root / "usr/share/doc/amif-netcheck"
    licence = (project.ROOT / "LICENSE").read_text(encoding="utf-8")
    indented = "\n".join(f" {line}" if line else " ." for line in licence.strip().splitlines())
    _write(documents / "copyright", _COPYRIGHT.format(licence=indented).encode())
    changes = (project.ROOT / "CHANGELOG.md").read_bytes()
    _write(documents / "changelog.gz", gzip.compress(changes, mtime=0))
    files = sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    sums = [f"{hashlib.md5(path.read_bytes()).hexdigest()}  {path.relative_to(root)}\n" for path in files]  # noqa: S324 - dpkg's form
    told = {
        "version": version(project.version()),
        "architecture": project.run("dpkg", "--print-architecture").strip(),
        "publisher": project.PUBLISHER,
        "kilobytes": sum(path.stat().st_size for path in files) // 1024,
        "glibc": glibc(frozen),
        "homepage": project.HOMEPAGE,
    }
    _write(root / "DEBIAN" / "control", _CONTROL.format(**told).encode())
    _write(root / "DEBIAN" / "md5sums", "".join(sums).encode())
    for path in root.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    root.chmod(0o755)
    moment = {**os.environ, "SOURCE_DATE_EPOCH": str(project.moment())}
    project.run("dpkg-deb", "--root-owner-group", "-Zxz", "-z1", "--build", root, target, environment=moment)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
