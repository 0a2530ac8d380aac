"""Saved reports, and what is none."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from amif_netcheck.errors import ExitCode
from tests.builders import call, call_way, link, train
from tests.systems import needs_posix


def test_replay_gives_the_same_verdict(run: Any, saved: Path) -> None:
    before = json.loads(saved.read_text(encoding="utf-8"))
    ran = run("replay", "--json", str(saved))
    assert json.loads(ran.out) == before
    both_sides = run("--json", "--lang", "en", "replay", str(saved))
    assert json.loads(both_sides.out)["language"] == "en"
    plain = run("replay", str(saved), "--lang", "en")
    assert plain.out.startswith("Ready for the videoconference?")
    assert plain.code == ran.code


def test_replay_reads_standard_input(run: Any, saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(saved.read_bytes()), encoding="utf-8"))
    assert json.loads(run("replay", "--json", "-").out) == json.loads(saved.read_text(encoding="utf-8"))


def test_replay_of_what_a_later_version_of_this_schema_adds(run: Any, saved: Path) -> None:
    report = json.loads(saved.read_text(encoding="utf-8"))
    report["weather"] = "fine"
    report["facts"]["vpn"]["colour"] = {"state": "measured"}
    saved.write_text(json.dumps(report), encoding="utf-8")
    assert run("replay", str(saved)).code in {ExitCode.READY, ExitCode.LIMITED, ExitCode.UNDETERMINED}


def test_replay_of_a_call_from_before_one_way_of_it_could_be_unavailable(run: Any, saved: Path) -> None:
    report = json.loads(saved.read_text(encoding="utf-8"))
    way = msgspec.to_builtins(call_way(lost=50, run=20))
    report["facts"]["link"] = {
        **msgspec.to_builtins(link(train()).link),
        "call": {**msgspec.to_builtins(call()), "up": way, "down": way},
    }
    saved.write_text(json.dumps(report), encoding="utf-8")
    newer = run("replay", "--json", str(saved))
    del way["state"]
    saved.write_text(json.dumps(report), encoding="utf-8")
    older = run("replay", "--json", str(saved))
    assert json.loads(older.out)["facts"]["link"]["call"]["up"]["audio"]["pct"] == 50
    assert json.loads(older.out) == json.loads(newer.out)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no report of amif-netcheck"),
        (b"hello", "no report of amif-netcheck"),
        (b"\x00\xff\xfe", "no report of amif-netcheck"),
        (b"[1, 2]", "no report of amif-netcheck"),
        (b'{"schema_version": "1"}', "no report of amif-netcheck"),
        (b'{"schema_version": 2, "later": true}', "a later version of amif-netcheck (schema 2); update"),
        (b'{"schema_version": 1}', "a damaged report"),
        (b'{"schema_version": 0}', "a damaged report"),
        (b"[" * 100_000, "no report of amif-netcheck"),
        (b'{"schema_version": 1, "facts": ' + b"[" * 100_000, "no report of amif-netcheck"),
    ],
)
def test_replay_of_what_is_no_report(run: Any, tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(content)
    ran = run("replay", str(path), "--lang", "en")
    assert ran.code == ExitCode.USAGE
    assert words in ran.complaint()


def test_replay_of_a_truncated_report(run: Any, saved: Path) -> None:
    whole = saved.read_bytes()
    for end in range(0, len(whole) - 2, 199):
        saved.write_bytes(whole[:end])
        assert run("replay", str(saved)).code == ExitCode.USAGE


def test_replay_of_200_megabytes_reads_only_what_a_report_may_have(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    with path.open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    assert "too large for a report" in run("replay", str(path), "--lang", "en").complaint()


def test_a_report_does_not_go_into_a_folder(run: Any, tmp_path: Path) -> None:
    assert "it is a folder" in run("--lang", "en", "--json", "-o", str(tmp_path)).complaint()


@needs_posix("a pipe with a name among the files")
def test_replay_does_not_wait_for_a_pipe_that_nobody_writes_to(run: Any, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert (
        "to read from a pipe, write - instead"
        in run("replay", str(tmp_path / "pipe"), "--lang", "en").complaint()
    )
