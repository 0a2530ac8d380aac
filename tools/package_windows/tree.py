"""The folder of the program for Windows: what the portable archive and the setup hold.

amif-netcheck.exe       the launcher
LICENSE.txt             of the program
LISEZMOI.txt            what to do with it, in French and English
lib/runtime/            Python; its `._pth` names the two below
lib/app.zip             pure Python, compiled
lib/app/                what has to be files: extensions, data, licences
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tools.package_windows import launcher
from tools.package_windows.runtime import Runtime
from tools.packages import archives, bytecode, project, wheels
from tools.packages.pruning import EVERYWHERE, PORTAUDIO, Rule, kept

_PLATFORM = "x86_64-pc-windows-msvc"
_RULES = (
    *EVERYWHERE,
    Rule("*.lib", "for linking"),
    Rule(PORTAUDIO, "for other systems, or for professional sound cards", but=("*/libportaudio64bit.dll",)),
)
_ZIPPED_WITH_DATA = frozenset({"amif_netcheck", "tzdata"})
"""Read their data by what loaded them, so that they too may lie in an archive."""
NUMPY_FOR_WINE = (
    "numpy==2.0.2 --hash=sha256:286cd40ce2b7d652a6f22efdfc6d1edf879440e53e76a75955bc0c826c7e64dc",
)
"""Later ones need `ucrtbase.crealf`, which Wine 8 and 10 lack."""

_READ_ME = """\
{title_fr}

Ouvrez « amif-netcheck.exe » par un double-clic : une fenêtre s’ouvre, et la vérification commence.
Rien n’est installé : pour retirer ce programme, supprimez ce dossier. Ses réglages et son journal sont dans
%LOCALAPPDATA%\\amif-netcheck.

{title_en}

Double-click “amif-netcheck.exe”: a window opens, and the check begins.
Nothing is installed: to remove this program, delete this folder. Its settings and its log are in
%LOCALAPPDATA%\\amif-netcheck.

amif-netcheck {version}, Python {python}
"""


def build(target: Path, runtime: Runtime, *, work: Path, for_wine: bool) -> None:
    """Fill `target`, a new folder; nothing in it depends on where or when."""
    version = project.version()
    library = target / "lib"
    app = _dependencies(work, runtime, for_wine=for_wine)
    zipped, files = split(app)
    for path, content in {f"app/{path}": content for path, content in files.items()}.items():
        _write(library / path, content)
    archives.zip_of(library / "app.zip", zipped, moment=project.EARLIEST, pack=False)
    for name, content in runtime.files.items():
        _write(library / "runtime" / name, content)
    name = runtime.name
    archives.zip_of(library / "runtime" / f"{name}.zip", runtime.library, moment=project.EARLIEST, pack=False)
    _write(library / "runtime" / f"{name}._pth", runtime.search_path("..\\app.zip", "..\\app"))
    launcher.build(target / "amif-netcheck.exe", version, work)
    _write(target / "LICENSE.txt", _lines((project.ROOT / "LICENSE").read_text(encoding="utf-8")))
    words = {"title_fr": project.TITLE_FR, "title_en": project.TITLE_EN}
    _write(target / "LISEZMOI.txt", _lines(_READ_ME.format(version=version, python=runtime.version, **words)))


def split(app: Mapping[str, bytes]) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """What may lie in an archive (packages that are nothing but modules), and what has to be files."""
    modules = dict.fromkeys(map(_top, app), True)
    for path in app:
        modules[_top(path)] &= path.endswith(".pyc")
    zipped = {path for path in app if modules[_top(path)] or _top(path) in _ZIPPED_WITH_DATA}
    return {path: app[path] for path in zipped}, {path: app[path] for path in app.keys() - zipped}


def _top(path: str) -> str:
    return path.partition("/")[0]


def _dependencies(work: Path, runtime: Runtime, *, for_wine: bool) -> dict[str, bytes]:
    """Our package and those it needs, compiled; by path."""
    site = work / "site"
    instead = NUMPY_FOR_WINE if for_wine else ()
    wheels.install(site, platform=_PLATFORM, python=runtime.series, work=work, instead=instead)
    paths = kept((path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()), _RULES)
    compiled = []
    for path in [path for path in paths if path.endswith(".py")]:
        target = work / "compiled" / f"{path}c"
        target.parent.mkdir(parents=True, exist_ok=True)
        compiled.append((site / path, target, path))
    bytecode.compile_all(compiled)
    data = {path: (site / path).read_bytes() for path in paths if not path.endswith(".py")}
    return data | archives.contents(work / "compiled")


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _lines(text: str) -> bytes:
    """As Notepad of older Windows reads it too: a byte order mark, and Windows' line ends."""
    return b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()
