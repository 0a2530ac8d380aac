"""Builds the setup with NSIS: the same bytes for the same folder and the same NSIS."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from tools.packages import project

HERE = Path(__file__).resolve().parent
_KEY = r"Software\Microsoft\Windows\CurrentVersion\Uninstall\amif-netcheck"


def install_list(paths: Iterable[str], folder: Path) -> str:
    """NSIS lines that put files into `$INSTDIR`; sorted, as NSIS itself takes the order of the disk."""
    lines, current = [], None
    for path in sorted(map(PurePosixPath, paths)):
        if path.parent != current:
            current = path.parent
            lines.append(f'SetOutPath "{_place(current)}"')
        lines.append(f'File "{folder / path}"')
    return "\n".join(lines) + "\n"


def removal_list(paths: Iterable[str]) -> str:
    """NSIS lines that take the same files away, and then the folders that nothing is in any more."""
    files = sorted(map(PurePosixPath, paths))
    folders = {parent for file in files for parent in file.parents}
    lines = [f'Delete "{_place(file)}"' for file in files]
    lines += [
        f'RMDir "{_place(each)}"' for each in sorted(folders, key=lambda each: (-len(each.parts), each))
    ]
    return "\n".join(lines) + "\n"


def _place(path: PurePosixPath) -> str:
    return "\\".join(("$INSTDIR", *path.parts))


def names(version: str, kilobytes: int, *, sign: str = "", quick: bool = False) -> str:
    """What `setup.nsi` leaves open."""
    values: Mapping[str, object] = {
        "VERSION": version,
        "NUMBERS": ".".join(map(str, project.four_numbers(version))),
        "KEY": _KEY,
        "KILOBYTES": kilobytes,
        "PUBLISHER": project.PUBLISHER,
        "HOMEPAGE": project.HOMEPAGE,
        "TITLE_FR": project.TITLE_FR,
        "TITLE_EN": project.TITLE_EN,
    }
    lines = [f'!define {name} "{value}"' for name, value in values.items()]
    lines += [f"!define SIGN `{sign}`"] if sign else []
    lines += ["!define QUICK"] if quick else []
    return "\n".join(lines) + "\n"


def build(
    target: Path, folder: Path, *, version: str, icon: Path, work: Path, sign: str = "", quick: bool = False
) -> None:
    """Make a setup of the folder.

    Args:
        target: the setup.
        folder: what it installs.
        version: what it calls that.
        icon: its icon, and the uninstaller's.
        work: a folder for what is needed on the way.
        sign: the command that signs the file named after it, for the uninstaller; empty: nothing is signed.
        quick: not packed, which takes seconds instead of a minute.
    """
    script = work / "setup"
    script.mkdir()
    shutil.copyfile(HERE / "setup.nsi", script / "setup.nsi")
    shutil.copyfile(icon, script / "icon.ico")
    shutil.copyfile(HERE / "user_path.py", folder / "lib" / "user_path.py")
    paths = {
        path.relative_to(folder).as_posix(): path.stat().st_size
        for path in folder.rglob("*")
        if path.is_file()
    }
    told = names(version, sum(paths.values()) // 1024, sign=sign, quick=quick)
    (script / "names.nsh").write_text(told, encoding="utf-8-sig")
    (script / "install.nsh").write_text(install_list(paths, folder), encoding="utf-8-sig")
    (script / "remove.nsh").write_text(removal_list(paths), encoding="utf-8-sig")
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    project.run("makensis", "-V2", "-WX", "setup.nsi", folder=script, environment=environment)
    shutil.copyfile(script / "amif-netcheck-setup.exe", target)
