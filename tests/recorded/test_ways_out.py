"""Ways out of a computer that was made up: interfaces stacked on others, lines that look like tunnels, rules by port."""

from __future__ import annotations

import errno
import os
import socket
import time
from collections.abc import Callable
from functools import partial
from ipaddress import ip_address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amif_netcheck.measure.names import Names
from amif_netcheck.model.facts import CallPart, Carriage, LinkKind, Reason, Route, Unavailable, VpnFacts
from amif_netcheck.platforms.answers import Address, Egress, Interface
from amif_netcheck.platforms.linux.bridges import parse_port
from amif_netcheck.platforms.linux.network import Network
from amif_netcheck.platforms.linux.route_query import FlowQuery, flows
from amif_netcheck.platforms.linux.rtnetlink import Dump, Message
from amif_netcheck.platforms.recorded import Machine, Recorded, RecordedRoute
from amif_netcheck.probes import vpn
from amif_netcheck.probes.context import Context
from tests.recorded.test_probes import ETH0, WG0

_LINE, _VPN, _UNKNOWN = Carriage.DIRECT, Carriage.TUNNEL, Carriage.UNKNOWN
_INET, _INET6 = 2, 10
TUN_MODES = {"tun": 1, "tap": 2}
ELSEWHERE = {"IFLA_LINK_NETNSID": 0}
DOWN = {"IFLA_OPERSTATE": "DOWN"}


def link(index: int, name: str, kind: str = "", **attrs: Any) -> Message:
    """An interface in use; without a kind, a network card. `on` and `other` are the indexes of its master and its link."""
    data = {"attrs": {"IFLA_TUN_TYPE": TUN_MODES[kind]}} if kind in TUN_MODES else {}
    info = {"attrs": {"IFLA_INFO_KIND": "tun" if kind in TUN_MODES else kind, "IFLA_INFO_DATA": data}}
    kind_attrs = {"IFLA_LINKINFO": info} if kind else {"IFLA_PARENT_DEV_NAME": "0000:00:19.0"}
    keys = {"on": "IFLA_MASTER", "other": "IFLA_LINK"}
    more = {keys.get(key, key): value for key, value in attrs.items()}
    ifi_type = {"tun": 65534, "wireguard": 65534, "ppp": 512, "loopback": 772}.get(kind, 1)
    named = {"IFLA_IFNAME": name, "IFLA_OPERSTATE": "UP"}
    return {"index": index, "ifi_type": ifi_type, "flags": 1, "attrs": named | kind_attrs | more}


def address(index: int, text: str) -> Message:
    return {"family": _INET, "prefixlen": 24, "index": index, "attrs": {"IFA_LOCAL": text}}


def way(index: int, family: int = _INET) -> Message:
    """A default route that somebody has set."""
    attrs = {"RTA_OIF": index}
    return {"family": family, "dst_len": 0, "table": 254, "proto": 3, "type": 1, "attrs": attrs}


def to(network: str, index: int) -> Message:
    """A route that somebody has set to this network alone."""
    route = way(index)
    return {**route, "dst_len": 8, "attrs": {**route["attrs"], "RTA_DST": network}}


def interfaces(
    links: list[Message],
    addresses: list[Message] | None = None,
    routes: list[Message] | None = None,
    holders: dict[str, list[str]] | None = None,
) -> dict[str, Interface]:
    dump = Dump(links=links, addresses=addresses or [], routes=routes or [])
    known = Network(lambda: dump, holders=lambda: holders or {}).interfaces()
    assert not isinstance(known, Unavailable)
    return {interface.name: interface for interface in known}


@pytest.mark.parametrize(
    ("links", "carriage", "tunnel"),
    [
        pytest.param([link(3, "t", "tap", on=9), link(4, "v", "veth", on=9, **ELSEWHERE)], _VPN, "t", id="tap and container"),
        pytest.param([link(3, "t", "tap", on=9), link(4, "e", on=9)], _LINE, "", id="virtual machine beside hardware"),
        pytest.param([link(3, "t", "tap", on=9), link(4, "e", on=9, **DOWN)], _VPN, "t", id="hardware without its cable"),
        pytest.param([link(3, "t", "tap", on=9, **DOWN), link(4, "v", "veth", on=9)], _LINE, "", id="a tap that nobody holds"),
        pytest.param([link(4, "v", "veth", on=9), link(5, "w", "veth", on=9)], _LINE, "", id="containers alone"),
        pytest.param([link(3, "t", "gretap", on=9), link(4, "v", "veth", on=9)], _VPN, "t", id="GRE and container"),
        pytest.param([link(3, "t", "vxlan", on=9), link(4, "v", "veth", on=9)], _VPN, "t", id="VXLAN and container"),
        pytest.param([link(3, "u", "made-up", on=9), link(4, "v", "veth", on=9)], _UNKNOWN, "", id="unknown and container"),
        pytest.param([link(3, "l", "vlan", on=9, other=4), link(4, "e")], _LINE, "", id="a VLAN of hardware"),
        pytest.param([link(3, "l", "vlan", on=9, other=4), link(4, "t", "tap")], _VPN, "t", id="a VLAN of a tap"),
        pytest.param([], _LINE, "", id="empty"),
    ],
)  # fmt: skip
def test_a_bridge(links: list[Message], carriage: Carriage, tunnel: str) -> None:
    known = interfaces([*links, link(9, "br0", "bridge"), link(10, "br0.7", "vlan", other=9)])
    for name in ("br0", "br0.7"):
        assert (known[name].carriage, known[name].tunnel) == (carriage, tunnel)


@pytest.mark.parametrize(
    ("links", "carriage"),
    [
        ([link(2, "x", "macvlan", other=3), link(3, "t", "tap")], _VPN),
        ([link(2, "x", "macvlan", other=3), link(3, "e")], _LINE),
        ([link(2, "x", "bond"), link(3, "t", "tap", on=2), link(4, "e", on=2)], _VPN),
        ([link(2, "x", "bond"), link(3, "e", on=2), link(4, "f", on=2)], _LINE),
        ([link(2, "x", "batadv"), link(3, "t", "tap", on=2)], _VPN),
        ([link(2, "x", "veth", other=3), link(3, "y", "veth", other=2, on=4), link(4, "br", "bridge"), link(5, "t", "tap", on=4)], _VPN),
        ([link(2, "x", "veth", other=3), link(3, "y", "veth", other=2, on=4), link(4, "br", "bridge"), link(5, "e", on=4)], _LINE),
        ([link(2, "x", "veth", other=3, **ELSEWHERE), link(3, "t", "tap")], _LINE),
        ([link(2, "x", "vlan", other=3), *(link(index, f"v{index}", "vlan", other=index + 1) for index in range(3, 15))], _UNKNOWN),
        ([link(2, "x", "geneve")], _VPN),
    ],
)  # fmt: skip
def test_what_stands_on_others(links: list[Message], carriage: Carriage) -> None:
    assert interfaces(links)["x"].carriage is carriage


CARD, LOOPBACK = link(2, "eth0"), link(1, "lo", "loopback")
CLAT = [address(7, "192.0.0.1"), address(2, "2001:db8::2")]
MACHINES: list[tuple[str, list[Message], list[Message], list[Message], dict[str, list[str]], Carriage]] = [
    ("CLAT", [CARD, link(7, "x", "tun")], CLAT, [way(7), way(2, _INET6)], {}, _LINE),
    ("CLAT with Docker", [CARD, link(7, "x", "tun"), link(8, "docker0", "bridge")], [*CLAT, address(8, "172.17.0.1")], [way(7)], {}, _LINE),
    ("CLAT beside zeroconf", [CARD, link(7, "x", "tun")], CLAT, [way(7), way(2, _INET6), to("169.254.0.0", 2)], {}, _LINE),
    ("CLAT beside groups", [CARD, link(7, "x", "tun")], CLAT, [way(7), to("239.0.0.0", 2)], {}, _LINE),
    ("CLAT's address beside an office's IPv4", [CARD, link(7, "x", "tun")], CLAT, [way(7), to("10.0.0.0", 2)], {}, _VPN),
    ("DS-Lite", [CARD, link(7, "x", "ip6tnl")], CLAT, [way(7), way(2, _INET6)], {}, _LINE),
    ("CLAT's address beside IPv4", [CARD, link(7, "x", "tun")], [*CLAT, address(2, "192.168.1.20")], [way(7), way(2)], {}, _VPN),
    ("CLAT's address and another", [CARD, link(7, "x", "tun")], [*CLAT, address(7, "10.8.0.2")], [way(7)], {}, _VPN),
    ("a TUN on an IPv6 line", [CARD, link(7, "x", "tun")], [address(7, "10.8.0.2"), address(2, "2001:db8::2")], [way(7)], {}, _VPN),
    ("WireGuard with CLAT's address", [CARD, link(7, "x", "wireguard")], CLAT, [way(7)], {}, _VPN),
    ("a container", [LOOPBACK, link(7, "x", "tap")], [address(7, "10.0.2.100")], [way(7)], {}, _LINE),
    ("a container of ours", [LOOPBACK, link(7, "x", "tap")], [address(7, "10.0.2.100")], [way(7)], {"x": ["pasta.avx2"]}, _LINE),
    ("a VPN that was moved", [LOOPBACK, link(7, "x", "tap")], [address(7, "10.7.0.2")], [way(7)], {"x": ["fastd"]}, _VPN),
    ("a TUN that was moved", [LOOPBACK, link(7, "x", "tun")], [address(7, "10.7.0.2")], [way(7)], {}, _VPN),
    ("WireGuard that was moved", [LOOPBACK, link(7, "x", "wireguard")], [address(7, "10.7.0.2")], [way(7)], {}, _VPN),
    ("a container with Docker", [link(8, "docker0", "bridge"), link(7, "x", "tap")], [address(7, "10.0.2.100"), address(8, "172.17.0.1")], [way(7)], {}, _LINE),
    ("a modem with virtual machines", [link(8, "virbr0", "bridge"), link(7, "x", "ppp")], [address(7, "192.0.2.7"), address(8, "192.168.122.1")], [way(7)], {}, _LINE),
    ("a tap beside a bridge that is the line", [CARD, link(8, "br0", "bridge"), link(7, "x", "tap")], [address(7, "10.7.0.2"), address(8, "192.168.1.20")], [way(7), way(8)], {}, _VPN),
    ("two taps", [link(6, "y", "tap"), link(7, "x", "tap")], [address(6, "10.0.2.100"), address(7, "10.7.0.2")], [way(7)], {}, _VPN),
    ("a tap beside a card", [CARD, link(7, "x", "tap")], [address(7, "10.7.0.2"), address(2, "192.168.1.20")], [way(7)], {}, _VPN),
    ("a tap over a modem", [link(6, "ppp0", "ppp"), link(7, "x", "tap")], [address(6, "192.0.2.7"), address(7, "10.7.0.2")], [way(7)], {}, _VPN),
    ("PPP alone", [CARD, link(7, "x", "ppp")], [address(7, "192.0.2.7")], [way(7)], {}, _LINE),
    ("PPP over a card", [CARD, link(7, "x", "ppp")], [address(7, "192.0.2.7"), address(2, "192.168.1.20")], [way(7)], {}, _VPN),
    ("PPP over PPP", [link(6, "ppp0", "ppp"), link(7, "x", "ppp")], [address(6, "192.0.2.7"), address(7, "10.7.0.2")], [way(7)], {}, _UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize(
    ("links", "addresses", "routes", "holders", "carriage"),
    [pytest.param(*machine, id=name) for name, *machine in MACHINES],
)
def test_a_line_that_looks_like_a_tunnel(
    links: list[Message],
    addresses: list[Message],
    routes: list[Message],
    holders: dict[str, list[str]],
    carriage: Carriage,
) -> None:
    assert interfaces(links, addresses, routes, holders)["x"].carriage is carriage


def rule(family: int = _INET, flags: int = 0, tos: int = 0, **attrs: object) -> Message:
    return {
        "family": family,
        "tos": tos,
        "flags": flags,
        "attrs": {f"FRA_{key}": attrs[key] for key in attrs},
    }


PAGE, STUN = FlowQuery(), FlowQuery(protocol=socket.IPPROTO_UDP, port=3478)


@pytest.mark.parametrize(
    ("rules", "singled_out"),
    [
        ([], []),
        ([rule(), rule(IP_PROTO=17)], []),
        ([rule(DPORT_RANGE=[5000, 6000])], [(17, 0, 5000, 0), (17, 0, 6000, 0)]),
        ([rule(DPORT_RANGE=[1, 65535])], [(17, 0, 1024, 0), (17, 0, 65535, 0), (17, 0, 443, 0)]),
        ([rule(DPORT_RANGE=[53, 53]), rule(DPORT_RANGE=[80, 80])], []),
        ([rule(IP_PROTO=6, DPORT_RANGE=[8443, 8443])], [(6, 0, 8443, 0)]),
        ([rule(IP_PROTO=1, DPORT_RANGE=[8443, 8443])], []),
        ([rule(SPORT_RANGE=[40000, 40000])], [(17, 40000, 3478, 0)]),
        ([rule(FWMARK=7)], [(17, 0, 3478, 7)]),
        ([rule(flags=2, FWMARK=51820), rule(flags=2, DPORT_RANGE=[5000, 5000])], []),
        ([rule(_INET6, FWMARK=7)], []),
    ],
)
def test_what_rules_single_out(rules: list[Message], singled_out: list[tuple[int, int, int, int]]) -> None:
    known = flows(rules, _INET, (3478,))
    assert known[:2] == (PAGE, STUN)
    assert [(flow.protocol, flow.source_port, flow.port, flow.mark) for flow in known[2:]] == singled_out
    assert all(flow.plain is not bool(flow.mark) for flow in known)


def test_thousands_of_rules_cost_no_more_than_some() -> None:
    rules = [rule(DPORT_RANGE=[port, port]) for port in range(2000, 12_000)]
    assert len(flows(rules, _INET, (3478,))) == 500


# --- the kernel's answers ---------------------------------------------------------------------------


class Routes:
    """Stands for the kernel: tells the interface of a flow, or the error of having none."""

    def __init__(self, answer: Callable[[str, FlowQuery, str], int]) -> None:
        self._answer = answer

    def __call__(self) -> Routes:
        return self

    def __enter__(self) -> Callable[..., Message]:
        return self._ask

    def __exit__(self, *_: object) -> None:
        pass

    def _ask(self, destination: str, flow: FlowQuery, *, source: str = "", all_hops: bool = False) -> Message:
        del all_hops
        number = self._answer(destination, flow, source)
        if number < 0:
            raise OSError(-number, os.strerror(-number))
        return {"attrs": {"RTA_OIF": number, "RTA_PREFSRC": "127.0.0.9"}}


def egresses(
    answer: Callable[[str, FlowQuery, str], int], rules: list[Message]
) -> tuple[Egress, ...] | Unavailable:
    """Of a call to this computer itself, which any computer has a way to."""
    dump = Dump(links=[LOOPBACK, CARD, link(7, "tun0", "tun")], addresses=[], routes=[], rules=rules)
    network = Network(lambda: dump, query=Routes(answer), holders=dict)  # type: ignore[arg-type]
    return network.call_egresses(ip_address("127.0.0.1"), (3478,))


def test_a_flow_without_a_way_is_no_way_and_the_rest_counts() -> None:
    def udp_is_forbidden(_destination: str, flow: FlowQuery, _source: str) -> int:
        return 2 if flow == PAGE else -errno.EACCES

    ways = egresses(udp_is_forbidden, [])
    assert ways == (Egress(source="127.0.0.9", interface="eth0", media=False),)


def test_a_kernel_that_does_not_answer_is_no_kernel_without_a_way() -> None:
    ways = egresses(lambda *_: -errno.ENOBUFS, [])
    assert isinstance(ways, Unavailable)
    assert ways.reason is Reason.ERROR


def test_a_socket_that_is_bound_to_its_address_may_leave_elsewhere() -> None:
    ways = egresses(lambda _destination, _flow, source: 7 if source else 2, [])
    assert not isinstance(ways, Unavailable)
    assert {way.interface for way in ways} == {"eth0", "tun0"}


MAC = "02:00:00:00:00:01"
NEIGHBOURS = [{"attrs": {"NDA_DST": "192.168.1.1", "NDA_LLADDR": MAC}}, {"attrs": {"NDA_DST": "192.168.1.2"}}]


def entry(port: int, mac: str = MAC, master: int = 9, state: int = 2) -> Message:
    return {"ifindex": port, "state": state, "attrs": {"NDA_LLADDR": mac, "NDA_MASTER": master}}


@pytest.mark.parametrize(
    ("entries", "next_hop", "port"),
    [
        ([entry(3), entry(4, "02:00:00:00:00:02")], "192.168.1.1", 3),
        ([entry(3), entry(4)], "192.168.1.1", None),
        ([entry(3, state=0x80)], "192.168.1.1", None),
        ([entry(3, master=8)], "192.168.1.1", None),
        ([entry(3)], "192.168.1.2", None),
        ([entry(3)], "192.168.1.3", None),
    ],
)
def test_the_port_behind_which_a_gateway_was_seen(
    entries: list[Message], next_hop: str, port: int | None
) -> None:
    assert parse_port(NEIGHBOURS, entries, 9, next_hop) == port


# --- the probe ----------------------------------------------------------------------------------------


class Calls(Recorded):
    """A recorded machine whose calls leave by several ways."""

    def __init__(self, *ways: Egress) -> None:
        bridge = Interface(name="br0", kind=LinkKind.BRIDGE, carriage=_UNKNOWN, up=True)
        super().__init__(Machine(interfaces=(ETH0, WG0, bridge)))
        self._ways = ways

    def call_egresses(
        self, address: Address, media_ports: tuple[int, ...]
    ) -> tuple[Egress, ...] | Unavailable:
        assert 3478 in media_ports
        return self._ways if address.version == 4 else Unavailable(reason=Reason.NOT_PRESENT)


def routed(*ways: Egress) -> Route:
    facts = vpn.probe(Context(platform=Calls(*ways)), time.monotonic() + 5)
    assert isinstance(facts, VpnFacts)
    assert isinstance(facts.internet.ipv4, Route)
    return facts.internet.ipv4


egress = partial(Egress, source="192.168.1.20")


WEB_OUT, WEB_IN = egress(interface="eth0", media=False), egress(interface="wg0", media=False)
MEDIA_OUT, MEDIA_IN = egress(interface="eth0", web=False), egress(interface="wg0", web=False)
MARKED_OUT, MARKED_IN = (egress(interface=name, web=False, needs_mark=True) for name in ("eth0", "wg0"))
TAP_PORT, CARD_PORT = egress(interface="br0", port="wg0"), egress(interface="br0", port="eth0")
IPSEC = egress(interface="eth0", ipsec=True)


@pytest.mark.parametrize(
    ("ways", "interface", "carriage", "part"),
    [
        ((WEB_OUT, MEDIA_OUT), "eth0", _LINE, CallPart.ALL),
        ((WEB_IN, MEDIA_IN), "wg0", _VPN, CallPart.ALL),
        ((WEB_OUT, MEDIA_IN), "wg0", _VPN, CallPart.MEDIA),
        ((WEB_OUT, MEDIA_OUT, MEDIA_IN), "wg0", _VPN, CallPart.MEDIA),
        ((WEB_IN, MEDIA_OUT), "wg0", _VPN, CallPart.PAGE),
        ((WEB_IN, MEDIA_OUT, MEDIA_IN), "wg0", _VPN, CallPart.ALL),
        ((WEB_OUT, MEDIA_OUT, MARKED_IN), "eth0", _UNKNOWN, CallPart.ALL),
        ((WEB_OUT, MEDIA_OUT, MARKED_OUT), "eth0", _LINE, CallPart.ALL),
        ((WEB_IN, MEDIA_IN, MARKED_OUT), "wg0", _VPN, CallPart.ALL),
        ((IPSEC,), "eth0", _VPN, CallPart.ALL),
        ((TAP_PORT,), "br0", _VPN, CallPart.ALL),
        ((CARD_PORT,), "br0", _LINE, CallPart.ALL),
    ],
)
def test_what_of_a_call_is_inside(
    ways: tuple[Egress, ...], interface: str, carriage: Carriage, part: CallPart
) -> None:
    route = routed(*ways)
    assert (route.interface, route.carriage, route.part) == (interface, carriage, part)


def test_one_unclear_address_of_a_meeting_leaves_it_unclear(monkeypatch: pytest.MonkeyPatch) -> None:
    made_up = Interface(name="x0", kind=LinkKind.UNKNOWN, carriage=_UNKNOWN, up=True, addresses=("10.7.0.2",))
    ways = (
        RecordedRoute(to="198.51.100.0/24", source="10.7.0.2", interface="x0"),
        RecordedRoute(to="0.0.0.0/0", source="192.168.1.20", interface="eth0"),
    )
    both = tuple(map(ip_address, ("203.0.113.7", "198.51.100.1")))
    monkeypatch.setattr(Names, "resolve", lambda *_arguments, **_options: both)
    context = Context(
        platform=Recorded(Machine(interfaces=(ETH0, made_up), routes=ways)), meeting="m.example"
    )
    facts = vpn.probe(context, time.monotonic() + 5)
    assert isinstance(facts, VpnFacts)
    assert not isinstance(facts.meeting, Unavailable)
    assert isinstance(facts.meeting.ipv4, Route)
    assert facts.meeting.ipv4.carriage is _UNKNOWN


@given(
    st.lists(
        st.sampled_from([WEB_OUT, WEB_IN, MEDIA_OUT, MEDIA_IN, MARKED_OUT, MARKED_IN, IPSEC]), min_size=1
    )
)
def test_a_way_through_a_tunnel_is_never_overlooked(ways: list[Egress]) -> None:
    carriage = routed(*ways).carriage
    if any(way.interface == "wg0" or way.ipsec for way in ways):
        assert carriage is not _LINE
    else:
        assert carriage is _LINE


def test_a_bridge_on_a_tunnel_is_listed_and_called_like_it() -> None:
    tap = Interface(name="tap0", kind=LinkKind.TAP, carriage=_VPN, up=True, tunnel="tap0")
    bridge = Interface(
        name="br0",
        kind=LinkKind.BRIDGE,
        carriage=_VPN,
        up=True,
        tunnel="tap0",
        addresses=("10.7.0.2",),
        routes=True,
    )
    machine = Machine(interfaces=(ETH0, tap, bridge), tunnel_owners={"tap0": "fastd"})
    facts = vpn.probe(Context(platform=Recorded(machine)), time.monotonic() + 5)
    assert isinstance(facts, VpnFacts)
    assert not isinstance(facts.tunnels, Unavailable)
    assert [(seen.interface, seen.product, seen.routes) for seen in facts.tunnels] == [("br0", "fastd", True)]
