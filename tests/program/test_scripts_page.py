"""The examples of docs/scripts.md, run as they stand there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from amif_netcheck.errors import ExitCode
from tests.systems import POSIX_ONLY, WINDOWS

PAGE = (Path(__file__).parents[2] / "docs" / "scripts.md").read_text(encoding="utf-8")
STAND_IN = """#!{python}
import os, sys
from amif_netcheck.__main__ import main
sys.argv[1:] = ["demo", os.environ["SCENARIO"], "--lang", "en", *(one for one in sys.argv[1:] if one != "--quick")]
sys.exit(main())
"""
"""A run of a recorded computer in place of a real one, which would ask the Internet."""


def block(kind: str, number: int = 0) -> str:
    return str(re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)[number])


def ran(command: list[str], folder: Path, scenario: str) -> subprocess.CompletedProcess[str]:
    if WINDOWS:
        pytest.skip(f"{POSIX_ONLY}a program in a text file")
    program = folder / "bin" / "amif-netcheck"
    program.parent.mkdir()
    program.write_text(STAND_IN.format(python=sys.executable), encoding="utf-8")
    program.chmod(0o755)
    environment = os.environ | {"PATH": f"{program.parent}:{os.environ['PATH']}", "SCENARIO": scenario}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False, timeout=80
    )


@pytest.mark.parametrize(
    ("scenario", "first", "found"),
    [
        ("ready", "ready", ""),
        ("vpn", "limited, first: vpn.carries_meeting", "vpn.carries_meeting: A VPN"),
        ("everything-wrong", "not_ready, first: ", "headset."),
    ],
)
def test_the_shells_example(tmp_path: Path, scenario: str, first: str, found: str) -> None:
    if shutil.which("jq") is None:
        pytest.skip("jq is not installed")
    done = ran(["bash", "-u", "-c", block("bash")], tmp_path, scenario)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(first)
    assert found in done.stdout
    assert re.search(r"^[\d.]+$", done.stdout, re.MULTILINE), "the loss"


def test_the_shells_example_fails_where_no_report_was_written(tmp_path: Path) -> None:
    done = ran(["bash", "-c", block("bash")], tmp_path, "no-such-scenario")
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(("scenario", "verdict"), [("vpn", "limited"), ("no-network", "not_ready")])
def test_the_example_in_python(tmp_path: Path, scenario: str, verdict: str) -> None:
    done = ran([sys.executable, "-c", block("python")], tmp_path, scenario)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(verdict)
    assert ("loss: not measured" in done.stdout) == (scenario == "no-network")


@pytest.mark.parametrize(
    ("scenario", "told"),
    [("ready", "ready: nothing to fix"), ("vpn", "limited: vpn.carries_meeting")],
)
def test_the_playbook(tmp_path: Path, scenario: str, told: str) -> None:
    if shutil.which("ansible-playbook") is None:
        pytest.skip("Ansible is not installed")
    playbook = tmp_path / "check.yml"
    playbook.write_text(block("yaml"), encoding="utf-8")
    command = ["ansible-playbook", "--inventory", "localhost,", "--connection", "local", str(playbook)]
    done = ran(command, tmp_path, scenario)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f'"msg": "{told}"' in done.stdout


@pytest.mark.parametrize("number", [0, 1])
def test_powershell_reads_its_examples(tmp_path: Path, number: int) -> None:
    program = shutil.which("pwsh")
    if program is None:
        pytest.skip("PowerShell is not installed")
    path = tmp_path / "example.ps1"
    path.write_text(block("powershell", number), encoding="utf-8")
    check = f"$null = [ScriptBlock]::Create((Get-Content -Raw '{path}'))"
    done = subprocess.run(
        [program, "-NoProfile", "-Command", check], capture_output=True, text=True, check=False, timeout=80
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_page_has_every_exit_code() -> None:
    told = [
        int(code) for row in re.findall(r"^\| ([\d, ]+) \|", PAGE, re.MULTILINE) for code in row.split(", ")
    ]
    assert sorted(told) == sorted(ExitCode)
