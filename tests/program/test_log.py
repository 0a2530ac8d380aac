"""The log: its owner's alone, and never the reason for a run without a report."""

from __future__ import annotations

import errno
import json
import logging
import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from amif_netcheck import folders, log
from amif_netcheck.errors import ExitCode
from tests.program.support import HARMLESS, without_roots_rights
from tests.systems import WINDOWS, is_root, make_link, make_pipe, needs_linux, needs_posix

RECORD = 50_000
_LISTS = needs_posix("permissions by chmod; in a person's profile, all is that person's alone")
LOGGER = logging.getLogger("amif_netcheck.test")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("XDG_STATE_HOME", "WIN_PD_OVERRIDE_LOCAL_APPDATA"):
        monkeypatch.setenv(name, str(tmp_path))
    return folders.log()


@pytest.fixture(params=[0o000, 0o022, 0o777], ids=oct)
def umask(request: pytest.FixtureRequest, folder: Path) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    return {each.name: stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir()}


def fill(folder: Path, files: int) -> None:
    """Log until `files` files are there."""
    while len(modes(folder)) < files:
        LOGGER.info("%s", "x" * (RECORD - 200))


@_LISTS
def test_every_file_is_its_owners_alone_whatever_the_umask(folder: Path, umask: int) -> None:
    folder.mkdir(parents=True)
    folder.chmod(0o755)
    log.start(verbose=False)
    try:
        assert modes(folder) == {"amif-netcheck.log": 0o600}
        fill(folder, log.OLDER_FILES + 1)
    finally:
        log.stop()
    assert set(modes(folder).values()) == {0o600}
    assert sum(each.stat().st_size for each in folder.iterdir()) <= (log.OLDER_FILES + 1) * (
        log.LARGEST + RECORD
    )


def test_the_newest_is_kept_and_the_order_too(folder: Path) -> None:
    log.start(verbose=False)
    try:
        fill(folder, log.OLDER_FILES + 1)
        fill(folder, log.OLDER_FILES + 1)
        LOGGER.info("the last word")
    finally:
        log.stop()
    newest_first = [folder / f"amif-netcheck.log{suffix}" for suffix in ("", ".1", ".2")]
    assert newest_first[0].read_text(encoding="utf-8").endswith("the last word\n")
    times = [path.read_text(encoding="utf-8")[:23] for path in newest_first]
    assert times == sorted(times, reverse=True)


def test_where_files_can_not_be_renamed_the_log_stays_small(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "replace", refuse)
    path = log.start(verbose=False)
    assert path is not None
    try:
        for _ in range(2 * log.LARGEST // RECORD):
            LOGGER.info("%s", "x" * RECORD)
        LOGGER.info("the last word")
    finally:
        log.stop()
    assert path.stat().st_size <= log.LARGEST + 2 * RECORD
    assert path.read_text(encoding="utf-8").endswith("the last word\n")


@_LISTS
def test_files_of_an_earlier_version_are_closed_to_others(folder: Path) -> None:
    folder.mkdir(parents=True)
    for name in ("amif-netcheck.log", "amif-netcheck.log.1", "amif-netcheck.log.2"):
        (folder / name).write_text("before\n", encoding="utf-8")
        (folder / name).chmod(0o644)
    log.start(verbose=False)
    log.stop()
    assert set(modes(folder).values()) == {0o600}
    assert (folder / "amif-netcheck.log").read_text(encoding="utf-8").startswith("before\n")


@_LISTS
def test_the_folder_that_is_made_is_its_owners_alone(folder: Path) -> None:
    log.start(verbose=False)
    log.stop()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def a_folder(path: Path) -> None:
    path.mkdir()


def a_pipe_that_nobody_reads(path: Path) -> None:
    make_pipe(path)


def a_link_to_what_is_always_full(path: Path) -> None:
    make_link(path, Path("/dev/full"))


def a_link_to_another_file(path: Path) -> None:
    make_link(path, path.parent / "precious")


@pytest.mark.parametrize(
    "in_its_place",
    [a_folder, a_pipe_that_nobody_reads, a_link_to_what_is_always_full, a_link_to_another_file],
)
def test_what_is_no_file_is_left_alone(run: Any, folder: Path, in_its_place: Callable[[Path], None]) -> None:
    folder.mkdir(parents=True)
    in_its_place(folder / "amif-netcheck.log")
    (folder / "precious").write_text("precious", encoding="utf-8")
    (folder / "precious").chmod(0o644)
    ran = run("--json", *HARMLESS)
    assert json.loads(ran.out)["schema_version"] == 1
    assert ran.err == ""
    assert (folder / "precious").read_text(encoding="utf-8") == "precious"
    assert WINDOWS or modes(folder)["precious"] == 0o644


def refuse(*_: object, **__: object) -> Any:
    raise OSError(errno.ENOSPC, "No space left on device")


class FullStream:
    """An open file of a disk that has filled up."""

    encoding = "utf-8"
    write = flush = seek = tell = close = staticmethod(refuse)


@pytest.mark.parametrize("verbose", [False, True])
@pytest.mark.parametrize(
    "call",
    [
        "os.open",
        "os.fstat",
        "pathlib.Path.mkdir",
        "pathlib.Path.chmod",
        "pathlib.Path.home",
        "stream",
        "rotate",
    ],
)
def test_no_call_of_the_log_costs_the_report(
    run: Any, folder: Path, monkeypatch: pytest.MonkeyPatch, call: str, verbose: bool
) -> None:
    with monkeypatch.context() as broken:
        if call == "stream":
            broken.setattr(log._LogFile, "_open", lambda _self: FullStream())
        elif call == "rotate":
            broken.setattr(log, "LARGEST", 1)
            broken.setattr(Path, "replace", refuse)
        elif call == "os.open":
            real = os.open
            broken.setattr(
                call, lambda path, *rest: refuse() if "amif-netcheck.log" in str(path) else real(path, *rest)
            )
        else:
            if call.endswith("home"):
                broken.delenv("XDG_STATE_HOME")
                broken.delenv("WIN_PD_OVERRIDE_LOCAL_APPDATA")
            broken.setattr(call, refuse)
        ran = run("--json", *HARMLESS, *(["-v"] if verbose else []))
    assert json.loads(ran.out)["schema_version"] == 1
    assert ran.code in {ExitCode.READY, ExitCode.LIMITED, ExitCode.NOT_READY, ExitCode.UNDETERMINED}
    assert "Traceback" not in ran.err
    assert "Logging error" not in ran.err
    assert bool(ran.err) == verbose


@needs_posix("/dev/full")
def test_a_stderr_that_takes_nothing_costs_no_report() -> None:
    command = f"exec {sys.executable} -m amif_netcheck --json -v {' '.join(HARMLESS)} 2>/dev/full"
    done = subprocess.run(
        ["sh", "-c", command], capture_output=True, encoding="utf-8", check=False, timeout=60
    )
    assert json.loads(done.stdout)["schema_version"] == 1
    assert done.returncode in {ExitCode.READY, ExitCode.LIMITED, ExitCode.UNDETERMINED}


@needs_linux("a small disk that root mounts")
@pytest.mark.skipif(not WINDOWS and not is_root(), reason="only root mounts a small disk")
@pytest.mark.parametrize("room", [0, 100])
def test_on_a_full_disk_the_report_is_there_and_the_log_is_not(tmp_path: Path, room: int) -> None:
    """A disk of one block, full before the run or during it; in a mount namespace of its own, so that it goes away."""
    disk = tmp_path / "disk"
    disk.mkdir()
    logs = disk / "amif-netcheck" / "log"
    command = (
        f"mount -t tmpfs -o size=4k tmpfs {disk} && mkdir -p {logs} &&"
        f"head -c {4096 - room} /dev/zero > {logs}/amif-netcheck.log;"
        f"XDG_STATE_HOME={disk} {sys.executable} -m amif_netcheck --json {' '.join(HARMLESS)}; code=$?;"
        f"wc -c < {logs}/amif-netcheck.log >&2; exit $code"
    )
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", command],
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    assert json.loads(done.stdout)["schema_version"] == 1
    assert done.returncode in {ExitCode.READY, ExitCode.LIMITED, ExitCode.UNDETERMINED}
    assert done.stderr == "4096\n"


def test_a_home_that_can_not_be_searched_gets_an_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "closed"
    (home / ".config" / "amif-netcheck").mkdir(parents=True)
    for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    for path in (home / ".config" / "amif-netcheck", home / ".config", home):
        path.chmod(0o000)
        done = without_roots_rights("--json", *HARMLESS)
        assert json.loads(done.stdout)["schema_version"] == 1
        assert done.stderr == ""
    home.chmod(0o700)
    (home / ".config").chmod(0o700)


@needs_posix("a user without a home: a profile is the system's to say")
@pytest.mark.parametrize(
    "home", [None, "", "relative", "/nowhere/at/all", "/dev/null", "/" + "x" * 5000], ids=range(6)
)
def test_a_user_without_a_home_gets_an_answer(tmp_path: Path, home: str | None) -> None:
    """Unknown to the system too, where the tests may become such a user."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("XDG_")}
    environment.pop("HOME")
    nobody = ("setpriv", "--reuid=54321", "--regid=54321", "--clear-groups") if is_root() else ()
    done = subprocess.run(
        (*nobody, sys.executable, "-P", "-m", "amif_netcheck", "--json", *HARMLESS),
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
        cwd=tmp_path if not nobody else "/",
        env=environment if home is None else {**environment, "HOME": home},
    )
    assert json.loads(done.stdout)["schema_version"] == 1
    assert done.stderr == ""
    assert not Path(tmp_path, "~").exists()
