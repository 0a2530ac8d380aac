"""Windows' tables: their bytes, what they mean for the way out, and what the answers of a single call add."""

from __future__ import annotations

import ctypes
import errno
import socket
import threading
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amif_netcheck.model.facts import Carriage, Duplex, LinkKind, Medium, Reason, Unavailable
from amif_netcheck.platforms.answers import ByteCounters, Gateway, Neighbour
from amif_netcheck.platforms.windows import cable, metered, neighbours, network, ports, structures, tables
from amif_netcheck.platforms.windows.adapters import Adapter
from amif_netcheck.platforms.windows.drivers import AdapterDriver
from amif_netcheck.platforms.windows.network import NetworkTables, WindowsNetwork
from amif_netcheck.platforms.windows.ras import Ras
from amif_netcheck.platforms.windows.tables import InterfaceRow, NeighbourEntry
from tests.recorded.fake_windows import FakeRegistry
from tests.recorded.windows_tables import (
    FakeIpHelper,
    address_row,
    interface_row,
    recorded,
    route_row,
    table,
)

CLASS = r"HKLM\SYSTEM\CurrentControlSet\Control\Class\{4d36e972-e325-11ce-bfc1-08002be10318}"
HARDWARE = 0x05
"""HardwareInterface and ConnectorPresent."""
BOX, CARD, TUNNEL = "192.168.1.1", 11, 23
NOT_THERE = Unavailable(reason=Reason.UNSUPPORTED, detail="not there")

SIZES = {
    structures.IfRow2: 1352,
    structures.UnicastAddressRow: 80,
    structures.ForwardRow2: 104,
    structures.IpInterfaceRow: 168,
    structures.IfStackRow: 8,
    structures.NeighbourRow2: 88,
    structures.TcpRow: 24,
    structures.Tcp6Row: 56,
    structures.UdpRow: 12,
    structures.Udp6Row: 28,
    structures.ConnectivityHint: 12,
}
"""Of the 64-bit SDK."""
PARSERS: list[Callable[[bytes], Any]] = [
    tables.interfaces,
    tables.interface,
    tables.addresses,
    tables.routes,
    tables.route,
    tables.metrics,
    tables.stack,
    tables.neighbours,
    lambda table: tables.tcp(table, 4),
    lambda table: tables.tcp(table, 6),
    lambda table: tables.udp(table, 4),
    lambda table: tables.udp(table, 6),
    metered.parse,
]


class NoRas(Ras):
    """Nothing is dialled, and nobody should have to be asked."""

    def __init__(self) -> None:
        self.asked = 0

    def connections(self) -> bytes | Unavailable:
        self.asked += 1
        return NOT_THERE


@pytest.mark.parametrize("layout", SIZES, ids=lambda layout: layout.__name__)
def test_a_structure_is_as_long_as_in_windows(layout: type[ctypes.Structure]) -> None:
    assert ctypes.sizeof(layout) == SIZES[layout]


@given(st.binary(max_size=3000), st.integers(0, len(PARSERS) - 1))
def test_bytes_of_any_kind_are_no_error(junk: bytes, parser: int) -> None:
    PARSERS[parser](junk)


def test_a_table_that_claims_more_rows_than_it_has_gives_those_that_are_whole() -> None:
    whole = table(route_row(1, "10.0.0.0/8"), route_row(2, "0.0.0.0/0", BOX))
    assert len(tables.routes((99).to_bytes(4, "little") + whole[4:-1])) == 1


def test_what_wine_answers_is_read() -> None:
    """Wine shows a TUN as hardware of no known type, which is why it is claimed to be nothing."""
    rows = {row.alias: row for row in tables.interfaces(recorded("interfaces"))}
    assert [rows[name].type for name in ("lo", "eth0", "tun0", "tap0")] == [24, 6, 1, 6]
    assert rows["eth0"].mac == "8e:ed:4e:82:00:bf"
    assert rows["eth0"].status == 1
    assert [
        (row.address, row.prefix) for row in tables.addresses(recorded("addresses")) if row.index == 3
    ] == [("10.8.0.2", 24)]
    assert {(row.index, row.to, row.hop) for row in tables.routes(recorded("routes"))} >= {
        (2, "0.0.0.0/0", BOX),
        (3, "203.0.113.0/24", ""),
    }
    assert neighbours.parse(tables.neighbours(recorded("neighbours_4")), 2) == (
        Neighbour(address=BOX, mac="da:25:bd:ed:c9:7d"),
    )
    listening, *connected = tables.tcp(recorded("tcp_4"), 4)
    assert (listening.local, listening.local_port, listening.state) == ("127.0.0.1", 8123, 2)
    assert {entry.state for entry in connected} == {5}
    assert [entry.local_port for entry in tables.udp(recorded("udp_4"), 4)] == [5000]


def test_wines_machine_has_its_gateway_on_the_cable_and_a_way_that_nobody_knows() -> None:
    found = machine(
        interfaces=recorded("interfaces"), addresses=recorded("addresses"), routes=recorded("routes")
    )
    assert found.gateway() == Gateway(address=BOX, interface="eth0", scope=2)
    kinds = {one.name: (one.kind, one.carriage, one.routes) for one in listed(found)}
    assert kinds["eth0"] == (LinkKind.HARDWARE, Carriage.DIRECT, True)
    assert kinds["tun0"] == (LinkKind.UNKNOWN, Carriage.UNKNOWN, True)
    assert kinds["tap0"][2] is False


def machine(registry: Any = None, source: Any = "192.168.1.20", **answers: Any) -> WindowsNetwork:
    helper = FakeIpHelper(**answers)
    return WindowsNetwork(
        helper,
        lambda: network.read(helper, registry or FakeRegistry({}), NoRas()),
        lambda _address: source,
    )


def listed(found: WindowsNetwork) -> Any:
    interfaces = found.interfaces()
    assert not isinstance(interfaces, Unavailable)
    return interfaces


def with_vpn(*routes: structures.ForwardRow2, **answers: Any) -> WindowsNetwork:
    """A card with the box behind it, and a WireGuard tunnel."""
    registry = FakeRegistry(
        {
            rf"{CLASS}\0001": {
                "NetCfgInstanceId": "{17171717-1717-1717-1717-171717171717}",
                "ComponentId": "wireguard",
            }
        }
    )
    return machine(
        registry,
        interfaces=table(
            interface_row(CARD, "Ethernet", type=6, flags=HARDWARE, oper_status=1, mac="a4:bb:6d:00:00:01"),
            interface_row(
                TUNNEL, "mairie", type=53, media_type=19, oper_status=1, description="WireGuard Tunnel"
            ),
        ),
        addresses=table(address_row(CARD, "192.168.1.20", 24), address_row(TUNNEL, "10.8.0.2", 24)),
        routes=table(route_row(CARD, "192.168.1.0/24"), route_row(TUNNEL, "10.8.0.0/24"), *routes),
        **answers,
    )


def test_a_full_tunnel_hides_the_box_from_nobody() -> None:
    found = with_vpn(
        route_row(CARD, "0.0.0.0/0", BOX, metric=0),
        route_row(TUNNEL, "0.0.0.0/1"),
        route_row(TUNNEL, "128.0.0.0/1"),
    )
    assert found.gateway() == Gateway(address=BOX, interface="Ethernet", scope=CARD)
    assert {one.name: one.routes for one in listed(found)} == {"Ethernet": True, "mairie": True}


def test_a_tunnel_that_replaces_the_default_route_leaves_one_to_its_server_through_the_box() -> None:
    found = with_vpn(
        route_row(TUNNEL, "0.0.0.0/0", "10.8.0.1"), route_row(CARD, "198.51.100.7/32", BOX, metric=1)
    )
    assert found.gateway() == Gateway(address=BOX, interface="Ethernet", scope=CARD)


def test_an_idle_tunnel_routes_nothing_beyond_its_own_network() -> None:
    found = with_vpn(
        route_row(CARD, "0.0.0.0/0", BOX), route_row(TUNNEL, "224.0.0.0/4"), route_row(TUNNEL, "10.8.0.2/32")
    )
    assert {one.name: one.routes for one in listed(found)} == {"Ethernet": True, "mairie": False}


def test_of_two_default_routes_the_one_with_the_lower_sum_of_metrics_leads_to_the_box() -> None:
    found = machine(
        interfaces=table(
            interface_row(1, "Wi-Fi", type=71, flags=HARDWARE, oper_status=1, mac="a4:f9:33:00:00:01"),
            interface_row(2, "Ethernet", type=6, flags=HARDWARE, oper_status=1, mac="a4:bb:6d:00:00:01"),
        ),
        addresses=table(address_row(1, "192.168.1.21", 24), address_row(2, "192.168.1.20", 24)),
        routes=table(
            route_row(1, "0.0.0.0/0", BOX, metric=0),
            route_row(2, "0.0.0.0/0", BOX, metric=5),
            route_row(2, "::/0", "fe80::1", metric=0),
        ),
        ip_interfaces=table(
            structures.IpInterfaceRow(family=tables.AF_INET, index=1, metric=50),
            structures.IpInterfaceRow(family=tables.AF_INET, index=2, metric=25),
        ),
    )
    assert found.gateway() == Gateway(address=BOX, interface="Ethernet", scope=2)


def test_over_ipv6_alone_the_box_is_link_local_with_its_scope() -> None:
    found = machine(
        interfaces=table(interface_row(CARD, "Wi-Fi", type=71, flags=HARDWARE, oper_status=1)),
        addresses=table(address_row(CARD, "2001:db8::20", 64)),
        routes=table(route_row(CARD, "::/0", "fe80::1")),
    )
    assert found.gateway() == Gateway(address="fe80::1", interface="Wi-Fi", scope=CARD)


def test_an_unplugged_card_leads_to_no_box() -> None:
    found = machine(
        interfaces=table(interface_row(CARD, "Ethernet", type=6, flags=HARDWARE, oper_status=2)),
        addresses=table(),
        routes=table(route_row(CARD, "0.0.0.0/0", BOX)),
    )
    gateway = found.gateway()
    assert isinstance(gateway, Unavailable)
    assert gateway.reason is Reason.NOT_PRESENT


def test_addresses_that_are_not_in_use_are_left_out() -> None:
    """A duplicate, and the one that an unplugged card would give itself."""
    rows = table(
        address_row(1, "192.168.1.20", 24),
        address_row(1, "192.168.1.21", 24, dad_state=2),
        address_row(1, "169.254.3.4", 16, dad_state=1),
        address_row(1, "2001:db8::1", 64, dad_state=3),
    )
    assert [row.address for row in tables.addresses(rows)] == ["192.168.1.20", "2001:db8::1"]


def test_windows_choice_of_a_route_tells_the_interface() -> None:
    found = with_vpn(
        route_row(CARD, "0.0.0.0/0", BOX),
        **{"best_route 203.0.113.5": bytes(route_row(TUNNEL, "203.0.113.0/24"))},
    )
    assert found.egress(ip_address("203.0.113.5")) == ("192.168.1.20", "mairie")


def test_where_windows_tells_no_route_the_owner_of_the_source_address_does() -> None:
    found = with_vpn(route_row(CARD, "0.0.0.0/0", BOX), **{"best_interface 203.0.113.5": TUNNEL})
    assert found.egress(ip_address("203.0.113.5")) == ("192.168.1.20", "Ethernet")


def test_where_nobody_has_the_source_address_the_best_interface_does() -> None:
    found = machine(
        source="192.0.2.9",
        interfaces=table(interface_row(CARD, "Ethernet", type=6, flags=HARDWARE, oper_status=1)),
        addresses=table(),
        routes=table(),
        **{"best_interface 203.0.113.5": CARD},
    )
    assert found.egress(ip_address("203.0.113.5")) == ("192.0.2.9", "Ethernet")


def test_an_interface_that_is_not_listed_is_an_error_and_no_guess() -> None:
    found = with_vpn(**{"best_route 203.0.113.5": bytes(route_row(99, "0.0.0.0/0", BOX))})
    answer = found.egress(ip_address("203.0.113.5"))
    assert isinstance(answer, Unavailable)
    assert answer.reason is Reason.ERROR


@pytest.mark.parametrize("name", ["interfaces", "addresses", "routes"])
def test_without_one_of_the_three_tables_there_is_no_answer(name: str) -> None:
    answers = {"interfaces": table(), "addresses": table(), "routes": table()}
    assert machine(**{**answers, name: NOT_THERE}).interfaces() == NOT_THERE


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (10051, Reason.NOT_PRESENT),
        (10065, Reason.NOT_PRESENT),
        (errno.EAFNOSUPPORT, Reason.NOT_PRESENT),
        (10013, Reason.BLOCKED),
        (10055, Reason.ERROR),
    ],
)
def test_no_route_is_told_from_a_way_that_is_forbidden(
    monkeypatch: pytest.MonkeyPatch, number: int, reason: Reason
) -> None:
    class Refusing(socket.socket):
        def connect(self, _address: Any) -> None:
            raise OSError(number, "refused")

    monkeypatch.setattr(socket, "socket", Refusing)
    answer = network.source_address(ip_address("203.0.113.5"))
    assert isinstance(answer, Unavailable)
    assert answer.reason is reason


def test_networks_are_those_of_the_addresses_and_of_an_interface_that_went_away_unknown() -> None:
    found = with_vpn()
    assert found.networks("Ethernet") == ("192.168.1.0/24",)
    gone = found.networks("gone")
    assert isinstance(gone, Unavailable)
    assert gone.reason is Reason.NOT_PRESENT


def test_counters_have_64_bits_and_are_read_anew() -> None:
    row = interface_row(CARD, "Ethernet", in_octets=2**40, out_octets=7)
    found = with_vpn(**{f"interface {CARD}": bytes(row)})
    assert found.counters("Ethernet") == ByteCounters(received=2**40, sent=7)
    gone = found.counters("gone")
    assert isinstance(gone, Unavailable)
    assert gone.reason is Reason.NOT_PRESENT


def entry(**changes: Any) -> NeighbourEntry:
    known: dict[str, Any] = {
        "index": 1,
        "address": "192.168.1.9",
        "mac": "00:11:32:00:00:01",
        "state": 5,
        "age_ms": 0,
    }
    return NeighbourEntry(**known | changes)


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({}, True),
        ({"state": 4, "age_ms": 599_000}, True),
        ({"state": 4, "age_ms": 601_000}, False),
        ({"state": 6}, False),
        ({"state": 0}, False),
        ({"state": 1}, False),
        ({"index": 2}, False),
        ({"mac": ""}, False),
        ({"mac": "01:00:5e:00:00:01"}, False),
        ({"address": "224.0.0.22"}, False),
        ({"address": "255.255.255.255"}, False),
        ({"address": "fe80::9"}, True),
    ],
)
def test_a_neighbour_is_a_device_that_was_heard_of_lately(changes: dict[str, Any], *, shown: bool) -> None:
    assert bool(neighbours.parse([entry(**changes)], 1)) is shown


def test_without_the_ipv4_table_nothing_is_known_of_neighbours_unless_it_is_empty() -> None:
    row = structures.NeighbourRow2(
        index=CARD, address=tables.sockaddr(ip_address("fe80::9")), physical_address_length=6, state=5
    )
    row.physical_address[:6] = bytes.fromhex("001132000001")
    no_entries = Unavailable(reason=Reason.NOT_PRESENT, detail="GetIpNetTable2: error 1168")
    found = neighbours.of_interface(
        FakeIpHelper(**{"neighbours 4": no_entries, "neighbours 6": table(row)}), CARD
    )
    assert found == (Neighbour(address="fe80::9", mac="00:11:32:00:00:01"),)
    refused = Unavailable(reason=Reason.NOT_PERMITTED, detail="GetIpNetTable2: error 5")
    for other in (table(), table(row)):
        helper = FakeIpHelper(**{"neighbours 4": refused, "neighbours 6": other})
        assert neighbours.of_interface(helper, CARD) == refused
    ipv4_alone = neighbours.of_interface(FakeIpHelper(**{"neighbours 4": table()}), CARD)
    assert ipv4_alone == ()
    nothing = neighbours.of_interface(FakeIpHelper(), CARD)
    assert isinstance(nothing, Unavailable)


def plugged(bit_s: int, speed_duplex: int | None = 0) -> Adapter:
    row = InterfaceRow(index=1, type=6, hardware=True, receive_bit_s=bit_s)
    return Adapter(name="Ethernet", row=row, driver=AdapterDriver(speed_duplex=speed_duplex))


@pytest.mark.parametrize(
    ("bit_s", "setting", "rate", "duplex"),
    [
        (1_000_000_000, 0, 1000, Duplex.FULL),
        (2_500_000_000, None, 2500, Duplex.FULL),
        (100_000_000, 0, 100, None),
        (100_000_000, 3, 100, Duplex.HALF),
        (100_000_000, 4, 100, Duplex.FULL),
        (10_000_000, 3, 10, None),
        (0, 0, None, None),
        (2**64 - 1, 0, None, None),
    ],
)
def test_a_cable_has_its_rate_and_duplex_only_where_it_is_certain(
    bit_s: int, setting: int | None, rate: int | None, duplex: Duplex | None
) -> None:
    link = cable.link(plugged(bit_s, setting))
    assert (None if isinstance(link.rate_mbit_s, Unavailable) else link.rate_mbit_s) == rate
    assert (None if isinstance(link.duplex, Unavailable) else link.duplex) is duplex


def hint(**fields: int) -> bytes:
    return bytes(structures.ConnectivityHint(level=3, **fields))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (hint(cost=1), False),
        (hint(cost=2), True),
        (hint(cost=3), True),
        (hint(cost=1, over_data_limit=1), True),
        (hint(cost=1, roaming=1), True),
    ],
)
def test_a_line_is_metered_as_windows_has_it(given: bytes, *, expected: bool) -> None:
    found = with_vpn(route_row(CARD, "0.0.0.0/0", BOX), **{f"connectivity {CARD}": given})
    assert metered.of_network(found) is expected


def test_a_cost_that_windows_does_not_know_is_unknown() -> None:
    found = with_vpn(route_row(CARD, "0.0.0.0/0", BOX), **{f"connectivity {CARD}": hint(cost=0)})
    assert isinstance(metered.of_network(found), Unavailable)
    assert isinstance(metered.of_network(with_vpn(route_row(CARD, "0.0.0.0/0", BOX))), Unavailable)


def test_a_phones_line_is_metered_whatever_windows_says() -> None:
    found = machine(
        interfaces=table(interface_row(CARD, "Cellulaire", type=243, flags=HARDWARE, oper_status=1)),
        addresses=table(address_row(CARD, "10.20.30.40", 30)),
        routes=table(route_row(CARD, "0.0.0.0/0", "10.20.30.41")),
        **{f"connectivity {CARD}": hint(cost=1)},
    )
    assert metered.of_network(found) is True


def test_the_port_of_a_cards_interface_is_itself() -> None:
    found = with_vpn()
    adapter, below = found.adapter("Ethernet"), found.ports("Ethernet")
    assert not isinstance(adapter, Unavailable)
    assert not isinstance(below, Unavailable)
    port = ports.of_interface(adapter, below)
    assert (port.interface, port.medium) == ("Ethernet", Medium.ETHERNET)


def test_tables_are_read_once_for_all_who_ask() -> None:
    reads = []

    def read() -> NetworkTables:
        reads.append(1)
        return NetworkTables(interfaces=())

    found = WindowsNetwork(FakeIpHelper(), read)
    found.interfaces()
    found.gateway()
    assert len(reads) == 1


def dialled_or_not(dialler: Ras, *rows: structures.IfRow2) -> NetworkTables:
    helper = FakeIpHelper(interfaces=table(*rows), addresses=table(), routes=table())
    read = network.read(helper, FakeRegistry({}), dialler)
    assert not isinstance(read, Unavailable)
    return read


def test_what_is_dialled_is_asked_for_only_where_something_may_be() -> None:
    card = interface_row(1, "Ethernet", type=6, flags=HARDWARE, oper_status=1)
    down = interface_row(2, "Mairie", type=23, oper_status=2)
    up = interface_row(3, "Mairie", type=23, oper_status=1)
    dialler = NoRas()
    dialled_or_not(dialler, card, down)
    assert dialler.asked == 0
    dialled_or_not(dialler, card, up)
    assert dialler.asked == 1


def test_a_service_that_does_not_answer_leaves_open_what_was_dialled(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()

    class Hanging(Ras):
        def connections(self) -> bytes | Unavailable:
            ended.wait(10)
            return NOT_THERE

    monkeypatch.setattr(network, "_DIALLED_S", 0.05)
    read = dialled_or_not(Hanging(), interface_row(3, "Mairie", type=23, oper_status=1))
    ended.set()
    found = WindowsNetwork(FakeIpHelper(), lambda: read)
    assert [(one.kind, one.carriage) for one in listed(found)] == [(LinkKind.PPP, Carriage.UNKNOWN)]


def test_a_switch_that_leads_out_stands_on_the_only_hardware_without_an_address() -> None:
    """As over Wi-Fi, where the switch has an address of its own and Windows layers nothing."""
    registry = FakeRegistry(
        {
            rf"{CLASS}\0001": {
                "NetCfgInstanceId": "{17171717-1717-1717-1717-171717171717}",
                "ComponentId": "vms_mp",
            }
        }
    )
    found = machine(
        registry,
        interfaces=table(
            interface_row(CARD, "Wi-Fi", type=71, flags=HARDWARE, oper_status=1, mac="a4:f9:33:00:00:01"),
            interface_row(12, "Ethernet", type=6, flags=HARDWARE, oper_status=2, mac="a4:bb:6d:00:00:01"),
            interface_row(TUNNEL, "vEthernet (Externe)", type=6, oper_status=1, mac="00:15:5d:00:00:01"),
        ),
        addresses=table(address_row(TUNNEL, "192.168.1.20", 24)),
        routes=table(route_row(TUNNEL, "0.0.0.0/0", BOX)),
    )
    assert found.gateway() == Gateway(address=BOX, interface="vEthernet (Externe)", scope=TUNNEL)
    adapter, below = found.adapter("vEthernet (Externe)"), found.ports("vEthernet (Externe)")
    assert not isinstance(adapter, Unavailable)
    assert not isinstance(below, Unavailable)
    port = ports.of_interface(adapter, below)
    assert (port.interface, port.medium) == ("Wi-Fi", Medium.WIFI)
