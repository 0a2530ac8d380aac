"""The Python that goes into the package: python.org's embeddable archive, or the folder of an installed CPython.

Of its standard library only what can be imported here goes in, as one archive of compiled modules: one file to open,
and to be looked at by a virus scanner, instead of hundreds.
"""

from __future__ import annotations

import importlib.util
import io
import re
import sys
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.packages import archives, bytecode
from tools.packages.project import PackagingError
from tools.packages.pruning import Rule, kept

_PROGRAMS = ("python.exe", "python3.dll", "vcruntime140.dll", "vcruntime140_1.dll")

RULES = (
    Rule("*/__pycache__/*", "compiled anew"),
    Rule("site-packages/*", "is not of Python"),
    *(
        Rule(f"{name}/*", why)
        for name, why in {
            "curses": "not on Windows",
            "dbm": "no database here",
            "distutils": "builds packages",
            "ensurepip": "installs pip",
            "idlelib": "an editor",
            "lib2to3": "rewrites old source",
            "msilib": "makes installers",
            "pydoc_data": "help for programmers",
            "sqlite3": "no database here",
            "test": "tests of Python",
            "tkinter": "windows; ours is a terminal",
            "turtledemo": "drawing for learners",
            "unittest": "for tests",
            "venv": "makes environments",
            "wsgiref": "a web server for applications",
            "xmlrpc": "calls by XML",
        }.items()
    ),
    *(
        Rule(f"{name}.*", why)
        for name, why in {
            "antigravity": "a joke",
            "doctest": "for tests",
            "idle": "an editor",
            "pdb": "a debugger",
            "pydoc": "help for programmers",
            "turtle": "drawing for learners",
            "_sqlite3": "no database here",
            "sqlite3": "no database here",
            "_msi": "makes installers",
            "_tkinter": "windows; ours is a terminal",
            "tcl86t": "windows; ours is a terminal",
            "tk86t": "windows; ours is a terminal",
            "_test*": "tests of Python",
            "_ctypes_test": "tests of Python",
            "winsound": "sounds are PortAudio's here",
        }.items()
    ),
    Rule("*/tests/*", "tests of Python"),
    Rule("*.ico", "pictures of files"),
    Rule("*.cat", "signatures of what lies in the archive"),
    Rule("python_tools.cat", "signatures of tools"),
)
"""No rule need match: which of these a Python has depends on its version and on where it is from."""


@dataclass(frozen=True)
class Runtime:
    """A Python, ready to be put beside the program."""

    version: str
    files: Mapping[str, bytes]
    """Programs and libraries, by their name in the folder `runtime`."""
    library: Mapping[str, bytes]
    """Compiled modules of the standard library, by their path in its archive."""

    @property
    def series(self) -> str:
        """Such as `3.11`."""
        return ".".join(self.version.split(".")[:2])

    @property
    def name(self) -> str:
        """Such as `python311`, as its DLL and its archive are called."""
        return "python" + self.series.replace(".", "")

    def search_path(self, *more: str) -> bytes:
        """Its `._pth` file: the only places that modules are taken from, whatever the environment says."""
        return "\r\n".join((f"{self.name}.zip", ".", *more, "")).encode()


def read(source: Path, work: Path) -> Runtime:
    """The Python at `source`.

    Raises:
        PackagingError: it is none, or of another minor version than this Python, which compiles for it.
    """
    runtime = _of_archive(source) if source.is_file() else _of_folder(source, work)
    if runtime.series != "{}.{}".format(*sys.version_info):
        raise PackagingError(
            f"Python {runtime.version} is compiled for with {runtime.series}, not {sys.version}"
        )
    return runtime


def _of_archive(source: Path) -> Runtime:
    try:
        with zipfile.ZipFile(source) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
    except (OSError, zipfile.BadZipFile) as error:
        raise PackagingError(f"{source}: {error}") from error
    library = next((name for name in files if re.fullmatch(r"python3\d+\.zip", name)), None)
    if library is None:
        raise PackagingError(f"{source} is not the embeddable Python")
    with zipfile.ZipFile(io.BytesIO(files[library])) as archive:
        modules = {name: archive.read(name) for name in _wanted(archive.namelist())}
    for name, module in modules.items():
        if name.endswith(".pyc") and module[:4] != importlib.util.MAGIC_NUMBER:
            raise PackagingError(f"{source}: {name} is compiled for another Python than {sys.version}")
    chosen = {name: files[name] for name in _wanted(files) if name.endswith((".exe", ".dll", ".pyd", ".txt"))}
    chosen.pop("pythonw.exe", None)
    return Runtime(_version(files), chosen, modules)


def _of_folder(source: Path, work: Path) -> Runtime:
    modules = source / "Lib"
    extensions = source / "DLLs"
    if not modules.is_dir() or not extensions.is_dir():
        raise PackagingError(f"{source} is neither an embeddable Python nor the folder of one")
    files = {path.name: path.read_bytes() for path in source.iterdir() if path.name in _PROGRAMS}
    dll = next(path for path in source.iterdir() if re.fullmatch(r"python3\d+\.dll", path.name))
    files |= {dll.name: dll.read_bytes(), "LICENSE.txt": (source / "LICENSE.txt").read_bytes()}
    files |= {
        name: (extensions / name).read_bytes() for name in _wanted(path.name for path in extensions.iterdir())
    }
    target = work / "library"
    paths = [path.relative_to(modules).as_posix() for path in modules.rglob("*.py")]
    compiled = []
    for path in _wanted(paths):
        to = target / f"{path}c"
        to.parent.mkdir(parents=True, exist_ok=True)
        compiled.append((modules / path, to, path))
    bytecode.compile_all(compiled)
    return Runtime(_version(files), files, archives.contents(target))


def _wanted(paths: Iterable[str]) -> list[str]:
    return kept(paths, RULES, all_needed=False)


def _version(files: Mapping[str, bytes]) -> str:
    """What its DLL calls itself: the product's version in its resources, such as `3.11.9`."""
    dll = next(content for name, content in files.items() if re.fullmatch(r"python3\d+\.dll", name))
    mark = "ProductVersion\0".encode("utf-16-le")
    at = dll.find(mark)
    found = re.match(r"\0*(\d+\.\d+\.\d+)", dll[at + len(mark) :][:64].decode("utf-16-le", errors="ignore"))
    if at < 0 or found is None:
        raise PackagingError("the DLL of Python does not tell its version")
    return found[1]
