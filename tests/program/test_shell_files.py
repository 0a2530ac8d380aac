"""Completion and man pages: what stands in `shell/` is what the parser says today, and works in a real shell."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from tools import shell_files

from tests.systems import POSIX_ONLY, WINDOWS

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(
    sys.version_info[:2] != (3, 11), reason="argparse of other versions words its help otherwise"
)
def test_the_files_are_those_of_todays_parser() -> None:
    wanted = dict(shell_files.files())
    assert {path for path in shell_files.FOLDER.rglob("*") if path.is_file()} == set(wanted)
    for path, content in wanted.items():
        assert path.read_text(encoding="utf-8") == content, f"python -m tools.shell_files: {path.name}"


def test_they_are_installed_where_shells_look() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    shared = project["tool"]["hatch"]["build"]["targets"]["wheel"]["shared-data"]
    assert all((ROOT / path).is_file() for path in shared)
    kept = {f"shell/{path.relative_to(shell_files.FOLDER).as_posix()}" for path, _ in shell_files.files()}
    assert kept - set(shared) == {"shell/amif-netcheck.ps1"}, "PowerShell has no folder for it"


def completed(line: str) -> list[str]:
    """What bash offers at the end of `line`."""
    bash = shutil.which("bash")
    if WINDOWS or bash is None:
        pytest.skip(f"{POSIX_ONLY}bash")
    script = """
        source "$1"
        read -ra COMP_WORDS <<<"$2"
        [[ $2 == *' ' ]] && COMP_WORDS+=('')
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_LINE=$2 COMP_POINT=${#2}
        function=$(complete -p amif-netcheck | sed 's/.*-F \\([^ ]*\\).*/\\1/')
        "$function" amif-netcheck "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        printf '%s\\n' "${COMPREPLY[@]}"
    """
    done = subprocess.run(
        [bash, "--norc", "-c", script, "bash", str(shell_files.FOLDER / "amif-netcheck.bash"), line],
        capture_output=True, text=True, check=True, timeout=60, cwd=ROOT,
    )  # fmt: skip
    assert done.stderr == ""
    return [word.strip() for word in done.stdout.split("\n") if word.strip()]


@pytest.mark.parametrize(
    ("line", "some"),
    [
        ("amif-netcheck re", {"replay"}),
        ("amif-netcheck --off", {"--offline"}),
        ("amif-netcheck --format ", {"nagios", "prometheus", "junit"}),
        ("amif-netcheck explain vpn.car", {"vpn.carries_meeting", "vpn.carries_media", "vpn.carries_part"}),
        ("amif-netcheck demo wifi", {"wifi-far"}),
        ("amif-netcheck summary --verdict not", {"not_ready"}),
        ("amif-netcheck replay CHANGELOG", {"CHANGELOG.md"}),
    ],
)
def test_bash_completes(line: str, some: set[str]) -> None:
    found = completed(line)
    assert some <= set(found)
    typed = line.rpartition(" ")[2]
    assert all(word.startswith(typed) for word in found)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "pwsh"])
def test_the_shell_itself_reads_its_file(shell: str) -> None:
    name = shell_files.SHELLS["powershell" if shell == "pwsh" else shell]
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not installed")
    path = str(shell_files.FOLDER / name)
    checked = {
        "pwsh": [
            program,
            "-NoProfile",
            "-Command",
            f"$null = [ScriptBlock]::Create((Get-Content -Raw '{path}'))",
        ],
        "fish": [program, "--no-execute", path],
    }.get(shell, [program, "-n", path])
    done = subprocess.run(checked, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("code", ["en", "fr"])
def test_man_reads_the_manual(code: str) -> None:
    man = shutil.which("man")
    if man is None:
        pytest.skip("man is not installed")
    page = shell_files.FOLDER / "man" / f"amif-netcheck.{code}.1"
    done = subprocess.run(
        [man, "--warnings", "-E", "UTF-8", "-l", "-Tutf8", str(page)],
        capture_output=True, text=True, check=False, timeout=60, env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin", "MANWIDTH": "100"},
    )  # fmt: skip
    assert done.returncode == 0
    told = done.stderr.splitlines()
    assert not [line for line in told if not line.endswith("cannot adjust line")], (
        "only what no-break spaces cost"
    )
    assert "--sound-test" in done.stdout
    assert ("réunion" in done.stdout) == (code == "fr")
