"""What macOS's tools print, to facts. Written by hand in the shape of the sources named; addresses and names are made up."""

from __future__ import annotations

import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amif_netcheck.model.facts import (
    Duplex,
    EthernetLink,
    Medium,
    ProxyKind,
    ProxySource,
    Reason,
    Unavailable,
)
from amif_netcheck.platforms.answers import Neighbour, ProxySetting
from amif_netcheck.platforms.macos import ifconfig, neighbours, ports, property_text, proxies, vpn_services
from amif_netcheck.platforms.macos.ifconfig import InterfaceAddress, NetworkAgent
from amif_netcheck.platforms.macos.route_messages import HOST, LINK_LAYER, UP, RouteEntry
from amif_netcheck.platforms.macos.tools import SystemTools
from tests.recorded.mac_layouts import WIFI_ALONE
from tests.recorded.macs import FakeKernel, FakeTools, message

# Shape: macOS 14.5 without -v, glpi-project/glpi-agent resources/macos/ifconfig/macbook-m1-pro-2021-macosx-14.5.
PLAIN = """lo0: flags=8049<UP,LOOPBACK,RUNNING,MULTICAST> mtu 16384
	options=1203<RXCSUM,TXCSUM,TXSTATUS,SW_TIMESTAMP>
	inet 127.0.0.1 netmask 0xff000000
	inet6 ::1 prefixlen 128
	inet6 fe80::1%lo0 prefixlen 64 scopeid 0x1
	nd6 options=201<PERFORMNUD,DAD>
en0: flags=8863<UP,BROADCAST,SMART,RUNNING,SIMPLEX,MULTICAST> mtu 1500
	options=6460<TSO4,TSO6,CHANNEL_IO,PARTIAL_CSUM,ZEROINVERT_CSUM>
	ether A4:83:E7:00:00:01
	inet6 fe80::4f2:1:2:3%en0 prefixlen 64 secured scopeid 0xf
	inet 10.1.2.3 netmask 0xfffffe00 broadcast 10.1.3.255
	media: autoselect
	status: active
bridge0: flags=8863<UP,BROADCAST,SMART,RUNNING,SIMPLEX,MULTICAST> mtu 1500
	Configuration:
		id 0:0:0:0:0:0 priority 0 hellotime 0 fwddelay 0
	member: en1 flags=3<LEARNING,DISCOVER>
		ifmaxaddr 0 port 10 priority 0 path cost 0
	member: en2 flags=3<LEARNING,DISCOVER>
	media: <unknown type>
	status: inactive
"""
# Shape: macOS 15.3 with -v, gravitational/teleport lib/vnet/diag (net_interfaces_test.go).
VERBOSE_TUNNEL = """utun4: flags=8051<UP,POINTOPOINT,RUNNING,MULTICAST> mtu 1280 index 25
	eflags=5002080<TXSTART,NOAUTOIPV6LL,ECN_ENABLE,CHANNEL_DRV>
	xflags=10004<NOAUTONX,IS_VPN>
	inet6 fe80::2e0:1:2:3%utun4 prefixlen 64 scopeid 0x19
	inet 100.87.1.2 --> 100.87.1.2 netmask 0xffffffff
	inet6 fd7a:115c:a1e0::1 prefixlen 48
	netif: 262EDF8C-0000-4000-8000-2C6E79E15607
	generation id: 381
	agent domain:Skywalk type:NetIf flags:0x8443 desc:"Userspace Networking"
	agent domain:NetworkExtension type:VPN flags:0xf desc:"VPN: Ma mairie: bureau"
	agent domain:NetworkExtension type:Other flags:0xf
	link quality: -1 (unknown)
	effective interface: en0
	low power mode: disabled
"""


def test_ifconfig_without_its_details() -> None:
    lo0, en0, bridge0 = ifconfig.parse(PLAIN)
    assert (lo0.name, lo0.addresses[0]) == ("lo0", InterfaceAddress("127.0.0.1", 8))
    assert en0.addresses == (InterfaceAddress("fe80::4f2:1:2:3", 64), InterfaceAddress("10.1.2.3", 23))
    assert (en0.mac, en0.media, en0.active, en0.up, en0.told) == (
        "a4:83:e7:00:00:01",
        "autoselect",
        True,
        True,
        False,
    )
    assert (bridge0.below, bridge0.active) == (("en1", "en2"), False)


def test_ifconfig_with_its_details() -> None:
    (tunnel,) = ifconfig.parse(VERBOSE_TUNNEL)
    assert (tunnel.index, tunnel.told, tunnel.effective) == (25, True, "en0")
    assert tunnel.extended >= {"NOAUTOIPV6LL", "IS_VPN"}
    assert tunnel.addresses[1] == InterfaceAddress("100.87.1.2", 32, "100.87.1.2")
    assert tunnel.vpn_agents == (NetworkAgent("NetworkExtension", "VPN", "VPN: Ma mairie: bureau"),)
    assert len(tunnel.agents) == 3


@pytest.mark.parametrize(
    ("line", "described", "numbers"),
    [
        ("type: Wi-Fi", "Wi-Fi", (-1, -1, -1)),
        ("type: Wi-Fi (0x6) family: 2 subfamily: 3", "Wi-Fi", (6, 2, 3)),
        ("type: 0x1 family: 17 subfamily: 0", "", (1, 17, 0)),
        ("type: Companion Link Wi-Fi (0x1) family: 18 subfamily: 3", "Companion Link Wi-Fi", (1, 18, 3)),
    ],
)
def test_what_ifconfig_calls_a_type(line: str, described: str, numbers: tuple[int, int, int]) -> None:
    (link,) = ifconfig.parse(f"en0: flags=8863<UP> mtu 1500 index 4\n\t{line}\n")
    assert (link.described, (link.iana_type, link.family, link.subfamily)) == (described, numbers)


@given(st.text(max_size=400))
def test_ifconfig_that_makes_no_sense(text: str) -> None:
    ifconfig.parse(text)
    ifconfig.parse(f"en0: flags=8863<UP> mtu 1500\n\t{text}")
    ifconfig.parse(
        f"en0: flags=8863<UP> mtu 1500\n\tinet {text} netmask 0xffffff00\n\tinet6 {text} prefixlen 999"
    )


@pytest.mark.parametrize(
    ("media", "rate", "duplex"),
    [
        ("autoselect (1000baseT <full-duplex,flow-control>)", 1000, Duplex.FULL),
        ("autoselect (1000baseT <full-duplex,flow-control,energy-efficient-ethernet>)", 1000, Duplex.FULL),
        ("autoselect (100baseTX <half-duplex>)", 100, Duplex.HALF),
        ("100baseTX <full-duplex> (100baseTX <full-duplex>)", 100, Duplex.FULL),
        ("autoselect (2500Base-T <full-duplex>)", 2500, Duplex.FULL),
        ("autoselect (10Gbase-T <full-duplex>)", 10_000, Duplex.FULL),
        ("autoselect (10baseT/UTP <half-duplex>)", 10, Duplex.HALF),
        ("autoselect <full-duplex>", None, Duplex.FULL),
        ("autoselect (<unknown type>)", None, None),
    ],
)
def test_what_a_cable_carries(media: str, rate: int | None, duplex: Duplex | None) -> None:
    """Words of xnu's net/if_media.h."""
    (link,) = ifconfig.parse(f"en0: flags=8863<UP> mtu 1500 index 4\n\tmedia: {media}\n\tstatus: active\n")
    carried = ports.ethernet(link)
    assert isinstance(carried, EthernetLink)
    assert (carried.rate_mbit_s if isinstance(carried.rate_mbit_s, int) else None) == rate
    assert (carried.duplex if isinstance(carried.duplex, Duplex) else None) is duplex


def test_without_a_cable_nothing_is_carried() -> None:
    (link,) = ifconfig.parse("en0: flags=8863<UP> mtu 1500\n\tmedia: autoselect (none)\n\tstatus: inactive\n")
    carried = ports.ethernet(link)
    assert isinstance(carried, Unavailable)
    assert carried.reason is Reason.NOT_PRESENT


# Trees by the shape of ioreg(8); the hub of a display and an adapter for cables are Apple's own.
APPLES_ADAPTER = """+-o USB2.1 Hub@01000000  <class IOUSBHostDevice, id 0x1, registered, matched, active, busy 0 (9 ms), retain 30>
  | {
  |   "idVendor" = 2109
  | }
  |
  +-o Apple USB Ethernet Adapter@01100000  <class IOUSBHostDevice, id 0x2, registered, matched, active, busy 0 (9 ms), retain 30>
    | {
    |   "idVendor" = 1452
    | }
    |
    +-o AX88772  <class com_apple_driver_AX88772, id 0x3, registered, matched, active, busy 0 (0 ms), retain 9>
    | +-o en7  <class IOEthernetInterface, id 0x4, registered, matched, active, busy 0 (0 ms), retain 9>
    |     {
    |       "BSD Name" = "en7"
    |     }
    |
  +-o HUAWEI Mobile@01200000  <class IOUSBHostDevice, id 0x5, registered, matched, active, busy 0 (9 ms), retain 30>
    | {
    |   "idVendor" = 4817
    | }
    |
    +-o AppleUSBECMData  <class AppleUSBECMData, id 0x6, registered, matched, active, busy 0 (0 ms), retain 9>
      +-o en8  <class IOEthernetInterface, id 0x7, registered, matched, active, busy 0 (0 ms), retain 9>
          {
            "BSD Name" = "en8"
          }
"""


def test_makers_of_what_is_on_usb() -> None:
    cards = ports.parse_usb(APPLES_ADAPTER)
    assert {name: (card.maker, card.iphone) for name, card in cards.items()} == {
        "en7": ("05ac", False),
        "en8": ("12d1", False),
    }
    assert ports.on_usb(cards["en7"]) is Medium.ETHERNET
    assert ports.on_usb(cards["en8"]) is Medium.CELLULAR


@given(st.text(max_size=300))
def test_a_registry_that_makes_no_sense(text: str) -> None:
    ports.parse_usb(text)
    ports.parse_usb(f'+-o x  <class y, id 0x1>\n{text}\n"BSD Name" = "en5"')


NOW = 1_800_000_000
# arp -an: jc's tests/fixtures/osx-10.14.6 (arp-a.out), nmap/nmap#1189, and network_cmds arp.tproj/arp.c.
ARP = """? (192.168.1.1) at e4:5d:51:0:0:9a on en0 ifscope [ethernet]
? (192.168.1.40) at 14:5a:5:1:2:3 on en0 ifscope [ethernet]
? (192.168.1.41) at (incomplete) on en0 ifscope [ethernet]
? (192.168.1.20) at a4:83:e7:0:0:1 on en0 ifscope permanent [ethernet]
? (192.168.1.255) at ff:ff:ff:ff:ff:ff on en0 ifscope [ethernet]
? (224.0.0.251) at 1:0:5e:0:0:fb on en0 ifscope permanent [ethernet]
? (192.168.64.7) at 5e:52:30:0:0:9 on bridge100 ifscope [bridge]
"""
# ndp -an: network_cmds ndp.tproj/ndp.c, and the columns of a public macOS 14 output.
NDP = """Neighbor                                Linklayer Address  Netif Expire    St Flgs Prbs
2001:db8:1:2::40                        14:5a:5:1:2:3        en0 23h59m50s S
2001:db8:1:2::41                        14:5a:5:1:2:4        en0 12h3m1s   S
fe80::1%en0                             e4:5d:51:0:0:9a      en0 25s       R  R
fe80::42%en0                            14:5a:5:1:2:5        en0 3s        D       1
fe80::43%en0                            (incomplete)         en0 expired   I       3
fe80::44%en0                            14:5a:5:1:2:6        en0 expired   N
fe80::45%en0                            14:5a:5:1:2:7        en0 1d0h0m0s  S
fe80::1c2a:22ff:fe00:1%en0              a4:83:e7:0:0:1       en0 permanent R
fe80::1%lo0                             (incomplete)         lo0 permanent R
"""
IPV6_NEIGHBOURS = {
    Neighbour(address="2001:db8:1:2::40", mac="14:5a:05:01:02:03"),
    Neighbour(address="fe80::1", mac="e4:5d:51:00:00:9a"),
    Neighbour(address="fe80::42", mac="14:5a:05:01:02:05"),
    Neighbour(address="fe80::45", mac="14:5a:05:01:02:07"),
}
IPV4_NEIGHBOURS = {
    Neighbour(address="192.168.1.1", mac="e4:5d:51:00:00:9a"),
    Neighbour(address="192.168.1.40", mac="14:5a:05:01:02:03"),
}


def arp_entry(address: str, mac: str, expires: int, index: int = 14) -> RouteEntry:
    return RouteEntry(
        destination=address,
        prefix=32,
        interface=index,
        flags=UP | HOST | LINK_LAYER,
        mac=mac,
        expires=expires,
    )


def kernel_with(*entries: RouteEntry) -> FakeKernel:
    return FakeKernel(arp=entries)


def arp_entries() -> tuple[RouteEntry, ...]:
    """They expire twenty minutes after they were last confirmed, by the clock of this computer."""
    now = int(time.time())
    return (
        arp_entry("192.168.1.1", "e4:5d:51:00:00:9a", now + 1187),
        arp_entry("192.168.1.40", "14:5a:05:01:02:03", now + 700),
        arp_entry("192.168.1.42", "14:5a:05:01:02:09", now + 500),  # not heard of for over ten minutes
        arp_entry("192.168.1.43", "", now + 2),
        arp_entry("192.168.1.20", "a4:83:e7:00:00:01", 0),
        arp_entry("192.168.1.255", "ff:ff:ff:ff:ff:ff", now + 1000),
        arp_entry("192.168.64.7", "5e:52:30:00:00:09", now + 1000, index=31),
    )


def tools_with(**outputs: str | Unavailable) -> FakeTools:
    tools = FakeTools()
    tools.outputs |= {name.replace("_", " -"): output for name, output in outputs.items()}
    return tools


def test_neighbours_by_the_kernel_and_ndp() -> None:
    tools = tools_with(ndp_an=NDP)
    found = neighbours.of_interface("en0", 14, kernel_with(*arp_entries()), tools)
    assert not isinstance(found, Unavailable)
    assert set(found) == IPV4_NEIGHBOURS | IPV6_NEIGHBOURS
    assert tools.asked == ["ndp -an"]


@pytest.mark.parametrize(
    "kernel",
    [
        FakeKernel(refuses=True),
        FakeKernel(),
        kernel_with(arp_entry("192.168.1.1", "02:00:00:00:00:00", NOW)),
    ],
    ids=["refuses", "tells nobody", "withholds hardware addresses"],
)
def test_neighbours_by_arp_where_the_kernel_keeps_them_to_itself(kernel: FakeKernel) -> None:
    found = neighbours.of_interface("en0", 14, kernel, tools_with(ndp_an=NDP, arp_an=ARP))
    assert not isinstance(found, Unavailable)
    assert set(found) == IPV4_NEIGHBOURS | IPV6_NEIGHBOURS
    others = neighbours.of_interface("bridge100", 31, kernel, tools_with(arp_an=ARP))
    assert others == (Neighbour(address="192.168.64.7", mac="5e:52:30:00:00:09"),)


def test_a_late_arp_leaves_neighbours_unknown_whatever_ndp_shows() -> None:
    late = Unavailable(reason=Reason.TIMEOUT, detail="arp")
    for shown in (NDP, "Neighbor Linklayer Address Netif Expire St Flgs Prbs\n"):
        tools = tools_with(ndp_an=shown, arp_an=late)
        assert neighbours.of_interface("en0", 14, FakeKernel(refuses=True), tools) == late
    empty = tools_with(ndp_an=NDP, arp_an="")
    found = neighbours.of_interface("en0", 14, FakeKernel(refuses=True), empty)
    assert not isinstance(found, Unavailable)
    assert found


def test_tables_that_nobody_shows_are_unknown_and_not_empty() -> None:
    found = neighbours.of_interface("en0", 14, FakeKernel(refuses=True), FakeTools())
    assert isinstance(found, Unavailable)
    one = neighbours.of_interface("en0", 14, kernel_with(*arp_entries()), FakeTools())
    assert set(one if not isinstance(one, Unavailable) else ()) == IPV4_NEIGHBOURS


@given(st.text(max_size=300))
def test_tables_that_make_no_sense(text: str) -> None:
    for line in (text, f"? ({text}) at {text} on en0", f"{text} 0:1:2:3:4:5 en0 23h59m50s S"):
        list(neighbours.parse_arp(line))
        list(neighbours.parse_ndp(line))
    list(neighbours.parse_table(text.encode() + message(arp_entries()[0]), "en0", 14, NOW))


# scutil --proxy: httptoolkit/httptoolkit#151, and configd's scutil.tproj.
PROXY = """<dictionary> {
  ExceptionsList : <array> {
    0 : *.local
    1 : 169.254/16
    2 : .mairie.example
  }
  ExcludeSimpleHostnames : 1
  FTPPassive : 1
  HTTPEnable : 1
  HTTPPort : 3128
  HTTPProxy : proxy.mairie.example
  HTTPSEnable : 1
  HTTPSPort : 3129
  HTTPSProxy : secure.mairie.example
  ProxyAutoConfigEnable : 0
  ProxyAutoConfigURLString : http://old.mairie.example/proxy.pac
  ProxyAutoDiscoveryEnable : 0
  SOCKSEnable : 0
  __SCOPED__ : <dictionary> {
    en0 : <dictionary> {
      HTTPSEnable : 1
      HTTPSPort : 9999
      HTTPSProxy : 10.9.9.9
    }
  }
}
"""
MANUAL = ProxySetting(
    source=ProxySource.SYSTEM,
    kind=ProxyKind.MANUAL,
    url="http://secure.mairie.example:3129",
    exceptions=("*.local", "169.254.0.0/16", ".mairie.example", "<local>"),
)


def test_proxies_by_hand() -> None:
    assert proxies.parse(PROXY) == (MANUAL,)
    plain = PROXY.replace("HTTPSEnable : 1", "HTTPSEnable : 0", 1).replace("ExcludeSimple", "X")
    (setting,) = proxies.parse(plain)
    assert (setting.url, setting.exceptions[-1]) == ("http://proxy.mairie.example:3128", ".mairie.example")
    assert (
        proxies.parse(PROXY.replace("SEnable : 1", "SEnable : 0").replace("HTTPEnable : 1", "HTTPEnable : 0"))
        == ()
    )


@pytest.mark.parametrize(
    ("lines", "kind", "url"),
    [
        ("ProxyAutoConfigEnable : 1\n  ProxyAutoConfigURLString : http://wpad.example/proxy.pac", ProxyKind.SCRIPT, "http://wpad.example/proxy.pac"),
        ("ProxyAutoConfigEnable : 1", ProxyKind.AUTOMATIC, ""),
        ("ProxyAutoDiscoveryEnable : 1", ProxyKind.AUTOMATIC, ""),
        ("SOCKSEnable : 1\n  SOCKSPort : 1081\n  SOCKSProxy : 127.0.0.1", ProxyKind.MANUAL, "socks://127.0.0.1:1081"),
        ("HTTPSEnable : 1\n  HTTPSProxy : 2001:db8::5", ProxyKind.MANUAL, "http://[2001:db8::5]:443"),
    ],
)  # fmt: skip
def test_proxies_of_every_kind(lines: str, kind: ProxyKind, url: str) -> None:
    (setting,) = proxies.parse(f"<dictionary> {{\n  {lines}\n}}\n")
    assert (setting.kind, setting.url) == (kind, url)


def test_proxies_that_nobody_tells_are_unknown() -> None:
    assert isinstance(proxies.settings(FakeTools()), Unavailable)
    none = FakeTools()
    none.outputs["scutil --proxy"] = "<dictionary> {\n  FTPPassive : 1\n}\n"
    assert proxies.settings(none) == ()


@given(st.text(max_size=300))
def test_dictionaries_that_make_no_sense(text: str) -> None:
    for shown in (text, f"<dictionary> {{\n{text}", "<dictionary> {\na : <array> {\n" * 500):
        property_text.parse(shown)
        proxies.parse(shown)
        vpn_services.parse_interface(shown)
        vpn_services.parse_configuration(shown)


# scutil --nc list: mrodalgaard/alfred-network-workflow#19, chrede88/alfred-wireguard#4, and configd's scutil.tproj/nc.c.
SERVICES = """Available network connection services in the current set (*=enabled):
* (Disconnected)   E3A8F336-0000-4000-8000-FBAD41D84A71 PPP --> L2TP       "Mon VPN"                         [PPP:L2TP]
* (Connected)      9B33EDB3-0000-4000-8000-BC8C08E05BE4 VPN (com.wireguard.macos) "mairie [siège]"           [VPN:com.wireguard.macos]
  (Disconnected)   11111111-2222-3333-4444-555555555555 IPSec              "Bureau"                          [IPSec]
* (Connected)      F9BABC6E-0000-4000-8000-94E1467FCBE8 PPP --> Modem (usbmodem1) "Clé 4G"                   [PPP:Modem]
* (Connected)      F9BABC6E-0000-4000-8000-94E1467FCBE9 PPPoE              "Fibre"                           [PPP:PPPoE]
"""


def test_the_systems_vpns() -> None:
    found = vpn_services.parse(SERVICES)
    assert [(service.name, service.status, service.kind, service.provider) for service in found] == [
        ("Mon VPN", "Disconnected", "PPP:L2TP", ""),
        ("mairie [siège]", "Connected", "VPN:com.wireguard.macos", "com.wireguard.macos"),
        ("Bureau", "Disconnected", "IPSec", ""),
    ]
    assert found[1].identifier == "9B33EDB3-0000-4000-8000-BC8C08E05BE4"
    assert vpn_services.parse(SERVICES.splitlines()[0]) == ()


# scutil --nc status: pirate/security-growler#24; a VPN of NetworkExtension names the interfaces that it leaves out, too.
STATUS = """Connected
Extended Status <dictionary> {
  IPv4 : <dictionary> {
    Addresses : <array> {
      0 : 10.6.0.2
    }
    ExcludedRoutes : <array> {
      0 : <dictionary> {
        DestinationAddress : 17.0.0.0
        InterfaceName : en0
      }
    }
    InterfaceName : utun6
    ServerAddress : 203.0.113.5
  }
  IsPrimaryInterface : 1
  Status : 2
}
"""


def test_the_interface_of_a_connection() -> None:
    assert vpn_services.parse_interface(STATUS) == "utun6"
    assert vpn_services.parse_interface(STATUS.replace("    InterfaceName : utun6\n", "")) == ""
    assert vpn_services.parse_interface(STATUS.replace("IPv4", "IPv6")) == "utun6"
    assert (
        vpn_services.parse_interface("Disconnected\nExtended Status <dictionary> {\n  Status : 0\n}\n") == ""
    )


@given(st.text(max_size=200))
def test_services_that_make_no_sense(text: str) -> None:
    vpn_services.parse(text)
    vpn_services.parse(f'* (Connected) 9B33EDB3-0000-4000-8000-BC8C08E05BE4 {text} "{text}" [VPN:{text}]')


NEEDS_ENV = pytest.mark.skipif(sys.platform == "win32", reason="not on Windows: /usr/bin/env")


@NEEDS_ENV
def test_tools_are_asked_in_no_language_and_by_their_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    asked = SystemTools().output(
        sys.executable, "-c", "import os; print(os.environ['LC_ALL'], os.environ['LANG'])", seconds=20
    )
    assert asked == "C C\n"


@NEEDS_ENV
@pytest.mark.parametrize(
    ("command", "seconds", "reason"),
    [
        ((sys.executable, "-c", "import time; time.sleep(60)"), 0.3, Reason.TIMEOUT),
        ((sys.executable, "-c", "print('too late')"), 0.0, Reason.TIMEOUT),
        ((sys.executable, "-c", ""), 20.0, Reason.ERROR),
    ],
)
def test_tools_that_do_not_answer(command: tuple[str, ...], seconds: float, reason: Reason) -> None:
    began = time.monotonic()
    answer = SystemTools().output(*command, seconds=seconds)
    assert isinstance(answer, Unavailable)
    assert answer.reason is reason
    assert time.monotonic() - began < 15


def test_every_tool_is_called_by_its_path() -> None:
    """`FakeTools` takes no other; this asks all that there are."""
    tools = WIFI_ALONE.tools()
    network = WIFI_ALONE.network(by_tools=True, tools=tools)
    network.interfaces()
    network.neighbours("en0")
    network.proxy_settings()
    assert {line.split()[0] for line in tools.asked} == {"ifconfig", "netstat", "arp", "ndp", "scutil"}
