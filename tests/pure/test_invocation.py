"""The command that hints name is the one that the program was started by."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

from amif_netcheck.advice import invocation
from tests.systems import needs_posix


@pytest.fixture(autouse=True)
def _asked_anew() -> Iterator[None]:
    command = invocation.own_command
    command.cache_clear()
    yield
    command.cache_clear()


def started(
    monkeypatch: pytest.MonkeyPatch, *words: str, prefix: str = "/usr", python: str = "/usr/bin/python3"
) -> str:
    monkeypatch.setattr(sys, "orig_argv", list(words))
    monkeypatch.setattr(sys, "argv", list(words[1:] or words))
    monkeypatch.setattr(sys, "prefix", prefix)
    monkeypatch.setattr(sys, "executable", python)
    return invocation.own_command()


def program(folder: Path) -> Path:
    folder.mkdir(parents=True)
    file = folder / "amif-netcheck"
    file.write_text("#!/bin/sh\n", encoding="utf-8")
    file.chmod(0o755)
    return file


def test_as_a_module(monkeypatch: pytest.MonkeyPatch) -> None:
    words = ("python3", "-m", "amif_netcheck")
    monkeypatch.setattr(sys, "orig_argv", list(words))
    monkeypatch.setattr(sys, "argv", ["/somewhere/amif_netcheck/__main__.py"])
    monkeypatch.setattr(sys, "prefix", "/usr")
    assert invocation.own_command() == "python3 -m amif_netcheck"


@needs_posix("a console script is an .exe on Windows")
def test_by_its_name_where_that_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = program(tmp_path / "bin")
    monkeypatch.setenv("PATH", str(file.parent))
    assert started(monkeypatch, "/usr/bin/python3", str(file)) == "amif-netcheck"
    monkeypatch.setenv("PATH", os.devnull)
    assert started_anew(monkeypatch, file) == str(file)
    monkeypatch.chdir(tmp_path)
    assert started_anew(monkeypatch, file) == "bin/amif-netcheck"


def started_anew(monkeypatch: pytest.MonkeyPatch, file: Path) -> str:
    invocation.own_command.cache_clear()
    return started(monkeypatch, "/usr/bin/python3", str(file))


@needs_posix("paths")
def test_a_folder_with_a_space_is_quoted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    file = program(tmp_path / "mes outils")
    assert started(monkeypatch, "/usr/bin/python3", str(file)) == f"'{file}'"


@pytest.mark.parametrize(
    ("origin", "command"),
    [
        (None, "uvx amif-netcheck"),
        ("{}", "uvx amif-netcheck"),
        (
            '{"url": "https://git.example/x", "vcs_info": {"vcs": "git", "requested_revision": "v1"}}',
            "uvx --from git+https://git.example/x@v1 amif-netcheck",
        ),
    ],
)
def test_by_uvx(monkeypatch: pytest.MonkeyPatch, origin: str | None, command: str) -> None:
    class Installed:
        def read_text(self, _name: str) -> str | None:
            return origin

    monkeypatch.setattr(metadata, "distribution", lambda _name: Installed())
    kept = "/home/x/.cache/uv/archive-v0/AIAm0LN"
    assert started(monkeypatch, f"{kept}/bin/python", f"{kept}/bin/amif-netcheck", prefix=kept) == command


@needs_posix("paths")
def test_what_brings_its_own_python_is_called_by_its_own_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    launcher = program(tmp_path / "amif-netcheck.app" / "Contents" / "MacOS")
    python = launcher.parent.parent / "Resources" / "python" / "bin" / "python3"
    assert started(monkeypatch, str(python), "-m", "amif_netcheck", python=str(python)) == str(launcher)


def test_only_commands_are_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invocation, "own_command", lambda: "uvx amif-netcheck")
    for text, said in (
        ("run amif-netcheck --meeting LINK.", "run uvx amif-netcheck --meeting LINK."),
        ("amif-netcheck explain CODE", "uvx amif-netcheck explain CODE"),
        ("amif-netcheck had to stop", "amif-netcheck had to stop"),
        ("(amif-netcheck, 2026)", "(amif-netcheck, 2026)"),
        (".venv/bin/amif-netcheck --plain", ".venv/bin/amif-netcheck --plain"),
    ):
        assert invocation.as_started(text) == said
