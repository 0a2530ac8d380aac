"""Runs that are cut short: by the person, by the system, by a deadline, by a reader who has gone."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.lab.addresses import AWAY, STUN
from tests.lab.house import House
from tests.lab.namespaces import wait_for
from tests.lab.services import coturn
from tests.real.support import Network, finished

pytestmark = pytest.mark.real

VPN = ("--only", "vpn")
PROGRAM = shlex.join([sys.executable, "-m", "amif_netcheck"])


@pytest.fixture
def busy(network: Network) -> House:
    """A house with a STUN server, where a full run takes its five seconds."""
    made = House(network)
    coturn(made.internet)
    return made


def start_and_wait_for_the_train(network: Network, place: House, *arguments: str) -> subprocess.Popen[bytes]:
    process = network.start_cli(place.home, "--stun", STUN, *arguments)
    before = place.home.packets_out("eth0")
    wait_for(lambda: place.home.packets_out("eth0") > before + 30, 10, "the train under way")
    assert process.poll() is None
    return process


@pytest.mark.real("turnserver")
@pytest.mark.parametrize("output", [("--json",), ("--json", "-o"), ()], ids=["json", "file", "plain"])
def test_ctrl_c_ends_at_once_and_leaves_nothing(
    network: Network, busy: House, tmp_path: Path, output: tuple[str, ...]
) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    target = folder / "report.json"
    target.write_text("yesterday's")
    arguments = (*output, str(target)) if "-o" in output else output
    process = start_and_wait_for_the_train(network, busy, *arguments)
    started = time.monotonic()
    process.send_signal(signal.SIGINT)
    run = finished(process, started)
    assert run.code == 130
    assert run.duration_s < 1
    assert run.stderr == ""
    if "--json" in output:
        assert run.stdout == ""
    wait_for(lambda: busy.home.processes() == set(), 2, "its children gone")
    assert [each.name for each in folder.iterdir()] == ["report.json"]
    assert target.read_text() == "yesterday's"


def test_ctrl_c_does_not_wait_for_names(network: Network) -> None:
    place = House(network)
    place.internet.stand_in("silent", AWAY, "53", listens=("udp", 53))
    place.home.etc("resolv.conf", f"nameserver {AWAY}\n")
    process = network.start_cli(place.home, "--stun", "stun.example", "--json")
    asking = lambda: f"{AWAY}:53" in place.home.run("ss", "-Hnu")  # noqa: E731
    wait_for(asking, 10, "the questions of a run")
    started = time.monotonic()
    process.send_signal(signal.SIGINT)
    run = finished(process, started)
    assert (run.code, run.stdout, run.stderr) == (130, "", "")
    assert run.duration_s < 1


@pytest.mark.real("turnserver")
def test_termination_leaves_no_temporary_file(network: Network, busy: House, tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    process = start_and_wait_for_the_train(network, busy, "--json", "-o", str(folder / "report.json"))
    started = time.monotonic()
    process.terminate()
    run = finished(process, started)
    assert run.code == -signal.SIGTERM
    assert run.duration_s < 1
    assert list(folder.iterdir()) == []
    wait_for(lambda: not busy.home.processes(), 10, "the end of its children")


@pytest.mark.real("turnserver")
def test_the_runs_deadline_is_kept_and_there_is_a_report(network: Network, busy: House) -> None:
    run = network.check(busy.home, "--stun", STUN, "--speed-engine", "none", "--timeout", "2")
    assert run.report["duration_s"] < 2.2
    assert run.duration_s < 3.5
    assert [each["id"] for each in run.report["checks"]] == run.report["asked"]
    # Too few requests fit: that is no good line, and no bad one.
    assert run.codes("link") == {"link.too_few": "unknown"}
    assert (run.report["verdict"], run.code) == ("undetermined", 4)


@pytest.mark.parametrize("arguments", [VPN, (*VPN, "--json"), ("schema",), ("explain",)], ids=" ".join)
def test_a_reader_who_has_gone_is_no_drama(network: Network, arguments: tuple[str, ...]) -> None:
    home = network.namespace("home")
    command = f"{{ {PROGRAM} {shlex.join(arguments)}; echo $? >&2; }} | head -1"
    pipe = network.start(home, "sh", "-c", command, environment=network.environment())
    run = finished(pipe, time.monotonic())
    assert run.stdout.count("\n") == 1
    # A report that fits into the pipe may be written whole before the reader goes.
    assert run.stderr in {"141\n", "0\n", "4\n"}


def test_a_reader_who_was_never_there(network: Network) -> None:
    home = network.namespace("home")
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            home.command(sys.executable, "-m", "amif_netcheck", *VPN),
            stdout=writer,
            stderr=subprocess.PIPE,
            env=network.environment(),
            timeout=20,
            check=False,
        )
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.parametrize("arguments", [VPN, (*VPN, "--json")], ids=["plain", "json"])
def test_a_full_disk_is_said_in_one_line(network: Network, arguments: tuple[str, ...]) -> None:
    home = network.namespace("home")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            home.command(sys.executable, "-m", "amif_netcheck", *arguments),
            stdout=full,
            stderr=subprocess.PIPE,
            env=network.environment(),
            timeout=20,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr.count(b"\n") == 1
    assert b"internal error" not in done.stderr


def test_a_report_in_a_file_needs_no_stdout(network: Network, tmp_path: Path) -> None:
    home = network.namespace("home")
    target = tmp_path / "report.json"
    command = f"{PROGRAM} {shlex.join(VPN)} --json -o {shlex.quote(str(target))} >&-"
    started = time.monotonic()
    run = finished(network.start(home, "sh", "-c", command, environment=network.environment()), started)
    assert target.exists()
    assert (run.code, run.stderr) == (4, "")
