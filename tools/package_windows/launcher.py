"""Builds the launcher, `amif-netcheck.exe`, with mingw-w64: the same bytes for the same source and compiler."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from tools.packages import icon, project

HERE = Path(__file__).resolve().parent
_PREFIX = "x86_64-w64-mingw32-"
_FLAGS = (
    "-std=c11",
    "-Os",
    "-municode",
    "-D_UNICODE",
    "-mconsole",
    "-Wall",
    "-Wextra",
    "-Werror",
    "-static",
    "-s",
)
_SAFE = ("-Wl,--no-insert-timestamp", "-Wl,--dynamicbase", "-Wl,--nxcompat", "-Wl,--high-entropy-va")


def resource_header(version: str) -> str:
    """The names and numbers that `launcher.rc` shows."""
    numbers = ",".join(map(str, project.four_numbers(version)))
    texts = {"VERSION": version, "PUBLISHER": project.PUBLISHER, "TITLE": project.TITLE_FR}
    return f"#define NUMBERS {numbers}\n" + "".join(
        f'#define {name} "{text}"\n' for name, text in texts.items()
    )


def build(target: Path, version: str, work: Path) -> Path:
    """Write the launcher to `target`; the icon that it bears stays in `work` as `icon.ico`."""
    (work / "icon.ico").write_bytes(icon.ico())
    for name in ("launcher.c", "launcher.rc", "launcher.manifest"):
        shutil.copyfile(HERE / name, work / name)
    resources = (work / "launcher.rc").read_text(encoding="utf-8").splitlines(keepends=True)
    resources.insert(1, resource_header(version))
    (work / "launcher.rc").write_text("".join(resources), encoding="utf-8")
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "0", "LC_ALL": "C.UTF-8"}
    # in its folder and by relative names, so that no path of this machine gets in
    project.run(f"{_PREFIX}windres", "launcher.rc", "launcher.o", folder=work, environment=environment)
    project.run(
        f"{_PREFIX}gcc", *_FLAGS, *_SAFE, "launcher.c", "launcher.o", "-o", "launcher.exe",
        folder=work, environment=environment,
    )  # fmt: skip
    shutil.copyfile(work / "launcher.exe", target)
    return target
