"""`--version --verbose`, for whoever asks an IT desk for help."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

import amif_netcheck
from amif_netcheck.cli import about
from amif_netcheck.cli.main import main


def test_it_begins_as_the_short_answer_does_and_goes_on_in_keys_and_values(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--version", "--verbose"]) == 0
    first, *rest = capsys.readouterr().out.splitlines()
    assert first == f"amif-netcheck {amif_netcheck.__version__}"
    told = [re.fullmatch(r"([a-z]+): (.+)", line) for line in rest]
    assert all(told)
    keys = [found[1] for found in told if found]
    assert keys[:4] == ["python", "system", "program", "folder"]
    assert {"settings", "log", "package"} < set(keys)
    python = next(found[2] for found in told if found and found[1] == "python")
    assert python.endswith("{}.{}.{}".format(*sys.version_info[:3]))


@pytest.mark.parametrize(
    "words", [["-v", "--version"], ["--version", "-v"], ["--verbose", "--version", "-v"]]
)
def test_the_order_of_the_two_does_not_matter(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 0
    assert "\npython: " in capsys.readouterr().out


def test_packages_are_those_that_the_program_needs_with_their_versions() -> None:
    found = about.packages("amif-netcheck")
    assert found["textual"] == metadata.version("textual")
    assert "rich" in found, "needed by textual"
    assert "pytest" not in found, "needed by tests alone"
    assert about.packages("no-such-package-here") == {}


def test_no_name_of_the_person_or_the_computer_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "jean.dupont"
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.setattr(about, "__file__", str(home / "outils" / "amif_netcheck" / "cli" / "about.py"))
    monkeypatch.setattr("getpass.getuser", lambda: "jean.dupont")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "partage" / "jean.dupont" / "python"))
    assert main(["--version", "--verbose"]) == 0
    text = capsys.readouterr().out
    assert "dupont" not in text
    assert f"folder: {Path('~', 'outils', 'amif_netcheck')}\n" in text
    assert "user-1" in text


def test_nothing_is_sent() -> None:
    script = (
        "import sys, socket\n"
        "def refuse(*_): raise SystemExit('a socket')\n"
        "socket.socket.connect = refuse\n"
        "socket.getaddrinfo = refuse\n"
        "from amif_netcheck.cli.main import main\n"
        "raise SystemExit(main(['--version', '--verbose']))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "package: textual" in done.stdout
