"""What real kernels answered, recorded with `record.py`, to facts; runs on any system."""

from __future__ import annotations

import struct
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from amif_netcheck.model.facts import Carriage, LinkKind, Reason, Unavailable
from amif_netcheck.platforms.answers import Gateway, Interface
from amif_netcheck.platforms.linux import inet_diag, neighbours, rtnetlink, tcp_info, tunnel_owners
from amif_netcheck.platforms.linux.network import Network
from amif_netcheck.platforms.linux.routes import parse_networks
from amif_netcheck.platforms.linux.rtnetlink import Dump, Message
from amif_netcheck.platforms.linux.topology import BaseInterface
from tests.systems import needs_posix

DATA = Path(__file__).resolve().parents[1] / "data" / "linux"


class Recording(msgspec.Struct):
    dump: Dump
    tcp_sockets: list[object] = []
    neighbours: list[Message] = []


_IMPORT_ALL = """
import importlib, pkgutil, sys
for name in ("jeepney", "pulsectl"):
    sys.modules[name] = None
import amif_netcheck.platforms
for each in pkgutil.walk_packages(amif_netcheck.platforms.__path__, "amif_netcheck.platforms."):
    if not each.name.endswith("_child"):  # a process of its own, which lives by its library
        importlib.import_module(each.name)
"""


def test_parsers_can_be_had_where_linuxs_own_libraries_can_not() -> None:
    """As on Windows and macOS, where they are not installed."""
    done = subprocess.run(
        (sys.executable, "-c", _IMPORT_ALL), capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def recorded(name: str) -> Dump:
    return msgspec.json.decode((DATA / f"{name}.json").read_bytes(), type=Recording).dump


def interfaces(dump: Dump) -> dict[str, Interface]:
    """With nobody seen to hold a tunnel."""
    found = Network(lambda: dump, holders=dict).interfaces()
    assert not isinstance(found, Unavailable)
    return {interface.name: interface for interface in found}


def index_of(dump: Dump, interface: str) -> int:
    return next(int(link["index"]) for link in dump.links if link["attrs"]["IFLA_IFNAME"] == interface)


@pytest.mark.parametrize(
    ("recording", "interface", "kind", "carriage", "routes"),
    [
        ("no-network", "lo", LinkKind.LOOPBACK, Carriage.DIRECT, False),
        ("lan", "eth0", LinkKind.VIRTUAL, Carriage.DIRECT, True),
        ("wireguard-idle", "wg0", LinkKind.TUN, Carriage.TUNNEL, False),
        ("wireguard-idle", "eth0", LinkKind.VIRTUAL, Carriage.DIRECT, True),
        ("wireguard-full-by-policy", "wg0", LinkKind.TUN, Carriage.TUNNEL, True),
        ("openvpn-full-by-halves", "tun0", LinkKind.TUN, Carriage.TUNNEL, True),
        ("docker-and-virtual-machine", "docker0", LinkKind.BRIDGE, Carriage.DIRECT, False),
        ("docker-and-virtual-machine", "eth0", LinkKind.VIRTUAL, Carriage.DIRECT, True),
        ("bridge-over-a-tap-alone", "br0", LinkKind.BRIDGE, Carriage.TUNNEL, False),
        ("tap", "tap0", LinkKind.TAP, Carriage.TUNNEL, False),
    ],
)
def test_interfaces(recording: str, interface: str, kind: LinkKind, carriage: Carriage, routes: bool) -> None:
    found = interfaces(recorded(recording))[interface]
    assert (found.kind, found.carriage, found.routes) == (kind, carriage, routes)


@pytest.mark.parametrize(
    ("recording", "gateway"),
    [
        ("lan", "192.168.1.1"),
        ("wireguard-full-by-policy", "192.168.1.1"),
        ("openvpn-full-by-halves", "192.168.1.1"),
        ("docker-and-virtual-machine", "192.168.1.1"),
        ("no-network", None),
        ("bridge-over-a-tap-alone", None),
    ],
)
def test_the_box_is_found_behind_a_tunnel_too(recording: str, gateway: str | None) -> None:
    found = Network(lambda: recorded(recording)).gateway()
    if gateway is None:
        assert isinstance(found, Unavailable)
        assert found.reason is Reason.NOT_PRESENT
    else:
        assert isinstance(found, Gateway)
        assert (found.address, found.interface) == (gateway, "eth0")


def test_the_box_is_found_when_the_tunnel_took_the_default_route_away() -> None:
    dump = recorded("openvpn-full-by-halves")
    routes = [route for route in dump.routes if route["dst_len"] != 0]
    without_default = Dump(links=dump.links, addresses=dump.addresses, routes=routes)
    found = Network(lambda: without_default).gateway()
    assert isinstance(found, Gateway)
    assert found.address == "192.168.1.1"


def with_link(dump: Dump, kind: str | None, ifi_type: int, attrs: dict[str, object]) -> Dump:
    """A recording with one more interface, of a kind that could not be made where it was recorded."""
    info = {"IFLA_LINKINFO": {"attrs": {"IFLA_INFO_KIND": kind}}} if kind else {}
    link: Message = {
        "index": 99,
        "ifi_type": ifi_type,
        "flags": 1,
        "attrs": {"IFLA_IFNAME": "x0", **info, **attrs},
    }
    addresses = [{"index": 99, "attrs": {"IFA_LOCAL": "10.66.0.2"}}]
    return Dump(links=[*dump.links, link], addresses=[*dump.addresses, *addresses], routes=dump.routes)


@pytest.mark.parametrize(
    ("recording", "kind", "ifi_type", "attrs", "carriage"),
    [
        ("lan", "wireguard", 65534, {}, Carriage.TUNNEL),
        ("lan", "ovpn-dco", 65534, {}, Carriage.TUNNEL),
        ("lan", "sit", 776, {}, Carriage.TUNNEL),
        ("lan", "xfrm", 65534, {}, Carriage.TUNNEL),
        ("lan", "ppp", 512, {}, Carriage.TUNNEL),
        ("no-network", "ppp", 512, {}, Carriage.DIRECT),
        ("no-network", None, 512, {}, Carriage.DIRECT),
        ("lan", "vxlan", 1, {}, Carriage.TUNNEL),
        ("lan", None, 65534, {"IFLA_PARENT_DEV_NAME": "1-2:1.4"}, Carriage.DIRECT),
        ("lan", None, 65534, {}, Carriage.UNKNOWN),
        ("lan", "made-up", 1, {}, Carriage.UNKNOWN),
        ("lan", None, 1, {}, Carriage.DIRECT),
        ("wireguard-idle", "vlan", 1, {"IFLA_LINK": "wg0"}, Carriage.TUNNEL),
        ("wireguard-idle", "vlan", 1, {"IFLA_LINK": "eth0"}, Carriage.DIRECT),
        ("wireguard-idle", "veth", 1, {"IFLA_LINK": "wg0", "IFLA_LINK_NETNSID": 0}, Carriage.DIRECT),
    ],
)
def test_kinds_that_could_not_be_recorded(
    recording: str, kind: str | None, ifi_type: int, attrs: dict[str, object], carriage: Carriage
) -> None:
    dump = recorded(recording)
    index = {link["attrs"]["IFLA_IFNAME"]: link["index"] for link in dump.links}
    attrs = {name: index.get(str(value), value) for name, value in attrs.items()}
    assert interfaces(with_link(dump, kind, ifi_type, attrs))["x0"].carriage is carriage


def test_what_is_stacked_on_an_unknown_or_a_tunnel_is_no_better() -> None:
    dump = recorded("bridge-over-a-tap-alone")
    index = {link["attrs"]["IFLA_IFNAME"]: link["index"] for link in dump.links}
    above_the_tunnel = with_link(dump, "vlan", 1, {"IFLA_LINK": index["br0"]})
    assert interfaces(above_the_tunnel)["x0"].carriage is Carriage.TUNNEL
    unknown = with_link(dump, None, 65534, {"IFLA_MASTER": index["br0"]})
    unknown.links.remove(next(link for link in unknown.links if link["attrs"]["IFLA_IFNAME"] == "tap0"))
    assert interfaces(unknown)["br0"].carriage is Carriage.UNKNOWN
    itself = with_link(dump, "vlan", 1, {"IFLA_LINK": 99, "IFLA_MASTER": 99})
    assert interfaces(itself)["x0"].carriage in Carriage, "a circle is an answer too"


def test_interface_names_are_data() -> None:
    dump = recorded("lan")
    dump.links[-1]["attrs"]["IFLA_IFNAME"] = "[red]\x1b[2J\udcff"
    assert "[red]\x1b[2J?" in interfaces(dump)


class RawRecording(msgspec.Struct):
    """Messages as the kernel wrote them, in hexadecimal; made by `record.py --raw`."""

    links: list[str]
    addresses: list[str]
    routes: list[str]
    neighbours: list[str]
    tcp_sockets: list[str]
    ports: tuple[int, int, int, int]


def raw() -> RawRecording:
    return msgspec.json.decode((DATA / "raw.json").read_bytes(), type=RawRecording)


def decoded(messages: list[str]) -> list[bytes]:
    return [bytes.fromhex(message) for message in messages]


def test_the_kernels_bytes() -> None:
    dump = Dump(
        links=list(map(rtnetlink.parse_link, decoded(raw().links))),
        addresses=list(map(rtnetlink.parse_address, decoded(raw().addresses))),
        routes=list(map(rtnetlink.parse_route, decoded(raw().routes))),
    )
    network = Network(lambda: dump)
    found = interfaces(dump)
    assert {name: (each.kind, each.carriage, each.routes) for name, each in found.items()} == {
        "lo": (LinkKind.LOOPBACK, Carriage.DIRECT, False),
        "eth0": (LinkKind.VIRTUAL, Carriage.DIRECT, True),
        "peer0": (LinkKind.VIRTUAL, Carriage.DIRECT, True),
        "tun0": (LinkKind.TUN, Carriage.TUNNEL, True),
        "tap0": (LinkKind.TAP, Carriage.TUNNEL, False),
        "br0": (LinkKind.BRIDGE, Carriage.TUNNEL, False),
    }, "of a route by two ways, both interfaces count"
    assert set(found["eth0"].addresses) >= {"192.168.1.20", "2001:db8:1::20"}
    assert network.gateway() == Gateway(address="192.168.1.1", interface="eth0", scope=index_of(dump, "eth0"))
    assert network.networks("tun0") == ("10.8.0.0/24",)
    base = network.base("br0")
    assert isinstance(base, BaseInterface)
    assert len(base.address) == len("00:11:22:33:44:55")


@needs_posix("Linux's number of IPv6's address family")
def test_the_kernels_bytes_of_neighbours() -> None:
    entries = list(map(rtnetlink.parse_neighbour, decoded(raw().neighbours)))
    index = next(entry["ifindex"] for entry in entries if entry["attrs"].get("NDA_DST") == "192.168.1.1")
    assert {(each.address, each.mac) for each in neighbours.parse(entries, index)} >= {
        ("192.168.1.1", "00:11:22:33:44:01"),
        ("2001:db8:1::1", "00:11:22:33:44:01"),
    }


def test_tcp_byte_counters() -> None:
    client, server, client6, server6 = raw().ports
    sockets = [inet_diag.parse(answer) for answer in decoded(raw().tcp_sockets)]
    by_ports = {(s.endpoints.local_port, s.endpoints.remote_port): s for s in sockets if s is not None}
    assert by_ports[server, client].received == 3000
    assert by_ports[client, server].sent >= 3000
    assert by_ports[client6, server6].received == 500
    assert by_ports[server6, client6].endpoints.remote == "127.0.0.1", (
        "IPv4 in an IPv6 socket is written as IPv4"
    )


@pytest.mark.parametrize("length", [0, 71, 72, 100])
def test_a_kernel_without_byte_counters_tells_nothing(length: int) -> None:
    answer = decoded(raw().tcp_sockets)[0]
    assert inet_diag.parse(answer) is not None
    assert inet_diag.parse(answer[:length]) is None


def test_acknowledged_bytes_are_read_from_tcp_info() -> None:
    info = bytearray(136)
    struct.pack_into("=I", info, 16, 1448)  # tcpi_snd_mss
    struct.pack_into("=I", info, 28, 3)  # tcpi_sacked
    struct.pack_into("=Q", info, 120, 7_000_000_001)  # tcpi_bytes_acked
    assert tcp_info.parse(bytes(info)) == 7_000_000_001 + 3 * 1448
    assert isinstance(tcp_info.parse(bytes(info[:104])), Unavailable), "Linux before 4.2"


@needs_posix("links such as those in /proc")
def test_who_holds_a_tunnel(tmp_path: Path) -> None:
    for pid, name, device, fdinfo in (
        ("10", "openvpn", "/dev/net/tun", "pos:\t0\nflags:\t0104002\nmnt_id:\t20\nino:\t85\niff:\ttun0\n"),
        ("11", "qemu", "/dev/net/tun", "pos:\t0\nflags:\t0104002\n"),
        ("12", "bash", "/dev/pts/0", "pos:\t0\n"),
    ):
        (tmp_path / pid / "fd").mkdir(parents=True)
        (tmp_path / pid / "fdinfo").mkdir()
        (tmp_path / pid / "fd" / "5").symlink_to(device)
        (tmp_path / pid / "fdinfo" / "5").write_text(fdinfo, encoding="utf-8")
        (tmp_path / pid / "comm").write_text(f"{name}\n", encoding="utf-8")
    (tmp_path / "13").mkdir()  # a process that ended while we looked
    (tmp_path / "self").mkdir()
    assert tunnel_owners.tunnel_owners(tmp_path) == {"tun0": "openvpn"}


@needs_posix("links such as those in /proc")
def test_who_is_in_our_network_namespace_goes_first(tmp_path: Path) -> None:
    for pid, name, namespace in (
        ("self", "", "1"),
        ("10", "slirp4netns", "2"),
        ("11", "ssh", "1"),
        ("12", "sshd", "3"),
    ):
        for folder in ("fd", "fdinfo", "ns"):
            (tmp_path / pid / folder).mkdir(parents=True)
        (tmp_path / pid / "fd" / "5").symlink_to("/dev/net/tun")
        (tmp_path / pid / "fdinfo" / "5").write_text("pos:\t0\niff:\ttun7\n", encoding="utf-8")
        (tmp_path / pid / "ns" / "net").symlink_to(f"net:[{namespace}]")
        (tmp_path / pid / "comm").write_text(f"{name}\n", encoding="utf-8")
    assert tunnel_owners.tunnel_owners(tmp_path) == {"tun7": "ssh"}
    assert sorted(tunnel_owners.tunnel_holders(tmp_path)["tun7"]) == ["slirp4netns", "ssh", "sshd"]


@needs_posix("Linux's number of IPv6's address family")
def test_neighbours_are_those_that_answered_on_this_interface() -> None:
    recording = msgspec.json.decode((DATA / "neighbours.json").read_bytes(), type=Recording)
    found = neighbours.parse(recording.neighbours, index_of(recording.dump, "eth0"))
    assert {each.address for each in found} >= {
        "192.168.1.1",
        "192.168.1.30",
        "192.168.1.77",
        "2001:db8:1::1",
    }
    assert "192.168.1.99" not in {each.address for each in found}, "it never answered"
    assert neighbours.parse(recording.neighbours, index_of(recording.dump, "lo")) == ()
    assert parse_networks(recording.dump, "eth0")[:2] == ("192.168.1.0/24", "2001:db8:1::/64")


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"state": 0x01}, id="incomplete"),
        pytest.param({"state": 0x20}, id="failed"),
        pytest.param({"state": 0x40}, id="no question asked"),
        pytest.param({"family": 7}, id="a bridge's table"),
        pytest.param({"ifindex": 9}, id="another interface"),
        pytest.param({"attrs": {"NDA_DST": "192.168.1.30"}}, id="no hardware address"),
        pytest.param({"attrs": {"NDA_LLADDR": "00:11:22:33:44:55"}}, id="no address"),
        pytest.param({"attrs": {"NDA_DST": "192.168.1.30", "NDA_LLADDR": "00:00:00:00:00:00"}}, id="zeros"),
        pytest.param(
            {"attrs": {"NDA_DST": "192.168.1.255", "NDA_LLADDR": "ff:ff:ff:ff:ff:ff"}}, id="broadcast"
        ),
        pytest.param({"attrs": {"NDA_DST": "224.0.0.251", "NDA_LLADDR": "01:00:5e:00:00:fb"}}, id="a group"),
        pytest.param(
            {
                "attrs": {
                    "NDA_DST": "192.168.1.30",
                    "NDA_LLADDR": "00:11:22:33:44:55",
                    "NDA_CACHEINFO": {"ndm_confirmed": 70_000, "ndm_updated": 65_000},
                }
            },
            id="not heard of for long",
        ),
    ],
)
def test_entries_that_stand_for_nobody(changes: Message) -> None:
    good: Message = {
        "ifindex": 2,
        "family": 2,
        "state": 0x04,
        "attrs": {"NDA_DST": "192.168.1.30", "NDA_LLADDR": "00:11:22:33:44:55"},
    }
    assert len(neighbours.parse([good], 2)) == 1
    assert neighbours.parse([good | changes], 2) == ()
