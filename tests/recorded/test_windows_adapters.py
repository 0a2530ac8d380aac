"""What Windows' adapters are: those of participants' PCs, one by one, and how they stand on each other."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from amif_netcheck.model.facts import Carriage, LinkKind, Medium
from amif_netcheck.platforms.windows import adapters, drivers, ports
from amif_netcheck.platforms.windows.adapters import Adapter, Adapters, kind_of
from amif_netcheck.platforms.windows.drivers import AdapterDriver
from amif_netcheck.platforms.windows.ras import RasConnection, RasLine
from amif_netcheck.platforms.windows.tables import InterfaceRow
from tests.recorded.fake_windows import FakeRegistry
from tests.recorded.windows_tables import FOLDER

WILD = tomllib.loads((FOLDER / "adapters.toml").read_text(encoding="utf-8"))["adapter"]
CLASS = r"HKLM\SYSTEM\CurrentControlSet\Control\Class\{4d36e972-e325-11ce-bfc1-08002be10318}"
ENUM = r"HKLM\SYSTEM\CurrentControlSet\Enum"


def adapter_of(given: dict[str, Any]) -> Adapter:
    row_fields = {
        "alias",
        "description",
        "type",
        "media",
        "medium",
        "tunnel_type",
        "mac",
        "hardware",
        "connector",
    }
    row = InterfaceRow(
        index=7,
        guid="{0}",
        status=given.get("status", 1),
        **{name: value for name, value in given.items() if name in row_fields},
    )
    driver = AdapterDriver(**{name: given.get(name, "") for name in ("component", "device", "service")})
    line = RasLine(given["line"]) if "line" in given else None
    return Adapter(name=given["alias"], row=row, driver=driver, line=line)


@pytest.mark.parametrize("given", WILD, ids=[each["what"] for each in WILD])
def test_an_adapter_of_the_wild_is_told_by_its_structure_and_driver(given: dict[str, Any]) -> None:
    adapter = adapter_of(given)
    assert kind_of(adapter) is LinkKind(given["kind"])
    assert Adapters([adapter]).carriage(adapter) is Carriage(given["carriage"])
    assert ports.medium(adapter) is Medium(given["is"])
    assert adapter.product == given.get("product", "")


@pytest.mark.parametrize("given", WILD, ids=[each["what"] for each in WILD])
def test_the_name_that_people_gave_an_adapter_changes_nothing(given: dict[str, Any]) -> None:
    renamed = adapter_of(given | {"alias": "WireGuard vEthernet TAP VPN"})
    assert kind_of(renamed) is LinkKind(given["kind"])
    assert Adapters([renamed]).carriage(renamed) is Carriage(given["carriage"])


def named(what: str, **changes: Any) -> Adapter:
    return adapter_of(next(each for each in WILD if each["what"] == what) | changes)


def layered(*pairs: Adapter) -> list[Adapter]:
    """The same with an index each."""
    return [
        Adapter(name=each.name, row=InterfaceRow(**(fields(each) | {"index": number})), driver=each.driver)
        for number, each in enumerate(pairs, start=1)
    ]


def fields(adapter: Adapter) -> dict[str, Any]:
    return {name: getattr(adapter.row, name) for name in adapter.row.__struct_fields__}


def test_a_switch_that_carries_the_local_network_stands_on_the_card_whose_address_it_has() -> None:
    card, switch, wifi = layered(
        named("Intel network card"),
        named("switch of WSL and of Windows' sandbox", alias="vEthernet (Externe)", mac="a4:bb:6d:00:00:01"),
        named("Wi-Fi"),
    )
    known = Adapters([card, switch, wifi])
    assert known.ports(switch) == (card,)
    assert known.carriage(switch) is Carriage.DIRECT
    assert ports.of_interface(switch, known.ports(switch)).medium is Medium.ETHERNET


def test_a_switch_that_windows_layers_over_wifi_stands_on_it() -> None:
    """Over Wi-Fi the switch has an address of its own, as access points take no other."""
    wifi, switch = layered(named("Wi-Fi"), named("switch of WSL and of Windows' sandbox"))
    known = Adapters([wifi, switch], stack=[(2, 9), (9, 1)])
    assert known.ports(switch) == (wifi,)
    assert ports.of_interface(switch, known.ports(switch)).interface == "Wi-Fi"


def test_a_switch_of_virtual_machines_alone_stands_on_nothing_and_is_no_tunnel() -> None:
    card, switch = layered(named("Intel network card"), named("switch of WSL and of Windows' sandbox"))
    known = Adapters([card, switch])
    assert known.ports(switch) == ()
    assert known.carriage(switch) is Carriage.DIRECT
    assert ports.of_interface(switch, known.ports(switch)).medium is Medium.VIRTUAL


def test_a_switch_over_a_vpns_adapter_alone_is_inside_the_tunnel() -> None:
    tap, switch = layered(
        named("OpenVPN's TAP, which calls itself Ethernet"), named("switch of WSL and of Windows' sandbox")
    )
    known = Adapters([tap, switch], stack=[(2, 1)])
    tunnel = known.tunnel(switch)
    assert known.carriage(switch) is Carriage.TUNNEL
    assert tunnel is not None
    assert tunnel.name == tap.name


def test_a_team_of_two_cards_has_no_single_port() -> None:
    first, second, team = layered(
        named("Intel network card"),
        named("USB network card of a docking station"),
        named("switch of WSL and of Windows' sandbox", component="ms_implat"),
    )
    known = Adapters([first, second, team], stack=[(3, 1), (3, 2)])
    port = ports.of_interface(team, known.ports(team))
    assert port.interface == team.name
    assert port.medium is Medium.UNKNOWN


def test_layers_that_go_in_a_circle_end() -> None:
    one, two = layered(
        named("switch of WSL and of Windows' sandbox"),
        named("switch of WSL and of Windows' sandbox", alias="vEthernet 2"),
    )
    assert Adapters([one, two], stack=[(1, 2), (2, 1)]).ports(one) == ()


def row(index: int, alias: str, **changes: Any) -> InterfaceRow:
    return InterfaceRow(index=index, alias=alias, guid=f"{{{index}}}", type=6, **changes)


def test_filters_are_no_interfaces_and_names_are_unique() -> None:
    rows = [
        row(1, "Ethernet", hardware=True),
        row(2, "Ethernet-WFP Native MAC Layer LightWeight Filter-0000", filter=True),
        row(3, "Ethernet"),
        row(4, ""),
    ]
    assert [adapter.name for adapter in adapters.of_rows(rows, {}, ())] == ["Ethernet", "Ethernet #3", "#4"]


def test_what_windows_dialled_is_found_by_the_name_of_its_entry_and_hardware_never() -> None:
    dialled = [
        RasConnection(handle=1, entry="Mairie", line=RasLine.VPN),
        RasConnection(handle=2, entry="Ethernet", line=RasLine.VPN),
    ]
    found = adapters.of_rows([row(1, "Mairie"), row(2, "Ethernet", hardware=True)], {}, dialled)
    assert [adapter.line for adapter in found] == [RasLine.VPN, None]


def test_drivers_are_read_from_the_registry_by_their_adapters_guid() -> None:
    registry = FakeRegistry(
        {
            CLASS: {"Class": "Net"},
            rf"{CLASS}\0001": {
                "NetCfgInstanceId": "{8F8EB80C-0001-0001-0001-000000000001}",
                "ComponentId": r"USB\VID_18D1&PID_4EEC",
                "DeviceInstanceID": r"USB\VID_18D1&PID_4EEC\6&1",
                "*SpeedDuplex": "4",
            },
            rf"{CLASS}\0002": {"DriverDesc": "WAN Miniport (IP)"},
            rf"{CLASS}\Properties": {},
            rf"{CLASS}\0003": {},
            ENUM + r"\USB\VID_18D1&PID_4EEC\6&1": {"Service": "UsbNcm"},
        }
    )
    assert drivers.read(registry) == {
        "{8f8eb80c-0001-0001-0001-000000000001}": AdapterDriver(
            component=r"usb\vid_18d1&pid_4eec",
            device=r"usb\vid_18d1&pid_4eec\6&1",
            service="usbncm",
            speed_duplex=4,
        )
    }


def test_values_of_another_type_are_no_driver_at_all() -> None:
    assert drivers.parse(
        {"ComponentId": 7, "DeviceInstanceID": b"x", "*SpeedDuplex": "fast"}, {"Service": []}
    ) == (AdapterDriver())
