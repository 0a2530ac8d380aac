"""Real devices of a home: found, named, judged by the line; and strangers that mean no good."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from tests.lab.addresses import AWAY, BOX, HOME, STUN, TV
from tests.lab.devices import (
    CHROMECAST,
    FREEBOX_PLAYER,
    GUEST,
    PRINTER,
    avahi,
    counting_box,
    film_server,
    guest,
    known_to,
    living_room,
    stranger,
)
from tests.lab.house import House
from tests.lab.services import coturn, transfer
from tests.lab.strangers import FAULTS, HOSTILE_NAME
from tests.real.support import Network, Run, finished, harmless

pytestmark = pytest.mark.real

NEIGHBOURS = ("--quick", "--only", "neighbours")
RATE_MBIT_S = 8


def by_address(run: Run) -> dict[str, Any]:
    return {address: device for device in run.fact("neighbours.devices") for address in device["addresses"]}


@pytest.mark.real("avahi-daemon", "minidlnad", "miniupnpd")
def test_the_devices_of_a_living_room_are_called_as_people_call_them(
    network: Network, tmp_path: Path
) -> None:
    place = House(network)
    living_room(place.tv)
    counting_box(place.box, tmp_path)
    film_server(guest(network, place), tmp_path)
    started = time.monotonic()
    redacted = network.start_cli(place.home, *NEIGHBOURS, "--json", "--lang", "fr")
    run = network.check(place.home, *NEIGHBOURS, "--lang", "fr")
    found = by_address(run)
    assert {address: (each["kind"], each["product"]) for address, each in found.items() if "." in address} == {
        BOX: ("box", "livebox"),
        TV: ("streamer", "chromecast"),
        FREEBOX_PLAYER: ("tv_box", "freebox_player"),
        GUEST: ("nas", "media_server"),
    }  # fmt: skip
    assert found[TV]["name"] == "Télé salon"
    assert {"mdns"} <= set(found[TV]["seen_by"])
    assert found[TV]["given_name"] == "Télé salon"
    assert found[GUEST]["name"] == found[GUEST]["given_name"] == "Films de la famille"
    finding = run.finding("neighbours")
    assert (finding["code"], finding["severity"]) == ("neighbours.present", "info")
    assert finding["params"]["devices"] == ["freebox_player", "chromecast"]
    assert finding["params"]["names"] == ["", "Télé salon"]
    assert "Freebox Player et Chromecast «\xa0Télé salon\xa0»" in finding["summary"]
    assert run.code == 0
    text = finished(redacted, started).stdout
    private = [
        "Télé salon",
        "Films de la famille",
        "192.168.1.",
        *(each["mac"] or "none" for each in found.values()),
    ]
    assert [word for word in private if word in text] == []
    assert "chromecast" in text
    assert "Chromecast «\xa0device-" in next(
        each["findings"][0]["summary"] for each in json.loads(text)["checks"] if each["id"] == "neighbours"
    )


@pytest.mark.real("avahi-daemon", "miniupnpd", "iperf3")
def test_what_others_use_is_what_the_box_counts_less_ours(network: Network, tmp_path: Path) -> None:
    place = House(network)
    living_room(place.tv)
    counting_box(place.box, tmp_path)
    pace = ("--bitrate", f"{RATE_MBIT_S}M", "--length", "8K")
    for member, port in ((place.tv, 5201), (place.home, 5202)):
        transfer(network, member, place.internet, AWAY, *pace, port=port)
    run = network.check(place.home, *NEIGHBOURS)
    others = run.fact("neighbours.others")
    assert others["state"] == "measured", others
    assert others["up_mbit_s"] == pytest.approx(RATE_MBIT_S, rel=0.3)
    assert others["own_up_mbit_s"] == pytest.approx(RATE_MBIT_S, rel=0.3)
    assert others["down_mbit_s"] < 1
    finding = run.finding("neighbours")
    assert (finding["code"], finding["severity"]) == ("neighbours.eating", "warning")
    assert (finding["params"]["direction"], finding["params"]["limit_mbit_s"]) == ("up", 2.5)
    assert finding["params"]["devices"] == ["freebox_player", "chromecast"]
    assert run.code == 1


@pytest.mark.real("avahi-daemon", "turnserver", "iperf3")
def test_a_tv_box_on_a_line_that_suffers_is_a_warning(network: Network) -> None:
    place = House(network, "a2b:rate=2e6,queue=256000,delay=12", "b2a:rate=8e6,queue=64000,delay=12")
    living_room(place.tv)
    coturn(place.internet)
    place.stream("tv", "up")
    run = network.check(place.home, "--quick", "--only", "neighbours,link", "--stun", STUN)
    assert "link.delay" in run.codes("link")
    finding = run.finding("neighbours")
    assert (finding["code"], finding["severity"]) == ("neighbours.crowded", "warning")
    assert finding["params"]["devices"] == ["freebox_player", "chromecast"]


def test_nobody_answered_is_not_nobody_there(network: Network) -> None:
    place = House(network)
    run = network.check(place.home, *NEIGHBOURS, "--lang", "fr")
    assert run.fact("neighbours.mdns") == {"state": "measured", "devices": 0}
    assert run.fact("neighbours.others")["reason"] == "not_present"
    finding = run.finding("neighbours")
    assert (finding["code"], finding["severity"]) == ("neighbours.quiet", "ok")
    assert "certains restent invisibles" in finding["summary"]


def test_silence_that_was_too_short_is_none(network: Network) -> None:
    place = House(network)
    run = network.check(place.home, *NEIGHBOURS, "--timeout", "1.5")
    assert run.fact("neighbours.mdns")["reason"] == "timeout"
    finding = run.finding("neighbours")
    assert (finding["code"], finding["params"]) == ("neighbours.unknown", {"reason": "timeout"})


@pytest.mark.real("avahi-daemon")
def test_a_printer_is_held_against_nobody(network: Network) -> None:
    place = House(network)
    avahi(place.tv, PRINTER, hosts={"imprimante.local": TV})
    run = network.check(place.home, *NEIGHBOURS)
    assert by_address(run)[TV]["kind"] == "printer"
    assert run.finding("neighbours")["code"] == "neighbours.quiet"


@pytest.mark.real("nft")
def test_where_nothing_may_be_sent_to_all_nobody_can_tell(network: Network) -> None:
    place = House(network)
    place.home.nft("output", "ip daddr 224.0.0.0/4 drop", "ip6 daddr ff00::/8 drop")
    run = network.check(place.home, *NEIGHBOURS)
    assert run.fact("neighbours.mdns")["reason"] == "not_permitted"
    assert run.fact("neighbours.ssdp")["reason"] == "not_permitted"
    finding = run.finding("neighbours")
    assert (finding["code"], finding["params"]) == ("neighbours.not_allowed", {"reason": "not_permitted"})


@pytest.mark.real("nft", "ping")
def test_offline_nothing_is_sent_and_what_is_known_is_told(network: Network) -> None:
    place = House(network)
    known_to(place.home, TV)
    by_the_kernel = "meta l4proto ipv6-icmp accept"
    place.home.nft("output", by_the_kernel, 'oifname "eth0" counter name dropped drop')
    run = network.check(place.home, "--offline", "--only", "neighbours")
    assert place.home.dropped() == 0
    assert by_address(run)[TV]["kind"] == "private_address"
    assert run.finding("neighbours")["code"] == "neighbours.others"


@pytest.mark.real("nft")
def test_a_sweep_finds_who_says_nothing_when_it_was_asked_for(network: Network, tmp_path: Path) -> None:
    place = House(network)
    place.home.nft("output", 'oifname "eth0" udp dport 9 counter name dropped')
    assert TV not in by_address(network.check(place.home, *NEIGHBOURS))
    assert place.home.dropped() == 0
    settings = tmp_path / "settings.toml"
    settings.write_text("[neighbours]\nsweep = true\n")
    run = network.check(place.home, *NEIGHBOURS, "--config", str(settings), "--lang", "fr")
    assert by_address(run)[TV]["kind"] == "private_address"
    assert run.fact("neighbours.sweep")["devices"] >= 1
    assert 0 < place.home.dropped() <= 253
    assert "téléphone, tablette ou ordinateur" in run.finding("neighbours")["summary"]


@pytest.mark.real("ping")
def test_a_table_that_changes_while_it_is_read(network: Network, tmp_path: Path) -> None:
    place = House(network)
    known_to(place.home, TV)
    for verb in ("replace", "delete"):
        lines = (
            f"neigh {verb} 192.168.1.{last} lladdr 02:00:00:00:00:{last:02x} dev eth0"
            for last in range(50, 250)
        )
        (tmp_path / verb).write_text("\n".join(lines) + "\n")
    batches = f"ip -batch {tmp_path}/replace; ip -batch {tmp_path}/delete"
    place.home.start("sh", "-c", f"while true; do {batches}; done")
    for _ in range(3):
        run = network.check(place.home, "--offline", "--only", "neighbours")
        assert run.fact("neighbours.table")["state"] == "measured"
        assert TV in by_address(run)


@pytest.mark.real("avahi-daemon")
def test_hostile_announcements_are_data_and_hide_nobody(network: Network) -> None:
    place = House(network)
    stranger(guest(network, place), "hostile", GUEST, port=5353)
    avahi(place.tv, CHROMECAST, hosts={"tele.local": TV})
    run = network.check(place.home, *NEIGHBOURS)
    found = by_address(run)
    assert found[TV]["name"] == "Télé salon"
    assert found[GUEST]["product"] == "chromecast"
    assert HOSTILE_NAME in {each["name"] for each in found.values()}
    assert not {HOME, "8.8.8.8"} & found.keys()
    assert run.report["errors"] == []
    live = network.run_cli(place.home, *NEIGHBOURS, "--lang", "en", "-v")
    assert "Chromecast" in live.stdout
    assert harmless(live.stdout)
    assert harmless(live.stderr)


def test_of_hundreds_of_devices_a_hundred_are_told(network: Network) -> None:
    place = House(network)
    stranger(guest(network, place), "crowd", GUEST, "200", port=5353)
    run = network.check(place.home, *NEIGHBOURS, "--lang", "fr")
    facts = run.fact("neighbours")
    assert facts["total"] >= 150
    assert len(facts["devices"]) == 100
    assert "Chromecast «\xa0Salon 0\xa0»" in run.finding("neighbours")["summary"]
    assert run.report["errors"] == []


@pytest.mark.real("nft")
def test_descriptions_come_from_the_local_network_only_and_cost_little(network: Network) -> None:
    place = House(network)
    addresses = {fault: f"192.168.1.{41 + number}" for number, fault in enumerate(FAULTS)}
    there = guest(network, place, *addresses.values())
    stranger(there, "renderers", addresses["honest"], port=1900)
    place.home.nft(
        "output",
        'oifname "eth0" ip daddr 198.51.100.0/24 counter name dropped drop',
        f'oifname "eth0" ip daddr {BOX} tcp dport 8000 counter name dropped drop',
    )
    run = network.check(place.home, *NEIGHBOURS, "--lang", "fr")
    assert place.home.dropped() == 0
    found = by_address(run)
    assert set(addresses.values()) <= found.keys()
    told = {fault: found[address]["product"] for fault, address in addresses.items()}
    assert told == {fault: "samsung_tv" if fault == "honest" else "" for fault in FAULTS}
    assert found[addresses["honest"]]["name"] == "Télé"
    assert run.report["errors"] == []
    assert json.dumps(run.report).count("Samsung UE55") == 0
