"""nl80211's answers as bytes, to facts; on any system.

The samples were laid out by `nl80211_samples.c` from Linux's own header (a real test compiles it again and compares); no
radio was near. A second hand, pyroute2's encoder, writes one more on Linux.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import msgspec
import pytest

from amif_netcheck.model.facts import (
    Band,
    Computer,
    Duplex,
    EthernetLink,
    Generation,
    LinkKind,
    Medium,
    OtherBand,
    ProximityFacts,
    Reason,
    Unavailable,
    WifiLink,
    WifiSource,
)
from amif_netcheck.platforms.answers import Gateway, Interface, Port
from amif_netcheck.platforms.base import Platform
from amif_netcheck.platforms.linux import nl80211
from amif_netcheck.platforms.linux.rtnetlink import Dump, Message
from amif_netcheck.platforms.linux.topology import BaseInterface, Topology
from amif_netcheck.platforms.recorded import Machine, Recorded
from amif_netcheck.probes import proximity
from amif_netcheck.probes.context import Context
from tests.builders import cable, wifi
from tests.recorded.test_linux import recorded
from tests.recorded.test_probes import BOX, ETH0, LAN, TUNNEL, WG0
from tests.systems import needs_linux

SAMPLES = Path(__file__).resolve().parents[1] / "data" / "nl80211"


def sample(name: str) -> nl80211.Nl80211Replies:
    found = msgspec.json.decode((SAMPLES / f"{name}.json").read_bytes(), type=dict[str, list[str]])
    return nl80211.Nl80211Replies(
        **{what: [bytes.fromhex(one) for one in all_] for what, all_ in found.items()}
    )


def link(name: str) -> WifiLink:
    found = nl80211.parse(sample(name))
    assert isinstance(found, WifiLink)
    return found


def test_a_link_with_all_there_is() -> None:
    assert link("5-ghz") == WifiLink(
        source=WifiSource.NL80211,
        signal_dbm=-57.0,
        signal_pct=86.0,
        noise_dbm=-95.0,
        frequency_mhz=5500,
        band=Band.GHZ_5,
        channel=100,
        width_mhz=80,
        receive_mbit_s=390.0,
        send_mbit_s=433.3,
        generation=Generation.WIFI_5,
        ssid="Livebox-1A2B",
        other_bands=(OtherBand(band=Band.GHZ_2_4, signal_dbm=-49.0),),
    )


def test_a_driver_that_tells_less() -> None:
    found = link("2-4-ghz")
    assert (found.signal_dbm, found.channel, found.generation) == (-62.0, 6, Generation.WIFI_4)
    assert isinstance(found.noise_dbm, Unavailable)
    assert isinstance(found.receive_mbit_s, Unavailable)
    assert found.other_bands == (OtherBand(band=Band.GHZ_5, signal_dbm=-66.0),)


def test_a_link_over_two_channels_at_once_is_told_by_the_wider() -> None:
    found = link("wifi-7")
    assert (found.band, found.channel, found.width_mhz) == (Band.GHZ_6, 53, 160)
    assert (found.generation, found.signal_dbm, found.send_mbit_s) == (Generation.WIFI_7, -63.0, 1441.1)


def test_an_old_access_point_whose_name_is_an_attack() -> None:
    found = link("legacy")
    assert (found.generation, found.width_mhz, found.send_mbit_s) == (Generation.LEGACY, 20, 54.0)
    assert found.signal_dbm == -71.0, "of the beacon, when the station has none"
    assert found.ssid == "\x1b[2J<b>[red]?", "data, made encodable, escaped where it is drawn"


@pytest.mark.parametrize("name", ["hotspot", "away"])
def test_no_access_point_no_link(name: str) -> None:
    found = nl80211.parse(sample(name))
    assert isinstance(found, Unavailable)
    assert found.reason is Reason.NOT_PRESENT


def test_answers_cut_off_anywhere_are_a_link_or_a_reason() -> None:
    whole = sample("5-ghz")
    for end in range(len(whole.scan[1])):
        cut = nl80211.Nl80211Replies(
            interface=whole.interface,
            stations=[each[:end] for each in whole.stations],
            scan=[each[:end] for each in whole.scan],
        )
        assert isinstance(nl80211.parse(cut), (WifiLink, Unavailable))


@needs_linux("pyroute2")
def test_what_another_encoder_writes_is_read_the_same() -> None:
    from pyroute2.netlink.nl80211 import nl80211cmd  # noqa: PLC0415

    rate = {
        "attrs": [
            ("NL80211_RATE_INFO_BITRATE32", 6005),
            ("NL80211_RATE_INFO_HE_MCS", 11),
            ("NL80211_RATE_INFO_80_MHZ_WIDTH", None),
        ]
    }
    interface = nl80211cmd()
    interface["attrs"] = [
        ("NL80211_ATTR_IFTYPE", 2),
        ("NL80211_ATTR_WIPHY_FREQ", 5955),
        ("NL80211_ATTR_CHANNEL_WIDTH", 3),
    ]
    station = nl80211cmd()
    station["attrs"] = [
        (
            "NL80211_ATTR_STA_INFO",
            {"attrs": [("NL80211_STA_INFO_SIGNAL", -74), ("NL80211_STA_INFO_TX_BITRATE", rate)]},
        )
    ]
    for message in (interface, station):
        message.encode()
    head = 20  # nlmsghdr and genlmsghdr
    found = nl80211.parse(
        nl80211.Nl80211Replies(
            interface=[bytes(interface.data[head:])], stations=[bytes(station.data[head:])]
        )
    )
    assert isinstance(found, WifiLink)
    assert (found.signal_dbm, found.channel, found.width_mhz) == (-74.0, 1, 80)
    assert (found.send_mbit_s, found.generation) == (600.5, Generation.WIFI_6)


# --- the port under an interface --------------------------------------------------------------------


Link = tuple[int, str, str | None, dict[str, Any]]
"""Index, name, kind (None is a network card), further attributes."""


def stacked(*links: Link) -> Dump:
    made: list[Message] = []
    for index, name, kind, further in links:
        data, more = further.get("data"), {key: each for key, each in further.items() if key != "data"}
        info = {"IFLA_LINKINFO": {"attrs": {"IFLA_INFO_KIND": kind, "IFLA_INFO_DATA": data}}} if kind else {}
        card = {} if kind else {"IFLA_PARENT_DEV_NAME": "0000:00:19.0"}
        attrs = {"IFLA_IFNAME": name, "IFLA_OPERSTATE": "UP", **info, **card, **more}
        made.append({"index": index, "ifi_type": 1, "flags": 1, "attrs": attrs})
    return Dump(links=made, addresses=[], routes=[])


def bottom(dump: Dump, interface: str) -> tuple[str, LinkKind]:
    found = Topology(dump.links).base(interface)
    assert isinstance(found, BaseInterface)
    return found.name, found.kind


CARD: Link = (2, "eth0", None, {})
TAP: Link = (7, "tap0", "tun", {"IFLA_MASTER": 9})


def test_a_card_stands_on_itself() -> None:
    assert bottom(stacked(CARD), "eth0") == ("eth0", LinkKind.HARDWARE)


def test_the_port_of_a_bridge_and_of_a_vlan_over_it() -> None:
    card: Link = (2, "eth0", None, {"IFLA_MASTER": 9})
    dump = stacked(card, TAP, (9, "br0", "bridge", {}), (10, "br0.20", "vlan", {"IFLA_LINK": 9}))
    assert bottom(dump, "br0") == bottom(dump, "br0.20") == ("eth0", LinkKind.HARDWARE)


def test_of_a_bond_the_active_port_carries() -> None:
    ports: list[Link] = [
        (index, name, None, {"IFLA_MASTER": 9}) for index, name in ((2, "eth0"), (3, "eth1"))
    ]
    spare = stacked(*ports, (9, "bond0", "bond", {"data": {"attrs": {"IFLA_BOND_ACTIVE_SLAVE": 3}}}))
    assert bottom(spare, "bond0") == ("eth1", LinkKind.HARDWARE)


def test_several_ports_together_are_no_single_one() -> None:
    ports: list[Link] = [
        (index, name, None, {"IFLA_MASTER": 9}) for index, name in ((2, "eth0"), (3, "eth1"))
    ]
    both = stacked(*ports, (9, "bond0", "bond", {}))
    assert bottom(both, "bond0") == ("bond0", LinkKind.UNKNOWN)


def test_a_port_without_a_cable_in_it_carries_nothing() -> None:
    used: Link = (2, "eth0", None, {"IFLA_MASTER": 9})
    unused: Link = (3, "eth1", None, {"IFLA_MASTER": 9, "IFLA_OPERSTATE": "DOWN"})
    assert bottom(stacked(used, unused, (9, "br0", "bridge", {})), "br0") == ("eth0", LinkKind.HARDWARE)


@pytest.mark.parametrize(
    ("recording", "interface"), [("lan", "eth0"), ("docker-and-virtual-machine", "docker0")]
)
def test_where_there_is_no_hardware(recording: str, interface: str) -> None:
    name, kind = bottom(recorded(recording), interface)
    assert name == interface
    assert kind in {LinkKind.VIRTUAL, LinkKind.BRIDGE}


def test_a_circle_of_interfaces_ends() -> None:
    circle = stacked((2, "a", "vlan", {"IFLA_LINK": 3}), (3, "b", "vlan", {"IFLA_LINK": 2}))
    assert bottom(circle, "a")[1] is LinkKind.VIRTUAL


def test_an_interface_that_went_away() -> None:
    assert isinstance(Topology(stacked(CARD).links).base("eth9"), Unavailable)


# --- the probe --------------------------------------------------------------------------------------

WLAN = Interface(
    name="wlan0", kind=LinkKind.HARDWARE, carriage=ETH0.carriage, up=True, addresses=("192.168.1.30",), routes=True
)  # fmt: skip


def looked_at(machine: Machine) -> ProximityFacts | Unavailable:
    facts = proximity.probe(Context(platform=Recorded(machine)), time.monotonic() + 5)
    assert isinstance(facts, (ProximityFacts, Unavailable))
    return facts


def test_a_cable_is_looked_at_and_the_radio_beside_it_is_not() -> None:
    facts = looked_at(
        Machine(
            interfaces=(ETH0, WLAN),
            routes=(LAN,),
            ports={"eth0": Port(interface="eth0", medium=Medium.ETHERNET)},
            ethernet={"eth0": EthernetLink(rate_mbit_s=100, duplex=Duplex.HALF)},
            wifi={"eth0": wifi(), "wlan0": wifi()},
        )
    )
    assert isinstance(facts, ProximityFacts)
    assert (facts.medium, facts.computer) == (Medium.ETHERNET, Computer.PHYSICAL)
    assert facts.ethernet == cable(100, Duplex.HALF)
    assert isinstance(facts.wifi, Unavailable)


def test_under_a_tunnel_the_radio_is_looked_at() -> None:
    facts = looked_at(
        Machine(
            interfaces=(WLAN, WG0),
            routes=(TUNNEL,),
            gateway=Gateway(address=BOX.address, interface="wlan0"),
            ports={"wlan0": Port(interface="wlan0", medium=Medium.WIFI)},
            wifi={"wlan0": wifi(-72.0)},
        )
    )
    assert isinstance(facts, ProximityFacts)
    assert (facts.interface, facts.wifi) == ("wlan0", wifi(-72.0))
    assert isinstance(facts.ethernet, Unavailable)


def test_the_port_below_is_asked_not_the_bridge() -> None:
    facts = looked_at(
        Machine(
            interfaces=(ETH0,),
            routes=(LAN,),
            ports={"eth0": Port(interface="enp3s0", medium=Medium.ETHERNET)},
            ethernet={"enp3s0": cable(1000), "eth0": cable(10)},
        )
    )
    assert isinstance(facts, ProximityFacts)
    assert (facts.interface, facts.ethernet) == ("enp3s0", cable(1000))


def test_without_a_way_out_there_is_nothing_to_be_close_to() -> None:
    facts = looked_at(Machine(interfaces=(ETH0,)))
    assert isinstance(facts, Unavailable)
    assert facts.reason is Reason.NOT_PRESENT


def test_a_system_without_a_backend_says_so() -> None:
    facts = proximity.probe(Context(platform=Platform()), time.monotonic() + 5)
    assert isinstance(facts, Unavailable)
    assert facts.reason is Reason.UNSUPPORTED
