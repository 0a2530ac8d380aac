"""What can go wrong around a run: no network, no names, no privileges, hostile names, wild clocks."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.lab.addresses import AWAY, BOX, STUN
from tests.lab.house import House
from tests.lab.namespaces import Namespace, wait_for
from tests.lab.services import coturn
from tests.real.support import Network, Run, finished, harmless

pytestmark = pytest.mark.real

NAMES = ("--stun", "stun-one.example:3478", "--stun", "stun-two.example:3478")
THE_WAY = ("--only", "traffic,vpn,link")
"""What is about the network: how busy this machine is matters to none of these tests."""


def statuses(run: Run) -> dict[str, str]:
    """The checks that were asked for."""
    return {each["id"]: each["status"] for each in run.report["checks"] if each["status"] != "skipped"}


START_UP_S = 2.0


# --- no network, no names -------------------------------------------------------------------------


def test_no_network_at_all(network: Network) -> None:
    home = network.namespace("home")
    run = network.check(home, "--quick", *THE_WAY)
    assert run.code == 3
    assert run.report["verdict"] == "not_ready"
    assert run.codes("link") == {"link.no_network": "critical"}
    assert run.report["next_action"] == {"check": "link", "code": "link.no_network"}
    assert statuses(run) == {
        "traffic": "unknown",
        "vpn": "unknown",
        "link": "critical",
    }
    assert run.report["errors"] == []
    assert run.duration_s < START_UP_S


def house_with_resolver(network: Network, answer: str) -> House:
    """A house whose name server, on the Internet, does `answer` (see `stand_ins.py`)."""
    made = House(network)
    made.internet.stand_in(answer, AWAY, "53", listens=("udp", 53))
    made.home.etc("resolv.conf", f"nameserver {AWAY}\n")
    return made


@pytest.mark.parametrize("answer", ["silent", "refusing_names"])
def test_without_names_nobody_can_tell(network: Network, answer: str) -> None:
    place = house_with_resolver(network, answer)
    run = network.check(place.home, "--quick", *NAMES)
    assert run.codes("link") == {"link.no_names": "unknown"}
    assert run.fact("link.names") == {"state": "measured", "asked": 2, "resolved": 0}
    assert (run.report["verdict"], run.code) == ("undetermined", 4)
    assert run.report["duration_s"] < 5
    assert run.duration_s < 5 + START_UP_S


@pytest.mark.real("turnserver")
def test_one_name_that_can_be_found_is_enough(network: Network) -> None:
    place = house_with_resolver(network, "silent")
    coturn(place.internet)
    place.home.etc("hosts", f"{AWAY} stun-two.example\n")
    run = network.check(place.home, "--quick", "--only", "link", *NAMES)
    train = run.fact("link.internet")
    assert (train["server"], train["address"]) == ("stun-two.example", AWAY)
    assert train["sent"] == train["received"] == 100
    assert run.fact("link.names") == {"state": "measured", "asked": 2, "resolved": 1}
    assert run.code == 0


@pytest.mark.real("turnserver")
def test_a_cable_pulled_out_in_the_middle_is_loss(network: Network) -> None:
    place = House(network)
    coturn(place.internet)
    started = time.monotonic()
    process = network.start_cli(place.home, "--quick", "--json", "--stun", STUN)
    wait_for(lambda: place.home.packets_out("eth0") > 60, 10, "the train under way")
    place.home.ip("link", "set", "eth0", "down")
    run = finished(process, started)
    train = run.fact("link.internet")
    assert 20 <= train["received"] < train["sent"] == 100
    lost = train["sent"] - train["received"]
    assert train["longest_loss_ms"] == pytest.approx(lost * train["interval_ms"])
    assert run.codes("link") == {"link.loss": "critical", "link.loss_burst": "warning"}
    assert (run.code, run.stderr) == (3, "")
    assert run.report["errors"] == []
    assert run.report["duration_s"] < 5


@pytest.mark.real("turnserver", "iperf3", "setpriv")
def test_no_privilege_is_needed(network: Network) -> None:
    place = House(network)
    coturn(place.internet)
    place.home.sysctl("net.ipv4.ping_group_range", "0 2147483647")
    unprivileged = ("setpriv", "--bounding-set=-all", "--inh-caps=-all")
    place.internet.start("iperf3", "-s", "-1", "-p", "5201", listens=("tcp", 5201))
    transfer = ("iperf3", "-c", AWAY, "-p", "5201", "-b", "8M", "-l", "8K", "-t", "10")
    place.home.start(*unprivileged, *transfer)
    program = (sys.executable, "-m", "amif_netcheck", "--quick", "--json", *THE_WAY, "--stun", STUN)
    started = time.monotonic()
    process = network.start(place.home, *unprivileged, *program, environment=network.environment())
    run = finished(process, started)
    assert run.report["errors"] == []
    assert run.fact("link.gateway.method") == "icmp"
    assert [each["process"] for each in run.fact("traffic.applications")] == ["iperf3"]
    assert statuses(run) == {
        "traffic": "warning",
        "vpn": "ok",
        "link": "ok",
    }


# --- names of interfaces --------------------------------------------------------------------------


def rename(inside: Namespace, name: bytes) -> None:
    """Rename `eth0`, and give it its way out again."""
    inside.ip("link", "set", "eth0", "down")
    inside.run_raw([*inside.command("ip", "link", "set", "eth0", "name"), name])
    inside.run_raw([*inside.command("ip", "link", "set"), name, "up"])
    inside.ip("route", "add", "default", "via", BOX)


HOSTILE_NAMES = {"terminal codes": b"\x1b[31mx\x07", "markup": b"[b]x[red]", "not utf-8": b"caf\xe9"}


@pytest.mark.real("turnserver")
@pytest.mark.parametrize("name", HOSTILE_NAMES.values(), ids=HOSTILE_NAMES.keys())
def test_a_hostile_interface_name_harms_nothing(network: Network, name: bytes) -> None:
    place = House(network)
    coturn(place.internet)
    rename(place.home, name)
    run = network.check(place.home, "--quick", *THE_WAY, "--stun", STUN)
    assert run.report["errors"] == []
    assert statuses(run) == {
        "traffic": "ok",
        "vpn": "ok",
        "link": "ok",
    }
    shown = name.decode("utf-8", "replace").replace("\ufffd", "?")
    assert run.fact("traffic.interface") == shown
    assert run.fact("link.gateway")["state"] == "measured"
    assert (run.code, run.stderr) == (0, "")


@pytest.mark.real("turnserver")
def test_a_strange_name_of_another_interface_harms_nothing(network: Network) -> None:
    place = House(network)
    coturn(place.internet)
    place.home.run_raw([*place.home.command("ip", "link", "add"), b"caf\xe9", "type", "bridge"])
    run = network.check(place.home, "--quick", *THE_WAY, "--stun", STUN)
    assert set(statuses(run).values()) == {"ok"}
    assert run.stderr == ""


@pytest.mark.real("/dev/net/tun")
@pytest.mark.parametrize("name", ["\x1b[31mx\x07", "a\u202eb", "[red]x"])
def test_a_hostile_tunnel_name_is_drawn_harmlessly(network: Network, name: str) -> None:
    home = network.namespace("home")
    home.ip("tuntap", "add", "dev", name, "mode", "tun")
    home.ip("address", "add", "10.9.0.2/24", "dev", name)
    home.ip("link", "set", name, "up")
    home.ip("route", "add", "default", "dev", name)
    saved = network.check(home, "--only", "vpn")
    assert saved.finding("vpn")["params"]["interface"] == name
    shown = network.run_cli(home, "--only", "vpn", "--lang", "en")
    assert (shown.code, shown.stderr) == (1, "")
    assert harmless(shown.stdout)


# --- more than anybody has -----------------------------------------------------------------------

BY_TABLES = ("--only", "proximity,traffic,vpn,neighbours", "--offline")
PAIRS, ROUTES = 500, 55_000


@pytest.mark.real
def test_a_thousand_interfaces_and_tens_of_thousands_of_routes_are_read_in_time(network: Network) -> None:
    """As on a machine for containers that speaks BGP; each of the four lines needs the kernel's tables."""
    home = House(network).home
    home.ip_batch(
        *(f"link add a{number} type veth peer name b{number}" for number in range(PAIRS)),
        *(f"link set a{number} up" for number in range(PAIRS)),
        *(f"route add 10.{n >> 16}.{n >> 8 & 255}.{n & 255}/32 via {BOX}" for n in range(ROUTES)),
    )
    run = network.check(home, *BY_TABLES)
    assert run.report["errors"] == []
    assert run.fact("proximity.interface") == run.fact("traffic.interface") == "eth0"
    assert run.finding("vpn")["code"] == "vpn.none"
    assert run.fact("neighbours.table.state") == "measured"


@pytest.mark.real
def test_tables_that_change_while_they_are_read_are_no_refusal(network: Network) -> None:
    home = House(network).home
    home.ip_batch(*(f"link add a{number} type veth peer name b{number}" for number in range(PAIRS // 5)))
    churn = "while :; do ip link add x type veth peer name y; ip route add 10.1.0.0/16 via {0}; ip link del x; ip route del 10.1.0.0/16; done"
    home.start("sh", "-c", churn.format(BOX))
    run = network.check(home, *BY_TABLES)
    assert run.report["errors"] == []
    for subject in ("proximity", "traffic", "vpn", "neighbours"):
        fact = run.fact(subject)
        assert fact["state"] == "measured" or fact["reason"] == "timeout"


# --- clocks ---------------------------------------------------------------------------------------


@pytest.mark.real("turnserver", "cc")
def test_a_wall_clock_that_jumps_changes_no_figure(network: Network, tmp_path: Path) -> None:
    place = House(network)
    coturn(place.internet)
    place.home.sysctl("net.ipv4.ping_group_range", "0 2147483647")
    library = tmp_path / "wild_clock.so"
    source = Path(__file__).parent / "wild_clock.c"
    place.home.run("cc", "-shared", "-fPIC", "-O1", "-o", str(library), str(source))
    wild = {"LD_PRELOAD": str(library)}
    run = network.check(place.home, "--quick", *THE_WAY, "--stun", STUN, environment=wild)
    off = abs((datetime.fromisoformat(run.report["generated_at"]) - datetime.now(UTC)).total_seconds())
    assert off > 20 * 3600  # the clock did jump
    assert 1.9 < run.report["duration_s"] < run.duration_s
    assert 1.9 < run.fact("traffic.window_s") < 3
    for side in ("gateway", "internet"):
        train = run.fact(f"link.{side}")
        assert train["sent"] == train["received"] == 100
        assert 0 < train["rtt_ms"]["min"] <= train["rtt_ms"]["max"] < 500
        assert train["late"] == 0
    assert run.code == 0
