"""The emulated house: who reaches whom and how, what is built from a recorded call or by hand, and what stays: nothing."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from statistics import median

import pytest

from tests.lab.addresses import AWAY, AWAY_IPV6, BOX, BOX_IPV6, BOX_OUTSIDE, HOME, OTHERS, OTHERS_IPV6, TV
from tests.lab.house import House
from tests.lab.namespaces import end, wait_for
from tests.real.support import Network
from tests.real.test_lab import OVERHEAD_MS, ping_ms

pytestmark = pytest.mark.real("/dev/net/tun", "nft", "ping")

ROOT = Path(__file__).parents[2]


def names() -> set[str]:
    """The namespaces of this machine; other tests' come and go among them."""
    listed = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, timeout=20, check=True)
    return {line.split()[0] for line in listed.stdout.splitlines()}


def is_gone(pid: int) -> bool:
    """No such process, or one that only waits to be forgotten."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


# --- who reaches whom -------------------------------------------------------------------------------


def test_everybody_reaches_the_internet_over_both_protocols(network: Network) -> None:
    house = House(network)
    for member in (house.home, house.tv):
        for address in (BOX, BOX_IPV6, AWAY, *OTHERS, AWAY_IPV6, *OTHERS_IPV6):
            assert member.succeeds("ping", "-c", "1", "-W", "2", address), address
    assert house.home.succeeds("ping", "-c", "1", "-W", "2", TV)


def test_the_box_translates_addresses(network: Network) -> None:
    house = House(network)
    house.internet.stand_in("sink", AWAY, "5300", listens=("tcp", 5300))
    house.home.stand_in("upload", "", "1", AWAY, "5300")
    established = ("ss", "-HtnO", "state", "established", "sport", "=", ":5300")
    (socket,) = wait_for(lambda: house.internet.run(*established).splitlines(), 5, "a connection")
    assert f" {BOX_OUTSIDE}:" in socket
    assert not house.internet.succeeds("ping", "-c", "1", "-W", "1", HOME)


def test_names_are_known_to_who_lives_here(network: Network) -> None:
    house = House(network)
    house.hosts({"stun.example": AWAY})
    house.hosts({"six.example": AWAY_IPV6})
    for member in (house.home, house.tv):
        assert member.run("getent", "ahostsv4", "stun.example").split()[0] == AWAY
        assert member.run("getent", "ahostsv6", "six.example").split()[0] == AWAY_IPV6


def test_wifi_and_line_are_two_lines(network: Network) -> None:
    house = House(network, "up:delay=20", wifi="up:delay=5 down:delay=3")
    assert house.wifi is not None
    for box, away in ((BOX, AWAY), (BOX_IPV6, AWAY_IPV6)):
        assert 8 <= median(ping_ms(house.home, box, 10)) <= 8 + OVERHEAD_MS
        assert 28 <= median(ping_ms(house.home, away, 10)) <= 28 + 2 * OVERHEAD_MS
        assert 20 <= median(ping_ms(house.tv, away, 10)) <= 20 + OVERHEAD_MS
    house.wifi.cut()
    assert not house.home.succeeds("ping", "-c", "1", "-W", "1", BOX)
    assert house.tv.succeeds("ping", "-c", "1", "-W", "1", AWAY)
    house.wifi.mend()
    house.line.cut()
    assert house.home.succeeds("ping", "-c", "1", "-W", "1", BOX)
    assert not house.home.succeeds("ping", "-c", "1", "-W", "1", AWAY)


# --- from a recorded call ---------------------------------------------------------------------------

CALL = {
    "name": "tv-and-stalls",
    "line": {
        "a2b": "a2b:rate=1e+06,queue=64000,delay=18",
        "b2a": "b2a:rate=5e+06,queue=100000,delay=18",
        "cross": [{"from": "tv", "dir": "down", "streams": 2}],
        "events": [{"every": 2, "for": 0.5, "on": ["a2b:delay=200"], "off": ["a2b:delay=18"]}],
    },
}


@pytest.mark.real("iperf3")
def test_the_line_of_a_recorded_call_is_built_with_its_traffic_and_its_events(network: Network) -> None:
    house = House.of_call(network, CALL)
    up, down = house.line.up.settings, house.line.down.settings
    assert (up.rate, up.queue, up.delay) == (1e6, 64000, 18)
    assert (down.rate, down.queue, down.delay) == (5e6, 100_000, 18)
    assert len(house.tv.run("ss", "-Htn", "state", "established").splitlines()) == 3
    wait_for(lambda: house.line.up.settings.delay == 200, 10, "the event")
    wait_for(lambda: house.line.up.settings.delay == 18, 10, "its end")
    wait_for(lambda: house.line.down.counters.dropped > 0, 10, "a full line")
    full_ms = 100_000 * 8 / 5e6 * 1000
    house.line.schedule([])
    assert 36 + full_ms / 2 < median(ping_ms(house.home, AWAY, 40)) < 36 + full_ms + 5


# --- nothing stays ----------------------------------------------------------------------------------


@pytest.mark.real("iperf3")
def test_nothing_is_left(tmp_path: Path) -> None:
    with Network(tmp_path) as network:
        house = House(network, wifi="up:delay=1")
        house.hosts({"stun.example": AWAY})
        house.stream("home", "up")
        members = (house.home, house.tv, house.box, house.internet)
        made = {each.name for each in members}
        assert made <= names()
        assert house.wifi is not None
        pids = {pid for each in members for pid in each.processes()}
        pids |= {house.line.process.pid, house.wifi.process.pid}
        assert len(pids) > 2
    assert not made & names()
    assert all(map(is_gone, pids))
    assert not any((Path("/etc/netns") / name).exists() for name in made)


def test_a_line_ends_with_its_stdin(network: Network) -> None:
    house = House(network)
    assert house.line.process.stdin is not None
    house.line.process.stdin.close()
    assert house.line.process.wait(10) == 0


def by_hand(*arguments: str) -> tuple[subprocess.Popen[str], set[str], str]:
    """A house built by the command, its namespaces, and what it said of them."""
    process = subprocess.Popen(
        (sys.executable, "-m", "tests.lab", *arguments),
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    said = "".join(iter(process.stdout.readline, "Enter for counters; Ctrl-C takes it all down.\n"))
    return process, {word for word in said.split() if word.startswith("amif-")}, said


def ask(process: subprocess.Popen[str], typed: str) -> str:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{typed}\n")
    process.stdin.flush()
    return process.stdout.readline()


def children(pid: int) -> set[int]:
    return {int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, None], ids=str)
def test_a_house_built_by_hand_is_taken_down(how: signal.Signals | None) -> None:
    process, made, _ = by_hand("a2b:rate=5e6,queue=64000,delay=12", "b2a:rate=3e7")
    try:
        assert len(made) == 4
        assert made <= names()
        assert '"rate": 5000000.0' in ask(process, "")
        assert '"loss": 0.5' in process.stdout.readline() + ask(process, "a2b:loss=0.5")  # type: ignore[union-attr]
        (line,) = children(process.pid)
        if how is not None:
            process.send_signal(how)
        _, complaint = process.communicate(timeout=20)
    finally:
        end(process)
    assert (process.returncode, complaint) == (0, "")
    assert not made & names()
    assert is_gone(line)


def test_a_line_dies_with_who_built_it() -> None:
    process, made, _ = by_hand()
    try:
        (line,) = children(process.pid)
        process.kill()
        wait_for(lambda: is_gone(line), 5, "the end of the line")
    finally:
        end(process)
        for name in made:
            subprocess.run(["ip", "netns", "del", name], timeout=20, check=True)


def test_a_wrong_setting_is_said_in_one_line() -> None:
    done = subprocess.run(
        (sys.executable, "-m", "tests.lab", "a2b:speed=3"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert done.returncode == 2
    assert "'speed=3'" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


@pytest.mark.real("setpriv")
def test_without_root_it_is_said_in_one_line() -> None:
    command = ("setpriv", "--reuid", "65534", "--clear-groups", sys.executable, "-m", "tests.lab")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("tests.lab: root is needed")
    assert done.stderr.count("\n") == 1
