"""Ways out that mislead: the kernel's interface is the proof, not the source address, the default route or port 443."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.lab.addresses import BOX, HOME
from tests.lab.namespaces import Namespace, wait_for
from tests.real.support import Network, Run
from tests.real.tunnels import MEETING, MEETING_IPV6, participant_and_vpn_server
from tests.real.vpn_programs import THEIRS, fastd

pytestmark = pytest.mark.real("/dev/net/tun")

VPN = ("--only", "vpn")
ASKED = (*VPN, "--meeting", MEETING)
ROUTES = {
    "into the tunnel": "route add default dev tun0 table 9",
    "IPv6 into the tunnel": "route add ::/0 dev tun0 table 9",
}


def with_a_tunnel(network: Network) -> Namespace:
    """A computer on a cable with both families, and a tunnel that has an IPv4 address alone and no routes in the main table."""
    home, away = participant_and_vpn_server(network)
    home.sysctl("net.ipv6.conf.default.disable_ipv6", "0")
    home.ip_batch(
        "address add 2001:db8:1::20/64 dev eth0",
        "route add default via 2001:db8:1::1",
        "tuntap add tun0 mode tun",
        "address add 10.8.0.2/24 dev tun0",
        "link set tun0 up",
        *ROUTES.values(),
    )
    away.ip("address", "add", "2001:db8:1::1/64", "dev", "eth0")
    return home


def expect(run: Run, code: str, **params: object) -> None:
    finding = run.finding("vpn")
    assert finding["code"] == code
    assert finding["params"].items() >= params.items()


@pytest.mark.parametrize(
    ("lines", "meeting", "code"),
    [
        pytest.param(
            ["route add ::/0 dev tun0 metric 1"],
            MEETING_IPV6,
            "vpn.carries_meeting",
            id="IPv6 into a tunnel that has IPv4 addresses alone",
        ),
        pytest.param(
            [f"route add {half} dev tun0 src {HOME}" for half in ("0.0.0.0/1", "128.0.0.0/1")],
            MEETING,
            "vpn.carries_meeting",
            id="halves with the cable's own address",
        ),
        pytest.param(
            ["rule add ipproto udp dport 3000-6000 table 9"], MEETING, "vpn.carries_media", id="STUN's port"
        ),
        pytest.param(
            ["rule add ipproto udp dport 10000 table 9"], MEETING, "vpn.carries_media", id="Jitsi's port"
        ),
        pytest.param(
            ["rule add ipproto udp dport 16384-32768 table 9"],
            MEETING,
            "vpn.carries_media",
            id="a range of ports that only the rule names",
        ),
        pytest.param(["rule add ipproto udp table 9"], MEETING, "vpn.carries_media", id="all UDP"),
        pytest.param(
            ["-6 rule add ipproto udp dport 3478 table 9"],
            MEETING_IPV6,
            "vpn.carries_media",
            id="the same for IPv6",
        ),
        pytest.param(
            ["rule add ipproto udp sport 50000-60000 table 9"],
            MEETING,
            "vpn.carries_media",
            id="by the port that it comes from",
        ),
        pytest.param(["rule add ipproto tcp dport 443 table 9"], MEETING, "vpn.carries_part", id="the page"),
        pytest.param(
            ["rule add ipproto udp dport 53 table 9"],
            MEETING,
            "vpn.leaves_meeting_outside",
            id="names alone",
        ),
        pytest.param(
            [f"rule add from {HOME} table 9"], MEETING, "vpn.carries_meeting", id="by the source address"
        ),
        pytest.param(
            [f"route add 203.0.113.0/24 nexthop dev tun0 nexthop via {BOX}"],
            MEETING,
            "vpn.carries_meeting",
            id="a route by two ways",
        ),
        pytest.param(["rule add fwmark 7 table 9"], MEETING, "vpn.unknown", id="what a firewall may mark"),
        pytest.param(["rule add tos 0x10 table 9"], MEETING, "vpn.unknown", id="by type of service"),
        pytest.param(
            ["rule add fwmark 7 table main"], MEETING, "vpn.leaves_meeting_outside", id="a mark that leads out"
        ),
        pytest.param(
            [
                f"route add default via {BOX} dev eth0 table 220 src {HOME}",
                "rule add table 220 priority 220",
            ],
            MEETING,
            "vpn.carries_meeting",
            id="strongSwan's table of what the kernel encrypts",
        ),
    ],
)  # fmt: skip
def test_the_way_to_the_meeting(network: Network, lines: list[str], meeting: str, code: str) -> None:
    home = with_a_tunnel(network)
    for line in lines:
        home.ip(*line.split())
    expect(network.check(home, *VPN, "--meeting", meeting), code)


def test_halves_with_the_cables_own_address_are_a_full_tunnel(network: Network) -> None:
    home = with_a_tunnel(network)
    halves = [f"route add {half} dev tun0 src {HOME}" for half in ("0.0.0.0/1", "128.0.0.0/1")]
    home.ip_batch(*halves, "route add ::/0 dev tun0 metric 1")
    for arguments in (VPN, ASKED):
        expect(network.check(home, *arguments), "vpn.carries_meeting", interface="tun0", tunnel="full")


@pytest.mark.real("fastd", "ping")
def test_a_bridge_of_a_tunnel_and_a_container(network: Network, tmp_path: Path) -> None:
    home, away = participant_and_vpn_server(network)
    tunnel = fastd(home, away, tmp_path)
    container = network.namespace("container")
    network.pair(home, "veth1", container, "eth0")
    home.ip_batch(
        f"address flush dev {tunnel.interface}",
        "link add br0 type bridge",
        f"link set {tunnel.interface} master br0",
        "link set veth1 master br0",
        "link set br0 up",
        "address add 10.7.0.2/24 dev br0",
        f"route add 203.0.113.0/24 via {THEIRS}",
    )
    assert tunnel.carries(MEETING)
    expect(network.check(home, *ASKED), "vpn.carries_meeting", interface="br0", product="fastd")


@pytest.mark.real("fastd", "ping")
@pytest.mark.parametrize(
    ("gateway", "code"), [(THEIRS, "vpn.carries_meeting"), ("10.7.0.9", "vpn.leaves_meeting_outside")]
)
def test_of_a_bridge_the_port_towards_the_gateway_counts(
    network: Network, tmp_path: Path, gateway: str, code: str
) -> None:
    home, away = participant_and_vpn_server(network)
    tunnel = fastd(home, away, tmp_path)
    beside = network.namespace("beside")
    network.pair(home, "line", beside, "eth0")
    home.ip_batch(
        f"address flush dev {tunnel.interface}",
        "link add br0 type bridge",
        f"link set {tunnel.interface} master br0",
        "link set line master br0",
        "link set br0 up",
        "address add 10.7.0.2/24 dev br0",
        f"route add 203.0.113.0/24 via {gateway}",
    )
    beside.ip_batch("address add 10.7.0.9/24 dev eth0", f"address add {MEETING}/32 dev eth0")
    tunnel.carries(gateway)  # the question for its hardware address goes out of every port
    assert tunnel.carries(gateway) is (gateway == THEIRS)
    expect(network.check(home, *ASKED), code)


@pytest.mark.real("tayga")
def test_a_clat_is_the_line_itself_and_what_carries_ipv6_carries_it(network: Network, tmp_path: Path) -> None:
    home = network.namespace("home")
    away = network.namespace("away")
    network.pair(home, "eth0", away, "eth0")
    config = "tun-device clat\nipv4-addr 192.0.0.2\nipv6-addr 2001:db8:1::c1\nprefix 64:ff9b::/96\n"
    (tmp_path / "tayga.conf").write_text(f"{config}map 192.0.0.1 2001:db8:1::c2\ndata-dir {tmp_path}\n")
    home.start("tayga", "-c", str(tmp_path / "tayga.conf"), "-d")
    wait_for(lambda: home.succeeds("ip", "link", "show", "clat"), 10, "tayga's interface")
    home.ip_batch(
        "address add 2001:db8:1::20/64 dev eth0",
        "route add default via 2001:db8:1::1",
        "link set clat up",
        "address add 192.0.0.1/29 dev clat",
        "route add default dev clat",
        "route add 2001:db8:1::c1/128 dev clat",
        "route add 2001:db8:1::c2/128 dev clat",
    )
    for arguments in (VPN, ASKED):
        run = network.check(home, *arguments)
        expect(run, "vpn.none")
        assert run.fact("vpn.tunnels") == []
    assert run.fact("vpn.meeting.ipv4")["interface"] == "clat"
    home.ip_batch(
        "tuntap add tun0 mode tun",
        "address add 2001:db8:8::2/64 dev tun0",
        "link set tun0 up",
        "route add ::/1 dev tun0",
    )
    expect(network.check(home, *ASKED), "vpn.carries_meeting", interface="tun0")


def alone(network: Network, inside: Namespace) -> None:
    """The only line of a container is no VPN."""
    wait_for(lambda: inside.ip("route", "show", "default").strip(), 10, "the container's route")
    for arguments in (VPN, ASKED):
        run = network.check(inside, *arguments)
        expect(run, "vpn.none")
        assert run.fact("vpn.tunnels") == []


@pytest.mark.real("slirp4netns")
def test_a_container_behind_slirp4netns(network: Network) -> None:
    home, _ = participant_and_vpn_server(network)
    inside = network.namespace("container")
    command = ("slirp4netns", "--configure", "--disable-host-loopback", "--netns-type=path")
    home.start(*command, f"/run/netns/{inside.name}", "tap0")
    alone(network, inside)


@pytest.mark.real("pasta")
def test_a_container_behind_pasta(network: Network) -> None:
    home, _ = participant_and_vpn_server(network)
    inside = network.namespace("container")
    owner = ("--runas", str(os.getuid()), "--netns-only")
    home.start("pasta", "-f", "--config-net", *owner, "--netns", f"/run/netns/{inside.name}")
    alone(network, inside)


@pytest.mark.real("fastd", "ping")
def test_a_vpn_that_was_moved_into_a_namespace_is_one_there(network: Network, tmp_path: Path) -> None:
    tunnel = fastd(*participant_and_vpn_server(network), tmp_path)
    inside = network.namespace("inside")
    tunnel.home.ip("link", "set", tunnel.interface, "netns", inside.name)
    inside.ip_batch(
        f"address add 10.7.0.2/24 dev {tunnel.interface}",
        f"link set {tunnel.interface} up",
        f"route add default via {THEIRS}",
    )
    assert inside.succeeds("ping", "-c", "1", "-W", "5", MEETING)
    expect(network.check(inside, *ASKED), "vpn.carries_meeting", product="fastd", tunnel="full")
