"""Real programs that download, and what the person knows them by."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from tests.lab.addresses import BOX
from tests.lab.namespaces import Namespace, wait_for
from tests.real import torrents
from tests.real.support import Network, finished
from tests.real.tunnels import participant_and_vpn_server

pytestmark = pytest.mark.real

TRAFFIC = ("--quick", "--only", "traffic", "--meeting", BOX)
MOVING_BYTES = 300_000


def received(inside: Namespace) -> int:
    return int(inside.run("cat", "/sys/class/net/eth0/statistics/rx_bytes"))


def wait_until_moving(inside: Namespace) -> None:
    before = received(inside)
    wait_for(lambda: received(inside) > before + MOVING_BYTES, 60, "a download under way")


@pytest.mark.parametrize(
    ("program", "protocol", "param", "product"),
    [
        pytest.param("qbittorrent-nox", "UTP", "likely", "qBittorrent", marks=pytest.mark.real("qbittorrent-nox")),
        pytest.param("aria2c", "TCP", "applications", "aria2", marks=pytest.mark.real("qbittorrent-nox", "aria2c")),
    ],
)  # fmt: skip
def test_bittorrent_is_named_for_certain_over_tcp_and_as_likely_over_udp(
    network: Network, tmp_path: Path, program: str, protocol: str, param: str, product: str
) -> None:
    home, away = participant_and_vpn_server(network)
    torrent = torrents.seed(away, tmp_path / "seed", protocol=protocol)
    torrents.DOWNLOADERS[program](home, tmp_path / "mine", torrent)
    wait_until_moving(home)
    run = network.check(home, *TRAFFIC)
    finding = run.finding("traffic")
    assert (finding["code"], finding["params"][param]) == ("traffic.heavy", [product])
    assert finding["params"]["families"] == ["p2p"]
    (application,) = run.fact("traffic.applications")
    assert application["process"] == program
    assert application["unconnected_udp"] > 0


RATE_BYTES_S = 1_000_000
SLOW_FILES = f"""
import http.server, time
class Slow(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if "Release" in self.path:
            return self.send_error(404)
        self.send_response(200)
        self.send_header("Content-Length", "60000000")
        self.end_headers()
        while True:
            self.wfile.write(bytes({RATE_BYTES_S // 20}))
            time.sleep(1 / 20)
    def log_message(self, *_):
        pass
http.server.ThreadingHTTPServer(("{BOX}", 80), Slow).serve_forever()
"""


def download(inside: Namespace, program: str, folder: Path) -> None:
    """Have a program fetch something that takes a minute; it leaves the work to a helper."""
    if program == "apt":
        (folder / "partial").mkdir()
        (folder / "sources.list").write_text(f"deb [trusted=yes] http://{BOX} ./\n")
        places = {"Etc::sourcelist": folder / "sources.list", "Etc::sourceparts": "-", "State::lists": folder,
            "Cache": folder, "Log": folder}  # fmt: skip
        options = [word for key, value in places.items() for word in ("-o", f"Dir::{key}={value}")]
        inside.start("apt-get", *options, "-o", "APT::Sandbox::User=root", "update")
    else:
        inside.start("git", "clone", f"http://{BOX}/all.git", str(folder / "all"))


@pytest.mark.parametrize(
    ("program", "helper", "named"),
    [
        pytest.param("apt", "http", "apt", marks=pytest.mark.real("apt-get")),
        pytest.param("git", "git-remote-http", "git", marks=pytest.mark.real("git")),
    ],
)
def test_a_helper_is_named_by_what_the_person_started(
    network: Network, tmp_path: Path, program: str, helper: str, named: str
) -> None:
    home, away = participant_and_vpn_server(network)
    away.start(sys.executable, "-c", SLOW_FILES, listens=("tcp", 80))
    download(home, program, tmp_path)
    wait_until_moving(home)
    assert f'"{helper}' in home.run("ss", "-Htnp", "state", "established", "dport", "= :80")
    run = network.check(home, *TRAFFIC)
    assert run.finding("traffic")["params"]["applications"] == [named]
    assert [one["process"].removesuffix("-get") for one in run.fact("traffic.applications")] == [named]


WITHOUT_RIGHTS = "exec setpriv --bounding-set=-all --inh-caps=-all"
HIDEPID = "mount -t proc -o hidepid=2 proc /proc"


@pytest.mark.real("iperf3", "setpriv")
@pytest.mark.parametrize("before", ["", f"{HIDEPID} && "], ids=["no rights", "hidepid"])
@pytest.mark.parametrize(("account", "variant"), [("other", "others"), ("own", "named")])
def test_what_another_account_moves_is_said_to_be_another_accounts(
    network: Network, before: str, account: str, variant: str
) -> None:
    home, away = participant_and_vpn_server(network)
    away.start("iperf3", "--server", "--port", "5201", listens=("tcp", 5201))
    client = (
        "iperf3",
        "--client",
        BOX,
        "--port",
        "5201",
        "--bitrate",
        "8M",
        "--length",
        "8K",
        "--time",
        "60",
    )
    as_other = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups") if account == "other" else ()
    as_own = () if account == "other" else ("setpriv", "--bounding-set=-all", "--inh-caps=-all")
    sent = home.packets_out("eth0")
    home.start(*as_other, *as_own, *client)
    wait_for(lambda: home.packets_out("eth0") > sent + 300, 10, "a transfer under way")
    command = f'{before}{WITHOUT_RIGHTS} "$0" "$@"'
    program = (sys.executable, "-m", "amif_netcheck", *TRAFFIC, "--lang", "en", "--json", "--include-private")
    inside = ("unshare", "--mount", "sh", "-c", command, *program)
    started = time.monotonic()
    run = finished(network.start(home, *inside, environment=network.environment()), started)
    finding = run.finding("traffic")
    assert (finding["code"], finding["variant"], finding["severity"]) == ("traffic.heavy", variant, "warning")
    if account == "other":
        assert "another account" in finding["summary"]
        assert run.fact("traffic.applications") == []
        assert run.fact("traffic.hidden_up_mbit_s") == pytest.approx(run.fact("traffic.up_mbit_s"), rel=0.15)
    else:
        assert finding["params"]["applications"] == ["iperf3"]
