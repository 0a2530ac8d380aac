"""The Windows packages, installed, started, replaced and removed under Wine.

Wine has no User Account Control: everybody may write everywhere. That the setup asks for no more rights than its user has
is read in its manifest.
"""

from __future__ import annotations

import re
import shutil
import time
import zipfile
from pathlib import Path

import pytest

import amif_netcheck
from tests.package.desktop import Desktop
from tests.package.windows import OLD_VERSION, ONLY_IN_OLD, WindowsPackages, WindowsUser, ended, unpack

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("packages"), pytest.mark.timeout(300)]

_UNINSTALL = "Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\amif-netcheck"
_EXPAND_SZ = 2
_OPEN_APP = Path(__file__).with_name("open_app.py")
_MEANT = "AppData/Local/amif-netcheck/"
"""What stays after all: settings and the log (docs/install.md)."""


def starts(user: WindowsUser, folder: Path) -> None:
    """What each package has to do, wherever it lies."""
    program = folder / "amif-netcheck.exe"
    version = user.run(program, "--version")
    assert (version.stdout, version.code) == (f"amif-netcheck {amif_netcheck.__version__}\n", 0)
    demo = user.run(program, "demo", "--plain", "--lang", "fr")
    assert "Démonstration" in demo.stdout
    assert "Prêt, avec des réserves" in demo.stdout
    assert demo.code == 1
    offline = user.run(program, "--json", "--offline")
    assert offline.code in {0, 1, 3, 4}, offline.stderr
    assert offline.report["system"]["os"] == "windows"
    assert {check["id"] for check in offline.report["checks"]} >= {"proximity", "vpn", "headset", "link"}


def left_behind(before: dict[str, bytes], after: dict[str, bytes]) -> set[str]:
    return {name for name in after.keys() - before.keys() if _MEANT not in name}


def test_the_setup_installs_starts_and_leaves_nothing_behind(
    windows_packages: WindowsPackages, windows_user: WindowsUser
) -> None:
    files, registry = windows_user.files(), windows_user.registry()
    folder = windows_user.home / "Élodie Préfet" / "Mes programmes" / "amif-netcheck"
    assert windows_user.install(windows_packages.setup, folder) == 0
    starts(windows_user, folder)

    key = windows_user.registry(_UNINSTALL)
    assert key[f"{_UNINSTALL}\\DisplayVersion"][1] == amif_netcheck.__version__
    assert key[f"{_UNINSTALL}\\InstallLocation"][1] == windows_user.path(folder)
    links = {Path(name).name for name in windows_user.files().keys() - files.keys() if name.endswith(".lnk")}
    assert links == {"Ready for the videoconference.lnk"}
    assert windows_user.registry("Environment")["Environment\\Path"] == [
        _EXPAND_SZ,
        windows_user.path(folder),
    ]

    assert windows_user.uninstall(folder) == 0
    assert left_behind(files, windows_user.files()) == set()
    assert files.keys() <= windows_user.files().keys()
    assert windows_user.registry() == registry
    assert not folder.exists()


def test_the_portable_archive_starts_from_any_folder_and_writes_nothing_into_it(
    windows_packages: WindowsPackages, windows_user: WindowsUser
) -> None:
    unpack(windows_packages.portable, windows_user.home / "Été (1)")
    files, registry = windows_user.files(), windows_user.registry()
    starts(windows_user, windows_user.home / "Été (1)" / "amif-netcheck")
    after = windows_user.files()
    assert left_behind(files, after) == set()
    assert {name: after[name] for name in files} == files
    assert windows_user.registry() == registry


def test_a_new_version_takes_the_place_of_an_old_one_and_keeps_what_is_the_persons(
    windows_packages: WindowsPackages, windows_user: WindowsUser
) -> None:
    theirs = ";".join(f"%USERPROFILE%\\Outils n° {number}" for number in range(200)) + ";;C:\\Fin\\"
    assert len(theirs) > 4096
    windows_user.ask("set_path", _EXPAND_SZ, theirs)
    files, registry = windows_user.files(), windows_user.registry()
    folder = windows_user.home / "Programmes"
    program = folder / "amif-netcheck.exe"
    with_ours = [_EXPAND_SZ, f"{theirs};{windows_user.path(folder)}"]
    assert windows_user.install(windows_packages.old_setup, folder) == 0
    assert windows_user.registry(_UNINSTALL)[f"{_UNINSTALL}\\DisplayVersion"][1] == OLD_VERSION
    assert windows_user.registry("Environment")["Environment\\Path"] == with_ours
    assert (folder / ONLY_IN_OLD).exists()
    settings = windows_user.home / "AppData" / "Local" / "amif-netcheck" / "settings.toml"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text('language = "fr"\n', encoding="utf-8")
    (folder / "note.txt").write_text("mine", encoding="utf-8")

    running = windows_user.start(program, "serve", "--port", "0")
    try:  # nothing is replaced under a program that runs
        assert running.stderr is not None
        assert b"listening" in running.stderr.readline()
        assert windows_user.install(windows_packages.setup, folder) == 4
        assert (folder / ONLY_IN_OLD).exists()
        assert windows_user.registry(_UNINSTALL)[f"{_UNINSTALL}\\DisplayVersion"][1] == OLD_VERSION
        python = folder / "lib" / "runtime" / "python.exe"
        copy = windows_user.prefix.folder / "python.exe"  # which nobody runs: the launcher alone is held
        shutil.copy2(python, copy)
        copy.replace(python)
        assert windows_user.install(windows_packages.setup, folder) == 4
        assert (folder / ONLY_IN_OLD).exists()
    finally:
        windows_user.end(running)

    assert windows_user.install(windows_packages.setup, folder) == 0
    assert not (folder / ONLY_IN_OLD).exists()
    assert windows_user.registry(_UNINSTALL)[f"{_UNINSTALL}\\DisplayVersion"][1] == amif_netcheck.__version__
    assert windows_user.registry("Environment")["Environment\\Path"] == with_ours
    assert "explain" in windows_user.run(program, "--help").stdout
    assert settings.read_text(encoding="utf-8") == 'language = "fr"\n'

    assert windows_user.uninstall(folder) == 0
    assert [path.name for path in folder.iterdir()] == ["note.txt"]
    assert left_behind(files, windows_user.files()) == {f"{windows_user.home.name}/Programmes/note.txt"}
    assert settings.exists()
    assert windows_user.registry() == registry


def test_in_french_without_a_folder_and_then_into_another_one(
    windows_packages: WindowsPackages, french_windows_user: WindowsUser
) -> None:
    user = french_windows_user
    before = user.files()
    first = user.home / "AppData" / "Local" / "Programs" / "amif-netcheck"
    assert user.install(windows_packages.old_setup) == 0
    assert "Vérifie" in user.run(first / "amif-netcheck.exe", "--help").stdout
    links = [Path(name) for name in user.files().keys() - before.keys() if name.endswith(".lnk")]
    assert {link.stem for link in links} == {"Prêt pour la visioconférence"}
    assert {link.parent.name for link in links} >= {"Desktop"}

    second = user.home / "deux"
    running = user.start(first / "amif-netcheck.exe", "serve", "--port", "0")
    try:
        assert running.stderr is not None
        assert running.stderr.readline()
        assert user.install(windows_packages.setup, second) == 4
        assert (first / "lib" / "uninstall.exe").exists()
        assert (first / ONLY_IN_OLD).exists()
        assert not second.exists()
    finally:
        user.end(running)
    assert user.install(windows_packages.setup, second) == 0
    assert not first.exists(), "another folder takes its place"
    assert user.registry("Environment")["Environment\\Path"][1] == user.path(second)


def test_the_app_opens(windows_packages: WindowsPackages, desktop: Desktop, tmp_path: Path) -> None:
    unpack(windows_packages.portable, tmp_path)
    python = tmp_path / "amif-netcheck" / "lib" / "runtime" / "python.exe"
    seen = tmp_path / "seen.txt"
    desktop.open(python, "-X", "utf8", desktop.user.path(_OPEN_APP), desktop.user.path(seen))
    assert desktop.closes(60)
    assert seen.read_text(encoding="utf-8") == "painted"


def test_the_packages_are_the_same_bytes_when_built_again(windows_packages: WindowsPackages) -> None:
    for first, second in zip(
        (windows_packages.portable, windows_packages.setup), windows_packages.built("second"), strict=True
    ):
        assert first.name == second.name
        assert first.read_bytes() == second.read_bytes()
        digest = f"{first.name}.sha256"
        assert first.with_name(digest).read_text() == second.with_name(digest).read_text()


def test_setup_and_launcher_ask_for_no_more_rights_than_their_user_has(
    windows_packages: WindowsPackages,
) -> None:
    with zipfile.ZipFile(windows_packages.portable) as archive:
        launcher = archive.read("amif-netcheck/amif-netcheck.exe")
    for program in (launcher, windows_packages.setup.read_bytes()):
        asked = re.findall(rb"requestedExecutionLevel\s+level=[\"'](\w+)", program)
        assert asked, "the setup holds its own, and those of what it installs"
        assert set(asked) == {b"asInvoker"}


def test_the_program_stays_within_its_own_modules(
    windows_packages: WindowsPackages, windows_user: WindowsUser, tmp_path: Path
) -> None:
    """Whatever the environment and the current folder say."""
    unpack(windows_packages.portable, tmp_path)
    evil = tmp_path / "evil"
    evil.mkdir()
    (evil / "json.py").write_text("raise SystemExit('not ours')")
    program = tmp_path / "amif-netcheck" / "amif-netcheck.exe"
    environment = {"PYTHONPATH": windows_user.path(evil), "PYTHONHOME": windows_user.path(evil)}
    done = ended(windows_user.start(program, "list", environment=environment), time.monotonic())
    assert done.code == 0, done.stderr
