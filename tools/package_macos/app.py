"""The folder `amif-netcheck.app`: a Python of its own, the packages, and a launcher that opens Terminal.

    Contents/Info.plist                     what macOS has to know
    Contents/MacOS/amif-netcheck            the launcher, which also is the command for scripts
    Contents/Resources/amif-netcheck.command   what Terminal runs
    Contents/Resources/python/              python-build-standalone, with the packages in its site-packages

A signed bundle may not change, so everything is compiled ahead and nothing is written into it.
"""

from __future__ import annotations

import plistlib
import re
import shutil
import sys
from pathlib import Path

from tools.packages import bytecode, icon, project, wheels
from tools.packages.project import PackagingError
from tools.packages.pruning import EVERYWHERE, PORTAUDIO, Rule, kept

HERE = Path(__file__).resolve().parent
ARCHITECTURES = {"arm64": "aarch64-apple-darwin", "x86_64": "x86_64-apple-darwin"}
_OLDEST_MACOS = "13.0"
_MICROPHONE = {
    "fr": "Le test du son enregistre trois secondes, pour vous dire si l’on vous entend. Rien n’est envoyé.",
    "en": "The sound test records three seconds, to tell whether you are heard. Nothing is sent.",
}
_RULES = (
    *EVERYWHERE,
    Rule(PORTAUDIO, "for other systems", but=("*/libportaudio.dylib",)),
)
_PYTHON_RULES = (
    *(
        Rule(f"lib/python3.*/{name}/*", why)
        for name, why in {
            "__pycache__": "compiled anew",
            "curses": "no curses here",
            "ensurepip": "installs pip",
            "idlelib": "an editor",
            "lib2to3": "rewrites old source",
            "pydoc_data": "help for programmers",
            "site-packages": "pip",
            "sqlite3": "no database here",
            "test": "tests of Python",
            "tkinter": "windows; ours is a terminal",
            "turtledemo": "drawing for learners",
            "unittest": "for tests",
        }.items()
    ),
    Rule("lib/python3.*/config-*", "for C programs"),
    Rule("*/__pycache__/*", "compiled anew"),
    Rule("lib/*tcl*", "windows; ours is a terminal"),
    Rule("lib/*tk*", "windows; ours is a terminal"),
    Rule("lib/pkgconfig/*", "for C programs"),
    Rule("include/*", "for C programs"),
    Rule("share/*", "manuals"),
    Rule("bin/*", "other commands", but=("bin/python3.[0-9]*[0-9]",)),
)


def build(target: Path, python: Path, architecture: str, work: Path) -> None:
    """Fill `target`, a new folder.

    Args:
        target: `….app`.
        python: an unpacked python-build-standalone for macOS.
        architecture: one of `ARCHITECTURES`.
        work: a folder for what is needed on the way.

    Raises:
        PackagingError: that is no such Python, or one of another minor version than this one, which compiles for it.
    """
    series = series_of(python)
    contents = target / "Contents"
    home = contents / "Resources" / "python"
    present = [
        path.relative_to(python).as_posix()
        for path in python.rglob("*")
        if path.is_file() and not path.is_symlink()
    ]
    for path in kept(present, _PYTHON_RULES, all_needed=False):
        _copy(python / path, home / ("bin/python3" if path == f"bin/python{series}" else path))
    site = home / "lib" / f"python{series}" / "site-packages"
    unpacked = work / "site"
    wheels.install(unpacked, platform=ARCHITECTURES[architecture], python=series, work=work)
    for path in kept(
        (each.relative_to(unpacked).as_posix() for each in unpacked.rglob("*") if each.is_file()), _RULES
    ):
        _copy(unpacked / path, site / path)
    _compile(home / "lib" / f"python{series}")
    _write(contents / "Info.plist", plistlib.dumps(info(project.version(), architecture)))
    _write(contents / "PkgInfo", b"APPL????")
    _write(contents / "Resources" / "icon.icns", icon.icns())
    _write(contents / "Resources" / "LICENSE.txt", (project.ROOT / "LICENSE").read_bytes())
    for language, title in {"fr": project.TITLE_FR, "en": project.TITLE_EN}.items():
        words = {"CFBundleDisplayName": title, "NSMicrophoneUsageDescription": _MICROPHONE[language]}
        _write(contents / "Resources" / f"{language}.lproj" / "InfoPlist.strings", plistlib.dumps(words))
    _script(contents / "MacOS" / project.NAME, "launcher.sh")
    _script(contents / "Resources" / f"{project.NAME}.command", "window.sh")


def series_of(python: Path) -> str:
    """Such as `3.13`.

    Raises:
        PackagingError: see `build`.
    """
    found = [
        path.name for path in (python / "bin").glob("python3.*") if re.fullmatch(r"python3\.\d+", path.name)
    ]
    if len(found) != 1 or not (python / "lib" / found[0]).is_dir():
        raise PackagingError(f"{python} holds no python-build-standalone")
    series = found[0].removeprefix("python")
    if series != "{}.{}".format(*sys.version_info):
        raise PackagingError(f"Python {series} is compiled for with {series}, not {sys.version}")
    return series


def info(version: str, architecture: str) -> dict[str, object]:
    """The `Info.plist` (Apple's Information Property List Key Reference)."""
    numbers = ".".join(map(str, project.four_numbers(version)[:3]))
    return {
        "CFBundleDevelopmentRegion": "fr",
        "CFBundleDisplayName": project.TITLE_FR,
        "CFBundleExecutable": project.NAME,
        "CFBundleIconFile": "icon",
        "CFBundleIdentifier": "fr.amif.netcheck",
        "CFBundleInfoDictionaryVersion": "6.0",
        "CFBundleLocalizations": ["fr", "en"],
        "CFBundleName": project.NAME,
        "CFBundlePackageType": "APPL",
        "CFBundleShortVersionString": numbers,
        "CFBundleVersion": numbers,
        "LSApplicationCategoryType": "public.app-category.utilities",
        "LSArchitecturePriority": [architecture],  # the launcher is a script, which has none
        "LSMinimumSystemVersion": _OLDEST_MACOS,
        "LSUIElement": True,  # Terminal is what one sees in the Dock
        "NSMicrophoneUsageDescription": _MICROPHONE["fr"],
    }


def _compile(library: Path) -> None:
    """Put the compiled form of each module where Python looks for it beside the source."""
    tag = sys.implementation.cache_tag
    files = []
    for source in sorted(library.rglob("*.py")):
        target = source.parent / "__pycache__" / f"{source.stem}.{tag}.pyc"
        target.parent.mkdir(exist_ok=True)
        files.append((source, target, source.relative_to(library).as_posix()))
    bytecode.compile_all(files)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(0o755 if source.stat().st_mode & 0o100 else 0o644)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _script(path: Path, name: str) -> None:
    _write(path, (HERE / name).read_text(encoding="utf-8").replace("@TITLE@", project.TITLE_FR).encode())
    path.chmod(0o755)
