"""Folders and files of other things in place of reports: one line each, at once, whatever they are."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from tests.systems import make_pipe, needs_posix

CONTENTS = {
    "empty.json": b"",
    "picture.json": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40,
    "page.json": b"<!doctype html><title>report</title><script>alert(1)</script>",
    "other.json": b'{"name": "package", "version": "1.0"}',
    "list.json": b"[1, 2, 3]",
    "nan.json": b'{"schema_version": NaN}',
    "latin.json": '{"schema_version": 1, "site": "Écully"}'.encode("latin-1"),
    "deep.json": b'{"schema_version": 1, "facts": ' + b"[" * 200_000,
    "twice.json": b'{"schema_version": 1}{"schema_version": 1}',
    "bom.json": b'\xef\xbb\xbf{"schema_version": 1}',
    "later.json": b'{"schema_version": 9007199254740993}',
    "\x1b[2Jname\u202e.json": b"{}",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "reports"
    place.mkdir()
    for name, content in CONTENTS.items():
        (place / name).write_bytes(content)
    (place / "notes.txt").write_text("no report")
    return place


@needs_posix("pipes, links and sockets among the files")
def test_a_folder_of_other_things_is_counted(run: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_pipe(folder / "pipe.json")
    (folder / "circle").symlink_to(folder, target_is_directory=True)
    (folder / "nowhere.json").symlink_to(folder / "gone")
    (folder / "zero.json").symlink_to("/dev/zero")
    monkeypatch.chdir(folder)  # a socket's path is short
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket.json")
        told = run("summary", str(folder), "--json")
    assert (told.code, told.err) == (0, "")
    summary = json.loads(told.out)
    assert summary["attendees"] == []
    assert summary["unreadable"] == {"later_version": 1, "no_file": 4, "no_report": len(CONTENTS) - 1}


@needs_posix("names that hold control codes")
@pytest.mark.parametrize("name", CONTENTS, ids=range(len(CONTENTS)))
@pytest.mark.parametrize("command", ["replay", "compare"])
def test_each_is_refused_in_one_line(run: Any, folder: Path, command: str, name: str) -> None:
    told = run(command, str(folder / name), "--lang", "en").complaint()
    assert "\x1b" not in told
    assert "\u202e" not in told


@needs_posix("pipes and devices")
def test_what_is_no_file_is_not_waited_for(run: Any, tmp_path: Path) -> None:
    make_pipe(tmp_path / "pipe.json")
    for path in (tmp_path / "pipe.json", Path("/dev/zero"), tmp_path):
        assert "not a file" in run("replay", str(path), "--lang", "en").complaint()
