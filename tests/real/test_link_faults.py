"""A whole measurement of the line with something going wrong in its middle: it ends in time and nothing is made up."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.lab.addresses import AWAY, AWAY_IPV6, BOX, HOME
from tests.lab.house import House
from tests.lab.namespaces import wait_for
from tests.program.certificates import certificate
from tests.real import public_speed
from tests.real.support import Network, Run, finished

pytestmark = pytest.mark.real

PORT = 8443
SERVER = f"http://{AWAY}:{PORT}"
NAMED = f"http://point.example:{PORT}"
LINE = ("a2b:rate=2e7,queue=100000,delay=8", "b2a:rate=4e7,queue=200000,delay=8")
FULL = ("--only", "link", "--json", "--include-private")
WITHOUT_A_CALL = ("--timeout", "20")
START_UP_S = 4.0
"""Generous: other work may share the machine."""
SPEEDTEST = Path(__file__).parent / "speedtest_net.py"


def house(network: Network) -> House:
    """A house with a test point on the Internet."""
    made = House(network, *LINE)
    command = (sys.executable, "-m", "amif_netcheck", "serve", "--port", str(PORT))
    made.internet.start(*command, listens=("tcp", PORT))
    return made


class Program:
    """The program under way in a house."""

    def __init__(self, network: Network, place: House, *arguments: str, **environment: str) -> None:
        self._place = place
        self.started = time.monotonic()
        self._before = place.home.packets_out("eth0")
        self.process: subprocess.Popen[bytes] = network.start_cli(
            place.home, *FULL, *arguments, environment=environment
        )

    def wait_for_the_train(self) -> None:
        wait_for(lambda: self._place.home.packets_out("eth0") > self._before + 80, 15, "the train under way")

    def end(self) -> Run:
        run = finished(self.process, self.started)
        assert "Traceback" not in run.stderr
        return run


def pause(seconds: float) -> None:
    """Let the fault last."""
    until = time.monotonic() + seconds
    wait_for(lambda: time.monotonic() > until, seconds + 1, "the fault's end")


def is_green(run: Run) -> bool:
    return "link.good" in run.codes("link")


def test_a_line_that_is_cut_for_three_seconds(network: Network) -> None:
    place = house(network)
    program = Program(network, place, "--speed-server", SERVER, *WITHOUT_A_CALL)
    program.wait_for_the_train()
    place.line.set("a2b:cut=1", "b2a:cut=1")
    pause(3)
    place.line.set("a2b:cut=0", "b2a:cut=0")
    run = program.end()
    assert run.report["duration_s"] < 20.5
    assert run.codes("link")["link.loss_burst"] == "critical"
    assert not is_green(run)
    assert 2500 < run.fact("link.internet.longest_loss_ms") < 3600
    assert run.code == 3


def test_an_address_that_changes_in_the_middle(network: Network) -> None:
    place = house(network)
    program = Program(network, place, "--speed-server", SERVER, *WITHOUT_A_CALL)
    program.wait_for_the_train()
    place.home.ip_batch(
        f"address del {HOME}/24 dev eth0",
        "address add 192.168.1.77/24 dev eth0",
        f"route replace default via {BOX}",
    )
    run = program.end()
    assert run.report["duration_s"] < 20.5
    assert run.report["errors"] == []
    assert not is_green(run)
    # TCP begins anew from the new address.
    assert 20 < run.fact("link.download.mbit_s") < 41


@pytest.mark.real("nft with numgen")
def test_names_that_go_away_and_udp_and_ipv6_that_never_come(network: Network) -> None:
    """One run with three faults, as two side by side would need two lines."""
    place = house(network)
    place.hosts({"point.example": AWAY_IPV6})
    place.home.etc("hosts", f"{AWAY_IPV6} point.example\n{AWAY} point.example\n")
    place.box.nft("forward", "ip6 nexthdr tcp drop", "meta l4proto udp drop")
    stun = ("--stun", f"{AWAY}:{PORT}")
    program = Program(network, place, "--speed-server", NAMED, *stun, *WITHOUT_A_CALL)
    established = ("ss", "-Htn", "state", "established", f"dport = :{PORT}")
    wait_for(lambda: place.home.run(*established), 15, "the first question over IPv4")
    place.home.etc("hosts", "")
    run = program.end()
    assert run.report["duration_s"] < 20.5
    assert run.report["errors"] == []
    assert run.fact("link.internet")["state"] == "unavailable"
    assert "link.no_answer" in run.codes("link")
    assert not is_green(run)
    assert run.code != 0
    assert 20 < run.fact("link.download.mbit_s") < 41
    assert 10 < run.fact("link.upload.mbit_s") < 21
    assert run.fact("link.download.server") == "point.example"


@pytest.mark.real("cc")
def test_a_wall_clock_that_jumps_changes_no_rate_and_no_call(network: Network, tmp_path: Path) -> None:
    place = house(network)
    library = tmp_path / "wild_clock.so"
    source = Path(__file__).parent / "wild_clock.c"
    place.home.run("cc", "-shared", "-fPIC", "-O1", "-o", str(library), str(source))
    run = Program(network, place, "--speed-server", SERVER, LD_PRELOAD=str(library)).end()
    assert 10 < run.report["duration_s"] < 30.5
    assert run.duration_s < 30.5 + START_UP_S
    train = run.fact("link.internet")
    assert train["received"] == train["sent"] >= 250
    assert 15 < train["rtt_ms"]["min"] < 30
    assert 30 < run.fact("link.download.mbit_s") < 41
    assert 15 < run.fact("link.upload.mbit_s") < 21
    assert [play["seconds"] for play in run.fact("link.call.plays")] == pytest.approx([5, 5], abs=1)
    assert run.fact("link.call.up.audio_packets") >= 200
    assert run.report["errors"] == []


def test_a_program_that_stands_still_makes_no_line_bad(network: Network) -> None:
    """Once for longer than a run may last, and meanwhile another for less."""
    place = house(network)
    long = Program(network, place, "--speed-server", SERVER)
    long.wait_for_the_train()
    long.process.send_signal(signal.SIGSTOP)
    stopped = time.monotonic()

    short = Program(network, place, "--quick", "--stun", f"{AWAY}:{PORT}")
    short.wait_for_the_train()
    short.process.send_signal(signal.SIGSTOP)
    pause(1.6)
    short.process.send_signal(signal.SIGCONT)
    quick = short.end()
    assert quick.report["errors"] == []
    assert set(quick.codes("link").values()) <= {"ok", "unknown"}

    pause(stopped + 30 - time.monotonic())
    long.process.send_signal(signal.SIGCONT)
    woken = time.monotonic()
    run = long.end()
    assert time.monotonic() - woken < 5
    assert set(run.codes("link").values()) == {"unknown"}
    assert run.code == 4


def test_speedtest_net_and_a_dead_server_before_it(network: Network, tmp_path: Path) -> None:
    place = house(network)
    certificate(tmp_path, "www.speedtest.net")
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    url = f"{SERVER}/speedtest/upload.php"
    place.internet.start(sys.executable, str(SPEEDTEST), str(cert), str(key), url, listens=("tcp", 443))
    place.hosts({"www.speedtest.net": AWAY})
    stun = ("--stun", f"{AWAY}:{PORT}", *WITHOUT_A_CALL)
    alone = Program(network, place, *stun, SSL_CERT_FILE=str(cert)).end()
    fallen_back = Program(
        network, place, *stun, "--speed-server", f"http://{AWAY}:9", SSL_CERT_FILE=str(cert)
    ).end()
    for run in (alone, fallen_back):
        assert run.report["duration_s"] < 20.5
        assert run.duration_s < 20.5 + START_UP_S
        assert run.report["errors"] == []
        for way, most in (("download", 41), ("upload", 21)):
            transfer = run.fact(f"link.{way}")
            assert (transfer["engine"], transfer["server"]) == ("speedtest-cli", AWAY), transfer
            assert most / 2 < transfer["mbit_s"] < most
            assert transfer["weakness"] == "may under-read above 400 Mbit/s"
    assert alone.fact("link.attempts") == []
    (attempt,) = fallen_back.fact("link.attempts")
    assert (attempt["engine"], attempt["server"]) == ("http", AWAY)
    assert attempt["why"] == {"state": "unavailable", "reason": "blocked", "detail": "connection refused"}


def test_speedtest_net_that_hangs_cloudflare_that_refuses_and_a_librespeed_server(
    network: Network, tmp_path: Path
) -> None:
    """By their own names, over https; of the listed LibreSpeed servers one works, one hangs, one is busy, the rest have no name."""
    place = house(network)
    certificate(tmp_path, *public_speed.ALL)
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    place.internet.start(sys.executable, public_speed.__file__, str(cert), str(key), listens=("tcp", 443))
    place.hosts(dict.fromkeys(public_speed.ALL, AWAY))
    stun = ("--stun", f"{AWAY}:{PORT}", *WITHOUT_A_CALL)
    run = Program(network, place, *stun, SSL_CERT_FILE=str(cert)).end()
    assert run.report["duration_s"] < 20.5
    assert run.report["errors"] == []
    for way, most in (("download", 41), ("upload", 21)):
        transfer = run.fact(f"link.{way}")
        assert (transfer["engine"], transfer["server"]) == ("librespeed", public_speed.WORKS), transfer
        assert most / 2 < transfer["mbit_s"] < most
    assert [
        (attempt["engine"], attempt["why"]["reason"], attempt["why"]["detail"])
        for attempt in run.fact("link.attempts")
    ] == [
        ("speedtest-cli", "timeout", "speedtest-cli found no server in time"),
        ("cloudflare", "blocked", "the server answers 403"),
    ]
    assert is_green(run)


def test_the_quick_form_is_quick(network: Network) -> None:
    place = house(network)
    run = Program(network, place, "--quick", "--stun", f"{AWAY}:{PORT}").end()
    assert run.report["duration_s"] < 5
    assert run.duration_s < 5 + START_UP_S
    assert run.codes("link") == {"link.good": "ok"}
    assert run.fact("link.download")["reason"] == "not_requested"
