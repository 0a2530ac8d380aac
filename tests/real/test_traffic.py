"""Real transfers beside the run: how much, which way, and which program."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.lab.addresses import AWAY, STUN
from tests.lab.house import House
from tests.lab.namespaces import Namespace, wait_for
from tests.lab.services import Transfer, coturn, transfer
from tests.real.support import Network, Run, harmless
from tests.real.tunnels import VPN_SERVER, participant_and_vpn_server, policy, wireguard

pytestmark = pytest.mark.real

TRAFFIC = ("--only", "traffic")
RATE_MBIT_S = 8
LIGHT = 0.1


def wait_until_connected(inside: Namespace, port: int) -> None:
    wait_for(
        lambda: inside.run("ss", "-Htn", "state", "established", f"dport = :{port}").strip(),
        5,
        f"a connection to port {port}",
    )


def paced(network: Network, place: House, *more: str) -> Transfer:
    """A transfer under way, of some seconds."""
    pace = ("--bitrate", f"{RATE_MBIT_S}M", "--length", "8K")
    return transfer(network, place.home, place.internet, AWAY, *pace, *more, port=5201, seconds=4)


def truth_mbit_s(under_way: Transfer) -> float:
    """What the receiving side of a transfer counted on average, from second to second."""
    return float(under_way.finished(20)["end"]["sum_received"]["bits_per_second"]) / 1e6


@pytest.mark.real("iperf3")
@pytest.mark.parametrize(("direction", "more"), [("up", ()), ("down", ("-R",))])
def test_a_transfer_is_measured_and_named(network: Network, direction: str, more: tuple[str, ...]) -> None:
    place = House(network)
    under_way = paced(network, place, *more)
    run = network.check(place.home, "--quick", *TRAFFIC)
    truth = truth_mbit_s(under_way)
    assert truth == pytest.approx(RATE_MBIT_S, rel=0.1)
    traffic = run.fact("traffic")
    assert traffic["interface"] == "eth0"
    busy, idle = (f"{way}_mbit_s" for way in (("up", "down") if direction == "up" else ("down", "up")))
    (application,) = traffic["applications"]
    assert application["process"] == "iperf3"
    assert application[busy] == pytest.approx(truth, rel=0.1)
    assert application[idle] < LIGHT
    assert traffic[busy] == pytest.approx(truth, rel=0.1)  # with some per cent of headers
    finding = run.finding("traffic")
    assert (finding["code"], finding["severity"]) == ("traffic.heavy", "warning")
    assert finding["params"]["applications"] == ["iperf3"]
    assert finding["params"]["direction"] == direction
    assert run.code == 1


@pytest.mark.real("iperf3")
def test_a_transfer_within_the_computer_is_not_counted(network: Network) -> None:
    place = House(network)
    home = place.home
    home.stand_in("sink", "127.0.0.1", "5300", listens=("tcp", 5300))
    home.stand_in("upload", "", "50", "127.0.0.1", "5300")
    wait_until_connected(home, 5300)
    run = network.check(home, "--quick", *TRAFFIC)
    traffic = run.fact("traffic")
    assert max(traffic["up_mbit_s"], traffic["down_mbit_s"]) < LIGHT
    assert traffic["applications"] == []
    assert run.finding("traffic")["code"] == "traffic.quiet"


@pytest.mark.real("turnserver")
def test_our_own_probes_are_not_counted(network: Network) -> None:
    place = House(network)
    place.home.sysctl("net.ipv4.ping_group_range", "0 2147483647")
    coturn(place.internet)
    run = network.check(place.home, "--quick", "--only", "traffic,link", "--stun", STUN)
    assert run.fact("link.internet")["sent"] == 100
    traffic = run.fact("traffic")
    assert traffic["own_up_mbit_s"] > LIGHT  # they were under way in the window
    assert max(traffic["up_mbit_s"], traffic["down_mbit_s"]) < LIGHT
    assert traffic["applications"] == []
    assert run.finding("traffic")["code"] == "traffic.quiet"


HOSTILE_NAMES = {
    "control codes": {
        b"\x1b[31m\x07\x1b]0;x\x07": "\\x1b[31m\\x07\\x1b]0;x\\x07",
        b"a\nb\rc\x0bd": "a\\x0ab\\x0dc\\x0bd",
        "a\u202eb\u2066c".encode(): "a\\u202eb\\u2066c",
    },
    "markup": {
        b"[red]x[/red]": "[red]x[/red]",
        b"<b>{0}&amp;%s": "<b>{0}&amp;%s",
        b"caf\xe9\xff\x80": "caf???",
    },
}
"""What a process calls itself -> how it is drawn. Three at a time: as many as a sentence names."""


@pytest.mark.parametrize("names", HOSTILE_NAMES.values(), ids=HOSTILE_NAMES.keys())
def test_hostile_process_names_are_drawn_harmlessly(network: Network, names: dict[bytes, str]) -> None:
    place = House(network)
    for port, name in enumerate(names, start=5300):
        place.internet.stand_in("sink", AWAY, str(port), listens=("tcp", port))
        place.home.stand_in("upload", name.hex(), str(RATE_MBIT_S), AWAY, str(port))
        wait_until_connected(place.home, port)
    saved = network.check(place.home, "--quick", *TRAFFIC)
    undecodable = "\ufffd"
    assert {each["process"] for each in saved.fact("traffic.applications")} == {
        name.decode("utf-8", "replace").replace(undecodable, "?") for name in names
    }
    live = network.run_cli(place.home, "--quick", *TRAFFIC, "--lang", "en")
    assert (live.code, live.stderr) == (1, "")
    for drawn in names.values():
        assert drawn in live.stdout
    assert harmless(live.stdout)


@pytest.mark.real("wireguard-go", "wg", "ping", "/dev/net/tun")
def test_under_a_tunnel_the_hardware_is_measured(network: Network, tmp_path: Path) -> None:
    home, away = participant_and_vpn_server(network)
    tunnel = wireguard(home, away, tmp_path)
    policy(tunnel)
    assert tunnel.carries(VPN_SERVER)
    away.stand_in("sink", VPN_SERVER, "5300", listens=("tcp", 5300))
    home.stand_in("upload", "", str(RATE_MBIT_S), VPN_SERVER, "5300")
    wait_until_connected(home, 5300)
    traffic = network.check(home, "--quick", *TRAFFIC).fact("traffic")
    assert traffic["interface"] == "eth0"
    # Each packet carries 60 bytes of the tunnel's in 1420.
    assert traffic["up_mbit_s"] == pytest.approx(RATE_MBIT_S * 1.06, rel=0.1)
    assert [each["process"].startswith("python") for each in traffic["applications"]] == [True]


@pytest.mark.parametrize("name", ["firefox", "unheard-of"])
def test_who_talks_over_quic_is_named_as_likely(network: Network, name: str) -> None:
    place = House(network)
    place.internet.stand_in("silent", AWAY, "443", listens=("udp", 443))
    place.home.stand_in("datagrams", name.encode().hex(), str(RATE_MBIT_S), AWAY, "443")
    sent = place.home.packets_out("eth0")
    wait_for(lambda: place.home.packets_out("eth0") > sent + 100, 10, "datagrams under way")
    run = network.check(place.home, "--quick", *TRAFFIC)
    (application,) = run.fact("traffic.applications")
    counted = ("process", "connections", "udp_connections", "quic_connections", "up_mbit_s")
    assert [application[each] for each in counted] == [name, 1, 1, 1, 0]
    finding = run.finding("traffic")
    assert (finding["code"], finding["params"]["direction"]) == ("traffic.heavy", "up")
    assert finding["params"]["likely"] == [application["product"] or name]
    assert "applications" not in finding["params"]


POINT = 8443
UPLOAD_MBIT_S = 1
LINES = {
    "thin": ("a2b:rate=2e6,queue=30000,delay=8", "b2a:rate=2e7,queue=100000,delay=8"),
    "wide": ("a2b:rate=2e7,queue=100000,delay=8", "b2a:rate=2e7,queue=100000,delay=8"),
}


def test_the_same_upload_is_a_caution_on_a_thin_line_and_none_on_a_wide_one(network: Network) -> None:
    houses = {name: House(network, *line) for name, line in LINES.items()}
    for place in houses.values():
        serve = (sys.executable, "-m", "amif_netcheck", "serve", "--host", AWAY, "--port", str(POINT))
        place.internet.start(*serve, listens=("tcp", POINT))
        place.internet.stand_in("sink", AWAY, "5300", listens=("tcp", 5300))
        place.home.stand_in("upload", b"rclone".hex(), str(UPLOAD_MBIT_S), AWAY, "5300")
        wait_until_connected(place.home, 5300)

    def check(place: House) -> Run:
        server = f"http://{AWAY}:{POINT}"
        limits = ("--timeout", "20")  # no call is played
        return network.check(place.home, "--only", "traffic,link", "--speed-server", server, *limits)

    with ThreadPoolExecutor() as together:
        runs = dict(zip(houses, together.map(check, houses.values()), strict=True))
    for run in runs.values():
        assert run.fact("traffic.up_mbit_s") == pytest.approx(UPLOAD_MBIT_S, rel=0.3)
        assert run.finding("traffic")["params"]["applications"] == ["rclone"]
    thin, wide = (runs[name].finding("traffic") for name in ("thin", "wide"))
    assert (thin["code"], thin["severity"]) == ("traffic.heavy", "warning")
    assert (wide["code"], wide["severity"]) == ("traffic.some", "info")
    assert thin["params"]["left_mbit_s"] < 2.5 < wide["params"]["left_mbit_s"]
    assert "facts.link.upload" in thin["evidence"]
    assert runs["thin"].report["next_action"] == {"check": "traffic", "code": "traffic.heavy"}
    alone = network.check(houses["thin"].home, "--quick", *TRAFFIC)
    assert alone.finding("traffic")["code"] == "traffic.some"
    assert alone.fact("link")["reason"] == "not_requested"
