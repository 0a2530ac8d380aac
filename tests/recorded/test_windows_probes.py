"""From Windows' tables to facts: VPNs of participants' PCs, by the whole way from rows to what is said of the meeting."""

from __future__ import annotations

import time
import urllib.request
from typing import Any

import pytest

from amif_netcheck.checks import vpn as vpn_check
from amif_netcheck.model.facts import (
    Carriage,
    Facts,
    LinkKind,
    ProxyKind,
    ProxySource,
    Reason,
    Unavailable,
    VpnFacts,
)
from amif_netcheck.platforms.answers import Address, ProxySetting
from amif_netcheck.platforms.base import Platform
from amif_netcheck.platforms.recorded import Machine, Recorded
from amif_netcheck.platforms.windows import tables
from amif_netcheck.platforms.windows.drivers import AdapterDriver
from amif_netcheck.platforms.windows.network import NetworkTables, WindowsNetwork
from amif_netcheck.platforms.windows.platform import Windows
from amif_netcheck.platforms.windows.ras import RasConnection, RasLine
from amif_netcheck.platforms.windows.tables import AddressRow, InterfaceRow, RouteRow
from amif_netcheck.probes import firewall, vpn
from amif_netcheck.probes.context import Context
from tests.recorded.windows_tables import FakeIpHelper, route_row

MEETING = "203.0.113.9"
WIFI = InterfaceRow(
    index=12, guid="{12}", alias="Wi-Fi", description="Intel(R) Wi-Fi 6 AX201 160MHz", type=71, media=16, medium=9,
    hardware=True, connector=True, status=1, mac="a4:f9:33:00:00:01",
)  # fmt: skip
WSL = InterfaceRow(
    index=30, guid="{30}", alias="vEthernet (Default Switch)", description="Hyper-V Virtual Ethernet Adapter", type=6,
    status=1, mac="00:15:5d:00:00:01",
)  # fmt: skip
DRIVERS = {
    "{12}": AdapterDriver(component="pci\\ven_8086&dev_a0f0", device="pci\\ven_8086&dev_a0f0\\3"),
    "{30}": AdapterDriver(component="vms_mp", device="root\\vms_mp\\0000"),
}
AT_HOME = (
    AddressRow(index=12, address="192.168.1.20", prefix=24),
    AddressRow(index=30, address="172.28.16.1", prefix=20),
)
BY_THE_BOX = (
    RouteRow(index=12, to="0.0.0.0/0", hop="192.168.1.1", metric=0),
    RouteRow(index=12, to="192.168.1.0/24"),
    RouteRow(index=30, to="172.28.16.0/20"),
)


class PcOfAParticipant(Windows):
    """Windows with these tables; packets leave by `way`."""

    def __init__(self, read: NetworkTables, way: int, source: str) -> None:
        super().__init__(offline=True)
        self._read, self._way, self._source = read, way, source
        self._network = WindowsNetwork(WaysOut(way), lambda: read, self._from)

    def _from(self, address: Address) -> str | Unavailable:
        return (
            self._source
            if address.version == 4
            else Unavailable(reason=Reason.NOT_PRESENT, detail="no route")
        )

    def processes(self) -> dict[int, str] | Unavailable:
        return {100: "explorer.exe"}


class WaysOut(FakeIpHelper):
    def __init__(self, way: int) -> None:
        super().__init__()
        self._way = way

    def best_route(self, address: Address) -> bytes | Unavailable:
        return bytes(route_row(self._way, "0.0.0.0/0"))


def pc(
    tunnel: InterfaceRow | None,
    driver: AdapterDriver | None,
    *routes: RouteRow,
    way: int = 12,
    dialled: tuple[RasConnection, ...] = (),
) -> PcOfAParticipant:
    mine = () if tunnel is None else (AddressRow(index=40, address="10.212.134.200", prefix=24),)
    read = NetworkTables(
        interfaces=(WIFI, WSL, *([tunnel] if tunnel else [])),
        addresses=(*AT_HOME, *mine),
        routes=(*BY_THE_BOX, *routes),
        drivers=DRIVERS | ({"{40}": driver} if driver else {}),
        dialled=dialled,
    )
    return PcOfAParticipant(read, way, "192.168.1.20" if way == 12 else "10.212.134.200")


def tunnel_row(alias: str, description: str, **changes: Any) -> InterfaceRow:
    known: dict[str, Any] = {"type": 6, "medium": 14, "status": 1, "mac": "00:09:0f:aa:00:01"}
    return InterfaceRow(index=40, guid="{40}", alias=alias, description=description, **known | changes)


FORTI = tunnel_row("Ethernet 3", "Fortinet SSL VPN Virtual Ethernet Adapter")
FORTI_DRIVER = AdapterDriver(component="ftsvnic_a", device="root\\net\\0003")
IKEV2 = tunnel_row("VPN Mairie", "VPN Mairie", type=23, media=3, medium=0, mac="")
ALL = (RouteRow(index=40, to="0.0.0.0/0", hop="10.212.134.201", metric=0),)
HALVES = (RouteRow(index=40, to="0.0.0.0/1"), RouteRow(index=40, to="128.0.0.0/1"))
INSIDE = (RouteRow(index=40, to="10.0.0.0/8", hop="10.212.134.201"),)


def looked_at(platform: Platform) -> tuple[VpnFacts, list[str]]:
    facts = vpn.probe(Context(platform=platform, meeting=MEETING), time.monotonic() + 5)
    assert isinstance(facts, VpnFacts)
    return facts, [finding.code for finding in vpn_check.check(Facts(vpn=facts))]


def test_a_pc_with_wsl_and_no_vpn_is_clear() -> None:
    facts, codes = looked_at(pc(None, None))
    assert codes == ["vpn.none"]
    assert facts.tunnels == ()


@pytest.mark.parametrize("routes", [ALL, HALVES])
def test_forticlient_carries_the_meeting_and_is_named(routes: tuple[RouteRow, ...]) -> None:
    platform = pc(FORTI, FORTI_DRIVER, *routes, way=40)
    facts, codes = looked_at(platform)
    assert codes == ["vpn.carries_meeting"]
    assert not isinstance(facts.tunnels, Unavailable)
    assert [(each.interface, each.product) for each in facts.tunnels] == [("Ethernet 3", "FortiClient")]
    gateway = platform.gateway()
    assert not isinstance(gateway, Unavailable)
    assert (gateway.address, gateway.interface) == ("192.168.1.1", "Wi-Fi")


def test_a_tunnel_to_the_town_hall_alone_leaves_the_meeting_outside() -> None:
    facts, codes = looked_at(pc(FORTI, FORTI_DRIVER, *INSIDE))
    assert codes == ["vpn.leaves_meeting_outside"]
    assert not isinstance(facts.tunnels, Unavailable)
    assert facts.tunnels[0].routes


def test_windows_own_vpn_is_a_tunnel_that_can_be_hung_up_by_its_name() -> None:
    dialled = (RasConnection(handle=1, entry="VPN Mairie", line=RasLine.VPN),)
    facts, codes = looked_at(pc(IKEV2, None, *ALL, way=40, dialled=dialled))
    assert codes == ["vpn.carries_meeting"]
    assert not isinstance(facts.meeting, Unavailable)
    route = facts.meeting.ipv4
    assert not isinstance(route, Unavailable)
    assert (route.interface, route.link_kind, route.carriage) == ("VPN Mairie", LinkKind.PPP, Carriage.TUNNEL)


def test_a_line_over_pppoe_is_no_vpn_and_its_end_no_box() -> None:
    dialled = (RasConnection(handle=1, entry="Orange", line=RasLine.PPPOE),)
    line = tunnel_row("Orange", "Orange", type=23, media=3, medium=0, mac="")
    facts, codes = looked_at(pc(line, None, *ALL, way=40, dialled=dialled))
    assert codes == ["vpn.none"]
    assert facts.tunnels == ()


def test_an_adapter_of_a_driver_that_nobody_knows_is_not_called_clear_nor_accused() -> None:
    unknown = tunnel_row("Ethernet 9", "Acme Secure Access Adapter")
    _, codes = looked_at(
        pc(unknown, AdapterDriver(component="acmevna", device="root\\net\\0020"), *ALL, way=40)
    )
    assert codes == ["vpn.unknown"]


def test_a_permanent_adapter_of_a_vpn_that_is_down_is_not_mentioned() -> None:
    facts, codes = looked_at(
        pc(tunnel_row("Ethernet 3", "PANGP", status=2), AdapterDriver(component="pangpd"))
    )
    assert codes == ["vpn.none"]
    assert facts.tunnels == ()


@pytest.mark.parametrize(
    ("tunnel_type", "code"), [(14, "vpn.none"), (13, "vpn.none"), (15, "vpn.leaves_meeting_outside")]
)
def test_windows_own_tunnels_for_ipv6_are_no_vpn_and_direct_access_is(tunnel_type: int, code: str) -> None:
    automatic = tunnel_row("Teredo", "Teredo", type=131, medium=0, mac="", tunnel_type=tunnel_type)
    _, codes = looked_at(pc(automatic, None, RouteRow(index=40, to="::/0", hop="fe80::1")))
    assert codes == [code]


def test_a_proxy_that_windows_and_python_both_tell_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A script at the same place is another thing."""
    monkeypatch.setattr(urllib.request, "getproxies", lambda: {"https": "http://proxy.mairie.example:3128"})
    settings = (
        ProxySetting(
            source=ProxySource.WINDOWS, kind=ProxyKind.MANUAL, url="http://proxy.mairie.example:3128"
        ),
        ProxySetting(
            source=ProxySource.WINDOWS,
            kind=ProxyKind.SCRIPT,
            url="http://proxy.mairie.example:3128/proxy.pac",
        ),
    )
    named = firewall._all_proxies(Context(platform=Recorded(Machine(os="windows"))), settings)
    assert [(each.kind, each.server) for each in named] == [
        (ProxyKind.MANUAL, "proxy.mairie.example"),
        (ProxyKind.SCRIPT, "proxy.mairie.example"),
    ]


def test_an_interface_without_a_table_of_its_own_is_asked_in_vain() -> None:
    platform = pc(None, None)
    for answer in (platform.counters("Wi-Fi"), platform.ethernet("Wi-Fi"), platform.neighbours("Wi-Fi")):
        assert isinstance(answer, Unavailable)
    assert platform.networks("Wi-Fi") == ("192.168.1.0/24",)
    assert tables.interface(b"") is None
