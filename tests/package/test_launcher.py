"""The launcher of the Windows packages, under Wine, in front of a program that tells what it was started with."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tools.package_windows import launcher

from tests.package.conftest import needs
from tests.package.desktop import Desktop
from tests.package.windows import WindowsUser, compiled, eventually
from tests.wine.prefix import Prefix
from tests.wine.prepare import Prepared

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("launcher"), pytest.mark.timeout(200)]

_COLUMNS, _ROWS = 120, 40


@dataclass(frozen=True)
class Told:
    """What the stand-in for the program has seen."""

    line: str
    columns: int
    rows: int
    owners: int
    title: str

    @classmethod
    def by(cls, folder: Path) -> Told:
        path = folder / "lib" / "runtime" / "told.txt"
        assert eventually(path)
        line, _, columns, rows, owners, title = path.read_text(encoding="utf-8").splitlines()
        return cls(line, int(columns), int(rows), int(owners), title)


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The launcher in front of the stand-in."""
    needs("x86_64-w64-mingw32-gcc", "x86_64-w64-mingw32-windres")
    folder = tmp_path_factory.mktemp("launcher") / "Élodie Préfet; mairie"
    compiled("stand_in.c", folder / "lib" / "runtime" / "python.exe")
    launcher.build(folder / "amif-netcheck.exe", "1.2.3", tmp_path_factory.mktemp("work"))
    return folder


@pytest.fixture(scope="module")
def user(prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WindowsUser]:
    """Somebody without a screen, as a script is."""
    with Prefix(prepared, tmp_path_factory.mktemp("script")) as prefix:
        yield WindowsUser(prefix)


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--meeting", "C:\\Mes réunions\\conseil n° 1.ics"),
        ('a "quoted" word', "back\\slash\\", "two\\\\", "", "日本", "%PATH%", "a&b|c>d", "*.ics", "?"),
    ],
)
def test_arguments_go_through_to_the_letter(
    user: WindowsUser, programs: Path, words: tuple[str, ...]
) -> None:
    assert user.run(programs / "amif-netcheck.exe", *words).code == 0
    theirs = subprocess.list2cmdline(words)
    python = user.path(programs / "lib" / "runtime" / "python.exe")
    assert Told.by(programs).line.rstrip() == f'"{python}" -X utf8 -P -m amif_netcheck {theirs}'.rstrip()


@pytest.mark.parametrize("code", [0, 1, 3, 70, 130, 255])
def test_exit_codes_go_through(user: WindowsUser, programs: Path, code: int) -> None:
    assert user.run(programs / "amif-netcheck.exe", "--exit", str(code)).code == code


def test_standard_input_and_output_go_through(user: WindowsUser, programs: Path) -> None:
    sent = bytes(range(32, 256)) * 500
    assert user.run(programs / "amif-netcheck.exe", "--copy", text=sent).raw_stdout == sent


def test_the_program_ends_with_its_launcher(user: WindowsUser, programs: Path) -> None:
    told = user.path(programs / "lib" / "runtime" / "told.txt")
    assert user.ask("outlived", f'"{user.path(programs / "amif-netcheck.exe")}" --wait', told) is False


def test_a_program_that_is_missing_is_said_in_one_line(
    user: WindowsUser, programs: Path, tmp_path: Path
) -> None:
    alone = tmp_path / "amif-netcheck.exe"
    alone.write_bytes((programs / "amif-netcheck.exe").read_bytes())
    done = user.run(alone)
    assert done.code == 70
    assert "python.exe does not start (error " in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.fixture(autouse=True)
def _nothing_told_yet(programs: Path) -> None:
    for name in ("told.txt", "code.txt"):
        (programs / "lib" / "runtime" / name).unlink(missing_ok=True)


def test_double_clicked_the_window_has_a_title_and_room_for_the_app(desktop: Desktop, programs: Path) -> None:
    desktop.open(programs / "amif-netcheck.exe")
    told = Told.by(programs)
    assert (told.columns, told.rows) == (_COLUMNS, _ROWS)
    assert told.title == "Ready for the videoconference"
    assert told.owners == 2
    assert desktop.closes()


@pytest.mark.parametrize("code", [70, 2])
def test_double_clicked_the_window_stays_after_an_error(desktop: Desktop, programs: Path, code: int) -> None:
    (programs / "lib" / "runtime" / "code.txt").write_text(str(code))
    desktop.open(programs / "amif-netcheck.exe")
    Told.by(programs)
    assert desktop.waits()
    assert desktop.code == code


@pytest.mark.parametrize("code", [0, 3, 70, 2])
def test_a_scheduled_run_ends_by_itself_with_the_programs_code(
    desktop: Desktop, programs: Path, terminal: Path, code: int
) -> None:
    """The Task Scheduler gives it a console of its own, as a double click does."""
    desktop.open(programs / "amif-netcheck.exe", "--exit", str(code))
    assert Told.by(programs).line.endswith(f"--exit {code}")
    assert desktop.closes()
    assert desktop.code == code
    assert not (terminal / "opened.txt").exists()


def test_a_scheduled_run_of_a_program_that_is_missing_ends_by_itself(
    desktop: Desktop, programs: Path, tmp_path: Path
) -> None:
    alone = tmp_path / "amif-netcheck.exe"
    alone.write_bytes((programs / "amif-netcheck.exe").read_bytes())
    desktop.open(alone, "--json")
    assert desktop.closes()
    assert desktop.code == 70


def test_control_c_is_the_programs_to_answer(desktop: Desktop, programs: Path) -> None:
    desktop.open(programs / "amif-netcheck.exe", "--wait")
    Told.by(programs)
    desktop.press("ctrl+c")
    assert desktop.closes()
    assert desktop.code == 130


@pytest.fixture
def terminal(desktop: Desktop) -> Iterator[Path]:
    """The folder of Windows Terminal, which is installed."""
    program = desktop.user.home / "AppData" / "Local" / "Microsoft" / "WindowsApps" / "wt.exe"
    compiled("stand_in_terminal.c", program)
    yield program.parent
    for file in program.parent.iterdir():
        file.unlink()


def test_windows_terminal_takes_over_where_it_is_installed(
    desktop: Desktop, programs: Path, terminal: Path
) -> None:
    desktop.open(programs / "amif-netcheck.exe")
    assert desktop.closes()
    line = (terminal / "opened.txt").read_text(encoding="utf-8")
    program = desktop.user.path(programs / "amif-netcheck.exe").replace(";", "\\;")
    assert line.endswith(f'wt.exe" "{program}" --own-window')
    assert not (programs / "lib" / "runtime" / "told.txt").exists()


def test_a_windows_terminal_that_fails_is_done_without(
    desktop: Desktop, programs: Path, terminal: Path
) -> None:
    (terminal / "fails").touch()
    desktop.open(programs / "amif-netcheck.exe")
    assert Told.by(programs).columns == _COLUMNS
    assert desktop.closes()


def test_within_windows_terminal_it_is_not_opened_again(
    desktop: Desktop, programs: Path, terminal: Path
) -> None:
    desktop.open(programs / "amif-netcheck.exe", "--own-window")
    assert "--own-window" not in Told.by(programs).line
    assert not (terminal / "opened.txt").exists()
    assert desktop.closes()


def test_a_script_never_opens_windows_terminal(desktop: Desktop, programs: Path, terminal: Path) -> None:
    assert desktop.user.run(programs / "amif-netcheck.exe").code == 0
    assert not (terminal / "opened.txt").exists()
