"""Real tunnels in the usual layouts: does the meeting go through, and what is no tunnel at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.lab.namespaces import Namespace
from tests.real.support import Network, Run
from tests.real.tunnels import (
    MAKERS,
    MEETING,
    MEETING_IPV6,
    Tunnel,
    nothing,
    openvpn,
    participant_and_vpn_server,
    policy,
    split_with_the_meeting,
    split_without_the_meeting,
    two_halves,
    wireguard,
)

pytestmark = pytest.mark.real

needs_wireguard = pytest.mark.real("wireguard-go", "wg", "ping", "/dev/net/tun")
needs_openvpn = pytest.mark.real("openvpn", "openssl", "ping", "/dev/net/tun")
both_products = pytest.mark.parametrize(
    "product",
    [pytest.param("wireguard", marks=needs_wireguard), pytest.param("openvpn", marks=needs_openvpn)],
)

VPN = ("--only", "vpn")


def up(network: Network, product: str, folder: Path) -> Tunnel:
    return MAKERS[product](*participant_and_vpn_server(network), folder)


def no_vpn(run: Run) -> None:
    assert run.finding("vpn")["code"] == "vpn.none"
    assert run.finding("vpn")["severity"] == "ok"
    assert (run.report["verdict"], run.code) == ("ready", 0)


@both_products
@pytest.mark.parametrize(
    ("layout", "kind"), [(two_halves, "full"), (policy, "full"), (split_with_the_meeting, "split")]
)
def test_a_tunnel_that_carries_the_meeting(
    network: Network, tmp_path: Path, product: str, layout: Callable[[Tunnel], None], kind: str
) -> None:
    tunnel = up(network, product, tmp_path)
    layout(tunnel)
    assert tunnel.carries(MEETING)
    run = network.check(tunnel.home, *VPN, "--meeting", MEETING)
    finding = run.finding("vpn")
    assert (finding["code"], finding["severity"]) == ("vpn.carries_meeting", "warning")
    assert finding["params"] == {"interface": tunnel.interface, "product": tunnel.product, "tunnel": kind}
    route = run.fact("vpn.meeting.ipv4")
    assert (route["interface"], route["link_kind"], route["carriage"]) == (tunnel.interface, "tun", "tunnel")
    assert (run.report["verdict"], run.code) == ("limited", 1)


@both_products
def test_a_tunnel_that_leaves_the_meeting_outside(network: Network, tmp_path: Path, product: str) -> None:
    tunnel = up(network, product, tmp_path)
    split_without_the_meeting(tunnel)
    assert not tunnel.carries(MEETING)
    run = network.check(tunnel.home, *VPN, "--meeting", MEETING)
    finding = run.finding("vpn")
    assert (finding["code"], finding["severity"]) == ("vpn.leaves_meeting_outside", "ok")
    assert finding["params"] == {"interface": tunnel.interface, "product": tunnel.product}
    assert run.fact("vpn.meeting.ipv4")["interface"] == "eth0"
    assert run.code == 0


@both_products
def test_an_idle_tunnel_is_no_tunnel(network: Network, tmp_path: Path, product: str) -> None:
    tunnel = up(network, product, tmp_path)
    nothing(tunnel)
    assert not tunnel.carries(MEETING)
    run = network.check(tunnel.home, *VPN, "--meeting", MEETING)
    no_vpn(run)
    (seen,) = run.fact("vpn.tunnels")
    assert (seen["interface"], seen["product"], seen["routes"]) == (tunnel.interface, tunnel.product, False)


@needs_openvpn
def test_openvpn_that_redirects_everything_by_itself(network: Network, tmp_path: Path) -> None:
    home, away = participant_and_vpn_server(network)
    tunnel = openvpn(home, away, tmp_path, "--redirect-gateway", "def1")
    assert tunnel.carries(MEETING)
    finding = network.check(home, *VPN).finding("vpn")
    assert finding["code"] == "vpn.carries_meeting"
    assert finding["params"]["tunnel"] == "full"


@needs_wireguard
@pytest.mark.parametrize("meeting", [(), ("--meeting", "https://meeting.example/room")], ids=["none", "both"])
def test_ipv4_in_the_tunnel_and_ipv6_outside(
    network: Network, tmp_path: Path, meeting: tuple[str, ...]
) -> None:
    home, away = participant_and_vpn_server(network)
    home.ip("address", "add", "2001:db8:1::20/64", "dev", "eth0")
    away.ip("address", "add", "2001:db8:1::1/64", "dev", "eth0")
    away.ip("address", "add", f"{MEETING_IPV6}/128", "dev", "lo")
    home.ip("route", "add", "default", "via", "2001:db8:1::1")
    home.etc("hosts", f"{MEETING} meeting.example\n{MEETING_IPV6} meeting.example\n")
    tunnel = wireguard(home, away, tmp_path)
    two_halves(tunnel)
    assert tunnel.carries(MEETING)
    assert not tunnel.carries(MEETING_IPV6)
    finding = network.check(home, *VPN, *meeting).finding("vpn")
    assert (finding["code"], finding["severity"]) == ("vpn.carries_part", "warning")
    assert finding["params"] == {
        "interface": tunnel.interface,
        "product": "WireGuard",
        "ip_inside": "ipv4",
        "ip_outside": "ipv6",
    }


@needs_wireguard
def test_a_saved_report_is_judged_the_same_elsewhere(network: Network, tmp_path: Path) -> None:
    home, away = participant_and_vpn_server(network)
    policy(wireguard(home, away, tmp_path))
    saved = tmp_path / "report.json"
    run = network.run_cli(home, *VPN, "--meeting", MEETING, "--json", "-o", str(saved))
    assert (run.code, run.stdout) == (1, "")
    assert MEETING not in saved.read_text()
    original = Run(code=run.code, stdout=saved.read_text(), stderr="", duration_s=0)
    again = network.run_cli(away, "replay", str(saved), "--json")
    assert again.code == original.code
    for part in ("verdict", "score", "coverage", "next_action", "checks", "facts", "duration_s"):
        assert again.report[part] == original.report[part]
    assert again.finding("vpn")["code"] == "vpn.carries_meeting"


# --- what is no tunnel ----------------------------------------------------------------------------


def on_a_cable(network: Network) -> Namespace:
    home, _ = participant_and_vpn_server(network)
    return home


def test_containers_behind_a_bridge_are_no_tunnel(network: Network) -> None:
    home, container = on_a_cable(network), network.namespace("container")
    home.ip("link", "add", "docker0", "type", "bridge")
    home.ip("address", "add", "172.17.0.1/16", "dev", "docker0")
    network.pair(home, "veth1", container, "eth0")
    home.ip("link", "set", "veth1", "master", "docker0")
    home.ip("link", "set", "docker0", "up")
    container.ip("address", "add", "172.17.0.2/16", "dev", "eth0")
    run = network.check(home, *VPN, "--meeting", MEETING)
    no_vpn(run)
    assert run.fact("vpn.tunnels") == []


@pytest.mark.real("/dev/net/tun")
def test_a_virtual_machines_tap_beside_hardware_is_no_tunnel(network: Network) -> None:
    home, away = network.namespace("home"), network.namespace("away")
    network.pair(home, "eth0", away, "eth0")
    home.ip("link", "add", "br0", "type", "bridge")
    home.ip("tuntap", "add", "tap0", "mode", "tap")
    for port in ("eth0", "tap0"):
        home.ip("link", "set", port, "master", "br0")
        home.ip("link", "set", port, "up")
    home.ip("link", "set", "br0", "up")
    home.ip("address", "add", "192.168.1.20/24", "dev", "br0")
    home.ip("route", "add", "default", "via", "192.168.1.1")
    run = network.check(home, *VPN, "--meeting", MEETING)
    no_vpn(run)
    assert run.fact("vpn.meeting.ipv4")["link_kind"] == "bridge"
    assert run.fact("vpn.tunnels") == []


@pytest.mark.real("/dev/net/tun")
def test_a_bridge_of_nothing_but_a_tap_is_a_tunnel(network: Network) -> None:
    home = network.namespace("home")
    home.ip("link", "add", "br0", "type", "bridge")
    home.ip("tuntap", "add", "tap0", "mode", "tap")
    home.ip("link", "set", "tap0", "master", "br0")
    home.ip("link", "set", "tap0", "up")
    home.ip("link", "set", "br0", "up")
    home.ip("address", "add", "10.9.0.2/24", "dev", "br0")
    home.ip("route", "add", "default", "via", "10.9.0.1")
    finding = network.check(home, *VPN).finding("vpn")
    assert finding["code"] == "vpn.carries_meeting"
    assert finding["params"]["interface"] == "br0"


@pytest.mark.parametrize("meeting", [(), ("--meeting", MEETING)], ids=["internet", "meeting"])
def test_without_a_default_route_nobody_can_tell(network: Network, meeting: tuple[str, ...]) -> None:
    home = on_a_cable(network)
    home.ip("route", "del", "default")
    run = network.check(home, *VPN, *meeting)
    finding = run.finding("vpn")
    assert (finding["code"], finding["severity"]) == ("vpn.unknown", "unknown")
    assert finding["params"] == {"reason": "not_present"}
    assert (run.report["verdict"], run.code) == ("undetermined", 4)
