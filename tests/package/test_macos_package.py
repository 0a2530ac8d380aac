"""The app for macOS: its tree, made here of real wheels; its scripts, run here in front of stand-ins.

What only a Mac can show: Gatekeeper, Terminal, signing, the disk image.
"""

from __future__ import annotations

import hashlib
import os
import plistlib
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

import pytest
from tools.package_macos import __main__ as package_macos
from tools.package_macos import app
from tools.packages.project import PackagingError

import amif_netcheck
from tests.package.conftest import needs

SERIES = "{}.{}".format(*sys.version_info)
RESOURCES = "amif-netcheck.app/Contents/Resources"


def standalone(folder: Path, series: str = SERIES) -> Path:
    """The layout of python-build-standalone's `install_only` archives, by hand, with a file for each thing that matters."""
    library = f"lib/python{series}"
    for path in (
        f"bin/python{series}",
        "bin/pip3",
        f"lib/libpython{series}.dylib",
        "lib/libtcl9.0.dylib",
        f"{library}/os.py",
        f"{library}/json/__init__.py",
        f"{library}/lib-dynload/_ssl.so",
        f"{library}/test/test_os.py",
        f"{library}/site-packages/pip/__init__.py",
        f"{library}/__pycache__/os.old.pyc",
        f"include/python{series}/Python.h",
        "share/man/man1/python3.1",
    ):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(b"")
    (folder / "bin" / f"python{series}").chmod(0o755)
    (folder / "bin" / "python3").symlink_to(f"python{series}")
    return folder


@pytest.mark.real
@pytest.mark.xdist_group("packages")
@pytest.mark.timeout(300)
def test_the_app_holds_python_the_packages_and_what_macos_has_to_know(tmp_path: Path) -> None:
    needs("uv")
    path = package_macos.build(standalone(tmp_path / "python"), "arm64", tmp_path)
    assert path.with_name(f"{path.name}.sha256").is_file()
    with zipfile.ZipFile(path) as archive:
        modes = {info.filename: info.external_attr >> 16 for info in archive.infolist()}
        info = plistlib.loads(archive.read("amif-netcheck.app/Contents/Info.plist"))
        french = plistlib.loads(archive.read(f"{RESOURCES}/fr.lproj/InfoPlist.strings"))
        english = plistlib.loads(archive.read(f"{RESOURCES}/en.lproj/InfoPlist.strings"))
        library = f"{RESOURCES}/python/lib/python{SERIES}"
        extension = next(name for name in modes if name.startswith(f"{library}/site-packages/msgspec/_core"))
        magic = archive.read(extension)[:8]
    assert info["CFBundleExecutable"] == "amif-netcheck"
    assert info["CFBundleShortVersionString"] == amif_netcheck.__version__
    assert info["LSArchitecturePriority"] == ["arm64"]
    assert "Rien n’est envoyé" in french["NSMicrophoneUsageDescription"]
    assert english["CFBundleDisplayName"] == "Ready for the videoconference"

    for program in (
        "Contents/MacOS/amif-netcheck",
        "Contents/Resources/amif-netcheck.command",
        "Contents/Resources/python/bin/python3",
    ):
        assert modes[f"amif-netcheck.app/{program}"] == 0o100755
    assert modes["amif-netcheck.app/Contents/Info.plist"] == 0o100644
    assert magic == b"\xcf\xfa\xed\xfe\x0c\x00\x00\x01", (
        "a Mach-O for arm64 (mach/machine.h), not for this computer"
    )

    tag = sys.implementation.cache_tag
    assert f"{library}/__pycache__/os.{tag}.pyc" in modes, "compiled ahead: a signed app may not change"
    assert f"{library}/site-packages/amif_netcheck/__pycache__/__main__.{tag}.pyc" in modes
    assert f"{library}/site-packages/amif_netcheck/locales/fr/LC_MESSAGES/amif_netcheck.mo" in modes
    assert f"{library}/site-packages/_sounddevice_data/portaudio-binaries/libportaudio.dylib" in modes
    for out in (
        "python/include/",
        "python/share/",
        "/test/",
        "libtcl",
        "/pip/",
        "portaudio64bit",
        "packages/numpy/random/",
    ):
        assert not [name for name in modes if out in name and "/licenses/" not in name], out


@pytest.mark.parametrize("series", ["3.9", "4.0"])
def test_a_python_that_this_one_does_not_compile_for_is_refused(tmp_path: Path, series: str) -> None:
    with pytest.raises(PackagingError):
        app.series_of(standalone(tmp_path, series))


def test_what_is_no_standalone_python_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PackagingError, match="no python-build-standalone"):
        app.series_of(tmp_path)


class Bundle:
    """The two scripts in their places, in front of stand-ins for Python and for macOS' own programs."""

    def __init__(self, folder: Path) -> None:
        self.contents = folder / "Élodie Préfet" / "amif-netcheck.app" / "Contents"
        self.resources = self.contents / "Resources"
        self._told = folder / "told"
        self._tools = folder / "tools"
        self._languages = ""
        self.launcher = self._script("MacOS/amif-netcheck", "launcher.sh")
        self.command = self._script("Resources/amif-netcheck.command", "window.sh")
        self._stand_in(self.resources / "python" / "bin" / "python3", 'exit "${CODE:-0}"')
        self._stand_in(self._tools / "open", "exit 0")
        self._stand_in(self._tools / "defaults", 'echo "$LANGUAGES"')

    def _script(self, path: str, source: str) -> Path:
        text = Path(app.HERE, source).read_text(encoding="utf-8").replace("@TITLE@", "titre")
        target = self.contents / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text.replace("/usr/bin/", f"{self._tools}/"), encoding="utf-8")
        target.chmod(0o755)
        return target

    def _stand_in(self, path: Path, then: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'#!/bin/sh\nprintf "%s\\n" "$0" "$@" >>"{self._told}"\n{then}\n')
        path.chmod(0o755)

    def run(
        self, script: Path, *words: str, code: int = 0, languages: str = "", typed: str = ""
    ) -> tuple[int, str]:
        """Exit code and output; standard input is no terminal, as when the Finder starts it."""
        environment = {"PATH": "/usr/bin:/bin", "CODE": str(code), "LANGUAGES": languages}
        done = subprocess.run(
            [script, *words],
            input=typed,
            env=environment,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        return done.returncode, done.stdout

    def told(self) -> list[str]:
        """What the stand-ins were started as, and with."""
        return self._told.read_text(encoding="utf-8").splitlines()


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    needs("sh")
    return Bundle(tmp_path)


def test_the_finder_opens_terminal_with_the_app(bundle: Bundle) -> None:
    assert bundle.run(bundle.launcher) == (0, "")
    name, *words = bundle.told()
    assert name.endswith("/open")
    assert words == ["-b", "com.apple.Terminal", str(bundle.command)]


def test_with_words_the_launcher_is_the_program(bundle: Bundle) -> None:
    assert bundle.run(bundle.launcher, "--json", "un mot", code=3)[0] == 3
    python, *words = bundle.told()
    assert python == str(bundle.resources / "python" / "bin" / "python3")
    assert words == ["-I", "-B", "-X", "utf8", "-m", "amif_netcheck", "--json", "un mot"]


def test_on_a_terminal_the_launcher_is_the_program_too(bundle: Bundle) -> None:
    main, side = os.openpty()
    try:
        done = subprocess.run([bundle.launcher], stdin=side, capture_output=True, timeout=30, check=False)
    finally:
        os.close(main)
        os.close(side)
    assert done.returncode == 0
    assert bundle.told()[0].endswith("/python3")


@pytest.mark.parametrize("code", [0, 1, 3, 4, 130])
def test_the_window_ends_with_the_app(bundle: Bundle, code: int) -> None:
    ended, text = bundle.run(bundle.command, code=code)
    assert ended == code
    assert "\033[8;40;120t" in text, "room for the app"
    assert "titre" in text
    assert "Press" not in text


@pytest.mark.parametrize(
    ("languages", "words"),
    [
        ('(\n    "fr-FR",\n    "en-FR"\n)', "Appuyez sur Entrée"),
        ('(\n    "en-GB"\n)', "Press Enter"),
        ("", "Press Enter"),
    ],
)
@pytest.mark.parametrize("code", [2, 70])
def test_the_window_stays_after_an_error(bundle: Bundle, languages: str, words: str, code: int) -> None:
    ended, text = bundle.run(bundle.command, code=code, languages=languages, typed="\n")
    assert ended == code
    assert words in text


_MACS_TOOLS = {
    "ditto": """
        import shutil, sys
        *options, source, target = sys.argv[1:]
        if "-xk" in options:
            shutil.unpack_archive(source, target, "zip")
        else:
            made = shutil.make_archive(target, "zip", source.rpartition("/")[0], source.rpartition("/")[2])
            shutil.move(made, target)
    """,
    "codesign": """
        import pathlib, sys
        last = pathlib.Path(sys.argv[-1])
        if last.is_dir() and "--sign" in sys.argv:
            (last / "signature").write_text(sys.argv[sys.argv.index("--sign") + 1])
    """,
    "hdiutil": """
        import pathlib, sys
        folder = pathlib.Path(sys.argv[sys.argv.index("-srcfolder") + 1])
        signature = folder / "amif-netcheck.app" / "signature"
        pathlib.Path(sys.argv[-1]).write_text(signature.read_text() if signature.exists() else "unsigned")
    """,
    "xcrun": """
        import pathlib, sys
        last = pathlib.Path(sys.argv[-1])
        if sys.argv[1:3] == ["stapler", "staple"] and last.is_dir():
            (last / "ticket").touch()
    """,
}
"""Stand-ins, by what their manuals say of the options that are used."""


@pytest.mark.parametrize("notarised", [False, True])
@pytest.mark.parametrize("signed", [False, True])
def test_image_and_zip_hold_the_same_app_signed_or_not(tmp_path: Path, signed: bool, notarised: bool) -> None:
    needs("shasum")
    for name, code in _MACS_TOOLS.items():
        tool = tmp_path / "bin" / name
        tool.parent.mkdir(exist_ok=True)
        tool.write_text(f"#!{sys.executable}\n{textwrap.dedent(code)}", encoding="utf-8")
        tool.chmod(0o755)
    path, image = tmp_path / "it.zip", tmp_path / "it.dmg"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("amif-netcheck.app/Contents/Resources/python/lib/a.so", b"")
    as_built = path.read_bytes()
    environment = {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"}
    environment |= {"SIGNING_IDENTITY": "ours"} if signed else {}
    environment |= {"NOTARY_PROFILE": "release"} if notarised else {}
    script = Path(package_macos.__file__).with_name("dmg.sh")
    subprocess.run([str(script), str(path), str(image)], env=environment, check=True, capture_output=True)

    assert image.read_text() == ("ours" if signed else "unsigned")
    if not signed:
        assert path.read_bytes() == as_built
        return
    with zipfile.ZipFile(path) as archive:
        assert archive.read("amif-netcheck.app/signature") == b"ours"
        assert ("amif-netcheck.app/ticket" in archive.namelist()) is notarised
        assert archive.testzip() is None
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert path.with_name("it.zip.sha256").read_text() == f"{digest}  it.zip\n"
