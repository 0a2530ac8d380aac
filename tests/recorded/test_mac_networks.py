"""Macs' interfaces and routes to facts, for every layout of `mac_layouts`, by the kernel's bytes and by the tools alone."""

from __future__ import annotations

import errno
from ipaddress import ip_address

import pytest

from amif_netcheck.catalog import vpn_product
from amif_netcheck.model.facts import Carriage, Computer, LinkKind, Medium, Reason, Unavailable
from amif_netcheck.platforms.answers import Gateway, Interface, Port
from amif_netcheck.platforms.macos.network_answers import MacNetwork
from tests.recorded import mac_layouts as layouts
from tests.recorded.macs import Mac

INTERNET = "192.0.2.1"
INTERNET_6 = "2001:db8:ffff::1"
DIRECT, TUNNEL = Carriage.DIRECT, Carriage.TUNNEL

LAYOUTS: dict[str, tuple[Mac, str, Carriage, str, str, Medium]] = {
    # layout, the interface of packets to the Internet, what it is, the box, its interface, the hardware under the first
    "Wi-Fi alone": (layouts.WIFI_ALONE, "en0", DIRECT, "192.168.1.1", "en0", Medium.WIFI),
    "a Mac mini without a cable": (layouts.MINI_WITHOUT_A_CABLE, "en1", DIRECT, "192.168.1.1", "en1", Medium.WIFI),
    "a Mac mini with both": (layouts.MINI_WITH_BOTH, "en0", DIRECT, "192.168.1.1", "en0", Medium.ETHERNET),
    "a dock on USB": (layouts.DOCK, "en7", DIRECT, "192.168.1.1", "en7", Medium.ETHERNET),
    "a dock on Thunderbolt": (layouts.THUNDERBOLT_DOCK, "en5", DIRECT, "192.168.1.1", "en5", Medium.ETHERNET),
    "an iPhone by cable": (layouts.IPHONE_BY_CABLE, "en8", DIRECT, "172.20.10.1", "en8", Medium.TETHERED_PHONE),
    "an Android by cable": (layouts.ANDROID_BY_CABLE, "en9", DIRECT, "192.168.42.1", "en9", Medium.TETHERED_PHONE),
    "an iPhone by Wi-Fi": (layouts.IPHONE_BY_WIFI, "en0", DIRECT, "172.20.10.1", "en0", Medium.WIFI),
    "an iPhone by Bluetooth": (layouts.IPHONE_BY_BLUETOOTH, "en6", DIRECT, "172.20.10.1", "en6", Medium.BLUETOOTH),
    "Low Data Mode": (layouts.LOW_DATA_MODE, "en0", DIRECT, "192.168.1.1", "en0", Medium.WIFI),
    "another Mac by Thunderbolt": (layouts.THUNDERBOLT_BRIDGE, "bridge0", DIRECT, "192.168.1.1", "bridge0", Medium.ETHERNET),
    "iCloud Private Relay": (layouts.PRIVATE_RELAY, "en0", DIRECT, "192.168.1.1", "en0", Medium.WIFI),
    "Tailscale": (layouts.TAILSCALE, "en0", DIRECT, "192.168.1.1", "en0", Medium.WIFI),
    "Tailscale with an exit node": (layouts.TAILSCALE_EXIT_NODE, "utun3", TUNNEL, "192.168.1.1", "en0", Medium.UNKNOWN),
    "WireGuard": (layouts.WIREGUARD, "utun2", TUNNEL, "192.168.1.1", "en0", Medium.UNKNOWN),
    "OpenVPN by halves": (layouts.OPENVPN_BY_HALVES, "utun4", TUNNEL, "192.168.1.1", "en0", Medium.UNKNOWN),
    "AnyConnect, split": (layouts.ANYCONNECT_SPLIT, "en0", DIRECT, "192.168.1.1", "en0", Medium.WIFI),
    "GlobalProtect": (layouts.GLOBALPROTECT, "utun4", TUNNEL, "192.168.1.1", "en0", Medium.UNKNOWN),
    "GlobalProtect of old": (layouts.GLOBALPROTECT_WITH_ITS_OWN_DRIVER, "gpd0", TUNNEL, "192.168.1.1", "en0", Medium.UNKNOWN),
    "FortiClient": (layouts.FORTICLIENT, "ppp0", TUNNEL, "192.168.1.1", "en0", Medium.UNKNOWN),
    "IKEv2": (layouts.IKEV2, "ipsec0", TUNNEL, "192.168.1.1", "en0", Medium.UNKNOWN),
    "L2TP": (layouts.L2TP, "ppp0", TUNNEL, "192.168.1.1", "en0", Medium.UNKNOWN),
    "a tunnel over the second line": (layouts.TUNNEL_OVER_THE_SECOND, "utun4", TUNNEL, "192.168.1.1", "en1", Medium.UNKNOWN),
    "Cloudflare WARP": (layouts.CLOUDFLARE_WARP, "utun6", TUNNEL, "192.168.1.1", "en0", Medium.UNKNOWN),
    "openconnect": (layouts.OPENCONNECT, "utun4", TUNNEL, "192.168.1.1", "en0", Medium.UNKNOWN),
    "the person's watch": (layouts.COMPANION_LINKS, "en0", DIRECT, "192.168.1.1", "en0", Medium.WIFI),
    "a telephone in development": (layouts.TELEPHONE_IN_DEVELOPMENT, "en0", DIRECT, "192.168.1.1", "en0", Medium.WIFI),
    "ZeroTier": (layouts.ZEROTIER, "en0", DIRECT, "192.168.1.1", "en0", Medium.WIFI),
    "virtual machines": (layouts.VIRTUAL_MACHINES, "en0", DIRECT, "192.168.1.1", "en0", Medium.WIFI),
    "sharing its cable": (layouts.SHARING_ITS_CABLE, "en0", DIRECT, "192.168.1.1", "en0", Medium.ETHERNET),
    "IPv6 with a CLAT": (layouts.IPV6_WITH_CLAT, "en0", DIRECT, "192.0.0.1", "en0", Medium.WIFI),
    "PPPoE": (layouts.PPPOE, "ppp0", DIRECT, "198.51.100.1", "ppp0", Medium.ETHERNET),
    "a VLAN": (layouts.VLAN, "vlan0", DIRECT, "192.168.1.1", "vlan0", Medium.ETHERNET),
    "a bond": (layouts.BOND, "bond0", DIRECT, "192.168.1.1", "bond0", Medium.ETHERNET),
    "a virtual machine itself": (layouts.GUEST, "en0", DIRECT, "192.168.64.1", "en0", Medium.VIRTUAL),
}  # fmt: skip


def interfaces(network: MacNetwork) -> dict[str, Interface]:
    found = network.interfaces()
    assert not isinstance(found, Unavailable)
    return {interface.name: interface for interface in found}


@pytest.mark.parametrize("by_tools", [False, True], ids=["by the kernel", "by tools"])
@pytest.mark.parametrize("name", LAYOUTS)
def test_the_way_to_the_internet(name: str, by_tools: bool) -> None:
    mac, out, carriage, box, box_interface, medium = LAYOUTS[name]
    network = mac.network(by_tools=by_tools)
    egress = network.egress(ip_address(INTERNET))
    assert not isinstance(egress, Unavailable)
    assert egress[1] == out
    assert interfaces(network)[out].carriage is carriage
    gateway = network.gateway()
    assert isinstance(gateway, Gateway)
    assert (gateway.address, gateway.interface) == (box, box_interface)
    port = network.port(out)
    assert isinstance(port, Port)
    assert port.medium is medium


@pytest.mark.parametrize("by_tools", [False, True], ids=["by the kernel", "by tools"])
@pytest.mark.parametrize(
    ("mac", "tunnels"),
    [
        (layouts.WIFI_ALONE, {}),
        (layouts.PRIVATE_RELAY, {}),
        (layouts.COMPANION_LINKS, {}),
        (layouts.TELEPHONE_IN_DEVELOPMENT, {}),
        (layouts.VIRTUAL_MACHINES, {}),
        (layouts.SHARING_ITS_CABLE, {}),
        (layouts.PPPOE, {}),
        (layouts.TAILSCALE, {"utun3": (LinkKind.TUN, True)}),
        (layouts.TAILSCALE_EXIT_NODE, {"utun3": (LinkKind.TUN, True)}),
        (layouts.WIREGUARD, {"utun2": (LinkKind.TUN, True)}),
        (layouts.OPENVPN_BY_HALVES, {"utun4": (LinkKind.TUN, True)}),
        (layouts.ANYCONNECT_SPLIT, {"utun4": (LinkKind.TUN, True)}),
        (layouts.GLOBALPROTECT, {"utun4": (LinkKind.TUN, True)}),
        (layouts.GLOBALPROTECT_WITH_ITS_OWN_DRIVER, {"gpd0": (LinkKind.TUN, True)}),
        (layouts.FORTICLIENT, {"ppp0": (LinkKind.PPP, True)}),
        (layouts.IKEV2, {"ipsec0": (LinkKind.IP_TUNNEL, True)}),
        (layouts.L2TP, {"ppp0": (LinkKind.PPP, True)}),
        (layouts.ZEROTIER, {"feth1234": (LinkKind.TAP, False)}),
        (layouts.CLOUDFLARE_WARP, {"utun6": (LinkKind.TUN, True)}),
        (layouts.OPENCONNECT, {"utun4": (LinkKind.TUN, True)}),
        (layouts.VPN_BY_IPV6, {"utun4": (LinkKind.TUN, False)}),
    ],
)
def test_tunnels_that_are_up_and_lead_somewhere(
    mac: Mac, tunnels: dict[str, tuple[LinkKind, bool]], by_tools: bool
) -> None:
    """As `probes.vpn` lists them: up, with an address of more than the link itself."""
    found = {
        interface.name: (interface.kind, interface.routes)
        for interface in interfaces(mac.network(by_tools=by_tools)).values()
        if interface.carriage is TUNNEL
        and interface.up
        and any(not ip_address(text).is_link_local for text in interface.addresses)
    }
    assert found == tunnels


@pytest.mark.parametrize(
    ("mac", "interface", "product"),
    [
        (layouts.TAILSCALE, "utun3", "Tailscale"),
        (layouts.WIREGUARD, "utun2", "WireGuard"),
        (layouts.GLOBALPROTECT, "utun4", "GlobalProtect"),
        (layouts.IPV6_FORBIDDEN, "utun4", "Proton VPN"),
        (layouts.IKEV2, "ipsec0", "macOS (IKEv2, IPsec)"),
        (layouts.OPENVPN_BY_HALVES, "utun4", ""),
    ],
)
def test_the_product_behind_a_tunnel(mac: Mac, interface: str, product: str) -> None:
    owner = mac.network().tunnel_owners().get(interface, "")
    kind = interfaces(mac.network())[interface].kind.value
    assert vpn_product(interface, kind, owner, []) == product


def test_without_a_tunnel_nobody_is_asked_for_vpns() -> None:
    tools = layouts.WIFI_ALONE.tools()
    assert layouts.WIFI_ALONE.network(tools=tools).tunnel_owners() == {}
    assert not any(line.startswith("scutil") for line in tools.asked)


@pytest.mark.parametrize("by_tools", [False, True], ids=["by the kernel", "by tools"])
def test_without_a_network_there_is_no_way(by_tools: bool) -> None:
    network = layouts.NO_NETWORK.network(by_tools=by_tools)
    for answer in (network.egress(ip_address(INTERNET)), network.gateway(), network.metered()):
        assert isinstance(answer, Unavailable)
        assert answer.reason is Reason.NOT_PRESENT


@pytest.mark.parametrize("by_tools", [False, True], ids=["by the kernel", "by tools"])
@pytest.mark.parametrize(
    ("mac", "address"),
    [(layouts.IPV6_FORBIDDEN, INTERNET_6), (layouts.IPV4_BLACKHOLE, INTERNET)],
)
def test_a_route_that_forbids_is_no_missing_route(mac: Mac, address: str, by_tools: bool) -> None:
    answer = mac.network(by_tools=by_tools).egress(ip_address(address))
    assert isinstance(answer, Unavailable)
    assert answer.reason is Reason.BLOCKED


def test_a_route_that_forbids_counts_even_where_a_socket_connects() -> None:
    """The kernel lets a datagram socket connect, and turns back what it sends."""
    mac = layouts.IPV4_BLACKHOLE
    network = MacNetwork(mac.kernel(), mac.tools(), source_address=lambda _address: "192.168.1.20")
    answer = network.egress(ip_address(INTERNET))
    assert isinstance(answer, Unavailable)
    assert answer.reason is Reason.BLOCKED


def test_without_routes_nothing_is_known_of_interfaces() -> None:
    tools, late = layouts.WIFI_ALONE.tools(), Unavailable(reason=Reason.TIMEOUT, detail="netstat")
    tools.outputs["netstat -rn"] = late
    network = layouts.WIFI_ALONE.network(by_tools=True, tools=tools)
    assert (network.interfaces(), network.gateway()) == (late, late)


@pytest.mark.parametrize(
    ("mac", "address", "reason"),
    [
        (layouts.NO_NETWORK, INTERNET_6, Reason.NOT_PRESENT),
        (layouts.NO_NETWORK, INTERNET, Reason.BLOCKED),
        (layouts.IPV6_ALONE, INTERNET_6, Reason.BLOCKED),
        (layouts.IPV6_FORBIDDEN, INTERNET_6, Reason.BLOCKED),
    ],
)
def test_no_route_to_host_is_of_no_route_over_ipv6_alone(mac: Mac, address: str, reason: Reason) -> None:
    """As macOS says it to who has no IPv6 (`ping6: UDP connect: No route to host`), and where a rule forbids it."""

    def refuse(_address: object) -> str:
        raise OSError(errno.EHOSTUNREACH, "No route to host")

    answer = MacNetwork(mac.kernel(), mac.tools(), source_address=refuse).egress(ip_address(address))
    assert isinstance(answer, Unavailable)
    assert answer.reason is reason


def test_a_socket_outweighs_the_routes() -> None:
    """The rules of a VPN of the system are for sockets alone; routes know nothing of them."""
    mac = layouts.WIREGUARD
    network = MacNetwork(mac.kernel(), mac.tools(), source_address=lambda _address: "192.168.1.20")
    assert network.egress(ip_address(INTERNET)) == ("192.168.1.20", "en0")


def test_ipv6_has_ways_of_its_own() -> None:
    network = layouts.IPV6_ALONE.network()
    assert network.egress(ip_address(INTERNET_6)) == ("2001:db8:1:2::20", "en0")
    assert isinstance(network.egress(ip_address(INTERNET)), Unavailable)
    assert network.gateway() == Gateway(address="fe80::1", interface="en0", scope=14)


def test_ipv6_beside_a_tunnel_for_ipv4_alone_stays_outside_of_it() -> None:
    mac = layouts.WIREGUARD
    outside = Mac(
        mac.ifconfig.replace("inet 192.168.1.20", "inet6 2001:db8:1::5 prefixlen 64 \n\tinet 192.168.1.20"),
        mac.netstat.replace(
            "default                                 link#24                         UCSg                utun2",
            "default                                 fe80::1%en0                     UGcg                  en0",
        ),
    )
    network = outside.network()
    six, four = network.egress(ip_address(INTERNET_6)), network.egress(ip_address(INTERNET))
    assert not isinstance(six, Unavailable)
    assert not isinstance(four, Unavailable)
    assert (six[1], four[1]) == ("en0", "utun2")


@pytest.mark.parametrize(
    ("lines", "flags", "kind", "carriage"),
    [
        (("type: Ethernet (0x6) family: 2 subfamily: 0", 'agent domain:NetworkExtension type:VPN flags:0x3 desc:"VPN: filter"'), "UP,BROADCAST", LinkKind.HARDWARE, DIRECT),
        (("type: 0x1 family: 17 subfamily: 0", "inet 10.0.0.2 --> 10.0.0.2 netmask 0xffffffff"), "UP,POINTOPOINT", LinkKind.TUN, TUNNEL),
        (("type: 0x1 family: 18 subfamily: 0", "inet 10.0.0.2 --> 10.0.0.2 netmask 0xffffffff"), "UP,POINTOPOINT", LinkKind.IP_TUNNEL, TUNNEL),
        (("type: 0x37 family: 10 subfamily: 0", "inet 10.0.0.2 --> 10.0.0.1 netmask 0xffffffff"), "UP,POINTOPOINT", LinkKind.IP_TUNNEL, TUNNEL),
        (("type: Cellular (0xff) family: 15 subfamily: 0",), "UP,POINTOPOINT", LinkKind.HARDWARE, DIRECT),
        (("type: 0x90 family: 99 subfamily: 0",), "UP,POINTOPOINT", LinkKind.UNKNOWN, Carriage.UNKNOWN),
        (("type: 0x90 family: 99 subfamily: 0",), "UP,BROADCAST", LinkKind.UNKNOWN, DIRECT),
        (("xflags=10000<IS_VPN>",), "UP,POINTOPOINT", LinkKind.UNKNOWN, TUNNEL),
    ],
)  # fmt: skip
def test_an_interface_is_what_the_kernel_says_whatever_its_name(
    lines: tuple[str, ...], flags: str, kind: LinkKind, carriage: Carriage
) -> None:
    shown = f"x0: flags=8863<{flags}> mtu 1500 index 40\n" + "".join(f"\t{line}\n" for line in lines)
    mac = Mac(layouts.WIFI_ALONE.ifconfig + shown, layouts.WIFI_ALONE.netstat)
    found = interfaces(mac.network())["x0"]
    assert (found.kind, found.carriage) == (kind, carriage)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("en4", LinkKind.HARDWARE),
        ("utun9", LinkKind.TUN),
        ("ipsec0", LinkKind.IP_TUNNEL),
        ("ppp0", LinkKind.PPP),
        ("tap0", LinkKind.TAP),
        ("feth0", LinkKind.TAP),
        ("bridge100", LinkKind.BRIDGE),
        ("vmenet0", LinkKind.VIRTUAL),
        ("awdl0", LinkKind.VIRTUAL),
        ("pdp_ip0", LinkKind.HARDWARE),
        ("strange0", LinkKind.UNKNOWN),
    ],
)
def test_where_the_kernel_says_nothing_the_drivers_letters_do(name: str, kind: LinkKind) -> None:
    shown = f"{name}: flags=8863<UP> mtu 1500 index 40\n"
    mac = Mac(layouts.WIFI_ALONE.ifconfig + shown, layouts.WIFI_ALONE.netstat)
    assert interfaces(mac.network())[name].kind is kind


def test_a_call_has_one_way_for_all_that_it_sends() -> None:
    ways = layouts.GLOBALPROTECT.network().call_egresses(ip_address(INTERNET))
    assert not isinstance(ways, Unavailable)
    assert [(way.interface, way.web, way.media, way.ipsec) for way in ways] == [("utun4", True, True, False)]


@pytest.mark.parametrize(
    ("mac", "interface", "networks"),
    [
        (layouts.WIFI_ALONE, "en0", ("fe80::/64", "192.168.1.0/24")),
        (layouts.OPENVPN_BY_HALVES, "utun4", ("10.8.0.5/32",)),
        (layouts.PPPOE, "ppp0", ("198.51.100.0/24",)),
        (layouts.IPV6_ALONE, "en0", ("fe80::/64", "2001:db8:1:2::/64")),
    ],
)
def test_the_local_networks_of_an_interface(mac: Mac, interface: str, networks: tuple[str, ...]) -> None:
    assert mac.network().networks(interface) == networks


def test_the_port_under_a_stack_is_the_one_in_use() -> None:
    for mac, interface, port in (
        (layouts.BOND, "bond0", "en0"),
        (layouts.VLAN, "vlan0", "en0"),
        (layouts.THUNDERBOLT_BRIDGE, "bridge0", "en2"),
        (layouts.VIRTUAL_MACHINES, "bridge100", "bridge100"),
    ):
        found = mac.network().port(interface)
        assert isinstance(found, Port)
        assert found.interface == port


@pytest.mark.parametrize(
    ("mac", "metered"),
    [
        (layouts.WIFI_ALONE, False),
        (layouts.DOCK, False),
        (layouts.WIREGUARD, False),
        (layouts.IPHONE_BY_CABLE, True),
        (layouts.ANDROID_BY_CABLE, True),
        (layouts.IPHONE_BY_WIFI, True),
        (layouts.IPHONE_BY_BLUETOOTH, True),
        (layouts.LOW_DATA_MODE, True),
    ],
)
def test_what_costs_by_volume(mac: Mac, metered: bool) -> None:
    assert mac.network().metered() is metered


def test_an_iphone_of_a_system_that_does_not_mark_it_is_known_by_its_network() -> None:
    plain = layouts.IPHONE_BY_WIFI.ifconfig.replace("EXPENSIVE", "NOAUTONX")
    assert Mac(plain, layouts.IPHONE_BY_WIFI.netstat).network().metered() is True


def test_a_cost_that_ifconfig_keeps_to_itself_is_unknown() -> None:
    quiet = "\n".join(
        line.partition(" index ")[0]
        for line in layouts.WIFI_ALONE.ifconfig.splitlines()
        if not line.startswith(("\teflags", "\txflags", "\ttype", "\tfunctional", "\tagent"))
    )
    mac = Mac(quiet, layouts.WIFI_ALONE.netstat)
    kernel = layouts.WIFI_ALONE.kernel()
    network = MacNetwork(kernel, mac.tools(), source_address=lambda _address: "192.168.1.20")
    answer = network.metered()
    assert isinstance(answer, Unavailable)
    assert answer.reason is Reason.UNSUPPORTED
    assert network.egress(ip_address(INTERNET)) == ("192.168.1.20", "en0")


def test_an_iphone_by_cable_is_known_without_the_registry_too() -> None:
    mac = layouts.IPHONE_BY_CABLE
    elsewhere = Mac(
        mac.ifconfig.replace("172.20.10.2", "192.168.9.2"),
        netstat=mac.netstat.replace("172.20.10.1", "192.168.9.1"),
    )
    port = elsewhere.network().port("en8")
    assert isinstance(port, Port)
    assert port.medium is Medium.TETHERED_PHONE


@pytest.mark.parametrize(
    ("mac", "computer"),
    [
        (layouts.WIFI_ALONE, Computer.PHYSICAL),
        (layouts.GUEST, Computer.VIRTUAL_MACHINE),
        (Mac("", "", model=b"VMware7,1\0"), Computer.VIRTUAL_MACHINE),
        (Mac("", "", model=b"Mac15,3\0", virtual=True), Computer.VIRTUAL_MACHINE),
        (Mac("", "", model=b"Parallels-ARM\0"), Computer.VIRTUAL_MACHINE),
    ],
)
def test_what_kind_of_computer_it_is(mac: Mac, computer: Computer) -> None:
    assert mac.network().computer() is computer


def test_a_list_that_ends_early_is_completed() -> None:
    """`ifconfig -vv` ends at an interface that goes away while it is being shown."""
    mac = layouts.WIREGUARD
    tools = mac.tools()
    tools.outputs["ifconfig -a"] = mac.ifconfig
    tools.outputs["ifconfig -a -vv"] = mac.ifconfig[: mac.ifconfig.index("utun2: flags=")]
    found = interfaces(mac.network(tools=tools))
    assert found["utun2"].carriage is TUNNEL
    assert tools.asked.count("ifconfig -a") == 1


def test_what_is_read_once_is_shared() -> None:
    tools = layouts.WIFI_ALONE.tools()
    network = layouts.WIFI_ALONE.network(tools=tools)
    for _ in range(3):
        network.interfaces()
        network.gateway()
        network.egress(ip_address(INTERNET))
    assert tools.asked == ["ifconfig -a -vv"]


def test_tools_that_do_not_answer_leave_everything_unknown() -> None:
    tools = layouts.WIFI_ALONE.tools()
    silent = Unavailable(reason=Reason.TIMEOUT, detail="ifconfig took longer")
    tools.outputs["ifconfig -a"] = silent
    network = layouts.WIFI_ALONE.network(tools=tools)
    for answer in (
        network.interfaces(),
        network.egress(ip_address(INTERNET)),
        network.call_egresses(ip_address(INTERNET)),
        network.gateway(),
        network.networks("en0"),
        network.port("en0"),
        network.ethernet("en0"),
        network.metered(),
        network.counters("en0"),
        network.neighbours("en0"),
    ):
        assert answer == silent


def test_an_interface_that_went_away_is_absent() -> None:
    network = layouts.WIFI_ALONE.network()
    for answer in (
        network.networks("en99"),
        network.port("en99"),
        network.ethernet("en99"),
        network.counters("en99"),
        network.neighbours("en99"),
    ):
        assert isinstance(answer, Unavailable)
        assert answer.reason is Reason.NOT_PRESENT
