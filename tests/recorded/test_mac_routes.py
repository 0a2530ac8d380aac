"""The kernel's routing messages and netstat's lines to routes: the same ones, and nothing of what makes no sense."""

from __future__ import annotations

import struct
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amif_netcheck.model.facts import Unavailable
from amif_netcheck.platforms.answers import ByteCounters
from amif_netcheck.platforms.macos import interface_counters, netstat, network, route_messages, tcp_info
from amif_netcheck.platforms.macos.route_messages import RouteEntry
from tests.recorded import mac_layouts as layouts
from tests.recorded.macs import Mac, ifmibdata, message

INDEXES = {"lo0": 1, "en0": 14, "utun2": 22, "bridge100": 31}

# By the columns of macOS 10.13 (adrienverge/openfortivpn#378) and 14 (netbirdio/netbird#2988).
OLD_COLUMNS = """Routing tables

Internet:
Destination        Gateway            Flags        Refs      Use   Netif Expire
default            192.168.1.1        UGSc           70        0     en0
10                 utun2              USc             3        0   utun2
192.168.1          link#14            UCS             1        0     en0
192.168.1.1        ec:8:8f:4f:5f:ba   UHLWIir        18       89     en0    986
"""
NEW_COLUMNS = """Routing tables

Internet:
Destination        Gateway            Flags               Netif Expire
0/1                10.8.0.5           UGScg               utun2
default            192.168.1.1        UGScIg                en0
128.0/1            10.8.0.5           UGSc                utun2
169.254.169.254    link#14            UHRLSW                en0      !
224.0.0/4          link#14            UmCS                  en0      !
255.255.255.255/32 link#14            UCS                   en0      !
172.16             utun9              USc                 utun9

Internet6:
Destination                             Gateway                         Flags               Netif Expire
default                                 fe80::1%en0                     UGcg                  en0
default                                 fe80::%utun2                    UGcIg               utun2
2001:db8:1:2::/64                       link#14                         UC                    en0
fe80::%en0/64                           link#14                         UCI                   en0
ff01::%en0/32                           link#14                         UmCI                  en0
"""


def shown(route: RouteEntry) -> tuple[str, int, str]:
    return f"{route.destination}/{route.prefix}", route.interface, route.gateway


def test_netstat_of_old() -> None:
    assert [shown(route) for route in netstat.parse(OLD_COLUMNS, INDEXES)] == [
        ("0.0.0.0/0", 14, "192.168.1.1"),
        ("10.0.0.0/8", 22, ""),
        ("192.168.1.0/24", 14, ""),
        ("192.168.1.1/32", 14, ""),
    ]
    neighbour = netstat.parse(OLD_COLUMNS, INDEXES)[-1]
    assert neighbour.mac == "ec:08:8f:4f:5f:ba"
    assert neighbour.flags & route_messages.LINK_LAYER


# By the columns of macOS 10.14 with -l (kellyjonbrazil/jc tests/fixtures/osx-10.14.6/netstat-rnl.out).
FULL_COLUMNS = """Internet6:
Destination                             Gateway                         Flags         Refs      Use    Mtu    Netif Expire
default                                 fe80::feae:34ff:fea1:3a80%en0   UGc            28        0   1500      en0
2001:db8:1:2:1874:4566:6499:f3d1        fc:ae:34:a1:3a:80               UHLWI           0      477   1500      en0
"""


def test_netstat_in_full() -> None:
    assert [shown(route) for route in netstat.parse(FULL_COLUMNS, INDEXES)] == [
        ("::/0", 14, "fe80::feae:34ff:fea1:3a80"),
        ("2001:db8:1:2:1874:4566:6499:f3d1/128", 14, ""),
    ]


def test_netstat_of_today() -> None:
    routes = netstat.parse(NEW_COLUMNS, INDEXES)
    assert [shown(route) for route in routes] == [
        ("0.0.0.0/1", 22, "10.8.0.5"),
        ("0.0.0.0/0", 14, "192.168.1.1"),
        ("128.0.0.0/1", 22, "10.8.0.5"),
        ("169.254.169.254/32", 14, ""),
        ("224.0.0.0/4", 14, ""),
        ("255.255.255.255/32", 14, ""),
        ("::/0", 14, "fe80::1"),
        ("::/0", 22, "fe80::"),
        ("2001:db8:1:2::/64", 14, ""),
        ("fe80::/64", 14, ""),
        ("ff01::/32", 14, ""),
    ]
    assert [route.scoped for route in routes[:3]] == [False, True, False]
    assert [route.forbids for route in routes[2:5]] == [False, True, False]


@pytest.mark.parametrize(
    "mac",
    [
        layouts.WIFI_ALONE,
        layouts.TAILSCALE,
        layouts.OPENVPN_BY_HALVES,
        layouts.IPV6_FORBIDDEN,
        layouts.IPV6_ALONE,
    ],
)
def test_the_kernels_bytes_say_what_netstat_says(mac: Mac) -> None:
    kernel = mac.kernel()
    read = route_messages.parse_table(kernel.routes())
    assert len(read) > 7
    for there, here in zip(kernel.table, read, strict=True):
        assert (shown(here), here.flags, here.mac) == (shown(there), there.flags, there.mac)


def test_a_message_byte_by_byte() -> None:
    """10.0.0.0/8 by 10.20.4.7 on interface 26, laid out by hand from net/route.h and netinet/in.h."""
    header = bytes.fromhex(
        "8800 05 14 1a00 0000"  # length 136, version 5, RTM_GET2, index 26, padding
        "03080000 07000000"  # UP, GATEWAY, STATIC; destination, gateway and mask follow
        "01000000 00000000 00000000 00000000 00000000" + "00" * 56
    )
    destination = bytes.fromhex("10 02 0000 0a000000 0000000000000000")
    gateway = bytes.fromhex("10 02 0000 0a140407 0000000000000000")
    mask = bytes.fromhex("05 ff ffff ff 000000")
    assert len(header) == 92
    data = header + destination + gateway + mask
    data = struct.pack("<H", len(data)) + data[2:]
    (route,) = route_messages.parse_table(data)
    assert shown(route) == ("10.0.0.0/8", 26, "10.20.4.7")
    assert not route.forbids
    assert not route.scoped


def test_a_question_byte_by_byte() -> None:
    asked = route_messages.question(ip_address("192.0.2.1"), 77, 5)
    values = route_messages.HEADER.unpack_from(asked)
    assert values[:9] == (128, 5, 4, 0, 5, 0x11, 77, 5, 0)
    assert asked[92:108] == bytes.fromhex("1002 0000 c0000201 0000000000000000")
    assert asked[108:] == bytes([20, 18]) + bytes(18)
    longer = route_messages.question(ip_address("2001:db8::1"), 77, 6)
    assert longer[92:120] == bytes([28, 30]) + bytes(6) + ip_address("2001:db8::1").packed + bytes(4)


def test_an_answer_says_to_whom_and_whether_there_was_one() -> None:
    entry = RouteEntry(destination="0.0.0.0", prefix=0, interface=14, flags=0x803, gateway="192.168.1.1")
    sent = message(entry, kind=4, pid=77, sequence=9, source="192.168.1.20")
    answer = route_messages.answer(sent)
    assert answer is not None
    assert (answer.pid, answer.sequence, answer.error) == (77, 9, 0)
    assert answer.route is not None
    assert (shown(answer.route), answer.route.source) == (("0.0.0.0/0", 14, "192.168.1.1"), "192.168.1.20")
    assert route_messages.answer(message(entry, kind=1)) is None
    assert route_messages.answer(sent[:50]) is None


def test_a_neighbour_has_a_hardware_address() -> None:
    entry = RouteEntry(
        destination="192.168.1.40",
        prefix=32,
        interface=14,
        flags=route_messages.HOST | route_messages.LINK_LAYER | route_messages.UP,
        mac="e4:5d:51:00:00:9a",
        expires=1_800_000_000,
    )
    (read,) = route_messages.parse_table(message(entry, kind=4))
    assert read == entry


@given(st.binary(max_size=600))
def test_bytes_that_mean_nothing_are_no_routes(data: bytes) -> None:
    assert isinstance(route_messages.parse_table(data), tuple)
    route_messages.answer(data)


@given(st.integers(0, 300), st.integers(0, 255), st.integers(0, 0xFF), st.binary(max_size=80))
def test_a_broken_message_ends_the_table_and_raises_nothing(
    at: int, byte: int, addrs: int, tail: bytes
) -> None:
    data = bytearray(layouts.WIFI_ALONE.kernel().routes())
    data[at % len(data)] = byte
    data[12] = addrs
    assert isinstance(route_messages.parse_table(bytes(data) + tail), tuple)


@given(st.text(max_size=300))
def test_text_that_means_nothing_is_no_route(text: str) -> None:
    assert isinstance(netstat.parse(text, INDEXES), tuple)
    assert isinstance(netstat.parse(f"Internet:\n{text} UGSc en0", INDEXES), tuple)
    network.parse_route(text)


# By the format of network_cmds, route.tproj/route.c, and chef/ohai spec/unit/plugins/darwin/network_spec.rb.
ROUTE_GET = """   route to: 192.0.2.1
destination: default
       mask: default
    gateway: 192.168.1.1
  interface: en0
      flags: <UP,GATEWAY,DONE,STATIC,PRCLONING,GLOBAL>
 recvpipe  sendpipe  ssthresh  rtt,msec    rttvar  hopcount      mtu     expire
       0         0         0         0         0         0      1500         0
"""


def test_route_get() -> None:
    assert network.parse_route(ROUTE_GET) == ("en0", False)
    assert network.parse_route(ROUTE_GET.replace("DONE", "REJECT")) == ("en0", True)
    assert network.parse_route("route: writing to routing socket: not in table\n") is None


def test_counters_do_not_wrap_at_four_gigabytes() -> None:
    data = ifmibdata("en0", received=5_000_000_000_123, sent=17)
    assert len(data) == 180
    assert interface_counters.parse(data) == ByteCounters(received=5_000_000_000_123, sent=17)


@given(st.binary(max_size=200))
def test_counters_that_mean_nothing(data: bytes) -> None:
    assert isinstance(interface_counters.parse(data), ByteCounters | Unavailable)
    assert isinstance(interface_counters.parse(data[:100]), Unavailable)
    assert isinstance(interface_counters.parse(bytes(180)), Unavailable)


@pytest.mark.parametrize(("waiting", "sent", "acked"), [(0, 1000, 1000), (300, 1000, 700), (5000, 1000, 0)])
def test_bytes_that_wait_in_a_connection_have_not_arrived(waiting: int, sent: int, acked: int) -> None:
    """tcp_connection_info: four bytes, seven words, then `tcpi_snd_sbbytes` (xnu, bsd/netinet/tcp.h)."""
    info = struct.pack("=4B7II5I", 4, 6, 6, 0, *[1] * 7, waiting, *[2] * 5) + bytes(56)
    assert len(info) == 112
    assert tcp_info.parse(info, sent) == acked
    assert isinstance(tcp_info.parse(info[:35], sent), Unavailable)
